/** Arithmetic element by element: a vector stands for every row of a matrix, a scalar for every element. */
import { ARITY } from '../ops/kernels.ts';
import { VOCABULARY } from '../ops/vocabulary.ts';
import { costOf, elementOf, elementOf2, isPlain, isView2, lengthOf, type Source, type Source2 } from './array.ts';
import { Deferred, Deferred2, flatElement } from './deferred.ts';
import { type Expr, foreign, idIn, type Scalar } from './expression.ts';
import type { Graph } from './graph.ts';
import { Matrix } from './matrix.ts';
import type { Index } from './place.ts';
import { unfit } from './shapes.ts';
import { type Length, Vector, vectorIn } from './vector.ts';

/** Anything that ops of one to three operands take. */
export type Operand = Scalar | Vector<Length> | Matrix<Length, Length> | ArrayLike<Scalar>;

/** An operand, read for one element: a node for all of them, or a source. */
type Read = number | Source | Source2;

/**
 * The op of every element.
 *
 * @param first a vector or matrix, whose kind the result has
 * @throws WrongShape, ForeignNode, WrongType
 */
export function elementwise<T extends Vector<Length> | Matrix<Length, Length>>(
  op: number,
  first: T,
  ...others: readonly Operand[]
): T {
  return arrayOp(first.graph, op, [first, ...others]) as T;
}

/** An op of operands of which at least one is a vector or matrix. */
export function arrayOp(graph: Graph, op: number, operands: readonly Operand[]): Vector<Length> | Matrix<Length, Length> {
  const word = VOCABULARY[op]!;
  const all = operands.slice(0, ARITY[op]).map((x) => adopted(graph, x, word));
  const matrix = all.find((x) => x instanceof Matrix);
  return matrix ? ofMatrices(graph, op, matrix, all) : ofVectors(graph, op, all);
}

type Adopted = number | Vector<Length> | Matrix<Length, Length>;

function adopted(graph: Graph, x: Operand, word: string): Adopted {
  if (x instanceof Matrix) return x.graph === graph ? x : foreign(word, x);
  if (x instanceof Vector) return vectorIn(graph, x, word);
  if (Array.isArray(x) || ArrayBuffer.isView(x)) return vectorIn(graph, x as ArrayLike<Scalar>, word);
  return idIn(graph, x as Expr | number, word);
}

function ofVectors(graph: Graph, op: number, operands: readonly Adopted[]): Vector<Length> {
  const first = operands.find((x) => x instanceof Vector)!;
  const n = lengthOf(first.source);
  for (const x of operands) if (x instanceof Vector && !lengthOf(x.source).equals(n)) unfit(VOCABULARY[op]!, first, x);
  const reads = operands.map((x) => (typeof x === 'number' ? x : (x as Vector<Length>).source));
  const element = (index: Index): number =>
    compute(graph, op, (k) => {
      const x = reads[k]!;
      return typeof x === 'number' ? x : elementOf(graph, x, index);
    });
  return new Vector<Length>(graph, new Deferred(graph, n, facts(reads), element));
}

function ofMatrices(
  graph: Graph,
  op: number,
  first: Matrix<Length, Length>,
  operands: readonly Adopted[],
): Matrix<Length, Length> {
  const { rows, cols } = first.source;
  for (const x of operands) {
    if (x instanceof Matrix && !(x.source.rows.equals(rows) && x.source.cols.equals(cols))) unfit(VOCABULARY[op]!, first, x);
    if (x instanceof Vector && !lengthOf(x.source).equals(cols)) unfit(VOCABULARY[op]!, first, x);
  }
  const reads = operands.map((x) => (typeof x === 'number' ? x : x.source));
  const element = (i: Index, j: Index): number =>
    compute(graph, op, (k) => {
      const x = operands[k]!;
      if (typeof x === 'number') return x;
      return x instanceof Matrix ? elementOf2(graph, x.source, i, j) : elementOf(graph, x.source, j);
    });
  return new Matrix<Length, Length>(
    graph,
    new Deferred2(graph, [rows, cols], facts(reads), element, flatOf(graph, op, operands)),
  );
}

/** How element k of all is computed, if no operand needs to know its row and column. */
function flatOf(graph: Graph, op: number, operands: readonly Adopted[]): ((k: Index) => number) | undefined {
  const reads = operands.map((x) => {
    if (typeof x === 'number') return () => x;
    if (x instanceof Vector || 'ids' in x.source) return undefined;
    if (isView2(x.source)) return flatElement(graph, x.source);
    return x.source.flat;
  });
  if (!reads.every((read) => read !== undefined)) return undefined;
  return (k) => compute(graph, op, (operand) => reads[operand]!(k));
}

function compute(graph: Graph, op: number, operand: (k: number) => number): number {
  const arity = ARITY[op]!;
  return graph.node(op, operand(0), arity > 1 ? operand(1) : 0, arity > 2 ? operand(2) : 0);
}

function facts(reads: readonly Read[]): { plain: boolean; cost: number } {
  const arrays = reads.filter((x) => typeof x !== 'number');
  return { plain: arrays.every(isPlain), cost: arrays.reduce((sum, x) => sum + costOf(x), 1) };
}
