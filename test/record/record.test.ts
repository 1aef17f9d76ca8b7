/** `record`: control flow on values, what goes in and what comes out, memory from call to call. */
import { describe, expect, expectTypeOf, it } from 'vitest';
import { data, dot, exp, matrix, max, mul, type Recorded, record, scalar, select, sum, vector } from '../../src/index.ts';
import { core } from '../../src/engine/interpreter/core.ts';

const ENGINES = ['interpreter', 'reference'] as const;

describe.each(ENGINES)('%s', (engine) => {
  it('follows the branch that is taken', () => {
    const f = record({ x: scalar }, ({ x }) => (x.value > 0 ? x.square() : x.neg()), { engine });
    expect(f.gradient({ x: 3 })).toEqual({ value: 9, gradient: { x: 6 } });
    expect(f.gradient({ x: -3 })).toEqual({ value: 3, gradient: { x: -1 } });
  });

  it('loops as often as values say', () => {
    const collatz = record(
      { x: scalar },
      ({ x }) => {
        let [z, steps] = [x, 0];
        for (; z.value !== 1; steps++) z = z.value % 2 === 0 ? z.div(2) : z.mul(3).add(1);
        return { z, steps };
      },
      { engine },
    );
    expect(collatz.value({ x: 27 })).toEqual({ z: 1, steps: 111 });
    expect(collatz.value({ x: 6 })).toEqual({ z: 1, steps: 8 });
    expect(collatz.jvp({ x: 6 }, { x: 1 }).tangent).toEqual({ z: 9 / 64, steps: 0 });
  });

  it('takes vectors, matrices and data; bound data stays', () => {
    const f = record(
      { w: vector(2), A: matrix(2, 2), t: data(vector(2)), s: data(scalar) },
      ({ w, A, t, s }) => w.dot(A.row(1)).add(A.col(0).dot(t)).mul(s),
      { engine },
    );
    const point = { w: [1, 2], A: [[3, 4], [5, 6]] }; // biome-ignore format: a matrix
    const expected = {
      value: 2 * (17 + 3 * 7 + 5 * 8),
      gradient: { w: Float64Array.of(10, 12), A: Float64Array.of(14, 0, 18, 4) },
    };
    expect(f.gradient({ ...point, t: [7, 8], s: 2 })).toEqual(expected);
    expect(f.gradient(point)).toEqual(expected);
    f.bind({ s: 1 });
    expect(f.gradient(point).value).toBe(expected.value / 2);
  });

  it('takes named lengths from the call', () => {
    const f = record({ x: vector('n'), y: data(vector('n')) }, ({ x, y }) => x.dot(y), { engine });
    expect(f.gradient({ x: [1, 2], y: [3, 4] })).toEqual({ value: 11, gradient: { x: Float64Array.of(3, 4) } });
    expect(f.gradient({ x: [1, 2, 3], y: [1, 1, 2] })).toEqual({ value: 9, gradient: { x: Float64Array.of(1, 1, 2) } });
    expect(f.evaluate([0, 0, 5])).toBe(10);
  });

  it('gives outputs in the structure that was returned', () => {
    const f = record({ x: vector(2) }, ({ x }) => ({ a: x.at(0), all: x.map((e) => e.mul(2)), k: 7 }), { engine });
    expect(f.value({ x: [1, 2] })).toEqual({ a: 1, all: Float64Array.of(2, 4), k: 7 });
    expect(record({ x: scalar }, ({ x }) => [x, x.neg()]).value({ x: 0 })).toEqual([0, -0]);
    expect(record({ x: scalar }, () => 5).gradient({ x: 1 })).toEqual({ value: 5, gradient: { x: 0 } });
  });

  it('understands the functions of the vocabulary, numbers among the operands', () => {
    const f = record(
      { x: scalar, y: scalar },
      ({ x, y }) => {
        const list: Recorded[] = [x, y, x.mul(y)];
        const terms = sum(3, (i: number) => list[i]!.square());
        return sum([exp(x), mul(2, y), max(x, y, 0.5), max(list), dot(list, [1, 2, 3]), select(1, x, y), terms]);
      },
      { engine },
    );
    const at = (x: number, y: number) =>
      Math.exp(x) +
      2 * y +
      Math.max(x, y, 0.5) +
      Math.max(x, y, x * y) +
      x +
      2 * y +
      3 * x * y +
      x +
      x * x +
      y * y +
      x * y * x * y;
    const { value, gradient } = f.gradient({ x: 1.5, y: 2.5 });
    expect(value).toBeCloseTo(at(1.5, 2.5), 12);
    expect(gradient.x).toBeCloseTo((at(1.5 + 1e-6, 2.5) - at(1.5 - 1e-6, 2.5)) / 2e-6, 6);
    expect(gradient.y).toBeCloseTo((at(1.5, 2.5 + 1e-6) - at(1.5, 2.5 - 1e-6)) / 2e-6, 6);
  });

  it('reduces vectors', () => {
    const of = (x: number[], reduce: 'sum' | 'mean' | 'prod' | 'min' | 'max' | 'norm' | 'logsumexp') =>
      record({ x: vector('n') }, ({ x }) => x[reduce](), { engine }).gradient({ x });
    expect(of([3, 4], 'norm')).toEqual({ value: 5, gradient: { x: Float64Array.of(0.6, 0.8) } });
    expect(of([2, 3, 5], 'prod')).toEqual({ value: 30, gradient: { x: Float64Array.of(15, 10, 6) } });
    expect(of([2, 5, 5], 'max')).toEqual({ value: 5, gradient: { x: Float64Array.of(0, 0.5, 0.5) } });
    expect(of([2, 5, 5], 'min').value).toBe(2);
    expect(of([2, 4], 'mean')).toEqual({ value: 3, gradient: { x: Float64Array.of(0.5, 0.5) } });
    expect(of([0, 0], 'logsumexp').gradient.x).toEqual(Float64Array.of(0.5, 0.5));
    expect(of([], 'sum')).toEqual({ value: 0, gradient: { x: new Float64Array(0) } });
    expect(of([], 'max').value).toBe(Number.NEGATIVE_INFINITY);
  });

  it('keeps gates closed where a NaN comes up behind them', () => {
    const f = record({ x: scalar }, ({ x }) => select(x.gt(0), x.log(), 0), { engine });
    expect(f.gradient({ x: 0 })).toEqual({ value: 0, gradient: { x: 0 } });
    expect(f.jvp({ x: 0 }, { x: 1 }).tangent).toBe(0);
    const g = record({ x: scalar }, ({ x }) => x.relu().sqrt(), { engine });
    expect(g.gradient({ x: -1 }).gradient.x).toBe(0);
    const h = record({ x: scalar }, ({ x }) => max([x.log(), 1]).add(x), { engine });
    expect(h.gradient({ x: 0 }).gradient.x).toBe(1);
    const honest = record({ x: scalar }, ({ x }) => x.sqrt().mul(0), { engine });
    expect(honest.gradient({ x: 0 }).gradient.x).toBeNaN();
  });

  it('ignores what was computed in vain', () => {
    const f = record(
      { x: scalar },
      ({ x }) => {
        x.log().exp().sqrt(); // all of it infinite or NaN at 0
        return x.mul(2);
      },
      { engine },
    );
    expect(f.gradient({ x: 0 })).toEqual({ value: 0, gradient: { x: 2 } });
  });

  it('never hands out −0', () => {
    const f = record({ x: scalar, y: scalar }, ({ x }) => x.mul(-0), { engine });
    expect(f.gradient({ x: 1, y: 1 })).toEqual({ value: -0, gradient: { x: 0, y: 0 } });
  });

  it('carries a million nodes, one after another', () => {
    const f = record(
      { x: scalar, y: scalar, n: data(scalar) },
      ({ x, y, n }) => {
        let z = x;
        for (let i = 0; i < n.value; i++) z = z.mul(y).add(x);
        return z;
      },
      { engine },
    );
    const { value, gradient } = f.gradient({ x: 1, y: 0.5, n: 500_000 });
    expect(f.nodes).toBe(1_000_000);
    expect(value).toBe(2);
    expect(gradient).toEqual({ x: 2, y: 4 });
    expect(f.gradient({ x: 1, y: 0.5, n: 2 })).toEqual({ value: 1.75, gradient: { x: 1.75, y: 2 } });
    f.dispose();
  });
});

it('records ten million nodes', () => {
  using f = record({ x: scalar }, ({ x }) => {
    let z = x;
    for (let i = 0; i < 10_000_000; i++) z = z.add(x);
    return z;
  });
  expect(f.gradient({ x: 2 })).toEqual({ value: 20_000_002, gradient: { x: 10_000_001 } });
});

it('uses the same memory at every call, and gives it back', () => {
  const { arena } = core();
  const before = arena.used();
  const f = record({ x: vector(100) }, ({ x }) => [...x].reduce((a, b) => a.mul(b).add(1)));
  const x = new Float64Array(100).fill(0.5);
  f.gradient({ x });
  const used = arena.used();
  expect(used).toBeGreaterThan(before);
  for (let i = 0; i < 100; i++) f.gradient({ x });
  expect(arena.used()).toBe(used);
  f.dispose();
  expect(arena.used()).toBe(before);
});

it('has types that follow from the signature and from what is returned', () => {
  const f = record({ s: scalar, v: vector(2), x: data(scalar) }, ({ s, v, x }) => {
    expectTypeOf(s).toEqualTypeOf<Recorded>();
    return { a: exp(s).add(x), b: v, c: max(s, 0), d: 3 };
  });
  const value = f.value({ s: 0, v: [1, 2], x: 1 });
  expectTypeOf(value).toEqualTypeOf<{ a: number; b: Float64Array; c: number; d: number }>();
  expect(value).toEqual({ a: 2, b: Float64Array.of(1, 2), c: 0, d: 3 });
  // @ts-expect-error: there is no y
  expect(() => f.value({ s: 0, v: [1, 2], y: 1 })).toThrow('UnknownName');
  expectTypeOf<ReturnType<typeof f.gradient>['gradient']>().toEqualTypeOf<{ s: number; v: Float64Array }>();
});
