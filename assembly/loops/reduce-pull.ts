// Adjoints of list ops. Where lanes are neighbours and their lists apart from each other, the elements' contributions are
// pulled over all lanes, or two lanes, at once; a list that is one for all lanes gets, element by element, their sum.
import { pullProduct } from '../arithmetic';
import { listPull, pullShares } from '../lists';
import { DOT, isGate, LOGSUMEXP, MAX_OF, MEAN, MIN_OF, PROD } from '../rules';
import { clear } from '../run';
import { dot, dotPair, dotStrided, MINUS_ZERO, sum } from '../sum';
import { adjointAt, bytes, laneAt, M, placeAt, scratch, toAdjoint, valueAt, word } from './code';
import { CHUNK, through } from './gated';
import { add, hand } from './move';
import { extreme, isFinite2, shifted } from './reduce';
import { isGated } from './reverse';

export function pullReduce(I: usize, op: u32, mask: u32, L: i32): void {
  if (mask & 1) pullList(I, op, 0, L);
  if (mask & 2) pullList(I, op, 1, L);
}

/** Contributions to list j, whose element e has its value at t + e·s and its adjoint at g + e·s, lanes lt apart; y is dot's other list. */
function pullList(I: usize, op: u32, j: usize, L: i32): void {
  const k = word(I, 2), wt = word(I, 3 + 2 * j), wy = word(I, 5 - 2 * j), two = op == DOT;
  const t = placeAt(wt), s = bytes(word(I, 4 + 2 * j)), g = t + toAdjoint(wt), lt = L > 1 ? laneAt(wt) : 0;
  const y = two ? placeAt(wy) : 0, sy = two ? bytes(word(I, 6 - 2 * j)) : 0, ly = two && L > 1 ? laneAt(wy) : 0;
  const z = valueAt(word(I, 1)), d = adjointAt(word(I, 1)), shared = lt == 0 && L > 1, apart = lt == 8 && abs<isize>(<isize>s) >= <isize>bytes(L);
  if (isGated) return pullOneByOne(op, k, L, z, d, t, g, s, lt, y, sy, ly, shared);
  const kept = word(I, 7), x = load<f64>(z);
  if (kept && x - x == 0) return pullShares(k, load<f64>(d), M + bytes(kept), load<f64>(M + bytes(kept + k)), g, s);
  let l = 0;
  if (shared) {
    if (op != PROD && op <= DOT) pullShared(op, k, L, d, g, s, y, sy, ly);
    else pullOneByOne(op, k, L, z, d, t, g, s, lt, y, sy, ly, true);
    return;
  }
  if (apart) l = pullNeighbours(op, k, L, z, d, t, g, s, y, sy, ly);
  for (; l < L; l++) {
    const e = bytes(l), q = <usize>l * lt;
    listPull(op, k, load<f64>(d + e), load<f64>(z + e), t + q, s, y + <usize>l * ly, sy, g + q, s, scratch());
  }
}

/** d · (1/k), for a mean. */
function scaled(k: i32, L: i32, d: usize): usize {
  for (let l = 0, p = 1 / <f64>k; l < L; l++) store<f64>(CHUNK + bytes(l), load<f64>(d + bytes(l)) * p);
  return CHUNK;
}

/** Sum, mean and dot of one list for all lanes: each element gets one sum over them. */
function pullShared(op: u32, k: i32, L: i32, d: usize, g: usize, s: usize, y: usize, sy: usize, ly: usize): void {
  let e = 0;
  if (op != DOT) {
    for (const x = sum(L, op == MEAN ? scaled(k, L, d) : d); e < k; e++, g += s) add(g, x);
    return;
  }
  if (sy == 8 && ly != 8)
    for (; e < k - 1; e += 2, y += 16, g += 2 * s) {
      const x = dotPair(L, d, 8, true, y, ly, false);
      add(g, f64x2.extract_lane(x, 0));
      add(g + s, f64x2.extract_lane(x, 1));
    }
  for (; e < k; e++, g += s, y += sy) add(g, ly == 8 ? dot(L, d, y) : dotStrided(L, d, 8, y, ly));
}

/** Lists whose lanes are neighbours: sum, mean and dot over all lanes at once, element by element; minimum, maximum and logsumexp two lanes at a time. Returns how many lanes that were. */
function pullNeighbours(op: u32, k: i32, L: i32, z: usize, d: usize, t: usize, g: usize, s: usize, y: usize, sy: usize, ly: usize): i32 {
  if (op != PROD && op <= DOT) {
    if (ly & ~8) return 0;
    if (op == MEAN) d = scaled(k, L, d);
    for (let e = 0; e < k; e++, g += s, y += sy) {
      if (op == DOT) pullProduct(L, d, y, ly != 0, g, false);
      else hand(L, g, 8, d, 8);
    }
    return L;
  }
  let l = 0;
  if (op == MIN_OF || op == MAX_OF)
    for (; l < L - 1; l += 2, z += 16, d += 16, t += 16, g += 16) {
      const x = v128.load(z), nan = f64x2.ne(x, x);
      let ties = f64x2.splat(0);
      for (let e = 0, q = t; e < k; e++, q += s) ties = f64x2.add(ties, v128.and(f64x2.eq(v128.load(q), x), f64x2.splat(1)));
      const c = f64x2.mul(v128.load(d), v128.bitselect(x, f64x2.div(f64x2.splat(1), ties), nan));
      for (let e = 0, q = t, h = g; e < k; e++, q += s, h += s) {
        const before = v128.load(h);
        v128.store(h, v128.bitselect(f64x2.add(before, c), before, v128.or(nan, f64x2.eq(v128.load(q), x))));
      }
    }
  else if (op == LOGSUMEXP)
    for (; l < L - 1; l += 2, z += 16, d += 16, t += 16, g += 16) {
      const m = extreme(true, k, t, s);
      if (isFinite2(m)) {
        const total = shifted(k, t, s, m), x = v128.load(d);
        for (let e = 0, q = scratch(), h = g; e < k; e++, q += 16, h += s) v128.store(h, f64x2.add(v128.load(h), f64x2.mul(x, f64x2.div(v128.load(q), total))));
      } else {
        listPull(op, k, load<f64>(d), load<f64>(z), t, s, 0, 0, g, s, scratch());
        listPull(op, k, load<f64>(d, 8), load<f64>(z, 8), t + 8, s, 0, 0, g + 8, s, scratch());
      }
    }
  return l;
}

/** Lane by lane, every contribution on its own: in a gated sweep, or to a list that is one for all lanes, where they are summed. */
function pullOneByOne(op: u32, k: i32, L: i32, z: usize, d: usize, t: usize, g: usize, s: usize, lt: usize, y: usize, sy: usize, ly: usize, shared: bool): void {
  const X = scratch(), row = bytes(L), p = X + <usize>k * row, gate = isGate(op);
  for (let l = 0; l < L; l++, z += 8, t += lt, y += ly) {
    const e = bytes(l), x = load<f64>(d + e);
    clear(p, k);
    listPull(op, k, isGated ? 1 : x, load<f64>(z), t, s, y, sy, p, 8, p + bytes(k));
    for (let i = 0; i < k; i++) {
      let c = load<f64>(p + bytes(i));
      if (isGated) c = gate && c == 0 ? MINUS_ZERO : through(x, c);
      if (shared) store<f64>(X + <usize>i * row + e, c);
      else add(g + <usize>l * lt + <usize>i * s, c);
    }
  }
  if (shared) for (let i = 0; i < k; i++) hand(L, g + <usize>i * s, 0, X + <usize>i * row, 8);
}
