/** The words for arrays mean what they say, for lengths that are numbers (plain nodes) and for named ones (loops) alike. */
import { describe, expect, it } from 'vitest';
import type { Expr, Scalar } from '../../src/graph/expression.ts';
import type { Length, Matrix, Vector } from '../../src/graph/vector.ts';
import * as w from '../../src/graph/vocabulary.ts';
import type { Stackable } from '../../src/graph/types.ts';
import { data, matrix, type Outputs, vector } from '../../src/program/signature.ts';
import { validateLoops } from '../../src/tape/loops/validate.ts';
import { code } from '../support/code.ts';
import { evaluated, lowered } from '../support/loops.ts';

interface Given {
  readonly A: Matrix<Length, Length>;
  readonly x: Vector<Length>;
  readonly y: Vector<Length>;
  readonly z: Vector<Length>;
}

const at = { A: [1, 2, 3, 4, 5, 6], x: [1, 2, 3], y: [4, 5, 6], z: [1, 10] };
const e = at.x.map(Math.exp);
const total = e[0]! + e[1]! + e[2]!;

/** Loops over a number or a length: the same code serves both. */
const map = w.map as (n: Length, f: (i: w.LoopIndex) => Stackable) => unknown;
const scan = w.scan as (
  n: Length,
  init: unknown,
  f: (carry: never, i: w.LoopIndex) => unknown,
) => { carry: unknown; outputs: unknown };
const over = (f: unknown): ((n: Length, term: (i: w.LoopIndex) => Scalar | Vector<Length>) => Expr) => f as never;

const cases: { readonly [name: string]: readonly [f: (given: Given) => unknown, result: unknown] } = {
  'A itself': [({ A }) => A, at.A],
  'the transpose': [({ A }) => A.transpose(), [1, 4, 2, 5, 3, 6]],
  matVec: [({ A, x }) => w.matVec(A, x), [14, 32]],
  vecMat: [({ A, z }) => z.vecMat(A), [41, 52, 63]],
  'matMul with a transpose': [({ A }) => A.matMul(A.transpose()), [14, 32, 32, 77]],
  outer: [({ x, y }) => w.outer(x, y), [4, 5, 6, 8, 10, 12, 12, 15, 18]],
  'elementwise, a vector for every row': [({ A, x }) => w.relu(A.sub(3)).mul(2).add(x), [1, 2, 3, 3, 6, 9]],
  'elementwise, scalars alone': [({ A }) => w.relu(A.sub(3)).mul(2), [0, 0, 0, 2, 4, 6]],
  'elementwise of a transpose': [({ A }) => A.add(1).transpose(), [2, 5, 3, 6, 4, 7]],
  'numbers first': [({ x }) => w.sub(1, x), [0, -1, -2]],
  'the sum of a matrix': [({ A }) => A.square().sum(), 91],
  'the mean of a matrix': [({ A }) => w.mean(A), 3.5],
  softmax: [({ x }) => w.softmax(x), e.map((v) => v / total)],
  logSoftmax: [({ x }) => w.logSoftmax(x), at.x.map((v) => v - Math.log(total))],
  cumsum: [({ x }) => w.cumsum(x), [1, 3, 6]],
  'cumsum, backwards': [({ x }) => w.cumsum(x.reversed()), [3, 5, 6]],
  argMin: [({ x, y }) => y.at(w.argMin(x.sub(2).square())), 5],
  argMax: [({ x }) => w.argMax(x.mul(x)), 2],
  concat: [({ x, z, A }) => w.concat(x.mul(2), 7, z, [x.at(1), 8], A.row(1).reversed()), [2, 4, 6, 7, 1, 10, 2, 8, 6, 5, 4]],
  'concat of one, twice, and of what is put together': [
    ({ x }) => w.concat(w.concat(x.add(1)), w.concat(0, w.concat(x, x))).mul(2),
    [4, 6, 8, 0, 2, 4, 6, 2, 4, 6],
  ],
  'differences from the one before': [({ x }) => x.sub(w.concat(0, x.slice(0, -1))), [1, 1, 1]],
  'a slice': [({ x }) => x.slice(1), [2, 3]],
  'a slice from the end': [({ x }) => x.slice(0, -1), [1, 2]],
  'differences of slices': [({ x }) => x.slice(1).sub(x.slice(0, -1)).square().sum(), 2],
  'reductions of columns': [({ A }) => map(A.cols, (j) => w.max(A.col(j)).add(A.col(j).sum())), [9, 12, 15]],
  'vectors stacked': [({ A, x }) => map(A.rows, (i) => A.row(i).mul(x)), [1, 4, 9, 4, 10, 18]],
  'views stacked': [({ A }) => map(A.rows, (i) => A.row(i).reversed()), [3, 2, 1, 6, 5, 4]],
  'a structure stacked': [({ A }) => (map(A.rows, (i) => ({ a: A.at(i, 0), b: [A.row(i)] })) as { b: [Matrix] }).b[0], at.A],
  'a constant stacked': [({ x }) => map(x.length, () => 3), [3, 3, 3]],
  'a sum of vectors': [({ A }) => over(w.sum)(A.rows, (i) => A.row(i).mul(i.add(1))), [9, 12, 15]],
  'a mean of vectors': [({ A }) => over(w.mean)(A.rows, (i) => A.row(i)), [2.5, 3.5, 4.5]],
  'a product': [({ x }) => over(w.prod)(x.length, (i) => x.at(i)), 6],
  'a minimum': [({ x }) => over(w.min)(x.length, (i) => x.at(i).neg()), -3],
  'logsumexp of terms': [
    ({ x, y }) => over(w.logsumexp)(x.length, (i) => x.at(i).mul(y.at(i))),
    Math.log(Math.exp(4) + Math.exp(10) + Math.exp(18)),
  ],
  norm: [({ x }) => w.norm(x), Math.sqrt(14)],
  dot: [({ x, y }) => w.dot(x, y), 32],
  'dot, backwards': [({ x, y }) => x.dot(y.reversed()), 28],
  'dot of what is computed on the way': [({ x, y }) => x.exp().dot(y), 4 * e[0]! + 5 * e[1]! + 6 * e[2]!],
  'several uses of one product': [({ x, y }) => x.mul(y).max().add(x.mul(y).sum()), 50],
  'the last element': [({ x }) => x.at(w.sub(x.length as Expr, 1) as Expr), 3],
  'a sum in a sum': [
    ({ A, x }) => over(w.sum)(A.rows, (i) => over(w.sum)(A.cols, (j) => A.at(i, j).mul(x.at(j))).exp()),
    Math.exp(14) + Math.exp(32),
  ],
  'select on arrays': [({ x, y }) => w.select(w.gt(x, 1), y, 0), [0, 5, 6]],
  'max, element by element': [({ x, y }) => w.max(x, y.sub(3)), [1, 2, 3]],
  'clamp on arrays': [({ x }) => w.clamp(x, 1.5, 2.5), [1.5, 2, 2.5]],
  'map, the method': [({ x }) => x.map((v, i) => v.mul(i)), [0, 2, 6]],
  'a gathered element of what is computed on the way': [({ x, y }) => x.mul(y).at(w.argMax(x)), 18],
  'a scan of vectors': [
    ({ A, x }) => scan(A.rows, x, (h: Vector, i) => h.add(A.row(i)).tanh()).carry,
    at.x.map((v, j) => Math.tanh(Math.tanh(v + at.A[j]!) + at.A[3 + j]!)),
  ],
  'what a scan puts out': [
    ({ A, x }) =>
      (
        scan(A.rows, { h: x, c: 0 }, ({ h, c }: { h: Vector; c: Expr }) => [{ c: c.add(h.sum()), h: h.mul(2) }, { s: h.sum() }])
          .outputs as { s: Vector }
      ).s,
    [6, 12],
  ],
  'carries that change places': [
    ({ x, y }) => (scan(3, [x, y], ([a, b]: [Vector, Vector]) => [b, a]).carry as [Vector, Vector])[0],
    at.y,
  ],
  'a carry that is turned round': [({ x }) => scan(3, x, (h: Vector) => h.reversed()).carry, [3, 2, 1]],
  'a carry that stays': [({ x }) => scan(3, x, (h: Vector) => h).carry, at.x],
  'a carry from outside': [({ x, y }) => scan(3, x, () => y).carry, at.y],
  'scans in a map': [
    ({ A, x }) => map(A.rows, (i) => scan(A.cols, A.at(i, 0), (c: Expr, j) => c.mul(x.at(j)).add(A.at(i, j))).carry as Expr),
    [1, 4].map((first) => [0, 1, 2].reduce((c, j) => c * at.x[j]! + first + j, first)),
  ],
  'maps and contractions in a scan': [
    ({ A, x }) =>
      scan(3, x, (h: Vector) =>
        A.transpose()
          .matVec(A.matVec(h))
          .mul(0.01)
          .add(map(x.length, (j) => h.at(j).sin()) as Vector),
      ).carry,
    [0, 1, 2].reduce((h) => {
      const Ah = [0, 1].map((i) => h.reduce((s, v, j) => s + v * at.A[3 * i + j]!, 0));
      return h.map((v, j) => 0.01 * (Ah[0]! * at.A[j]! + Ah[1]! * at.A[3 + j]!) + Math.sin(v));
    }, at.x),
  ],
  'rows of what is computed on the way': [
    ({ A, x }) => map(A.rows, (i) => A.exp().row(i).dot(x)),
    [0, 3].map((i) => at.x.reduce((s, v, j) => s + v * Math.exp(at.A[i + j]!), 0)),
  ],
  'a matrix carried': [({ A }) => scan(3, A, (B: Matrix) => B.mul(2)).carry, at.A.map((v) => 8 * v)],
};

describe.each([
  ['numbers', 2, 3],
  ['named lengths', 'm', 'n'],
  ['a number and a named length', 2, 'n'],
])('of %s', (_, m, n) => {
  const signature = { A: matrix(m as 'm', n as 'n'), x: vector(n as 'n'), y: data(vector(n as 'n')), z: vector(m as 'm') };

  it.each(Object.entries(cases))('%s', (_, [f, expected]) => {
    const { tape } = lowered(signature, f as unknown as () => Outputs);
    validateLoops(tape);
    const found = evaluated(tape, at);
    const close = [expected].flat().map((v) => expect.closeTo(v as number, 10));
    expect([found].flat()).toEqual(close);
  });
});

describe('flat programs', () => {
  const signature = { A: matrix(2, 3), x: vector(3), y: vector(3), z: vector(2) };
  const isLoop = (f: (given: Given) => unknown): boolean => lowered(signature, f as unknown as () => Outputs).isLoop;

  it('stay flat where all is small', () => {
    for (const name of [
      'matVec',
      'matMul with a transpose',
      'outer',
      'softmax',
      'cumsum',
      'a sum in a sum',
      'a scan of vectors',
      'select on arrays',
    ]) {
      expect([name, isLoop(cases[name]![0])]).toEqual([name, false]);
    }
  });

  it('but a place that is computed needs an array', () => {
    expect(isLoop(cases.argMin![0])).toBe(true);
  });

  it('large vectors are loops, without a node for every element', () => {
    const { graph, isLoop, tape } = lowered({ x: vector(100_000) }, ({ x }) => x.square().sum());
    expect(isLoop).toBe(true);
    expect(graph.size).toBeLessThan(10);
    expect(evaluated(tape, { x: Array(100_000).fill(2) })).toBe(400_000);
  });
});

describe('concat', () => {
  const values = (f: (given: Given) => unknown): unknown =>
    evaluated(lowered({ A: matrix(2, 3), x: vector(3), y: vector(3), z: vector(2) }, f as unknown as () => Outputs).tape, at);

  it('puts numbers, vectors, views and lists one after the other', () => {
    expect(values(({ x, z }) => w.concat(x, 7, z.at(1), [x.at(2), 8], z.mul(2)))).toEqual([1, 2, 3, 7, 10, 3, 8, 2, 20]);
    expect(values(({ A, x }) => w.concat(A.col(1), x.reversed(), A.row(1).slice(1)))).toEqual([2, 5, 3, 2, 1, 5, 6]);
    expect(values(({ x }) => w.concat(x).add(w.concat(1, new Float64Array([2, 3]))))).toEqual([2, 4, 6]);
    expect(values(({ x }) => [w.concat(x, []).sum(), w.concat(2, 3).sum().add(x.at(0))])).toEqual({ 0: 6, 1: 6 });
  });

  it('is a row of a matrix in a loop, with what is gathered', () => {
    const rows = ({ A, x }: Given) => map(x.length, (i) => w.concat(x.at(i), A.row(x.at(i).sub(1).rem(2)), [i.mul(10)]));
    const { tape } = lowered({ A: matrix(2, 3), x: vector('n') }, rows as never);
    expect(evaluated(tape, { A: at.A, x: at.x })).toEqual([1, 1, 2, 3, 0, 2, 4, 5, 6, 10, 3, 1, 2, 3, 20]);
  });

  it('refuses what is nothing of the kind', () => {
    const tried = (f: (x: Vector<Length>) => unknown) => code(() => lowered({ x: vector('n') }, ({ x }) => f(x) as Expr));
    expect(tried((x) => w.concat(x.at(0), '1' as never))).toBe('WrongType');
    expect(tried((x) => w.concat(x.at(0), [undefined as never]))).toBe('WrongType');
    expect(code(() => w.concat(1, 2))).toBe('WrongType');
    let other: Expr | undefined;
    lowered({ x: vector(2) }, ({ x }) => (other = x.at(0)));
    expect(tried((x) => w.concat(x.at(0), other!))).toBe('ForeignNode');
  });
});
