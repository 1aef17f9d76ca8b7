/** Strips: single nodes one after another, each may use the one before. The common ops here, the others in the table. */
import { forwardRun, pullRun } from '../../ops/kernels.ts';
import { OP } from '../../ops/vocabulary.ts';
import { STRIP_WORDS, W } from '../../tape/layout.ts';
import type { Places } from './places.ts';

// by name of their own, so that the switches below are jumps
const { add: ADD, sub: SUB, mul: MUL, neg: NEG, square: SQUARE } = OP;

export function forwardStrip({ tape, v }: Places, at: number): void {
  const { records, strips } = tape;
  const o = records[at + W.out]!;
  const end = o + records[at + W.count]!;
  for (let i = o, q = records[at + W.a]! * STRIP_WORDS; i < end; i++, q += STRIP_WORDS) {
    const op = strips[q]! & 255;
    const x = strips[q + 1]!;
    const y = strips[q + 2]!;
    switch (op) {
      case ADD:
        v[i] = v[x]! + v[y]!;
        break;
      case SUB:
        v[i] = v[x]! - v[y]!;
        break;
      case MUL:
        v[i] = v[x]! * v[y]!;
        break;
      case NEG:
        v[i] = -v[x]!;
        break;
      case SQUARE:
        v[i] = v[x]! * v[x]!;
        break;
      default:
        forwardRun(op, 1, v, i, x, 0, y, 0, 0, 0);
    }
  }
}

/** Nodes descending, operand a before b. */
export function reverseStrip({ tape, v, g }: Places, at: number): void {
  const { records, strips } = tape;
  const o = records[at + W.out]!;
  const n = records[at + W.count]!;
  for (let i = o + n - 1, q = (records[at + W.a]! + n - 1) * STRIP_WORDS; i >= o; i--, q -= STRIP_WORDS) {
    const head = strips[q]!;
    const op = head & 255;
    const x = strips[q + 1]!;
    const y = strips[q + 2]!;
    const d = g[i]!;
    const active = head >> 16;
    switch (op) {
      case ADD:
        if (active & 1) g[x]! += d;
        if (active & 2) g[y]! += d;
        break;
      case SUB:
        if (active & 1) g[x]! += d;
        if (active & 2) g[y]! -= d;
        break;
      case MUL: {
        const vx = v[x]!;
        if (active & 1) g[x]! += d * v[y]!;
        if (active & 2) g[y]! += d * vx;
        break;
      }
      case NEG:
        g[x]! -= d;
        break;
      case SQUARE:
        g[x]! += d * (v[x]! + v[x]!);
        break;
      default:
        if (active & 1) pullRun(op, 0, 1, v, i, g, i, x, 0, y, 0, 0, 0, g, x, 0);
        if (active & 2) pullRun(op, 1, 1, v, i, g, i, x, 0, y, 0, 0, 0, g, y, 0);
    }
  }
}
