/**
 * The normal equations of least squares, (JᵀJ + λD)·s = −Jᵀr, J in compressed rows and D a diagonal. Few unknowns: JᵀJ in full
 * and its Cholesky factor. Many: conjugate gradients on products with J and Jᵀ, JᵀJ never being formed (CGLS, preconditioned
 * by the diagonal; Å. Björck, "Numerical Methods for Least Squares Problems", 1996, section 7.4).
 */
import type { Pattern } from '../../sparsity/sets.ts';
import { dot } from './vectors.ts';

/** Up to here JᵀJ is formed. */
const FULL = 300;

export interface Rows {
  readonly pattern: Pattern;
  /** By entry of the pattern. */
  readonly values: Float64Array;
}

/** out = J·s */
export function multiply({ pattern: { rows, starts, columns }, values }: Rows, s: Float64Array, out: Float64Array): void {
  for (let i = 0; i < rows; i++) {
    let sum = 0;
    for (let e = starts[i]!; e < starts[i + 1]!; e++) sum += values[e]! * s[columns[e]!]!;
    out[i] = sum;
  }
}

/** out = Jᵀ·r */
export function multiplyTransposed(
  { pattern: { rows, starts, columns }, values }: Rows,
  r: Float64Array,
  out: Float64Array,
): void {
  out.fill(0);
  for (let i = 0; i < rows; i++) {
    const ri = r[i]!;
    if (ri !== 0) for (let e = starts[i]!; e < starts[i + 1]!; e++) out[columns[e]!]! += values[e]! * ri;
  }
}

/** The diagonal of JᵀJ. */
export function squares({ pattern: { columns }, values }: Rows, out: Float64Array): void {
  out.fill(0);
  for (let e = 0; e < columns.length; e++) out[columns[e]!]! += values[e]! * values[e]!;
}

/**
 * s = −(JᵀJ + λD)⁻¹·g among what is not fixed, 0 elsewhere.
 *
 * @returns false where the matrix is not positive definite to rounding
 */
export function solve(J: Rows, lambda: number, D: Float64Array, g: Float64Array, fixed: Uint8Array, s: Float64Array): boolean {
  return J.pattern.cols <= FULL ? byCholesky(J, lambda, D, g, fixed, s) : byGradients(J, lambda, D, g, fixed, s);
}

function byCholesky(
  { pattern, values }: Rows,
  lambda: number,
  D: Float64Array,
  g: Float64Array,
  fixed: Uint8Array,
  s: Float64Array,
): boolean {
  const { rows, cols: n, starts, columns } = pattern;
  const A = new Float64Array(n * n); // its lower half
  for (let i = 0; i < rows; i++)
    for (let e = starts[i]!; e < starts[i + 1]!; e++) {
      const at = columns[e]! * n;
      if (values[e] !== 0) for (let f = starts[i]!; f <= e; f++) A[at + columns[f]!]! += values[e]! * values[f]!; // columns ascend
    }
  for (let i = 0; i < n; i++) {
    A[i * n + i]! += lambda * D[i]!;
    if (!fixed[i]) continue;
    for (let j = 0; j < n; j++) A[i * n + j] = A[j * n + i] = 0;
    A[i * n + i] = 1;
  }
  for (let j = 0; j < n; j++) {
    for (let i = j; i < n; i++) {
      let sum = A[i * n + j]!;
      for (let k = 0; k < j; k++) sum -= A[i * n + k]! * A[j * n + k]!;
      if (i > j) A[i * n + j] = sum / A[j * n + j]!;
      else if (sum > 0) A[j * n + j] = Math.sqrt(sum);
      else return false;
    }
  }
  for (let i = 0; i < n; i++) {
    let sum = fixed[i] ? 0 : -g[i]!;
    for (let k = 0; k < i; k++) sum -= A[i * n + k]! * s[k]!;
    s[i] = sum / A[i * n + i]!;
  }
  for (let i = n - 1; i >= 0; i--) {
    let sum = s[i]!;
    for (let k = i + 1; k < n; k++) sum -= A[k * n + i]! * s[k]!;
    s[i] = sum / A[i * n + i]!;
  }
  return s.every(Number.isFinite);
}

/** To this part of the right side. */
const ACCURACY = 1e-10;

function byGradients(J: Rows, lambda: number, D: Float64Array, g: Float64Array, fixed: Uint8Array, s: Float64Array): boolean {
  const { rows, cols: n } = J.pattern;
  const diagonal = new Float64Array(n);
  squares(J, diagonal);
  for (let i = 0; i < n; i++) diagonal[i]! += lambda * D[i]!;
  const r = Float64Array.from(g, (x, i) => (fixed[i] ? 0 : -x));
  const scaled = (): Float64Array => r.map((x, i) => (diagonal[i]! > 0 ? x / diagonal[i]! : x));
  let z = scaled();
  const p = z.slice();
  const Jp = new Float64Array(rows);
  const q = new Float64Array(n);
  s.fill(0);
  let rz = dot(r, z);
  for (let k = 0, end = ACCURACY * ACCURACY * rz; k < 2 * n && rz > end; k++) {
    multiply(J, p, Jp);
    multiplyTransposed(J, Jp, q);
    for (let i = 0; i < n; i++) q[i] = fixed[i] ? 0 : q[i]! + lambda * D[i]! * p[i]!;
    const curvature = dot(p, q);
    if (!(curvature > 0)) return k > 0;
    const alpha = rz / curvature;
    for (let i = 0; i < n; i++) {
      s[i]! += alpha * p[i]!;
      r[i]! -= alpha * q[i]!;
    }
    z = scaled();
    const next = dot(r, z);
    for (let i = 0; i < n; i++) p[i] = z[i]! + (next / rz) * p[i]!;
    rz = next;
  }
  return s.every(Number.isFinite);
}
