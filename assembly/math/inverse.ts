// asin, acos, atan, atan2: fdlibm's polynomials and breakpoints (s_atan.c, e_asin.c; Copyright (C) 1993 by Sun Microsystems,
// Inc. All rights reserved. Developed at SunPro, a Sun Microsystems, Inc. business. Permission to use, copy, modify, and
// distribute this software is freely granted, provided that this notice is preserved). atan2 passes on what the division y/x
// rounded off, asin what the square root did, which brings the worst errors from 1.3 and 0.9 to 0.8 and 0.7 ulp.
import { productError } from './special-exact';

const PIO2: f64 = 1.5707963267948966;
const PIO2_LO: f64 = 6.123233995736766e-17;

const PI: f64 = 3.141592653589793;
const PI_LO: f64 = 1.2246467991473532e-16;

/** atan(x + e), or π less that, for x ≥ 0 and |e| ≤ ulp(x). */
function atanSum(x: f64, e: f64, left: bool): f64 {
  let hi: f64 = 0;
  let lo: f64 = 0;
  if (e != 0) e /= 1 + x * x;
  if (x >= 0.4375) {
    if (x < 0.6875) {
      hi = 4.63647609000806093515e-1;
      lo = 2.26987774529616870924e-17;
      x = (2 * x - 1) / (2 + x);
    } else if (x < 1.1875) {
      hi = 7.85398163397448278999e-1;
      lo = 3.06161699786838301793e-17;
      x = (x - 1) / (x + 1);
    } else if (x < 2.4375) {
      hi = 9.82793723247329054082e-1;
      lo = 1.39033110312309984516e-17;
      x = (x - 1.5) / (1 + 1.5 * x);
    } else {
      hi = PIO2;
      lo = PIO2_LO;
      x = -1 / x;
    }
  }
  const z = x * x;
  const w = z * z;
  const s1 = z * (3.33333333333329318027e-1 + w * (1.42857142725034663711e-1 + w * (9.09088713343650656196e-2
    + w * (6.66107313738753120669e-2 + w * (4.97687799461593236017e-2 + w * 1.62858201153657823623e-2)))));
  const s2 = w * (-1.99999999998764832476e-1 + w * (-1.11111104054623557880e-1 + w * (-7.69187620504482999495e-2
    + w * (-5.83357013379057348645e-2 + w * -3.65315727442169155270e-2))));
  const t = x * (s1 + s2) - e;
  if (!left) return hi - (t - lo - x);
  const rest = PI - hi;
  return rest + (t + (PI - rest - hi + (PI_LO - lo)) - x);
}

export function atan(x: f64): f64 {
  const a = abs(x);
  if (!(a < 1e19)) return x != x ? x : copysign<f64>(PIO2, x);
  return copysign<f64>(atanSum(a, 0, false), x);
}

export function atan2(y: f64, x: f64): f64 {
  if (x != x || y != y) return NaN;
  let a = abs(y);
  let b = abs(x);
  const left = reinterpret<i64>(x) < 0;
  if (a == b && (a == 0 || a == Infinity)) {
    a = a == 0 ? (left ? PI : 0) : left ? 2.356194490192345 : PI / 4;
  } else if (b * 1.8446744073709552e19 <= a) {
    a = PIO2;
  } else if (a * 1.8446744073709552e19 <= b) {
    a = left ? PI : a / b;
  } else {
    // by a power of 2, so that the product below neither overflows nor loses bits
    const scale = a + b > 1e120 ? 2.409919865102884e-181 : a + b < 1e-120 ? 4.149515568880993e180 : 1; // 2^∓600
    a *= scale;
    b *= scale;
    const q = a / b;
    const p = q * b;
    a = atanSum(q, (a - p - productError(q, b, p)) / b, left);
  }
  return copysign<f64>(a, y);
}

/**
 * b·π/2 + m·asin(y) for y = |x| ≤ ½ or, beyond, y = √((1 − |x|)/2), for which asin|x| = π/2 − 2·asin(y); fdlibm's rational
 * function (e_asin.c, notice as above).
 */
function arcsine(x: f64, b: f64, m: f64): f64 {
  const small = x < 0.5;
  const z = small ? x * x : 0.5 - 0.5 * x;
  let y = small ? x : sqrt(z);
  const p = z * (1.66666666666666657415e-1 + z * (-3.25565818622400915405e-1 + z * (2.01212532134862925881e-1
    + z * (-4.00555345006794114027e-2 + z * (7.91534994289814532176e-4 + z * 3.47933107596021167570e-5)))));
  const q = 1 + z * (-2.40339491173441421878 + z * (2.02094576023350569471 + z * (-6.88283971605453293030e-1
    + z * 7.70381505559019352791e-2)));
  let r = y * (p / q);
  if (!small && z > 0) r += 0.5 * (z - y * y - productError(y, y, y * y)) / y; // what the root rounded off
  const hi = b * PIO2;
  y *= m;
  const s = hi + y;
  return s + (b == 0 ? m * r : hi - s + y + (b * PIO2_LO + m * r));
}

export function asin(x: f64): f64 {
  const a = abs(x);
  if (!(a <= 1)) return NaN;
  return copysign<f64>(a < 0.5 ? arcsine(a, 0, 1) : arcsine(a, 1, -2), x);
}

export function acos(x: f64): f64 {
  const a = abs(x);
  if (!(a <= 1)) return NaN;
  if (a < 0.5) return arcsine(a, 1, x > 0 ? -1 : 1);
  return x > 0 ? arcsine(a, 0, 2) : arcsine(a, 2, -2);
}
