/**
 * The time of a call, in a process that has nothing else to do. It is CPU time of the process, which on one core is what the
 * call takes where nobody else runs, and stays it where somebody does.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { median } from './harness.ts';

const SAMPLE = 3e6; // ns: CPU time is known to the microsecond
const SAMPLES = 40;
const LEAST = 5; // samples, of calls that are long
const WARM_UP = [0.8e9, 6e9] as const; // ns, at least and at most: a library of thousands of functions is compiled late
const BUDGET = 4e9; // ns, of all samples together
const STEADY = 0.97; // of the time before: then it is as warm as it gets

/** Nanoseconds of CPU time for `size` calls. All contestants are called from here, and decoys first, so that none is inlined. */
function batch(run: () => unknown, size: number): number {
  const before = process.cpuUsage();
  for (let i = 0; i < size; i++) run();
  const { user, system } = process.cpuUsage(before);
  return (user + system) * 1e3;
}

const DECOYS = [() => 1, () => '', () => null, () => undefined, () => [], () => true];

/** Nanoseconds of one call, warm. */
export async function timeOf(run: () => unknown): Promise<number> {
  for (let i = 0; i < 2000; i++) for (const decoy of DECOYS) batch(decoy, 10);
  let size = 1;
  let took = batch(run, size);
  if (took > BUDGET) return took; // such a call is as warm as it gets
  // engines may compile beside the program, so they get some pauses
  let before = Infinity;
  for (let spent = 0; spent < WARM_UP[1]; ) {
    const samples: number[] = [];
    for (let round = 0; round < WARM_UP[0] / 4; round += samples.at(-1)!) samples.push(batch(run, size));
    took = median(samples);
    spent += samples.reduce((a, b) => a + b, 0);
    await pause(5);
    if (spent >= WARM_UP[0] && took > STEADY * before) break;
    // asking for the time takes some, too: longer samples, and what they take now says nothing about what they took before
    const longer = took < SAMPLE / 2;
    if (longer) size = Math.ceil(size * Math.min(10, SAMPLE / took));
    before = longer ? Infinity : took;
  }
  const count = Math.max(LEAST, Math.min(SAMPLES, Math.floor(BUDGET / took)));
  return median(Array.from({ length: count }, () => batch(run, size))) / size;
}
