// sigmoid, softplus, silu: from e^−|x| ≤ 1, so that nothing overflows.
import { expLow, expTail } from './exp';
import { log1pTail } from './log';
import { logHigh, logLow } from './log-parts';
import { sumError } from './special-exact';

/**
 * 1/(1 + e^−x). The quotient is cut to 26 bits, so that its products with the two halves of the denominator are exact, and what
 * remains is divided by the approximate reciprocal that is at hand: 1/d = q, or 1 − q where q = e/d. One rounding is left.
 */
export function sigmoid(x: f64): f64 {
  const e = expTail(-abs(x), 0);
  const left = x < 0;
  const n: f64 = left ? e : 1;
  const d = 1 + e;
  const q = n / d;
  const qc = 134217729 * q;
  const dc = 134217729 * d;
  const qh = qc - (qc - q);
  const dh = dc - (dc - d);
  const low = (left ? expLow : 0) - qh * (1 - d + e + expLow);
  return qh + (n - qh * dh - qh * (d - dh) + low) * (left ? 1 - q : q);
}

/** log(1 + e^x). */
export function softplus(x: f64): f64 {
  const e = expTail(-abs(x), 0);
  return max(x, 0) + log1pTail(e, expLow);
}

/** x/(1 + e^−x). */
export function silu(x: f64): f64 {
  if (x < -700) {
    // x·e^x in one exponential: e^x alone has few bits left, or none
    if (x < -800) return -0.0;
    const l = logHigh(-x);
    const s = x + l;
    return -expTail(s, sumError(x, l, s) + logLow);
  }
  return x * sigmoid(x);
}
