/**
 * Races: the contestants of one problem, in one process, taking turns; medians of medians. Times are in nanoseconds.
 *
 * A call may take 10 ns, a clock reading takes 40: a contestant is called so often in a row that a sample takes half a
 * millisecond. Rounds alternate between contestants, so that a machine that slows down slows all of them.
 */
import { Bench } from 'tinybench';

export type Contestants<K extends string> = { readonly [name in K]?: (() => unknown) | undefined };
export type Times<K extends string> = { readonly [name in K]?: number };

const SAMPLE_MS = 0.5;
const WARM_UP = 5;

export interface RaceOptions {
  readonly rounds?: number;
  /** Milliseconds per contestant and round. */
  readonly time?: number;
}

/** Nanoseconds per call of each contestant. */
export function race<K extends string>(contestants: Contestants<K>, { rounds = 3, time = 150 }: RaceOptions = {}): Times<K> {
  const entries = Object.entries(contestants) as [K, (() => unknown) | undefined][];
  const present = entries.filter((entry): entry is [K, () => unknown] => entry[1] !== undefined);
  const batches = present.map(([name, run]) => ({ name, run, size: batchSize(run), medians: [] as number[] }));
  for (let round = 0; round < rounds; round++) {
    for (const { name, run, size, medians } of batches) {
      const bench = new Bench({ time, iterations: 3, warmupTime: time / 5, warmupIterations: 1, throws: true });
      bench.add(name, () => {
        for (let i = 0; i < size; i++) run();
      });
      const [task] = bench.runSync();
      if (task?.result.state !== 'completed') throw new Error(`${name} did not finish`);
      medians.push((task.result.latency.p50 * 1e6) / size);
    }
  }
  return Object.fromEntries(batches.map(({ name, medians }) => [name, median(medians)])) as Times<K>;
}

/** How many calls make a sample long enough to be timed. */
function batchSize(run: () => unknown): number {
  for (let size = 1; ; size *= 4) {
    const began = performance.now();
    for (let i = 0; i < size; i++) run();
    const took = performance.now() - began;
    if (took >= SAMPLE_MS / 4) return Math.max(1, Math.round((size * SAMPLE_MS) / took));
  }
}

/** Nanoseconds of one call, for what cannot be called twice on the same thing: the first call, and the median once the code is warm. */
export function once<T>(times: number, prepare: () => T, run: (prepared: T) => unknown): { first: number; warm: number } {
  const samples = Array.from({ length: WARM_UP + times }, () => {
    const prepared = prepare();
    globalThis.gc?.();
    const began = performance.now();
    run(prepared);
    return (performance.now() - began) * 1e6;
  });
  return { first: samples[0]!, warm: median(samples.slice(WARM_UP)) };
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((x, y) => x - y);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
