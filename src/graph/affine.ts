/** Places that move evenly: a base, so much for each iteration of the loops around, and so much for numbers picked at run time. */
import { ONE, type Size, ZERO } from './size.ts';

/** base + Σ by · (iteration of loop) + Σ by · (value of a checked node) */
export interface Affine {
  readonly base: Size;
  readonly terms: readonly (readonly [scope: number, by: Size])[];
  readonly picks: readonly (readonly [node: number, by: Size])[];
}

export const ORIGIN: Affine = { base: ZERO, terms: [], picks: [] };

export function constantAffine(base: Size): Affine {
  return { base, terms: [], picks: [] };
}

export function indexAffine(scope: number): Affine {
  return { base: ZERO, terms: [[scope, ONE]], picks: [] };
}

export function pickAffine(node: number): Affine {
  return { base: ZERO, terms: [], picks: [[node, ONE]] };
}

/** Whether it is a size: the same in every iteration. */
export function isFixed({ terms, picks }: Affine): boolean {
  return terms.length === 0 && picks.length === 0;
}

/** x + by · y */
export function plus(x: Affine, y: Affine, by: Size = ONE): Affine {
  if (isFixed(y)) return { base: x.base.plus(y.base.times(by)), terms: x.terms, picks: x.picks };
  return {
    base: x.base.plus(y.base.times(by)),
    terms: merged(x.terms, y.terms, by),
    picks: merged(x.picks, y.picks, by),
  };
}

export function times(x: Affine, by: Size): Affine {
  return plus(ORIGIN, x, by);
}

export function keyOf({ base, terms, picks }: Affine): string {
  const list = (of: readonly (readonly [number, Size])[]): string => of.map(([x, by]) => `${x}*${by.key}`).join('+');
  return `${base.key}|${list(terms)}|${list(picks)}`;
}

type Terms = readonly (readonly [number, Size])[];

function merged(x: Terms, y: Terms, by: Size): Terms {
  if (y.length === 0) return x;
  const sums = new Map(x);
  for (const [of, times] of y) sums.set(of, (sums.get(of) ?? ZERO).plus(times.times(by)));
  return [...sums].filter(([, times]) => times.terms.size > 0).sort(([a], [b]) => a - b);
}
