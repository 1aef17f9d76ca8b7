// exp, exp2, expm1 and the two-lane exp, after ARM's Optimized Routines (Szabolcs Nagy, MIT licence; exp.c, exp2.c), which
// NativeMath.exp follows too: 2^(k/128) from a table, e^r with |r| ≤ ln2/256 from a polynomial; worst error 0.51 ulp.
// The table beats a longer polynomial in two lanes as well: loading two entries costs less than six more terms.
import { EXP_TABLE } from './tables';

export const SHIFT: f64 = 6755399441055744; // 1.5·2^52: adding it rounds to an integer, which the low bits then hold
export const INV_LN2_N: f64 = 184.6649652337873; // 128/ln 2
export const MINUS_LN2_HI_N: f64 = -0.005415212348111709; // −ln2/128, the upper 36 bits: k times it is exact
export const MINUS_LN2_LO_N: f64 = -1.2864023111638346e-14; // and the rest
// e^r − 1 = r + r²(C2 + r·C3) + r⁴(C4 + r·C5), relative error 2^-61 (exp_data.c)
export const C2: f64 = 0.49999999999996786;
export const C3: f64 = 0.16666666666665886;
export const C4: f64 = 0.0416666808410674;
export const C5: f64 = 0.008333335853059549;

/** x − k·ln2/128. */
// @ts-ignore: decorator
@inline export function remainder(x: f64, k: f64): f64 {
  return x + k * MINUS_LN2_HI_N + k * MINUS_LN2_LO_N;
}

/** e^r − 1 + tail. */
// @ts-ignore: decorator
@inline export function expm1OfSmall(tail: f64, r: f64): f64 {
  const r2 = r * r;
  return tail + r + r2 * (C2 + r * C3) + r2 * r2 * (C4 + r * C5);
}

// @ts-ignore: decorator
@inline export function entry(k: u64): usize {
  return EXP_TABLE + (<usize>(k & 127) << 4);
}

/** 2^(k/128)·(1 + tail) rounded down to a double, for −1022 < k/128 < 1024. */
// @ts-ignore: decorator
@inline export function power(k: u64): f64 {
  return reinterpret<f64>(load<u64>(entry(k), 8) + (k << 45));
}

export function exp(x: f64): f64 {
  if (!(abs(x) < 512)) return far(x, 0, 0);
  const t = x * INV_LN2_N + SHIFT;
  const k = reinterpret<u64>(t);
  const scale = power(k);
  return scale + scale * expm1OfSmall(load<f64>(entry(k)), remainder(x, t - SHIFT));
}

/** What the double returned by expTail leaves out: together they have about 60 bits. */
export let expLow: f64 = 0;

/** e^(x + tail), |tail| < 2^-15; with sign = 0x40000 the negative of it (for pow). */
export function expTail(x: f64, tail: f64, sign: u64 = 0): f64 {
  if (!(abs(x) < 512)) {
    expLow = 0;
    return far(x, tail, sign);
  }
  const t = x * INV_LN2_N + SHIFT;
  const k = reinterpret<u64>(t);
  const scale = power(k + sign);
  const p = scale * expm1OfSmall(load<f64>(entry(k)), remainder(x, t - SHIFT) + tail);
  const y = scale + p;
  expLow = scale - y + p;
  return y;
}

/** |x| ≥ 512 or NaN: overflow, results below 2^-1022, the exceptional values. */
function far(x: f64, tail: f64, sign: u64): f64 {
  if (x != x) return x;
  // Beyond ±746 the result is certain, and the exponent would leave the range that `scaled` can repair.
  if (abs(x) > 746) return reinterpret<f64>((x < 0 ? 0 : 0x7ff0000000000000) | sign << 45);
  const t = x * INV_LN2_N + SHIFT;
  const k = reinterpret<u64>(t);
  return scaled(expm1OfSmall(load<f64>(entry(k)), remainder(x, t - SHIFT) + tail), k, sign);
}

/** 2^(k/128)·(1 + e) where that may be infinite or less than 2^-1022. */
function scaled(e: f64, k: u64, sign: u64): f64 {
  const bits = load<u64>(entry(k), 8) + ((k + sign) << 45);
  if (!(k & 0x80000000)) {
    const scale = reinterpret<f64>(bits - (<u64>1009 << 52));
    return 5.486124068793689e303 * (scale + scale * e); // 2^1009
  }
  const scale = reinterpret<f64>(bits + (<u64>1022 << 52));
  let y = scale + scale * e;
  if (abs(y) < 1) {
    // Round to the bits that will be left, so that the multiplication does not round a second time.
    const one = copysign<f64>(1, y);
    const low = scale - y + scale * e;
    const high = one + y;
    y = copysign<f64>(high + (one - high + y + low) - one, one);
  }
  return y * 2.2250738585072014e-308; // 2^-1022
}

export function exp2(x: f64): f64 {
  const isFar = !(abs(x) < 512);
  if (isFar) {
    if (x != x) return x;
    x = min(max(x, -1080), 1080);
  }
  const t = x + 52776558133248; // 1.5·2^45: rounds to a multiple of 1/128
  const k = reinterpret<u64>(t);
  const e = expm1OfSmall(load<f64>(entry(k)), (x - (t - 52776558133248)) * NativeMath.LN2);
  if (isFar) return scaled(e, k, 0);
  const scale = power(k);
  return scale + scale * e;
}

/** What the double returned by expm1Parts leaves out. */
export let expm1Low: f64 = 0;

/** e^x − 1 for |x| ≤ 44; with expm1Low it has about 60 bits. */
export function expm1Parts(x: f64): f64 {
  const t = x * INV_LN2_N + SHIFT;
  const j = reinterpret<u64>(t);
  const k = t - SHIFT;
  // 2^(k/128)·e^q − 1 = whole + e + whole·e with whole = 2^(k/128) − 1, e = r + rest; r, of 53 bits, is exact.
  const scale = power(j);
  const whole = scale - 1;
  const r = x + k * MINUS_LN2_HI_N;
  const low = k * MINUS_LN2_LO_N;
  const q = r + low;
  const q2 = q * q;
  const tail = load<f64>(entry(j));
  const rest = tail + (low + tail * q) + (q2 * (C2 + q * C3) + q2 * q2 * (C4 + q * C5));
  const small = whole * (r + rest) + rest;
  const s = r + small;
  const z = whole + s;
  const back = whole - scale; // what the subtraction of 1 rounded off, for a scale above 1 and below
  expm1Low = whole - z + s + (r - s + small + (scale - (whole - back) - (1 + back)));
  return z;
}

export function expm1(x: f64): f64 {
  if (!(x < 44)) return exp(x); // e^-44 is under half an ulp; NaN
  if (x < -44) return -1;
  if (abs(x) < 5e-17) return x; // keeps −0
  const z = expm1Parts(x);
  return z + expm1Low;
}
