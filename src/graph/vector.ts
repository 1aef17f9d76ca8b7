/** `Vector`: several expressions in a row. Handles are made when asked for, so a large input costs nothing until it is used. */
import { fail } from '../errors.ts';
import { OP } from '../ops/vocabulary.ts';
import { elementOf, lengthOf, nodesOf, plainElement, type Source, sizeIndex, viewOf } from './array.ts';
import { part, shifted } from './blocks.ts';
import { Deferred } from './deferred.ts';
import { elementwise } from './elementwise.ts';
import { Expr, foreign, idIn, type Scalar } from './expression.ts';
import type { Graph } from './graph.ts';
import { LEAF } from './leaf.ts';
import { matVec } from './linear.ts';
import { type Count, type Index, indexOf, sizeOf } from './place.ts';
import { dotOf, reduceVector } from './reduce.ts';
import { mapOver } from './regions.ts';
import { INSPECT, noNumber, show } from './show.ts';
import { ONE, Size } from './size.ts';
import type { Matrix } from './matrix.ts';
import type { Place } from './types.ts';

export { Matrix } from './matrix.ts';

/** A number of elements: plain, or an expression where it is known only at the call. */
export type Length = Count;

/**
 * Several expressions in a row: an input `vector(n)`, a row or column of a matrix, a slice, what `map` made, or arithmetic
 * on these.
 *
 * @example
 * import { compile, vector } from 'wengert';
 * const f = compile({ x: vector(3) }, ({ x }) => x.map((xi) => xi.square()).sum());
 * f.gradient({ x: [1, 2, 3] }); // { value: 14, gradient: { x: Float64Array [2, 4, 6] } }
 */
export class Vector<out N extends Length = number> implements Iterable<Expr> {
  readonly graph: Graph;
  /** @internal */
  readonly source: Source;

  /** @internal */
  constructor(graph: Graph, source: Source) {
    this.graph = graph;
    this.source = source;
  }

  /** How many elements: a number, or an expression if that is a named length. */
  get length(): N {
    return lengthIn(this.graph, lengthOf(this.source)) as N;
  }

  /** The node of each element, if the length is a number. @internal */
  get ids(): Int32Array {
    if (lengthOf(this.source).constant === undefined)
      fail(
        'NotConstant',
        `the length of ${this} is known only at the call, so its elements cannot be listed; write map(x.length, (i) => …)`,
      );
    return nodesOf(this.graph, this.source);
  }

  /** Element i, from 0: a number, a loop index, an expression of loop indices and lengths, or any other, which is checked at run time. @throws OutOfRange, OutsideLoop */
  at(i: Count): Expr {
    const plain = plainElement(this.graph, this.source, i);
    if (plain !== undefined) return new Expr(this.graph, plain);
    const index = indexOf(this.graph, i, lengthOf(this.source), `${nameOf(this.source)}.at: index`);
    return new Expr(this.graph, elementOf(this.graph, this.source, index));
  }

  *[Symbol.iterator](): IterableIterator<Expr> {
    for (const id of this.ids) yield new Expr(this.graph, id);
  }

  /** Elements from `start` up to, not including, `end`, as a view; negative places count from the end, as in arrays. O(1). */
  slice(start: Count = 0, end?: Count): Vector<N> {
    const { graph, source } = this;
    const n = lengthOf(source).constant;
    if (n !== undefined && typeof start === 'number' && (end === undefined || typeof end === 'number')) {
      const from = fromEnd(start, n);
      const to = Math.max(from, end === undefined ? n : fromEnd(end, n));
      if (source instanceof Int32Array) return new Vector(graph, source.subarray(from, to));
      return new Vector(graph, cut(graph, source, sizeIndex(Size.of(from)), Size.of(to - from), ONE));
    }
    return new Vector(graph, sliced(graph, source, start, end));
  }

  /** The last element first: a view. O(1). */
  reversed(): Vector<N> {
    const { graph, source } = this;
    if (source instanceof Int32Array) return new Vector(graph, source.slice().reverse());
    return new Vector(graph, cut(graph, source, sizeIndex(source.n.minus(ONE)), source.n, Size.of(-1)));
  }

  /**
   * The vector of f(element, its place). The place is a number where the length is one, and a function that takes it is called
   * for every element; where the length is named it is the index of a loop.
   */
  map(f: (element: Expr, i: Place<N>) => Scalar): Vector<N> {
    const { graph, source } = this;
    const each = f as (element: Expr, i: unknown) => Scalar;
    const of = (element: Expr, i: number): number => idIn(graph, each(element, i), 'map');
    if (source instanceof Int32Array)
      return new Vector(
        graph,
        source.map((id, i) => of(new Expr(graph, id), i)),
      );
    if (f.length > 1 && typeof this.length === 'number')
      return new Vector(
        graph,
        Int32Array.from({ length: this.length }, (_, i) => of(this.at(i), i)),
      );
    return mapOver(graph, 'map', this.length, (i) => each(this.at(i), i) as Expr) as unknown as Vector<N>;
  }

  /** x₁ + x₂ + …; 0 if empty. */
  sum(): Expr {
    return reduceVector(OP.sum, this);
  }
  /** sum / length; NaN if empty. */
  mean(): Expr {
    return reduceVector(OP.mean, this);
  }
  /** x₁ · x₂ · …; 1 if empty. */
  prod(): Expr {
    return reduceVector(OP.prod, this);
  }
  /** The smallest; ∞ if empty; k that tie share the derivative. */
  min(): Expr {
    return reduceVector(OP.minOf, this);
  }
  /** The largest; −∞ if empty; k that tie share the derivative. */
  max(): Expr {
    return reduceVector(OP.maxOf, this);
  }
  /** √(x₁² + x₂² + …) without overflow; derivative 0 at the origin. */
  norm(): Expr {
    return reduceVector(OP.norm, this);
  }
  /** log(eˣ¹ + eˣ² + …) without overflow; −∞ if empty. */
  logsumexp(): Expr {
    return reduceVector(OP.logsumexp, this);
  }

  /** x₁y₁ + x₂y₂ + …. @throws WrongLength unless both have the same length */
  dot(y: Vector<Length> | ArrayLike<Scalar>): Expr {
    return dotOf(this.graph, this, y);
  }
  /** The row this · A: one number for each column of A. @throws WrongShape unless A has as many rows as this has elements */
  vecMat<C extends Length>(A: Matrix<Length, C>): Vector<C> {
    return matVec(A.transpose(), this);
  }

  // element by element; scalars stand for every element
  /** this + y */
  add(y: VectorOperand): Vector<N> {
    return elementwise(OP.add, this, y);
  }
  /** this − y */
  sub(y: VectorOperand): Vector<N> {
    return elementwise(OP.sub, this, y);
  }
  /** this · y, element by element */
  mul(y: VectorOperand): Vector<N> {
    return elementwise(OP.mul, this, y);
  }
  /** this / y, element by element */
  div(y: VectorOperand): Vector<N> {
    return elementwise(OP.div, this, y);
  }
  /** Each element to the power y. */
  pow(y: VectorOperand): Vector<N> {
    return elementwise(OP.pow, this, y);
  }
  /** −this */
  neg(): Vector<N> {
    return elementwise(OP.neg, this);
  }
  /** |x| of each element */
  abs(): Vector<N> {
    return elementwise(OP.abs, this);
  }
  /** x² of each element */
  square(): Vector<N> {
    return elementwise(OP.square, this);
  }
  /** √x of each element */
  sqrt(): Vector<N> {
    return elementwise(OP.sqrt, this);
  }
  /** eˣ of each element */
  exp(): Vector<N> {
    return elementwise(OP.exp, this);
  }
  /** The natural logarithm of each element */
  log(): Vector<N> {
    return elementwise(OP.log, this);
  }
  /** tanh of each element */
  tanh(): Vector<N> {
    return elementwise(OP.tanh, this);
  }
  /** 1 / (1 + e⁻ˣ) of each element */
  sigmoid(): Vector<N> {
    return elementwise(OP.sigmoid, this);
  }
  /** max(x, 0) of each element */
  relu(): Vector<N> {
    return elementwise(OP.relu, this);
  }

  toString(): string {
    return `Vector(${lengthOf(this.source)})`;
  }
  /** @throws WrongType: a vector has no value yet */
  valueOf(): never {
    return noNumber('a vector', 'x.at(i) or x.map(…)');
  }
  [Symbol.toPrimitive](hint: string): string {
    return hint === 'string' ? this.toString() : this.valueOf();
  }
  [INSPECT](): string {
    return this.toString();
  }
}

/** What element by element arithmetic on vectors takes: a vector of the same length, or a scalar for every element. */
export type VectorOperand = Scalar | Vector<Length> | ArrayLike<Scalar>;

/** A list of operands of `word`, made a vector. @throws ForeignNode, WrongType */
export function vectorIn(graph: Graph, list: Vector<Length> | ArrayLike<Scalar>, word: string): Vector<Length> {
  if (list instanceof Vector) {
    if (list.graph !== graph) foreign(word, list);
    return list;
  }
  return new Vector<Length>(graph, idsIn(graph, list, word));
}

/** The nodes of a list of operands of `word` in this graph. @throws ForeignNode, WrongType, NotConstant */
export function idsIn(graph: Graph, list: Vector<Length> | ArrayLike<Scalar>, word: string): Int32Array {
  if (list instanceof Vector) {
    if (list.graph !== graph) foreign(word, list);
    return list.ids;
  }
  if (typeof list?.length !== 'number')
    fail('WrongType', `${word}: expected a vector or an array of expressions, got ${show(list)}`);
  const ids = new Int32Array(list.length);
  for (let i = 0; i < ids.length; i++) ids[i] = idIn(graph, list[i]!, word);
  return ids;
}

/** A size as the user sees it. */
export function lengthIn(graph: Graph, size: Size): Length {
  return size.constant ?? new Expr(graph, sizeNode(graph, size));
}

/** A size as a node. */
export function sizeNode(graph: Graph, size: Size): number {
  const { constant } = size;
  return constant !== undefined ? graph.constant(constant) : graph.leaf(LEAF.size, graph.loops.size(size), 0, 0, 0);
}

/** In sentences. */
export function nameOf(source: { readonly block?: { readonly name: string } } | Int32Array | Deferred): string {
  return 'block' in source && source.block ? source.block.name : 'x';
}

/** n elements from `from` on, `by` apart. */
function cut(graph: Graph, source: Exclude<Source, Int32Array>, from: Index, n: Size, by: Size): Source {
  if (!(source instanceof Deferred)) return part(source, from, n, by);
  const elements = { plain: source.plain && n.constant !== undefined, cost: source.cost };
  return new Deferred(
    graph,
    n,
    elements,
    (index) => source.at(shifted(from, index, by)),
    () => part(source.solid(), from, n, by),
  );
}

/** A slice whose ends are expressions, or whose vector has a named length. */
function sliced(graph: Graph, source: Source, start: Count, end: Count | undefined): Source {
  const length = lengthOf(source);
  const name = nameOf(source);
  const place = (x: Count): Count => (typeof x === 'number' && x < 0 ? lengthIn(graph, length.plus(Size.of(x))) : x);
  const last = end === undefined ? lengthIn(graph, length) : place(end);
  const from = indexOf(graph, place(start), length.plus(ONE), `${name}.slice: start`);
  const to = indexOf(graph, last, length.plus(ONE), `${name}.slice: end`);
  const begin = place(start);
  const n = sizeOf(graph, minus(graph, last, begin), 'slice');
  if (!n)
    fail(
      'NotConstant',
      `${name}.slice: how many elements it has can depend on lengths only; start and end have to move together`,
    );
  if (n.isNegative) fail('OutOfRange', `${name}.slice: it ends ${n.times(Size.of(-1))} before it begins`);
  const first = { at: from.at, checks: [...from.checks, ...to.checks] };
  return cut(graph, source instanceof Int32Array ? viewOf(graph, source) : source, first, n, ONE);
}

function minus(graph: Graph, x: Count, y: Count): Count {
  return new Expr(graph, graph.node(OP.sub, idIn(graph, x, 'slice'), idIn(graph, y, 'slice')));
}

function fromEnd(x: number, n: number): number {
  const whole = Math.trunc(x) || 0;
  return whole < 0 ? Math.max(0, n + whole) : Math.min(whole, n);
}
