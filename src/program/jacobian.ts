/** Jacobians of a program: by which mode they are computed, and into which buffers. */
import { fail } from '../errors.ts';
import { show } from '../graph/show.ts';
import { checkRows, finiteOutputs } from './finite.ts';
import { checkAttached, copyNumbers } from './marshal.ts';
import type { CallOptions } from './options.ts';
import { SEVERAL, type State, UNSIZED } from './state.ts';

/** Options of Jacobians. */
export interface JacobianOptions extends CallOptions {
  /**
   * 'forward': a tangent sweep for every few inputs; 'reverse': a sweep for every output. Default: whichever takes less time.
   * Both give the same derivatives but for their rounding.
   */
  readonly mode?: 'forward' | 'reverse';
}

// What sweeps cost, in evaluations: medians over networks and irregular graphs of 20 to 20,000 nodes. Along several directions
// a sweep has a part that is the same for any number of them, the partials.
const TANGENT = 2.5; // of a program with loops: values and tangents along one direction
const FEW = 3; // which go one by one
const ALONE = 1.2;
const PARTIALS = 1.5;
const DIRECTION = 0.2;
const REVERSE = 1.2;

/** Time of a Jacobian of so many columns, or so many rows, in evaluations. */
export function costOf({ machine: { directions } }: State, count: number, columns: boolean): number {
  if (!columns) return REVERSE * count;
  if (directions === 1) return TANGENT * count;
  return count <= FEW ? ALONE * count : PARTIALS * Math.ceil(count / directions) + DIRECTION * count;
}

/** By columns, forward, or by rows, in reverse? */
export function byColumns(state: State, columns: number, rows: number, mode?: JacobianOptions['mode']): boolean {
  return mode ? mode === 'forward' : costOf(state, columns, true) < costOf(state, rows, false);
}

/** @throws BadOption */
export function checkMode(what: string, mode: unknown): void {
  if (mode !== undefined && mode !== 'forward' && mode !== 'reverse')
    fail('BadOption', `${what}: mode is 'forward' or 'reverse', not ${show(mode)}`);
}

/** The Jacobian at the point at hand (outputs × parameters), to `out`. @throws StepLimit, NonFinite */
export function jacobianAt(state: State, out: Float64Array, options: JacobianOptions = {}): void {
  const { machine } = state;
  const p = machine.point.length;
  const m = machine.outputCount();
  const columns = byColumns(state, p, m, options.mode);
  state.limitJacobian(columns ? p : m, columns, options);
  if (columns) machine.jacobianColumns(out);
  else machine.jacobianRows(out);
  if (!state.checked) return;
  finiteOutputs(state);
  checkRows(state, out, p);
}

/** Puts a flat point in force. @throws DataMissing, WrongLength, WrongType, DetachedBuffer, OutOfRange, Disposed, Reentrant */
export function enter(state: State, what: string, flat: ArrayLike<number>): void {
  if ((state.blocked & ~SEVERAL) !== 0) {
    state.require(UNSIZED | SEVERAL);
    state.fit(flat, what);
  }
  let point = state.machine.point;
  if (flat === point) return;
  if (!(flat instanceof Float64Array) || flat.length !== point.length) {
    state.fit(flat, what);
    point = state.machine.point;
  }
  copyNumbers(flat, 0, point.length, point, 0);
}

/** @throws WrongType, DetachedBuffer, WrongLength unless it is a Float64Array of this length */
export function checkOut(what: string, out: unknown, length: number): asserts out is Float64Array {
  if (Object.prototype.toString.call(out) !== '[object Float64Array]')
    fail('WrongType', `${what}: expected a Float64Array to write to, got ${show(out)}`);
  const array = out as Float64Array;
  checkAttached(what, array);
  if (array.length !== length) fail('WrongLength', `${what}: expected room for ${length} numbers, got ${array.length}`);
}
