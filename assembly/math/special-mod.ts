// mod: x − y·floor(x/y).
import { rem } from './rounding';

/**
 * The remainder with the sign of the divisor; a zero has it too. mod(x, ±∞) is x if the signs agree (or x is 0) and ±∞ otherwise:
 * the limit of x + y.
 */
export function mod(x: f64, y: f64): f64 {
  const r = rem(x, y);
  if (r == 0) return y < 0 ? -0.0 : 0.0;
  return r < 0 == y < 0 ? r : r + y;
}
