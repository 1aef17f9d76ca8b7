/** The package as it would be published: what is in it, what it weighs, and that it works when installed. */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { coreBytes } from '../src/wasm/core.ts';
import { bundleSize, BUDGET, wasmSize } from '../scripts/measure-package.ts';
import { build } from './support/build.ts';
import { root } from './support/examples.ts';

interface Manifest {
  readonly exports: Readonly<Record<string, string | Readonly<Record<string, string>>>>;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly bin: Readonly<Record<string, string>>;
  readonly version: string;
  readonly sideEffects: boolean;
  readonly license: string;
}

const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Manifest;

beforeAll(() => {
  const { status, output } = build();
  if (status !== 0) throw new Error(output);
});

describe('contents', () => {
  let paths: string[];

  beforeAll(() => {
    const listing = execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
      cwd: root,
      encoding: 'utf8',
      stdio: 'pipe',
    });
    const [packed] = JSON.parse(listing) as [{ files: readonly { path: string }[] }];
    paths = packed.files.map((file) => file.path);
  });

  test('dist, README, licence and nothing else', () => {
    const others = paths.filter((path) => !/^dist\/.*\.(js|d\.ts)$/.test(path));
    expect(others.sort()).toEqual(['LICENSE', 'README.md', 'dist/core.wasm', 'package.json']);
  });

  test('every export leads to a file in it', () => {
    const targets = Object.values(manifest.exports).flatMap((target) =>
      typeof target === 'string' ? [target] : Object.values(target),
    );
    expect(targets.length).toBeGreaterThan(6);
    for (const target of targets) expect(paths).toContain(target.slice(2));
  });

  test('declarations name files that are there', () => {
    for (const path of paths.filter((file) => file.endsWith('.d.ts'))) {
      const text = readFileSync(join(root, path), 'utf8');
      for (const [, name] of text.matchAll(/(?:from |import\()['"](\.[^'"]+)['"]/g)) {
        expect(name, path).toMatch(/\.js$/);
        expect(existsSync(join(root, dirname(path), name!.replace(/js$/, 'd.ts'))), `${path}: ${name}`).toBe(true);
      }
    }
  });
});

describe('manifest', () => {
  test('one run-time dependency, the loader; and one that the command line alone imports', () => {
    expect(Object.keys(manifest.dependencies)).toEqual(['@assemblyscript/loader', 'commander']);
    for (const path of readdirSync(join(root, 'dist'), { recursive: true, encoding: 'utf8' })) {
      if (!path.endsWith('.js') || path.startsWith('cli')) continue;
      expect(readFileSync(join(root, 'dist', path), 'utf8'), path).not.toMatch(/from ["'](commander|node:)/);
    }
  });

  test('no side effects, MIT', () => {
    expect(manifest).toMatchObject({ sideEffects: false, license: 'MIT' });
  });

  test('the lock file names no host', () => {
    expect(readFileSync(join(root, 'package-lock.json'), 'utf8')).not.toMatch(/"resolved"|https?:\/\/[^"]*\.tgz/);
  });
});

test('the text in the package is core.wasm, byte for byte', () => {
  expect(Buffer.compare(coreBytes(), readFileSync(join(root, 'dist/core.wasm')))).toBe(0);
});

describe('weight', () => {
  test(`core.wasm is at most ${BUDGET.wasm / 1024} KB`, () => {
    expect(wasmSize()).toBeLessThanOrEqual(BUDGET.wasm);
  });

  test(`import { compile } is at most ${BUDGET.bundle / 1024} KB, minified and gzipped`, async () => {
    expect((await bundleSize()).gzipped).toBeLessThanOrEqual(BUDGET.bundle);
  });
});

describe('installed', () => {
  const folder = mkdtempSync(join(tmpdir(), 'wengert-package-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  beforeAll(() => {
    const modules = join(folder, 'node_modules');
    mkdirSync(modules);
    const tarball = execFileSync('npm', ['pack', '--silent', '--ignore-scripts', '--pack-destination', folder], {
      cwd: root,
      encoding: 'utf8',
      stdio: 'pipe',
    }).trim();
    execFileSync('tar', ['-xzf', join(folder, tarball.split('\n').at(-1)!), '-C', modules]);
    execFileSync('mv', [join(modules, 'package'), join(modules, 'wengert')]);
    mkdirSync(join(modules, '@assemblyscript'));
    for (const name of ['@assemblyscript/loader', 'commander'])
      symlinkSync(join(root, 'node_modules', name), join(modules, name));
  });

  const run = (source: string): string => {
    writeFileSync(join(folder, 'main.mjs'), source);
    return execFileSync(process.execPath, ['main.mjs'], { cwd: folder, encoding: 'utf8' }).trim();
  };

  test('works in plain Node', () => {
    const output = run(`
      import { compile, scalar } from 'wengert';
      const J = compile({ w: scalar, b: scalar }, ({ w, b }) => w.mul(-2).add(b).sub(2).square().mul(0.5));
      console.log(JSON.stringify(J.gradient({ w: 2, b: 8 })));`);
    expect(JSON.parse(output)).toEqual({ value: 2, gradient: { w: -4, b: 2 } });
  });

  test('an error that nobody catches is printed by its name, with a line that one can read', () => {
    const program = `import { compile, scalar } from 'wengert'; compile({ x: scalar }, ({ x }) => x).gradient({ y: 2 });`;
    writeFileSync(join(folder, 'main.mjs'), program);
    const { stderr } = spawnSync(process.execPath, ['main.mjs'], { cwd: folder, encoding: 'utf8' });
    expect(stderr).toMatch(/^WengertError: gradient: there is no input 'y' here, only x \[UnknownName\]$/m);
    expect(Math.max(...stderr.split('\n').map((line) => line.length))).toBeLessThan(400);
  });

  test.each([
    ['a browser', { lib: ['lib.es2022.d.ts', 'lib.dom.d.ts'], types: [] }],
    ['Node', { lib: ['lib.es2022.d.ts'], types: ['node'], typeRoots: [join(root, 'node_modules/@types')] }],
  ])('has types that need no more than ES2022 and %s', (_, options) => {
    const file = join(folder, 'main.ts');
    writeFileSync(
      file,
      `import { compile, exp, init, record, scalar } from 'wengert';
      import * as tape from 'wengert/tape';
      import * as optimize from 'wengert/optimize';
      import { MLP } from 'wengert/micrograd';
      const w: number = compile({ w: scalar }, ({ w }) => w.square()).gradient({ w: 3 }).gradient.w;
      // @ts-expect-error: there is no x
      compile({ w: scalar }, ({ w }) => w).gradient({ x: 3 });
      const score: number = new MLP(2, [1]).forward([1, w])[0]!.data;
      const halved: number = record({ x: scalar }, ({ x }) => (x.value > 1 ? exp(x.mul(0.5)) : x)).gradient({ x: 3 }).gradient.x;
      console.log(w, init(), tape, optimize, score, halved);`,
    );
    writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
    const target = {
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.NodeNext,
      strict: true,
      noEmit: true,
      skipDefaultLibCheck: true,
    };
    const program = ts.createProgram([file], { ...target, ...options });
    const complaints = ts
      .getPreEmitDiagnostics(program)
      .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
    expect(complaints).toEqual([]);
  });

  test('the next process runs the code that one has saved, with the same bits', () => {
    const program = `
      import { readFileSync, writeFileSync } from 'node:fs';
      import { compile, loadCode, saveCode, sum, vector } from 'wengert';
      const compiled = [];
      WebAssembly.Module = new Proxy(WebAssembly.Module, {
        construct(Module, [bytes]) {
          compiled.push(Buffer.from(bytes));
          return new Module(bytes);
        },
      });
      const isLater = process.argv[2] === 'later';
      if (isLater) loadCode(readFileSync('code.bin'));
      const options = { engine: 'compiled' };
      const flat = compile({ x: vector(9) }, ({ x }) => x.norm().exp(), options);
      const loop = compile({ x: vector('n') }, ({ x }) => sum(x.length, (i) => x.at(i).square().sin()), options);
      const x = Float64Array.from({ length: 9 }, (_, i) => Math.sin(i));
      const results = [flat, loop].map((f) => f.gradient({ x }));
      const code = Buffer.from(saveCode());
      if (isLater) {
        const saved = readFileSync('code.bin');
        const others = compiled.filter((bytes) => !saved.includes(bytes)).map((bytes) => bytes.length);
        console.log(JSON.stringify({ same: saved.equals(code), others }));
      } else {
        writeFileSync('code.bin', code);
      }
      console.log(JSON.stringify(results));`;
    writeFileSync(join(folder, 'main.mjs'), program);
    const [first, later] = ['first', 'later'].map((turn) =>
      execFileSync(process.execPath, ['main.mjs', turn], { cwd: folder, encoding: 'utf8' }).trim().split('\n'),
    );
    const { same, others } = JSON.parse(later![0]!);
    expect(same).toBe(true);
    expect(others).toEqual([expect.any(Number), wasmSize()]); // what reads the text of the core, and the core
    expect(others[0]).toBeLessThan(200);
    expect(later![1]).toBe(first![0]);
  });

  test('has a command line', () => {
    const cli = join(folder, 'node_modules/wengert', manifest.bin.wengert!);
    const wengert = (args: readonly string[], input = '') =>
      execFileSync(process.execPath, [cli, ...args], { cwd: folder, encoding: 'utf8', input }).trim();
    expect(wengert(['--version'])).toBe(manifest.version);
    expect(wengert(['--help'])).toContain('gradbench');
    const message = { id: 1, kind: 'evaluate', module: 'hello', function: 'double', input: 3 };
    expect(JSON.parse(wengert(['gradbench'], JSON.stringify(message)))).toMatchObject({ id: 1, success: true, output: 6 });
  });

  test('has its other doors', () => {
    const output = run(`
      import * as tape from 'wengert/tape';
      import * as optimize from 'wengert/optimize';
      import { Value } from 'wengert/micrograd';
      import { readFileSync } from 'node:fs';
      const bytes = readFileSync(new URL(import.meta.resolve('wengert/core.wasm')));
      const x = new Value(3);
      x.mul(x).backward();
      console.log(Object.keys(tape).length > 0, Object.keys(optimize).length > 0, x.grad, WebAssembly.validate(bytes));`);
    expect(output).toBe('true true 6 true');
  });
});
