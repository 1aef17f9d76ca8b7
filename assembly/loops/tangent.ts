// Forward mode: each instruction's value, and beside it its tangent, Σ partial · tangent over its active operands. Tangents lie
// where a reverse sweep has adjoints; a loop's go from iteration to iteration with its values. In a gated sweep −0 stands for
// what no open path reaches, as there.
import { listPull } from '../lists';
import { arity, DOT, isGate } from '../rules';
import { clear, pull } from '../run';
import { MINUS_ZERO, sum } from '../sum';
import { adjointAt, allEnd, bytes, CONTRACT, COPY, laneAt, laneOf, list, LOAD, ONCE, OPERATION, placeAt, REDUCE, REGION, SCATTER, scratch, STORE, toAdjoint, TOTAL, valueAt, word, wordsAt } from './code';
import { copy, forward, loadLanes } from './forward';
import { CHUNK, share, through } from './gated';
import { fill, move } from './move';
import { pushProduct } from './product';
import { region, TANGENT } from './region';
import { isGated } from './reverse';
import { scatter } from './scatter';
import { accumulate, tangentSums } from './totals';

/** All instructions of body B; false if a check failed. */
export function tangents(B: usize, lanes: i32): bool {
  for (let i = 0, all = allEnd(B); i < all; i++) {
    const I = wordsAt(word(list(B), i)), h = load<u32>(I), kind = h & 255, op = (h >>> 8) & 255, mask = (h >>> 16) & 7, L = h & ONCE ? 1 : lanes;
    if (kind == REGION) {
      if (!region(wordsAt(word(I, 1)), L, TANGENT)) return false;
      continue;
    }
    if (!forward(B, i, i + 1, lanes)) return false;
    switch (kind) {
      case OPERATION: if (mask) tangentOfOp(I, op, mask, L); break;
      case LOAD: if (mask) {
        const from = word(I, 2);
        loadLanes(L, adjointAt(word(I, 1)), from, placeAt(from) + toAdjoint(from));
        break;
      }
      case STORE: {
        const into = word(I, 2), o = placeAt(into) + toAdjoint(into);
        if (mask & 1) move(L, o, laneAt(into), adjointAt(word(I, 1)), laneOf(word(I, 1)));
        else if (mask & 2) fill(L, o, laneAt(into), MINUS_ZERO);
        break;
      }
      case COPY: {
        const from = word(I, 2), into = word(I, 4);
        let o = placeAt(into) + toAdjoint(into);
        if (mask & 1) copy(I, L, o, placeAt(from) + toAdjoint(from));
        else if (mask & 2) for (let e = word(I, 1); e > 0; e--, o += bytes(word(I, 5))) fill(L, o, laneAt(into), MINUS_ZERO);
        break;
      }
      case REDUCE: if (mask) tangentOfList(I, op, mask, L); break;
      case SCATTER: if (mask) scatter(I, L, true); break;
      case CONTRACT: if (mask) pushProduct(I, mask, L); break;
      case TOTAL: if (mask) accumulate(B, L, tangentSums(B, I), adjointAt(word(I, 1)), laneOf(word(I, 1))); break;
    }
  }
  return true;
}

function tangentOfOp(I: usize, op: u32, mask: u32, L: i32): void {
  const n = arity(op), wa = word(I, 2), wb = n > 1 ? word(I, 3) : wa, wc = n > 2 ? word(I, 4) : wb, o = adjointAt(word(I, 1));
  let first = true;
  for (let j: u32 = 0; j < 3; j++) {
    if (!((mask >>> j) & 1)) continue;
    const t = j == 0 ? wa : j == 1 ? wb : wc;
    let d = adjointAt(t);
    if (!laneOf(t)) {
      move(L, CHUNK, 8, d, 0);
      d = CHUNK;
    }
    if (isGated) {
      for (let l: usize = 0, e = bytes(L); l < e; l += 8) store<f64>(o + l, (first ? MINUS_ZERO : load<f64>(o + l)) + share(I, op, j, l, load<f64>(d + l)));
    } else pull(op, j, L, valueAt(word(I, 1)), d, valueAt(wa), laneOf(wa), valueAt(wb), laneOf(wb), valueAt(wc), laneOf(wc), o, first);
    first = false;
  }
}

/** Lane by lane: per list a sum of its own, Σ partial · tangent. */
function tangentOfList(I: usize, op: u32, mask: u32, L: i32): void {
  const k = word(I, 2), p = scratch(), x = p + bytes(k), gate = isGate(op), two = op == DOT;
  for (let l = 0; l < L; l++) {
    const e = bytes(l);
    let t = MINUS_ZERO;
    for (let j: usize = 0; j < 2; j++) {
      if (!((mask >>> <u32>j) & 1)) continue;
      const w = word(I, 3 + 2 * j), a = placeAt(w) + <usize>l * laneAt(w), s = bytes(word(I, 4 + 2 * j)), other = word(I, 5 - 2 * j);
      clear(p, k);
      listPull(op, k, 1, load<f64>(valueAt(word(I, 1)) + e), a, s, two ? placeAt(other) + <usize>l * laneAt(other) : 0, two ? bytes(word(I, 6 - 2 * j)) : 0, p, 8, x + bytes(k));
      for (let i = 0, g = a + toAdjoint(w); i < k; i++, g += s) {
        const c = load<f64>(p + bytes(i)), v = load<f64>(g);
        store<f64>(x + bytes(i), !isGated ? c * v : gate && c == 0 ? MINUS_ZERO : through(v, c));
      }
      t += sum(k, x);
    }
    store<f64>(adjointAt(word(I, 1)) + e, t);
  }
}
