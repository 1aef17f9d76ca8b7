/**
 * A sum written as one addition after another, over all that one record computes: the first entries of a strip. It is part of
 * the loop that computes its terms, lane after lane, so that these additions, each of which waits for the one before, go on
 * beside all else. Backward what reaches the last of them reaches all terms.
 *
 *     entry     0          1             2             …
 *               t₀ + t₁    before + t₂   before + t₃          −0 + t₀ is t₀: every lane does the same
 */
import { OP } from '../../ops/vocabulary.ts';
import { KIND, RECORD_WORDS, STRIP_WORDS, type Tape, W } from '../../tape/layout.ts';
import { TYPE, V, I } from '../../wasm/encode/instructions.ts';
import type { Fn } from '../../wasm/encode/module.ts';
import type { Emitter } from './emit.ts';
import { eachOperand } from './operands.ts';

const ACTIVE = 3; // both operands

/** The first slot of n terms that the first n − 1 entries of a strip add up, if nobody else sees the sums on the way; else −1. O(tape) where it is one. */
export function chainOf(tape: Tape, record: number, n: number): number {
  const { records, strips } = tape;
  const at = record * RECORD_WORDS;
  const out = records[at + W.out]!;
  if (((records[at]! >> 8) & 255) !== KIND.strip || records[at + W.count]! < n - 1 || n < 2) return -1;
  let s = records[at + W.a]! * STRIP_WORDS;
  const terms = strips[s + 1]!;
  for (let e = 0; e < n - 1; e++, s += STRIP_WORDS) {
    if ((strips[s]! & 255) !== OP.add || strips[s]! >> 16 !== ACTIVE) return -1;
    if (strips[s + 1] !== (e === 0 ? terms : out + e - 1) || strips[s + 2] !== terms + e + 1) return -1;
  }
  const last = out + n - 2;
  if (tape.outputs.some((slot) => slot >= out && slot < last)) return -1;
  let reads = 0;
  for (let r = 0; r < records.length / RECORD_WORDS; r++)
    eachOperand(tape, r, 0, records[r * RECORD_WORDS + W.count]!, (slot) => {
      if (slot >= out && slot < last) reads++;
    });
  return reads === n - 2 ? terms : -1; // each by the entry after it
}

/** Adds the lanes of a node up, one after another. */
export class Chain {
  /** The local with the sum so far. */
  readonly total: number;
  readonly #fn: Fn;
  readonly #node: number;

  constructor(fn: Fn, node: number) {
    this.#fn = fn;
    this.#node = node;
    this.total = fn.local(TYPE.f64);
  }

  begin(): void {
    this.#fn.f64(-0);
    this.#fn.set(this.total);
  }

  add(e: Emitter): void {
    const fn = this.#fn;
    fn.get(this.total);
    e.number(this.#node);
    if (e.inLanes) {
      const pair = fn.local(TYPE.v128);
      fn.tee(pair);
      fn.lane(V.f64Extract, 0);
      fn.op(I.f64Add);
      fn.get(pair);
      fn.lane(V.f64Extract, 1);
      fn.release(TYPE.v128, pair);
    }
    fn.op(I.f64Add);
    fn.set(this.total);
  }
}
