// List ops: one number from n elements, in lanes a list per lane. Where lanes are neighbours, two go at a time, each adding in
// the order of its scalar twin (lists.ts).
import { expDifferences, listValue, logsumexpKept } from '../lists';
import { logLanes } from '../math/lanes';
import { DOT, LOGSUMEXP, MAX_OF, MEAN, MIN_OF, SUM } from '../rules';
import { dotPair } from '../sum';
import { ARG_MIN, bytes, laneAt, M, placeAt, scratch, valueAt, word } from './code';
import { move } from './move';

/** False for the smallest or largest of nothing. */
export function reduce(I: usize, op: u32, L: i32): bool {
  const o = valueAt(word(I, 1)), k = word(I, 2), wa = word(I, 3), wb = word(I, 5), two = op == DOT;
  if (k == 0 && op >= ARG_MIN) return false;
  const a = placeAt(wa), sa = bytes(word(I, 4)), b = two ? placeAt(wb) : 0, sb = two ? bytes(word(I, 6)) : 0;
  const la = L > 1 ? laneAt(wa) : 0, lb = two && L > 1 ? laneAt(wb) : 0;
  if (!(la | lb)) {
    const kept = word(I, 7);
    store<f64>(o, kept ? logsumexpKept(k, a, sa, M + bytes(kept)) : single(op, k, a, sa, b, sb));
    if (L > 1) move(L, o, 8, o, 0);
    return true;
  }
  let l = 0;
  if (k > 0 && (la | lb) == 8) {
    if (op == DOT && la == 0) l = pairs(op, k, L, o, a, sa, 0, b, sb, lb);
    else l = pairs(op, k, L, o, b, sb, lb, a, sa, la);
  }
  for (; l < L; l++) store<f64>(o + bytes(l), single(op, k, a + <usize>l * la, sa, b + <usize>l * lb, sb));
  return true;
}

/** One list. */
function single(op: u32, k: i32, a: usize, sa: usize, b: usize, sb: usize): f64 {
  if (op >= ARG_MIN) return place(op, k, a, sa);
  if (k == 0 && (op == SUM || op == DOT)) return 0;
  return listValue(op, k, a, sa, b, sb, scratch());
}

/** Where the smallest or the largest element is, the first if there are several, or the first NaN. */
function place(op: u32, k: i32, a: usize, sa: usize): f64 {
  let best = load<f64>(a), at = 0;
  for (let i = 1; i < k && best == best; i++) {
    a += sa;
    const x = load<f64>(a);
    if (x != x || (op == ARG_MIN ? x < best : x > best)) {
      best = x;
      at = i;
    }
  }
  return <f64>at;
}

/** Pairs of lanes, a being neighbours in lanes, and b those or one list for all; returns how many lanes that were. */
function pairs(op: u32, k: i32, L: i32, o: usize, b: usize, sb: usize, lb: usize, a: usize, sa: usize, la: usize): i32 {
  const m = L & ~1;
  switch (op) {
    case SUM: case DOT: case MEAN: {
      const scale = f64x2.splat(<f64>k);
      for (let l = 0; l < m; l += 2, o += 16, a += 16, b += lb << 1) {
        const z = b ? dotPair(k, b, sb, lb == 0, a, sa, false) : dotPair(k, a, sa, false, 0, 0, true);
        v128.store(o, op == MEAN ? f64x2.div(z, scale) : z);
      }
      return m;
    }
    case MIN_OF: case MAX_OF:
      for (let l = 0; l < m; l += 2, o += 16, a += 16) v128.store(o, extreme(op == MAX_OF, k, a, sa));
      return m;
    case LOGSUMEXP:
      for (let l = 0; l < m; l += 2, o += 16, a += 16) {
        const x = extreme(true, k, a, sa);
        if (isFinite2(x)) v128.store(o, f64x2.add(x, logLanes(shifted(k, a, sa, x))));
        else {
          store<f64>(o, listValue(op, k, a, sa, 0, 0, scratch()));
          store<f64>(o, listValue(op, k, a + 8, sa, 0, 0, scratch()), 8);
        }
      }
      return m;
    default: return 0;
  }
}

/** The largest or smallest of two lists side by side. */
export function extreme(largest: bool, k: i32, a: usize, sa: usize): v128 {
  let x = f64x2.splat(largest ? -Infinity : Infinity);
  if (largest) for (; k > 0; k--, a += sa) x = f64x2.max(x, v128.load(a));
  else for (; k > 0; k--, a += sa) x = f64x2.min(x, v128.load(a));
  return x;
}

// @ts-ignore: decorator
@inline export function isFinite2(x: v128): bool { return v128.all_true<i64>(f64x2.eq(f64x2.sub(x, x), f64x2.splat(0))); }

/** As in lists.ts: scratch becomes e to the power x − m; returns the sums. */
export function shifted(k: i32, a: usize, sa: usize, m: v128): v128 {
  const T = scratch();
  for (let i = 0, t = T; i < k; i++, a += sa, t += 16) v128.store(t, expDifferences(v128.load(a), m));
  return dotPair(k, T, 16, false, 0, 0, true);
}
