/** Second derivatives at the point that a program is at: products with directions, and Hessians, dense, sparse, and their diagonals. */
import { blame, checkFinite } from './finite.ts';
import type { Compression } from '../engine/engine.ts';
import type { CallOptions } from './options.ts';
import { fail } from '../errors.ts';
import { LoopState } from './loops.ts';
import { canBeWrittenOut, type Product, productAt, type Second, secondOf } from './second.ts';
import { compressedProducts, type LoopPattern, type LoopProduct, loopPatternOf, loopProductAt } from './second-loops.ts';
import { MOST_NODES, type State } from './state.ts';
import { checkSteps } from './steps.ts';

/** The gradient's program, at the point and data at hand, once the call may take as many sweeps. @throws StepLimit, BadOption */
export function enterSecond(state: State, what: string, sweeps: (second: Second) => number, options?: CallOptions): Second {
  const second = secondOf(state, what);
  const most = options?.maxSteps ?? state.options.maxSteps;
  if (most !== undefined) second.state.limitJacobian(sweeps(second), true, { maxSteps: most });
  return second;
}

/** Hessian times direction, and the program that has value and gradient beside it. */
interface Times {
  readonly product: Float64Array;
  readonly from: Second | Product | LoopProduct;
  /** The output of `from` that the first number of the product is a derivative of, or is itself. */
  readonly first: number;
}

/**
 * Hessian times direction at the point and data at hand, by one forward sweep. As in every sweep, what a NaN comes from is
 * looked at once more, where inputs with a direction of 0 open no path: by a tangent of the gradient's program.
 *
 * @throws StepLimit, BadOption, NonFinite where that is asked for
 */
export function hessianTimes(state: State, what: string, direction: Float64Array, options?: CallOptions): Times {
  const isLong = state instanceof LoopState && (state.steps('value') > MOST_NODES || !canBeWrittenOut(state, what));
  const times = isLong ? timesByLoops(state, direction, options) : timesByProduct(state, what, direction, options);
  const isFine = times.product.every((x) => x === x) || (isLong && !canBeWrittenOut(state, what));
  const careful = isFine ? times : timesByTangent(state, what, direction, options);
  checkSecond(state, careful.from, careful.product, (i) => careful.first - 1 + i);
  return careful;
}

/** By a reverse sweep over the derivative along the direction. */
function timesByLoops(state: LoopState, direction: Float64Array, options?: CallOptions): Times {
  const from = loopProductAt(state);
  const most = options?.maxSteps ?? state.options.maxSteps;
  if (most !== undefined) checkSteps(from.steps, most, 'gradient');
  from.along(direction);
  return { product: from.product, from, first: 1 };
}

function timesByProduct(state: State, what: string, direction: Float64Array, options?: CallOptions): Times {
  const from = productAt(state, what);
  const most = options?.maxSteps ?? state.options.maxSteps;
  if (most !== undefined) from.state.limit('value', { maxSteps: most });
  from.along(direction);
  const { machine } = from.state;
  const all = new Float64Array(machine.outputCount());
  machine.readOutputs(all);
  const first = 1 + direction.length;
  return { product: all.subarray(first), from, first };
}

function timesByTangent(state: State, what: string, direction: Float64Array, options?: CallOptions): Times {
  const from = enterSecond(state, what, () => 1, options);
  return { product: from.state.machine.tangent(direction).subarray(1), from, first: 1 };
}

/** Value, and gradient to `gradient`, of the last sweep. @throws NonFinite where that is asked for */
export function valueAndGradient(state: State, from: Second | Product | LoopProduct, gradient: Float64Array): number {
  const value = from.first(gradient);
  if (state.checked) {
    checkFinite(state, value, false);
    if (!gradient.every(Number.isFinite)) blame(state, 'the value is finite, its gradient is not');
  }
  return value;
}

/** @param row of each number: the parameter whose derivative it is a derivative of @throws NonFinite where that is asked for */
export function checkSecond(
  state: State,
  second: Second | Product | LoopProduct,
  found: Float64Array,
  row: (at: number) => number,
): void {
  if (!state.checked) return;
  const odd = found.findIndex((x) => !Number.isFinite(x));
  if (odd < 0) return;
  const what = 'value and gradient are finite, second derivatives are not';
  if ('state' in second) blame(second.state, what, 1 + row(odd));
  fail('NonFinite', what);
}

/** p × p, row by row, both of each pair the same. */
export function denseHessian(second: Second, p: number): Float64Array {
  const all = new Float64Array((1 + p) * p); // the gradient is the first row
  second.state.machine.jacobianColumns(all);
  return symmetrized(all.slice(p), p);
}

/** The same of a program whose loops stay loops: a product for every parameter. */
export function denseByProducts(product: LoopProduct, p: number): Float64Array {
  const H = new Float64Array(p * p);
  eachProduct(product, p, (i) => H.set(product.product, i * p));
  return symmetrized(H, p);
}

/** The diagonal likewise, to `out`. */
export function diagonalByProducts({ product, compression }: LongDiagonal, out: Float64Array): void {
  const { count, colours } = compression;
  const compressed = compressedProducts(product, compression);
  for (let i = 0; i < out.length; i++) out[i] = compressed[i * count + colours[i]!]!;
}

/** Entries in the order of the pattern, to `out`. */
export function sparseByProducts({ product, pattern }: Long, out: Float64Array): void {
  const { compression, places } = pattern.stars;
  const compressed = compressedProducts(product, compression);
  for (let e = 0; e < places.length; e++) out[e] = compressed[places[e]!]!;
}

function eachProduct(product: LoopProduct, p: number, take: (i: number) => void): void {
  const direction = new Float64Array(p);
  for (let i = 0; i < p; i++) {
    direction[i] = 1;
    product.along(direction);
    take(i);
    direction[i] = 0;
  }
}

function symmetrized(H: Float64Array, p: number): Float64Array {
  for (let i = 0; i < p; i++)
    for (let j = 0; j < i; j++) {
      const [a, b] = [H[i * p + j]!, H[j * p + i]!];
      H[i * p + j] = H[j * p + i] = a === b ? a : 0.5 * a + 0.5 * b;
    }
  return H;
}

/** A program with loops that cannot be written out. */
export interface Long {
  readonly product: LoopProduct;
  readonly pattern: LoopPattern;
}

/** The program of products of a program with loops that cannot be written out, once the call may take p of them. @throws StepLimit */
export function enterProducts(state: State, what: string, options?: CallOptions): LoopProduct | undefined {
  if (!isLong(state, what)) return undefined;
  const product = loopProductAt(state);
  allow(state, product, state.machine.point.length, options);
  return product;
}

/** The same with the pattern of the Hessian, for as many products as there are colours. @throws StepLimit, BadOption */
export function enterSparse(
  state: State,
  what: string,
  colours: (pattern: LoopPattern) => number,
  options?: CallOptions,
): Long | undefined {
  if (!isLong(state, what)) return undefined;
  const pattern = loopPatternOf(state);
  const product = loopProductAt(state);
  allow(state, product, colours(pattern), options);
  return { product, pattern };
}

/** Up to so many products are made for a diagonal without looking which would do. */
const FEW = 32;

interface LongDiagonal {
  readonly product: LoopProduct;
  readonly compression: Compression;
}

/** Likewise for the diagonal. @throws StepLimit, BadOption */
export function enterDiagonal(state: State, what: string, options?: CallOptions): LongDiagonal | undefined {
  if (!isLong(state, what)) return undefined;
  const count = state.machine.point.length;
  const each = { count, colours: Int32Array.from({ length: count }, (_, i) => i) };
  const compression = count <= FEW ? each : loopPatternOf(state).diagonal;
  const product = loopProductAt(state);
  allow(state, product, compression.count, options);
  return { product, compression };
}

function isLong(state: State, what: string): state is LoopState {
  return state instanceof LoopState && !canBeWrittenOut(state, what);
}

function allow(state: State, product: LoopProduct, times: number, options?: CallOptions): void {
  const most = options?.maxSteps ?? state.options.maxSteps;
  if (most !== undefined) checkSteps(times * product.steps, most, 'gradient');
}

/** Entries in the order of the pattern, to `out`. */
export function sparseHessian({ stars, state }: Second, out: Float64Array): void {
  const { compression, places, compressed } = stars;
  state.machine.jacobianColumns(compressed, compression);
  for (let e = 0; e < places.length; e++) out[e] = compressed[places[e]! + compression.count]!; // behind the row of the value
}

/** The diagonal, to `out`. */
export function hessianDiagonal({ diagonal, state }: Second, out: Float64Array): void {
  const { compression, compressed } = diagonal;
  const { count, colours } = compression;
  state.machine.jacobianColumns(compressed, compression);
  for (let i = 0; i < out.length; i++) out[i] = compressed[(1 + i) * count + colours[i]!]!;
}
