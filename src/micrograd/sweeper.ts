/** The memory in which sheets are swept: the core's, into which a sheet is copied; the heap where there is no WebAssembly. */
import { WengertError } from '../errors.ts';
import { HeapMemory } from '../record/heap.ts';
import { NODE_WORDS } from '../record/layout.ts';
import { clearAdjoints, COPIES, type Memory } from '../record/memory.ts';
import { NativeMemory } from '../record/native.ts';

let shared: Memory | undefined;

/** @throws OutOfMemory */
export function sweeper(): Memory {
  if (shared === undefined || (shared instanceof NativeMemory && shared.lost)) {
    try {
      shared = new NativeMemory();
      shared.reserve('scratch', COPIES * 64);
    } catch (error) {
      if (!(error instanceof WengertError && error.code === 'EngineUnavailable')) throw error;
      shared = new HeapMemory();
    }
  }
  return shared;
}

/** What a sweep starts from. */
export interface Seeds {
  readonly slots: number[];
  readonly adjoints: number[];
}

/** Adjoints of a tape, as a copy: one for each slot up to the last that is seeded. */
export function sweep(tape: Memory, seeds: Seeds, kept: Float64Array | undefined, gated: boolean): Float64Array {
  const memory = sweeper();
  const last = seeds.slots.reduce((a, b) => Math.max(a, b), 0);
  const count = last + 1;
  memory.take('values', tape.values, count);
  memory.take('code', tape.code, NODE_WORDS * count);
  memory.take('lists', tape.lists, tape.lists.length);
  if (memory.scratch.length < tape.scratch.length) memory.reserve('scratch', tape.scratch.length);
  if (kept) {
    memory.take('kept', kept, Math.min(count, kept.length), count);
    memory.kept.fill(0, kept.length, count);
  }
  const adjoints = clearAdjoints(memory, count);
  seeds.slots.forEach((slot, i) => {
    adjoints[slot] = adjoints[slot]! + (seeds.adjoints[i]! + 0);
  });
  memory.pull(last, gated, kept !== undefined);
  return memory.adjoints.slice(0, count);
}
