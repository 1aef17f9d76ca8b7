// The logarithm with a second double, for pow, log2, log10, lgamma and digamma: as in pow.c of ARM's Optimized Routines.
import { c, entry, exponent, HIGH, LN2, LN2_LOW, logFar, OFF, P0, P1, P2, P3, P4, P5 } from './log';

/** What the double returned by logParts leaves out. */
export let logLow: f64 = 0;

/**
 * n·k·ln2 + log z for x = 2^k·z, z in [0.7, 1.42), given the bits of x; with logLow it has about 68 bits.
 * The sum is pow.c's: −r²/2 is kept to twice the precision, the rest is small.
 */
export function logParts(ix: u64, n: f64): f64 {
  const tmp = ix - OFF;
  const p = entry(<u32>(tmp >> 32));
  const iz = ix - (tmp & HIGH);
  const invc = load<f64>(p);
  const zhi = reinterpret<f64>((iz + 0x80000000) & 0xffffffff00000000);
  const rhi = zhi * invc - 1;
  const rlo = (reinterpret<f64>(iz) - zhi) * invc;
  const r = rhi + rlo;
  const k = exponent(tmp) * n;
  const w = k * c(LN2) + load<f64>(p, 8);
  const t = w + r;
  const ar = -0.5 * r;
  const ar2 = r * ar;
  const arhi = -0.5 * rhi;
  const arhi2 = rhi * arhi;
  const hi = t + arhi2;
  const low = c(P0) + r * c(P1) + ar2 * (c(P2) + r * c(P3) + ar2 * (c(P4) + r * c(P5)));
  const rest = r * ar2 * low;
  const lo = k * c(LN2_LOW) + load<f64>(p, 16) + (w - t + r) + rlo * (ar + arhi) + (t - hi + arhi2) + rest;
  const y = hi + lo;
  logLow = hi - y + lo;
  return y;
}

/** The bits of a positive finite x as though its exponent had no lower end. */
// @ts-ignore: decorator
@inline export function normalBits(x: f64): u64 {
  const ix = reinterpret<u64>(x);
  return ix >= 0x0010000000000000 ? ix : reinterpret<u64>(x * 4503599627370496) - 0x0340000000000000;
}

/** Logarithm to another base: m = 1/ln(base) in two parts, l = log of 2 in two parts; first parts short, so products are exact. */
function logTo(x: f64, mHi: f64, mLo: f64, lHi: f64, lLo: f64): f64 {
  if (!(x > 0 && x < Infinity)) return logFar(x);
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
  return logFar(x);
}
