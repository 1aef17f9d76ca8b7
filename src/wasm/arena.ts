/**
 * Blocks of WebAssembly memory, one per loaded program, from a coalescing free list kept on this side: blocks are few
 * and large, so a sorted array of holes serves, and the core needs no allocator.
 *
 *     0            heapBase                                             end of memory
 *     │ tables of  │ ■■■■■■ │ hole │ ■■■■■■■■■ │ hole │ ■■■ │ free tail │
 *     │ the core   │ block         block                                └─ grows by pages, never during a sweep
 */
import { fail } from '../errors.ts';

/** Blocks begin on a cache line. */
const LINE = 64;
const PAGE = 65536;
/** One page short of 4 GiB: with all 65,536 pages `memory.size << 16` would be 0 in 32 bits. */
export const MAX_BYTES = 65535 * PAGE;

export interface Arena {
  /** Address of a fresh block, zeroed. @throws OutOfMemory, with nothing changed */
  take(bytes: number): number;
  /** Gives a block back; neighbours join. */
  give(address: number): void;
  /** Bytes in blocks, for tests and for finding leaks. */
  used(): number;
  /** Called whenever memory has grown: all views on it are gone then. */
  readonly moved: Set<() => void>;
}

export function arena(memory: WebAssembly.Memory, base: number): Arena {
  let top = roundUp(base, LINE); // everything above is untouched
  const holes: { at: number; bytes: number }[] = []; // ascending, never adjacent
  const blocks = new Map<number, number>();
  const moved = new Set<() => void>();

  const release = (at: number, bytes: number): void => {
    let i = holes.findIndex((h) => h.at > at);
    if (i < 0) i = holes.length;
    holes.splice(i, 0, { at, bytes });
    const next = holes[i + 1];
    if (next && at + bytes === next.at) holes.splice(i, 2, { at, bytes: bytes + next.bytes });
    const before = holes[i - 1];
    const here = holes[i]!;
    if (before && before.at + before.bytes === here.at)
      holes.splice(i - 1, 2, { at: before.at, bytes: before.bytes + here.bytes });
    const last = holes[holes.length - 1]!;
    if (last.at + last.bytes === top) {
      top = last.at;
      holes.pop();
    }
  };

  return {
    take(wanted) {
      const bytes = Math.max(LINE, roundUp(wanted, LINE));
      let at: number;
      const i = holes.findIndex((h) => h.bytes >= bytes); // first fit
      if (i >= 0) {
        const hole = holes[i]!;
        at = hole.at;
        if (hole.bytes === bytes) holes.splice(i, 1);
        else holes[i] = { at: at + bytes, bytes: hole.bytes - bytes };
      } else {
        at = top;
        const missing = at + bytes - memory.buffer.byteLength;
        if (at + bytes > MAX_BYTES)
          fail(
            'OutOfMemory',
            `a program of ${size(bytes)} does not fit beside ${size(top - base)} already in use (4 GiB at most)`,
          );
        if (missing > 0) grow(memory, missing, bytes);
        top = at + bytes;
        if (missing > 0) for (const renew of moved) renew();
      }
      blocks.set(at, bytes);
      new Uint8Array(memory.buffer, at, bytes).fill(0);
      return at;
    },
    give(at) {
      const bytes = blocks.get(at);
      if (bytes === undefined) return;
      blocks.delete(at);
      release(at, bytes);
    },
    used: () => [...blocks.values()].reduce((s, b) => s + b, 0),
    moved,
  };
}

function grow(memory: WebAssembly.Memory, missing: number, bytes: number): void {
  try {
    memory.grow(Math.ceil(missing / PAGE));
  } catch {
    fail('OutOfMemory', `the runtime refused ${size(missing)} more memory for a program of ${size(bytes)}`);
  }
}

export function roundUp(x: number, to: number): number {
  return Math.ceil(x / to) * to;
}

function size(bytes: number): string {
  return bytes < 1 << 20 ? `${Math.ceil(bytes / 1024)} KiB` : `${(bytes / (1 << 20)).toFixed(1)} MiB`;
}
