// sin, cos, tan. The kernels on [−π/4, π/4] are fdlibm's (k_sin.c, k_cos.c; Copyright (C) 1993 by Sun Microsystems, Inc.
// All rights reserved. Developed at SunPro, a Sun Microsystems, Inc. business. Permission to use, copy, modify, and distribute
// this software is freely granted, provided that this notice is preserved). The reduction is our own: NativeMath's is wrong
// for one argument in about 10,000 above 2^20 (sin(2075941.4930830507), off by half), which test/math/accuracy.test.ts pins.
import { productError } from './special-exact';

const SHIFT: f64 = 6755399441055744; // 1.5·2^52, see exp.ts
const TWO_OVER_PI: f64 = 0.6366197723675814;
const PIO2_1: f64 = 1.5707963267341256; // 33 bits of π/2: times 2^20 exact
const PIO2_1T: f64 = 6.077100506506192e-11; // the rest, to 2^-86 of π/2
const MANY: f64 = 1647099; // 2^20·π/2

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

let y0: f64 = 0; // x − n·π/2 = y0 + y1
let y1: f64 = 0;

/** Sets y0 + y1 = x − n·π/2, |y0| ≤ π/4 (a little more), and returns n mod 4 in its lowest bits. x is finite. */
// @ts-ignore: decorator
@inline function reduce(x: f64): i32 {
  const t = x * TWO_OVER_PI + SHIFT;
  const q = t - SHIFT;
  const r = x - q * PIO2_1;
  const w = q * PIO2_1T;
  const y = r - w;
  // 85 bits of π/2 serve unless 20 and more of them cancel (about one argument in 2^20).
  if (abs(x) < MANY && abs(y) >= abs(x) * 9.5367431640625e-7) {
    y0 = y;
    y1 = r - y - w;
    return <i32>reinterpret<u64>(t);
  }
  return reduceExactly(x);
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
function reduceExactly(x: f64): i32 {
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

/** What rounding the value of `turned` lost. */
let low: f64 = 0;

/** sin(x + m·π/2). */
function turned(x: f64, m: i32): f64 {
  if (x - x != 0) return NaN;
  m += reduce(x);
  const y = y0;
  const z = y * y;
  const w = z * z;
  let u: f64;
  let t: f64;
  if (m & 1) {
    const r = z * (4.16666666666666019037e-2 + z * (-1.38888888888741095749e-3 + z * 2.48015872894767294178e-5))
      + w * w * (-2.75573143513906633035e-7 + z * (2.08757232129817482790e-9 + z * -1.13596475577881948265e-11));
    const h = 0.5 * z;
    u = 1 - h;
    t = h - (1 - u) - (z * r - y * y1);
  } else {
    const r = 8.33333333332248946124e-3 + z * (-1.98412698298579493134e-4 + z * 2.75573137070700676789e-6)
      + z * w * (-2.50507602534068634195e-8 + z * 1.58969099521155010221e-10);
    const v = z * y;
    u = y;
    t = z * (0.5 * y1 - v * r) - y1 - v * -1.66666666666666324348e-1;
  }
  const s = u - t; // keeps −0
  low = u - s - t;
  if (m & 2) {
    low = -low;
    return -s;
  }
  return s;
}

export function sin(x: f64): f64 {
  return turned(x, 0);
}

export function cos(x: f64): f64 {
  return turned(x, 1);
}

/** The quotient of the two with their low parts: 0.9 ulp, where fdlibm's own kernel reaches 2.5 in NativeMath. */
export function tan(x: f64): f64 {
  if (abs(x) < 1e-9) return x; // keeps −0
  const s = turned(x, 0);
  const sl = low;
  const c = turned(x, 1);
  const q = s / c;
  const p = q * c;
  return q + (s - p - productError(q, c, p) + sl - q * low) / c;
}
