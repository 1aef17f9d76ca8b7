/**
 * One interface, several readings of the same program: of a flat tape (a {@link RowMachine}), or of one with loops
 * (a {@link LoopMachine}).
 *
 * A {@link Machine} is a program loaded into an engine. Its views are zero-copy; memory may grow when *another* program is
 * loaded, rows are reserved or lengths change, so read a view afresh after such a call and never keep one across it.
 */
import type { Linked } from '../link/code.ts';
import type { Tape } from '../tape/layout.ts';
import type { LoopTape } from '../tape/loops/layout.ts';

export type EngineName = 'compiled' | 'interpreter' | 'reference';

export interface Engine {
  readonly name: EngineName;
  /** Loads a checked tape. @param isFast generated code may be contracted, and its bits differ @throws OutOfMemory, leaving the engine usable */
  load(tape: Tape, isFast?: boolean): RowMachine;
  /** Loads a checked program with loops. One without named lengths is linked at once. @throws OutOfRange, OutOfMemory, leaving the engine usable */
  loadLoops(tape: LoopTape, isFast?: boolean): LoopMachine;
}

/** How rows become one number: their sum, or their mean. */
export type RowReduce = 'sum' | 'mean';

/** The shortest way to a gradient: write `point`, call run(P), read `adjoint`. Of no use once `point` has no length, or the core is given up. */
export interface Hot {
  readonly point: Float64Array;
  readonly adjoint: Float64Array;
  readonly run: (P: number) => number;
  readonly P: number;
  readonly core: { readonly poisoned: boolean };
  /** If not, NaN may mean that the call is to be made the long way. */
  readonly isCertain: boolean;
}

/** A colour from 0 to count − 1 for each column, or each row: those of one colour have no row, or no column, in common. */
export interface Compression {
  readonly count: number;
  readonly colours: Int32Array;
}

/** What machines of both kinds of programs do. */
export interface Machine {
  /** Where gradients of single rows need nothing else. */
  readonly hot?: Hot | undefined;
  /** The differentiated inputs, flat (p); write before forward(). */
  readonly point: Float64Array;
  /** The data inputs, flat (q); write, then call bound(). */
  readonly data: Float64Array;
  /** ∂/∂point after reverse(), flat (p); never −0. */
  readonly adjoint: Float64Array;

  /** Data was written: evaluates what depends on data alone. */
  bound(): void;
  /** Values at the current point; returns the first output. O(n). */
  forward(): number;
  /** Output i of the last forward(). */
  output(i: number): number;
  /** Adjoints of the last forward(), for the given seeds of the outputs (default: 1 for the first). O(n + p). */
  reverse(seeds?: Float64Array): void;
  /** forward() and reverse() in one crossing; returns the first output. */
  gradient(): number;
  /** Directional derivative: runs forward(), then tangents along `direction` (p); returns one tangent per output. O(n). */
  tangent(direction: Float64Array): Float64Array;

  /** Directions that one sweep of jacobianColumns goes along. */
  readonly directions: number;
  /**
   * Runs forward(), then tangents: out (outputs × count, row by row) is the Jacobian, the columns of each colour added up;
   * without colours, count being p, the Jacobian itself. Each column has the bits of tangent(). O(n · count).
   */
  jacobianColumns(out: Float64Array, compression?: Compression): void;
  /** The same by rows (count × p), one reverse sweep for each colour; without colours, count is the number of outputs. */
  jacobianRows(out: Float64Array, compression?: Compression): void;
  /** Flat outputs, as many as there are now. */
  outputCount(): number;
  /** Copies all flat outputs of the last sweep. */
  readOutputs(out: Float64Array): void;

  /** Steps of gradient descent, in a crossing or two each; state lives beside the program. */
  stepper(rule: UpdateRule): Stepper;

  /** Elements processed since counting was switched on; see ARCHITECTURE.md, "Steps". */
  countSteps(on: boolean): void;
  steps(): number;
  dispose(): void;
}

/** A flat tape, loaded: one row of data, or many. */
export interface RowMachine extends Machine {
  readonly tape: Tape;

  /** Room for `rows` rows of data: a row-major view (rows × q) to write into. Kept until reserved again. */
  reserve(rows: number): Float64Array;
  /** The first output of each row after forwardRows or gradientRows (rows). */
  readonly rowOutputs: Float64Array;
  /** Value over the first `rows` reserved rows, parameters shared. */
  forwardRows(rows: number, reduce: RowReduce): number;
  /** The same with its gradient, left in `adjoint`. */
  gradientRows(rows: number, reduce: RowReduce): number;
  /** The same value's directional derivative along `direction` (p). */
  tangentRows(rows: number, reduce: RowReduce, direction: Float64Array): number;

  /** A copy of all values by slot after forward(): for printing and for finding where a NaN arose. */
  values(): Float64Array;
}

/** A program with loops, loaded, and linked for the lengths in force. A sweep in which a computed index leaves its array throws OutOfRange. */
export interface LoopMachine extends Machine {
  readonly tape: LoopTape;
  /** The code for the lengths in force; undefined before the first resize() of a program with named lengths. */
  readonly linked: Linked | undefined;
  /**
   * Links for these lengths, in the order of tape.lengths, or takes the linked code from a cache of the last four; views are
   * to be read afresh. Contents of point and data are undefined afterwards unless the lengths were in force already (then
   * nothing happens).
   *
   * @throws OutOfRange (an index that leaves its array for these lengths): then all is as it was; OutOfMemory: then either all
   * is as it was, or `linked` is undefined until the next resize
   */
  resize(lengths: readonly number[]): void;
  /** A copy of output port k. */
  readOutput(k: number): Float64Array;
}

/** θ ← θ − rate·…: plain or with momentum (Polyak 1964), or Adam (Kingma & Ba 2015). */
export type UpdateRule =
  | { readonly kind: 'momentum'; readonly rate: number; readonly momentum: number }
  | { readonly kind: 'adam'; readonly rate: number; readonly beta1: number; readonly beta2: number; readonly epsilon: number };

export interface Stepper {
  /** Gradient at `point`, then the update of `point` in place; rows = 0 means the plain program. Returns the value before the update. */
  step(rate: number, rows: number, reduce: RowReduce): number;
  dispose(): void;
}
