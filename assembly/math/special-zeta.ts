// Hurwitz' zeta function for polygamma: its first terms and the Euler–Maclaurin formula for the others (NIST Digital Library
// of Mathematical Functions, 25.11.5).
import { pow } from './pow';
import { add, productError, sumError } from './special-exact';

/** Adds w·k·(x + e)^−(k+1). */
export function addPower(k: f64, x: f64, e: f64, w: f64): void {
  const p = w * pow(x, -k - 1);
  const t = k * p;
  add(t, productError(k, p, t) - t * (k + 1) * e / x);
}

/** From where on `tail` is accurate: what it leaves out is under 2^-56 of 1. */
export function edge(k: f64): f64 {
  return 1.2 * k + 12;
}

/** Σ B_2j/(2j)!·k(k+1)…(k+2j−1)/y^2j + k/(2y) for y ≥ edge(k): what the formula adds to y^−k. */
export function tail(k: f64, y: f64): f64 {
  const w = 1 / (y * y);
  let s = (k + 18) * (k + 19) * w * -2.174868698558062e-16;
  s = (k + 16) * (k + 17) * w * (8.586062056277845e-15 + s);
  s = (k + 14) * (k + 15) * w * (-3.3896802963225827e-13 + s);
  s = (k + 12) * (k + 13) * w * (1.3382536530684679e-11 + s);
  s = (k + 10) * (k + 11) * w * (-5.284190138687493e-10 + s);
  s = (k + 8) * (k + 9) * w * (2.08767569878681e-8 + s);
  s = (k + 6) * (k + 7) * w * (-8.267195767195768e-7 + s);
  s = (k + 4) * (k + 5) * w * (3.306878306878307e-5 + s);
  s = (k + 2) * (k + 3) * w * (-0.001388888888888889 + s);
  s = k * (k + 1) * w * (0.08333333333333333 + s);
  return 0.5 * k / y + s;
}

/** Adds w·k·ζ(k + 1, x + e), w = ±1, x ≥ ½. */
export function addZeta(k: f64, x: f64, e: f64, w: f64): void {
  const n = max(0, floor(edge(k) + 1 - x));
  const y = x + n;
  const p = w * pow(y, -k);
  add(p, p * tail(k, y) - k * p * (e + sumError(x, n, y)) / y);
  for (let i = n - 1; i >= 0; i -= 1) addPower(k, x + i, e + sumError(x, i, x + i), w);
}
