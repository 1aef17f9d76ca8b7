/** What the pieces of a program know of each other: what lies in memory, and where. */
import { shortcuts } from '../interpreter/shortcuts.ts';
import { RECORD_WORDS, type Tape, W } from '../../tape/layout.ts';

/** Where a program's numbers lie, in bytes from P. */
export interface Offsets {
  readonly values: number;
  readonly adjoints: number;
}

export const F64 = 8;
/** The first parameter of every generated function: the address of the program's block. */
export const P = 0;

export class Ledger {
  readonly tape: Tape;
  readonly offsets: Offsets;
  /** Where a slot's adjoint lies: its own slot, or that of the sum it is passed on from, as in the interpreter (shortcuts.ts). */
  readonly place: Int32Array;
  /** 1 where a value is read by another piece or by a reverse sweep, and so must be in memory. */
  readonly isRead: Uint8Array;
  /** 1 where something has reached the adjoint so far, reverse sweeps being written in their order. */
  readonly isReached: Uint8Array;
  /** Pairs (slot, count): what must be −0 before the reverse sweep. */
  readonly clears: number[] = [];
  /** Does the core sweep some of the records? Then slots that nothing reaches must be −0, too. */
  readonly hasCore: boolean;
  /** The first output's slot while nothing but the seed has reached it. */
  seed: number;

  constructor(tape: Tape, offsets: Offsets, hasCore: boolean) {
    this.tape = tape;
    this.offsets = offsets;
    this.hasCore = hasCore;
    this.isRead = new Uint8Array(tape.slots);
    this.isReached = new Uint8Array(tape.slots);
    this.place = Int32Array.from({ length: tape.slots }, (_, slot) => slot);
    const { records } = tape;
    shortcuts(tape).adjoints.forEach((slot, i) => {
      const out = records[i * RECORD_WORDS + W.out]!;
      if (slot === out) return;
      for (let x = records[i * RECORD_WORDS + W.count]! - 1; x >= 0; x--) this.place[out + x] = slot + x;
    });
    for (const slot of tape.outputs) this.isRead[slot] = 1;
    this.seed = tape.outputs[0]!;
    this.isReached[this.seed] = 1;
  }

  valueAt(slot: number): number {
    return this.offsets.values + slot * F64;
  }

  adjointAt(slot: number): number {
    return this.offsets.adjoints + this.place[slot]! * F64;
  }

  /** How many of n slots from `first` on, `step` apart, have been reached. */
  reached(first: number, n: number, step = 1): number {
    let count = 0;
    for (let i = 0; i < n; i++) count += this.isReached[first + i * step]!;
    return count;
  }

  /** Makes sure that the adjoints of these slots can be read: those that nothing has reached are cleared beforehand. */
  clearRest(first: number, n: number, step = 1): void {
    for (let i = 0; i < n; i++) {
      const slot = first + i * step;
      if (this.isReached[slot]) continue;
      const last = this.clears.length - 2;
      if (last >= 0 && this.clears[last]! + this.clears[last + 1]! === this.place[slot]) this.clears[last + 1]!++;
      else this.clears.push(this.place[slot]!, 1);
    }
  }

  /** Something reaches these adjoints. */
  reach(first: number, n: number, step = 1): void {
    for (let i = 0; i < n; i++) {
      this.isReached[first + i * step] = 1;
      if (first + i * step === this.seed) this.seed = -1;
    }
  }
}
