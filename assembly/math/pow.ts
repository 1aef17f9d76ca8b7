// pow, after ARM's Optimized Routines (Szabolcs Nagy, MIT licence; pow.c): exp(y·log x) with the logarithm to 68 bits, worst
// error 0.51 ulp, on the tables of exp and log. Results and exceptional cases are those of NativeMath.pow and of JavaScript.
import { expTail } from './exp';
import { logLow, logParts, normalBits } from './log-parts';

export function pow(x: f64, y: f64): f64 {
  if (y == 2) return x * x; // exactly rounded as it is
  const a = abs(y);
  if (!(x > 0 && x < Infinity && a < 1e19 && a > 1e-20)) return unusual(x, y);
  const hi = logParts(normalBits(x), 1);
  // y·(hi + logLow): the high parts have 26 bits each, so their product is exact.
  const yhi = reinterpret<f64>(reinterpret<u64>(y) & 0xfffffffff8000000);
  const lhi = reinterpret<f64>(reinterpret<u64>(hi) & 0xfffffffff8000000);
  const llo = hi - lhi + logLow;
  return expTail(yhi * lhi, (y - yhi) * lhi + y * llo);
}

/** x not positive or not finite, or y so small or large that the result is 1, 0 or ∞ whatever x is. */
function unusual(x: f64, y: f64): f64 {
  if (y == 0) return 1;
  if (x != x || y != y) return NaN;
  const a = abs(x);
  const b = abs(y);
  if (a == 1 && b == Infinity) return NaN;
  if (reinterpret<i64>(x) < 0 && b < Infinity) {
    if (trunc(y) != y && a > 0 && a < Infinity) return NaN;
    const r = pow(a, y);
    return trunc(y) == y && trunc(0.5 * y) != 0.5 * y ? -r : r;
  }
  if (a == 1) return 1;
  if (a == 0 || a == Infinity || b >= 1e19) return a > 1 == y > 0 ? Infinity : 0;
  return 1;
}
