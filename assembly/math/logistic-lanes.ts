// sigmoid and softplus in two lanes, step by step the operations of special-logistic.ts.
import { C2, C3, C4, C5, cc, entry0, entry1, HI, LO, near, PER, powers, SHIFT, tails } from './exp';
import { logSumLanes } from './log';
import { sigmoid, softplus } from './special-logistic';

// @ts-ignore: decorator
@lazy const LOGISTIC = memory.data<f64>([1, 134217729, -0.0, 0]);
const ONE: usize = 0;
const SPLIT: usize = 8; // 2^27 + 1
const SIGN: usize = 16;
const ZERO: usize = 24;

// @ts-ignore: decorator
@inline function k(offset: usize): v128 {
  return v128.load64_splat(LOGISTIC + offset);
}

export function sigmoidLanes(x: v128): v128 {
  if (!near(x)) {
    return f64x2.replace_lane(f64x2.splat(sigmoid(f64x2.extract_lane(x, 0))), 1, sigmoid(f64x2.extract_lane(x, 1)));
  }
  // e + low = e^−|x|
  const y = v128.or(x, k(SIGN));
  const t = f64x2.add(f64x2.mul(y, cc(PER)), cc(SHIFT));
  const j = f64x2.sub(t, cc(SHIFT));
  const a0 = entry0(t);
  const a1 = entry1(t);
  const r = f64x2.add(f64x2.add(y, f64x2.mul(j, cc(HI))), f64x2.mul(j, cc(LO)));
  const r2 = f64x2.mul(r, r);
  const even = f64x2.mul(r2, f64x2.add(cc(C2), f64x2.mul(r, cc(C3))));
  const odd = f64x2.mul(f64x2.mul(r2, r2), f64x2.add(cc(C4), f64x2.mul(r, cc(C5))));
  const scale = powers(a0, a1, t);
  const p = f64x2.mul(scale, f64x2.add(f64x2.add(f64x2.add(tails(a0, a1), r), even), odd));
  const e = f64x2.add(scale, p);
  const low = f64x2.add(f64x2.sub(scale, e), p);
  const one = k(ONE);
  const left = f64x2.lt(x, k(ZERO));
  const n = v128.bitselect(e, one, left);
  const d = f64x2.add(one, e);
  const q = f64x2.div(n, d);
  const qc = f64x2.mul(k(SPLIT), q);
  const dc = f64x2.mul(k(SPLIT), d);
  const qh = f64x2.sub(qc, f64x2.sub(qc, q));
  const dh = f64x2.sub(dc, f64x2.sub(dc, d));
  const missing = f64x2.add(f64x2.add(f64x2.sub(one, d), e), low);
  const lost = f64x2.sub(v128.and(low, left), f64x2.mul(qh, missing));
  const over = f64x2.sub(f64x2.sub(n, f64x2.mul(qh, dh)), f64x2.mul(qh, f64x2.sub(d, dh)));
  return f64x2.add(qh, f64x2.mul(f64x2.add(over, lost), v128.bitselect(f64x2.sub(one, q), q, left)));
}

export function softplusLanes(x: v128): v128 {
  if (!near(x)) {
    return f64x2.replace_lane(f64x2.splat(softplus(f64x2.extract_lane(x, 0))), 1, softplus(f64x2.extract_lane(x, 1)));
  }
  // e + low = e^−|x|
  const y = v128.or(x, k(SIGN));
  const t = f64x2.add(f64x2.mul(y, cc(PER)), cc(SHIFT));
  const j = f64x2.sub(t, cc(SHIFT));
  const a0 = entry0(t);
  const a1 = entry1(t);
  const r = f64x2.add(f64x2.add(y, f64x2.mul(j, cc(HI))), f64x2.mul(j, cc(LO)));
  const r2 = f64x2.mul(r, r);
  const even = f64x2.mul(r2, f64x2.add(cc(C2), f64x2.mul(r, cc(C3))));
  const odd = f64x2.mul(f64x2.mul(r2, r2), f64x2.add(cc(C4), f64x2.mul(r, cc(C5))));
  const scale = powers(a0, a1, t);
  const p = f64x2.mul(scale, f64x2.add(f64x2.add(f64x2.add(tails(a0, a1), r), even), odd));
  const e = f64x2.add(scale, p);
  const low = f64x2.add(f64x2.sub(scale, e), p);
  const one = k(ONE);
  const u = f64x2.add(one, e);
  const b = f64x2.sub(u, e);
  const missing = f64x2.add(f64x2.add(f64x2.sub(e, f64x2.sub(u, b)), f64x2.sub(one, b)), low);
  return f64x2.add(f64x2.pmax(x, k(ZERO)), logSumLanes(u, missing));
}
