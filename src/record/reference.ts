/** The sweeps over a recorded tape in TypeScript, step by step as in assembly/record.ts, so that sums and products have the same bits. */
import { partial } from '../engine/reference/gated.ts';
import { ARITY, GATE } from '../ops/kernels.ts';
import { listPull } from '../ops/list-kernels.ts';
import { dot } from '../ops/sums.ts';
import { FIRST_LIST_OP, OP } from '../ops/vocabulary.ts';
import { COPIES, type Memory } from './memory.ts';

// by name of their own, so that the switch below is a jump
const { add: ADD, sub: SUB, mul: MUL, square: SQUARE, dot: DOT, sum: SUM } = OP;

const unreached = (x: number): boolean => Object.is(x, -0);

/** Adjoints of the nodes last … 0. −0 means "not reached", so whatever is added has +0 added first. */
export function pull(m: Memory, last: number, gated: boolean, withKept: boolean): void {
  const { values: v, adjoints: g, code, kept } = m;
  for (let i = last, q = 3 * last; i >= 0; i--, q -= 3) {
    const mask = (code[q]! >> 16) & 7;
    let d = g[i]!;
    if (mask === 0 || unreached(d)) continue;
    if (withKept) {
      d += kept[i]!;
      g[i] = d;
    }
    const op = code[q]! & 255;
    const a = code[q + 1]!;
    const b = code[q + 2]!;
    let da = d;
    let db = d;
    switch (op) {
      case ADD:
        break;
      case SUB:
        db = -d;
        break;
      case MUL:
        da = d * v[b]!;
        db = d * v[a]!;
        break;
      case SQUARE:
        da = d * (v[a]! + v[a]!);
        break;
      default:
        if (op >= FIRST_LIST_OP) pullList(m, op, a, b, i, gated && GATE[op] === 1);
        else pullNode(m, op, mask, a, b, i, gated && GATE[op] === 1);
        continue;
    }
    if (mask & 1) g[a]! += da + 0;
    if (mask & 2) g[b]! += db + 0;
  }
}

function pullNode(m: Memory, op: number, mask: number, a: number, b: number, i: number, gate: boolean): void {
  const { values: v, adjoints: g, lists } = m;
  const three = ARITY[op] === 3;
  const y = three ? lists[b]! : b;
  const w = three ? lists[b + 1]! : a;
  const d = g[i]!;
  for (let j = 0; j < 3; j++) {
    if (!(mask & (1 << j))) continue;
    const p = partial(op, j, v, i, a, y, w);
    if (!(gate && p === 0)) g[j === 0 ? a : j === 1 ? y : w]! += d * p + 0;
  }
}

function pullList(m: Memory, op: number, x: number, k: number, i: number, gate: boolean): void {
  const { values: v, adjoints: g, lists, scratch } = m;
  const d = g[i]!;
  if (op === SUM) {
    for (let e = x; e < x + k; e++) g[lists[e]!]! += d;
    return;
  }
  if (op === DOT) {
    for (let e = x; e < x + k; e++) g[lists[e]!]! += d * v[lists[e + k]!]! + 0;
    for (let e = x; e < x + k; e++) g[lists[e + k]!]! += d * v[lists[e]!]! + 0;
    return;
  }
  partialsOf(m, op, x, k, v[i]!);
  for (let e = 0; e < k; e++) if (!(gate && scratch[k + e] === 0)) g[lists[x + e]!]! += d * scratch[k + e]! + 0;
}

/** In scratch from k on: the partials of a list op other than sum and dot; before them its operands. */
function partialsOf({ values, lists, scratch }: Memory, op: number, x: number, k: number, z: number): void {
  for (let e = 0; e < k; e++) scratch[e] = values[lists[x + e]!]!;
  scratch.fill(-0, k, 2 * k);
  listPull(op, k, 1, z, scratch, 0, 1, 0, 1, scratch, k, 1, scratch.subarray(2 * k, COPIES * k));
}

/** Tangents of the nodes first … last: Σ partial · tangent over the operands that are reached. */
export function push(m: Memory, first: number, last: number, gated: boolean): void {
  const { values: v, adjoints: g, code, lists } = m;
  for (let i = first, q = 3 * first; i <= last; i++, q += 3) {
    const op = code[q]! & 255;
    const mask = (code[q]! >> 16) & 7;
    const gate = gated && GATE[op] === 1;
    let t = -0;
    if (mask !== 0 && op >= FIRST_LIST_OP) t = tangentOfList(m, op, code[q + 1]!, code[q + 2]!, v[i]!, gate);
    else if (mask !== 0) {
      const three = ARITY[op] === 3;
      const a = code[q + 1]!;
      const b = three ? lists[code[q + 2]!]! : code[q + 2]!;
      const c = three ? lists[code[q + 2]! + 1]! : a;
      for (let j = 0; j < 3; j++) {
        const s = g[j === 0 ? a : j === 1 ? b : c]!;
        if (!(mask & (1 << j)) || unreached(s)) continue;
        const p = partial(op, j, v, i, a, b, c);
        if (!(gate && p === 0)) t += p * s + 0;
      }
    }
    g[i] = t;
  }
}

/** Operands that are not reached count as partial 0 and tangent 0. */
function tangentOfList(m: Memory, op: number, x: number, k: number, z: number, gate: boolean): number {
  const { values: v, adjoints: g, lists, scratch } = m;
  let t = -0;
  for (let j = 0; j < (op === DOT ? 2 : 1); j++) {
    const own = x + j * k;
    if (op === DOT) for (let e = 0; e < k; e++) scratch[k + e] = v[lists[x + (1 - j) * k + e]!]!;
    else partialsOf(m, op, x, k, z);
    let live = false;
    for (let e = 0; e < k; e++) {
      const s = g[lists[own + e]!]!;
      const dead = unreached(s) || (gate && scratch[k + e] === 0);
      scratch[e] = dead ? 0 : s;
      if (dead) scratch[k + e] = 0;
      else live = true;
    }
    if (live) t += dot(k, scratch, k, 1, scratch, 0, 1) + 0;
  }
  return t;
}
