/** `wengert build`: a module, a loader and types that work where this library is not. */
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { compile, data, logsumexp, matrix, scalar, sum, vector } from '../../src/index.ts';
import { build } from '../support/build.ts';
import { root } from '../support/examples.ts';

const folder = mkdtempSync(join(tmpdir(), 'wengert-build-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The package as installed without tsx. */
const installed = join(folder, 'node_modules/wengert');

beforeAll(() => {
  const { status, output } = build();
  if (status !== 0) throw new Error(output);
  mkdirSync(join(folder, 'node_modules/@assemblyscript'), { recursive: true });
  cpSync(join(root, 'dist'), join(installed, 'dist'), { recursive: true });
  cpSync(join(root, 'package.json'), join(installed, 'package.json'));
  for (const name of ['@assemblyscript/loader', 'commander'])
    symlinkSync(join(root, 'node_modules', name), join(folder, 'node_modules', name));
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
});

const write = (name: string, text: string): void => writeFileSync(join(folder, name), text);

/** Runs the command in the folder. */
function wengert(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  const cli = join(installed, 'dist/cli/index.js');
  const { status, stdout, stderr } = spawnSync(process.execPath, [cli, ...args], { cwd: folder, encoding: 'utf8' });
  return { status, stdout, stderr: stderr.trim() };
}

function node(source: string, ...args: string[]): string {
  write('run.mjs', source);
  return execFileSync(process.execPath, [...args, 'run.mjs'], { cwd: folder, encoding: 'utf8' }).trim();
}

const LOSS = `
  import { compile, data, logsumexp, matrix, sum, vector } from 'wengert';
  export default compile({ W: matrix(3, 2), 'the bias': vector(3), X: data(matrix('n', 2)), label: data(vector('n')) }, (f) => {
    return sum(f.X.rows, (i) => {
      const z = [0, 1, 2].map((j) => f.W.row(j).dot(f.X.row(i)).add(f['the bias'].at(j)));
      return logsumexp(z).sub(f['the bias'].at(f.label.at(i)));
    });
  });`;

describe('a model in JavaScript', () => {
  beforeAll(() => {
    write('loss.js', LOSS);
    const { status, stdout, stderr } = wengert('build', 'loss.js', '--length', 'n=4', '-o', 'out/loss.wasm');
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(
      /^out\/loss\.wasm {2}[\d.]+ KB, gzipped [\d.]+ KB\nout\/loss\.wasm\.js {2}loader\nout\/loss\.wasm\.d\.ts {2}types\n/,
    );
    expect(stdout).toContain('point   W[3×2], the bias[3]\ndata    X[4×2], label[4]\noutput  value\nlengths n = 4');
    for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(60);
  });

  const X = [
    [1, 0.5],
    [-2, 1],
    [0, 3],
    [1.5, -1],
  ];
  const W = [
    [0.1, 0.2],
    [0.3, -0.4],
    [-0.5, 0.6],
  ];
  const bias = [0.5, -0.25, 1];
  const label = [0, 2, 1, 1];

  /** What the library says of the same function. */
  function expected(): { value: number; gradient: number[] } {
    const program = compile({ W: matrix(3, 2), b: vector(3), X: data(matrix('n', 2)), label: data(vector('n')) }, (f) =>
      sum(f.X.rows, (i) => logsumexp([0, 1, 2].map((j) => f.W.row(j).dot(f.X.row(i)).add(f.b.at(j)))).sub(f.b.at(f.label.at(i)))),
    );
    const { value, gradient } = program.gradient({ W, b: bias, X, label });
    return { value, gradient: [...gradient.W, ...gradient.b] };
  }

  test('runs in plain Node, with the loader and nothing else', () => {
    const alone = join(folder, 'alone');
    mkdirSync(alone);
    for (const name of ['loss.wasm', 'loss.wasm.js']) cpSync(join(folder, 'out', name), join(alone, name));
    writeFileSync(join(alone, 'package.json'), '{ "type": "module" }');
    const source = `import { readFileSync } from 'node:fs';
      import { load } from './loss.wasm.js';
      const model = await load(readFileSync('loss.wasm'));
      const { W, X, label, 'the bias': bias } = model.inputs;
      W.set(${JSON.stringify(W.flat())}); bias.set(${JSON.stringify(bias)});
      X.set(${JSON.stringify(X.flat())}); label.set(${JSON.stringify(label)});
      const value = model.valueAndGradient();
      const gradient = [...model.gradient];
      const same = model.value() === value && model.derivatives.W[5] === model.gradient[5];
      let refusal = 'none';
      label[2] = 7;
      try { model.value(); } catch (error) { refusal = String(error); }
      console.log(JSON.stringify({ value, gradient, same, refusal, after: [...model.gradient] }));`;
    writeFileSync(join(alone, 'run.mjs'), source);
    const output = execFileSync(process.execPath, ['run.mjs'], { cwd: alone, encoding: 'utf8' });
    const { value, gradient, same, refusal, after } = JSON.parse(output);
    expect({ value, gradient }).toEqual(expected());
    expect(same).toBe(true);
    expect(after).toEqual(Array(9).fill(null)); // NaN: no gradient stays behind a value that there is none of
    expect(refusal).toBe('RangeError: the bias.at: index: 7 is no index into 3 elements');
  });

  test('has a loader of some twenty lines, and types that hold', () => {
    expect(readFileSync(join(folder, 'out/loss.wasm.js'), 'utf8').split('\n').length).toBeLessThanOrEqual(32);
    write(
      'use.ts',
      `import { load } from './out/loss.wasm.js';
      const model = await load(new Uint8Array());
      const rows: 6 = model.inputs.W.length;
      const bias: Float64Array = model.derivatives['the bias'];
      const at: number = model.exports.point.value + model.point[8]!;
      const value: number = model.valueAndGradient() + model.value() + model.exports.fault!();
      // @ts-expect-error: data have no derivatives
      model.derivatives.X;
      // @ts-expect-error: seven of label's four numbers
      const seven: 7 = model.inputs.label.length;
      console.log(rows, bias, at, value, seven);`,
    );
    const options = {
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.NodeNext,
      strict: true,
      noEmit: true,
      lib: ['lib.es2022.d.ts'],
      types: [],
    };
    const program = ts.createProgram([join(folder, 'use.ts')], options);
    const complaints = ts
      .getPreEmitDiagnostics(program)
      .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
    expect(complaints.filter((text) => !text.includes("'console'"))).toEqual([]);
  });

  test('is written again over itself, but over nothing else', () => {
    const again = () => wengert('build', 'loss.js', '--length', 'n=2', '-o', 'out/loss.wasm');
    expect(again().status).toBe(0);
    write('out/loss.wasm.js', '// mine');
    expect(again()).toMatchObject({ status: 1, stderr: expect.stringContaining('out/loss.wasm.js is there already') });
    expect(readFileSync(join(folder, 'out/loss.wasm.js'), 'utf8')).toBe('// mine');
    expect(wengert('build', 'loss.js', '--length', 'n=4', '-o', 'out/loss.wasm', '--force').status).toBe(0);
  });
});

describe('other models', () => {
  test('with several outputs, under a name', () => {
    write(
      'several.mjs',
      `import { compile, scalar } from 'wengert';
      export const pair = compile({ x: scalar }, ({ x }) => ({ twice: x.mul(2), square: x.square() }));`,
    );
    expect(wengert('build', 'several.mjs', '--export', 'pair').status).toBe(0);
    const output = node(`import { readFileSync } from 'node:fs';
      import { load } from './several.wasm.js';
      const { point, outputs, output, value, gradient } = await load(new WebAssembly.Module(readFileSync('several.wasm')));
      point[0] = 3;
      console.log(JSON.stringify([value(), outputs.twice[0], outputs.square[0], [...output], gradient ?? null]));`);
    expect(JSON.parse(output)).toEqual([6, 6, 9, [6, 9], null]);
    expect(readFileSync(join(folder, 'several.wasm.d.ts'), 'utf8')).not.toContain('valueAndGradient');
  });

  test('over rows, with data in them', () => {
    write(
      'rows.js',
      `import { compile, data, scalar } from 'wengert';
      const one = compile({ w: scalar, x: data(scalar), y: data(scalar) }, ({ w, x, y }) => w.mul(x).sub(y).square());
      export default one.over({ reduce: 'sum' }).bind({ x: [1, 2, 3], y: [2, 4, 7] });`,
    );
    const { stdout } = wengert('build', 'rows.js');
    expect(stdout).toContain('data    x, y, 3 rows');
    const output = node(`import { readFileSync } from 'node:fs';
      import { load } from './rows.wasm.js';
      const model = await load(readFileSync('rows.wasm'));
      model.inputs.w[0] = 2;
      console.log(JSON.stringify([model.valueAndGradient(), [...model.gradient], [...model.data]]));`);
    expect(JSON.parse(output)).toEqual([1, [-6], [1, 2, 2, 4, 3, 7]]);
  });

  test('in TypeScript takes tsx, and says so', () => {
    write(
      'typed.ts',
      `import { compile, scalar } from 'wengert';
      enum Power { two = 2 }
      const f = compile({ x: scalar }, ({ x }) => x.pow(Power.two as number));
      export default f;`,
    );
    if (!('typescript' in process.features && process.features.typescript))
      expect(wengert('build', 'typed.ts')).toMatchObject({
        status: 1,
        stderr: expect.stringMatching(/typed\.ts is TypeScript.*npm install --save-dev tsx.*\[ToolMissing\]/),
      });
    symlinkSync(join(root, 'node_modules/tsx'), join(folder, 'node_modules/tsx'));
    expect(wengert('build', 'typed.ts')).toMatchObject({ status: 0, stderr: '' });
    expect(WebAssembly.validate(readFileSync(join(folder, 'typed.wasm')) as BufferSource)).toBe(true);
  });
});

describe('refuses in one sentence', () => {
  test.each([
    ['a file that is not there', ['nowhere.js'], 'there is no file nowhere.js [BadOption]'],
    [
      'an export that is not there',
      ['several.mjs'],
      'several.mjs has no default export: it exports pair; choose with --export [BadOption]',
    ],
    ['what is no program', ['thing.js'], 'thing.js: the default export is no program that compile() returned [WrongType]'],
    ['lengths that are not known', ['loss.js'], 'toWasm: the length n is not known yet'],
    [
      'lengths that there are not',
      ['loss.js', '-l', 'n=2', '-l', 'm=3'],
      "toWasm: there is no length 'm' here, only n [UnknownName]",
    ],
    ['lengths that are none', ['loss.js', '-l', 'n'], 'Expected a name and a whole number, as in n=100.'],
    ['the model as its own target', ['thing.js', '-o', 'thing.js'], 'thing.js is the model itself [BadOption]'],
  ])('%s', (_, args, sentence) => {
    write('thing.js', 'export default { gradient() {} };');
    const { status, stderr, stdout } = wengert('build', ...args);
    expect(stderr).toContain(`error: `);
    expect(stderr).toContain(sentence);
    expect([status, stdout]).toEqual([1, '']);
  });

  test('but shows the stack of what the model itself throws', () => {
    write('broken.js', 'throw new TypeError("of its own");');
    const { status, stderr } = wengert('build', 'broken.js');
    expect(status).not.toBe(0);
    expect(stderr).toContain('broken.js:1');
    expect(existsSync(join(folder, 'broken.wasm'))).toBe(false);
  });
});

/** Debian's package wabt: an interpreter in C++, driven by a script. */
const hasWabt = ['wast2json', 'spectest-interp'].every((tool) => spawnSync(tool, ['--version']).status === 0);
if (!hasWabt) console.log('skipped: no runtime without JavaScript here (apt-get install wabt)');

test.runIf(hasWabt)('a runtime without JavaScript comes to the same bits', () => {
  const number = (x: number): string =>
    Number.isNaN(x) ? 'nan' : Number.isFinite(x) ? (Object.is(x, -0) ? '-0' : String(x)) : x > 0 ? 'inf' : '-inf';
  const expectNumber = (x: number): string => `(f64.const ${Number.isNaN(x) ? 'nan:arithmetic' : number(x)})`;
  const program = compile({ a: scalar, x: vector(4), y: data(vector(2)) }, ({ a, x, y }) => {
    const terms = [...x].map((e) => e.mul(a).exp().add(e.sin()).add(e.abs().lgamma()));
    return sum(terms).mul(y.at(0)).add(x.norm().log()).add(y.at(1).tanh());
  });
  const points = [
    [0.3, 1, -2, 0.5, 4],
    [-1.5, 30, 2.25, 1e-3, 7],
    [0, 0, 0, 0, 0],
  ];
  const steps = points.flatMap((point) => {
    const { value, gradient } = program.gradient({ a: point[0]!, x: point.slice(1), y: [2, 0.7] });
    const flat = [gradient.a, ...gradient.x];
    return [
      ...point.map((x, i) => `(invoke "set" (i32.const 0) (i32.const ${i}) (f64.const ${number(x)}))`),
      `(assert_return (invoke "valueAndGradient") ${expectNumber(value)})`,
      ...flat.map((g, i) => `(assert_return (invoke "gradient" (i32.const ${i})) ${expectNumber(g)})`),
      `(assert_return (invoke "value") ${expectNumber(value)})`,
    ];
  });
  const bytes = Array.from(program.toWasm(), (byte) => `\\${byte.toString(16).padStart(2, '0')}`).join('');
  const address = (base: string): string => `(i32.add (global.get ${base}) (i32.shl (local.get $i) (i32.const 3)))`;
  write(
    'model.wast',
    `(module $model binary "${bytes}")
    (register "model" $model)
    (module
      (import "model" "memory" (memory 1))
      (import "model" "value" (func $value (result f64)))
      (import "model" "valueAndGradient" (func $both (result f64)))
      (import "model" "point" (global $point i32))
      (import "model" "data" (global $data i32))
      (import "model" "gradient" (global $gradient i32))
      (import "model" "pointLength" (global $length i32))
      (export "value" (func $value))
      (export "valueAndGradient" (func $both))
      (func (export "length") (result i32) (global.get $length))
      (func (export "set") (param $isData i32) (param $i i32) (param $x f64)
        (if (local.get $isData)
          (then (f64.store ${address('$data')} (local.get $x)))
          (else (f64.store ${address('$point')} (local.get $x)))))
      (func (export "gradient") (param $i i32) (result f64) (f64.load ${address('$gradient')})))
    (assert_return (invoke "length") (i32.const 5))
    (assert_return (invoke "valueAndGradient") (f64.const nan:arithmetic))
    (invoke "set" (i32.const 1) (i32.const 0) (f64.const 2))
    (invoke "set" (i32.const 1) (i32.const 1) (f64.const 0.7))
    ${steps.join('\n')}`,
  );
  const run = (tool: string, ...args: string[]): string => execFileSync(tool, args, { cwd: folder, encoding: 'utf8' });
  run('wast2json', 'model.wast', '-o', 'model.json');
  const asserts = 2 + points.length * 7;
  const report = run('spectest-interp', 'model.json');
  expect(report).toMatch(/(\d+)\/\1 tests passed/);
  expect(Number(/(\d+)\/\d+ tests passed/.exec(report)![1])).toBeGreaterThanOrEqual(asserts);
});
