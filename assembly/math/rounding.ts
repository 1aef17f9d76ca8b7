// round, rem.

/** Math.round: halves go up, −0.5 … −0 give −0; floor(x + 0.5) would be wrong for 0.49999999999999994. */
export function round(x: f64): f64 {
  const up = ceil(x);
  return up - 0.5 <= x ? up : up - 1;
}

/** JavaScript's x % y: exact, with the sign of the dividend. */
export function rem(x: f64, y: f64): f64 {
  let a = abs(x);
  const b = abs(y);
  if (!(a < Infinity && b > 0)) return NaN;
  // Long division in binary: every subtraction is exact.
  let t = b;
  while (t <= 0.5 * a) t += t;
  for (; t >= b && a >= b; t *= 0.5) {
    if (a >= t) a -= t;
  }
  return copysign<f64>(a, x);
}
