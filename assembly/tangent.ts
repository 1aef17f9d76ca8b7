// Forward mode: the tangent of a node is Σ partial · tangent over its active operands, in one pass beside the values.
// One form for a single point (c = 1) and for a tile of c rows: lane l of a row slot lies 8·l bytes behind its first.
// Gated as the reverse sweep is: only a node with a live path from the seeded parameters has a tangent.
import { listAt, listStride } from './forward';
import { elementSlot } from './gated';
import { listPull } from './lists';
import { packed, pullTo } from './pack';
import { DOT, isGate, partial } from './rules';
import { clear } from './run';
import { BLOCK, dot, dotStrided } from './sum';
import { active, at, base, count, flags, kind, length, LIST, opcode, out, RECORD_BYTES, rowStart, RUN, scratch, segment, slotOf, stride, STRIP, STRIP_BYTES, strips, tangents, values } from './tape';

let c: i32 = 1; // lanes in use
let S: i32 = 0; // first row slot
let V: usize = 0, T: usize = 0, VR: usize = 0, TR: usize = 0; // shared and row bases: slot s at V + 8s or VR + s·width
let width: usize = 8;
let F: usize = 0; // flags, 0 for the plain sweep

/** Where this sweep's numbers lie; row bases are those of slot 0. */
export function tangentPlaces(P: usize, lanes: i32, valueRows: usize, tangentRows: usize, laneBytes: usize, gated: bool): void {
  c = lanes;
  S = rowStart(P);
  V = values(P);
  T = tangents(P);
  VR = valueRows;
  TR = tangentRows;
  width = laneBytes;
  F = gated ? flags(P) : 0;
}

// @ts-ignore: decorator
@inline function value(slot: i32, l: usize): f64 { return slot < S ? load<f64>(at(V, slot)) : load<f64>(VR + <usize>slot * width + l); }
// @ts-ignore: decorator
@inline function tangentAt(slot: i32, l: usize): usize { return slot < S ? at(T, slot) : TR + <usize>slot * width + l; }

export function tangent(P: usize, s: usize): void {
  const row = s >= 2, plain = !F && (!row || (width == 8 && VR == V && TR == T)); // rows may begin where they would for a point alone
  for (let R = segment(P, s), end = segment(P, s + 1); R < end; R += RECORD_BYTES) {
    const k = kind(R), n = count(R), lanes = row ? c : 1;
    if (k != STRIP && plain) {
      if (k == RUN) for (let i = 0; i < n; i += BLOCK) tangentOfRun(P, R, i, min<i32>(n - i, BLOCK));
      else for (let i = 0; i < n; i++) tangentOfPlainList(P, R, i);
      continue;
    }
    for (let i = 0; i < n; i++)
      for (let l = 0; l < lanes; l++) {
        if (k == LIST) tangentOfList(P, R, i, <usize>l << 3);
        else if (k == STRIP) {
          const q = strips(P) + <usize>(base(R, 0) + i) * STRIP_BYTES, a = load<i32>(q, 4), b = load<i32>(q, 8);
          tangentOf(P, load<u8>(q), load<u8>(q, 2), out(R) + i, a, b, b, <usize>l << 3);
        } else tangentOf(P, opcode(R), active(R), out(R) + i, slotOf(P, R, 0, i), slotOf(P, R, 1, i), slotOf(P, R, 2, i), <usize>l << 3);
      }
  }
}

/** Nodes i … i + m − 1 of a run at a single point: what a reverse sweep does to an operand, with the operand's tangents for adjoints. */
function tangentOfRun(P: usize, R: usize, i: i32, m: i32): void {
  const mask = active(R), t = at(T, out(R) + i);
  let first = true;
  for (let j: u32 = 0; j < 3; j++)
    if ((mask >> j) & 1) {
      const d = stride(R, j) == 1 ? at(T, base(R, j) + i) : packed(P, T, R, j, i, m, 3);
      pullTo(P, V, R, j, i, m, d, t, first);
      first = false;
    }
  if (first) clear(t, m);
}

/** One node of an op over lists, at a single point: lists in place are read in place. */
function tangentOfPlainList(P: usize, R: usize, i: i32): void {
  const op = opcode(R), k = length(R), mask = active(R), o = out(R) + i;
  let t: f64 = -0.0;
  for (let j: u32 = 0; j < 2; j++) if ((mask >> j) & 1) {
    const p = listPartials(P, V, R, op, j, i), A = scratch(P);
    const d = listAt(P, R, j, i, T, A), step = listStride(R, j);
    t += step == 8 ? dot(k, p, d) : dotStrided(k, p, 8, d, step);
  }
  store<f64>(at(T, o), t);
}

/** Partials of node i for the elements of list j, side by side. */
export function listPartials(P: usize, V: usize, R: usize, op: u32, j: u32, i: i32): usize {
  const k = length(R), bytes = <usize>k << 3, A = scratch(P), p = A + bytes * 3, two = op == DOT, other: u32 = two ? 1 - j : j;
  clear(p, k);
  listPull(op, k, 1, load<f64>(at(V, out(R) + i)), listAt(P, R, j, i, V, A), listStride(R, j), two ? listAt(P, R, other, i, V, A + bytes) : 0, two ? listStride(R, other) : 0, p, 8, A + bytes * 2);
  return p;
}

/** One operand's share, or nothing through a closed gate or from a dead operand. */
function share(t: f64, slot: i32, l: usize, p: f64, gate: bool, o: i32): f64 {
  if (F) {
    if (!load<u8>(F + slot) || (gate && p == 0)) return t;
    store<u8>(F + o, 1);
  }
  return t + p * load<f64>(tangentAt(slot, l));
}

function tangentOf(P: usize, op: u32, mask: u32, o: i32, a: i32, b: i32, d: i32, l: usize): void {
  const x = value(a, l), y = value(b, l), w = value(d, l), z = value(o, l), gate = isGate(op), key = op << 2;
  let t: f64 = -0.0;
  if (F) store<u8>(F + o, 0);
  if (mask & 1) t = share(t, a, l, partial(key, x, y, w, z), gate, o);
  if (mask & 2) t = share(t, b, l, partial(key | 1, x, y, w, z), gate, o);
  if (mask & 4) t = share(t, d, l, partial(key | 2, x, y, w, z), gate, o);
  store<f64>(tangentAt(o, l), t);
}

function tangentOfList(P: usize, R: usize, i: i32, l: usize): void {
  const op = opcode(R), k = length(R), bytes = <usize>k << 3, A = scratch(P), mask = active(R), o = out(R) + i, gate = isGate(op);
  let t: f64 = -0.0;
  if (F) store<u8>(F + o, 0);
  for (let j: u32 = 0; j < 2; j++) {
    if (!((mask >> j) & 1)) continue;
    const other: u32 = op == DOT ? 1 - j : j;
    for (let e = 0; e < k; e++) {
      store<f64>(A + (<usize>e << 3), value(elementSlot(P, R, j, i, e), l));
      store<f64>(A + bytes + (<usize>e << 3), value(elementSlot(P, R, other, i, e), l));
    }
    const p = A + bytes * 3;
    clear(p, k);
    listPull(op, k, 1, value(o, l), A, 8, A + bytes, 8, p, 8, A + bytes * 2);
    for (let e = 0; e < k; e++) {
      const slot = elementSlot(P, R, j, i, e), q = <usize>e << 3;
      const dead = F && (!load<u8>(F + slot) || (gate && load<f64>(p + q) == 0));
      if (dead) { store<f64>(p + q, 0); store<f64>(A + q, 0); }
      else {
        if (F) store<u8>(F + o, 1);
        store<f64>(A + q, load<f64>(tangentAt(slot, l)));
      }
    }
    t += dot(k, p, A);
  }
  store<f64>(tangentAt(o, l), t);
}
