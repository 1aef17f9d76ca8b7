// exp, exp2, expm1 and the two-lane exp, after ARM's Optimized Routines (Szabolcs Nagy, MIT licence; exp.c, exp2.c), which
// NativeMath.exp follows too: 2^(k/128) from a table, e^r with |r| ≤ ln2/256 from a polynomial; worst error 0.51 ulp.
// The table beats a longer polynomial in two lanes as well: loading two entries costs what six more terms would.
import { productError } from './special-exact';
import { EXP_TABLE } from './tables';

// Constants lie in memory: V8 builds every f64.const and v128.const anew where it is used, which costs 10 % in one lane and
// half the time in two. The offsets are in bytes.
// @ts-ignore: decorator
@lazy export const EXP = memory.data<f64>([
  184.6649652337873, // 128/ln 2
  6755399441055744, // 1.5·2^52: adding it rounds to an integer, which the low bits then hold
  -0.005415212348111709, // −ln2/128, the upper 36 bits: k times it is exact
  -1.2864023111638346e-14, // and the rest
  // e^r − 1 = r + r²(C2 + r·C3) + r⁴(C4 + r·C5), relative error 2^-61 (exp_data.c)
  0.49999999999996786,
  0.16666666666665886,
  0.0416666808410674,
  0.008333335853059549,
  512,
]);
export const PER: usize = 0;
export const SHIFT: usize = 8;
export const HI: usize = 16;
export const LO: usize = 24;
export const C2: usize = 32;
export const C3: usize = 40;
export const C4: usize = 48;
export const C5: usize = 56;
const NEAR: usize = 64;

/** A constant, and the same in both lanes. */
// @ts-ignore: decorator
@inline export function c(offset: usize): f64 {
  return load<f64>(EXP + offset);
}
// @ts-ignore: decorator
@inline export function cc(offset: usize): v128 {
  return v128.load64_splat(EXP + offset);
}

/** The entry of 2^(k/128) in the table. */
// @ts-ignore: decorator
@inline export function entry(k: u64): usize {
  return EXP_TABLE + (<usize>(k & 127) << 4);
}

/** 2^(k/128), rounded, for −1022 < k/128 < 1024. */
// @ts-ignore: decorator
@inline export function power(k: u64): f64 {
  return reinterpret<f64>(load<u64>(entry(k), 8) + (k << 45));
}

/** x − k·ln2/128. */
// @ts-ignore: decorator
@inline function remainder(x: f64, k: f64): f64 {
  return x + k * c(HI) + k * c(LO);
}

/** e^r − 1 + tail. */
// @ts-ignore: decorator
@inline function expm1OfSmall(tail: f64, r: f64): f64 {
  const r2 = r * r;
  return tail + r + r2 * (c(C2) + r * c(C3)) + r2 * r2 * (c(C4) + r * c(C5));
}

export function exp(x: f64): f64 {
  if (!(abs(x) < c(NEAR))) return far(x, 0);
  const t = x * c(PER) + c(SHIFT);
  const k = reinterpret<u64>(t);
  const scale = power(k);
  return scale + scale * expm1OfSmall(load<f64>(entry(k)), remainder(x, t - c(SHIFT)));
}

/** Both lanes' entries of the table in two loads, split into tails and powers. */
// @ts-ignore: decorator
@inline export function tails(a: v128, b: v128): v128 {
  return v128.shuffle<i64>(a, b, 0, 2);
}
// @ts-ignore: decorator
@inline export function powers(a: v128, b: v128, k: v128): v128 {
  return i64x2.add(v128.shuffle<i64>(a, b, 1, 3), i64x2.shl(k, 45));
}
// @ts-ignore: decorator
@inline export function entry0(k: v128): v128 {
  return v128.load(EXP_TABLE + (<usize>(i32x4.extract_lane(k, 0) & 127) << 4));
}
// @ts-ignore: decorator
@inline export function entry1(k: v128): v128 {
  return v128.load(EXP_TABLE + (<usize>(i32x4.extract_lane(k, 2) & 127) << 4));
}

/** Whether exp (in one lane) would take neither of its detours for both. */
// @ts-ignore: decorator
@inline export function near(x: v128): bool {
  return i64x2.all_true(f64x2.lt(f64x2.abs(x), cc(NEAR)));
}

/** exp in two lanes, step by step the same operations. */
export function expLanes(x: v128): v128 {
  if (!near(x)) return f64x2.replace_lane(f64x2.splat(exp(f64x2.extract_lane(x, 0))), 1, exp(f64x2.extract_lane(x, 1)));
  const t = f64x2.add(f64x2.mul(x, cc(PER)), cc(SHIFT));
  const k = f64x2.sub(t, cc(SHIFT));
  const a = entry0(t);
  const b = entry1(t);
  const r = f64x2.add(f64x2.add(x, f64x2.mul(k, cc(HI))), f64x2.mul(k, cc(LO)));
  const r2 = f64x2.mul(r, r);
  const even = f64x2.mul(r2, f64x2.add(cc(C2), f64x2.mul(r, cc(C3))));
  const odd = f64x2.mul(f64x2.mul(r2, r2), f64x2.add(cc(C4), f64x2.mul(r, cc(C5))));
  const scale = powers(a, b, t);
  return f64x2.add(scale, f64x2.mul(scale, f64x2.add(f64x2.add(f64x2.add(tails(a, b), r), even), odd)));
}

/** What the double returned by expTail leaves out: together they have about 60 bits. */
export let expLow: f64 = 0;

/** e^(x + tail), |tail| < 2^-15. */
export function expTail(x: f64, tail: f64): f64 {
  if (!(abs(x) < c(NEAR))) {
    expLow = 0;
    return far(x, tail);
  }
  const t = x * c(PER) + c(SHIFT);
  const k = reinterpret<u64>(t);
  const scale = power(k);
  const p = scale * expm1OfSmall(load<f64>(entry(k)), remainder(x, t - c(SHIFT)) + tail);
  const y = scale + p;
  expLow = scale - y + p;
  return y;
}

/** |x| ≥ 512 or NaN: overflow, results below 2^-1022, the exceptional values. */
function far(x: f64, tail: f64): f64 {
  if (x != x) return x;
  // Beyond ±746 the result is certain, and the exponent would leave the range that can be repaired below.
  if (abs(x) > 746) return x < 0 ? 0 : Infinity;
  const t = x * c(PER) + c(SHIFT);
  const k = reinterpret<u64>(t);
  const e = expm1OfSmall(load<f64>(entry(k)), remainder(x, t - c(SHIFT)) + tail);
  const bits = load<u64>(entry(k), 8) + (k << 45);
  if (x > 0) {
    const scale = reinterpret<f64>(bits - (<u64>1009 << 52));
    return 5.486124068793689e303 * (scale + scale * e); // 2^1009
  }
  const scale = reinterpret<f64>(bits + (<u64>1022 << 52));
  let y = scale + scale * e;
  if (y < 1) {
    // Round to the bits that will be left, so that the multiplication does not round a second time.
    const low = scale - y + scale * e;
    const high = 1 + y;
    y = high + (1 - high + y + low) - 1;
  }
  return y * 2.2250738585072014e-308; // 2^-1022
}

/** e^(x·ln 2), the product in two doubles. */
export function exp2(x: f64): f64 {
  const p = x * 0.6931471805599453;
  return expTail(p, productError(x, 0.6931471805599453, p) + x * 2.3190468138462996e-17);
}

/** What the double returned by expm1Parts leaves out. */
export let expm1Low: f64 = 0;

/** e^x − 1 for |x| ≤ 44; with expm1Low it has about 60 bits. */
// @ts-ignore: decorator
@inline function expm1Parts(x: f64): f64 {
  const t = x * c(PER) + c(SHIFT);
  const j = reinterpret<u64>(t);
  const k = t - c(SHIFT);
  // 2^(k/128)·e^q − 1 = whole + e + whole·e with whole = 2^(k/128) − 1, e = r + rest; r, of 53 bits, is exact.
  const scale = power(j);
  const whole = scale - 1;
  const r = x + k * c(HI);
  const low = k * c(LO);
  const q = r + low;
  const q2 = q * q;
  const tail = load<f64>(entry(j));
  const rest = tail + (low + tail * q) + (q2 * (c(C2) + q * c(C3)) + q2 * q2 * (c(C4) + q * c(C5)));
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
