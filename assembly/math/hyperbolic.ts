// sinh, cosh, tanh and their inverses. Each is an expression in e^x or log with the roundings on the way carried along as a
// second, small number, so that about one rounding remains (worst errors 0.6 to 1.0 ulp; musl's forms, which NativeMath has,
// reach 2.0). Derived for this file.
import { expLow, expm1Low, expm1Parts, expTail } from './exp';
import { productError } from './special-exact';
import { log1pTail, logSum } from './log';

const LN2_HI: f64 = 0.6931471803691238; // 32 bits: subtracting it from 44 … 711 is exact
const LN2_LO: f64 = 1.9082149292705877e-10;
const HUGE: f64 = 1e150; // squares do not overflow below

export function sinh(x: f64): f64 {
  const a = abs(x);
  if (a < 1) {
    // x + x³·P(x²): minimax for |x| ≤ 1, relative error 2^-63 (Remez exchange with 60 digits)
    const u = x * x;
    const v = u * u;
    const p = 0.16666666666666669 + u * 0.008333333333333139
      + v * (0.00019841269841437684 + u * 2.7557319155335837e-6
      + v * (2.50521233987455e-8 + u * 1.605724032521236e-10 + v * 7.759312716048276e-13));
    return x + x * u * p;
  }
  if (!(a < 44)) return copysign<f64>(expTail(a - LN2_HI, -LN2_LO), x); // e^-a is no part of it any more; no overflow before its time
  const y = expTail(a, 0);
  return copysign<f64>(0.5 * (y - (1 / y - expLow)), x);
}

export function cosh(x: f64): f64 {
  const a = abs(x);
  if (!(a < 44)) return expTail(a - LN2_HI, -LN2_LO);
  const y = expTail(a, 0);
  const q = 1 / y;
  return 0.5 * (y + (q + (expLow - q * q * expLow)));
}

export function tanh(x: f64): f64 {
  if (x != x) return x;
  // (e^2a − 1)/(e^2a + 1) = h/(2 + h); from 22 on it is 1.
  const h = expm1Parts(2 * min(abs(x), 22));
  const d = 2 + h;
  const q = h / d;
  // h has low missing, d has e + low missing; 1/d = (1 − q)/2
  const e = max(h, 2) - d + min(h, 2);
  return copysign<f64>(q + (expm1Low - q * (e + expm1Low)) * (0.5 - 0.5 * q), x);
}

export function asinh(x: f64): f64 {
  const a = abs(x);
  if (!(a < HUGE)) return x - x == 0 ? copysign<f64>(logSum(a, 0, 1), x) : x;
  if (a < 1e-9) return x; // keeps −0
  // log(a + √(1 + a²)) = log1p(a + t), t = a²/(1 + √(1 + a²)) < a
  const t = a * a / (1 + sqrt(1 + a * a));
  const y = a + t;
  return copysign<f64>(log1pTail(y, a - y + t), x);
}

export function acosh(x: f64): f64 {
  if (!(x < HUGE)) return x < Infinity ? logSum(x, 0, 1) : x;
  if (x < 1) return NaN;
  if (x == 1) return 0;
  // log1p(t + √(t(t + 2))), t = x − 1
  const t = x - 1;
  const d = t + 2;
  const p = t * d;
  const s = sqrt(p);
  const low = productError(t, d, p) + (p - s * s - productError(s, s, s * s)) + t * (t > 2 ? t - d + 2 : 2 - d + t);
  const y = s + t;
  return log1pTail(y, s - y + t + 0.5 * low / s);
}

export function atanh(x: f64): f64 {
  const a = abs(x);
  if (!(a < 1)) return a == 1 ? x / 0 : NaN;
  if (a < 1e-9) return x; // keeps −0
  // ½·log1p(2a/(1 − a))
  const d = 1 - a;
  const q = 2 * a / d;
  const low = 2 * a - q * d - productError(q, d, q * d) - q * (1 - d - a);
  return copysign<f64>(0.5 * log1pTail(q, low / d), x);
}
