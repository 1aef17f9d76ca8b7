/** A gradient held against differences of the value. */
import { fail } from './errors.ts';
import { show } from './graph/show.ts';
import type { Runnable } from './program/runnable.ts';
import type { Gradient, Inputs } from './program/signature.ts';
import { STATE } from './program/state.ts';
import type { Place } from './program/marshal.ts';

export interface GradcheckOptions {
  /** Largest relative error that passes. Default 1e-6. */
  readonly tolerance?: number;
  /** Step, as a multiple of max(1, |x|). Default ∛ε ≈ 6e-6. */
  readonly step?: number;
}

/** One derivative. */
export interface CheckedDerivative {
  /** `w`, `x[2]`, `W[0][1]` */
  readonly name: string;
  /** From the program. */
  readonly gradient: number;
  /** From central differences. */
  readonly difference: number;
  /** Of the two, relative to the larger, beyond what rounding of the value explains; NaN if either is. */
  readonly error: number;
  readonly ok: boolean;
}

export interface Gradcheck {
  /** All are within the tolerance. */
  readonly ok: boolean;
  /** The one with the largest error; undefined if there are no parameters. */
  readonly worst: CheckedDerivative | undefined;
  /** One for every differentiated number, in flat order. */
  readonly rows: readonly CheckedDerivative[];
  toString(): string;
}

/**
 * Compares the gradient with central differences of the value, at h and 2h, extrapolated to h = 0 (Richardson 1911).
 * O(p · n): for tests, away from kinks and jumps.
 *
 * @throws BadOption, and whatever `program.gradient(point)` throws
 *
 * @example
 * import { compile, gradcheck, scalar } from 'wengert';
 * const f = compile({ x: scalar, y: scalar }, ({ x, y }) => x.sin().mul(y));
 * gradcheck(f, { x: 0.5, y: 3 }).ok; // true
 */
export function gradcheck<S extends Inputs, P>(
  program: Runnable<S> & { gradient(point: P): { value: number; gradient: Gradient<S> } },
  point: NoInfer<P>,
  options: GradcheckOptions = {},
): Gradcheck {
  const tolerance = positive('tolerance', options.tolerance ?? 1e-6);
  const step = positive('step', options.step ?? Math.cbrt(Number.EPSILON));
  program.gradient(point);
  const gradient = program.adjoint.slice();
  const at = program.point.slice();

  const names = program[STATE].parameters.flatMap(elementNames);
  const rows = names.map((name, i): CheckedDerivative => {
    const { difference, noise } = differentiate(program, at, i, step);
    const g = gradient[i]!;
    const excess = Math.max(0, Math.abs(g - difference) - noise);
    const error = excess === 0 ? 0 : excess / Math.max(Math.abs(g), Math.abs(difference));
    return { name, gradient: g, difference, error, ok: error <= tolerance };
  });
  program.evaluate(at);

  const worst = rows.reduce<CheckedDerivative | undefined>(
    (a, b) => (a && !(b.error > a.error || Number.isNaN(b.error)) ? a : b),
    undefined,
  );
  const ok = rows.every((row) => row.ok);
  return { ok, worst, rows, toString: () => report(rows, worst) };
}

/** The difference quotient with respect to element i, and how far rounding of the values may move it. */
function differentiate(
  program: Runnable<Inputs>,
  at: Float64Array,
  i: number,
  step: number,
): { difference: number; noise: number } {
  const x = at[i]!;
  const h = step * Math.max(1, Math.abs(x));
  let largest = 0;
  const slope = (by: number): number => {
    const [right, left] = [x + by, x - by];
    at[i] = right;
    const above = program.evaluate(at);
    at[i] = left;
    const below = program.evaluate(at);
    at[i] = x;
    largest = Math.max(largest, Math.abs(above), Math.abs(below));
    return (above - below) / (right - left);
  };
  const difference = (4 * slope(h) - slope(2 * h)) / 3;
  return { difference, noise: (16 * Number.EPSILON * largest) / h };
}

function report(rows: readonly CheckedDerivative[], worst: CheckedDerivative | undefined): string {
  const wrong = rows.filter((row) => !row.ok);
  const sentence = (row: CheckedDerivative): string =>
    `${row.name}: gradient ${digits(row.gradient, 10)}, differences ${digits(row.difference, 10)}, relative error ${digits(row.error, 2)}`;
  if (wrong.length === 0)
    return `gradcheck: all ${rows.length} derivatives agree${worst ? `; the worst is ${sentence(worst)}` : ''}`;
  const shown = wrong.slice(0, 20).map((row) => `\n  ${sentence(row)}`);
  return `gradcheck: ${wrong.length} of ${rows.length} derivatives are wrong${shown.join('')}${wrong.length > 20 ? '\n  …' : ''}`;
}

function digits(x: number, n: number): number {
  return Number(x.toPrecision(n));
}

function elementNames({ name, shape, size }: Place): string[] {
  const columns = shape[1];
  return Array.from({ length: size }, (_, i) => {
    if (shape.length === 0) return name;
    return columns === undefined ? `${name}[${i}]` : `${name}[${Math.floor(i / columns)}][${i % columns}]`;
  });
}

function positive(name: string, x: number): number {
  if (x > 0 && x < Number.POSITIVE_INFINITY) return x;
  return fail('BadOption', `gradcheck: ${name} is a number > 0, not ${show(x)}`);
}
