/**
 * Forward mode: the tangent of a node is Σ partial · tangent over its active operands, one pass beside the values. The
 * partials come from the reverse sweep's kernels, pulled with an adjoint of 1. One form for a single point (c = 1) and
 * for a tile of c rows. Gated as the reverse sweep is, with `live` flags: only a node with a live path from the seeded
 * parameters has a tangent.
 */
import { GATE, pullRun } from '../../ops/kernels.ts';
import { listPull } from '../../ops/list-kernels.ts';
import { dot } from '../../ops/sums.ts';
import { OP } from '../../ops/vocabulary.ts';
import { GATHER, KIND, RECORD_WORDS, STRIP_WORDS, SUM_BLOCK, W } from '../../tape/layout.ts';
import { elementSlot, type Places, pack, placeOf, slotOf } from './places.ts';

const ONES = new Float64Array(SUM_BLOCK).fill(1);

/** Tangents by place, as values are; `live` (a flag per slot) only in a gated sweep, which takes one row at a time. */
export function tangents(m: Places, t: Float64Array, segment: number, c: number, live?: Uint8Array): void {
  const { tape } = m;
  const { records, segments, strips } = tape;
  const end = segments[segment + 1]! * RECORD_WORDS;
  const isRow = segment >= 2;
  for (let at = segments[segment]! * RECORD_WORDS; at < end; at += RECORD_WORDS) {
    const head = records[at]!;
    const kind = (head >> 8) & 255;
    const n = records[at + W.count]!;
    const o = records[at + W.out]!;
    t.fill(-0, placeOf(m, o), placeOf(m, o + n - 1) + (isRow ? m.lanes : 1));
    live?.fill(0, o, o + n);
    if (kind === KIND.list) for (let i = 0; i < n; i++) tangentOfList(m, t, at, i, isRow ? c : 1, live);
    else if (kind === KIND.strip)
      for (let i = 0, q = records[at + W.a]! * STRIP_WORDS; i < n; i++, q += STRIP_WORDS)
        tangentOfNode(m, t, strips[q]!, isRow ? c : 1, o + i, strips[q + 1]!, strips[q + 2]!, 0, live);
    else if (!isRow && !live) tangentOfGroup(m, t, at);
    else
      for (let i = 0; i < n; i++) {
        const operands = [slotOf(tape, at + W.a, i), slotOf(tape, at + W.b, i), slotOf(tape, at + W.c, i)] as const;
        tangentOfNode(m, t, head, isRow ? c : 1, o + i, ...operands, live);
      }
  }
}

/** A group at a single point, in blocks: one kernel call for many partials. */
function tangentOfGroup(m: Places, t: Float64Array, at: number): void {
  const { v, chunk, scratch } = m;
  const { records, indices } = m.tape;
  const head = records[at]!;
  const n = records[at + W.count]!;
  const o = records[at + W.out]!;
  for (let i = 0; i < n; i += SUM_BLOCK) {
    const count = Math.min(n - i, SUM_BLOCK);
    const [a, as] = operand(m, at + W.a, i, count, scratch);
    const [b, bs] = operand(m, at + W.b, i, count, scratch + SUM_BLOCK);
    const [c, cs] = operand(m, at + W.c, i, count, scratch + 2 * SUM_BLOCK);
    for (let j = 0; j < 3; j++) {
      if (!((head >> 16) & (1 << j))) continue;
      chunk.fill(-0, 0, count);
      pullRun(head & 255, j, count, v, o + i, ONES, 0, a, as, b, bs, c, cs, chunk, 0, 1);
      const x = records[at + W.a + 3 * j]!;
      const xs = records[at + W.as + 3 * j]!;
      if (xs === GATHER) for (let e = 0; e < count; e++) t[o + i + e]! += chunk[e]! * t[indices[x + i + e]!]!;
      else for (let e = 0; e < count; e++) t[o + i + e]! += chunk[e]! * t[x + (i + e) * xs]!;
    }
  }
}

/** Where `count` values of an operand lie, and their stride; looked-up ones are packed to `to`. */
function operand(m: Places, word: number, i: number, count: number, to: number): [number, number] {
  const { records } = m.tape;
  const stride = records[word + 1]!;
  return stride === GATHER ? [pack(m, records[word]! + i, count, to), 1] : [records[word]! + i * stride, stride];
}

/** One node over c rows, given its operands' slots. */
// biome-ignore format: one signature, one line
function tangentOfNode(m: Places, t: Float64Array, head: number, c: number, o: number, a: number, b: number, d: number, live?: Uint8Array): void {
  const { v, chunk, tape } = m;
  const op = head & 255;
  const z = placeOf(m, o);
  const step = (slot: number): number => (slot < tape.rowStart ? 0 : 1);
  for (let j = 0; j < 3; j++) {
    if (!((head >> 16) & (1 << j))) continue;
    const slot = j === 0 ? a : j === 1 ? b : d;
    if (live && !live[slot]) continue;
    chunk.fill(-0, 0, c);
    pullRun(op, j, c, v, z, ONES, 0, placeOf(m, a), step(a), placeOf(m, b), step(b), placeOf(m, d), step(d), chunk, 0, 1);
    if (live) {
      if (GATE[op] && chunk[0] === 0) continue;
      live[o] = 1;
    }
    const x = placeOf(m, slot);
    const xs = step(slot);
    for (let row = 0; row < c; row++) t[z + row]! += chunk[row]! * t[x + row * xs]!;
  }
}

/** One node of a list op over c rows: per list a sum of its own, Σ partial · tangent. */
function tangentOfList(m: Places, t: Float64Array, at: number, i: number, c: number, live?: Uint8Array): void {
  const { tape, v, chunk, scratch, longest, work } = m;
  const { records, rowStart } = tape;
  const op = records[at]! & 255;
  const k = records[at + W.k]!;
  const o = records[at + W.out]! + i;
  const z = placeOf(m, o);
  for (let row = 0; row < c; row++)
    for (let j = 0; j < 2; j++) {
      if (!((records[at]! >> 16) & (1 << j))) continue;
      const word = at + W.a + 3 * j;
      const other = op === OP.dot ? at + W.b - 3 * j : word;
      const place = (slot: number): number => placeOf(m, slot) + (slot < rowStart ? 0 : row);
      for (let e = 0; e < k; e++) {
        v[scratch + e] = v[place(elementSlot(tape, at, word, i, e))]!;
        v[scratch + longest + e] = v[place(elementSlot(tape, at, other, i, e))]!;
      }
      chunk.fill(-0, 0, k);
      listPull(op, k, 1, v[z + row]!, v, scratch, 1, scratch + longest, 1, chunk, 0, 1, work);
      for (let e = 0; e < k; e++) {
        const slot = elementSlot(tape, at, word, i, e);
        if (live && (!live[slot] || (GATE[op] && chunk[e] === 0))) chunk[e] = work[e] = 0;
        else {
          work[e] = t[place(slot)]!;
          if (live) live[o] = 1;
        }
      }
      t[z + row]! += dot(k, chunk, 0, 1, work, 0, 1);
    }
}
