/** Second derivatives at the point that a program is at: products with directions, and Hessians, dense, sparse, and their diagonals. */
import { blame, checkFinite } from './finite.ts';
import type { CallOptions } from './options.ts';
import { type Second, secondOf } from './second.ts';
import type { State } from './state.ts';

/** The gradient's program, at the point and data at hand, once the call may take as many sweeps. @throws StepLimit, BadOption */
export function enterSecond(state: State, what: string, sweeps: (second: Second) => number, options?: CallOptions): Second {
  const second = secondOf(state, what);
  const most = options?.maxSteps ?? state.options.maxSteps;
  if (most !== undefined) second.state.limitJacobian(sweeps(second), true, { maxSteps: most });
  return second;
}

/** Value, and gradient to `gradient`, of the last sweep. @throws NonFinite where that is asked for */
export function valueAndGradient(state: State, { state: { machine } }: Second, gradient: Float64Array): number {
  const all = new Float64Array(machine.outputCount());
  machine.readOutputs(all);
  gradient.set(all.subarray(1));
  if (state.checked) {
    checkFinite(state, all[0]!, false);
    if (!gradient.every(Number.isFinite)) blame(state, 'the value is finite, its gradient is not');
  }
  return all[0]!;
}

/** @param row of each number: the parameter whose derivative it is a derivative of @throws NonFinite where that is asked for */
export function checkSecond(state: State, second: Second, found: Float64Array, row: (at: number) => number): void {
  if (!state.checked) return;
  const odd = found.findIndex((x) => !Number.isFinite(x));
  if (odd >= 0) blame(second.state, 'value and gradient are finite, second derivatives are not', 1 + row(odd));
}

/** p × p, row by row, both of each pair the same. */
export function denseHessian(second: Second, p: number): Float64Array {
  const all = new Float64Array((1 + p) * p); // the gradient is the first row
  second.state.machine.jacobianColumns(all);
  const H = all.slice(p);
  for (let i = 0; i < p; i++)
    for (let j = 0; j < i; j++) {
      const [a, b] = [H[i * p + j]!, H[j * p + i]!];
      H[i * p + j] = H[j * p + i] = a === b ? a : 0.5 * a + 0.5 * b;
    }
  return H;
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
