/** Sums that are written as one addition after another are part of the loop that computes their terms, and every bit is the interpreter's. */
import { expect, test } from 'vitest';
import { cut } from '../../src/engine/compiled/pieces.ts';
import { compile, data, type Expr, type ProgramOptions, vector } from '../../src/index.ts';
import type { FlatState } from '../../src/program/flat.ts';
import { STATE } from '../../src/program/state.ts';

type Build = (x: readonly Expr[], w: Expr, data: readonly Expr[]) => Expr | Expr[];

const added = (terms: readonly Expr[]): Expr => terms.slice(1).reduce((sum, term) => sum.add(term), terms[0]!);
const squares = (x: readonly Expr[], w: Expr): Expr[] => x.map((xi) => xi.mul(w).square());

/** What is added up, and into what pieces it is cut. */
const BUILDS: Readonly<Record<string, readonly [Build, RegExp]>> = {
  'a sum of terms': [(x, w) => added(squares(x, w)), /^lanes$/],
  'their mean': [(x, w) => added(squares(x, w)).mul(1 / x.length), /^lanes straight$/],
  'with something before': [(x, w) => squares(x, w).reduce((sum, t) => sum.add(t), w.exp()), /repeat/],
  'with something behind': [(x, w) => added(squares(x, w)).add(w).sqrt().sub(w.square()), /lanes straight/],
  'with something behind that comes of it alone': [(x, w) => added(squares(x, w)).add(1).sqrt().mul(3), /^lanes straight$/],
  'from the other side': [(x, w) => squares(x, w).reduce((sum, t) => t.add(sum)), /repeat/],
  'from the last one on': [(x, w) => added(squares(x, w).reverse()), /repeat|lanes/],
  'differences': [(x, w) => squares(x, w).reduce((sum, t) => sum.sub(t)), /repeat/],
  'sums on the way that are read': [
    (x, w) => {
      const sums: Expr[] = [];
      squares(x, w).reduce((sum, t) => {
        sums.push(sum);
        return sum.add(t);
      });
      return added(squares(x, w)).mul(sums[5]!);
    },
    /repeat/,
  ],
  'or handed out': [
    (x, w) => {
      const terms = squares(x, w);
      return [added(terms), added(terms.slice(0, 7))];
    },
    /repeat/,
  ],
  'terms that others read, too': [
    (x, w) => {
      const terms = x.map((xi) => xi.mul(w).tanh());
      return added(terms).mul(terms[3]!).add(added(terms.map((t) => t.mul(t).sub(w))));
    },
    /lanes/,
  ],
  'neighbours': [
    (x) => added(x.slice(1).map((y, i) => y.sub(x[i]!.square()).square().mul(100).add(x[i]!.sub(1).square()))),
    /^lanes$/,
  ],
  'of data, too': [(x, w, data) => added(x.map((xi, i) => xi.mul(data[i]!).add(w).relu())), /^lanes$/],
  'of parameters themselves': [(x, w) => added(x).mul(w), /repeat/],
}; // biome-ignore format: a table

const AWKWARD = [0, -0, Number.POSITIVE_INFINITY, -3, Number.NaN];

const make = (build: Build, n: number, options: ProgramOptions) =>
  compile(
    { x: vector(n), w: vector(1), d: data(vector(n)) },
    ({ x, w, d }): Expr | Expr[] => build([...x], w.at(0), [...d]),
    options,
  ).bind({ d: Float64Array.from({ length: n }, (_, i) => Math.cos(i)) });

test.each(Object.entries(BUILDS))('%s', (_, [build, pieces]) => {
  for (const n of [700, 1001, 2050]) {
    const [compiled, interpreted] = [make(build, n, { engine: 'compiled' }), make(build, n, { engine: 'interpreter' })];
    const { tape } = compiled[STATE] as FlatState;
    if (n > 1000)
      expect(
        cut(tape)
          .map(({ kind }) => kind)
          .join(' '),
      ).toMatch(pieces);
    const plain = Float64Array.from({ length: n + 1 }, (_, i) => Math.sin(3 * i));
    for (const point of [plain, plain.map((x) => (x > 0.5 ? -0 : x)), plain.map((x, i) => (i % 7 === 2 ? AWKWARD[i % 5]! : x)), new Float64Array(n + 1)]) {
      const [g, h] = [new Float64Array(n + 1), new Float64Array(n + 1)];
      if (tape.outputs.length > 1) {
        expect(compiled.value({ x: point.subarray(0, n), w: point.subarray(n) })).toEqual(
          interpreted.value({ x: point.subarray(0, n), w: point.subarray(n) }),
        );
        continue;
      }
      const values = [compiled.evaluate(point, g), compiled.evaluate(point)];
      const value = interpreted.evaluate(point, h);
      expect(values).toEqual([value, value]);
      expect(g).toEqual(h);
    }
    compiled.dispose();
    interpreted.dispose();
  }
}); // biome-ignore format: one point a line

test('a gradient after a value, and with the adjoints of another sweep in memory', () => {
  const [build] = BUILDS['their mean']!;
  const f = make(build, 1500, { engine: 'compiled' });
  const g = new Float64Array(1501);
  const point = g.map((_, i) => Math.cos(i));
  f.evaluate(point, g);
  const first = g.slice();
  f.evaluate(point.map((x) => 2 * x));
  f.evaluate(point, g);
  expect(g).toEqual(first);
});
