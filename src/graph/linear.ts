/** Products of vectors and matrices. Small ones are written out as dots of nodes; others are contractions, each one instruction. */
import type { Scalar } from './expression.ts';
import { fail } from '../errors.ts';
import { OP } from '../ops/vocabulary.ts';
import {
  costOf,
  elementOf,
  isPlain,
  lengthOf,
  limitOf,
  nodesOf,
  nodesOf2,
  type Source,
  type Source2,
  steadyView,
  steadyView2,
} from './array.ts';
import { scopesOf, whole, wholeMatrix } from './blocks.ts';
import { Deferred2 } from './deferred.ts';
import { foreign } from './expression.ts';
import type { Graph } from './graph.ts';
import { Matrix } from './matrix.ts';
import type { Block, Contract, View, View2 } from './records.ts';
import { unfit } from './shapes.ts';
import { show } from './show.ts';
import { ONE, type Size, ZERO } from './size.ts';
import { type Length, Vector, vectorIn } from './vector.ts';

/** A · x. @throws WrongShape */
export function matVec<M extends Length>(A: Matrix<M, Length>, x: Vector<Length> | ArrayLike<Scalar>): Vector<M> {
  const { graph } = matrixOf(A, 'matVec');
  const v = vectorIn(graph, x, 'matVec');
  const { rows, cols } = A.source;
  if (!cols.equals(lengthOf(v.source))) unfit('matVec', A, v);
  if (isFew(graph, rows.times(cols), A.source, v.source))
    return new Vector<M>(graph, written(graph, A.source, [nodesOf(graph, v.source)]));
  const b = steadyView(graph, v.source);
  return new Vector<M>(graph, whole(contract(graph, steadyView2(graph, A.source), column(b))));
}

/** A · B. @throws WrongShape */
export function matMul<M extends Length, N extends Length>(A: Matrix<M, Length>, B: Matrix<Length, N>): Matrix<M, N> {
  const { graph } = matrixOf(A, 'matMul');
  if (matrixOf(B, 'matMul').graph !== graph) foreign('matMul', B);
  const [a, b] = [A.source, B.source];
  if (!a.cols.equals(b.rows)) unfit('matMul', A, B);
  if (isFew(graph, a.rows.times(a.cols).times(b.cols), a, b)) {
    const all = nodesOf2(graph, b);
    const n = b.cols.constant!;
    const columns = Array.from({ length: n }, (_, j) => all.filter((_, k) => k % n === j));
    return new Matrix<M, N>(graph, { ids: written(graph, a, columns), rows: a.rows, cols: b.cols });
  }
  const block = contract(graph, steadyView2(graph, a), steadyView2(graph, b));
  return new Matrix<M, N>(graph, wholeMatrix(block, a.rows, b.cols));
}

/** The matrix of xᵢ·yⱼ. */
export function outerOf<M extends Length, N extends Length>(x: Vector<M>, y: Vector<N>): Matrix<M, N> {
  const { graph } = x;
  const [a, b] = [x.source, y.source];
  const elements = { plain: isPlain(a) && isPlain(b), cost: 1 + costOf(a) + costOf(b) };
  const element = new Deferred2(graph, [lengthOf(a), lengthOf(b)], elements, (i, j) =>
    graph.node(OP.mul, elementOf(graph, a, i), elementOf(graph, b, j)),
  );
  return new Matrix<M, N>(graph, element);
}

export function matrixOf(A: unknown, word: string): Matrix<Length, Length> {
  return A instanceof Matrix ? A : fail('WrongType', `${word}: expected a matrix, got ${show(A)}`);
}

/** Whether a product of this much work is to be written out. */
function isFew(graph: Graph, work: Size, a: Source2, b: Source | Source2): boolean {
  const n = work.constant;
  return n !== undefined && isPlain(a) && isPlain(b) && n * (1 + costOf(a) + costOf(b)) <= limitOf(graph);
}

/** Dots of every row with every column, row by row. */
function written(graph: Graph, a: Source2, columns: readonly Int32Array[]): Int32Array {
  const all = nodesOf2(graph, a);
  const k = a.cols.constant!;
  const ids = new Int32Array(a.rows.constant! * columns.length);
  for (let i = 0, out = 0; i < a.rows.constant!; i++) {
    const row = all.subarray(i * k, (i + 1) * k);
    for (const column of columns) ids[out++] = graph.list(OP.dot, row, column);
  }
  return ids;
}

/** The product, as an instruction: row by row. */
export function contract(graph: Graph, a: View2, b: View2): Block {
  const { loops } = graph;
  const set = loops.require(loops.sets.union(scopesOf(graph, a), scopesOf(graph, b)), 'matMul');
  const record = loops.write<Contract>({ kind: 'contract', set, at: graph.size, a, b, into: undefined as never });
  const into = loops.block({ size: a.rows.times(b.cols), set, name: 'a product', maker: record, input: -1 });
  return Object.assign(record, { into }).into;
}

/** A vector as a matrix of one column. */
function column({ block, at, checks, by, n }: View): View2 {
  return { block, at, checks, rowBy: by, colBy: ZERO, rows: n, cols: ONE };
}
