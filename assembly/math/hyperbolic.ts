// sinh, cosh, tanh and their inverses. Each is an expression in e^x or log with the roundings on the way carried along as a
// second, small number, so that about one rounding remains (worst errors 0.5 to 1.1 ulp; musl's forms, which NativeMath has,
// reach 2.0). Derived for this file.
import { C2, C3, C4, C5, c, cc, entry, entry0, entry1, expLow, expTail, HI, LO, PER, power, powers, SHIFT, tails } from './exp';
import { productError } from './special-exact';
import { log1pTail, logSum } from './log';

const LN2_HI: f64 = 0.6931471803691238; // 32 bits: subtracting it from 44 … 711 is exact
const LN2_LO: f64 = 1.9082149292705877e-10;
// for the lanes, in memory as in exp.ts; −0 has only the sign bit
// @ts-ignore: decorator
@lazy const TANH = memory.data<f64>([22, 1, 2, 0.5, -0.0]);
const LIMIT: usize = 0;
const ONE: usize = 8;
const TWO: usize = 16;
const HALF: usize = 24;
const SIGN: usize = 32;

// @ts-ignore: decorator
@inline function lanes(offset: usize): v128 {
  return v128.load64_splat(TANH + offset);
}

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
  // e^-a no longer counts; e^(a − ln 2) does not overflow before its time
  if (!(a < 44)) return copysign<f64>(expTail(a - LN2_HI, -LN2_LO), x);
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

/**
 * (e^2a − 1)/(e^2a + 1) = h/(2 + h) for a = |x|, from 22 on 1. h comes as in expm1, with a second number l; d = 2 + h has
 * e + l missing; 1/d is (1 − q)/2. Worst error 1.2 ulp: q and the result are rounded, the rest is made up for. No branches, so
 * that two lanes can do the same.
 */
export function tanh(x: f64): f64 {
  const a = abs(x);
  const y = 2 * select<f64>(22, a, 22 < a);
  const t = y * c(PER) + c(SHIFT);
  const j = reinterpret<u64>(t);
  const k = t - c(SHIFT);
  const whole = power(j) - 1;
  const r = y + k * c(HI);
  const low = k * c(LO);
  const q = r + low;
  const q2 = q * q;
  const tail = load<f64>(entry(j));
  const rest = tail + (low + tail * q) + (q2 * (c(C2) + q * c(C3)) + q2 * q2 * (c(C4) + q * c(C5)));
  const small = whole * (r + rest) + rest;
  const s = r + small;
  const h = whole + s;
  const l = whole - h + s + (r - s + small);
  const d = 2 + h;
  const z = h / d;
  const e = select<f64>(2 - d + h, h - d + 2, h < 2);
  return copysign<f64>(z + (l - z * (e + l)) * (0.5 - 0.5 * z), x);
}

/** tanh in two lanes, step by step the same operations. */
export function tanhLanes(x: v128): v128 {
  const a = f64x2.abs(x);
  const m = f64x2.pmin(a, lanes(LIMIT)); // 22 < a ? 22 : a
  const y = f64x2.add(m, m);
  const t = f64x2.add(f64x2.mul(y, cc(PER)), cc(SHIFT));
  const k = f64x2.sub(t, cc(SHIFT));
  const e0 = entry0(t);
  const e1 = entry1(t);
  const whole = f64x2.sub(powers(e0, e1, t), lanes(ONE));
  const r = f64x2.add(y, f64x2.mul(k, cc(HI)));
  const low = f64x2.mul(k, cc(LO));
  const q = f64x2.add(r, low);
  const q2 = f64x2.mul(q, q);
  const tail = tails(e0, e1);
  const even = f64x2.mul(q2, f64x2.add(cc(C2), f64x2.mul(q, cc(C3))));
  const odd = f64x2.mul(f64x2.mul(q2, q2), f64x2.add(cc(C4), f64x2.mul(q, cc(C5))));
  const rest = f64x2.add(f64x2.add(tail, f64x2.add(low, f64x2.mul(tail, q))), f64x2.add(even, odd));
  const small = f64x2.add(f64x2.mul(whole, f64x2.add(r, rest)), rest);
  const s = f64x2.add(r, small);
  const h = f64x2.add(whole, s);
  const l = f64x2.add(f64x2.add(f64x2.sub(whole, h), s), f64x2.add(f64x2.sub(r, s), small));
  const two = lanes(TWO);
  const d = f64x2.add(two, h);
  const z = f64x2.div(h, d);
  const e = f64x2.add(f64x2.sub(f64x2.pmax(two, h), d), f64x2.pmin(two, h));
  const half = lanes(HALF);
  const left = f64x2.sub(l, f64x2.mul(z, f64x2.add(e, l)));
  const right = f64x2.sub(half, f64x2.mul(half, z));
  const result = f64x2.add(z, f64x2.mul(left, right));
  return v128.or(result, v128.and(x, lanes(SIGN)));
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
