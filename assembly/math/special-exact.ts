// Exact sums and products without a fused multiply-add: T. J. Dekker, "A floating-point technique for extending the available
// precision", Numerische Mathematik 18 (1971); the splitting is G. W. Veltkamp's.

/** a·b − p for p = the rounded a·b: exact while |a| and |b| are below 1e300 and the product's 106 bits above 5e-324. */
export function productError(a: f64, b: f64, p: f64): f64 {
  // 2^60; that the function calls itself also keeps the compiler from inlining it 18 times, 1.2 KB
  if (abs(p) > 1e290) return p - p == 0 ? 1152921504606846976 * productError(a * 8.673617379884035e-19, b, p * 8.673617379884035e-19) : 0;
  const ca = 134217729 * a; // 2^27 + 1
  const cb = 134217729 * b;
  const ah = ca - (ca - a);
  const bh = cb - (cb - b);
  const al = a - ah;
  const bl = b - bh;
  return ah * bh - p + ah * bl + al * bh + al * bl;
}

/** a + b − s for s = the rounded a + b: exact. */
export function sumError(a: f64, b: f64, s: f64): f64 {
  if (abs(a) < abs(b)) return sumError(b, a, s); // the larger one comes first
  return a - s + b;
}

/** What is being added up, in two doubles: sum + rest. */
export let sum: f64 = 0;
export let rest: f64 = 0;

export function begin(): void {
  sum = 0;
  rest = 0;
}

/** Adds x + low. */
export function add(x: f64, low: f64): void {
  const s = sum + x;
  rest += sumError(sum, x, s) + low;
  sum = s;
}

/** The sum as a double; with an infinite term the rest is NaN and says nothing. */
export function total(): f64 {
  return abs(sum) < 1e290 ? sum + rest : sum;
}
