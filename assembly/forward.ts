// Values: one pass over the records of a segment, in tape order.
import { arithmetic } from './arithmetic';
import { listValue } from './lists';
import { runPacked } from './pack';
import { ADD, arity, DOT, look, MUL, SQUARE, SUB, value, valueGathered, valuePair } from './rules';
import { run } from './run';
import { tick } from './steps';
import { at, base, count, elementStride, form, GATHER, GATHERED, IN_PLACE, indices, kind, length, LIST, opcode, out, record, RECORD_BYTES, scratch, segment, stride, STRIP, STRIP_BYTES, strips, values } from './tape';

export function forward(P: usize, s: usize): void { forwardRecords(P, segment(P, s), segment(P, s + 1)); }

/** The records from R up to `end`. */
function forwardRecords(P: usize, R: usize, end: usize): void {
  const V = values(P), I = indices(P);
  for (; R < end; R += RECORD_BYTES) {
    if (form(R) & GATHERED) {
      const op = opcode(R), n = count(R), a = I + (<usize>base(R, 0) << 2), b = I + (<usize>base(R, 1) << 2), o = at(V, out(R));
      tick(n);
      if (!valueGathered(op, n, o, V, a, b)) forwardGathered(op, n, o, V, a, arity(op) == 2 ? b : a);
      continue;
    }
    const k = kind(R);
    if (k == STRIP) forwardStrip(P, R);
    else if (k == LIST) forwardList(P, R);
    else forwardRun(P, R);
  }
}

/** Records first … last − 1 of the tape, for generated code that leaves them to the core. */
export function forwardPart(P: usize, first: i32, last: i32): void { forwardRecords(P, record(P, first), record(P, last)); }

/** Gathers of common ops and neighbours take the fast loops; other gathers and strides go element by element. */
function forwardRun(P: usize, R: usize): void {
  const V = values(P), op = opcode(R), n = count(R), f = form(R);
  const o = at(V, out(R));
  tick(n);
  const sa = stride(R, 0), sb = stride(R, 1);
  if (f & IN_PLACE) {
    const a = at(V, base(R, 0)), b = at(V, base(R, 1));
    if (op <= MUL) arithmetic(op, n, o, a, sa != 0, b, sb != 0);
    else run(op, n, o, a, <usize>sa << 3, b, <usize>sb << 3, at(V, base(R, 2)), <usize>stride(R, 2) << 3);
  } else if (op <= MUL) forwardMixed(P, R, op, n, o);
  else runPacked(P, V, R);
}

/** All operands are gathered, of an op that has no loop of its own. */
function forwardGathered(op: u32, n: i32, o: usize, V: usize, a: usize, b: usize): void {
  for (; n > 1; n -= 2, o += 16, a += 8, b += 8) {
    const x = look(V, a), y = look(V, b);
    v128.store(o, valuePair(op, x, y, y));
  }
  if (n) {
    const y = load<f64>(at(V, load<i32>(b)));
    store<f64>(o, value(op, load<f64>(at(V, load<i32>(a))), y, y));
  }
}

/** add, sub and mul where one operand is gathered or strided and the other is not: too common to pack. */
function forwardMixed(P: usize, R: usize, op: u32, n: i32, o: usize): void {
  const V = values(P), I = indices(P), sa = stride(R, 0), sb = stride(R, 1), e = o + (<usize>n << 3);
  const da = sa == GATHER ? 1 : sa, db = sb == GATHER ? 1 : sb;
  for (let a = base(R, 0), b = base(R, 1); o < e; o += 8, a += da, b += db) {
    const x = load<f64>(at(V, sa == GATHER ? load<i32>(I + (<usize>a << 2)) : a)), y = load<f64>(at(V, sb == GATHER ? load<i32>(I + (<usize>b << 2)) : b));
    store<f64>(o, op == MUL ? x * y : op == ADD ? x + y : x - y);
  }
}

/**
 * Single nodes one after another, each may use the one before: the common ops here, the others in the table. What the
 * node before computed is kept in a register; a chain through memory would wait for its own stores.
 */
function forwardStrip(P: usize, R: usize): void {
  const V = values(P), n = count(R), first = out(R);
  tick(n);
  let z: f64 = 0;
  for (let slot = first, end = first + n, q = strips(P) + <usize>base(R, 0) * STRIP_BYTES; slot < end; slot++, q += STRIP_BYTES) {
    const op = <u32>load<u8>(q), a = load<i32>(q, 4), b = load<i32>(q, 8), before = slot == first ? -1 : slot - 1;
    const x = a == before ? z : load<f64>(at(V, a)), y = b == before ? z : load<f64>(at(V, b));
    switch (op) {
      case ADD: z = x + y; break;
      case SUB: z = x - y; break;
      case MUL: z = x * y; break;
      case SQUARE: z = x * x; break;
      default: z = value(op, x, y, y);
    }
    store<f64>(at(V, slot), z);
  }
}

function forwardList(P: usize, R: usize): void {
  const V = values(P), op = opcode(R), n = count(R), k = length(R), T = scratch(P);
  const two = op == DOT;
  tick(n * k);
  for (let i = 0; i < n; i++) {
    const a = listAt(P, R, 0, i, V, T), b = two ? listAt(P, R, 1, i, V, T + (<usize>k << 3)) : 0;
    store<f64>(at(V, out(R) + i), listValue(op, k, a, listStride(R, 0), b, two ? listStride(R, 1) : 0, T + (<usize>k << 4)));
  }
}

/** Address of list j of node i: in place, or gathered to T. */
export function listAt(P: usize, R: usize, j: u32, i: i32, V: usize, T: usize): usize {
  const s = stride(R, j), first = base(R, j);
  if (s != GATHER) return at(V, first + i * s);
  const k = length(R);
  for (let e = 0, q = indices(P) + (<usize>(first + i * k) << 2); e < k; e++, q += 4) store<f64>(T + (<usize>e << 3), load<f64>(at(V, load<i32>(q))));
  return T;
}

/** Bytes from one element of list j to the next. */
export function listStride(R: usize, j: u32): usize {
  return stride(R, j) == GATHER ? 8 : <usize>(<isize>elementStride(R, j) << 3);
}
