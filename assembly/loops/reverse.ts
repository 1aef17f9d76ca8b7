// Adjoints: the instructions of a body in descending order, operand a before b before c. In a gated sweep (see gated.ts)
// ops, lists and products take the careful way; what only moves numbers is the same: −0, the adjoint of what is not
// reached, adds nothing.
import { pullSumBoth } from '../arithmetic';
import { ADD, arity, EXP, MUL, partial, SIGMOID, SQUARE, SUB, TANH } from '../rules';
import { pull, pullShared } from '../run';
import { dotAndScale, MINUS_ZERO } from '../sum';
import { adjointAt, adjointOf, bytes, CONTRACT, COPY, hasWidePick, laneAt, laneOf, list, LOAD, ONCE, OPERATION, pickOf, placeAt, REDUCE, REGION, SCATTER, STORE, toAdjoint, TOTAL, valueAt, valueOf, word, wordsAt } from './code';
import { pullGated } from './gated';
import { add, fill, hand } from './move';
import { pullProduct } from './product';
import { pullReduce } from './reduce-pull';
import { pullScatter } from './scatter';
import { reverseRegion } from './region';

/** Is this a gated sweep? */
export let isGated = false;
export function setGated(on: bool): void { isGated = on; }

/** Instructions `from` to `to` of body B, the last one first. */
export function reverse(B: usize, from: i32, to: i32, lanes: i32): void {
  const start = list(B) + (<usize>from << 2);
  for (let q = list(B) + (<usize>to << 2) - 4; q >= start; q -= 4) {
    const I = wordsAt(load<i32>(q)), h = load<u32>(I), op = (h >>> 8) & 255, mask = (h >>> 16) & 63, L = h & ONCE ? 1 : lanes;
    switch (h & 255) {
      case OPERATION: {
        if (!(mask & 7)) break;
        if (isGated) pullGated(I, op, mask, L);
        else if (L > 1) pullLanes(I, op, mask, L);
        else pullOne(I, op, mask);
        break;
      }
      case LOAD: {
        if (!(mask & 1)) break;
        const d = adjointOf(word(I, 1)), from = word(I, 2), g = placeAt(from) + toAdjoint(from);
        if (L == 1) add(g, load<f64>(d));
        else if (hasWidePick(from)) for (let l = 0; l < L; l++) add(g + pickOf(from, l), load<f64>(d + bytes(l)));
        else hand(L, g, laneAt(from), d, 8);
        break;
      }
      case STORE: {
        const into = word(I, 2), d = placeAt(into) + toAdjoint(into), lane = laneAt(into);
        if (mask & 1) hand(L, adjointAt(word(I, 1)), laneOf(word(I, 1)), d, lane);
        if (mask & 2 && word(I, 3)) fill(L, d, lane, MINUS_ZERO);
        break;
      }
      case COPY: pullCopy(I, mask, L); break;
      case REDUCE: if (mask & 7) pullReduce(I, op, mask, L); break;
      case CONTRACT: if (mask & 7) pullProduct(I, mask, op, L); break;
      case SCATTER: if (mask & 1) pullScatter(I, L); break;
      case REGION: if (mask & 1) reverseRegion(wordsAt(word(I, 1)), L); break; // through the others no adjoints flow
      case TOTAL: if (mask & 1) hand(L, adjointAt(word(I, 1)), laneOf(word(I, 1)), adjointAt(word(I, 2)), laneOf(word(I, 2))); break;
    }
  }
}

/** Adds x to an adjoint, or stores it if bit 3 of the mask says that nothing is there yet; only ops come first. */
// @ts-ignore: decorator
@inline function give(g: usize, x: f64, mask: u32): void { store<f64>(g, mask & 8 ? x : load<f64>(g) + x); }

/** One lane. */
// @ts-ignore: decorator
@inline function pullOne(I: usize, op: u32, mask: u32): void {
  const wa = word(I, 2), d = load<f64>(adjointOf(word(I, 1)));
  switch (op) {
    case ADD:
      if (mask & 1) give(adjointOf(wa), d, mask);
      if (mask & 2) give(adjointOf(word(I, 3)), d, mask >>> 1);
      return;
    case SUB:
      if (mask & 1) give(adjointOf(wa), d, mask);
      if (mask & 2) give(adjointOf(word(I, 3)), -d, mask >>> 1);
      return;
    case MUL: {
      const wb = word(I, 3);
      if (mask & 1) give(adjointOf(wa), d * load<f64>(valueOf(wb)), mask);
      if (mask & 2) give(adjointOf(wb), d * load<f64>(valueOf(wa)), mask >>> 1);
      return;
    }
    default: pullOther(I, op, mask, d);
  }
}

function pullOther(I: usize, op: u32, mask: u32, d: f64): void {
  const n = arity(op), key = op << 2, wa = word(I, 2), wb = n > 1 ? word(I, 3) : wa, wc = n > 2 ? word(I, 4) : wb;
  const x = load<f64>(valueAt(wa)), y = load<f64>(valueAt(wb)), w = load<f64>(valueAt(wc)), z = load<f64>(valueAt(word(I, 1)));
  // the commonest without a call
  const p = !(mask & 1) ? 0 : op == SQUARE ? x + x : op == TANH ? 1 - z * z : op == SIGMOID ? z * (1 - z) : op == EXP ? z : partial(key, x, y, w, z);
  if (mask & 1) give(adjointAt(wa), d * p, mask);
  if (mask & 2) give(adjointAt(wb), d * partial(key | 1, x, y, w, z), mask >>> 1);
  if (mask & 4) give(adjointAt(wc), d * partial(key | 2, x, y, w, z), mask >>> 2);
}

/** L lanes: an operand in lanes gets a contribution per lane, one that is not their sum. */
function pullLanes(I: usize, op: u32, mask: u32, L: i32): void {
  const n = arity(op), wa = word(I, 2), wb = n > 1 ? word(I, 3) : wa, wc = n > 2 ? word(I, 4) : wb;
  const sa = laneOf(wa), sb = laneOf(wb), d = adjointOf(word(I, 1)), ga = adjointOf(wa), gb = adjointOf(wb);
  if ((mask & 3) == 3 && op <= MUL && ga != gb) { // both at once
    if (op != MUL) {
      if (sa && sb) return pullSumBoth(L, d, ga, gb, op == SUB, (mask & 8) != 0, (mask & 16) != 0);
    } else if (sa != sb) {
      const row = sa ? wa : wb, one = sa ? wb : wa, m = sa ? mask : mask >>> 1;
      const t = dotAndScale(L, d, valueOf(row), load<f64>(valueOf(one)), adjointOf(row), (m & 8) != 0);
      return give(adjointOf(one), t, sa ? mask >>> 1 : mask);
    }
  }
  const o = valueOf(word(I, 1)), a = valueOf(wa), b = valueOf(wb), c = valueOf(wc), sc = laneOf(wc);
  for (let j: u32 = 0; j < 3; j++) {
    if (!((mask >>> j) & 1)) continue;
    const target = j == 0 ? wa : j == 1 ? wb : wc, g = adjointOf(target), first = ((mask >>> j) & 8) != 0;
    if (laneOf(target)) pull(op, j, L, o, d, a, sa, b, sb, c, sc, g, first);
    else {
      if (first) store<f64>(g, MINUS_ZERO);
      pullShared(op, j, L, o, d, a, sa, b, sb, c, sc, g);
    }
  }
}

/** Elements ascending, in each all lanes. */
function pullCopy(I: usize, mask: u32, L: i32): void {
  const n = word(I, 1), from = word(I, 2), into = word(I, 4), sg = bytes(word(I, 3)), sd = bytes(word(I, 5)), moved = mask & 2 ? word(I, 6) : 0;
  let g = placeAt(from) + toAdjoint(from), d = placeAt(into) + toAdjoint(into);
  if (L == 1 && sg) {
    if (mask & 1) hand(n, g, sg, d, sd);
    if (moved) fill(n, d, sd, MINUS_ZERO);
    return;
  }
  for (let e = 0; e < n; e++, g += sg, d += sd) {
    if (mask & 1) hand(L, g, laneAt(from), d, laneAt(into));
    if (moved) fill(L, d, laneAt(into), MINUS_ZERO);
  }
}
