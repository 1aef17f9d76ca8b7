// pow, after ARM's Optimized Routines (Szabolcs Nagy, MIT licence; pow.c): exp(y·log x) with the logarithm to 68 bits, worst
// error 0.51 ulp, on the tables of exp and log. Results and exceptional cases are those of NativeMath.pow and of JavaScript.
import { expTail } from './exp';
import { logLow, logParts, normalBits } from './log';

export function pow(x: f64, y: f64): f64 {
  if (y == 2) return x * x; // the common powers, exactly rounded as they are
  if (y == 1) return x;
  if (y == 0) return 1;
  if (y == -1) return 1 / x;
  const a = abs(x);
  if (y == 0.5) return a == Infinity ? a : abs(sqrt(x));
  if (x != x || y != y) return NaN;
  let sign: u64 = 0;
  if (reinterpret<i64>(x) < 0 && abs(y) < Infinity) {
    if (trunc(y) != y) {
      if (a > 0 && a < Infinity) return NaN;
    } else if (abs(y) < 9007199254740992 && <i64>y & 1) {
      sign = 0x40000;
    }
  }
  if (a == 1) return abs(y) == Infinity ? NaN : sign ? -1 : 1;
  // Beyond 1e19 the result is 0 or ∞ whatever x is, and y·log x might lose its tail or overflow.
  if (abs(y) > 1e19 || a == 0 || a == Infinity) {
    const r: f64 = a > 1 == y > 0 ? Infinity : 0;
    return sign ? -r : r;
  }
  const hi = logParts(normalBits(a), 1);
  // y·(hi + logLow): the high parts have 26 bits each, so their product is exact.
  const yhi = reinterpret<f64>(reinterpret<u64>(y) & 0xfffffffff8000000);
  const lhi = reinterpret<f64>(reinterpret<u64>(hi) & 0xfffffffff8000000);
  const llo = hi - lhi + logLow;
  return expTail(yhi * lhi, (y - yhi) * lhi + y * llo, sign);
}
