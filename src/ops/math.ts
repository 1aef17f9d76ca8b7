/**
 * The functions of assembly/math for plain JavaScript numbers, under the same names: the host's where it has them, within 2 ulp
 * of the exact value (pow for |y| < 2^31, beyond which V8's is wrong), the printed ones of special.ts otherwise.
 */
export const {
  acos, acosh, asin, asinh, atan, atan2, atanh, cbrt, cos, cosh, exp, expm1, hypot, log, log10, log1p, log2, pow, round, sin, sinh, tan,
} = Math; // biome-ignore format: a list
export { digamma, erf, erfc, gaussian, lgamma, mod, polygamma, sigmoid, silu, softplus } from './special.ts';

/** 2^x. */
export const exp2 = (x: number): number => 2 ** x;

/** The remainder with the sign of the dividend. */
export const rem = (x: number, y: number): number => x % y;

/** From expm1, as in assembly/math/hyperbolic.ts: V8's own is off by up to 2.1 ulp. */
export function tanh(x: number): number {
  const h = Math.expm1(2 * Math.min(Math.abs(x), 22));
  const d = 2 + h;
  const q = h / d;
  const e = Math.max(h, 2) - d + Math.min(h, 2);
  const r = q - q * e * (0.5 - 0.5 * q);
  return x < 0 || Object.is(x, -0) ? -r : r;
}
