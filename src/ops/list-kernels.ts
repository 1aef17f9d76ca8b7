/**
 * Ops over lists at run time: one node from k elements, element e at v[a + e·as] (and v[b + e·bs] for dot). The core's
 * algorithms (assembly/lists.ts), step by step, so that sums and products have the same bits; their definition is lists.ts.
 */
import { exp, log } from './math.ts';
import { dot, sum } from './sums.ts';
import { OP } from './vocabulary.ts';

// Squares of numbers beyond 2^±500 might overflow or vanish: those lists are scaled by 2^∓600 first, which is exact.
const HUGE = 2 ** 500;
const TINY = 2 ** -500;
const SHRINK = 2 ** -600;
const STRETCH = 2 ** 600;

function largest(k: number, v: Float64Array, a: number, as: number): number {
  let m = Number.NEGATIVE_INFINITY;
  for (let e = 0; e < k; e++) m = Math.max(m, v[a + e * as]!);
  return m;
}

function norm(k: number, v: Float64Array, a: number, as: number, work: Float64Array): number {
  let m = 0;
  let isInfinite = false;
  for (let e = 0; e < k; e++) {
    const x = Math.abs(v[a + e * as]!);
    if (x === Number.POSITIVE_INFINITY) isInfinite = true;
    m = Math.max(m, x);
  }
  if (isInfinite) return Number.POSITIVE_INFINITY; // as hypot, even beside a NaN
  if (m === 0 || Number.isNaN(m)) return m;
  if (m >= TINY && m <= HUGE) return Math.sqrt(dot(k, v, a, as, v, a, as));
  const s = m > HUGE ? SHRINK : STRETCH;
  for (let e = 0; e < k; e++) work[e] = v[a + e * as]! * s;
  return Math.sqrt(dot(k, work, 0, 1, work, 0, 1)) / s;
}

/** e to the power x − m, with the rounding error of the difference put back (TwoDiff, Knuth 1969). */
function expDifference(x: number, m: number): number {
  const h = x - m;
  const back = h - x;
  const low = x - (h - back) - (m + back);
  const e = exp(h);
  return Number.isNaN(low) ? e : e + e * low; // NaN: x = −∞
}

/** Fills `work` with e to the power x − m and returns their sum. */
function shifted(k: number, v: Float64Array, a: number, as: number, m: number, work: Float64Array): number {
  for (let e = 0; e < k; e++) work[e] = expDifference(v[a + e * as]!, m);
  return sum(k, work, 0, 1);
}

/** The op's value; `work` has room for k numbers. O(k) */
// biome-ignore format: one signature, one line
export function listValue(op: number, k: number, v: Float64Array, a: number, as: number, b: number, bs: number, work: Float64Array): number {
  switch (op) {
    case OP.sum:
      return k === 0 ? 0 : sum(k, v, a, as);
    case OP.mean:
      return sum(k, v, a, as) / k;
    case OP.dot:
      return k === 0 ? 0 : dot(k, v, a, as, v, b, bs);
    case OP.prod: {
      let z = 1;
      for (let e = 0; e < k; e++) z *= v[a + e * as]!;
      return z;
    }
    case OP.minOf: {
      let z = Number.POSITIVE_INFINITY;
      for (let e = 0; e < k; e++) z = Math.min(z, v[a + e * as]!);
      return z;
    }
    case OP.maxOf:
      return largest(k, v, a, as);
    case OP.norm:
      return norm(k, v, a, as, work);
    default: {
      const m = largest(k, v, a, as);
      return Number.isFinite(m) ? m + log(shifted(k, v, a, as, m, work)) : m;
    }
  }
}

/**
 * Adds d · ∂z/∂element to each g[t + e·ts], for the elements at a; b is dot's other list. `work` has room for k numbers.
 */
// biome-ignore format: one signature, one line
export function listPull(op: number, k: number, d: number, z: number, v: Float64Array, a: number, as: number, b: number, bs: number, g: Float64Array, t: number, ts: number, work: Float64Array): void {
  switch (op) {
    case OP.sum:
      for (let e = 0; e < k; e++) g[t + e * ts]! += d;
      return;
    case OP.mean:
      for (let e = 0; e < k; e++) g[t + e * ts]! += d * (1 / k);
      return;
    case OP.dot:
      for (let e = 0; e < k; e++) g[t + e * ts]! += d * v[b + e * bs]!;
      return;
    case OP.prod:
      productOfOthers(k, v, a, as, work);
      for (let e = 0; e < k; e++) g[t + e * ts]! += d * work[e]!;
      return;
    case OP.minOf:
    case OP.maxOf: {
      const share = Number.isNaN(z) ? z : 1 / countEqual(k, v, a, as, z);
      for (let e = 0; e < k; e++) if (v[a + e * as] === z || Number.isNaN(z)) g[t + e * ts]! += d * share;
      return;
    }
    case OP.norm:
      if (z === Number.POSITIVE_INFINITY) return pullInfiniteNorm(k, d, v, a, as, g, t, ts);
      for (let e = 0; e < k; e++) g[t + e * ts]! += d * (z === 0 ? 0 : v[a + e * as]! / z);
      return;
    case OP.logsumexp: {
      const m = largest(k, v, a, as);
      if (m === Number.POSITIVE_INFINITY) {
        const share = 1 / countEqual(k, v, a, as, m); // the infinite ones share equally
        for (let e = 0; e < k; e++) g[t + e * ts]! += d * (v[a + e * as] === m ? share : 0);
        return;
      }
      const s = Number.isFinite(m) ? shifted(k, v, a, as, m, work) : Number.NaN;
      for (let e = 0; e < k; e++) g[t + e * ts]! += d * (Number.isNaN(s) ? s : work[e]! / s);
    }
  }
}

function countEqual(k: number, v: Float64Array, a: number, as: number, z: number): number {
  let count = 0;
  for (let e = 0; e < k; e++) if (v[a + e * as] === z) count++;
  return count;
}

/** Into `work`: for each element the product of all others, prefix times suffix, so that a zero costs nothing. */
function productOfOthers(k: number, v: Float64Array, a: number, as: number, work: Float64Array): void {
  let p = 1;
  for (let e = 0; e < k; e++) {
    work[e] = p;
    p *= v[a + e * as]!;
  }
  p = 1;
  for (let e = k - 1; e >= 0; e--) {
    work[e]! *= p;
    p *= v[a + e * as]!;
  }
}

/** ±1/√m for the m infinite elements. */
function pullInfiniteNorm(
  k: number,
  d: number,
  v: Float64Array,
  a: number,
  as: number,
  g: Float64Array,
  t: number,
  ts: number,
): void {
  let far = 0;
  for (let e = 0; e < k; e++) if (Math.abs(v[a + e * as]!) === Number.POSITIVE_INFINITY) far++;
  const share = 1 / Math.sqrt(far);
  for (let e = 0; e < k; e++) {
    const x = v[a + e * as]!;
    g[t + e * ts]! += d * (Math.abs(x) === Number.POSITIVE_INFINITY ? Math.sign(x) * share : x * 0);
  }
}
