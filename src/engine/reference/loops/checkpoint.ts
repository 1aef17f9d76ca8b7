/**
 * Scans too long to be kept: binomial checkpointing (Griewank & Walther 2000, "revolve"). A snapshot is what the scan carries into an
 * iteration; the reverse sweep goes on from the last one before the iteration it needs. With c snapshots and n ≤ (c + r choose r)
 * iterations, each is run at most r times more. Snapshots hold iterations p[0] = 0 < p[1] < …; the marks beyond the last are −1.
 *
 *     snapshots   iterations   runs of an iteration, the first included
 *         5              100    4.2
 *        10            1,000    4.6
 *        50          100,000    4.7
 *       100        1,000,000    4.8
 */
import { BODY } from '../../../link/code.ts';
import type { Frames } from './frames.ts';

/** Is this a scan that saves snapshots? */
export function keepsSnapshots({ code }: Frames, B: number): boolean {
  return code[B + BODY.scan] !== 0 && code[B + BODY.stride] === 0 && code[B + BODY.snapshots]! > 0;
}

/** Iterations to go on before the next snapshot, with m > 1 still to come from the last one and room for `free` more. */
export function advance(m: number, free: number): number {
  if (free === 0) return m - 1;
  const c = free + 1; // the last one counts
  let reach = 1; // (c + r choose r): what c snapshots reach when each iteration is run r times again
  let later = 1; // (c − 1 + r choose r): the same from the next snapshot on
  let [reachBefore, laterBefore] = [1, 1]; // with r − 1
  for (let r = 1; reach < m; r++) {
    [reachBefore, laterBefore] = [reach, later];
    reach = (reach * (c + r)) / r;
    later = (later * (c - 1 + r)) / r;
  }
  return Math.min(reachBefore, m - laterBefore);
}

/** Saves what is carried into iteration t as snapshot k. @returns k */
export function save({ code, v }: Frames, B: number, k: number, t: number): number {
  const cells = code[B + BODY.cells]!;
  const count = code[B + BODY.cellCount]!;
  const marks = code[B + BODY.marks]!;
  if (k === 0) v.fill(-1, marks, marks + code[B + BODY.snapshots]!);
  v.copyWithin(code[B + BODY.saved]! + k * count, cells, cells + count);
  v[marks + k] = t;
  return k;
}

/** In the forward sweep, snapshot k was saved before iteration t: before which comes the next one? −1: none. */
export function snapshotAfter({ code }: Frames, B: number, t: number, k: number): number {
  const free = code[B + BODY.snapshots]! - k - 1;
  const left = code[B + BODY.n]! - t;
  return free > 0 && left > 1 ? t + advance(left, free) : -1;
}

/** Snapshots in use after a forward sweep, or after a reverse sweep. */
export function snapshotsOf({ code, v }: Frames, B: number): number {
  const marks = code[B + BODY.marks]!;
  let k = 1;
  while (k < code[B + BODY.snapshots]! && v[marks + k]! >= 0) k++;
  return k;
}

/** Puts snapshot k back. @returns its iteration */
export function restore({ code, v }: Frames, B: number, k: number): number {
  const count = code[B + BODY.cellCount]!;
  const from = code[B + BODY.saved]! + k * count;
  v.copyWithin(code[B + BODY.cells]!, from, from + count);
  return v[code[B + BODY.marks]! + k]!;
}

/** Drops snapshot k if it is that of iteration t, but never the first: a sweep may come again. @returns how many are left */
export function drop({ code, v }: Frames, B: number, k: number, t: number): number {
  const mark = code[B + BODY.marks]! + k;
  if (k === 0 || v[mark] !== t) return k + 1;
  v[mark] = -1;
  return k;
}
