/**
 * Where a sweep's numbers lie. Slot s has its value at v[s] and its adjoint at g[s]; where rows are taken `lanes` at a
 * time, a row slot owns that many neighbouring numbers, one per row:
 *
 *     shared slots     row slots, `lanes` numbers each       scratch
 *     ■ ■ ■ ■ ■ ■ ■    ■■■■■■■■ ■■■■■■■■ ■■■■■■■■ ■■■■■■■■   operands looked up, side by side
 *     0            S   place(S)                              │
 *                                                            └ v only
 */
import { GATHER, KIND, RECORD_WORDS, SUM_BLOCK, type Tape, W } from '../../tape/layout.ts';

export interface Places {
  readonly tape: Tape;
  readonly lanes: number;
  readonly v: Float64Array;
  readonly g: Float64Array;
  /** First place in v behind the slots. */
  readonly scratch: number;
  /** Elements of the longest list. */
  readonly longest: number;
  /** Contributions on their way to a sum or to gathered operands. */
  readonly chunk: Float64Array;
  /** What an op over lists needs for itself. */
  readonly work: Float64Array;
}

/** O(slots) memory; constants are in place, everything else is 0. */
export function places(tape: Tape, lanes: number): Places {
  const { slots, rowStart, p, constants } = tape;
  const longest = longestList(tape);
  const scratch = rowStart + (slots - rowStart) * lanes;
  const v = new Float64Array(scratch + Math.max(3 * SUM_BLOCK, 2 * longest));
  v.set(constants, p);
  const chunk = new Float64Array(Math.max(SUM_BLOCK, longest));
  return { tape, lanes, v, g: new Float64Array(scratch), scratch, longest, chunk, work: new Float64Array(longest) };
}

/** Place of a slot's first number. */
export function placeOf({ tape, lanes }: Places, slot: number): number {
  return slot < tape.rowStart ? slot : tape.rowStart + (slot - tape.rowStart) * lanes;
}

/** The slot that operand words at `word` give to node i. */
export function slotOf({ records, indices }: Tape, word: number, i: number): number {
  const stride = records[word + 1]!;
  return stride === GATHER ? indices[records[word]! + i]! : records[word]! + i * stride;
}

/** The slot of element e of node i's list. */
export function elementSlot({ records, indices }: Tape, at: number, word: number, i: number, e: number): number {
  const stride = records[word + 1]!;
  const first = records[word]!;
  if (stride === GATHER) return indices[first + i * records[at + W.k]! + e]!;
  return first + i * stride + e * records[word + 2]!;
}

/** Copies v[indices[first]] … side by side to `to`; returns `to`. */
export function pack({ tape, v }: Places, first: number, n: number, to: number): number {
  const { indices } = tape;
  for (let i = 0; i < n; i++) v[to + i] = v[indices[first + i]!]!;
  return to;
}

/** Where list `word` of node i begins: in place, or gathered to `to`. */
export function listAt(m: Places, at: number, word: number, i: number, to: number): number {
  const { records } = m.tape;
  const k = records[at + W.k]!;
  return records[word + 1] === GATHER ? pack(m, records[word]! + i * k, k, to) : records[word]! + i * records[word + 1]!;
}

/** From one element of a list to the next, once {@link listAt} has placed it. */
export function listStep({ records }: Tape, word: number): number {
  return records[word + 1] === GATHER ? 1 : records[word + 2]!;
}

function longestList({ records }: Tape): number {
  let longest = 0;
  for (let at = 0; at < records.length; at += RECORD_WORDS) {
    if (((records[at]! >> 8) & 255) === KIND.list) longest = Math.max(longest, records[at + W.k]!);
  }
  return longest;
}
