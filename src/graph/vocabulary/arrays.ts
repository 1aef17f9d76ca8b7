/** Vectors and matrices as wholes: products, softmax and its kin, running sums, places of extremes. */
import { fail } from '../../errors.ts';
import { OP } from '../../ops/vocabulary.ts';
import { isSmall, lengthOf, steadyView } from '../array.ts';
import { joined } from '../blocks.ts';
import { elementwise } from '../elementwise.ts';
import { Expr, type Scalar } from '../expression.ts';
import { matMul as matMulOf, matrixOf, matVec as matVecOf, outerOf } from '../linear.ts';
import { currentGraph } from '../loops.ts';
import { placeOf, reduceVector } from '../reduce.ts';
import type { View } from '../records.ts';
import { scanOver } from '../scans.ts';
import { show } from '../show.ts';
import { type Length, lengthIn, type Matrix, Vector, vectorIn } from '../vector.ts';

/** List ops that only loops have; their codes are those of src/tape/loops/layout.ts. */
const ARG_MIN = 250;
const ARG_MAX = 251;

/**
 * A · x: one dot for each row of A.
 *
 * @throws WrongShape unless x has as many elements as A has columns
 *
 * @example
 * import { compile, matrix, matVec, vector } from 'wengert';
 * const f = compile({ A: matrix(2, 2), x: vector(2) }, ({ A, x }) => matVec(A, x));
 * f.value({ A: [[1, 2], [3, 4]], x: [1, 10] }); // Float64Array [21, 43]
 */
export function matVec<M extends Length>(A: Matrix<M, Length>, x: Vector<Length> | ArrayLike<Scalar>): Vector<M> {
  return matVecOf(A, x);
}

/**
 * A · B.
 *
 * @throws WrongShape unless B has as many rows as A has columns
 *
 * @example
 * import { compile, matMul, matrix } from 'wengert';
 * const f = compile({ A: matrix(1, 2), B: matrix(2, 2) }, ({ A, B }) => matMul(A, B));
 * f.value({ A: [[1, 2]], B: [[1, 0], [10, 1]] }); // Float64Array [21, 2]
 */
export function matMul<M extends Length, N extends Length>(A: Matrix<M, Length>, B: Matrix<Length, N>): Matrix<M, N> {
  return matMulOf(A, B);
}

/**
 * The matrix of all products xᵢ·yⱼ.
 *
 * @example
 * import { compile, outer, vector } from 'wengert';
 * const f = compile({ x: vector(2), y: vector(2) }, ({ x, y }) => outer(x, y));
 * f.value({ x: [1, 2], y: [3, 4] }); // Float64Array [3, 4, 6, 8]
 */
export function outer<M extends Length, N extends Length>(x: Vector<M>, y: Vector<N>): Matrix<M, N> {
  return outerOf(vectorOf(x, 'outer'), vectorOf(y, 'outer'));
}

/**
 * The columns of A as rows: a view.
 *
 * @example
 * import { compile, matrix, transpose } from 'wengert';
 * compile({ A: matrix(2, 2) }, ({ A }) => transpose(A)).value({ A: [[1, 2], [3, 4]] }); // Float64Array [1, 3, 2, 4]
 */
export function transpose<M extends Length, N extends Length>(A: Matrix<M, N>): Matrix<N, M> {
  matrixOf(A, 'transpose');
  return A.transpose();
}

/**
 * Numbers, vectors and lists of numbers one after the other, as one vector. O(elements)
 *
 * @throws WrongType, ForeignNode
 *
 * @example
 * import { compile, concat, map, matrix, vector } from 'wengert';
 * const f = compile({ A: matrix('n', 2) }, ({ A }) => map(A.rows, (i) => concat(A.row(i), A.row(i).sum())));
 * f.value({ A: [[1, 2], [3, 4]] }); // Float64Array [1, 2, 3, 3, 4, 7]
 *
 * // how much each element is more than the one before, the first more than 0
 * const steps = compile({ x: vector('n') }, ({ x }) => x.sub(concat(0, x.slice(0, -1))));
 * steps.value({ x: [1, 3, 7] }); // Float64Array [1, 2, 4]
 */
export function concat(...parts: readonly (Scalar | Vector | ArrayLike<Scalar>)[]): Vector;
export function concat(...parts: readonly (Scalar | Vector<Length> | ArrayLike<Scalar>)[]): Vector<Length>;
export function concat(...parts: readonly (Scalar | Vector<Length> | ArrayLike<Scalar>)[]): Vector<Length> {
  const handle = parts.flatMap((part) => (isList(part) ? Array.from(part) : [part])).find((part) => typeof part === 'object');
  const graph = handle instanceof Expr || handle instanceof Vector ? handle.graph : currentGraph();
  if (!graph)
    fail('WrongType', `concat: expected expressions or vectors, got ${show(parts[0])}; use it in the function given to compile`);
  const vectors = parts.map((part) => vectorIn(graph, part instanceof Vector || isList(part) ? part : [part], 'concat'));
  const isFew = vectors.every(({ source }) => isSmall(graph, source));
  if (isFew) return new Vector(graph, Int32Array.from(vectors.flatMap(({ ids }) => Array.from(ids))));
  const all = vectors.flatMap<number | View>(({ source }) =>
    source instanceof Int32Array ? Array.from(source) : steadyView(graph, source),
  );
  return new Vector<Length>(graph, joined(graph, all));
}

function isList(part: unknown): part is ArrayLike<Scalar> {
  return Array.isArray(part) || ArrayBuffer.isView(part);
}

/**
 * eˣ of each element divided by the sum of all, without overflow: positive numbers that add up to 1.
 *
 * @example
 * import { compile, softmax, vector } from 'wengert';
 * compile({ x: vector(2) }, ({ x }) => softmax(x)).value({ x: [1000, 1000] }); // Float64Array [0.5, 0.5]
 */
export function softmax<N extends Length>(x: Vector<N>): Vector<N> {
  return logSoftmax(x).exp();
}

/**
 * The logarithm of {@link softmax}, without overflow: each element minus the logsumexp of all.
 *
 * @example
 * import { compile, logSoftmax, vector } from 'wengert';
 * compile({ x: vector(2) }, ({ x }) => logSoftmax(x)).value({ x: [0, -1000] }); // Float64Array [0, -1000]
 */
export function logSoftmax<N extends Length>(x: Vector<N>): Vector<N> {
  vectorOf(x, 'softmax');
  return elementwise(OP.sub, x, reduceVector(OP.logsumexp, x));
}

/**
 * The running sums x₁, x₁ + x₂, ….
 *
 * @example
 * import { compile, cumsum, vector } from 'wengert';
 * compile({ x: vector(3) }, ({ x }) => cumsum(x)).value({ x: [1, 2, 3] }); // Float64Array [1, 3, 6]
 */
export function cumsum<N extends Length>(x: Vector<N>): Vector<N> {
  const { graph } = vectorOf(x, 'cumsum');
  const n = lengthIn(graph, lengthOf(x.source));
  const { outputs } = scanOver(graph, n, 0, (sum: Expr, i) => {
    const next = sum.add(x.at(i));
    return [next, next];
  });
  return (outputs ?? x) as Vector<N>;
}

/**
 * The place of the smallest element, from 0; the first of them, if there are several. It has no derivative, but what is
 * picked by it has: `x.at(argMin(x))`.
 *
 * @example
 * import { argMin, compile, vector } from 'wengert';
 * const f = compile({ x: vector(3), y: vector(3) }, ({ x, y }) => y.at(argMin(x)));
 * f.gradient({ x: [3, 1, 2], y: [10, 20, 30] }).gradient.y; // Float64Array [0, 1, 0]
 */
export function argMin(x: Vector<Length>): Expr;
export function argMin(x: ArrayLike<number>): number;
export function argMin(x: Vector<Length> | ArrayLike<Expr>): Expr;
export function argMin(x: Vector<Length> | ArrayLike<Scalar>): Scalar {
  return place('argMin', ARG_MIN, x);
}

/**
 * The place of the largest element, as {@link argMin}.
 *
 * @example
 * import { argMax } from 'wengert';
 * argMax([1, 3, 2]); // 1
 */
export function argMax(x: Vector<Length>): Expr;
export function argMax(x: ArrayLike<number>): number;
export function argMax(x: Vector<Length> | ArrayLike<Expr>): Expr;
export function argMax(x: Vector<Length> | ArrayLike<Scalar>): Scalar {
  return place('argMax', ARG_MAX, x);
}

function place(word: string, op: number, x: Vector<Length> | ArrayLike<Scalar>): Scalar {
  if (x instanceof Vector) {
    if (lengthOf(x.source).constant === 0) fail('OutOfRange', `${word}: there is no element`);
    return placeOf(op, x);
  }
  if (typeof x?.length !== 'number') fail('WrongType', `${word}: expected a vector or an array, got ${show(x)}`);
  if (x.length === 0) fail('OutOfRange', `${word}: there is no element`);
  const all = Array.from(x);
  const one = all.find((element) => element instanceof Expr);
  if (one) return placeOf(op, vectorIn(one.graph, x, word));
  const numbers = all as number[];
  const nan = numbers.findIndex(Number.isNaN);
  return nan >= 0
    ? nan
    : numbers.reduce((best, v, i) => ((op === ARG_MIN ? v < numbers[best]! : v > numbers[best]!) ? i : best), 0);
}

function vectorOf<N extends Length>(x: Vector<N>, word: string): Vector<N> {
  return x instanceof Vector ? x : fail('WrongType', `${word}: expected a vector, got ${show(x)}`);
}
