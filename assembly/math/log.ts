// log and log1p (and in log-parts.ts what pow, log2, log10 and lgamma need) from one table, after the logarithm inside pow of ARM's Optimized Routines (Szabolcs Nagy, MIT
// licence; pow.c): x = 2^k·z, log x = k·ln2 + log c + log1p(z/c − 1). NativeMath has a table for each and a branch of its own
// around 1; pow's table needs none, because z/c − 1 is exact in it and c = 1 around 1. Worst error 0.52 ulp.
import { LOG_TABLE } from './tables';

// In memory, as in exp.ts. The offsets are in bytes.
// @ts-ignore: decorator
@lazy export const LOG = memory.data<f64>([
  0.6931471805598903, // ln 2, 42 bits: k times it is exact and leaves room for the table's 2^-43
  5.497923018708371e-14, // and the rest
  // log1p(r) = r + r²(A0 + A1·r + …) for |r| < 0.005738, relative error 2^-61: minimax, fitted for this file (Remez exchange
  // with 60 digits, weight 1/r)
  -0.5000000000000004,
  0.33333333333333337,
  -0.24999999988093916,
  0.19999999995491288,
  -0.16667388404028455,
  0.14286171322651106,
  4503599627372544, // 2^52 + 2048
  1,
  // (log1p(r) − r + r²/2)/(−r³/2) in powers of r and −r²/2, relative error 2^-70 (pow_log_data.c)
  -0.6666666666666679,
  0.5000000000000007,
  0.7999999995323976,
  -0.6666666663487739,
  -1.142909628459501,
  1.0000415263675542,
]);
export const LN2: usize = 0;
export const LN2_LOW: usize = 8;
const A0: usize = 16;
const A1: usize = 24;
const A2: usize = 32;
const A3: usize = 40;
const A4: usize = 48;
const A5: usize = 56;
const BIAS: usize = 64;
const ONE: usize = 72;
export const P0: usize = 80;
export const P1: usize = 88;
export const P2: usize = 96;
export const P3: usize = 104;
export const P4: usize = 112;
export const P5: usize = 120;

// @ts-ignore: decorator
@lazy const BITS = memory.data<u64>([
  0x3fe6955500000000, // OFF: x = 2^k·z with z in [OFF, 2·OFF)
  0xfff0000000000000,
  0x80000000,
  0xffffffff00000000,
  0x4330000000000000, // 2^52
  0x0010000000000000, // 2^-1022
  0x7ff0000000000000, // ∞
  0x8000000000000000, // 2048·2^52
  0x3ff0000000000000, // 1
]);
export const OFF: u64 = 0x3fe6955500000000;
export const HIGH: u64 = 0xfff0000000000000; // sign and exponent

/** A constant, and the same in both lanes. */
// @ts-ignore: decorator
@inline export function c(offset: usize): f64 {
  return load<f64>(LOG + offset);
}
// @ts-ignore: decorator
@inline function cc(offset: usize): v128 {
  return v128.load64_splat(LOG + offset);
}
// @ts-ignore: decorator
@inline function bits(i: usize): v128 {
  return v128.load64_splat(BITS + (i << 3));
}

/** k as a double, for x = 2^k·z with the bits OFF + tmp: no conversion instruction, so that two lanes can do the same. */
// @ts-ignore: decorator
@inline export function exponent(tmp: u64): f64 {
  return reinterpret<f64>((tmp + 0x8000000000000000) >> 52 | 0x4330000000000000) - c(BIAS);
}

/** The table's entry, from the upper half of tmp. */
// @ts-ignore: decorator
@inline export function entry(high: u32): usize {
  return LOG_TABLE + (<usize>(high >> 10) & 1016) * 3; // 24 bytes each
}

/** z/c − 1, exact: 1/c has 9 bits, z is split to spare a fused multiply-add. */
// @ts-ignore: decorator
@inline function ratio(iz: u64, invc: f64): f64 {
  const zhi = reinterpret<f64>((iz + 0x80000000) & 0xffffffff00000000);
  return zhi * invc - c(ONE) + (reinterpret<f64>(iz) - zhi) * invc;
}

/** log1p(r) − r. */
// @ts-ignore: decorator
@inline function curve(r: f64): f64 {
  const r2 = r * r;
  return r2 * c(A0) + r * r2 * (c(A1) + r * c(A2) + r2 * (c(A3) + r * c(A4) + r2 * c(A5)));
}

export function log(x: f64): f64 {
  const ix = reinterpret<u64>(x);
  if (ix - 0x0010000000000000 >= 0x7fe0000000000000) return logFar(x);
  const tmp = ix - OFF;
  const p = entry(<u32>(tmp >> 32));
  const r = ratio(ix - (tmp & HIGH), load<f64>(p));
  const k = exponent(tmp);
  const w = k * c(LN2) + load<f64>(p, 8);
  const hi = w + r;
  return w - hi + r + (k * c(LN2_LOW) + load<f64>(p, 16)) + curve(r) + hi;
}

/** log of what is not positive, or subnormal, infinite or NaN. */
export function logFar(x: f64): f64 {
  if (x == 0) return -Infinity;
  if (!(x > 0)) return NaN;
  return x == Infinity ? x : logSum(x * 4503599627370496, 0, -52);
}

/** log(x + e) for positive normal x and |e| ≤ ulp(x), in two lanes; exact = no e. */
// @ts-ignore: decorator
@inline function logOf(ix: v128, e: v128, exact: bool): v128 {
  const tmp = i64x2.sub(ix, bits(0));
  const p0 = entry(i32x4.extract_lane(tmp, 1));
  const p1 = entry(i32x4.extract_lane(tmp, 3));
  const a = v128.load(p0);
  const b = v128.load(p1);
  const lo = v128.load64_lane(p1, v128.load64_zero(p0, 16), 1, 16);
  const invc = v128.shuffle<i64>(a, b, 0, 2);
  const iz = i64x2.sub(ix, v128.and(tmp, bits(1)));
  const zhi = v128.and(i64x2.add(iz, bits(2)), bits(3));
  const r = f64x2.add(f64x2.sub(f64x2.mul(zhi, invc), cc(ONE)), f64x2.mul(f64x2.sub(iz, zhi), invc));
  const k = f64x2.sub(v128.or(i64x2.shr_u(i64x2.add(tmp, bits(7)), 52), bits(4)), cc(BIAS));
  const w = f64x2.add(f64x2.mul(k, cc(LN2)), v128.shuffle<i64>(a, b, 1, 3));
  const hi = f64x2.add(w, r);
  const r2 = f64x2.mul(r, r);
  const inner = f64x2.add(f64x2.add(cc(A3), f64x2.mul(r, cc(A4))), f64x2.mul(r2, cc(A5)));
  const outer = f64x2.add(f64x2.add(cc(A1), f64x2.mul(r, cc(A2))), f64x2.mul(r2, inner));
  const curve = f64x2.add(f64x2.mul(r2, cc(A0)), f64x2.mul(f64x2.mul(r, r2), outer));
  let sum = f64x2.add(f64x2.add(f64x2.sub(w, hi), r), f64x2.add(f64x2.mul(k, cc(LN2_LOW)), lo));
  if (!exact) {
    const scale = i64x2.sub(bits(8), v128.and(tmp, bits(1)));
    sum = f64x2.add(sum, f64x2.mul(e, f64x2.mul(scale, f64x2.sub(invc, f64x2.mul(invc, r)))));
  }
  return f64x2.add(f64x2.add(sum, curve), hi);
}

/** log in two lanes, step by step the same operations. */
export function logLanes(x: v128): v128 {
  if (!i64x2.all_true(v128.and(f64x2.ge(x, bits(5)), f64x2.lt(x, bits(6))))) {
    return f64x2.replace_lane(f64x2.splat(log(f64x2.extract_lane(x, 0))), 1, log(f64x2.extract_lane(x, 1)));
  }
  return logOf(x, x, true);
}

/** log((x + e)·2^n) for a normal x and |e| ≤ ulp(x), to 0.52 ulp even where it is near 0. */
export function logSum(x: f64, e: f64, n: f64): f64 {
  const ix = reinterpret<u64>(x);
  const tmp = ix - OFF;
  const p = entry(<u32>(tmp >> 32));
  const invc = load<f64>(p);
  const r = ratio(ix - (tmp & HIGH), invc);
  const k = exponent(tmp) + n;
  const w = k * c(LN2) + load<f64>(p, 8);
  const hi = w + r;
  // e relative to x is e·2^-k·(1/c)·(1 − r); with e = 0, 2^-k may be out of range
  if (e != 0) e *= reinterpret<f64>(0x3ff0000000000000 - (tmp & HIGH)) * (invc - invc * r);
  return w - hi + r + (k * c(LN2_LOW) + load<f64>(p, 16)) + e + curve(r) + hi;
}

/** log(1 + x + e) for 0 ≤ x < ∞ (log1p: −1 < x), |e| ≤ ulp(x). */
export function log1pTail(x: f64, e: f64): f64 {
  const u = 1 + x;
  const b = u - x;
  return logSum(u, x - (u - b) + (1 - b) + e, 0);
}

/** log(x + e) in two lanes for 1 ≤ x < 2^1000, |e| ≤ ulp(x), step by step the operations of logSum. */
export function logSumLanes(x: v128, e: v128): v128 {
  return logOf(x, e, false);
}

export function log1p(x: f64): f64 {
  if (!(x > -1 && x < 1e300)) return x > 0 ? log(x) : x == -1 ? -Infinity : NaN;
  return abs(x) < 1e-16 ? x : log1pTail(x, 0); // keeps −0
}
