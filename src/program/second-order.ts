/** Second derivatives of programs with one output. */
import type { Pattern } from '../sparsity/sets.ts';
import { Derivatives } from './derivatives.ts';
import {
  checkSecond,
  denseByProducts,
  denseHessian,
  diagonalByProducts,
  enterDiagonal,
  enterProducts,
  enterSecond,
  enterSparse,
  hessianDiagonal,
  hessianTimes,
  sparseByProducts,
  sparseHessian,
  valueAndGradient,
} from './hessian.ts';
import { checkOut, enter } from './jacobian.ts';
import { checkFlat } from './marshal.ts';
import type { CallOptions } from './options.ts';
import type { Product, Second } from './second.ts';
import type { LoopProduct } from './second-loops.ts';
import type { Gradient, Inputs, Outputs, Parameters, Point } from './signature.ts';
import { STATE, UNSIZED } from './state.ts';

/** A dense Hessian: `hessian[i * size + j]` is ∂²value/∂i∂j, both in flat order. It is symmetric. */
export interface Hessian<S extends Inputs = Inputs> {
  readonly value: number;
  readonly gradient: Gradient<S>;
  /** size × size, row by row. */
  readonly hessian: Float64Array;
  /** Flat differentiated inputs, as in `point`: in the order of the signature, matrices row by row. */
  readonly size: number;
}

/** A Hessian in compressed rows, both of each pair: entry e of row i is from `starts[i]` to `starts[i + 1] - 1`, in column `columns[e]`. */
export interface SparseHessian<S extends Inputs = Inputs> extends Pattern {
  readonly value: number;
  readonly gradient: Gradient<S>;
  readonly values: Float64Array;
}

/**
 * What {@link Program} has for functions of one output, beside gradients. The gradient becomes a program of its own when one
 * of these is first called, several times as large as the program, and is freed with it; second derivatives are its tangents.
 * A program with loops is written out for that, number by number, up to 200,000 of them. One that is longer keeps its loops: a
 * product with the Hessian is then a reverse sweep over a derivative along the direction, and a Hessian takes a product for every
 * input, a sparse one and the diagonal one for every colour.
 */
export abstract class SecondOrder<S extends Inputs = Inputs, R extends Outputs = Outputs> extends Derivatives<S, R> {
  /**
   * The Hessian times a direction, by the tangent of the gradient (forward over reverse; Pearlmutter, "Fast exact
   * multiplication by the Hessian", 1994): how the gradient changes along it. O(n + p), whatever the number of inputs.
   *
   * @param direction one value for every differentiated input, in its shape
   * @returns the gradient and the product, both in the shapes of the inputs
   * @throws SeveralOutputs, and whatever `value` throws
   *
   * @example
   * import { compile, scalar } from 'wengert';
   * const f = compile({ x: scalar, y: scalar }, ({ x, y }) => x.square().mul(y));
   * f.hvp({ x: 3, y: 5 }, { x: 1, y: 0 }); // { value: 45, gradient: { x: 30, y: 9 }, product: { x: 10, y: 6 } }
   */
  hvp(
    point: Point<S>,
    direction: Parameters<S>,
    options?: CallOptions,
  ): { value: number; gradient: Gradient<S>; product: Gradient<S> } {
    const state = this[STATE];
    const along = state.assignWith('hvp', point, direction);
    const { product, from } = hessianTimes(state, 'hvp', along, options);
    const { value, gradient } = this.#first(from);
    return { value, gradient, product: this.read(product) };
  }

  /**
   * The same on flat arrays, for inner loops as those of Newton–CG.
   *
   * @param flat the differentiated inputs, in the order of the signature, matrices row by row
   * @param direction likewise
   * @param productOut where the product goes
   * @param gradientOut where the gradient goes
   * @returns the value
   * @throws as {@link hvp}; WrongLength, DetachedBuffer
   *
   * @example
   * import { compile, scalar } from 'wengert';
   * const f = compile({ x: scalar, y: scalar }, ({ x, y }) => x.square().mul(y));
   * const product = new Float64Array(2);
   * f.evaluateHvp([3, 5], [1, 0], product); // 45
   * product; // Float64Array [10, 6]
   */
  evaluateHvp(
    flat: ArrayLike<number>,
    direction: ArrayLike<number>,
    productOut: Float64Array,
    gradientOut?: Float64Array,
  ): number {
    const state = this[STATE];
    state.require(UNSIZED);
    enter(state, 'evaluateHvp: the point', flat);
    const p = state.machine.point.length;
    if (!(direction instanceof Float64Array) || direction.length !== p) checkFlat('evaluateHvp: the direction', direction, p);
    checkOut('evaluateHvp: the product', productOut, p);
    if (gradientOut !== undefined) checkOut('evaluateHvp: the gradient', gradientOut, p);
    const along = direction instanceof Float64Array ? direction : Float64Array.from(direction);
    const { product, from } = hessianTimes(state, 'evaluateHvp', along);
    const value = valueAndGradient(state, from, gradientOut ?? new Float64Array(p));
    productOut.set(product);
    return value;
  }

  /**
   * All second derivatives, dense: tangents of the gradient along 16 inputs at once. The two of each pair are made equal, by
   * their mean. O(n · p)
   *
   * @throws as {@link hvp}
   *
   * @example
   * import { compile, vector } from 'wengert';
   * const f = compile({ x: vector(2) }, ({ x }) => x.at(0).square().mul(x.at(1)));
   * f.hessian({ x: [3, 5] }).hessian; // Float64Array [10, 6, 6, 0]
   */
  hessian(point: Point<S>, options?: CallOptions): Hessian<S> {
    const state = this[STATE];
    state.assign('hessian', point);
    const size = state.machine.point.length;
    const products = enterProducts(state, 'hessian', options);
    const second = products ?? enterSecond(state, 'hessian', () => size, options);
    const hessian = products ? denseByProducts(products, size) : denseHessian(second as Second, size);
    const first = this.#first(second);
    checkSecond(state, second, hessian, (at) => Math.floor(at / size));
    return { ...first, hessian, size };
  }

  /**
   * Which entries of the Hessian can be other than 0: pairs of inputs that meet in an operation which is not linear in them,
   * as propagated through the gradient. Kept as {@link sparsity} is. O(n)
   *
   * @param point wanted where lengths or data are not known yet
   * @throws SeveralOutputs, DataMissing, BadOption, Disposed, Reentrant; with a point whatever `value` throws
   *
   * @example
   * import { compile, vector } from 'wengert';
   * const f = compile({ x: vector(3) }, ({ x }) => x.at(0).mul(x.at(1)).add(x.at(2).square()));
   * Array.from(f.hessianSparsity().columns); // [1, 0, 2]
   */
  hessianSparsity(point?: Point<S>): Pattern {
    const state = this[STATE];
    if (point !== undefined) state.assign('hessianSparsity', point);
    else state.require();
    const long = enterSparse(state, 'hessianSparsity', () => 0);
    return long ? long.pattern.pattern : enterSecond(state, 'hessianSparsity', () => 0).pattern;
  }

  /**
   * The Hessian in compressed rows, only the entries of {@link hessianSparsity}. Inputs are given colours by a star colouring
   * (Coleman & Moré 1984; Gebremedhin, Manne & Pothen, "What color is your Jacobian?", 2005), and there are as many tangents
   * of the gradient as colours, 16 at once: an arrow of any size takes 2, a band of three 3. O(n · colours)
   *
   * @throws as {@link hvp}
   *
   * @example
   * import { compile, vector } from 'wengert';
   * const f = compile({ x: vector(3) }, ({ x }) => x.at(0).mul(x.at(1)).add(x.at(2).square()));
   * const { columns, values } = f.sparseHessian({ x: [3, 5, 7] });
   * Array.from(columns); // [1, 0, 2]
   * values; // Float64Array [1, 1, 2]
   */
  sparseHessian(point: Point<S>, options?: CallOptions): SparseHessian<S> {
    const state = this[STATE];
    state.assign('sparseHessian', point);
    const { pattern, from, fill } = this.#sparse('sparseHessian', options);
    const values = new Float64Array(pattern.columns.length);
    fill(values);
    const first = this.#first(from);
    checkSecond(state, from, values, (entry) => rowOf(pattern, entry));
    return { ...first, ...pattern, values };
  }

  /**
   * The entries of the Hessian at a flat point, in the order of {@link hessianSparsity}, into a buffer.
   *
   * @param flat the differentiated inputs, in the order of the signature, matrices row by row
   * @param entriesOut as long as the `columns` of {@link hessianSparsity}
   * @param gradientOut where the gradient goes
   * @returns the value
   * @throws as {@link hvp}; WrongLength, DetachedBuffer
   *
   * @example
   * import { compile, vector } from 'wengert';
   * const f = compile({ x: vector(2) }, ({ x }) => x.at(0).square().mul(x.at(1)));
   * const entries = new Float64Array(3); // (1, 1) is always 0
   * f.evaluateSparseHessian([3, 5], entries); // 45
   * entries; // Float64Array [10, 6, 6]
   */
  evaluateSparseHessian(flat: ArrayLike<number>, entriesOut: Float64Array, gradientOut?: Float64Array): number {
    const state = this[STATE];
    state.require(UNSIZED);
    enter(state, 'evaluateSparseHessian: the point', flat);
    const p = state.machine.point.length;
    if (gradientOut !== undefined) checkOut('evaluateSparseHessian: the gradient', gradientOut, p);
    const { pattern, from, fill } = this.#sparse('evaluateSparseHessian');
    checkOut('evaluateSparseHessian: the entries', entriesOut, pattern.columns.length);
    fill(entriesOut);
    const value = valueAndGradient(state, from, gradientOut ?? new Float64Array(p));
    checkSecond(state, from, entriesOut, (entry) => rowOf(pattern, entry));
    return value;
  }

  /**
   * The diagonal of the Hessian. Inputs that do not meet in an operation share a tangent of the gradient, so that for a sum of
   * functions of one input each a single one is enough. O(n · colours)
   *
   * @throws as {@link hvp}
   *
   * @example
   * import { compile, vector } from 'wengert';
   * const f = compile({ x: vector(2) }, ({ x }) => x.at(0).square().mul(x.at(1)));
   * f.hessianDiagonal({ x: [3, 5] }).diagonal; // { x: Float64Array [10, 0] }
   */
  hessianDiagonal(point: Point<S>, options?: CallOptions): { value: number; gradient: Gradient<S>; diagonal: Gradient<S> } {
    const state = this[STATE];
    state.assign('hessianDiagonal', point);
    const long = enterDiagonal(state, 'hessianDiagonal', options);
    const second = long?.product ?? enterSecond(state, 'hessianDiagonal', ({ diagonal }) => diagonal.compression.count, options);
    const diagonal = new Float64Array(state.machine.point.length);
    if (long) diagonalByProducts(long, diagonal);
    else hessianDiagonal(second as Second, diagonal);
    const first = this.#first(second);
    checkSecond(state, second, diagonal, (i) => i);
    return { ...first, diagonal: this.read(diagonal) };
  }

  /** How the entries of the Hessian are found. */
  #sparse(
    what: string,
    options?: CallOptions,
  ): { readonly pattern: Pattern; readonly from: Second | LoopProduct; readonly fill: (out: Float64Array) => void } {
    const state = this[STATE];
    const long = enterSparse(state, what, ({ stars }) => stars.compression.count, options);
    if (long) return { pattern: long.pattern.pattern, from: long.product, fill: (out) => sparseByProducts(long, out) };
    const second = enterSecond(state, what, ({ stars }) => stars.compression.count, options);
    return { pattern: second.pattern, from: second, fill: (out) => sparseHessian(second, out) };
  }

  /** Value and gradient of the last sweep. */
  #first(second: Second | Product | LoopProduct): { value: number; gradient: Gradient<S> } {
    const gradient = new Float64Array(this[STATE].machine.point.length);
    const value = valueAndGradient(this[STATE], second, gradient);
    return { value, gradient: this.read(gradient) };
  }
}

function rowOf({ starts }: Pattern, entry: number): number {
  return starts.findIndex((start, i) => start <= entry && entry < starts[i + 1]!);
}
