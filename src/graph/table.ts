/**
 * An open-addressing table of node numbers, made for graphs. Nodes are mostly computed from recent nodes, so a node is
 * first sought in the cache line that belongs to its latest operand, and only when that line is full where its hash says.
 * Building ten million nodes then walks through memory instead of missing the cache at every node.
 */
import { fail } from '../errors.ts';

const LINE = 16; // ints in a cache line

export class NodeTable {
  /** Node + 1, 0 where free. A power of two of places, at most half of them taken. */
  slots = new Int32Array(512);

  /** Where to look the i-th time for a node of this hash whose latest operand is `near`; a free place ends the search. */
  place(i: number, hash: number, near: number): number {
    return i < LINE ? ((2 * near) & -LINE) | ((hash + i) & (LINE - 1)) : ((hash >>> 4) + i) & (this.slots.length - 1);
  }

  /** Room for one more than `nodes`, entering everything again if there is none. */
  makeRoom(nodes: number, place: (table: this, id: number) => void): void {
    if (2 * (nodes + 1) <= this.slots.length) return;
    this.slots = room(2 * this.slots.length, Int32Array);
    for (let id = 0; id < nodes; id++) place(this, id);
  }
}

/** One step of MurmurHash3. */
export function mix(h: number, x: number): number {
  x = Math.imul(x, 0xcc9e2d51);
  h ^= Math.imul((x << 15) | (x >>> 17), 0x1b873593);
  return Math.imul((h << 13) | (h >>> 19), 5) + 0xe6546b64;
}

/** The bits of a hash spread over all of them (MurmurHash3's finish, half of it). */
export function finish(h: number): number {
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  return h ^ (h >>> 13);
}

/** A typed array. @throws OutOfMemory where the runtime has no room for it */
export function room<T>(length: number, type: new (length: number) => T): T {
  try {
    return new type(length);
  } catch (cause) {
    return fail('OutOfMemory', `no room for a graph of ${length} entries: ${(cause as Error).message}`);
  }
}
