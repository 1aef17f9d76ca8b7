/**
 * The rows of the ops over lists. Their definitions here are for plain numbers, in the simplest order: engines have
 * kernels of their own, in the fixed order of ARCHITECTURE.md, and are tested against these.
 */
import type { ListOp, ListRow } from './algebra.ts';

const none: readonly number[] = [];
const add = (s: number, x: number): number => s + x;
const sumOf = (x: readonly number[]): number => x.reduce(add, 0);
const same = (x: readonly number[], p: number): number[] => x.map(() => p);
// Not Math.max(...x): each element would be an argument on the stack, which overflows from about 120,000 on.
const largest = (x: readonly number[]): number => x.reduce((m, v) => Math.max(m, v), Number.NEGATIVE_INFINITY);
const smallest = (x: readonly number[]): number => x.reduce((m, v) => Math.min(m, v), Number.POSITIVE_INFINITY);

/** Product of all but element i, without division: prefix times suffix, so that a zero costs nothing. */
function productOfOthers(x: readonly number[]): number[] {
  const out = same(x, 1);
  for (let i = 1; i < x.length; i++) out[i] = out[i - 1]! * x[i - 1]!;
  for (let i = x.length - 2, suffix = x[x.length - 1] ?? 1; i >= 0; suffix *= x[i]!, i--) out[i]! *= suffix;
  return out;
}

/** 1/k for each of the k elements that equal z; NaN everywhere if z is NaN. */
function shareOfExtreme(x: readonly number[], z: number): number[] {
  if (Number.isNaN(z)) return same(x, Number.NaN);
  const ties = x.filter((v) => v === z).length;
  return x.map((v) => (v === z ? 1 / ties : 0));
}

/** Direction cosines: 0 at the origin; if m elements are infinite, ±1/√m for those and 0 for the others. */
function directionCosines(x: readonly number[], z: number): number[] {
  if (z === 0) return same(x, 0);
  if (z !== Number.POSITIVE_INFINITY) return x.map((v) => v / z);
  const far = x.filter((v) => Math.abs(v) === z).length;
  return x.map((v) => (Math.abs(v) === z ? Math.sign(v) / Math.sqrt(far) : v * 0));
}

/** Softmax, from differences to the largest; the infinite ones share equally. */
function softmax(x: readonly number[], z: number): number[] {
  if (z !== Number.POSITIVE_INFINITY) {
    const m = largest(x);
    const e = x.map((v) => Math.exp(v - m));
    const s = sumOf(e);
    return e.map((v) => v / s);
  }
  const far = x.filter((v) => v === z).length;
  return x.map((v) => (v === z ? 1 / far : v * 0 === 0 || v === -z ? 0 : Number.NaN));
}

function logsumexp(x: readonly number[]): number {
  const m = largest(x);
  if (!Number.isFinite(m)) return m;
  return m + Math.log(sumOf(x.map((v) => Math.exp(v - m))));
}

/** Scaled to the largest, so that squares neither overflow nor vanish; their sum is Kahan's (1965). ∞ even beside a NaN, as Math.hypot. */
function norm(x: readonly number[]): number {
  if (x.some((v) => Math.abs(v) === Number.POSITIVE_INFINITY)) return Number.POSITIVE_INFINITY;
  const m = largest(x.map(Math.abs));
  if (!(m > 0)) return x.length === 0 ? 0 : m; // all 0, or NaN
  let sum = 0;
  let low = 0;
  for (const v of x) {
    const square = (v / m) ** 2 - low;
    const next = sum + square;
    low = next - sum - square;
    sum = next;
  }
  return Math.sqrt(sum) * m;
}

const LIST = [[1.5, -2, 0.5], [3], [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.1]] as const;

// biome-ignore format: a table
export const LIST_RULES: { readonly [K in ListOp]: ListRow } = {
  sum:       { arity: 'list', lists: 1, doc: 'x₁ + x₂ + …', at: LIST, of: sumOf, partialsOf: (x) => [same(x, 1), none] },
  mean:      { arity: 'list', lists: 1, doc: 'sum / length', at: LIST, of: (x) => sumOf(x) / x.length, partialsOf: (x) => [same(x, 1 / x.length), none] },
  prod:      { arity: 'list', lists: 1, doc: 'x₁ · x₂ · …', at: LIST, of: (x) => x.reduce((s, v) => s * v, 1), partialsOf: (x) => [productOfOthers(x), none] },
  dot:       { arity: 'list', lists: 2, doc: 'x₁y₁ + x₂y₂ + …', at: LIST, of: (x, y) => sumOf(x.map((v, i) => v * y[i]!)), partialsOf: (x, y) => [y, x] },
  minOf:     { arity: 'list', lists: 1, doc: 'the smallest', at: LIST, gate: true, convention: '1/k each if k tie; NaN if any is NaN', of: smallest, partialsOf: (x, _, z) => [shareOfExtreme(x, z), none] },
  maxOf:     { arity: 'list', lists: 1, doc: 'the largest', at: LIST, gate: true, convention: '1/k each if k tie; NaN if any is NaN', of: largest, partialsOf: (x, _, z) => [shareOfExtreme(x, z), none] },
  norm:      { arity: 'list', lists: 1, doc: '√(x₁² + x₂² + …) without overflow', at: LIST, convention: 'derivative 0 at the origin', of: norm, partialsOf: (x, _, z) => [directionCosines(x, z), none] },
  logsumexp: { arity: 'list', lists: 1, doc: 'log(eˣ¹ + eˣ² + …) without overflow', at: LIST, of: logsumexp, partialsOf: (x, _, z) => [softmax(x, z), none] },
};
