// cbrt, hypot.
import { productError } from './special-exact';

/** NativeMath's (fdlibm's s_cbrt.c): 0.67 ulp. */
export function cbrt(x: f64): f64 {
  return NativeMath.cbrt(x);
}

/** √(x² + y²) from exact squares, as in musl (hypot.c): 1 ulp. An infinity wins over a NaN, as in Math.hypot. */
export function hypot(x: f64, y: f64): f64 {
  const a = max(abs(x), abs(y));
  const b = min(abs(x), abs(y));
  if (!(a < Infinity)) return abs(x) == Infinity || abs(y) == Infinity ? Infinity : a;
  if (b < a * 1e-17) return a;
  // by a power of 2, so that the squares neither overflow nor lose bits: 2^±600
  if (a > 1e120) return 4.149515568880993e180 * hypot(a * 2.409919865102884e-181, b * 2.409919865102884e-181);
  if (a < 1e-120 && a > 0) return 2.409919865102884e-181 * hypot(a * 4.149515568880993e180, b * 4.149515568880993e180);
  const p = a * a;
  const q = b * b;
  return sqrt(productError(b, b, q) + productError(a, a, p) + q + p);
}
