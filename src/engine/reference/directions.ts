/**
 * Forward mode along several directions at once, and Jacobians from it: a node's partials are computed once for a row of
 * tangents, one for each direction. Each direction has the bits it has alone (tangent.ts).
 */
import { pullRun } from '../../ops/kernels.ts';
import { listPull } from '../../ops/list-kernels.ts';
import { dot } from '../../ops/sums.ts';
import { OP } from '../../ops/vocabulary.ts';
import { KIND, RECORD_WORDS, SEGMENT, STRIP_WORDS, W } from '../../tape/layout.ts';
import type { Compression } from '../engine.ts';
import { elementSlot, type Places, slotOf } from './places.ts';
import { liveParameters } from './sweeps.ts';
import { tangents } from './tangent.ts';

/** Directions in a sweep. */
export const LANES = 8;

const ONE = new Float64Array(1).fill(1);

/** The columns of each colour added up: out (outputs × count). Values are at hand; `t` is room for a tangent for each slot. */
export function columns(m: Places, t: Float64Array, count: number, out: Float64Array, compression?: Compression): void {
  const { p, slots, outputs } = m.tape;
  const lanes = Math.max(1, Math.min(LANES, count));
  const rows = new Float64Array(slots * lanes); // slot s has its tangents from s·lanes on
  const colour = (j: number): number => (compression ? compression.colours[j]! : j);
  for (let first = 0; first < count; first += lanes) {
    const used = Math.min(lanes, count - first);
    rows.fill(0, 0, p * lanes);
    for (let j = 0; j < p; j++) {
      const c = colour(j) - first;
      if (c >= 0 && c < used) rows[j * lanes + c] = 1;
    }
    push(m, rows, lanes, SEGMENT.parameter);
    push(m, rows, lanes, SEGMENT.mixed);
    for (let c = 0; c < used; c++) {
      let isNaNFree = true;
      outputs.forEach((slot, i) => {
        const x = rows[slot * lanes + c]! + 0;
        out[i * count + first + c] = x;
        isNaNFree &&= x === x;
      });
      if (!isNaNFree) gatedColumn(m, t, count, first + c, colour, out);
    }
  }
}

/** One direction once more, with gates. */
// biome-ignore format: one signature, one line
function gatedColumn(m: Places, t: Float64Array, count: number, c: number, colour: (j: number) => number, out: Float64Array): void {
  const { p, slots, outputs } = m.tape;
  for (let j = 0; j < p; j++) t[j] = colour(j) === c ? 1 : 0;
  const live = liveParameters(t, p, slots);
  tangents(m, t, SEGMENT.parameter, 1, live);
  tangents(m, t, SEGMENT.mixed, 1, live);
  outputs.forEach((slot, i) => {
    out[i * count + c] = live[slot] ? t[slot]! + 0 : 0;
  });
}

function push(m: Places, t: Float64Array, lanes: number, segment: number): void {
  const { tape } = m;
  const { records, segments, strips } = tape;
  for (let at = segments[segment]! * RECORD_WORDS, end = segments[segment + 1]! * RECORD_WORDS; at < end; at += RECORD_WORDS) {
    const head = records[at]!;
    const kind = (head >> 8) & 255;
    const n = records[at + W.count]!;
    const o = records[at + W.out]!;
    t.fill(-0, o * lanes, (o + n) * lanes);
    if (kind === KIND.list) for (let i = 0; i < n; i++) pushList(m, t, lanes, at, i);
    else if (kind === KIND.strip)
      for (let i = 0, q = records[at + W.a]! * STRIP_WORDS; i < n; i++, q += STRIP_WORDS)
        pushNode(m, t, lanes, strips[q]!, o + i, strips[q + 1]!, strips[q + 2]!, 0);
    else
      for (let i = 0; i < n; i++)
        pushNode(m, t, lanes, head, o + i, slotOf(tape, at + W.a, i), slotOf(tape, at + W.b, i), slotOf(tape, at + W.c, i));
  }
}

// biome-ignore format: one signature, one line
function pushNode(m: Places, t: Float64Array, lanes: number, head: number, o: number, a: number, b: number, c: number): void {
  const { v, chunk } = m;
  for (let j = 0; j < 3; j++) {
    if (!((head >> 16) & (1 << j))) continue;
    chunk[0] = -0;
    pullRun(head & 255, j, 1, v, o, ONE, 0, a, 0, b, 0, c, 0, chunk, 0, 0);
    const p = chunk[0]!;
    const x = (j === 0 ? a : j === 1 ? b : c) * lanes;
    for (let l = 0; l < lanes; l++) t[o * lanes + l]! += p * t[x + l]!;
  }
}

/** One node of a list op: per list a sum of its own, Σ partial · tangent. */
function pushList(m: Places, t: Float64Array, lanes: number, at: number, i: number): void {
  const { tape, v, chunk, scratch, longest, work } = m;
  const { records } = tape;
  const op = records[at]! & 255;
  const k = records[at + W.k]!;
  const o = records[at + W.out]! + i;
  for (let j = 0; j < 2; j++) {
    if (!((records[at]! >> 16) & (1 << j))) continue;
    const word = at + W.a + 3 * j;
    const other = op === OP.dot ? at + W.b - 3 * j : word;
    for (let e = 0; e < k; e++) {
      v[scratch + e] = v[elementSlot(tape, at, word, i, e)]!;
      v[scratch + longest + e] = v[elementSlot(tape, at, other, i, e)]!;
    }
    chunk.fill(-0, 0, k);
    listPull(op, k, 1, v[o]!, v, scratch, 1, scratch + longest, 1, chunk, 0, 1, work);
    for (let l = 0; l < lanes; l++) {
      for (let e = 0; e < k; e++) work[e] = t[elementSlot(tape, at, word, i, e) * lanes + l]!;
      t[o * lanes + l]! += dot(k, chunk, 0, 1, work, 0, 1);
    }
  }
}
