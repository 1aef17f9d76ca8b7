// The reduction of x to x − n·π/2 for sin, cos and tan, and their constants.
import { productError } from './special-exact';

// In memory, as in exp.ts. The offsets are in bytes.
// @ts-ignore: decorator
@lazy export const TRIG = memory.data<f64>([
  0.6366197723675814, // 2/π
  6755399441055744, // 1.5·2^52, see exp.ts
  1.5707963267341256, // 33 bits of π/2: times 2^20 exact
  6.077100506506192e-11, // the rest, to 2^-86 of π/2
  1647099, // 2^20·π/2, about
  1.9073486328125e-6, // 2^-19
  0.5,
  1,
  // k_sin.c
  -1.66666666666666324348e-1,
  8.33333333332248946124e-3,
  -1.98412698298579493134e-4,
  2.75573137070700676789e-6,
  -2.50507602534068634195e-8,
  1.58969099521155010221e-10,
  // k_cos.c
  4.16666666666666019037e-2,
  -1.38888888888741095749e-3,
  2.48015872894767294178e-5,
  -2.75573143513906633035e-7,
  2.08757232129817482790e-9,
  -1.13596475577881948265e-11,
]);
export const PER: usize = 0;
export const SHIFT: usize = 8;
export const PIO2_1: usize = 16;
export const PIO2_1T: usize = 24;
export const MANY: usize = 32;
export const FEW: usize = 40;
export const HALF: usize = 48;
export const ONE: usize = 56;
export const S1: usize = 64;
export const S2: usize = 72;
export const S3: usize = 80;
export const S4: usize = 88;
export const S5: usize = 96;
export const S6: usize = 104;
export const C1: usize = 112;
export const C2: usize = 120;
export const C3: usize = 128;
export const C4: usize = 136;
export const C5: usize = 144;
export const C6: usize = 152;

/** A constant, and the same in both lanes. */
// @ts-ignore: decorator
@inline export function c(offset: usize): f64 {
  return load<f64>(TRIG + offset);
}
// @ts-ignore: decorator
@inline export function cc(offset: usize): v128 {
  return v128.load64_splat(TRIG + offset);
}

/** The bits of 2/π, the first word those before the binary point: 20 words reach past the largest double. */
// @ts-ignore: decorator
@lazy const TWO_OVER_PI_BITS = memory.data<u64>([
  0x0000000000000000, 0xA2F9836E4E441529, 0xFC2757D1F534DDC0, 0xDB6295993C439041,
  0xFE5163ABDEBBC561, 0xB7246E3A424DD2E0, 0x06492EEA09D1921C, 0xFE1DEB1CB129A73E,
  0xE88235F52EBB4484, 0xE99C7026B45F7E41, 0x3991D639835339F4, 0x9C845F8BBDF9283B,
  0x1FF897FFDE05980F, 0xEF2F118B5A0A6D1F, 0x6D367ECF27CB09B7, 0x4F463F669E5FEA2D,
  0x7527BAC7EBE5F17B, 0x3D0739F78A5292EA, 0x6BFB5FB11F8D5D08, 0x56033046FC7B6BAB,
  0xF0CFBC209AF4361D
]);

export let y0: f64 = 0; // x − n·π/2 = y0 + y1
export let y1: f64 = 0;

/** Sets y0 + y1 = x − n·π/2, |y0| ≤ π/4 (a little more); returns n mod 4 in the lowest bits. For sin, cos and tan in one lane. */
// @ts-ignore: decorator
@inline export function reduce(x: f64): i32 {
  const ix = reinterpret<u64>(x) & 0x7fffffffffffffff;
  if (ix >= 0x413921b000000000) return reduceExactly(x); // about 2^20·π/2
  const t = x * c(PER) + c(SHIFT);
  const q = t - c(SHIFT);
  const r = x - q * c(PIO2_1);
  const w = q * c(PIO2_1T);
  const y = r - w;
  // 85 bits of π/2 serve unless 20 and more of them cancel (about one argument in 2^20).
  if ((reinterpret<u64>(y) & 0x7fffffffffffffff) + (<u64>20 << 52) < ix) return reduceExactly(x);
  y0 = y;
  y1 = r - y - w;
  return <i32>reinterpret<u64>(t);
}

/** The upper half of a 128-bit product. */
function mulHigh(a: u64, b: u64): u64 {
  const al = a & 0xffffffff;
  const bl = b & 0xffffffff;
  a >>= 32;
  b >>= 32;
  const m = a * bl + (al * bl >> 32);
  return a * b + (m >> 32) + ((m & 0xffffffff) + al * b >> 32);
}

/**
 * M. Payne, R. Hanek, "Radian reduction for trigonometric functions", SIGNUM 18 (1983): x = m·2^e; of m·2^e·(2/π) only the
 * part mod 4 counts, so the bits of 2/π worth 4 and more are skipped and the next 192 multiplied by m. 2^-126 remain wrong, a
 * double comes no closer than 2^-62 to a multiple of π/2.
 */
export function reduceExactly(x: f64): i32 {
  if (x - x != 0) {
    y0 = NaN;
    return 0;
  }
  const ix = reinterpret<u64>(x);
  const m = (ix & 0x000fffffffffffff) | 0x0010000000000000;
  const first = <i32>((ix >> 52) & 0x7ff) - 1075 + 62; // the bit of the table worth 2/2^e; its bit 63 is worth 1
  const p = TWO_OVER_PI_BITS + (<usize>(first >> 6) << 3);
  const s = <u64>(first & 63);
  let w0 = load<u64>(p);
  let w1 = load<u64>(p, 8);
  let w2 = load<u64>(p, 16);
  if (s) {
    w0 = w0 << s | w1 >> (64 - s);
    w1 = w1 << s | w2 >> (64 - s);
    w2 = w2 << s | load<u64>(p, 24) >> (64 - s);
  }
  let lo = m * w1;
  const carry = mulHigh(m, w2);
  lo += carry;
  let hi = m * w0 + mulHigh(m, w1) + u64(lo < carry);
  // hi:lo is x·(2/π) mod 4, two bits before the point; to the nearest integer, and the rest with its sign
  const n = <i32>((hi + 0x2000000000000000) >> 62);
  hi = hi << 2 | lo >> 62;
  lo <<= 2;
  const negative = <i64>hi < 0;
  if (negative) {
    hi = ~hi;
    lo = ~lo;
  }
  const shift = clz(hi);
  if (shift) {
    hi = hi << shift | lo >> (64 - shift);
    lo <<= shift;
  }
  const unit = reinterpret<f64>((1023 - 53 - shift) << 52) * (negative == x < 0 ? 1 : -1);
  const a = <f64>(hi >> 11);
  const b = <f64>(hi << 53 | lo >> 11) * 5.421010862427522e-20; // 2^-64
  const y = a * 1.5707963267948966;
  const z = productError(a, 1.5707963267948966, y) + a * 6.123233995736766e-17 + b * 1.5707963267948966;
  y0 = (y + z) * unit;
  y1 = (y - (y + z) + z) * unit;
  return x < 0 ? -n : n;
}

