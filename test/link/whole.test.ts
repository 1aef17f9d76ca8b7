/** Adjoints that a product stores: which they are, and that every engine has the bits of adding to what was cleared. */
import { describe, expect, it } from 'vitest';
import { Code } from '../../src/engine/compiled/loops/read.ts';
import { compile, data, type EngineChoice, matMul, matrix, matVec, mean, outer, relu, sum, vector } from '../../src/index.ts';
import * as w from '../../src/graph/vocabulary.ts';
import type { Matrix } from '../../src/graph/matrix.ts';
import { DO, HEAD } from '../../src/link/code.ts';
import { link } from '../../src/link/index.ts';
import { without } from '../../src/link/whole.ts';
import * as s from '../../src/program/signature.ts';
import type { Expr } from '../../src/graph/expression.ts';
import { lowered } from '../support/loops.ts';

const [M, K] = [20, 30];
const signature = { A: s.matrix(M, K), b: s.vector(400), X: s.data(s.matrix('n', K)) };
type At = s.Handles<typeof signature>;

/** The first and the settling factors of all products, and how many of the adjoints of main are cleared, and settled. */
function plan(fn: (at: At) => s.Outputs, n = 1) {
  const linked = link(lowered(signature, fn).tape, [n]);
  const code = new Code(linked);
  const count = (at: number): number => {
    let all = 0;
    for (let i = 0; i < linked.code[at]!; i++) all += linked.code[at + 2 + 2 * i]!;
    return all;
  };
  const products = code.main.list.filter(({ kind }) => kind === DO.contract);
  return {
    first: products.map(({ mask }) => mask >> 3),
    settles: products.map(({ op }) => op),
    notCleared: linked.code[HEAD.clear]! - count(linked.code[HEAD.clears]!),
    notSettled: linked.p - count(linked.code[HEAD.settles]!),
  };
}
const loss = (h: Matrix<Expr, number> | Matrix<Expr, Expr>): Expr => w.mean(h.rows, (i) => w.logsumexp(h.row(i)));

describe('which', () => {
  it('weights that one product reads, and with a batch of one they are settled there', () => {
    const f = ({ A, X }: At): Expr => loss(w.matMul(X, A.transpose()));
    expect(plan(f, 1)).toEqual({ first: [2], settles: [2], notCleared: M * K, notSettled: M * K });
    expect(plan(f, 2)).toEqual({ first: [2], settles: [0], notCleared: M * K, notSettled: 0 });
    expect(plan(f, 0)).toMatchObject({ first: [0], notCleared: 0 });
  });

  it('of two products the one that the reverse sweep meets first, which does not settle', () => {
    const f = ({ A, X }: At): Expr => loss(w.matMul(X, A.transpose()).add(w.matMul(X.add(1), A.transpose())));
    const { first, settles, notSettled } = plan(f);
    expect([first.filter((bits) => bits & 2).length, settles, notSettled]).toEqual([1, [0, 0], 0]);
    expect(first.at(-1)! & 2).toBe(2);
  });

  it('not what is an output, in part or as a number that is read where it lies', () => {
    expect(plan(({ A, X }) => [loss(w.matMul(X, A.transpose())), A.at(3, 4)]).first).toEqual([0]);
    expect(plan(({ A, X }) => [A.flat(), loss(w.matMul(X, A.transpose()))]).first).toEqual([0]);
  });

  it('not what a number of it, or a loop, reaches before', () => {
    expect(plan(({ A, X }) => loss(w.matMul(X, A.transpose())).mul(A.at(0, 0))).first).toEqual([0]);
    expect(plan(({ A, X }) => loss(w.matMul(X, A.transpose()).add(w.sum(K, (i) => A.at(1, i).sin())))).settles).toEqual([0]);
  });

  it('not a part of an array, nor a factor of itself twice', () => {
    expect(plan(({ A }) => w.norm(w.matMul(A, A.transpose()).flat())).first).toEqual([1]);
    expect(plan(({ b, X }) => w.matVec(X, b.slice(0, K)).norm()).first).toEqual([0]);
  });

  it('what is left of a range', () => {
    expect(without(10, [])).toEqual([0, 10]);
    expect(without(10, [[3, 2], [0, 2]])).toEqual([2, 1, 5, 5]); // biome-ignore format: short
    expect(without(4, [[0, 4]])).toEqual([]);
  });
});

const ENGINES: readonly EngineChoice[] = ['reference', 'interpreter', 'compiled'];
const bits = (numbers: ArrayLike<number>): string[] =>
  Array.from(numbers, (x) => (Number.isNaN(x) ? 'NaN' : Object.is(x, -0) ? '−0' : String(x)));

/** Value and gradient at points with zeros, infinities and NaN in them; twice, for what is not cleared is there the second time. */
function sameBits(make: (engine: EngineChoice) => { evaluate(x: Float64Array, g: Float64Array): number }, p: number): void {
  const programs = ENGINES.map(make);
  const usual = Float64Array.from({ length: p }, (_, i) => Math.sin(i + 1));
  const zeros = usual.map((x, i) => (i % 3 === 0 ? 0 : i % 3 === 1 ? -0 : x));
  const extreme = [Number.POSITIVE_INFINITY, Number.NaN, 1e308].map((most) => usual.map((x, i) => (i === 7 ? most : x)));
  for (const x of [usual, zeros, ...extreme, usual, new Float64Array(p)]) {
    const [reference, ...others] = programs.map((program) => {
      const gradient = new Float64Array(p);
      return bits([program.evaluate(x, gradient), ...gradient]);
    });
    for (const other of others) expect(other).toEqual(reference);
  }
}

describe('every engine', () => {
  const rows = (n: number): Float64Array[] =>
    Array.from({ length: n }, (_, r) =>
      Float64Array.from({ length: K }, (_, i) => ((i + r) % 4 === 0 ? Math.cos(i + r) : i % 2 === 0 ? -0 : 0)),
    );
  const shapes = { A: matrix(M, K), B: matrix(3, M), X: data(matrix('n', K)) };
  const p = M * K + 3 * M;

  it.each([1, 2, 5])('a network, batches of %i', (n) => {
    sameBits(
      (engine) =>
        compile(
          shapes,
          ({ A, B, X }) => {
            const score = matMul(relu(matMul(X, A.transpose())), B.transpose());
            return mean(X.rows, (i) => score.row(i).norm());
          },
          { engine },
        ).bind({ X: rows(n) }),
      p,
    );
  });

  it('weights to the left, to the right, and in an odd number of columns', () => {
    for (const cols of [K, K + 1])
      sameBits(
        (engine) =>
          compile(
            { A: matrix(M, cols), x: vector(cols), y: vector(M) },
            ({ A, x, y }) => matVec(A, x).mul(y).sum().add(matVec(A.transpose(), y.square()).sum().square()),
            { engine },
          ),
        M * cols + cols + M,
      );
    sameBits((engine) => compile({ A: matrix(M, K), x: vector(K) }, ({ A, x }) => matVec(A, x).norm(), { engine }), M * K + K);
    sameBits(
      (engine) => compile({ A: matrix(K, M), x: vector(K) }, ({ A, x }) => matVec(A.transpose(), x).norm(), { engine }),
      M * K + K,
    );
  });

  it('units that are off, and an infinite input', () => {
    const layer = (engine: EngineChoice) =>
      compile({ A: matrix(M, K), x: vector(K) }, ({ A, x }) => sum(relu(matVec(A, x))), { engine });
    sameBits(layer, M * K + K);
    const programs = ENGINES.map(layer);
    for (const most of [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN]) {
      const at = Float64Array.from({ length: M * K + K }, (_, i) => (i === M * K + 3 ? most : Math.sin(i + 1)));
      const [reference, ...others] = programs.map((program) => {
        const gradient = new Float64Array(at.length);
        return bits([program.evaluate(at, gradient), ...gradient]);
      });
      for (const other of others) expect(other).toEqual(reference);
    }
  });

  it('an array of main that a product reads, and parameters that a loop reaches afterwards', () => {
    sameBits(
      (engine) =>
        compile(
          { a: vector(M), b: vector(K), A: matrix(M, K) },
          ({ a, b, A }) => {
            const h = outer(a.square(), b);
            const z = matVec(h, b.square());
            return sum(M, (i) => z.at(i).mul(z.at(i))).add(sum(M, (i) => sum(K, (j) => A.at(i, j).mul(h.at(i, j)))));
          },
          { engine },
        ),
      M + K + M * K,
    );
  });

  it('weights of outputs: seeds other than 1, and 0', () => {
    const [X] = [rows(1)];
    const found = ENGINES.map((engine) => {
      const f = compile({ A: matrix(M, K), X: data(matrix(1, K)) }, ({ A, X }) => [matMul(X, A.transpose()).flat(), A.at(2, 3)], {
        engine,
      }).bind({ X });
      const A = Array.from({ length: M }, (_, i) => Array.from({ length: K }, (_, j) => Math.sin(i + j)));
      return [0, 2, -1].map((last) =>
        bits(f.vjp({ A }, [Array.from({ length: M }, (_, i) => i - 3), last]).gradient.A as Float64Array),
      );
    });
    expect(found[1]).toEqual(found[0]);
    expect(found[2]).toEqual(found[0]);
  });
});
