/**
 * Many rows at once: a node over a tile of c rows is a run over neighbouring numbers (places.ts). A row operand moves on
 * from row to row, a shared one stays, and its adjoint gets one sum over the tile per use (ARCHITECTURE.md, "One order").
 */
import { forwardRun, pullRun } from '../../ops/kernels.ts';
import { listPull, listValue } from '../../ops/list-kernels.ts';
import { sum } from '../../ops/sums.ts';
import { OP } from '../../ops/vocabulary.ts';
import { GATHER, KIND, RECORD_WORDS, STRIP_WORDS, W } from '../../tape/layout.ts';
import { elementSlot, type Places, placeOf, slotOf } from './places.ts';

/** Values of c rows. */
export function forwardTile(m: Places, segment: number, c: number): void {
  const { records, segments } = m.tape;
  const end = segments[segment + 1]! * RECORD_WORDS;
  for (let at = segments[segment]! * RECORD_WORDS; at < end; at += RECORD_WORDS) {
    const kind = (records[at]! >> 8) & 255;
    if (kind === KIND.list) forwardLists(m, at, c);
    else if (kind === KIND.strip) forwardStrip(m, at, c);
    else forwardGroup(m, at, c);
  }
}

/** One run over all nodes and rows where nothing else lies between, else one run per node. */
function forwardGroup(m: Places, at: number, c: number): void {
  const { tape, v, lanes } = m;
  const { records } = tape;
  const op = records[at]! & 255;
  const n = records[at + W.count]!;
  const o = placeOf(m, records[at + W.out]!);
  if (c === lanes && isSideBySide(m, at, W.a) && isSideBySide(m, at, W.b) && isSideBySide(m, at, W.c)) {
    const [a, b, d] = [records[at + W.a]!, records[at + W.b]!, records[at + W.c]!];
    const [as, bs, cs] = [step(m, a), step(m, b), step(m, d)];
    return forwardRun(op, n * c, v, o, placeOf(m, a), as, placeOf(m, b), bs, placeOf(m, d), cs);
  }
  for (let i = 0; i < n; i++) {
    const a = slotOf(tape, at + W.a, i);
    const b = slotOf(tape, at + W.b, i);
    const d = slotOf(tape, at + W.c, i);
    forwardRun(op, c, v, o + i * lanes, placeOf(m, a), step(m, a), placeOf(m, b), step(m, b), placeOf(m, d), step(m, d));
  }
}

/** From row to row: 1 for a row slot, 0 for a shared one. */
function step({ tape }: Places, slot: number): number {
  return slot < tape.rowStart ? 0 : 1;
}

/** Row slots one after the other, or one shared slot for all nodes (or no operand at all: words of 0). */
function isSideBySide({ tape }: Places, at: number, word: number): boolean {
  const { records, rowStart } = tape;
  const stride = records[at + word + 1]!;
  return records[at + word]! < rowStart ? stride === 0 : stride === 1;
}

function forwardStrip(m: Places, at: number, c: number): void {
  const { tape, v } = m;
  const { records, strips } = tape;
  for (let i = 0, q = records[at + W.a]! * STRIP_WORDS, n = records[at + W.count]!; i < n; i++, q += STRIP_WORDS) {
    const a = strips[q + 1]!;
    const b = strips[q + 2]!;
    forwardRun(
      strips[q]! & 255,
      c,
      v,
      placeOf(m, records[at + W.out]! + i),
      placeOf(m, a),
      step(m, a),
      placeOf(m, b),
      step(m, b),
      0,
      0,
    );
  }
}

function forwardLists(m: Places, at: number, c: number): void {
  const { tape, v, scratch, longest, work } = m;
  const { records } = tape;
  const op = records[at]! & 255;
  const k = records[at + W.k]!;
  for (let i = 0, n = records[at + W.count]!; i < n; i++) {
    const o = placeOf(m, records[at + W.out]! + i);
    for (let row = 0; row < c; row++) {
      const [a, as] = listOfRow(m, at, at + W.a, i, row, scratch);
      const [b, bs] = op === OP.dot ? listOfRow(m, at, at + W.b, i, row, scratch + longest) : [0, 0];
      v[o + row] = listValue(op, k, v, a, as, b, bs, work);
    }
  }
}

/** Where a row's list lies and from element to element: in place, or gathered to `to`. */
function listOfRow(m: Places, at: number, word: number, i: number, row: number, to: number): [number, number] {
  const { tape, v, lanes } = m;
  const { records, rowStart } = tape;
  const k = records[at + W.k]!;
  if (records[word + 1] !== GATHER) {
    const first = records[word]! + i * records[word + 1]!;
    return first < rowStart ? [first, records[word + 2]!] : [placeOf(m, first) + row, records[word + 2]! * lanes];
  }
  for (let e = 0; e < k; e++) {
    const slot = elementSlot(tape, at, word, i, e);
    v[to + e] = v[placeOf(m, slot) + (slot < rowStart ? 0 : row)]!;
  }
  return [to, 1];
}

/** Adjoints of c rows. */
export function reverseTile(m: Places, segment: number, c: number): void {
  const { tape } = m;
  const { records, segments, strips } = tape;
  const first = segments[segment]! * RECORD_WORDS;
  for (let at = (segments[segment + 1]! - 1) * RECORD_WORDS; at >= first; at -= RECORD_WORDS) {
    const head = records[at]!;
    const kind = (head >> 8) & 255;
    const n = records[at + W.count]!;
    const o = records[at + W.out]!;
    if (kind === KIND.strip) {
      for (let i = n - 1, q = (records[at + W.a]! + n - 1) * STRIP_WORDS; i >= 0; i--, q -= STRIP_WORDS) {
        const a = strips[q + 1]!;
        const b = strips[q + 2]!;
        if ((strips[q]! >> 16) & 1) pull(m, strips[q]! & 255, 0, c, o + i, a, b, 0, a);
        if ((strips[q]! >> 16) & 2) pull(m, strips[q]! & 255, 1, c, o + i, a, b, 0, b);
      }
      continue;
    }
    for (let j = 0; j < 3; j++) {
      if (!((head >> 16) & (1 << j))) continue;
      if (kind === KIND.list) reverseLists(m, at, j, c);
      else
        for (let i = 0; i < n; i++) {
          const operands = [slotOf(tape, at + W.a, i), slotOf(tape, at + W.b, i), slotOf(tape, at + W.c, i)] as const;
          pull(m, head & 255, j, c, o + i, ...operands, operands[j]!);
        }
    }
  }
}

/** Operand j of one node, over the rows of the tile. */
function pull(m: Places, op: number, j: number, c: number, o: number, a: number, b: number, d: number, target: number): void {
  const { v, g, chunk, tape } = m;
  const z = placeOf(m, o);
  const [pa, pb, pd] = [placeOf(m, a), placeOf(m, b), placeOf(m, d)];
  const [as, bs, ds] = [step(m, a), step(m, b), step(m, d)];
  if (target >= tape.rowStart) return pullRun(op, j, c, v, z, g, z, pa, as, pb, bs, pd, ds, g, placeOf(m, target), 1);
  chunk.fill(-0, 0, c);
  pullRun(op, j, c, v, z, g, z, pa, as, pb, bs, pd, ds, chunk, 0, 1);
  g[target]! += sum(c, chunk, 0, 1);
}

/**
 * Sums and dots element by element over the tile, an element of a sum like an operand of add, one of a dot like an
 * operand of mul. The other ops read one list, which is a row's own: row by row.
 */
function reverseLists(m: Places, at: number, j: number, c: number): void {
  const { tape, v, g, chunk, scratch, work } = m;
  const { records } = tape;
  const op = records[at]! & 255;
  const k = records[at + W.k]!;
  const word = at + W.a + 3 * j;
  for (let i = 0, n = records[at + W.count]!; i < n; i++) {
    const o = records[at + W.out]! + i;
    if (op === OP.sum || op === OP.dot) {
      for (let e = 0; e < k; e++) {
        const x = elementSlot(tape, at, word, i, e);
        const y = op === OP.dot ? elementSlot(tape, at, at + W.b - 3 * j, i, e) : x;
        pull(m, op === OP.dot ? OP.mul : OP.add, 0, c, o, x, y, 0, x);
      }
      continue;
    }
    const z = placeOf(m, o);
    for (let row = 0; row < c; row++) {
      const [x, xs] = listOfRow(m, at, word, i, row, scratch);
      chunk.fill(-0, 0, k);
      listPull(op, k, g[z + row]!, v[z + row]!, v, x, xs, 0, 0, chunk, 0, 1, work);
      for (let e = 0; e < k; e++) g[placeOf(m, elementSlot(tape, at, word, i, e)) + row]! += chunk[e]!;
    }
  }
}

/** Moves rows first … first + c − 1 of row-major data into the tile. */
export function loadRows(m: Places, data: Float64Array, first: number, c: number): void {
  const { q, rowStart } = m.tape;
  for (let i = 0; i < q; i++) {
    const to = placeOf(m, rowStart + i);
    for (let row = 0; row < c; row++) m.v[to + row] = data[(first + row) * q + i]!;
  }
}
