/**
 * Slots for constants. A group reads its constants as one broadcast slot if they are all the same, and otherwise from
 * slots side by side in the order of its nodes: so the pool holds duplicates, and no group ever looks a constant up.
 * A run laid out before is used again (a hundred neurons read the same hundred data points).
 */
import { mix } from './classes.ts';
import type { Nodes } from './nodes.ts';
import { push, type Words, words } from './words.ts';

export interface Pool {
  /** For each constant node's place in constantValues, the first place with the same bits: its number. */
  readonly same: Int32Array;
  /** Where in the pool each number lies first, or −1. */
  readonly place: Int32Array;
  /** The numbers in the pool. */
  readonly content: Words;
  /** Runs laid out, open addressing: start + 1 (0: free), length, hash. */
  runs: Int32Array;
  runCount: number;
}

export function pool(nodes: Nodes): Pool {
  const same = sameBits(nodes.constantValues);
  return { same, place: new Int32Array(same.length).fill(-1), content: words(), runs: new Int32Array(3 * 16), runCount: 0 };
}

function sameBits(values: Float64Array): Int32Array {
  const bits = new Int32Array(values.slice().buffer);
  const same = new Int32Array(values.length);
  let room = 16;
  while (room < 2 * values.length) room *= 2;
  const table = new Int32Array(room);
  for (let i = 0; i < values.length; i++) {
    const low = bits[2 * i]!;
    const high = bits[2 * i + 1]!;
    let h = mix(low, high, 0) & (room - 1);
    while (table[h] !== 0 && (bits[2 * table[h]! - 2] !== low || bits[2 * table[h]! - 1] !== high)) h = (h + 1) & (room - 1);
    if (table[h] === 0) table[h] = i + 1;
    same[i] = table[h]! - 1;
  }
  return same;
}

/** Where in the pool a number stands, alone or in a run. */
export function placeOne(k: Pool, number: number): number {
  if (k.place[number]! < 0) append(k, number);
  return k.place[number]!;
}

/** Where in the pool the first n numbers of `list` stand side by side. */
export function placeRun(k: Pool, list: Int32Array, n: number): number {
  let hash = n;
  for (let i = 0; i < n; i++) hash = mix(hash, list[i]!, 7);
  const mask = k.runs.length / 3 - 1;
  let h = hash & mask;
  for (; k.runs[3 * h] !== 0; h = (h + 1) & mask) {
    const at = k.runs[3 * h]! - 1;
    if (k.runs[3 * h + 1] === n && k.runs[3 * h + 2] === hash && isRun(k.content.data, at, list, n)) return at;
  }
  const at = k.content.size;
  for (let i = 0; i < n; i++) append(k, list[i]!);
  k.runs.set([at + 1, n, hash], 3 * h);
  if (2 * ++k.runCount > mask) widen(k);
  return at;
}

export function poolValues(k: Pool, constantValues: Float64Array): Float64Array {
  const values = new Float64Array(k.content.size);
  for (let i = 0; i < values.length; i++) values[i] = constantValues[k.content.data[i]!]!;
  return values;
}

function isRun(content: Int32Array, at: number, list: Int32Array, n: number): boolean {
  for (let i = 0; i < n; i++) if (content[at + i] !== list[i]) return false;
  return true;
}

function append(k: Pool, number: number): void {
  if (k.place[number]! < 0) k.place[number] = k.content.size;
  push(k.content, number);
}

function widen(k: Pool): void {
  const old = k.runs;
  k.runs = new Int32Array(2 * old.length);
  const mask = k.runs.length / 3 - 1;
  for (let i = 0; i < old.length; i += 3) {
    if (old[i] === 0) continue;
    let h = old[i + 2]! & mask;
    while (k.runs[3 * h] !== 0) h = (h + 1) & mask;
    k.runs.set(old.subarray(i, i + 3), 3 * h);
  }
}
