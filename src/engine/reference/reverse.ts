/**
 * Adjoints: the records of a segment in descending order; operand a's contributions first, then b's, then c's, nodes
 * ascending within each. What one operand shares among all nodes is summed and added once (ARCHITECTURE.md, "One order").
 */
import { pullRun } from '../../ops/kernels.ts';
import { listPull } from '../../ops/list-kernels.ts';
import { dot, sum } from '../../ops/sums.ts';
import { OP } from '../../ops/vocabulary.ts';
import { GATHER, KIND, RECORD_WORDS, SUM_BLOCK, W } from '../../tape/layout.ts';
import { ARITY } from '../../tape/nodes.ts';
import { pullArithmetic, pullBoth } from './arithmetic.ts';
import { listAt, listStep, type Places, pack } from './places.ts';
import { reverseStrip } from './strips.ts';

export function reverse(m: Places, segment: number): void {
  const { records, segments } = m.tape;
  const first = segments[segment]! * RECORD_WORDS;
  for (let at = (segments[segment + 1]! - 1) * RECORD_WORDS; at >= first; at -= RECORD_WORDS) {
    const head = records[at]!;
    const kind = (head >> 8) & 255;
    const active = head >> 16;
    if (kind === KIND.strip) reverseStrip(m, at);
    else if (kind === KIND.run) {
      if (active === 3 && (bothInOne(m, at) || bothGathered(m, at))) continue;
      if (active & 1) reverseGroup(m, at, 0);
      if (active & 2) reverseGroup(m, at, 1);
      if (active & 4) reverseGroup(m, at, 2);
    } else {
      if (active & 1) reverseList(m, at, 0);
      if (active & 2) reverseList(m, at, 1);
    }
  }
}

/** Sums and products of two groups of neighbours: one loop instead of two. */
function bothInOne({ tape: { records }, v, g }: Places, at: number): boolean {
  const op = records[at]! & 255;
  if ((op !== OP.add && op !== OP.mul) || records[at + W.as] !== 1 || records[at + W.bs] !== 1) return false;
  return pullBoth(op, records[at + W.count]!, v, g, records[at + W.out]!, records[at + W.a]!, records[at + W.b]!);
}

const PAIRS = new Float64Array(2 * SUM_BLOCK);

/** Both operands are looked up: node by node, operand a then b. */
function bothGathered(m: Places, at: number): boolean {
  const { v, g, scratch } = m;
  const { records, indices } = m.tape;
  if (records[at + W.as] !== GATHER || records[at + W.bs] !== GATHER || ARITY[records[at]! & 255] !== 2) return false;
  const op = records[at]! & 255;
  const n = records[at + W.count]!;
  const o = records[at + W.out]!;
  const a = records[at + W.a]!;
  const b = records[at + W.b]!;
  if (op <= OP.mul) {
    for (let i = 0; i < n; i++) {
      const d = g[o + i]!;
      const x = indices[a + i]!;
      const y = indices[b + i]!;
      g[x]! += op === OP.mul ? d * v[y]! : d;
      g[y]! += op === OP.mul ? d * v[x]! : op === OP.sub ? -d : d;
    }
    return true;
  }
  for (let i = 0; i < n; i += SUM_BLOCK) {
    const count = Math.min(n - i, SUM_BLOCK);
    const x = pack(m, a + i, count, scratch);
    const y = pack(m, b + i, count, scratch + SUM_BLOCK);
    PAIRS.fill(-0);
    for (let j = 0; j < 2; j++) pullRun(op, j, count, v, o + i, g, o + i, x, 1, y, 1, y, 1, PAIRS, j * SUM_BLOCK, 1);
    for (let e = 0; e < count; e++) {
      g[indices[a + i + e]!]! += PAIRS[e]!;
      g[indices[b + i + e]!]! += PAIRS[SUM_BLOCK + e]!;
    }
  }
  return true;
}

function reverseGroup(m: Places, at: number, j: number): void {
  const { v, g, chunk } = m;
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
  const t = records[at + W.a + 3 * j]!;
  const ts = records[at + W.as + 3 * j]!;
  if (op <= OP.mul) {
    if (ts === 0) {
      const total = op === OP.mul ? productTotal(m, n, o, j ? a : b, j ? as : bs) : sum(n, g, o, 1);
      g[t]! += op === OP.sub && j === 1 ? -total : total;
      return;
    }
    if (ts === GATHER) return scatter(m, op, j, n, o, t, j ? a : b, j ? as : bs);
    if (op !== OP.mul || (j ? as : bs) !== GATHER) return pullArithmetic(op, j, n, v, g, o, t, ts, j ? a : b, j ? as : bs);
  }
  if (as !== GATHER && bs !== GATHER && cs !== GATHER) {
    if (ts !== 0) return pullRun(op, j, n, v, o, g, o, a, as, b, bs, c, cs, g, t, ts);
    let total = -0;
    for (let i = 0; i < n; i += SUM_BLOCK) {
      const count = Math.min(n - i, SUM_BLOCK);
      chunk.fill(-0, 0, count);
      pullRun(op, j, count, v, o + i, g, o + i, a + i * as, as, b + i * bs, bs, c + i * cs, cs, chunk, 0, 1);
      total += sum(count, chunk, 0, 1);
    }
    g[t]! += total;
    return;
  }
  pullPacked(m, at, j, op, n, o);
}

/** Some operand is looked up: contributions in blocks, then to where they belong. */
function pullPacked(m: Places, at: number, j: number, op: number, n: number, o: number): void {
  const { v, g, chunk, scratch } = m;
  const { records, indices } = m.tape;
  const [a, as, b, bs, c, cs] = [records[at + W.a]!, records[at + W.as]!, records[at + W.b]!, records[at + W.bs]!, records[at + W.c]!, records[at + W.cs]!]; // biome-ignore format: a row
  const t = records[at + W.a + 3 * j]!;
  const ts = records[at + W.as + 3 * j]!;
  let total = -0;
  for (let i = 0; i < n; i += SUM_BLOCK) {
    const count = Math.min(n - i, SUM_BLOCK);
    const x = as === GATHER ? pack(m, a + i, count, scratch) : a + i * as;
    const y = bs === GATHER ? pack(m, b + i, count, scratch + SUM_BLOCK) : b + i * bs;
    const w = cs === GATHER ? pack(m, c + i, count, scratch + 2 * SUM_BLOCK) : c + i * cs;
    const xs = as === GATHER ? 1 : as;
    const ys = bs === GATHER ? 1 : bs;
    const ws = cs === GATHER ? 1 : cs;
    if (ts !== 0 && ts !== GATHER) {
      pullRun(op, j, count, v, o + i, g, o + i, x, xs, y, ys, w, ws, g, t + i * ts, ts);
      continue;
    }
    chunk.fill(-0, 0, count);
    pullRun(op, j, count, v, o + i, g, o + i, x, xs, y, ys, w, ws, chunk, 0, 1);
    if (ts === 0) total += sum(count, chunk, 0, 1);
    else for (let e = 0; e < count; e++) g[indices[t + i + e]!]! += chunk[e]!;
  }
  if (ts === 0) g[t]! += total;
}

/** Σ adjoint · other operand of a product. */
function productTotal(m: Places, n: number, o: number, y: number, ys: number): number {
  const { v, g, scratch } = m;
  if (ys !== GATHER) return dot(n, g, o, 1, v, y, ys);
  let total = -0;
  for (let i = 0; i < n; i += SUM_BLOCK) {
    const count = Math.min(n - i, SUM_BLOCK);
    total += dot(count, g, o + i, 1, v, pack(m, y + i, count, scratch), 1);
  }
  return total;
}

/** add, sub, mul into gathered operands: the partial is 1, −1 or the other operand (at y, with stride ys). */
function scatter({ tape, v, g }: Places, op: number, j: number, n: number, o: number, t: number, y: number, ys: number): void {
  const { indices } = tape;
  if (op === OP.mul) {
    if (ys === GATHER) for (let i = 0; i < n; i++) g[indices[t + i]!]! += g[o + i]! * v[indices[y + i]!]!;
    else for (let i = 0; i < n; i++) g[indices[t + i]!]! += g[o + i]! * v[y + i * ys]!;
  } else if (op === OP.sub && j === 1) for (let i = 0; i < n; i++) g[indices[t + i]!]! -= g[o + i]!;
  else for (let i = 0; i < n; i++) g[indices[t + i]!]! += g[o + i]!;
}

/** Lists in place are added to in place; a gathered list's contributions are collected, then added one by one. */
function reverseList(m: Places, at: number, j: number): void {
  const { tape, v, g, chunk, scratch, longest, work } = m;
  const { records, indices } = tape;
  const op = records[at]! & 255;
  const k = records[at + W.k]!;
  const o = records[at + W.out]!;
  const word = at + W.a + 3 * j;
  const other = at + W.b - 3 * j;
  const xs = listStep(tape, word);
  const ys = op === OP.dot ? listStep(tape, other) : 0;
  for (let i = 0, n = records[at + W.count]!; i < n; i++) {
    const x = listAt(m, at, word, i, scratch);
    const y = op === OP.dot ? listAt(m, at, other, i, scratch + longest) : 0;
    if (records[word + 1] !== GATHER) {
      listPull(op, k, g[o + i]!, v[o + i]!, v, x, xs, y, ys, g, x, xs, work);
      continue;
    }
    chunk.fill(-0, 0, k);
    listPull(op, k, g[o + i]!, v[o + i]!, v, x, xs, y, ys, chunk, 0, 1, work);
    for (let e = 0, q = records[word]! + i * k; e < k; e++) g[indices[q + e]!]! += chunk[e]!;
  }
}
