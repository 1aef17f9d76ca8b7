/** `Matrix`: rows and columns of expressions. Rows, columns, the transpose are views; iterating gives the rows. */
import { OP } from '../ops/vocabulary.ts';
import { elementOf2, isView2, type NodeMatrix, nodesOf2, type Source, type Source2, viewOf2 } from './array.ts';
import { flattened, isUnbroken, moved } from './blocks.ts';
import { Deferred, Deferred2 } from './deferred.ts';
import { elementwise } from './elementwise.ts';
import { Expr, type Scalar } from './expression.ts';
import type { Graph } from './graph.ts';
import { matMul, matVec } from './linear.ts';
import { type Count, type Index, indexOf } from './place.ts';
import type { View, View2 } from './records.ts';
import { stacked } from './region.ts';
import { INSPECT, noNumber } from './show.ts';
import { Size } from './size.ts';
import { fail } from '../errors.ts';
import { type Length, lengthIn, nameOf, Vector } from './vector.ts';

/** What element by element arithmetic on matrices takes: a matrix of the same shape, a vector for every row, or a scalar for every element. */
export type MatrixOperand = Scalar | Vector<Length> | Matrix<Length, Length>;

/**
 * Rows and columns of expressions: an input `matrix(m, n)`, a product, or arithmetic on these. Iterating gives its rows.
 *
 * @example
 * import { compile, matrix, vector } from 'wengert';
 * const f = compile({ W: matrix(2, 3), x: vector(3) }, ({ W, x }) => [W.row(0).dot(x), W.row(1).dot(x)]);
 * f.value({ W: [[1, 2, 3], [4, 5, 6]], x: [1, 0, 1] }); // [4, 10]
 */
export class Matrix<out M extends Length = number, out N extends Length = number> implements Iterable<Vector<N>> {
  readonly graph: Graph;
  /** @internal */
  readonly source: Source2;

  /** @internal */
  constructor(graph: Graph, source: Source2 | Int32Array, rows?: number, cols?: number) {
    this.graph = graph;
    this.source = source instanceof Int32Array ? { ids: source, rows: Size.of(rows!), cols: Size.of(cols!) } : source;
  }

  /** How many rows: a number, or an expression if that is a named length. */
  get rows(): M {
    return lengthIn(this.graph, this.source.rows) as M;
  }

  /** How many columns. */
  get cols(): N {
    return lengthIn(this.graph, this.source.cols) as N;
  }

  /** The node of each element, row by row, if the shape is numbers. @internal */
  get ids(): Int32Array {
    if (this.source.rows.times(this.source.cols).constant === undefined)
      fail(
        'NotConstant',
        `the shape of ${this} is known only at the call, so its elements cannot be listed; write map(X.rows, (i) => …)`,
      );
    return nodesOf2(this.graph, this.source);
  }

  /** The element in row i and column j, from 0; see {@link Vector.at} for what they may be. @throws OutOfRange, OutsideLoop */
  at(i: Count, j: Count): Expr {
    const { graph, source } = this;
    const name = nameOf2(source);
    const row = indexOf(graph, i, source.rows, `${name}.at: row`);
    const col = indexOf(graph, j, source.cols, `${name}.at: column`);
    return new Expr(graph, elementOf2(graph, source, row, col));
  }

  /** Row i, a view. O(1). @throws OutOfRange, OutsideLoop */
  row(i: Count): Vector<N> {
    const { graph, source } = this;
    const index = indexOf(graph, i, source.rows, `${nameOf2(source)}.row: index`);
    return new Vector<N>(graph, rowOf(graph, source, index));
  }

  /** Column j, a view. @throws OutOfRange, OutsideLoop */
  col(j: Count): Vector<M> {
    const { graph, source } = this;
    const index = indexOf(graph, j, source.cols, `${nameOf2(source)}.col: index`);
    return new Vector<M>(graph, rowOf(graph, transposed(graph, source), index));
  }

  /** Rows become columns: a view. O(1). */
  transpose(): Matrix<N, M> {
    return new Matrix<N, M>(this.graph, transposed(this.graph, this.source));
  }

  /** All elements, row by row: a view, but for matrices whose rows are not side by side. */
  flat(): Vector<M extends number ? N : M> {
    return new Vector<M extends number ? N : M>(this.graph, flat(this.graph, this.source));
  }

  *[Symbol.iterator](): IterableIterator<Vector<N>> {
    const rows = this.source.rows.constant;
    if (rows === undefined)
      fail(
        'NotConstant',
        `how many rows ${this} has is known only at the call, so they cannot be listed; write map(X.rows, (i) => …)`,
      );
    for (let i = 0; i < rows; i++) yield this.row(i);
  }

  /** A · x, one number for each row. @throws WrongShape unless x has as many elements as this has columns */
  matVec(x: Vector<Length> | ArrayLike<Scalar>): Vector<M> {
    return matVec(this, x);
  }
  /** A · B. @throws WrongShape unless B has as many rows as this has columns */
  matMul<C extends Length>(B: Matrix<Length, C>): Matrix<M, C> {
    return matMul(this, B);
  }

  /** The sum of all elements. */
  sum(): Expr {
    return this.flat().sum();
  }
  /** The mean of all elements. */
  mean(): Expr {
    return this.flat().mean();
  }

  // element by element; a vector stands for every row, a scalar for every element
  /** this + Y */
  add(y: MatrixOperand): Matrix<M, N> {
    return elementwise(OP.add, this, y);
  }
  /** this − Y */
  sub(y: MatrixOperand): Matrix<M, N> {
    return elementwise(OP.sub, this, y);
  }
  /** this · Y, element by element; {@link matMul} is the product of matrices */
  mul(y: MatrixOperand): Matrix<M, N> {
    return elementwise(OP.mul, this, y);
  }
  /** this / Y, element by element */
  div(y: MatrixOperand): Matrix<M, N> {
    return elementwise(OP.div, this, y);
  }
  /** Each element to the power y. */
  pow(y: MatrixOperand): Matrix<M, N> {
    return elementwise(OP.pow, this, y);
  }
  /** −this */
  neg(): Matrix<M, N> {
    return elementwise(OP.neg, this);
  }
  /** |x| of each element */
  abs(): Matrix<M, N> {
    return elementwise(OP.abs, this);
  }
  /** x² of each element */
  square(): Matrix<M, N> {
    return elementwise(OP.square, this);
  }
  /** √x of each element */
  sqrt(): Matrix<M, N> {
    return elementwise(OP.sqrt, this);
  }
  /** eˣ of each element */
  exp(): Matrix<M, N> {
    return elementwise(OP.exp, this);
  }
  /** The natural logarithm of each element */
  log(): Matrix<M, N> {
    return elementwise(OP.log, this);
  }
  /** tanh of each element */
  tanh(): Matrix<M, N> {
    return elementwise(OP.tanh, this);
  }
  /** 1 / (1 + e⁻ˣ) of each element */
  sigmoid(): Matrix<M, N> {
    return elementwise(OP.sigmoid, this);
  }
  /** max(x, 0) of each element */
  relu(): Matrix<M, N> {
    return elementwise(OP.relu, this);
  }

  toString(): string {
    return `Matrix(${this.source.rows} × ${this.source.cols})`;
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

/** Row i of anything. */
function rowOf(graph: Graph, source: Source2, i: Index): Source {
  if (source instanceof Deferred2) {
    const elements = { plain: source.plain, cost: source.cost };
    return new Deferred(
      graph,
      source.cols,
      elements,
      (j) => source.at(i, j),
      () => rowView(source.solid(), i),
    );
  }
  if (isView2(source)) return rowView(source, i);
  const place = i.at.base.constant;
  const cols = source.cols.constant!;
  if (place !== undefined && i.at.terms.length + i.at.picks.length === 0)
    return source.ids.subarray(place * cols, (place + 1) * cols);
  return rowView(viewOf2(graph, source), i);
}

function rowView(view: View2, i: Index): View {
  const { block, at, checks } = moved(view, i, view.rowBy);
  return { block, at, checks, by: view.colBy, n: view.cols };
}

function transposed(graph: Graph, source: Source2): Source2 {
  const { rows, cols } = source;
  if (source instanceof Deferred2) {
    return new Deferred2(
      graph,
      [cols, rows],
      { plain: source.plain, cost: source.cost },
      (i, j) => source.at(j, i),
      undefined,
      () => transposedView(source.solid()),
    );
  }
  return isView2(source) ? transposedView(source) : transposedNodes(source);
}

function transposedView(view: View2): View2 {
  return { ...view, rows: view.cols, cols: view.rows, rowBy: view.colBy, colBy: view.rowBy };
}

function transposedNodes({ ids, rows, cols }: NodeMatrix): NodeMatrix {
  const [m, n] = [rows.constant!, cols.constant!];
  return { ids: Int32Array.from(ids, (_, k) => ids[(k % m) * n + Math.floor(k / m)]!), rows: cols, cols: rows };
}

function flat(graph: Graph, source: Source2): Source {
  if ('ids' in source) return source.ids;
  if (source instanceof Deferred2 && source.flat && !source.isSolid) {
    const { flat } = source;
    const elements = { plain: source.plain, cost: source.cost };
    return new Deferred(graph, source.rows.times(source.cols), elements, flat, () => flattened(source.solid()));
  }
  return flattened(unbroken(graph, viewOf2(graph, source)));
}

/** The same, row by row without gaps. */
export function unbroken(graph: Graph, view: View2): View2 {
  if (isUnbroken(view)) return view;
  const { block, at, checks } = stacked(graph, view.rows, (i) => rowView(view, i));
  return { block, at, checks, rowBy: view.cols, colBy: Size.of(1), rows: view.rows, cols: view.cols };
}

/** In sentences. */
export function nameOf2(source: Source2): string {
  return isView2(source) ? nameOf(source) : 'X';
}
