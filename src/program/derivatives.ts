/** First derivatives of programs with any number of outputs: weighted sums of rows, and whole Jacobians. */
import { checkRows, finiteOutputs } from './finite.ts';
import { checkMode, checkOut, enter, type JacobianOptions, jacobianAt } from './jacobian.ts';
import type { CallOptions } from './options.ts';
import { arrange } from './outputs.ts';
import { Runnable } from './runnable.ts';
import type { Gradient, Inputs, Outputs, Point, Value, Weights } from './signature.ts';
import { SEVERAL, STATE } from './state.ts';

/** A dense Jacobian: `jacobian[i * cols + j]` is how output i changes with input j, both in flat order. */
export interface Jacobian<R extends Outputs = Outputs> {
  readonly value: Value<R>;
  /** Row by row. */
  readonly jacobian: Float64Array;
  /** Flat outputs: the numbers of all outputs in the order in which they were returned, matrices row by row. */
  readonly rows: number;
  /** Flat differentiated inputs, as in `point`: in the order of the signature, matrices row by row. */
  readonly cols: number;
}

/** What {@link Program} has for functions of several outputs. */
export abstract class Derivatives<S extends Inputs = Inputs, R extends Outputs = Outputs> extends Runnable<S> {
  /**
   * The gradient of a weighted sum of all outputs, by one reverse sweep: wᵀ·J, a vector-Jacobian product. O(n + p), whatever
   * the number of outputs. A weight of 0 leaves an output out, even where its derivative is infinite.
   *
   * @param weights one number for every number of the outputs, in the structure of `value`
   * @throws WrongType, WrongLength, MissingName, UnknownName for weights of another structure; and whatever `value` throws
   *
   * @example
   * import { compile, scalar } from 'wengert';
   * const f = compile({ x: scalar, y: scalar }, ({ x, y }) => [x.mul(y), x.add(y)]);
   * f.vjp({ x: 3, y: 2 }, [1, 10]); // { value: [6, 5], gradient: { x: 12, y: 13 } }
   */
  vjp(point: Point<S>, weights: Weights<R>, options?: CallOptions): { value: Value<R>; gradient: Gradient<S> } {
    const state = this[STATE];
    const seeds = state.assignWeights('vjp', point, weights);
    state.limit('gradient', options);
    state.forward();
    const value = arrange<R>(state, finiteOutputs(state));
    state.machine.reverse(seeds);
    const { adjoint } = state.machine;
    if (state.checked) checkRows(state, adjoint, adjoint.length, () => seeds.findIndex((w) => w !== 0));
    return { value, gradient: this.read(adjoint) };
  }

  /**
   * All derivatives of all outputs, dense. By tangent sweeps along several inputs at once where there are few inputs, by a
   * reverse sweep for each output where there are few of those: O(n · min(inputs / 4, outputs)).
   *
   * @throws BadOption; and whatever `value` throws
   *
   * @example
   * import { compile, scalar, vector } from 'wengert';
   * const f = compile({ a: scalar, x: vector(2) }, ({ a, x }) => ({ scaled: x.mul(a), product: x.at(0).mul(x.at(1)) }));
   * const { value, jacobian, rows, cols } = f.jacobian({ a: 2, x: [3, 5] });
   * value; // { scaled: Float64Array [6, 10], product: 15 }
   * [rows, cols]; // [3, 3]
   * jacobian; // Float64Array [3, 2, 0, 5, 0, 2, 0, 5, 3]
   */
  jacobian(point: Point<S>, options?: JacobianOptions): Jacobian<R> {
    const state = this[STATE];
    checkMode('jacobian', options?.mode);
    state.assign('jacobian', point, SEVERAL);
    const rows = state.machine.outputCount();
    const cols = state.machine.point.length;
    const jacobian = new Float64Array(rows * cols);
    jacobianAt(state, jacobian, options);
    return { value: arrange<R>(state, state.values()), jacobian, rows, cols };
  }

  /**
   * The Jacobian at a flat point, into a buffer, as {@link evaluate} does it: one crossing, and nothing is allocated once the
   * first call has made room. For inner loops that take many small Jacobians.
   *
   * @param flat the differentiated inputs, in the order of the signature, matrices row by row
   * @param jacobianOut where rows × cols numbers go, row by row, as in {@link jacobian}
   * @param valuesOut where the outputs go, flat
   * @returns jacobianOut
   * @throws DataMissing, WrongLength, WrongType, DetachedBuffer, OutOfRange, StepLimit, OutOfMemory, Disposed, Reentrant
   *
   * @example
   * import { compile, scalar } from 'wengert';
   * const polar = compile({ r: scalar, t: scalar }, ({ r, t }) => [r.mul(t.cos()), r.mul(t.sin())]);
   * const values = new Float64Array(2);
   * polar.evaluateJacobian([2, 0], new Float64Array(4), values); // Float64Array [1, 0, 0, 2]
   * values; // Float64Array [2, 0]
   */
  evaluateJacobian(flat: ArrayLike<number>, jacobianOut: Float64Array, valuesOut?: Float64Array): Float64Array {
    const state = this[STATE];
    enter(state, 'evaluateJacobian: the point', flat);
    const { machine } = state;
    const rows = machine.outputCount();
    checkOut('evaluateJacobian: the Jacobian', jacobianOut, rows * machine.point.length);
    if (valuesOut !== undefined) checkOut('evaluateJacobian: the values', valuesOut, rows);
    jacobianAt(state, jacobianOut);
    if (valuesOut !== undefined) machine.readOutputs(valuesOut);
    return jacobianOut;
  }
}
