/** Second derivatives: against closed forms, differences of gradients, each other, at awkward points, and badly called. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  compile,
  data,
  derivative,
  type Expr,
  floor,
  gt,
  jvp,
  logsumexp,
  matrix,
  Program,
  scalar,
  select,
  sum,
  vector,
} from '../../src/index.ts';
import { adjoints } from '../../src/graph/differentiate.ts';
import { STATE } from '../../src/program/state.ts';
import type { Pattern } from '../../src/sparsity/sets.ts';
import { diagonalColours, placesIn, starColours, symmetric } from '../../src/sparsity/symmetric.ts';
import { layout } from '../../src/tape/build.ts';
import { toBytes } from '../../src/tape/bytes.ts';
import type { Tape } from '../../src/tape/layout.ts';
import { lift } from '../../src/tape/lift.ts';
import { core } from '../../src/engine/interpreter/core.ts';
import { code } from '../support/code.ts';
import { ENGINES } from '../support/engines.ts';
import { type AnyProgram, distance } from '../support/jacobians.ts';
import { expressions, randomFunction } from '../support/random-graph.ts';

const wrong = (x: unknown): never => x as never;

/** Rows of column numbers, both of each pair, spread out. */
function spread({ rows, cols, starts, columns }: Pattern, values: Float64Array): Float64Array {
  const dense = new Float64Array(rows * cols);
  for (let i = 0; i < rows; i++) for (let e = starts[i]!; e < starts[i + 1]!; e++) dense[i * cols + columns[e]!] = values[e]!;
  return dense;
}

/** All ways to second derivatives agree; returns the Hessian. */
function expectWays(f: AnyProgram, point: object, most = 1e-12): Float64Array {
  const { value, gradient, hessian, size } = f.hessian(wrong(point));
  const first = f.gradient(wrong(point));
  expect(value).toBe(first.value);
  const flat = f.adjoint.slice();
  const flatPoint = f.point.slice();
  const found = new Float64Array(size);
  const product = new Float64Array(size);
  const direction = Float64Array.from({ length: size }, (_, i) => Math.sin(i + 1));
  expect(f.evaluateHvp(flatPoint, direction, product, found)).toBe(value);
  expect(distance(found, flat)).toBeLessThan(most);
  expect(Object.keys(gradient)).toEqual(Object.keys(first.gradient));
  const along = Float64Array.from({ length: size }, (_, i) => direction.reduce((s, d, j) => s + d * hessian[i * size + j]!, 0));
  expect(distance(product, along)).toBeLessThan(most);
  const sparse = f.sparseHessian(wrong(point));
  expect(distance(spread(sparse, sparse.values), hessian)).toBeLessThan(most);
  const entries = new Float64Array(sparse.values.length);
  expect(f.evaluateSparseHessian(flatPoint, entries, found)).toBe(value);
  expect(entries).toEqual(sparse.values);
  const places = f[STATE].parameters;
  const { diagonal } = f.hessianDiagonal(wrong(point));
  const flatDiagonal = places.flatMap(({ name }) => [diagonal[name]!].flatMap((x) => (typeof x === 'number' ? [x] : [...x])));
  expect(distance(Float64Array.from(flatDiagonal), Float64Array.from({ length: size }, (_, i) => hessian[i * size + i]!))).toBeLessThan(most); // biome-ignore format: one line
  for (let i = 0; i < size; i++) for (let j = 0; j < i; j++) expect(hessian[i * size + j]).toBe(hessian[j * size + i]);
  expect(hessian.some((x) => Object.is(x, -0))).toBe(false);
  return hessian;
}

/** f′, as a program: composition once more. */
function slopeOf(f: AnyProgram, parameter: number): AnyProgram {
  const { tape } = f[STATE] as unknown as { tape: Tape };
  const { graph, params, data, outputs } = lift(tape);
  const slope = adjoints(graph, outputs, [graph.constant(1)], params)[parameter]!;
  const signature = { ...tape.signature, outputs: [{ name: 'value', shape: [] }], single: true };
  return Program.fromBytes(toBytes(layout(graph, signature, { params, data }, Int32Array.of(slope))), { engine: f[STATE].options.engine! }); // biome-ignore format: one line
}

const rosenbrock = (x: readonly Expr[]): Expr =>
  sum(x.slice(1).map((b, i) => b.sub(x[i]!.square()).square().mul(100).add(x[i]!.sub(1).square())));

describe.each(ENGINES)('%s', (engine) => {
  it('closed forms: Rosenbrock of four', () => {
    const x = [-1.2, 1, 0.5, 2];
    const n = x.length;
    const f = compile({ x: vector(n) }, ({ x }) => rosenbrock([...x]), { engine });
    const H = expectWays(f, { x });
    for (let i = 0; i < n; i++)
      for (let j = 0; j < n; j++) {
        let h = 0;
        if (i === j) h = (i < n - 1 ? 1200 * x[i]! ** 2 - 400 * x[i + 1]! + 2 : 0) + (i > 0 ? 200 : 0);
        else if (Math.abs(i - j) === 1) h = -400 * x[Math.min(i, j)]!;
        expect(H[i * n + j]).toBeCloseTo(h, 9);
      }
    expect(f.hessianSparsity().columns.length).toBe(10);
    expect(starColours(f.hessianSparsity()).count).toBe(3);
    expect(f.hessianSparsity()).toBe(f.hessianSparsity());
  });

  it('several inputs in their shapes, with data that is bound and bound again', () => {
    const f = compile(
      { W: matrix(2, 2), b: scalar, x: data(vector(2)) },
      ({ W, b, x }) => logsumexp([W.row(0).dot(x).add(b), W.row(1).dot(x)]),
      { engine },
    );
    const point = { W: [0.5, 1, -1, 0.25], b: 0, x: [1, -2] };
    // both scores are −1.5: each class has ½, and the Hessian is ¼·[1 −1; −1 1] ⊗ x·xᵀ
    const at = f.hvp(point, { W: [1, 0, 0, 0], b: 0 });
    [0.25, -0.5, -0.25, 0.5].forEach((h, i) => expect(at.product.W[i]).toBeCloseTo(h, 14));
    expect(at.product.b).toBeCloseTo(0.25, 14);
    expect(at.gradient.b).toBeCloseTo(0.5, 14);
    expectWays(f, point);
    const { x: _, ...rest } = point;
    f.bind({ x: [3, 1] });
    expectWays(f, rest);
    const before = f.hessian(rest).hessian;
    expect(f.hessian({ ...rest, x: [3, 1] }).hessian).toEqual(before);
    expect(f.hessian(point).hessian).not.toEqual(before);
  });

  it('random functions: differences of the gradient', () => {
    for (let seed = 0; seed < 30; seed++) {
      const p = [1, 3, 6, 20][seed % 4]!;
      const random = randomFunction(seed, 20 + 2 * seed, undefined, p);
      const f = compile({ x: vector(p) }, ({ x }) => expressions(random, [...x]), { engine });
      const H = expectWays(f, { x: random.point }, 1e-9);
      const h = 1e-5;
      for (let j = 0; j < p; j++) {
        const [up, down] = [1, -1].map(
          (s) => f.gradient({ x: random.point.map((x, i) => (i === j ? x + s * h : x)) }).gradient.x,
        );
        for (let i = 0; i < p; i++) {
          const slope = (up![i]! - down![i]!) / (2 * h);
          const rounding = (1e-9 * (Math.abs(up![i]!) + Math.abs(down![i]!))) / h;
          const curvature = 1e-4 * Math.max(1, Math.abs(H[i * p + j]!), Math.abs(slope));
          expect(Math.abs(H[i * p + j]! - slope), `seed ${seed}: ${i}, ${j}`).toBeLessThan(Math.max(rounding, 30 * curvature));
        }
      }
    }
  });

  it('arrows take two colours, sums of one input each one', () => {
    const n = 30;
    const arrow = compile({ x: vector(n) }, ({ x }) => sum([...x].map((a) => a.mul(x.at(0)).sin())), { engine });
    const x = Array.from({ length: n }, (_, i) => 0.1 * i - 1);
    expectWays(arrow, { x });
    expect(starColours(arrow.hessianSparsity()).count).toBe(2);
    const separate = compile({ x: vector(n) }, ({ x }) => sum([...x].map((a) => a.square().exp())), { engine });
    expectWays(separate, { x });
    expect(diagonalColours(separate.hessianSparsity()).count).toBe(1);
    const linear = compile({ x: vector(n) }, ({ x }) => sum([...x].map((a, i) => a.mul(i))), { engine });
    expect(expectWays(linear, { x }).every((h) => h === 0)).toBe(true);
    expect(linear.hessianSparsity().columns.length).toBe(0);
  });

  it('third derivatives: second ones of a program that is a derivative', () => {
    const f = ([a, b]: readonly Expr[]): Expr => a!.exp().mul(b!.square()).add(a!.pow(3).mul(b!));
    const v = [0.5, -2];
    const along = compile({ x: vector(2) }, ({ x }) => jvp<readonly Expr[], Expr>(f)([...x], v).tangent, { engine });
    const [a, b] = [0.3, 1.7];
    const e = Math.exp(a);
    // ∂³f by how many of the three are a
    const [bbb, abb, aab, aaa] = [0, 2 * e, 2 * e * b + 6 * a, e * b * b + 6 * b];
    const third = [v[0]! * aaa + v[1]! * aab, v[0]! * aab + v[1]! * abb, v[0]! * abb + v[1]! * bbb];
    const { hessian } = along.hessian({ x: [a, b] });
    [third[0], third[1], third[1], third[2]].forEach((d, i) => {
      expect(hessian[i]).toBeCloseTo(d!, 12);
    });
    const x4 = derivative((x: Expr) => derivative((y: Expr) => derivative((z: Expr) => z.pow(4))(y) as Expr)(x) as Expr, {
      engine,
    });
    expect(x4(2)).toBe(48); // 24·x
  });

  it('loops, written out for the lengths and data at hand', () => {
    const f = compile(
      { x: vector('n'), a: scalar, place: data(vector('n')) },
      ({ x, a, place }) => sum(x.length, (i) => x.at(place.at(i)).mul(x.at(i)).sin().mul(a)),
      { engine },
    );
    const x = [0.3, -1, 2];
    expectWays(f, { x, a: 0.5, place: [1, 1, 0] });
    expect(Array.from(f.hessianSparsity().starts)).toEqual([0, 4, 7, 10, 13]);
    expectWays(f, { x, a: 0.5, place: [0, 1, 2] });
    expect(Array.from(f.hessianSparsity().starts)).toEqual([0, 2, 4, 6, 9]);
    expectWays(f, { x: [1, 2], a: 0.5, place: [1, 0] });
    expectWays(f, { x: [], a: 0.5, place: [] });
    const odd = compile({ x: vector('n') }, ({ x }) => x.at(floor(x.at(0))).square(), { engine });
    expect(odd.gradient({ x: [1, 3] }).value).toBe(9);
    expect(odd.hessian({ x: [1, 3] }).hessian).toEqual(Float64Array.of(0, 0, 0, 2));
    const any = odd.sparseHessian({ x: [1, 3] }); // what may be picked may be any
    expect([...any.columns]).toEqual([0, 1, 0, 1]);
    expect([...any.values]).toEqual([0, 0, 0, 2]);
    const long = compile({ x: vector('n') }, ({ x }) => sum(x.length, (i) => x.at(i).sin()), { engine });
    const many = new Float64Array(300_000).fill(1);
    const band = long.sparseHessian({ x: many });
    expect(band.values.length).toBe(300_000);
    expect(band.values.every((h) => Math.abs(h + Math.sin(1)) <= 1e-14)).toBe(true);
    for (const h of long.hvp({ x: many }, { x: many }).product.x)
      if (Math.abs(h + Math.sin(1)) > 1e-14) expect(h).toBe(-Math.sin(1));
    expect(long.hvp({ x: [0, 1] }, { x: [1, 1] }).product.x[1]).toBeCloseTo(-Math.sin(1), 14);
  });

  it('keeps the conventions at awkward points', () => {
    const f = compile({ x: scalar, y: scalar }, ({ x, y }) => y.mul(x.sqrt()), { engine });
    expect(f.hessian({ x: 4, y: 0 }).hessian).toEqual(Float64Array.of(0, 0.25, 0.25, 0)); // a zero adjoint is no closed gate
    expect(f.hvp({ x: 4, y: 0 }, { x: 0, y: 1 }).product).toEqual({ x: 0.25, y: 0 });
    const gated = compile({ x: scalar }, ({ x }) => select(gt(x, 0), x.mul(x.log()), 0), { engine });
    expect(gated.hessian({ x: 0 }).hessian).toEqual(Float64Array.of(0));
    expect(gated.hessian({ x: 2 }).hessian).toEqual(Float64Array.of(0.5));
    const hinge = compile({ x: scalar }, ({ x }) => x.relu().square(), { engine });
    for (const [x, h] of [[-1, 0], [0, 0], [1, 2]] as const) expect(hinge.hessian({ x }).hessian).toEqual(Float64Array.of(h)); // biome-ignore format: pairs
    const root = compile({ x: scalar, y: scalar }, ({ x, y }) => x.relu().sqrt().add(y.square()), { engine });
    expect(root.sparseHessian({ x: -1, y: 3 })).toMatchObject({ values: spread(root.hessianSparsity(), Float64Array.of(0, 2)).filter((_, i) => i === 0 || i === 3) }); // biome-ignore format: one line
    expect(root.hessianDiagonal({ x: -1, y: 3 }).diagonal).toEqual({ x: 0, y: 2 });
  });

  it('where there is one input, or none', () => {
    const one = compile({ x: scalar }, ({ x }) => x.mul(x).mul(x), { engine });
    expect(one.hessian({ x: 2 })).toEqual({ value: 8, gradient: { x: 12 }, hessian: Float64Array.of(12), size: 1 });
    expect(one.hvp({ x: 2 }, { x: 10 })).toEqual({ value: 8, gradient: { x: 12 }, product: { x: 120 } });
    const none = compile({ d: data(scalar) }, ({ d }) => d.square(), { engine });
    expect(none.hessian({ d: 3 })).toEqual({ value: 9, gradient: {}, hessian: new Float64Array(0), size: 0 });
    expect(none.sparseHessian({ d: 3 }).values.length).toBe(0);
    expect(none.hessianDiagonal({ d: 3 }).diagonal).toEqual({});
    const input = compile({ x: scalar, y: scalar }, ({ x }) => x, { engine });
    expect(input.hessian({ x: 2, y: 1 })).toEqual({ value: 2, gradient: { x: 1, y: 0 }, hessian: new Float64Array(4), size: 2 });
  });

  it('third order by composition', () => {
    const f = compile({ x: scalar, y: scalar }, ({ x, y }) => x.sin().mul(y.exp()), { engine });
    const [x, y] = [0.7, -0.3];
    const slope = slopeOf(f, 0); // cos x · eʸ
    expect(slope.value(wrong({ x, y }))).toBeCloseTo(Math.cos(x) * Math.exp(y), 14);
    const H = slope.hessian(wrong({ x, y })).hessian;
    [-Math.cos(x), -Math.sin(x), -Math.sin(x), Math.cos(x)].forEach((h, i) => expect(H[i]).toBeCloseTo(h * Math.exp(y), 13));
    const curvature = slopeOf(slope, 0);
    const third = curvature.hvp(wrong({ x, y }), wrong({ x: 1, y: 0 })); // the fourth derivative in x
    expect((third.gradient as { x: number }).x).toBeCloseTo(-Math.cos(x) * Math.exp(y), 13);
    expect((third.product as { x: number }).x).toBeCloseTo(Math.sin(x) * Math.exp(y), 13);
  });

  it('says where it stopped being finite', () => {
    const f = compile({ x: scalar, y: scalar }, ({ x, y }) => x.pow(1.5).add(y), { engine, check: 'nan' });
    expect(f.gradient({ x: 0, y: 1 }).gradient).toEqual({ x: 0, y: 1 });
    for (const call of [() => f.hessian({ x: 0, y: 1 }), () => f.hvp({ x: 0, y: 1 }, { x: 1, y: 0 }), () => f.sparseHessian({ x: 0, y: 1 }), () => f.hessianDiagonal({ x: 0, y: 1 })]) // biome-ignore format: a list
      expect(call).toThrow(/value and gradient are finite, second derivatives are not.*NonFinite/);
    expect(() => f.hessian({ x: -1, y: 1 })).toThrow(/the value is NaN.*NonFinite/);
    expect(() => compile({ x: scalar }, ({ x }) => x.sqrt(), { engine, check: 'nan' }).hessian({ x: 0 })).toThrow(/its gradient is not.*NonFinite/); // biome-ignore format: one line
    expect(f.hvp({ x: 0, y: 1 }, { x: 0, y: 1 }).product).toEqual({ x: 0, y: 0 });
  });

  it('is typed errors when called badly', () => {
    const f = compile({ x: vector(2), d: data(scalar) }, ({ x, d }) => x.at(0).mul(x.at(1)).mul(d), { engine });
    const ways = {
      hvp: (point: unknown) => f.hvp(wrong(point), { x: [1, 1] }),
      hessian: (point: unknown) => f.hessian(wrong(point)),
      sparseHessian: (point: unknown) => f.sparseHessian(wrong(point)),
      hessianDiagonal: (point: unknown) => f.hessianDiagonal(wrong(point)),
      hessianSparsity: (point: unknown) => f.hessianSparsity(wrong(point)),
    };
    for (const [name, way] of Object.entries(ways)) {
      expect(
        code(() => way({ x: [1, 2] })),
        name,
      ).toBe('DataMissing');
      expect(
        code(() => way({ d: 2 })),
        name,
      ).toBe('MissingName');
      expect(
        code(() => way({ x: [1], d: 2 })),
        name,
      ).toBe('WrongLength');
      expect(
        code(() => way({ x: [1, 2], d: 2, z: 1 })),
        name,
      ).toBe('UnknownName');
      expect(
        code(() => way(name === 'hessianSparsity' ? 3 : undefined)),
        name,
      ).toBe('WrongType');
    }
    expect(code(() => f.hessianSparsity())).toBe('DataMissing');
    expect(code(() => f.evaluateHvp([1, 2], [1, 1], new Float64Array(2)))).toBe('DataMissing');
    f.bind({ d: 2 });
    expect(code(() => f.hvp({ x: [1, 2] }, wrong({})))).toBe('MissingName');
    expect(code(() => f.hvp({ x: [1, 2] }, { x: [1] }))).toBe('WrongLength');
    expect(code(() => f.hvp({ x: [1, 2] }, { x: [1, 2] }, { maxSteps: 2 }))).toBe('StepLimit');
    expect(code(() => f.hessian({ x: [1, 2] }, { maxSteps: 20 }))).toBe('StepLimit');
    expect(f.hessian({ x: [1, 2] }, { maxSteps: 200 }).hessian).toEqual(Float64Array.of(0, 2, 2, 0));
    const out = new Float64Array(2);
    expect(code(() => f.evaluateHvp([1], [1, 1], out))).toBe('WrongLength');
    expect(code(() => f.evaluateHvp([1, 2], [1], out))).toBe('WrongLength');
    expect(code(() => f.evaluateHvp([1, 2], wrong(undefined), out))).toBe('WrongType');
    expect(code(() => f.evaluateHvp([1, 2], [1, 1], new Float64Array(3)))).toBe('WrongLength');
    expect(code(() => f.evaluateHvp([1, 2], [1, 1], out, new Float64Array(3)))).toBe('WrongLength');
    expect(code(() => f.evaluateSparseHessian([1, 2], new Float64Array(3)))).toBe('WrongLength');
    expect(code(() => f.evaluateSparseHessian([1, 2], new Float64Array(2), wrong([0, 0])))).toBe('WrongType');
    expect(code(() => f.evaluateSparseHessian([1], new Float64Array(2)))).toBe('WrongLength');
    expect(f.evaluateHvp([1, 2], [1, 1], out)).toBe(4);
    expect(out).toEqual(Float64Array.of(2, 2));
    const two = compile({ x: scalar }, ({ x }) => [x, x.square()], { engine });
    expect(code(() => two.hvp({ x: 1 }, { x: 1 }))).toBe('SeveralOutputs');
    expect(code(() => two.hessian({ x: 1 }))).toBe('SeveralOutputs');
    expect(code(() => two.hessianSparsity())).toBe('SeveralOutputs');
    expect(code(() => two.evaluateHvp([1], [1], new Float64Array(1)))).toBe('SeveralOutputs');
    f.dispose();
    for (const [name, way] of Object.entries(ways))
      expect(
        code(() => way({ x: [1, 2] })),
        name,
      ).toBe('Disposed');
    expect(code(() => f.evaluateHvp([1, 2], [1, 1], out))).toBe('Disposed');
  });

  it('gives back its memory with the program', () => {
    const { arena } = core();
    const make = () => {
      const f = compile({ x: vector(50) }, ({ x }) => rosenbrock([...x]), { engine });
      f.hessian({ x: new Float64Array(50) });
      f.sparseHessian({ x: new Float64Array(50) });
      f.sparseJacobian({ x: new Float64Array(50) });
      f.dispose();
    };
    const probe = () => {
      const at = arena.take(64);
      arena.give(at);
      return at;
    };
    make();
    const before = probe();
    make();
    expect(probe()).toBe(before);
  });
});

describe('star colours', () => {
  const symmetricPatterns = fc
    .integer({ min: 1, max: 14 })
    .chain((n) => fc.array(fc.tuple(fc.nat(n - 1), fc.nat(n - 1)), { maxLength: 2 * n }).map((pairs) => patternOf(n, pairs)));

  it('leave no path of four vertices with two colours, and every entry can be read', () => {
    fc.assert(
      fc.property(symmetricPatterns, (pattern) => {
        const n = pattern.cols;
        const { count, colours } = starColours(pattern);
        const beside = (v: number): number[] => [...pattern.columns.subarray(pattern.starts[v]!, pattern.starts[v + 1]!)].filter((w) => w !== v); // biome-ignore format: one line
        for (let a = 0; a < n; a++)
          for (const b of beside(a)) {
            expect(colours[a]).not.toBe(colours[b]);
            for (const c of beside(b).filter((c) => c !== a))
              for (const d of beside(c).filter((d) => d !== b && d !== a))
                expect(new Set([a, b, c, d].map((v) => colours[v])).size).toBeGreaterThan(2);
          }
        // a matrix with a number of its own for each pair, compressed and read again
        const number = (i: number, j: number): number => 1 + Math.min(i, j) * n + Math.max(i, j);
        const compressed = new Float64Array(n * count);
        for (let i = 0; i < n; i++)
          for (let e = pattern.starts[i]!; e < pattern.starts[i + 1]!; e++)
            compressed[i * count + colours[pattern.columns[e]!]!]! += number(i, pattern.columns[e]!);
        const places = placesIn(pattern, { count, colours });
        for (let i = 0; i < n; i++)
          for (let e = pattern.starts[i]!; e < pattern.starts[i + 1]!; e++)
            expect(compressed[places[e]!]).toBe(number(i, pattern.columns[e]!));
      }),
      { numRuns: 300 },
    );
  });
});

/** Symmetric, with these pairs. */
function patternOf(n: number, pairs: readonly (readonly [number, number])[]): Pattern {
  const rows = Array.from({ length: n }, () => new Set<number>());
  for (const [i, j] of pairs) rows[i]!.add(j);
  const sorted = rows.map((row) => [...row].sort((x, y) => x - y));
  const starts = Int32Array.from({ length: n + 1 }, (_, i) => sorted.slice(0, i).reduce((sum, row) => sum + row.length, 0));
  return symmetric({ rows: n, cols: n, starts, columns: Int32Array.from(sorted.flat()) });
}
