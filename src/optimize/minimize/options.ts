/** What the minimisers that search take and give back, and the checks of what they take. */
import { fail } from '../../errors.ts';
import { show } from '../../graph/show.ts';
import { checkNames, checkValue, copyValue, type Values } from '../../program/marshal.ts';
import type { Gradient, Inputs, Parameters } from '../../program/signature.ts';
import type { State } from '../../program/state.ts';

/** Limits of the differentiated inputs, by name: a number for all elements of an input, or one each in its shape. Inputs left out have none. */
export type Limits<S extends Inputs> = { readonly [K in keyof Parameters<S>]?: Parameters<S>[K] | number };

/** Options of {@link lbfgs}, {@link newtonCG} and {@link levenbergMarquardt}. */
export interface MinimizeOptions<S extends Inputs> {
  /** Where to start: the differentiated inputs by name, or flat. It is not changed; what lies beyond a limit starts at it. */
  readonly start: Parameters<S> | ArrayLike<number>;
  /** Steps at most. Default 1,000. */
  readonly steps?: number;
  /** Converged where no derivative is larger in absolute value; at a limit one that points outwards does not count. Default 1e-8. */
  readonly tolerance?: number;
  /** The least that inputs may be. Default no limits. */
  readonly lower?: Limits<S>;
  /** The most that inputs may be. */
  readonly upper?: Limits<S>;
  /** Called after each step; returning false stops. It can read the program's `point`; calling the program throws Reentrant. */
  readonly progress?: (at: MinimizeProgress) => unknown;
  /** Stops before the next step once it is aborted; what was reached is returned. */
  readonly signal?: AbortSignal;
}

/** What the callback sees after each step. */
export interface MinimizeProgress {
  /** Steps done. */
  readonly step: number;
  /** Steps there will be at most. */
  readonly steps: number;
  /** The objective where this step ended. */
  readonly value: number;
  /** The largest derivative there in absolute value, as the tolerance means it. */
  readonly slope: number;
  readonly evaluations: Evaluations;
}

/** How often the program was run. */
export interface Evaluations {
  /** Value and gradient together, or values of a program of several outputs. */
  readonly values: number;
  /** Hessian-vector products, or Jacobians. */
  readonly second: number;
}

/**
 * Why it ended: the tolerance was met; no step made the objective smaller any more, as rounding is larger than what is left
 * to gain ('stalled', usually as good); all steps done; the signal; the callback; or a value that is NaN or −∞.
 */
export type MinimizeStopped = 'converged' | 'stalled' | 'done' | 'aborted' | 'callback' | 'diverged';

/** What a minimiser returns. */
export interface Minimized<S extends Inputs> {
  /** The point reached, by name, in the shapes of the inputs. */
  readonly point: Gradient<S>;
  /** The same, flat. */
  readonly flat: Float64Array;
  /** The objective there. */
  readonly value: number;
  /** The largest derivative there in absolute value, as the tolerance means it. */
  readonly slope: number;
  /** Steps done. */
  readonly steps: number;
  readonly stopped: MinimizeStopped;
  readonly evaluations: Evaluations;
}

/** Limits of every flat input; absent where there are none at all. */
export interface Bounds {
  readonly lower: Float64Array;
  readonly upper: Float64Array;
}

/** @throws UnknownName, WrongType, WrongLength, BadOption */
export function boundsOf(state: State, n: number, lower: unknown, upper: unknown): Bounds | undefined {
  if (lower === undefined && upper === undefined) return undefined;
  const bounds = {
    lower: limit(state, n, 'lower', lower, Number.NEGATIVE_INFINITY),
    upper: limit(state, n, 'upper', upper, Number.POSITIVE_INFINITY),
  };
  for (let i = 0; i < n; i++)
    if (!(bounds.lower[i]! <= bounds.upper[i]!))
      fail('BadOption', `lower and upper: ${nameOf(state, i)} has no room between ${bounds.lower[i]} and ${bounds.upper[i]}`);
  return bounds;
}

function limit(state: State, n: number, what: string, given: unknown, none: number): Float64Array {
  const flat = new Float64Array(n).fill(none);
  if (given === undefined) return flat;
  checkNames(what, given, state.parameters);
  for (const { name, shape, offset, size } of state.parameters) {
    const value = (given as Values)[name];
    if (value === undefined) continue;
    if (typeof value === 'number') flat.fill(value, offset, offset + size);
    else {
      checkValue(`${what}.${name}`, value, shape);
      copyValue(value, shape, flat, offset);
    }
  }
  return flat;
}

function nameOf(state: State, i: number): string {
  const { name, offset, size } = state.parameters.find((place) => i >= place.offset && i < place.offset + place.size)!;
  return size > 1 ? `${name}[${i - offset}]` : name;
}

/** @throws BadOption */
export function checkCallbacks({ progress, signal }: Pick<MinimizeOptions<Inputs>, 'progress' | 'signal'>): void {
  if (progress !== undefined && typeof progress !== 'function')
    fail('BadOption', `progress: expected a function, got ${show(progress)}`);
  if (signal !== undefined && typeof signal?.aborted !== 'boolean')
    fail('BadOption', `signal: expected an AbortSignal, got ${show(signal)}`);
}
