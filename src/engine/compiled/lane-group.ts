/**
 * Which records may become one loop over lanes: runs of one count, one after another on the tape, that read each other lane
 * by lane and the rest of the program as it was before the loop.
 *
 *     record   i−1   op  a = 640+1  b = 12+0          lane      0    1    2    3
 *              i     op  a = out of i−1  b = 337+1    i−1       ■ ─┐ ■    ■    ■
 *              i+1   …                                i         ■ ◄┘ ■    ■    ■
 *
 * Backward the loop goes lane by lane, the interpreter record by record, so what comes in an order of additions that the
 * loop would change begins a loop of its own: to each slot outside, the contributions of a higher record must not come from
 * later lanes than those of a lower one.
 */
import { GATHER, RECORD_WORDS, type Tape, W } from '../../tape/layout.ts';
import { operandSlot } from '../../tape/lift.ts';
import { OP } from '../../ops/vocabulary.ts';
import { ARITY } from '../../tape/nodes.ts';
import { chainOf } from './lane-chain.ts';

/** Records in one loop: about 1,500 instructions forward, 3,000 in reverse; longer ones gain nothing any more. */
const MOST = 800;

/** All operands are gathered: such a record contributes node by node, operand a then b. */
export function isNodeByNode(records: Int32Array, at: number): boolean {
  const arity = ARITY[records[at]! & 255]!;
  return arity < 3 && [0, 1].every((j) => j >= arity || records[at + W.as + 3 * j] === GATHER);
}

/** One sum or mean, of numbers side by side. */
export function isPlainSum(records: Int32Array, at: number): boolean {
  const op = records[at]! & 255;
  if (op !== OP.sum && op !== OP.mean) return false;
  return records[at + W.count] === 1 && records[at + W.as] !== GATHER && records[at + W.ak] === 1;
}

export class LaneGroup {
  readonly tape: Tape;
  readonly first: number;
  readonly n: number;
  /** One past the last record. */
  end: number;
  /** Records of sums and means over all lanes. */
  readonly sums = new Set<number>();
  /** Strips that begin with the sum of all lanes of a record, one after another: the record. */
  readonly chains = new Map<number, number>();
  /** The record that computes from this slot on. */
  readonly recordAt = new Map<number, number>();
  readonly #firstSlot: number;
  #endSlot: number;
  /** The first lane that contributes to each slot outside, n for sums over all lanes. */
  readonly #earliest = new Map<number, number>();

  /** @param n lanes */
  constructor(tape: Tape, first: number, n: number) {
    this.tape = tape;
    this.first = first;
    this.end = first;
    this.n = n;
    this.#firstSlot = tape.records[first * RECORD_WORDS + W.out]!;
    this.#endSlot = this.#firstSlot;
  }

  /** Takes the next record in, if that is possible. */
  take(): boolean {
    const { tape, end, n } = this;
    const { records } = tape;
    const at = end * RECORD_WORDS;
    if (records[at + W.count] !== n || end - this.first >= MOST || this.chains.size > 0) return false;
    const arity = ARITY[records[at]! & 255]!;
    for (let j = 0; j < arity; j++) if (!this.#mayRead(at, j)) return false;
    if (!this.#mayAdd(at, arity)) return false;
    this.recordAt.set(records[at + W.out]!, end);
    this.#endSlot = records[at + W.out]! + n;
    this.end++;
    return true;
  }

  /** Takes the next record in if it is the sum or mean of all that one record of the group computes, or begins the group. */
  takeSum(): boolean {
    const { tape, end, n } = this;
    const { records } = tape;
    const at = end * RECORD_WORDS;
    if (!isPlainSum(records, at) || records[at + W.k] !== n || this.chains.size > 0) return false;
    const base = records[at + W.a]!;
    if (!this.recordAt.has(base)) {
      if (end > this.first) return false;
      for (let i = 0; i < n; i++) this.#earliest.set(base + i, i);
    }
    this.sums.add(end);
    this.#endSlot = records[at + W.out]! + 1;
    this.end++;
    return true;
  }

  /** Takes the first entries of the next record in if they are such a sum of what a record of the group computes. Nothing comes after it. */
  takeChain(): boolean {
    const terms = chainOf(this.tape, this.end, this.n);
    const maker = terms < 0 ? undefined : this.recordAt.get(terms);
    if (maker === undefined) return false;
    this.chains.set(this.end++, maker);
    return true;
  }

  /** The record of the group that operand j of the record at word `at` reads lane by lane; −1 if it lies outside. */
  maker(at: number, j: number): number {
    const { records } = this.tape;
    return records[at + W.as + 3 * j] === 1 ? (this.recordAt.get(records[at + W.a + 3 * j]!) ?? -1) : -1;
  }

  isInside(slot: number): boolean {
    return slot >= this.#firstSlot && slot < this.#endSlot;
  }

  #mayRead(at: number, j: number): boolean {
    const { tape, n } = this;
    const { records, indices } = tape;
    const base = records[at + W.a + 3 * j]!;
    const stride = records[at + W.as + 3 * j]!;
    if (stride === GATHER) {
      for (let i = 0; i < n; i++) if (this.isInside(indices[base + i]!)) return false;
      return true;
    }
    if (this.maker(at, j) >= 0) return true;
    const last = base + stride * (n - 1);
    return Math.max(base, last) < this.#firstSlot || Math.min(base, last) >= this.#endSlot;
  }

  /** Do the contributions of this record keep their order? They are looked at last first, as records are taken in from the lowest. */
  #mayAdd(at: number, arity: number): boolean {
    const { records } = this.tape;
    const active = (records[at]! >> 16) & 7;
    const isTarget = [0, 1, 2].map((j) => j < arity && ((active >> j) & 1) === 1 && this.maker(at, j) < 0);
    if (isNodeByNode(records, at)) {
      const both = [0, 1].filter((j) => isTarget[j]);
      if (!both.every((j) => this.#isLate(at, j))) return false;
      for (const j of both) this.#note(at, j);
      return true;
    }
    for (let j = arity - 1; j >= 0; j--) {
      if (!isTarget[j]) continue;
      if (!this.#isLate(at, j)) return false;
      this.#note(at, j);
    }
    return true;
  }

  #isLate(at: number, j: number): boolean {
    const { tape, n } = this;
    const isShared = tape.records[at + W.as + 3 * j] === 0;
    if (isShared) return (this.#earliest.get(tape.records[at + W.a + 3 * j]!) ?? n) >= n;
    for (let i = 0; i < n; i++) if ((this.#earliest.get(operandSlot(tape, at, j, i)) ?? n) < i) return false;
    return true;
  }

  #note(at: number, j: number): void {
    const { tape, n } = this;
    if (tape.records[at + W.as + 3 * j] === 0) {
      const slot = tape.records[at + W.a + 3 * j]!;
      if (!this.#earliest.has(slot)) this.#earliest.set(slot, n);
      return;
    }
    for (let i = n - 1; i >= 0; i--) {
      const slot = operandSlot(tape, at, j, i);
      this.#earliest.set(slot, Math.min(i, this.#earliest.get(slot) ?? n));
    }
  }
}
