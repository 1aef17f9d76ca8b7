/** Sums and means over what a loop of generated code computes are part of that loop, and every bit is the interpreter's. */
import { expect, test } from 'vitest';
import { cut } from '../../src/engine/compiled/pieces.ts';
import { compile, data, type Expr, mean, sum, vector } from '../../src/index.ts';
import type { FlatState } from '../../src/program/flat.ts';
import { STATE } from '../../src/program/state.ts';

type Build = (x: readonly Expr[], w: Expr, data: readonly Expr[]) => Expr;

const BUILDS: Readonly<Record<string, Build>> = {
  'a sum of terms': (x, w) => sum(x.map((xi) => xi.mul(w).square())),
  'a mean of them': (x, w) => mean(x.map((xi) => xi.sub(w).exp())),
  'both, and what follows from them': (x, w) => {
    const terms = x.map((xi) => xi.mul(w).sin());
    return sum(terms).mul(mean(terms)).add(w);
  },
  'terms that others read, too': (x, w) => {
    const terms = x.map((xi) => xi.mul(w).tanh());
    const center = mean(terms);
    return mean(terms.map((t) => t.sub(center).square())).sqrt(); // a standard deviation
  },
  'of data, too': (x, w, data) => sum(x.map((xi, i) => xi.mul(data[i]!).add(w).relu())),
  'of parameters themselves': (x, w) => sum(x).mul(w),
  'of terms of terms': (x, w) => sum(x.map((xi) => xi.exp())).log().add(sum(x.map((xi) => xi.mul(w)))), // biome-ignore format: one line
};
const AWKWARD = [0, -0, Number.POSITIVE_INFINITY, -3, Number.NaN];

test.each(Object.entries(BUILDS))('%s', (_, build) => {
  for (const n of [8, 9, 15, 64, 300, 1024, 1025, 2100]) {
    const make = (engine: 'compiled' | 'interpreter') =>
      compile({ x: vector(n), w: vector(1), d: data(vector(n)) }, ({ x, w, d }) => build([...x], w.at(0), [...d]), {
        engine,
      }).bind({
        d: Float64Array.from({ length: n }, (_, i) => Math.cos(i)),
      });
    const [compiled, interpreted] = [make('compiled'), make('interpreter')];
    const plain = Float64Array.from({ length: n + 1 }, (_, i) => Math.sin(3 * i));
    for (const point of [plain, plain.map((x) => (x > 0.5 ? -0 : x)), plain.map((x, i) => (i % 7 === 2 ? AWKWARD[i % 5]! : x))]) {
      const [g, h] = [new Float64Array(n + 1), new Float64Array(n + 1)];
      const values = [compiled.evaluate(point, g), compiled.evaluate(point)];
      const value = interpreted.evaluate(point, h);
      expect(values).toEqual([value, value]);
      expect(g).toEqual(h);
    }
    compiled.dispose();
    interpreted.dispose();
  }
});

test('a long sum is no piece of its own', () => {
  const f = compile({ x: vector(2000), w: vector(1) }, ({ x, w }) => sum([...x].map((xi) => xi.mul(w.at(0)).square())));
  expect(cut((f[STATE] as FlatState).tape).map(({ kind }) => kind)).toEqual(['lanes']);
});
