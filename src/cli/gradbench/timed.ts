/** A function prepared once and run as often and as long as an eval wants, each run with its time. */
import type { Output } from '../../../examples/gradbench/eval.ts';
import type { JsonObject } from './json.ts';

export interface Runs {
  readonly least: number;
  readonly seconds: number;
}

/** Output of the last run; timings `prepare` (reading, compiling, binding), and `evaluate` of each run. */
export function timed(prepare: () => () => Output, { least, seconds }: Runs): JsonObject {
  const began = performance.now();
  const run = prepare();
  const timings = [{ name: 'prepare', nanoseconds: nanoseconds(performance.now() - began) }];
  let output: Output;
  let total = 0;
  do {
    const start = performance.now();
    output = run();
    const took = performance.now() - start;
    total += took;
    timings.push({ name: 'evaluate', nanoseconds: nanoseconds(took) });
  } while (timings.length <= least || total < seconds * 1000);
  return { success: true, output, timings };
}

const nanoseconds = (milliseconds: number): number => Math.round(milliseconds * 1e6);
