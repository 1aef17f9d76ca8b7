/** A program over many rows of data, run in lanes: parameters shared, one result for all rows. */
import { fail } from '../errors.ts';
import { checkFinite } from './finite.ts';
import { Runnable } from './runnable.ts';
import type { DataRows, Gradient, Inputs, Parameters, RowsPoint } from './signature.ts';
import type { CallOptions } from './options.ts';
import { STATE, type State } from './state.ts';

/**
 * The sum or mean of a program's output over rows of data; made by `program.over()`. Data inputs gain a leading
 * dimension: a scalar becomes an array of rows, a vector(n) becomes rows × n, flat or nested.
 */
export class RowsProgram<S extends Inputs = Inputs> extends Runnable<S> {
  /** @internal */
  constructor(state: State) {
    super(state);
  }

  /** The sum or mean over the rows. O(rows · n). @throws as `Program.value` */
  value(point: RowsPoint<S>, options?: CallOptions): number {
    const state = this[STATE];
    state.assign('value', point);
    state.limit('value', options);
    const value = state.forward();
    return state.checked ? checkFinite(state, value, false) : value;
  }

  /** The same with its gradient. O(rows · n + p). @throws as `Program.gradient` */
  gradient(point: RowsPoint<S>, options?: CallOptions): { value: number; gradient: Gradient<S> } {
    this[STATE].assign('gradient', point);
    return this.gradientHere(options);
  }

  /** The same value's derivative along a direction. O(rows · n). @throws as `Program.jvp` */
  jvp(point: RowsPoint<S>, direction: Parameters<S>, options?: CallOptions): { value: number; tangent: number } {
    const state = this[STATE];
    const along = state.assignWith('jvp', point, direction);
    state.limit('tangent', options);
    const tangent = state.tangent(along);
    return { value: state.forward(), tangent };
  }

  /**
   * Copies rows of data in, to be used by every call until they are bound again. All data together may change the number
   * of rows; part of it has to have as many rows as the rest. O(data).
   *
   * @throws UnknownName, WrongType, WrongLength, DetachedBuffer, OutOfMemory, Disposed, Reentrant
   */
  bind(values: DataRows<S>): this {
    this[STATE].bind(values);
    return this;
  }

  /** Rows bound now; 0 before. */
  get rows(): number {
    return this[STATE].rows;
  }

  /** The output of each row at the last evaluation: to be read afresh each time, for it may be a view. @throws DataMissing before `bind` */
  get rowValues(): Float64Array {
    const state = this[STATE];
    state.requireSize();
    if (state.rows === 0) fail('DataMissing', 'rowValues: no rows are bound yet');
    return state.rowOutputs();
  }
}
