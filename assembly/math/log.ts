// log, log2, log10, log1p from one table, after the logarithm inside pow of ARM's Optimized Routines (Szabolcs Nagy, MIT
// licence; pow.c): x = 2^k·z, log x = k·ln2 + log c + log1p(z/c − 1). NativeMath has a table for each and a branch of its own
// around 1; pow's table needs none, because z/c − 1 is exact in it and c = 1 around 1. Worst error 0.52 ulp.
import { LOG_TABLE } from './tables';

const OFF: u64 = 0x3fe6955500000000;
const LN2_HI: f64 = 0.6931471805598903; // k times it is exact and leaves room for the table's 2^-43
const LN2_LO: f64 = 5.497923018708371e-14;
// log1p(r) = r + r²(A0 + A1·r + …) for |r| < 0.005738, relative error 2^-61: minimax, fitted for this file (Remez exchange
// with 60 digits, weight 1/r)
const A0: f64 = -0.5000000000000004;
const A1: f64 = 0.33333333333333337;
const A2: f64 = -0.24999999988093916;
const A3: f64 = 0.19999999995491288;
const A4: f64 = -0.16667388404028455;
const A5: f64 = 0.14286171322651106;

/** k as a double, for x = 2^k·z with the bits ix = OFF + tmp: no conversion instruction, so that two lanes can do the same. */
// @ts-ignore: decorator
@inline function exponent(tmp: u64): f64 {
  return reinterpret<f64>((tmp + (<u64>2048 << 52)) >> 52 | 0x4330000000000000) - 4503599627372544; // 2^52 + 2048
}

// @ts-ignore: decorator
@inline function entry(tmp: u64): usize {
  return LOG_TABLE + <usize>((tmp >> 45) & 127) * 24;
}

/** z/c − 1, exact: 1/c has 9 bits, z is split to spare a fused multiply-add. */
// @ts-ignore: decorator
@inline function ratio(iz: u64, invc: f64): f64 {
  const zhi = reinterpret<f64>((iz + 0x80000000) & 0xffffffff00000000);
  return zhi * invc - 1 + (reinterpret<f64>(iz) - zhi) * invc;
}

/** log1p(r) − r. */
// @ts-ignore: decorator
@inline function curve(r: f64): f64 {
  const r2 = r * r;
  return r2 * A0 + r * r2 * (A1 + r * A2 + r2 * (A3 + r * A4 + r2 * A5));
}

export function log(x: f64): f64 {
  let ix = reinterpret<u64>(x);
  if (ix - 0x0010000000000000 >= 0x7fe0000000000000) {
    if (!(x > 0)) return x == 0 ? -Infinity : NaN;
    if (x == Infinity) return x;
    ix = reinterpret<u64>(x * 4503599627370496) - (<u64>52 << 52); // subnormal
  }
  const tmp = ix - OFF;
  const p = entry(tmp);
  const r = ratio(ix - (tmp & 0xfff0000000000000), load<f64>(p));
  const k = exponent(tmp);
  const w = k * LN2_HI + load<f64>(p, 8);
  const hi = w + r;
  return w - hi + r + (k * LN2_LO + load<f64>(p, 16)) + curve(r) + hi;
}

/** log((x + c)·2^n) for a normal x and |c| ≤ ulp(x), to 0.52 ulp even where it is near 0. */
export function logSum(x: f64, c: f64, n: f64): f64 {
  const ix = reinterpret<u64>(x);
  const tmp = ix - OFF;
  const p = entry(tmp);
  const r = ratio(ix - (tmp & 0xfff0000000000000), load<f64>(p));
  const k = exponent(tmp) + n;
  const w = k * LN2_HI + load<f64>(p, 8);
  const hi = w + r;
  return w - hi + r + (k * LN2_LO + load<f64>(p, 16)) + c / x + curve(r) + hi;
}

/** log(1 + x + e) for 0 ≤ x < ∞ (log1p: −1 < x), |e| ≤ ulp(x). */
// @ts-ignore: decorator
@inline export function log1pTail(x: f64, e: f64): f64 {
  const u = 1 + x;
  const b = u - x;
  return logSum(u, x - (u - b) + (1 - b) + e, 0);
}

export function log1p(x: f64): f64 {
  if (!(x > -1 && x < Infinity)) return x > 0 ? x : x == -1 ? -Infinity : NaN;
  return abs(x) < 1e-16 ? x : log1pTail(x, 0); // keeps −0
}

/** What the double returned by logParts leaves out. */
export let logLow: f64 = 0;

/**
 * n·k·ln2 + log z for x = 2^k·z, z in [0.7, 1.42), given the bits of x; with logLow it has about 68 bits.
 * The sum is pow.c's: −r²/2 is kept to twice the precision, the rest is small.
 */
export function logParts(ix: u64, n: f64): f64 {
  const tmp = ix - OFF;
  const p = entry(tmp);
  const iz = ix - (tmp & 0xfff0000000000000);
  const invc = load<f64>(p);
  const zhi = reinterpret<f64>((iz + 0x80000000) & 0xffffffff00000000);
  const rhi = zhi * invc - 1;
  const rlo = (reinterpret<f64>(iz) - zhi) * invc;
  const r = rhi + rlo;
  const k = exponent(tmp) * n;
  const w = k * LN2_HI + load<f64>(p, 8);
  const t = w + r;
  const ar = -0.5 * r;
  const ar2 = r * ar;
  const arhi = -0.5 * rhi;
  const arhi2 = rhi * arhi;
  const hi = t + arhi2;
  // log1p(r) − r + r²/2, relative error 2^-70 (pow_log_data.c; its coefficients are scaled by powers of −2)
  const a = -0.6666666666666679 + r * 0.5000000000000007;
  const b = 0.7999999995323976 + r * -0.6666666663487739;
  const c = -1.142909628459501 + r * 1.0000415263675542;
  const rest = r * ar2 * (a + ar2 * (b + ar2 * c));
  const lo = k * LN2_LO + load<f64>(p, 16) + (w - t + r) + rlo * (ar + arhi) + (t - hi + arhi2) + rest;
  const y = hi + lo;
  logLow = hi - y + lo;
  return y;
}

/** The bits of a positive finite x as though its exponent had no lower end. */
// @ts-ignore: decorator
@inline export function normalBits(x: f64): u64 {
  const ix = reinterpret<u64>(x);
  return ix >= 0x0010000000000000 ? ix : reinterpret<u64>(x * 4503599627370496) - (<u64>52 << 52);
}

/** Logarithm to another base: m = 1/ln(base) in two parts, l = log of 2 in two parts; first parts short, so products are exact. */
function logTo(x: f64, mHi: f64, mLo: f64, lHi: f64, lLo: f64): f64 {
  if (!(x > 0 && x < Infinity)) return x > 0 ? x : x == 0 ? -Infinity : NaN;
  const ix = normalBits(x);
  const y = logParts(ix, 0);
  const hi = reinterpret<f64>(reinterpret<u64>(y) & 0xffffffff00000000);
  const lo = y - hi + logLow;
  const k = exponent(ix - OFF);
  const p = hi * mHi;
  const s = k * lHi;
  const w = s + p;
  return hi * mLo + lo * (mHi + mLo) + (k * lLo + (s - w + p)) + w;
}

export function log2(x: f64): f64 {
  return logTo(x, 1.4426950407214463, 1.6751713164886512e-10, 1, 0);
}

export function log10(x: f64): f64 {
  return logTo(x, 0.4342944818781689, 2.5082946711645275e-11, 0.30102999566395283, 2.8363394551044964e-14);
}

/** log x for x ≥ 0; with logLow it has about 66 bits. */
export function logHigh(x: f64): f64 {
  if (x > 0 && x < Infinity) return logParts(normalBits(x), 1);
  logLow = 0;
  return x == 0 ? -Infinity : x;
}
