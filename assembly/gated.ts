// The careful reverse sweep, taken only when a gradient came out with a NaN: ∞·0 behind a closed gate (the branch that
// select does not take, the loser of max, relu below 0 …) is no derivative. A flag per slot says whether an open path
// from an output reaches it; a node that none reaches contributes nothing. Everything else stays plain IEEE.
import { listAt, listStride } from './forward';
import { listPull } from './lists';
import { partialOf } from './reverse';
import { DOT, isGate, partial } from './rules';
import { clear } from './run';
import { active, adjoints, at, base, count, elementStride, flags, GATHER, indices, kind, length, LIST, opcode, out, RECORD_BYTES, scratch, segment, slotOf, stride, STRIP, STRIP_BYTES, strips, values } from './tape';

export function reverseGated(P: usize, s: usize): void {
  const first = segment(P, s);
  for (let R = segment(P, s + 1) - RECORD_BYTES; R >= first; R -= RECORD_BYTES) {
    const k = kind(R), mask = active(R);
    if (k == STRIP) gatedStrip(P, R);
    else
      for (let j: u32 = 0; j < 3; j++)
        if ((mask >> j) & 1) {
          if (k == LIST) gatedList(P, R, j);
          else gatedRun(P, R, j);
        }
  }
}

/** Adds d·p to a slot's adjoint unless the gate is closed. */
function pass(P: usize, slot: i32, d: f64, p: f64, gate: bool): void {
  if (gate && p == 0) return;
  const g = at(adjoints(P), slot);
  store<f64>(g, load<f64>(g) + d * p);
  store<u8>(flags(P) + slot, 1);
}

function gatedRun(P: usize, R: usize, j: u32): void {
  const op = opcode(R), gate = isGate(op), key = (op << 2) | j, o = out(R);
  for (let i = 0, n = count(R); i < n; i++)
    if (load<u8>(flags(P) + o + i)) pass(P, slotOf(P, R, j, i), load<f64>(at(adjoints(P), o + i)), partialOf(P, R, key, i), gate);
}

function gatedStrip(P: usize, R: usize): void {
  const V = values(P), o = out(R);
  for (let i = count(R) - 1; i >= 0; i--) {
    if (!load<u8>(flags(P) + o + i)) continue;
    const q = strips(P) + <usize>(base(R, 0) + i) * STRIP_BYTES, op = <u32>load<u8>(q), mask = load<u8>(q, 2);
    const a = load<i32>(q, 4), b = load<i32>(q, 8), x = load<f64>(at(V, a)), y = load<f64>(at(V, b));
    const z = load<f64>(at(V, o + i)), d = load<f64>(at(adjoints(P), o + i)), gate = isGate(op);
    if (mask & 1) pass(P, a, d, partial(op << 2, x, y, y, z), gate);
    if (mask & 2) pass(P, b, d, partial((op << 2) | 1, x, y, y, z), gate);
  }
}

function gatedList(P: usize, R: usize, j: u32): void {
  const V = values(P), op = opcode(R), k = length(R), bytes = <usize>k << 3, T = scratch(P), gate = isGate(op), other: u32 = op == DOT ? 1 - j : j;
  for (let i = 0, n = count(R); i < n; i++) {
    const z = out(R) + i;
    if (!load<u8>(flags(P) + z)) continue;
    const a = listAt(P, R, j, i, V, T), b = op == DOT ? listAt(P, R, other, i, V, T + bytes) : 0;
    clear(T + bytes * 3, k);
    listPull(op, k, 1, load<f64>(at(V, z)), a, listStride(R, j), b, op == DOT ? listStride(R, other) : 0, T + bytes * 3, 8, T + bytes * 2);
    const d = load<f64>(at(adjoints(P), z));
    for (let e = 0; e < k; e++) pass(P, elementSlot(P, R, j, i, e), d, load<f64>(T + bytes * 3 + (<usize>e << 3)), gate);
  }
}

/** Slot of element e of list j of node i. */
export function elementSlot(P: usize, R: usize, j: u32, i: i32, e: i32): i32 {
  const s = stride(R, j), first = base(R, j);
  return s == GATHER ? load<i32>(indices(P) + (<usize>(first + i * length(R) + e) << 2)) : first + i * s + e * elementStride(R, j);
}
