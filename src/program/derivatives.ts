/** First derivatives of programs with any number of outputs: weighted sums of rows, and whole Jacobians. */
import type { Pattern } from '../sparsity/sets.ts';
import { checkRows, finiteOutputs } from './finite.ts';
import { checkMode, checkOut, enter, type JacobianOptions, jacobianAt } from './jacobian.ts';
import type { CallOptions } from './options.ts';
import { arrange } from './outputs.ts';
import { Runnable } from './runnable.ts';
import type { Gradient, Inputs, Outputs, Point, Value, Weights } from './signature.ts';
import { sparseJacobianAt, sparsityOf } from './sparse.ts';
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

/** A Jacobian in compressed rows: entry e of row i is from `starts[i]` to `starts[i + 1] - 1`, in column `columns[e]`. */
export interface SparseJacobian<R extends Outputs = Outputs> extends Pattern {
  readonly value: Value<R>;
  readonly values: Float64Array;
}

/** What {@link Program} has for functions of several outputs. */
export abstract class Derivatives<S extends Inputs = Inputs, R extends Outputs = Outputs> extends Runnable<S> {
  /**
   * The outputs at a flat point, into a buffer: {@link value} without allocating anything. For loops whose control flow depends
   * on what was computed, a step of which is a program. O(n)
   *
   * @param flat the differentiated inputs, in the order of the signature, matrices row by row
   * @param valuesOut where the outputs go, flat: in the order in which they were returned, matrices row by row
   * @returns valuesOut
   * @throws DataMissing, WrongLength, WrongType, DetachedBuffer, OutOfRange, StepLimit, NonFinite, OutOfMemory, Disposed,
   *   Reentrant
   *
   * @example
   * import { compile, scalar } from 'wengert';
   * const fall = compile({ y: scalar, v: scalar }, ({ y, v }) => [y.add(v.mul(0.5)), v.sub(5)]);
   * const state = new Float64Array([10, 0]);
   * while (state[0]! > 0) fall.evaluateValues(state, state);
   * state; // Float64Array [-5, -20]
   */
  evaluateValues(flat: ArrayLike<number>, valuesOut: Float64Array): Float64Array {
    const state = this[STATE];
    enter(state, 'evaluateValues: the point', flat);
    const { machine } = state;
    const count = machine.outputCount();
    if (!(valuesOut instanceof Float64Array) || valuesOut.length !== count || count === 0)
      checkOut('evaluateValues: the values', valuesOut, count);
    if (state.limited) state.limit('value');
    state.forward();
    if (state.checked) finiteOutputs(state);
    machine.readOutputs(valuesOut);
    return valuesOut;
  }

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
   * first call has made room. For inner loops that take many small Jacobians. (A program with loops takes a sweep, and a crossing,
   * for each direction.)
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

  /**
   * Which entries of the Jacobian can be other than 0: those of inputs that an output depends on. Found by going through the
   * program once with sets of inputs for numbers, loops iteration by iteration, and kept until lengths change. An index that
   * is computed from data is computed, so with other data the pattern is another; what is picked by an index that depends on
   * inputs depends on the whole array. O(n), about a hundred evaluations.
   *
   * @param point wanted where lengths or data are not known yet
   * @returns rows and columns as in {@link jacobian}; row i has entries in the columns from `columns[starts[i]]` to
   *   `columns[starts[i + 1] - 1]`. The arrays are the program's own: do not write to them
   * @throws DataMissing, Disposed, Reentrant; with a point whatever `value` throws
   *
   * @example
   * import { compile, vector } from 'wengert';
   * const f = compile({ x: vector(3) }, ({ x }) => [x.at(0).mul(x.at(2)), x.at(1).square()]);
   * const { rows, cols, starts, columns } = f.sparsity();
   * [rows, cols]; // [2, 3]
   * Array.from(starts); // [0, 2, 3]
   * Array.from(columns); // [0, 2, 1]
   */
  sparsity(point?: Point<S>): Pattern {
    const state = this[STATE];
    if (point !== undefined) state.assign('sparsity', point, SEVERAL);
    else state.require(SEVERAL);
    return sparsityOf(state).pattern;
  }

  /**
   * The Jacobian in compressed rows, only the entries of {@link sparsity}. Columns that have no row in common (or rows without
   * a common column) share a sweep: they are given colours, greedily at distance 2 (Curtis, Powell & Reid 1974; Coleman &
   * Moré 1983), and there are as many sweeps as colours, whichever of columns and rows takes less time. The entries have the
   * bits of {@link jacobian} in the same mode. O(n · colours)
   *
   * @throws BadOption; and whatever `value` throws
   *
   * @example
   * import { compile, vector } from 'wengert';
   * const f = compile({ x: vector(3) }, ({ x }) => [x.at(0).mul(x.at(2)), x.at(1).square()]);
   * f.sparseJacobian({ x: [2, 3, 5] }).values; // Float64Array [5, 2, 6]
   */
  sparseJacobian(point: Point<S>, options?: JacobianOptions): SparseJacobian<R> {
    const state = this[STATE];
    checkMode('sparseJacobian', options?.mode);
    state.assign('sparseJacobian', point, SEVERAL);
    const { pattern } = sparsityOf(state);
    const values = new Float64Array(pattern.columns.length);
    sparseJacobianAt(state, values, options);
    return { value: arrange<R>(state, state.values()), ...pattern, values };
  }

  /**
   * The entries of the Jacobian at a flat point, in the order of {@link sparsity}, into a buffer. Nothing is allocated once
   * the first call has made room. (A program with loops takes a sweep, and a crossing, for each colour.)
   *
   * @param flat the differentiated inputs, as for {@link evaluateJacobian}
   * @param entriesOut as long as the `columns` of {@link sparsity}
   * @param valuesOut where the outputs go, flat
   * @returns entriesOut
   * @throws DataMissing, WrongLength, WrongType, DetachedBuffer, OutOfRange, StepLimit, OutOfMemory, Disposed, Reentrant
   *
   * @example
   * import { compile, vector } from 'wengert';
   * const f = compile({ x: vector(3) }, ({ x }) => [x.at(0).mul(x.at(2)), x.at(1).square()]);
   * const entries = new Float64Array(f.sparsity().columns.length);
   * f.evaluateSparseJacobian([2, 3, 5], entries); // Float64Array [5, 2, 6]
   */
  evaluateSparseJacobian(flat: ArrayLike<number>, entriesOut: Float64Array, valuesOut?: Float64Array): Float64Array {
    const state = this[STATE];
    enter(state, 'evaluateSparseJacobian: the point', flat);
    checkOut('evaluateSparseJacobian: the entries', entriesOut, sparsityOf(state).pattern.columns.length);
    if (valuesOut !== undefined) checkOut('evaluateSparseJacobian: the values', valuesOut, state.machine.outputCount());
    sparseJacobianAt(state, entriesOut);
    if (valuesOut !== undefined) state.machine.readOutputs(valuesOut);
    return entriesOut;
  }
}
