/** What an optimiser takes and gives back, and the checks of what it takes. */
import { fail } from '../errors.ts';
import { show } from '../graph/show.ts';
import type { Data, DataRows, Gradient, Inputs, Parameters } from '../program/signature.ts';

/** The rate of each step, given the number of steps done before it: the first is step 0. */
export type Schedule = (step: number) => number;

/** Options of every optimiser. */
export interface Options<S extends Inputs> {
  /** Where to start: the differentiated inputs by name, or flat. It is not changed. */
  readonly start: Parameters<S> | ArrayLike<number>;
  /** How far a step goes, as a number or as a schedule. */
  readonly rate?: number | Schedule;
  /** Steps at most. Default 1,000; with `data`, what `epochs` take. */
  readonly steps?: number;
  /** Stops where no derivative is larger in absolute value. Default 0: no such test. Not with `data`: batches never settle. */
  readonly tolerance?: number;

  /**
   * Data of all rows, to be dealt out in batches. Without it every step uses what is bound. Rows are those of a program made
   * by over(), or they lie along the first named length that leads the shape of some data, as n does in
   * `data(matrix('n', 3))` and `data(vector('n'))`; data without it is bound as it is, or was.
   */
  readonly data?: DataRows<S> | Data<S>;
  /** Rows a step. Default all, or those of the program, as in `over(32)`; then it is the most, too. An epoch's last batch takes what is left. */
  readonly batch?: number;
  /** Passes over the data. Default 1 unless `steps` is given. */
  readonly epochs?: number;
  /** Seed of the shuffle before every epoch, an integer ≥ 0; false keeps the order of the data. Default 0. */
  readonly seed?: number | false;

  /** Called after each step; returning false stops. It can read the program's `point`; calling the program throws Reentrant. */
  readonly progress?: (at: Progress) => unknown;
  /** Stops before the next step once it is aborted; what was reached is returned. */
  readonly signal?: AbortSignal;
  /** Keeps the value of every step. Default false. */
  readonly history?: boolean;
}

/** What the callback sees after each step. */
export interface Progress {
  /** Steps done. */
  readonly step: number;
  /** Steps there will be at most. */
  readonly steps: number;
  /** Epoch, from 1; without `data` it stays 1. */
  readonly epoch: number;
  /** The objective where this step began; with `data`, over this batch. */
  readonly value: number;
  /** The rate of this step. */
  readonly rate: number;
}

/** Why it ended: all steps done, the signal, the callback, the tolerance, or a value that became NaN. */
export type Stopped = 'done' | 'aborted' | 'callback' | 'converged' | 'diverged';

/** What an optimiser returns. */
export interface Result<S extends Inputs> {
  /** The point reached, by name, in the shapes of the inputs. */
  readonly point: Gradient<S>;
  /** The same, flat. */
  readonly flat: Float64Array;
  /** The objective there. With `data`: over the rows of the last epoch, each as it was met (of a program with lengths: the mean of its batches' values, by their rows); NaN before the first. */
  readonly value: number;
  /** Steps done. */
  readonly steps: number;
  readonly stopped: Stopped;
  /** With `history`: the objective where each step began. */
  readonly history?: Float64Array;
}

/** The number given, or the default. @throws BadOption unless it is `good` */
export function checked(name: string, given: unknown, byDefault: number, good: (x: number) => boolean, expected: string): number {
  const x = given === undefined ? byDefault : given;
  if (typeof x !== 'number' || !good(x)) fail('BadOption', `${name}: expected ${expected}, got ${show(x)}`);
  return x;
}

/** @throws BadOption unless it is a whole number ≥ 1 */
export function whole(name: string, given: unknown, byDefault: number): number {
  return checked(name, given, byDefault, (x) => (Number.isSafeInteger(x) && x >= 1) || x === byDefault, 'a whole number ≥ 1');
}

/** @throws BadOption unless it is at least 0 and less than 1 */
export function fraction(name: string, given: unknown, byDefault: number): number {
  return checked(name, given, byDefault, (x) => x >= 0 && x < 1, 'a number from 0 to 1, without 1');
}

/** @throws BadOption unless it is finite and ≥ 0 */
export function size(name: string, given: unknown, byDefault: number): number {
  return checked(name, given, byDefault, (x) => x >= 0 && x < Number.POSITIVE_INFINITY, 'a finite number ≥ 0');
}

/** A rate as a schedule, each of whose rates is checked when its step has come. */
export function schedule(rate: unknown, byDefault: number): Schedule {
  if (typeof rate === 'function') return (step) => size(`rate(${step})`, rate(step), Number.NaN);
  const fixed = size('rate', rate, byDefault);
  return () => fixed;
}
