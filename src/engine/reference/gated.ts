/**
 * The careful reverse sweep, taken only when a gradient came out with a NaN: ∞·0 behind a closed gate (the branch that
 * select does not take, the loser of max, relu below 0 …) is no derivative. A flag per slot says whether an open path
 * from an output reaches it; a node that none reaches contributes nothing. Everything else stays plain IEEE; every
 * contribution is added on its own.
 */
import { GATE, pullRun } from '../../ops/kernels.ts';
import { listPull } from '../../ops/list-kernels.ts';
import { OP } from '../../ops/vocabulary.ts';
import { KIND, RECORD_WORDS, STRIP_WORDS, W } from '../../tape/layout.ts';
import { elementSlot, listAt, listStep, type Places, slotOf } from './places.ts';

const ONE = Float64Array.of(1);
const cell = new Float64Array(1);

/** ∂op/∂operand j of one node; a, b, c and o are places. */
export function partial(op: number, j: number, v: Float64Array, o: number, a: number, b: number, c: number): number {
  cell[0] = -0;
  pullRun(op, j, 1, v, o, ONE, 0, a, 0, b, 0, c, 0, cell, 0, 0);
  return cell[0]!;
}

/** One number per row slot only (m.lanes = 1). */
export function reverseGated(m: Places, segment: number, reached: Uint8Array): void {
  const { records, segments } = m.tape;
  const first = segments[segment]! * RECORD_WORDS;
  for (let at = (segments[segment + 1]! - 1) * RECORD_WORDS; at >= first; at -= RECORD_WORDS) {
    const kind = (records[at]! >> 8) & 255;
    if (kind === KIND.strip) {
      gatedStrip(m, at, reached);
      continue;
    }
    for (let j = 0; j < 3; j++) {
      if (!((records[at]! >> 16) & (1 << j))) continue;
      if (kind === KIND.list) gatedList(m, at, j, reached);
      else gatedGroup(m, at, j, reached);
    }
  }
}

/** Adds d·p to a slot's adjoint unless the gate is closed. */
function pass({ g }: Places, reached: Uint8Array, slot: number, d: number, p: number, gate: number): void {
  if (gate && p === 0) return;
  g[slot]! += d * p;
  reached[slot] = 1;
}

function gatedGroup(m: Places, at: number, j: number, reached: Uint8Array): void {
  const { tape, v, g } = m;
  const op = tape.records[at]! & 255;
  const first = tape.records[at + W.out]!;
  for (let i = 0, n = tape.records[at + W.count]!; i < n; i++) {
    const o = first + i;
    if (!reached[o]) continue;
    const p = partial(op, j, v, o, slotOf(tape, at + W.a, i), slotOf(tape, at + W.b, i), slotOf(tape, at + W.c, i));
    pass(m, reached, slotOf(tape, at + W.a + 3 * j, i), g[o]!, p, GATE[op]!);
  }
}

function gatedStrip(m: Places, at: number, reached: Uint8Array): void {
  const { records, strips } = m.tape;
  for (let i = records[at + W.count]! - 1; i >= 0; i--) {
    const o = records[at + W.out]! + i;
    if (!reached[o]) continue;
    const q = (records[at + W.a]! + i) * STRIP_WORDS;
    const op = strips[q]! & 255;
    const a = strips[q + 1]!;
    const b = strips[q + 2]!;
    const d = m.g[o]!;
    if ((strips[q]! >> 16) & 1) pass(m, reached, a, d, partial(op, 0, m.v, o, a, b, 0), GATE[op]!);
    if ((strips[q]! >> 16) & 2) pass(m, reached, b, d, partial(op, 1, m.v, o, a, b, 0), GATE[op]!);
  }
}

function gatedList(m: Places, at: number, j: number, reached: Uint8Array): void {
  const { tape, v, g, chunk, scratch, longest, work } = m;
  const { records } = tape;
  const op = records[at]! & 255;
  const k = records[at + W.k]!;
  const word = at + W.a + 3 * j;
  const other = at + W.b - 3 * j;
  for (let i = 0, n = records[at + W.count]!; i < n; i++) {
    const o = records[at + W.out]! + i;
    if (!reached[o]) continue;
    const x = listAt(m, at, word, i, scratch);
    const y = op === OP.dot ? listAt(m, at, other, i, scratch + longest) : 0;
    chunk.fill(-0, 0, k);
    listPull(op, k, 1, v[o]!, v, x, listStep(tape, word), y, op === OP.dot ? listStep(tape, other) : 0, chunk, 0, 1, work);
    for (let e = 0; e < k; e++) pass(m, reached, elementSlot(tape, at, word, i, e), g[o]!, chunk[e]!, GATE[op]!);
  }
}
