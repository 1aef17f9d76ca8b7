/** Modules become one: with the real core, and hand-made ones. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { core } from '../../src/engine/interpreter/core.ts';
import { RULES } from '../../src/ops/rules.ts';
import { OP, type OpName } from '../../src/ops/vocabulary.ts';
import { coreBytes } from '../../src/wasm/core.ts';
import { KIND, SECTION } from '../../src/wasm/link/bytes.ts';
import { linkModules } from '../../src/wasm/link/index.ts';
import { readModule } from '../../src/wasm/link/module.ts';
import { code } from '../support/code.ts';
import { moduleOf, type Parts } from '../support/wasm.ts';

const I32 = 0x7f;
const F64 = 0x7c;
const END = 0x0b;

/** A module with one function that calls the core's recordedValue with a fixed op: all math is behind that. */
function caller(op: number, parts: Partial<Parts> = {}): Uint8Array {
  return moduleOf({
    types: [
      [[I32, F64, F64, F64], [F64]],
      [[F64, F64, F64], [F64]],
    ],
    imports: [
      { module: 'core', name: 'recordedValue', kind: KIND.function, type: [0] },
      { module: 'core', name: 'memory', kind: KIND.memory, type: [0, 1] },
    ],
    memory: 0,
    functions: [1],
    exports: [{ name: 'f', kind: KIND.function, index: 1 }],
    bodies: [[0, 0x41, op, 0x20, 0, 0x20, 1, 0x20, 2, 0x10, 0, END]],
    ...parts,
  });
}

type F = (x: number, y: number, w: number) => number;
const instance = (bytes: Uint8Array): Record<string, unknown> => {
  expect(WebAssembly.validate(bytes as BufferSource)).toBe(true);
  const module = new WebAssembly.Module(bytes as BufferSource);
  expect(WebAssembly.Module.imports(module)).toEqual([]);
  return new WebAssembly.Instance(module).exports;
};

const bits = (x: number): bigint => new BigUint64Array(Float64Array.of(x).buffer)[0]!;
const SPREAD = [
  0,
  -0,
  1e-300,
  1e-9,
  0.1,
  0.5,
  1,
  1.5,
  2,
  3.25,
  7,
  30,
  170.5,
  745,
  1e5,
  1e22,
  1e300,
  Number.POSITIVE_INFINITY,
  Number.NaN,
];
const POINTS = SPREAD.flatMap((x) => [x, -x]);

describe('with the core', () => {
  const own = core().exports.recordedValue;
  const elementwise = (Object.keys(RULES) as OpName[]).filter((op) => RULES[op].arity !== 'list');

  test.each(elementwise)('%s has the bits that it has in the core', (op) => {
    const f = instance(linkModules({ entry: caller(OP[op]), core: coreBytes() }, 'entry')).f as F;
    for (const x of POINTS)
      for (const y of RULES[op].arity === 1 ? [0] : POINTS)
        expect(bits(f(x, y, 3)), `${op}(${x}, ${y})`).toBe(bits(own(OP[op], x, y, 3)));
  });

  test('a linked module takes what it needs of the core', () => {
    const linked = linkModules({ entry: caller(OP.exp), core: coreBytes() }, 'entry');
    const [before, after] = [readModule(coreBytes()), readModule(linked)];
    expect(linked.length).toBeLessThan(coreBytes().length / 2);
    expect(after.functions.length).toBeLessThan(before.functions.length / 2);
    expect(new Set(after.types.map(String)).size).toBe(after.types.length);
    expect(after.data.map(({ at }) => at)).toEqual(before.data.map(({ at }) => at)); // all its tables, or none
  });

  test('everything that it exports links to a module that validates', () => {
    const exported = readModule(coreBytes()).exports;
    expect(linkModules({ core: coreBytes() }, 'core').length).toBeLessThanOrEqual(coreBytes().length);
    expect(Object.keys(instance(linkModules({ core: coreBytes() }, 'core'))).sort()).toEqual(
      exported.map(({ name }) => name).sort(),
    );
  });

  test('runs in a process of its own, without the library', () => {
    const folder = mkdtempSync(join(tmpdir(), 'wengert-link-'));
    try {
      writeFileSync(join(folder, 'f.wasm'), linkModules({ entry: caller(OP.lgamma), core: coreBytes() }, 'entry'));
      const source = `import { readFileSync } from 'node:fs';
        const { instance } = await WebAssembly.instantiate(readFileSync('f.wasm'));
        console.log(instance.exports.f(30.5, 0, 0));`;
      writeFileSync(join(folder, 'run.mjs'), source);
      const printed = execFileSync(process.execPath, ['run.mjs'], { cwd: folder, encoding: 'utf8' });
      expect(Number(printed)).toBe(own(OP.lgamma, 30.5, 0, 0));
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('hand-made modules', () => {
  const NOTHING_TO_I32 = [[], [I32]] as const;
  /** Two functions, one of them unused, a global each, data. */
  const library = moduleOf({
    types: [[[F64], []], NOTHING_TO_I32],
    functions: [1, 1, 1],
    global: I32,
    memory: 3,
    bodies: [
      [0, 0x41, 7, END], // unused: 7
      [0, 0x23, 0, 0x41, 1, 0x6a, 0x24, 0, 0x10, 2, END], // counts, then calls the next
      [0, 0x23, 0, 0x41, 8, 0x2d, 0, 0, 0x6a, END], // count + byte at 8
    ],
    exports: [
      { name: 'unused', kind: KIND.function, index: 0 },
      { name: 'next', kind: KIND.function, index: 1 },
      { name: 'count', kind: KIND.global, index: 0 },
    ],
    data: [{ at: 8, bytes: [100] }],
  });
  const imports = [{ module: 'library', name: 'next', kind: KIND.function, type: [1] }];
  const exports = [
    { name: 'f', kind: KIND.function, index: 1 },
    { name: 'memory', kind: KIND.memory, index: 0 },
  ];
  const entry: Parts = {
    types: [[[F64, F64], [F64]], NOTHING_TO_I32],
    imports: [...imports, { module: 'library', name: 'memory', kind: KIND.memory, type: [0, 5] }],
    memory: 0,
    global: I32,
    functions: [1],
    bodies: [[0, 0x23, 0, 0x41, 0xc0, 0, 0x6a, 0x24, 0, 0x10, 0, 0x23, 0, 0x6a, END]], // += 64; next() + it
    exports,
  };

  test('keep globals apart, share memory, and lose what nobody calls', () => {
    const linked = linkModules({ entry: moduleOf(entry), library }, 'entry');
    const { f, memory } = instance(linked) as { f: () => number; memory: WebAssembly.Memory };
    expect([f(), f(), f()]).toEqual([101 + 64, 102 + 128, 103 + 192]);
    expect(memory.buffer.byteLength).toBe(5 * 65536);
    expect(() => memory.grow(1)).toThrow();
    const { functions, globals, types } = readModule(linked);
    expect([functions.length, globals.length, types.length]).toEqual([3, 2, 1]);
  });

  test('leave out data of modules that do not touch memory', () => {
    const pure = { ...entry, imports: [{ module: 'library', name: 'unused', kind: KIND.function, type: [1] }], memory: 1 };
    const linked = linkModules({ entry: moduleOf(pure), library }, 'entry');
    expect(readModule(linked).data).toEqual([]);
    expect((instance(linked).f as () => number)()).toBe(7 + 64);
  });

  test('run the start function of the entry, with its data in place', () => {
    const parts: Parts = {
      ...entry,
      types: [...entry.types!, [[], []]],
      functions: [1, 2],
      start: 2,
      data: [{ at: 16, bytes: [5] }],
      bodies: [entry.bodies[0]!, [0, 0x41, 16, 0x2d, 0, 0, 0x24, 0, END]],
    };
    expect((instance(linkModules({ entry: moduleOf(parts), library }, 'entry')).f as () => number)()).toBe(101 + 64 + 5);
  });

  test('follow imports that are handed on', () => {
    const between = moduleOf({
      types: [NOTHING_TO_I32],
      imports: [{ module: 'library', name: 'next', kind: KIND.function, type: [0] }],
      bodies: [],
      exports: [{ name: 'onward', kind: KIND.function, index: 0 }],
    });
    const first = moduleOf({
      ...entry,
      imports: [{ module: 'between', name: 'onward', kind: KIND.function, type: [1] }, entry.imports![1]!],
    });
    expect((instance(linkModules({ entry: first, between, library }, 'entry')).f as () => number)()).toBe(165);
  });

  test.each<[string, Parts]>([
    ['an import from a module that is not there', { ...entry, imports: [{ ...imports[0]!, module: 'nowhere' }] }],
    ['an import that nothing provides', { ...entry, imports: [{ ...imports[0]!, name: 'nothing' }] }],
    ['an import of another type', { ...entry, imports: [{ ...imports[0]!, type: [0] }] }],
    ['a global instead of a function', { ...entry, imports: [{ ...imports[0]!, name: 'count' }] }],
    ['a table', { ...entry, others: [[SECTION.table, [1, 0x70, 0, 1]]] }],
    ['passive data', { ...entry, others: [[SECTION.data, [1, 1, 1, 65]]] }],
    ['data at a computed place', { ...entry, others: [[SECTION.data, [1, 0, 0x23, 0, END, 1, 65]]] }],
    ['a shared memory', { ...entry, imports, others: [[SECTION.memory, [1, 3, 1, 2]]] }],
    ['two memories', { ...entry, memory: 1 }],
    ['an unknown section', { ...entry, others: [[14, [0]]] }],
    ['an instruction that is not known', { ...entry, bodies: [[0, 0xfb, 0, 0, END]] }],
    ['a call to a function that is not there', { ...entry, bodies: [[0, 0x10, 9, END]] }],
  ])('are refused with %s', (_, parts) => {
    expect(code(() => linkModules({ entry: moduleOf(parts), library }, 'entry'))).toBe('BadModule');
  });

  test('are refused when cut short anywhere', () => {
    const whole = moduleOf(entry);
    for (let end = 0; end < whole.length; end++) {
      const outcome = code(() => linkModules({ entry: whole.subarray(0, end), library }, 'entry'));
      // between sections a shorter module is one too: what it lacks is then missed, or was never needed
      if (!outcome.startsWith('returned')) expect(outcome, `${end} bytes`).toBe('BadModule');
      else
        expect(WebAssembly.validate(linkModules({ entry: whole.subarray(0, end), library }, 'entry') as BufferSource)).toBe(true);
    }
  });

  test('two imports that name each other lead nowhere', () => {
    const hand = (module: string) =>
      moduleOf({
        types: [NOTHING_TO_I32],
        imports: [{ module, name: 'f', kind: KIND.function, type: [0] }],
        bodies: [],
        exports: [{ name: 'f', kind: KIND.function, index: 0 }],
      });
    expect(code(() => linkModules({ a: hand('b'), b: hand('a') }, 'a'))).toBe('BadModule');
  });
});
