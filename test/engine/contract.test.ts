/** Contraction: what it does, where it is left, and that exact programs never meet it. Much of it needs relaxed SIMD: Node from 22 on. */
import { describe, expect, test } from 'vitest';
import { KIND, keep } from '../../src/engine/compiled/cache.ts';
import { contracted, hasRelaxed } from '../../src/engine/compiled/contract.ts';
import { flatModule } from '../../src/engine/compiled/flat.ts';
import { loopModule } from '../../src/engine/compiled/loops/module.ts';
import { Ssa } from '../../src/engine/compiled/ssa.ts';
import {
  compile,
  data,
  type Expr,
  loadCode,
  Program,
  type ProgramOptions,
  saveCode,
  select,
  sum,
  vector,
} from '../../src/index.ts';
import { link } from '../../src/link/index.ts';
import { OP } from '../../src/ops/vocabulary.ts';
import type { FlatState } from '../../src/program/flat.ts';
import type { LoopState } from '../../src/program/loops.ts';
import { STATE } from '../../src/program/state.ts';

const FAST = { engine: 'compiled', fastMath: true } as const;
const EXACT = { engine: 'compiled' } as const;
const N = 1001; // an odd number of lanes
const x = Float64Array.from({ length: N }, (_, i) => 1 + Math.sin(i));
const y = x.map((xi) => xi * xi); // rounded: y − x² is 0, and contracted what was lost in rounding

const left = (x: Expr, y: Expr): Expr => y.sub(x.square()).square();
const flat = (options: ProgramOptions) =>
  compile({ x: vector(N), y: data(vector(N)) }, ({ x, y }) => sum([...x].map((xi, i) => left(xi, y.at(i)))), options).bind({ y });
const loop = (options: ProgramOptions) =>
  compile({ x: vector('n'), y: data(vector('n')) }, ({ x, y }) => sum(x.length, (i) => left(x.at(i), y.at(i))), options).bind({
    y,
  });
const rows = (options: ProgramOptions) =>
  compile({ w: vector(1), d: data(vector(2)) }, ({ w, d }) => left(d.at(0).mul(w.at(0)), d.at(1)), options)
    .over({ reduce: 'sum' })
    .bind({ d: Array.from(x, (xi, i) => [xi, y[i]!]) });
const KINDS: readonly [string, (options: ProgramOptions) => number][] = [
  ['flat', (options) => flat(options).value({ x })],
  ['a loop', (options) => loop(options).value({ x })],
  ['rows', (options) => rows(options).value({ w: [1] })],
]; // biome-ignore format: a table

describe('which products', () => {
  const k = new Ssa();
  const [a, b, c] = [8, 16, 24].map((at) => k.load(0, at, 8)) as [number, number, number];
  const product = k.node(OP.mul, a, b);
  const of = (node: number, ...others: number[]): number => {
    const uses = new Int32Array(k.size);
    for (const id of [node, ...others]) {
      uses[id]!++;
      uses[k.a[id]!]!++;
      uses[k.b[id]!]!++;
    }
    return contracted(k, uses)[node]!;
  };

  test('one that is waited for', () => {
    expect(of(k.node(OP.add, c, product))).toBe(2);
    expect(of(k.node(OP.add, product, c))).toBe(1);
    expect(of(k.node(OP.sub, c, product))).toBe(2);
  });
  test('none that is there before the other operand, is subtracted from, or is read twice', () => {
    expect(of(k.node(OP.add, k.node(OP.exp, k.node(OP.sub, c, a)), product))).toBe(0);
    expect(of(k.node(OP.sub, product, c))).toBe(0);
    expect(of(k.node(OP.add, product, product))).toBe(0);
    expect(of(k.node(OP.add, c, product), k.node(OP.div, product, b))).toBe(0);
  });
});

describe('modules', () => {
  const { tape } = flat(EXACT)[STATE] as FlatState;
  const linked = link((loop(EXACT)[STATE] as LoopState).tape, [N]);
  const offsets = { values: 0, adjoints: 8 * tape.slots };

  test.each([
    ['flat', (isRelaxed: boolean) => flatModule(tape, offsets, isRelaxed)],
    ['a loop', (isRelaxed: boolean) => loopModule(linked, isRelaxed).bytes],
  ])('%s: valid where there is relaxed SIMD', (_, make) => {
    expect(WebAssembly.validate(make(true))).toBe(hasRelaxed());
    expect(WebAssembly.validate(make(false))).toBe(true);
    expect(make(true)).not.toEqual(make(false));
  });

  test('saved, they are no reason to refuse the others where they cannot run', () => {
    keep([Int32Array.of(KIND.relaxedFlat, -1)], { bytes: flatModule(tape, offsets, true), room: 0 });
    expect(loadCode(saveCode())).toBeGreaterThan(0);
  });

  test('those that stand alone run everywhere', () => {
    expect(loop(FAST).toWasm({ lengths: { n: N } })).toEqual(loop(EXACT).toWasm({ lengths: { n: N } }));
  });
});

describe('bits', () => {
  test.each(KINDS)('%s: exact before and after contracted code', (_, value) => {
    expect(value(EXACT)).toBe(0);
    value(FAST);
    expect(value(EXACT)).toBe(0);
    expect(value({ ...FAST, engine: 'interpreter' })).toBe(0);
    expect(value({ ...FAST, engine: 'reference' })).toBe(0);
  });

  test.each(KINDS)('%s: one rounding less where there is relaxed SIMD', (_, value) => {
    const found = value(FAST);
    if (hasRelaxed()) expect(found).toBeGreaterThan(0);
    expect(found).toBeLessThan(N * 2 ** -102); // (half a unit of 4)²
  });

  test('of bytes, too', () => {
    const f = Program.fromBytes<{ x: ReturnType<typeof vector>; y: ReturnType<typeof data> }>(flat(EXACT).toBytes(), FAST);
    expect(f.evaluate.call(f.bind({ y } as never), x)).toBe(flat(FAST).value({ x }));
  });

  test('nothing is contracted beside places that are computed, and equality', () => {
    const order = Float64Array.from({ length: N }, (_, i) => N - 1 - i);
    const gathered = compile(
      { x: vector('n'), y: data(vector('n')), order: data(vector('n')) },
      ({ x, y, order }) => sum(x.length, (i) => left(x.at(order.at(i)), y.at(order.at(i)))),
      FAST,
    );
    expect(gathered.value({ x, y, order })).toBe(0);
    const equal = compile(
      { x: vector('n'), y: data(vector('n')) },
      ({ x, y }) => sum(x.length, (i) => select(y.at(i).sub(x.at(i).square()).eq(0), 1, 0)),
      FAST,
    );
    expect(equal.value({ x, y })).toBe(N);
  });
});

describe('derivatives', () => {
  const horner = (c: readonly Expr[], t: Expr): Expr =>
    c
      .reduceRight((s, ci) => s.mul(t).add(ci))
      .sub(1)
      .square();
  const c = [0.3, -0.7, 0.2, 1.1, -0.4];
  const along = { c: [1, -2, 0.5, 0, 1] };
  const points = (n: number): Float64Array => Float64Array.from({ length: n }, (_, i) => Math.cos(i));
  const polynomials: readonly [string, (n: number, options: ProgramOptions) => number[]][] = [
    [
      'a loop',
      (n, options) => {
        const signature = { c: vector(5), t: data(vector('n')) };
        const f = compile(signature, ({ c, t }) => sum(t.length, (i) => horner([...c], t.at(i))), options).bind({ t: points(n) });
        const { value, gradient, product } = f.hvp({ c }, along);
        return [value, ...gradient.c, ...product.c];
      },
    ],
    [
      'flat',
      (n, options) => {
        const signature = { c: vector(5), t: data(vector(n)) };
        const build = ({ c, t }: { c: Iterable<Expr>; t: Iterable<Expr> }) => sum([...t].map((ti) => horner([...c], ti)));
        const f = compile(signature, build, options).bind({ t: points(n) });
        const { value, gradient, product } = f.hvp({ c }, along);
        return [value, ...gradient.c, ...product.c];
      },
    ],
    [
      'rows',
      (n, options) => {
        const f = compile({ c: vector(5), t: data(vector(1)) }, ({ c, t }) => horner([...c], t.at(0)), options);
        const over = f.over({ reduce: 'sum' }).bind({ t: Array.from(points(n), (ti) => [ti]) });
        const { value, gradient } = over.gradient({ c });
        return [value, ...gradient.c];
      },
    ],
  ];

  test.each(polynomials)('%s: to rounding, in lanes and the last lane', (_, results) => {
    for (const n of [1, 2, 7, 128, 129, 600, 2051]) {
      const [found, expected] = [results(n, FAST), results(n, EXACT)];
      const scale = Math.max(...expected.map(Math.abs));
      expected.forEach((d, i) => {
        expect(Math.abs(found[i]! - d)).toBeLessThan(1e-12 * scale);
      });
    }
  });
});
