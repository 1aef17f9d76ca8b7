/** `Vector` and `Matrix`: views on nodes by number. Handles are made when asked for, so a large input costs one integer per number. */
import { fail } from '../errors.ts';
import { OP } from '../ops/vocabulary.ts';
import { Expr, foreign, idIn, type Scalar } from './expression.ts';
import type { Graph } from './graph.ts';
import { INSPECT, noNumber, show } from './show.ts';

/**
 * Several expressions in a row: an input `vector(n)`, a row or column of a matrix, or what `map` made of one.
 *
 * @example
 * import { compile, vector } from 'wengert';
 * const f = compile({ x: vector(3) }, ({ x }) => x.map((xi) => xi.square()).sum());
 * f.gradient({ x: [1, 2, 3] }); // { value: 14, gradient: { x: Float64Array [2, 4, 6] } }
 */
export class Vector implements Iterable<Expr> {
  readonly graph: Graph;
  /** Node of each element. */
  readonly ids: Int32Array;

  constructor(graph: Graph, ids: Int32Array) {
    this.graph = graph;
    this.ids = ids;
  }

  get length(): number {
    return this.ids.length;
  }

  /** Element i, from 0. @throws OutOfRange outside 0 … length − 1 */
  at(i: number): Expr {
    return new Expr(this.graph, this.ids[inside(i, this.length, 'index')]!);
  }

  *[Symbol.iterator](): IterableIterator<Expr> {
    for (const id of this.ids) yield new Expr(this.graph, id);
  }

  /** Elements from `start` up to, not including, `end`, as a view; negative places count from the end, as in arrays. O(1). */
  slice(start?: number, end?: number): Vector {
    return new Vector(this.graph, this.ids.subarray(start, end));
  }

  /** The vector of f(element, its place). O(n). */
  map(f: (element: Expr, i: number) => Scalar): Vector {
    return new Vector(
      this.graph,
      this.ids.map((id, i) => idIn(this.graph, f(new Expr(this.graph, id), i), 'map')),
    );
  }

  /** x₁ + x₂ + …; 0 if empty. One node. */
  sum(): Expr {
    return this.#reduce(OP.sum);
  }
  /** sum / length; NaN if empty. One node. */
  mean(): Expr {
    return this.#reduce(OP.mean);
  }
  /** x₁ · x₂ · …; 1 if empty. One node. */
  prod(): Expr {
    return this.#reduce(OP.prod);
  }
  /** The smallest; ∞ if empty; k that tie share the derivative. One node. */
  min(): Expr {
    return this.#reduce(OP.minOf);
  }
  /** The largest; −∞ if empty; k that tie share the derivative. One node. */
  max(): Expr {
    return this.#reduce(OP.maxOf);
  }
  /** √(x₁² + x₂² + …) without overflow; derivative 0 at the origin. One node. */
  norm(): Expr {
    return this.#reduce(OP.norm);
  }
  /** log(eˣ¹ + eˣ² + …) without overflow; −∞ if empty. One node. */
  logsumexp(): Expr {
    return this.#reduce(OP.logsumexp);
  }

  /** x₁y₁ + x₂y₂ + …; one node. @throws WrongLength unless both have the same length */
  dot(y: Vector | ArrayLike<Scalar>): Expr {
    const ids = idsIn(this.graph, y, 'dot');
    if (ids.length !== this.length) fail('WrongLength', `dot: the vectors have ${this.length} and ${ids.length} elements`);
    return new Expr(this.graph, this.graph.list(OP.dot, this.ids, ids));
  }

  #reduce(op: number): Expr {
    return new Expr(this.graph, this.graph.list(op, this.ids));
  }

  toString(): string {
    return `Vector(${this.length})`;
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

/**
 * Rows and columns of expressions: an input `matrix(m, n)`. Iterating gives its rows.
 *
 * @example
 * import { compile, matrix, vector } from 'wengert';
 * const f = compile({ W: matrix(2, 3), x: vector(3) }, ({ W, x }) => [W.row(0).dot(x), W.row(1).dot(x)]);
 * f.value({ W: [[1, 2, 3], [4, 5, 6]], x: [1, 0, 1] }); // [4, 10]
 */
export class Matrix implements Iterable<Vector> {
  readonly graph: Graph;
  /** Node of each element, row by row. */
  readonly ids: Int32Array;
  readonly rows: number;
  readonly cols: number;

  constructor(graph: Graph, ids: Int32Array, rows: number, cols: number) {
    this.graph = graph;
    this.ids = ids;
    this.rows = rows;
    this.cols = cols;
  }

  /** The element in row i and column j, from 0. @throws OutOfRange outside */
  at(i: number, j: number): Expr {
    return new Expr(this.graph, this.ids[inside(i, this.rows, 'row') * this.cols + inside(j, this.cols, 'column')]!);
  }

  /** Row i, a view. O(1). @throws OutOfRange outside 0 … rows − 1 */
  row(i: number): Vector {
    const start = inside(i, this.rows, 'row') * this.cols;
    return new Vector(this.graph, this.ids.subarray(start, start + this.cols));
  }

  /** Column j. O(rows). @throws OutOfRange outside 0 … cols − 1 */
  col(j: number): Vector {
    inside(j, this.cols, 'column');
    return new Vector(
      this.graph,
      Int32Array.from({ length: this.rows }, (_, i) => this.ids[i * this.cols + j]!),
    );
  }

  *[Symbol.iterator](): IterableIterator<Vector> {
    for (let i = 0; i < this.rows; i++) yield this.row(i);
  }

  toString(): string {
    return `Matrix(${this.rows} × ${this.cols})`;
  }
  /** @throws WrongType: a matrix has no value yet */
  valueOf(): never {
    return noNumber('a matrix', 'X.at(i, j), X.row(i) or X.col(j)');
  }
  [Symbol.toPrimitive](hint: string): string {
    return hint === 'string' ? this.toString() : this.valueOf();
  }
  [INSPECT](): string {
    return this.toString();
  }
}

/** The nodes of a list of operands of `word` in this graph. @throws ForeignNode, WrongType */
export function idsIn(graph: Graph, list: Vector | ArrayLike<Scalar>, word: string): Int32Array {
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

function inside(i: number, length: number, what: string): number {
  if (Number.isInteger(i) && i >= 0 && i < length) return i;
  return fail('OutOfRange', `at: ${what} ${show(i)} is not a whole number from 0 to ${length - 1}`);
}
