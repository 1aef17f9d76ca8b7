/** Sums over neighbours: generated code carries what they hand on from lane to lane, and every bit is the interpreter's. */
import { describe, expect, test } from 'vitest';
import { compile, data, type Expr, map, type Scalar, sum, vector } from '../../src/index.ts';
import { Random } from '../../src/optimize/random.ts';

type At = (offset: number) => Expr;
/** What is summed over the places that have all neighbours; and of how many numbers a place makes use. */
const TERMS: Readonly<Record<string, readonly [reach: number, term: (x: At, w: Expr) => Expr]>> = {
  difference: [2, (x) => x(1).sub(x(0)).square()],
  'the other way round': [2, (x) => x(0).sub(x(1)).exp()],
  Rosenbrock: [2, (x) => x(1).sub(x(0).square()).square().mul(100).add(x(0).neg().add(1).square())],
  'three neighbours': [3, (x) => x(2).sub(x(1).mul(2)).add(x(0)).square()],
  'two far apart': [3, (x) => x(2).mul(x(0)).sin()],
  'the second first': [2, (x) => x(0).exp().mul(x(1)).add(x(0))],
  'with a weight': [2, (x, w) => x(1).sub(x(0)).mul(w).square()],
  'every way': [
    4,
    (x, w) =>
      x(3)
        .mul(x(2))
        .add(x(1).mul(w))
        .sub(x(0))
        .add(x(2).sub(x(1)).square()),
  ],
};
const LENGTHS = [4, 5, 8, 9, 12, 23, 64, 129, 130, 300, 1030];
const AWKWARD = [0, -0, 1, Number.POSITIVE_INFINITY, -2, Number.NaN, 1e300];

const random = new Random(5);
function points(n: number): Float64Array[] {
  const plain = Float64Array.from({ length: n + 1 }, () => random.uniform() - 0.5);
  const awkward = plain.map((x, i) => (i % 5 === 3 ? AWKWARD[((i / 5) % AWKWARD.length) | 0]! : x));
  return [plain, plain.map((x) => (x > 0.25 ? -0 : x)), awkward];
}

function bits(program: { evaluate(x: Float64Array, g: Float64Array): number }, x: Float64Array): string[] {
  const gradient = new Float64Array(x.length);
  const value = program.evaluate(x, gradient);
  return [value, ...gradient].map((y) => (Object.is(y, -0) ? '-0' : String(y)));
}

function expectSame(build: (engine: 'compiled' | 'interpreter') => Parameters<typeof bits>[0], n: number): void {
  const [compiled, interpreted] = [build('compiled'), build('interpreter')];
  for (const x of points(n)) expect(bits(compiled, x)).toEqual(bits(interpreted, x));
}

describe.each(Object.entries(TERMS))('%s', (_, [reach, term]) => {
  test('in a loop', () => {
    for (const n of LENGTHS)
      expectSame((engine) =>
        compile({ x: vector('n'), w: vector(1) }, ({ x, w }) =>
          sum(x.length.sub(reach - 1), (i) => term((offset) => x.at(i.add(offset)), w.at(0))),
        { engine }), n); // biome-ignore format: a formula
  });

  test('in a loop whose weight lies among the numbers', () => {
    for (const n of LENGTHS)
      expectSame((engine) =>
        compile({ x: vector('n') }, ({ x }) =>
          sum(x.length.sub(reach - 1), (i) => term((offset) => x.at(i.add(offset)), x.at(2))).add(x.at(3)),
        { engine }), n); // biome-ignore format: a formula
  });

  test('in a loop in a loop', () => {
    for (const n of [5, 12, 130])
      expectSame((engine) =>
        compile({ x: vector('n'), w: vector(1) }, ({ x, w }) =>
          map(x.length.sub(reach - 1), (i) =>
            sum(3, (j) => term((offset) => x.at(i.add(offset)), w.at(0).mul(j)).add(x.at(i))),
          ).sum(),
        { engine }), n); // biome-ignore format: a formula
  });

  test('written out', () => {
    for (const n of LENGTHS)
      expectSame((engine) =>
        compile({ x: vector(n), w: vector(1) }, ({ x, w }) => {
          let total: Scalar = 0;
          const [all, weight] = [[...x], w.at(0)];
          for (let i = 0; i + reach <= n; i++) total = term((offset) => all[i + offset]!, weight).add(total);
          return total as Expr;
        }, { engine }), n); // biome-ignore format: a formula
  });
});

test('numbers that other loops reached before', () => {
  for (const n of LENGTHS)
    expectSame((engine) =>
      compile({ x: vector('n'), w: vector(1) }, ({ x, w }) => {
        const smooth = sum(x.length.sub(1), (i) => x.at(i.add(1)).sub(x.at(i)).square());
        const near = sum(x.length, (i) => x.at(i).sub(w.at(0)).square());
        return smooth.mul(near).add(sum(x.length.sub(1), (i) => x.at(i.add(1)).mul(x.at(i))));
      }, { engine }), n); // biome-ignore format: a formula
});

test('at places that data name', () => {
  const at = Float64Array.from({ length: 50 }, (_, i) => (7 * i) % 20);
  for (const engine of ['compiled', 'interpreter'] as const) {
    const f = compile({ x: vector(22), at: data(vector(50)) }, ({ x, at }) => sum(50, (i) => x.at(at.at(i).add(1)).sub(x.at(at.at(i))).square()), { engine }); // biome-ignore format: a formula
    f.bind({ at });
    const x = Float64Array.from({ length: 22 }, (_, i) => Math.sin(3 * i));
    const expected = new Float64Array(22);
    for (const k of at) {
      const d = 2 * (x[k + 1]! - x[k]!);
      expected[k + 1]! += d;
      expected[k]! -= d;
    }
    const gradient = new Float64Array(22);
    f.evaluate(x, gradient);
    gradient.forEach((d, i) => {
      expect(d).toBeCloseTo(expected[i]!, 12);
    });
  }
});
