// Adjoints: the records of a segment in descending order; operand a's contributions first, then b's, then c's, nodes
// ascending within each (ARCHITECTURE.md, "One order").
import { pullArithmetic, pullArithmeticShared, pullSumBoth } from './arithmetic';
import { listAt, listStride } from './forward';
import { listPull } from './lists';
import { pullPacked } from './pack';
import { ADD, arity, DOT, look, MUL, partial, partialPair, pullGathered, SQUARE, SUB } from './rules';
import { clear, pull, pullShared } from './run';
import { tick } from './steps';
import { dotAndScale } from './sum';
import { active, adjoints, adjointSlot, at, base, count, form, GATHER, GATHERED, IN_PLACE, indices, kind, length, LIST, opcode, out, pulled, record, RECORD_BYTES, scratch, segment, slotOf, stride, STRIP, STRIP_BYTES, strips, values } from './tape';

export function reverse(P: usize, s: usize): void { reverseRecords(P, segment(P, s), segment(P, s + 1)); }

/** Records first … last − 1 of the tape, for generated code that leaves them to the core. */
export function reversePart(P: usize, first: i32, last: i32): void { reverseRecords(P, record(P, first), record(P, last)); }

/** The records from `first` up to `end`, descending. */
function reverseRecords(P: usize, first: usize, end: usize): void {
  const V = values(P), G = adjoints(P), I = indices(P);
  for (let R = end - RECORD_BYTES; R >= first; R -= RECORD_BYTES) {
    if (form(R) & GATHERED) {
      const op = opcode(R), mask = pulled(R), a = I + (<usize>base(R, 0) << 2), b = I + (<usize>base(R, 1) << 2);
      tick(count(R));
      if (!pullGathered(op, mask, count(R), at(G, adjointSlot(R)), V, a, b, G)) reverseGathered(P, R, op, mask, a, b);
      continue;
    }
    const k = kind(R);
    if (k == STRIP) reverseStrip(P, R);
    else if (k == LIST) reverseList(P, R);
    else {
      const mask = pulled(R), op = opcode(R);
      tick(count(R));
      if (mask == 3 && op <= MUL && (form(R) & IN_PLACE) && reverseBoth(P, R, op)) continue;
      if (mask & 1) reverseRun(P, R, 0);
      if (mask & 2) reverseRun(P, R, 1);
      if (mask & 4) reverseRun(P, R, 2);
    }
  }
}

// @ts-ignore: decorator
@inline function add(g: usize, x: f64): void { store<f64>(g, load<f64>(g) + x); }

/** Both operands of add, sub or mul in one pass, where they cannot be the same slots; false where they may. */
function reverseBoth(P: usize, R: usize, op: u32): bool {
  const V = values(P), G = adjoints(P), n = count(R), a = base(R, 0), b = base(R, 1), d = at(G, adjointSlot(R)), f = form(R);
  if (stride(R, 0) == stride(R, 1)) {
    if (op == MUL || stride(R, 0) == 0 || (a < b + n && b < a + n)) return false;
    pullSumBoth(n, d, at(G, a), at(G, b), op == SUB, (f & 1) != 0, (f & 2) != 0);
    return true;
  }
  if (op != MUL) return false;
  const row = stride(R, 0) ? a : b, one = stride(R, 0) ? b : a, first = ((stride(R, 0) ? f : f >> 1) & 1) != 0;
  if (one >= row && one < row + n) return false;
  add(at(G, one), dotAndScale(n, d, at(V, row), load<f64>(at(V, one)), at(G, row), first));
  return true;
}

function reverseRun(P: usize, R: usize, j: u32): void {
  const V = values(P), G = adjoints(P), op = opcode(R), n = count(R), sj = stride(R, j), f = form(R);
  const d = at(G, adjointSlot(R));
  if (f & IN_PLACE) {
    const g = at(G, base(R, j)), first = ((f >> j) & 1) != 0;
    if (op <= MUL) {
      const y = at(V, base(R, 1 - j)), ny = stride(R, 1 - j) != 0;
      if (sj) pullArithmetic(op, j, n, d, y, ny, g, first);
      else add(g, pullArithmeticShared(op, j, n, d, y, ny));
      return;
    }
    const o = at(V, out(R)), a = at(V, base(R, 0)), b = at(V, base(R, 1)), c = at(V, base(R, 2));
    const sa = <usize>stride(R, 0) << 3, sb = <usize>stride(R, 1) << 3, sc = <usize>stride(R, 2) << 3;
    if (sj) pull(op, j, n, o, d, a, sa, b, sb, c, sc, g, first);
    else pullShared(op, j, n, o, d, a, sa, b, sb, c, sc, g);
    return;
  }
  if (op <= MUL && sj != 0) reverseMixed(P, R, op, j, n, d);
  else pullPacked(P, V, G, R, j);
}

/** All operands are gathered, of an op that has no loop of its own: node by node, operand a then b. */
function reverseGathered(P: usize, R: usize, op: u32, mask: u32, a: usize, b: usize): void {
  const V = values(P), G = adjoints(P), n = count(R), toA = (mask & 1) != 0, toB = (mask & 2) != 0;
  const two = arity(op) == 2, key = op << 2;
  let d = at(G, adjointSlot(R)), o = at(V, out(R));
  for (const e = d + (<usize>(n - 1) << 3); d < e; d += 16, o += 16, a += 8, b += 8) {
    const t = v128.load(d), z = v128.load(o), x = look(V, a), y = two ? look(V, b) : x;
    const p = f64x2.mul(t, partialPair(key, x, y, y, z)), q = two ? f64x2.mul(t, partialPair(key | 1, x, y, y, z)) : p;
    if (toA) add(at(G, load<i32>(a)), f64x2.extract_lane(p, 0));
    if (toB) add(at(G, load<i32>(b)), f64x2.extract_lane(q, 0));
    if (toA) add(at(G, load<i32>(a, 4)), f64x2.extract_lane(p, 1));
    if (toB) add(at(G, load<i32>(b, 4)), f64x2.extract_lane(q, 1));
  }
  if (n & 1) {
    const i = n - 1, t = load<f64>(d);
    if (toA) add(at(G, slotOf(P, R, 0, i)), t * partialOf(P, R, key, i));
    if (toB) add(at(G, slotOf(P, R, 1, i)), t * partialOf(P, R, key | 1, i));
  }
}

/** add, sub and mul of operands some of which are gathered or strided, as in forward.ts. */
function reverseMixed(P: usize, R: usize, op: u32, j: u32, n: i32, d: usize): void {
  const V = values(P), G = adjoints(P), I = indices(P), e = d + (<usize>n << 3), st = stride(R, j), sy = stride(R, 1 - j);
  const dt = st == GATHER ? 1 : st, dy = sy == GATHER ? 1 : sy, minus = op == SUB && j == 1;
  for (let t = base(R, j), y = base(R, 1 - j); d < e; d += 8, t += dt, y += dy) {
    let x = load<f64>(d);
    if (op == MUL) x *= load<f64>(at(V, sy == GATHER ? load<i32>(I + (<usize>y << 2)) : y));
    add(at(G, st == GATHER ? load<i32>(I + (<usize>t << 2)) : t), minus ? -x : x);
  }
}

/** ∂op/∂operand of node i. */
export function partialOf(P: usize, R: usize, key: u32, i: i32): f64 {
  const V = values(P);
  return partial(key, load<f64>(at(V, slotOf(P, R, 0, i))), load<f64>(at(V, slotOf(P, R, 1, i))), load<f64>(at(V, slotOf(P, R, 2, i))), load<f64>(at(V, out(R) + i)));
}

/**
 * A strip backward. The adjoint of the node before is carried in a register: this node is its nearest consumer, so its
 * contributions are the last it gets, and nothing else reads it.
 */
function reverseStrip(P: usize, R: usize): void {
  const V = values(P), G = adjoints(P), n = count(R), first = out(R);
  tick(n);
  let d = load<f64>(at(G, first + n - 1));
  for (let slot = first + n - 1, q = strips(P) + <usize>(base(R, 0) + n - 1) * STRIP_BYTES; slot >= first; slot--, q -= STRIP_BYTES) {
    const op = <u32>load<u8>(q), mask = load<u8>(q, 2), a = load<i32>(q, 4), b = load<i32>(q, 8);
    const before = slot == first ? -1 : slot - 1;
    let carry: f64 = before < 0 ? 0 : load<f64>(at(G, before)), da = d, db = d;
    switch (op) {
      case ADD: break;
      case SUB: db = -d; break;
      case MUL: {
        da = d * load<f64>(at(V, b));
        db = d * load<f64>(at(V, a));
        break;
      }
      case SQUARE: {
        const x = load<f64>(at(V, a));
        da = d * (x + x);
        break;
      }
      default: {
        const x = load<f64>(at(V, a)), y = load<f64>(at(V, b)), z = load<f64>(at(V, slot));
        if (mask & 1) da = d * partial(op << 2, x, y, y, z);
        if (mask & 2) db = d * partial((op << 2) | 1, x, y, y, z);
      }
    }
    if (mask & 1) {
      if (a == before) carry += da;
      else add(at(G, a), da);
    }
    if (mask & 2) {
      if (b == before) carry += db;
      else add(at(G, b), db);
    }
    d = carry;
  }
}

function reverseList(P: usize, R: usize): void {
  const mask = active(R);
  tick(count(R) * length(R));
  if (mask & 1) reverseListOperand(P, R, 0);
  if (mask & 2) reverseListOperand(P, R, 1);
}

/** Lists in place are added to in place; a gathered list's contributions are collected, then added one by one. */
function reverseListOperand(P: usize, R: usize, j: u32): void {
  const V = values(P), G = adjoints(P), op = opcode(R), n = count(R), k = length(R), bytes = <usize>k << 3, T = scratch(P);
  const two = op == DOT, other: u32 = two ? 1 - j : j;
  for (let i = 0; i < n; i++) {
    const z = out(R) + i, d = load<f64>(at(G, z));
    const a = listAt(P, R, j, i, V, T), b = two ? listAt(P, R, other, i, V, T + bytes) : 0, sb = two ? listStride(R, other) : 0;
    if (stride(R, j) != GATHER) {
      listPull(op, k, d, load<f64>(at(V, z)), a, listStride(R, j), b, sb, a - V + G, listStride(R, j), T + bytes * 2);
      continue;
    }
    clear(T + bytes * 3, k);
    listPull(op, k, d, load<f64>(at(V, z)), a, 8, b, sb, T + bytes * 3, 8, T + bytes * 2);
    for (let e = 0, q = indices(P) + (<usize>(base(R, j) + i * k) << 2); e < k; e++, q += 4) add(at(G, load<i32>(q)), load<f64>(T + bytes * 3 + (<usize>e << 3)));
  }
}
