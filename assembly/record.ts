// The sweeps over a recorded tape: nodes one by one, as code that ran appended them (src/record/layout.ts draws it).
// Addresses: V values, G adjoints or tangents, C code (12 bytes a node), L lists, T scratch for four times the longest list.
//
// −0 means "not reached": adjoints start there, whatever is added has +0 added first (so −0 never comes back), and a node
// still at −0 contributes nothing. Recorded code computes much that its result does not depend on, and says so only here.
import { listPull, listValue } from './lists';
import { ADD, arity, DOT, isGate, MUL, partial, SQUARE, SUB, SUM } from './rules';
import { clear } from './run';
import { dot } from './sum';
import { at } from './tape';

const NODE_BYTES: usize = 12;

// @ts-ignore: decorator
@inline function add(g: usize, x: f64): void { store<f64>(g, load<f64>(g) + (x + 0)); }
// @ts-ignore: decorator
@inline function reached(d: f64): bool { return reinterpret<i64>(d) != i64.MIN_VALUE; }
/** Slot of element i of a list. */
// @ts-ignore: decorator
@inline function element(list: usize, i: i32): i32 { return load<i32>(list + (<usize>i << 2)); }

/** Value of an op over the k numbers at T (dot: and the k behind them). */
export function recordedList(op: u32, k: i32, T: usize): f64 {
  const bytes = <usize>k << 3;
  const z = listValue(op, k, T, 8, T + bytes, 8, T + bytes * 2);
  return k == 0 ? z + 0 : z; // an empty sum is 0, not −0
}

/**
 * Adjoints of the nodes last … 0, from those that are in G already; gated: closed gates pass nothing. K: what an earlier
 * sweep left at each node, to be added and passed on once more (micrograd does so), or 0.
 */
export function pullRecorded(V: usize, G: usize, C: usize, L: usize, T: usize, K: usize, last: i32, gated: bool): void {
  for (let i = last, q = C + <usize>last * NODE_BYTES; i >= 0; i--, q -= NODE_BYTES) {
    const mask = load<u8>(q, 2);
    let d = load<f64>(at(G, i));
    if (!mask || !reached(d)) continue;
    if (K) {
      d += load<f64>(at(K, i));
      store<f64>(at(G, i), d);
    }
    const op = <u32>load<u8>(q), a = load<i32>(q, 4), b = load<i32>(q, 8);
    let da = d, db = d;
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
        if (op >= SUM) pullList(V, G, L, T, op, a, b, load<f64>(at(V, i)), d, gated);
        else pullNode(V, G, L, op, mask, a, b, load<f64>(at(V, i)), d, gated && isGate(op));
        continue;
      }
    }
    if (mask & 1) add(at(G, a), da);
    if (mask & 2) add(at(G, b), db);
  }
}

function pullNode(V: usize, G: usize, L: usize, op: u32, mask: u32, a: i32, b: i32, z: f64, d: f64, gate: bool): void {
  let c = a;
  if (arity(op) == 3) { // a list of two: the others
    c = element(L, b + 1);
    b = element(L, b);
  }
  const x = load<f64>(at(V, a)), y = load<f64>(at(V, b)), w = load<f64>(at(V, c)), key = op << 2;
  if (mask & 1) pass(at(G, a), d, partial(key, x, y, w, z), gate);
  if (mask & 2) pass(at(G, b), d, partial(key | 1, x, y, w, z), gate);
  if (mask & 4) pass(at(G, c), d, partial(key | 2, x, y, w, z), gate);
}

// @ts-ignore: decorator
@inline function pass(g: usize, d: f64, p: f64, gate: bool): void { if (!(gate && p == 0)) add(g, d * p); }

function pullList(V: usize, G: usize, L: usize, T: usize, op: u32, a: i32, k: i32, z: f64, d: f64, gated: bool): void {
  const x = L + (<usize>a << 2), y = x + (<usize>k << 2), bytes = <usize>k << 3;
  if (op == SUM) {
    for (let e = 0; e < k; e++) add(at(G, element(x, e)), d);
    return;
  }
  if (op == DOT) {
    for (let e = 0; e < k; e++) add(at(G, element(x, e)), d * load<f64>(at(V, element(y, e))));
    for (let e = 0; e < k; e++) add(at(G, element(y, e)), d * load<f64>(at(V, element(x, e))));
    return;
  }
  partialsOf(V, T, op, x, k, z);
  const gate = gated && isGate(op), p = T + bytes;
  for (let e = 0; e < k; e++) pass(at(G, element(x, e)), d, load<f64>(p + (<usize>e << 3)), gate);
}

/** At T + 8k: the partials of a list op other than sum and dot; at T its operands. */
function partialsOf(V: usize, T: usize, op: u32, x: usize, k: i32, z: f64): void {
  const bytes = <usize>k << 3;
  for (let e = 0; e < k; e++) store<f64>(T + (<usize>e << 3), load<f64>(at(V, element(x, e))));
  clear(T + bytes, k);
  listPull(op, k, 1, z, T, 8, 0, 0, T + bytes, 8, T + bytes * 2);
}

/** Tangents of the nodes first … last, from those before; gated as above. */
export function pushRecorded(V: usize, G: usize, C: usize, L: usize, T: usize, first: i32, last: i32, gated: bool): void {
  for (let i = first, q = C + <usize>first * NODE_BYTES; i <= last; i++, q += NODE_BYTES) {
    const mask = load<u8>(q, 2), op = <u32>load<u8>(q), a = load<i32>(q, 4), gate = gated && isGate(op), z = load<f64>(at(V, i));
    let b = load<i32>(q, 8), c = a, t: f64 = -0.0;
    if (mask && op >= SUM) t = tangentOfList(V, G, L, T, op, a, b, z, gate);
    else if (mask) {
      if (arity(op) == 3) {
        c = element(L, b + 1);
        b = element(L, b);
      }
      const x = load<f64>(at(V, a)), y = load<f64>(at(V, b)), w = load<f64>(at(V, c)), key = op << 2;
      if (mask & 1) t = share(t, load<f64>(at(G, a)), partial(key, x, y, w, z), gate);
      if (mask & 2) t = share(t, load<f64>(at(G, b)), partial(key | 1, x, y, w, z), gate);
      if (mask & 4) t = share(t, load<f64>(at(G, c)), partial(key | 2, x, y, w, z), gate);
    }
    store<f64>(at(G, i), t);
  }
}

// @ts-ignore: decorator
@inline function share(t: f64, s: f64, p: f64, gate: bool): f64 { return !reached(s) || (gate && p == 0) ? t : t + (p * s + 0); }

/** Operands that are not reached count as partial 0 and tangent 0; the sum is in the one order. */
function tangentOfList(V: usize, G: usize, L: usize, T: usize, op: u32, a: i32, k: i32, z: f64, gate: bool): f64 {
  const x = L + (<usize>a << 2), y = x + (<usize>k << 2), bytes = <usize>k << 3;
  let t: f64 = -0.0;
  for (let j = 0, lists = op == DOT ? 2 : 1; j < lists; j++) {
    const own = j ? y : x;
    if (op == DOT) for (let e = 0, other = j ? x : y; e < k; e++) store<f64>(T + bytes + (<usize>e << 3), load<f64>(at(V, element(other, e))));
    else partialsOf(V, T, op, x, k, z);
    let live = false;
    for (let e = 0; e < k; e++) {
      const at8 = T + (<usize>e << 3), s = load<f64>(at(G, element(own, e))), dead = !reached(s) || (gate && load<f64>(at8 + bytes) == 0);
      live = live || !dead;
      store<f64>(at8, dead ? 0 : s);
      if (dead) store<f64>(at8 + bytes, 0);
    }
    if (live) t += dot(k, T + bytes, T) + 0;
  }
  return t;
}
