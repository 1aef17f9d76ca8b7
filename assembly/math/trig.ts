// sin, cos, tan. The kernels on [−π/4, π/4] are fdlibm's (k_sin.c, k_cos.c; Copyright (C) 1993 by Sun Microsystems, Inc.
// All rights reserved. Developed at SunPro, a Sun Microsystems, Inc. business. Permission to use, copy, modify, and distribute
// this software is freely granted, provided that this notice is preserved). The reduction is our own: NativeMath's reads in
// front of its table for arguments from 2^20·π/2 to 2^21 (assemblyscript 0.28.20), and sin(2075941.4930830507) is off by half.
import { C1, C2, C3, C4, C5, C6, c, cc, FEW, HALF, MANY, ONE, PER, PIO2_1, PIO2_1T, reduce } from './reduction';
import { S1, S2, S3, S4, S5, S6, SHIFT, y0, y1 } from './reduction';
import { productError } from './special-exact';

/** What rounding the value of `turned` lost. */
let low: f64 = 0;

/** sin(x + m·π/2). */
function turned(x: f64, m: i32): f64 {
  m += reduce(x);
  const y = y0;
  const z = y * y;
  const w = z * z;
  let u: f64;
  let t: f64;
  if (m & 1) {
    const r = z * (c(C1) + z * (c(C2) + z * c(C3))) + w * w * (c(C4) + z * (c(C5) + z * c(C6)));
    const h = c(HALF) * z;
    u = c(ONE) - h;
    t = h - (c(ONE) - u) - (z * r - y * y1);
  } else {
    const r = c(S2) + z * (c(S3) + z * c(S4)) + z * w * (c(S5) + z * c(S6));
    const v = z * y;
    u = y;
    t = z * (c(HALF) * y1 - v * r) - y1 - v * c(S1);
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

/** sin(x + m·π/2) in two lanes: both kernels for each, step by step the same operations, of which one is chosen. */
function turnedLanes(x: v128, m: i32): v128 {
  const t = f64x2.add(f64x2.mul(x, cc(PER)), cc(SHIFT));
  const q = f64x2.sub(t, cc(SHIFT));
  const r = f64x2.sub(x, f64x2.mul(q, cc(PIO2_1)));
  const p = f64x2.mul(q, cc(PIO2_1T));
  const y = f64x2.sub(r, p);
  const a = f64x2.abs(x);
  // `reduce` would go its short way in both, with a bit to spare
  if (!i64x2.all_true(v128.and(f64x2.lt(a, cc(MANY)), f64x2.ge(f64x2.abs(y), f64x2.mul(a, cc(FEW)))))) {
    return f64x2.replace_lane(f64x2.splat(turned(f64x2.extract_lane(x, 0), m)), 1, turned(f64x2.extract_lane(x, 1), m));
  }
  const yl = f64x2.sub(f64x2.sub(r, y), p);
  const z = f64x2.mul(y, y);
  const w = f64x2.mul(z, z);

  const c1 = f64x2.add(cc(C1), f64x2.mul(z, f64x2.add(cc(C2), f64x2.mul(z, cc(C3)))));
  const c2 = f64x2.add(cc(C4), f64x2.mul(z, f64x2.add(cc(C5), f64x2.mul(z, cc(C6)))));
  const cr = f64x2.add(f64x2.mul(z, c1), f64x2.mul(f64x2.mul(w, w), c2));
  const h = f64x2.mul(cc(HALF), z);
  const u = f64x2.sub(cc(ONE), h);
  const ct = f64x2.sub(f64x2.sub(h, f64x2.sub(cc(ONE), u)), f64x2.sub(f64x2.mul(z, cr), f64x2.mul(y, yl)));

  const s1 = f64x2.add(cc(S2), f64x2.mul(z, f64x2.add(cc(S3), f64x2.mul(z, cc(S4)))));
  const s2 = f64x2.mul(f64x2.mul(z, w), f64x2.add(cc(S5), f64x2.mul(z, cc(S6))));
  const v = f64x2.mul(z, y);
  const sr = f64x2.sub(f64x2.mul(cc(HALF), yl), f64x2.mul(v, f64x2.add(s1, s2)));
  const st = f64x2.sub(f64x2.sub(f64x2.mul(z, sr), yl), f64x2.mul(v, cc(S1)));

  const n = i64x2.add(t, i64x2.splat(<i64>m));
  const odd = i64x2.shl(n, 63);
  const mask = f64x2.lt(v128.or(odd, cc(ONE)), f64x2.splat(0)); // by the sign bit
  const s = f64x2.sub(v128.bitselect(u, y, mask), v128.bitselect(ct, st, mask));
  return v128.xor(s, i64x2.shl(i64x2.shr_u(n, 1), 63));
}

export function sinLanes(x: v128): v128 {
  return turnedLanes(x, 0);
}

export function cosLanes(x: v128): v128 {
  return turnedLanes(x, 1);
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
