/** Values: one pass over the records of a segment, in tape order. */
import { forwardRun } from '../../ops/kernels.ts';
import { listValue } from '../../ops/list-kernels.ts';
import { OP } from '../../ops/vocabulary.ts';
import { GATHER, KIND, RECORD_WORDS, SUM_BLOCK, W } from '../../tape/layout.ts';
import { forwardArithmetic } from './arithmetic.ts';
import { listAt, listStep, type Places, pack } from './places.ts';
import { forwardStrip } from './strips.ts';

export function forward(m: Places, segment: number): void {
  const { records, segments } = m.tape;
  const end = segments[segment + 1]! * RECORD_WORDS;
  for (let at = segments[segment]! * RECORD_WORDS; at < end; at += RECORD_WORDS) {
    const kind = (records[at]! >> 8) & 255;
    if (kind === KIND.run) forwardGroup(m, at);
    else if (kind === KIND.strip) forwardStrip(m, at);
    else forwardList(m, at);
  }
}

function forwardGroup(m: Places, at: number): void {
  const { v, scratch } = m;
  const { records } = m.tape;
  const op = records[at]! & 255;
  const n = records[at + W.count]!;
  const o = records[at + W.out]!;
  const a = records[at + W.a]!;
  const as = records[at + W.as]!;
  const b = records[at + W.b]!;
  const bs = records[at + W.bs]!;
  const c = records[at + W.c]!;
  const cs = records[at + W.cs]!;
  if (as !== GATHER && bs !== GATHER && cs !== GATHER) {
    if (op <= OP.mul) forwardArithmetic(op, n, v, o, a, as, b, bs);
    else forwardRun(op, n, v, o, a, as, b, bs, c, cs);
    return;
  }
  if (as === GATHER && bs === GATHER && op <= OP.mul) return forwardGathered(m, op, n, o, a, b);
  for (let i = 0; i < n; i += SUM_BLOCK) {
    const count = Math.min(n - i, SUM_BLOCK);
    const x = as === GATHER ? pack(m, a + i, count, scratch) : a + i * as;
    const y = bs === GATHER ? pack(m, b + i, count, scratch + SUM_BLOCK) : b + i * bs;
    const w = cs === GATHER ? pack(m, c + i, count, scratch + 2 * SUM_BLOCK) : c + i * cs;
    forwardRun(op, count, v, o + i, x, as === GATHER ? 1 : as, y, bs === GATHER ? 1 : bs, w, cs === GATHER ? 1 : cs);
  }
}

/** Sums, differences and products of operands from anywhere: most of an irregular graph. */
function forwardGathered({ tape, v }: Places, op: number, n: number, o: number, a: number, b: number): void {
  const { indices } = tape;
  if (op === OP.add) for (let i = 0; i < n; i++) v[o + i] = v[indices[a + i]!]! + v[indices[b + i]!]!;
  else if (op === OP.sub) for (let i = 0; i < n; i++) v[o + i] = v[indices[a + i]!]! - v[indices[b + i]!]!;
  else for (let i = 0; i < n; i++) v[o + i] = v[indices[a + i]!]! * v[indices[b + i]!]!;
}

function forwardList(m: Places, at: number): void {
  const { tape, v, scratch, longest, work } = m;
  const { records } = tape;
  const op = records[at]! & 255;
  const k = records[at + W.k]!;
  const o = records[at + W.out]!;
  const as = listStep(tape, at + W.a);
  const bs = op === OP.dot ? listStep(tape, at + W.b) : 0;
  for (let i = 0, n = records[at + W.count]!; i < n; i++) {
    const a = listAt(m, at, at + W.a, i, scratch);
    const b = op === OP.dot ? listAt(m, at, at + W.b, i, scratch + longest) : 0;
    v[o + i] = listValue(op, k, v, a, as, b, bs, work);
  }
}
