/**
 * The forms of the vocabulary's functions. Of plain numbers each gives a number, so a model written with functions
 * runs on numbers too; as soon as one operand is an expression, the result is one.
 */
import { fail } from '../../errors.ts';
import type { Binary, ListOp, Ternary, Unary } from '../../ops/algebra.ts';
import { sheetOf, sheetOfList } from '../../ops/sheet.ts';
import { listOpValue, opValue } from '../../ops/single.ts';
import { OP } from '../../ops/vocabulary.ts';
import { arrayOp, type Operand } from '../elementwise.ts';
import { Expr, idIn, type Scalar } from '../expression.ts';
import type { Operand as Own } from '../../record/operand.ts';
import type { Recorded, RecordedVector } from '../../record/recorded.ts';
import type { Graph } from '../graph.ts';
import { currentGraph } from '../loops.ts';
import { dotOf, reduceVector } from '../reduce.ts';
import { reduceTerms } from '../regions.ts';
import { unfit } from '../shapes.ts';
import { show } from '../show.ts';
import type { LoopIndex } from '../types.ts';
import { idsIn, type Length, Matrix, Vector } from '../vector.ts';

type AnyVector = Vector<Length>;
type AnyMatrix = Matrix<Length, Length>;
/** A scalar for every element, or a vector of the same length. */
type Elements = Scalar | AnyVector;

/** A function of one number or expression, or of each element of an array. */
export interface UnaryFunction {
  (x: number): number;
  <T>(x: Own<T>): T;
  (x: Expr): Expr;
  <N extends Length>(x: Vector<N>): Vector<N>;
  <M extends Length, N extends Length>(x: Matrix<M, N>): Matrix<M, N>;
  (x: Scalar): Scalar;
}

/** A function of two numbers or expressions, or of the elements of arrays. */
export interface BinaryFunction {
  (x: number, y: number): number;
  <T>(x: Own<T>, y: Own<T> | number): T;
  <T>(x: number, y: Own<T>): T;
  (x: Expr, y: Scalar): Expr;
  (x: Scalar, y: Expr): Expr;
  <M extends Length, N extends Length>(x: Matrix<M, N>, y: Elements | AnyMatrix): Matrix<M, N>;
  <M extends Length, N extends Length>(x: Elements, y: Matrix<M, N>): Matrix<M, N>;
  <N extends Length>(x: Vector<N>, y: Elements): Vector<N>;
  <N extends Length>(x: Scalar, y: Vector<N>): Vector<N>;
  (x: Scalar, y: Scalar): Scalar;
}

/** A function of three numbers or expressions, or of the elements of arrays. */
export interface TernaryFunction {
  (x: number, y: number, w: number): number;
  <T>(x: Own<T>, y: Own<T> | number, w: Own<T> | number): T;
  <T>(x: number, y: Own<T>, w: Own<T> | number): T;
  <T>(x: number, y: number, w: Own<T>): T;
  (x: Expr, y: Scalar, w: Scalar): Expr;
  (x: Scalar, y: Expr, w: Scalar): Expr;
  (x: Scalar, y: Scalar, w: Expr): Expr;
  <M extends Length, N extends Length>(x: Matrix<M, N>, y: Elements | AnyMatrix, w: Elements | AnyMatrix): Matrix<M, N>;
  <M extends Length, N extends Length>(x: Elements, y: Matrix<M, N>, w: Elements | AnyMatrix): Matrix<M, N>;
  <M extends Length, N extends Length>(x: Elements, y: Elements, w: Matrix<M, N>): Matrix<M, N>;
  <N extends Length>(x: Vector<N>, y: Elements, w: Elements): Vector<N>;
  <N extends Length>(x: Scalar, y: Vector<N>, w: Elements): Vector<N>;
  <N extends Length>(x: Scalar, y: Scalar, w: Vector<N>): Vector<N>;
  (x: Scalar, y: Scalar, w: Scalar): Scalar;
}

/** What reductions reduce: a vector, a matrix, an array, or the terms for i = 0 … n − 1. */
export interface Reduction {
  (x: ArrayLike<number>): number;
  (x: AnyVector | AnyMatrix | ArrayLike<Expr>): Expr;
  (x: RecordedVector): Recorded;
  <T>(x: ArrayLike<Own<T> | number>): T;
  (x: ArrayLike<Scalar>): Scalar;
  (n: Length, term: (i: LoopIndex) => Scalar): Expr;
  /** Outside of any program, and in recorded ones, where the index is a number: say so, `(i: number) => …`. */
  <T>(n: number, term: (i: number) => Own<T>): T;
  (n: number, term: (i: number) => number): number;
}

/** sum and mean: their terms can be vectors, too, which are added up element by element. */
export interface Total extends Reduction {
  <N extends Length>(n: Length, term: (i: LoopIndex) => Vector<N>): Vector<N>;
}

/** min and max: of two or more operands as in Math, of a list, or of the elements of arrays. */
export interface Extreme extends Reduction {
  (x: number, y: number, ...more: number[]): number;
  <T>(x: Own<T>, y: Own<T> | number, ...more: (Own<T> | number)[]): T;
  <T>(x: number, y: Own<T>, ...more: (Own<T> | number)[]): T;
  (x: Expr, y: Scalar, ...more: Scalar[]): Expr;
  (x: Scalar, y: Expr, ...more: Scalar[]): Expr;
  <M extends Length, N extends Length>(x: Matrix<M, N>, y: Elements | AnyMatrix): Matrix<M, N>;
  <M extends Length, N extends Length>(x: Elements, y: Matrix<M, N>): Matrix<M, N>;
  <N extends Length>(x: Vector<N>, y: Elements): Vector<N>;
  <N extends Length>(x: Scalar, y: Vector<N>): Vector<N>;
  (x: Scalar, y: Scalar, ...more: Scalar[]): Scalar;
}

export type List = AnyVector | ArrayLike<Scalar>;

export function unary(name: Unary): UnaryFunction {
  const op = OP[name];
  function apply(x: Scalar): Scalar {
    if (typeof x === 'number') return opValue(op, x, 0, 0);
    const sheet = sheetOf(x);
    if (sheet) return sheet.apply(op, x);
    if (isArray(x)) return ofArrays(op, [x]);
    const graph = graphOf(name, x);
    return new Expr(graph, graph.node(op, x.id));
  }
  return apply as UnaryFunction;
}

export function binary(name: Binary): BinaryFunction {
  const op = OP[name];
  function apply(x: Scalar, y: Scalar): Scalar {
    if (typeof x === 'number' && typeof y === 'number') return opValue(op, x, y, 0);
    const sheet = sheetOf(x) ?? sheetOf(y);
    if (sheet) return sheet.apply(op, x, y);
    if (isArray(x) || isArray(y)) return ofArrays(op, [x, y]);
    const graph = graphOf(name, x, y);
    return new Expr(graph, graph.node(op, idIn(graph, x, name), idIn(graph, y, name)));
  }
  return apply as BinaryFunction;
}

export function ternary(name: Ternary): TernaryFunction {
  const op = OP[name];
  function apply(x: Scalar, y: Scalar, w: Scalar): Scalar {
    if (typeof x === 'number' && typeof y === 'number' && typeof w === 'number') return opValue(op, x, y, w);
    const sheet = sheetOf(x) ?? sheetOf(y) ?? sheetOf(w);
    if (sheet) return sheet.apply(op, x, y, w);
    if (isArray(x) || isArray(y) || isArray(w)) return ofArrays(op, [x, y, w]);
    const graph = graphOf(name, x, y, w);
    return new Expr(graph, graph.node(op, idIn(graph, x, name), idIn(graph, y, name), idIn(graph, w, name)));
  }
  return apply as TernaryFunction;
}

export function reduction(name: ListOp): Reduction {
  return ((x: List | Length, term?: (i: LoopIndex) => Scalar) => reduceAny(name, name, x, term)) as Reduction;
}

export function total(name: 'sum' | 'mean'): Total {
  return reduction(name) as Total;
}

export function extreme(name: 'min' | 'max'): Extreme {
  const two = binary(name);
  const listOp: ListOp = `${name}Of`;
  return ((x: List | Scalar, y?: Scalar | ((i: LoopIndex) => Scalar), ...more: Scalar[]) => {
    if (typeof y === 'function' || (isList(x) && y === undefined)) return reduceAny(listOp, name, x, y as undefined);
    if (isArray(x) || isArray(y)) return two(x as Scalar, y as Scalar);
    if (isList(x)) return reduceAny(listOp, name, x, undefined);
    return more.length === 0 && y !== undefined ? two(x, y) : reduce(listOp, [x, y as Scalar, ...more]);
  }) as Extreme;
}

/** A reduction of whatever it is given. */
function reduceAny(name: ListOp, word: string, x: List | Length, term: ((i: LoopIndex) => Scalar) | undefined): Scalar {
  if (typeof term === 'function' && (typeof x === 'number' || x instanceof Expr)) return reduceLoop(name, word, x, term);
  if (x instanceof Matrix) return reduceVector(OP[name], x.flat());
  if (isList(x)) return reduce(name, x);
  return fail('WrongType', `${word}: expected a vector, an array, or a length and a function of the index, got ${show(x)}`);
}

function reduceLoop(name: ListOp, word: string, n: Length, term: (i: LoopIndex) => Scalar): Scalar {
  const graph = n instanceof Expr ? n.graph : currentGraph();
  const traced = graph ? reduceTerms(graph, name, word, n, term) : { every: plainTerms(word, n as number, term) };
  if ('result' in traced) return traced.result as Expr;
  const { every } = traced;
  return every.some((one) => one instanceof Vector)
    ? (sumOfVectors(graph!, name, every as Vector[]) as never)
    : reduce(name, every as Scalar[]);
}

/** All terms of a loop outside of any program, or of handles made by hand. */
function plainTerms(word: string, n: number, term: (i: LoopIndex) => Scalar): Scalar[] {
  if (Number.isSafeInteger(n) && n >= 0) return Array.from({ length: n }, (_, i) => term(i as unknown as LoopIndex));
  return fail('WrongType', `${word}: expected a vector, an array, or a length and a function of the index, got ${show(n)}`);
}

/** Vectors of nodes, element by element. */
function sumOfVectors(graph: Graph, name: ListOp, vectors: readonly Vector[]): Vector {
  const ids = vectors.map((x) => (x instanceof Vector ? idsIn(graph, x, name) : wrong(name, x)));
  const first = ids[0]!;
  const other = ids.findIndex((list) => list.length !== first.length);
  if (other >= 0) unfit(name, vectors[0], vectors[other]);
  return new Vector(
    graph,
    first.map((_, j) =>
      graph.list(
        OP[name],
        ids.map((list) => list[j]!),
      ),
    ),
  );
}

/** An op over one list or two of equal length. */
export function reduce(name: ListOp, x: List, y?: List): Scalar {
  const sheet = sheetOfList(x) ?? (y && sheetOfList(y));
  if (sheet) return sheet.reduce(OP[name], x, y);
  const graph = graphOfList(x) ?? (y && graphOfList(y));
  if (graph && y) return dotOf(graph, x, y);
  if (x instanceof Vector) return reduceVector(OP[name], x);
  if (!graph) return listOpValue(OP[name], x.length as number, allNumbers(name, y ? [x, y] : [x]));
  return new Expr(graph, graph.list(OP[name], idsIn(graph, x, name)));
}

/** The graph that the first expression among the operands belongs to. */
function graphOf(name: string, x: Scalar, y?: Scalar, w?: Scalar): Graph {
  if (x instanceof Expr) return x.graph;
  if (y instanceof Expr) return y.graph;
  if (w instanceof Expr) return w.graph;
  return wrong(name, typeof x !== 'number' ? x : typeof y !== 'number' ? y : w);
}

function isList(x: unknown): x is List {
  return (
    x instanceof Vector || (typeof x === 'object' && x !== null && !(x instanceof Expr) && (x as ArrayLike<Scalar>).length >= 0)
  );
}

function isArray(x: unknown): x is Vector | Matrix {
  return x instanceof Vector || x instanceof Matrix;
}

/** An op element by element; which graph is the array's. */
function ofArrays(op: number, operands: readonly Operand[]): never {
  const array = operands.find(isArray)!;
  return arrayOp(array.graph, op, operands) as never;
}

/** The graph that the expressions in a list belong to; undefined if there is none. */
function graphOfList(x: List): Graph | undefined {
  if (x instanceof Vector) return x.graph;
  for (let i = 0; i < x.length; i++) {
    const element = x[i];
    if (element instanceof Expr) return element.graph;
  }
  return undefined;
}

/** The elements of all lists, one list after the other. */
function allNumbers(name: string, lists: readonly List[]): Float64Array {
  const all = new Float64Array(lists.reduce((sum, list) => sum + (list as ArrayLike<Scalar>).length, 0));
  let at = 0;
  for (const list of lists as readonly ArrayLike<Scalar>[])
    for (let i = 0; i < list.length; i++) {
      const element = list[i];
      all[at++] = typeof element === 'number' ? element : wrong(name, element);
    }
  return all;
}

function wrong(name: string, got: unknown): never {
  return fail('WrongType', `${name}: expected expressions or numbers, got ${show(got)}`);
}
