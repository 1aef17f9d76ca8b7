/** Linked programs in the reference engine, all sweeps of them, against one node an operation. */
import { expect } from 'vitest';
import type { LoopMachine } from '../../src/engine/engine.ts';
import { loopMachine } from '../../src/engine/reference/loops/machine.ts';
import type { Assembled, LoopOptions } from './linked.ts';
import { unrolled } from './linked-unrolled.ts';

/** A machine whose memory is full of NaN where nothing has been written. */
export function load({ linked, tape }: Assembled, params: readonly number[], data: readonly number[]): LoopMachine {
  const machine = loopMachine(tape, () => linked);
  new Float64Array(machine.point.buffer).fill(Number.NaN);
  for (const [offset, value] of linked.constants) new Float64Array(machine.point.buffer)[offset] = value;
  machine.point.set(params);
  machine.data.set(data);
  machine.bound();
  return machine;
}

function close(actual: ArrayLike<number>, expected: readonly number[], what: string): void {
  expect(actual.length, what).toBe(expected.length);
  expected.forEach((x, i) => {
    const error = Math.abs(actual[i]! - x) / Math.max(1, Math.abs(x));
    if (!Object.is(actual[i], x) && !(error < 1e-10)) expect(Array.from(actual), `${what} [${i}]`).toEqual(expected);
  });
}

/** All sweeps of a program, against one node an operation. */
export function check(program: Assembled, params: readonly number[], data: readonly number[]): void {
  const expected = unrolled(program, params, data);
  const machine = load(program, params, data);
  const outputs = (): number[] => expected.outputs.map((_, i) => machine.output(i));
  expect(machine.forward()).toBe(machine.output(0));
  expect(machine.outputCount()).toBe(expected.outputs.length);
  close(outputs(), expected.outputs, 'outputs');
  const seeds = expected.outputs.map((_, i) => (i % 3) - 0.5);
  machine.reverse(Float64Array.from(seeds));
  close(machine.adjoint, expected.gradient(seeds), 'reverse with seeds');
  machine.reverse();
  close(machine.adjoint, expected.gradient(), 'reverse');
  const again = load(program, params, data);
  close([again.gradient()], [expected.outputs[0]!], 'value');
  close(again.adjoint, expected.gradient(), 'gradient');
  const direction = params.map((_, i) => Math.cos(3 * i));
  close(again.tangent(Float64Array.from(direction)), expected.tangent(direction), 'tangent');
  machine.gradient();
  expect(again.gradient()).toBe(machine.output(0));
  expect(Array.from(again.adjoint)).toEqual(Array.from(machine.adjoint));
}

export const LOOPS: readonly LoopOptions[] = [
  { n: 11 },
  { n: 11, kept: true },
  { n: 11, tile: 8 },
  { n: 11, tile: 8, kept: true },
  { n: 3, tile: 16 },
  { n: 17, tile: 16 }, // a last tile of one
];
export const named = (loop: LoopOptions): string => `${loop.tile ?? 1} at once of ${loop.n}${loop.kept ? ', kept' : ''}`;
/** Numbers between 0.2 and 0.8. */
export const wave = (n: number, phase = 0.3): number[] =>
  Array.from({ length: n }, (_, i) => 0.2 + 0.6 * Math.sin(2.3 * i + phase) ** 2);
