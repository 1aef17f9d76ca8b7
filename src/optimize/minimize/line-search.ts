/**
 * How far to go along a direction.
 *
 * Without limits: a step that meets the strong Wolfe conditions, found by bracketing and cubic interpolation (J. Nocedal,
 * S. Wright, "Numerical Optimization", 2006, algorithms 3.5 and 3.6). Near a minimum values differ by less than their
 * rounding, long before slopes vanish; there the decrease is judged by slopes (W. Hager, H. Zhang, "A new conjugate gradient
 * method with guaranteed descent", 2005, the approximate Wolfe conditions).
 *
 * With limits: backtracking along the projected path (D. Bertsekas, "Projected Newton methods for optimization problems with
 * simple constraints", 1982).
 */

/** Sufficient decrease. */
const C1 = 1e-4;
/** Curvature. */
const C2 = 0.9;
const MOST = 40; // evaluations
/** Values nearer than this, relatively, count as equal. */
const ROUNDING = 1e-12;

/** Of a step a: value and slope along the direction. */
export interface Trial {
  readonly a: number;
  readonly f: number;
  readonly d: number;
}

/**
 * @param at value and slope at a step; what it computed last is what the caller has at hand
 * @param from value and slope (< 0) at 0
 * @param first the step to try first
 * @returns the step, evaluated last; undefined where none makes the value smaller
 */
export function wolfe(at: (a: number) => Trial, from: Trial, first: number): Trial | undefined {
  let left = MOST;
  const evaluate = (a: number): Trial => {
    left--;
    return at(a);
  };
  const falls = ({ a, f, d }: Trial): boolean =>
    f <= from.f + C1 * a * from.d || (f <= from.f + ROUNDING * Math.abs(from.f) && d <= (2 * C1 - 1) * from.d);
  const isFlat = ({ d }: Trial): boolean => Math.abs(d) <= -C2 * from.d;

  /** lo falls and is the lowest so far; the minimum lies between. */
  const zoom = (lo: Trial, hi: Trial): Trial | undefined => {
    let best = lo;
    while (left > 0 && hi.a !== lo.a) {
      const width = Math.abs(hi.a - lo.a);
      if (width <= Number.EPSILON * Math.max(hi.a, lo.a)) break;
      const t = evaluate(within(cubic(lo, hi), lo.a, hi.a));
      if (!falls(t) || t.f > lo.f + ROUNDING * Math.abs(lo.f)) hi = t;
      else {
        if (isFlat(t)) return t;
        if (t.d * (hi.a - lo.a) >= 0) hi = lo;
        lo = best = t;
      }
    }
    return best.a > 0 && falls(best) ? at(best.a) : undefined;
  };

  let before = from;
  for (let a = first; left > 0; ) {
    const t = evaluate(a);
    if (!Number.isFinite(t.f)) {
      // beyond the domain: nearer, with nothing to interpolate
      const nearer = before.a + (a - before.a) / 10;
      if (nearer <= before.a * (1 + Number.EPSILON) || a < 1e-30) break;
      a = nearer;
      continue;
    }
    if (!falls(t) || (before.a > 0 && t.f >= before.f + ROUNDING * Math.abs(before.f))) return zoom(before, t);
    if (isFlat(t)) return t;
    if (t.d >= 0) return zoom(t, before);
    before = t;
    a *= 2.5;
  }
  return before.a > 0 ? at(before.a) : undefined;
}

/** The minimum of the cubic through two values and slopes (3.59 there); NaN if there is none. */
function cubic(p: Trial, q: Trial): number {
  const d1 = p.d + q.d - (3 * (p.f - q.f)) / (p.a - q.a);
  const root = Math.sqrt(d1 * d1 - p.d * q.d) * Math.sign(q.a - p.a);
  return q.a - (q.a - p.a) * ((q.d + root - d1) / (q.d - p.d + 2 * root));
}

/** Away from both ends by a tenth of the way, or the middle. */
function within(a: number, p: number, q: number): number {
  const [lo, hi] = [Math.min(p, q), Math.max(p, q)];
  const margin = 0.1 * (hi - lo);
  return Number.isFinite(a) ? Math.min(Math.max(a, lo + margin), hi - margin) : 0.5 * (lo + hi);
}

/**
 * Halves, or better, until the decrease is as good as the slope promised.
 *
 * @param at value at a step along the path, and what the slope at its beginning promised of it: gᵀ(P(x + a·d) − x)
 * @returns the step, evaluated last; undefined where none makes the value smaller
 */
export function backtrack(at: (a: number) => { f: number; promised: number }, f0: number): number | undefined {
  for (let a = 1, left = MOST; left > 0; left--) {
    const { f, promised } = at(a);
    if (!(promised < 0)) return undefined; // the path goes nowhere
    if (f <= f0 + C1 * promised || (f <= f0 && -promised <= ROUNDING * Math.abs(f0))) return a;
    const parabola = (0.5 * promised) / (promised - (f - f0)); // where the parabola through both values has its minimum
    a *= Number.isFinite(parabola) ? Math.min(Math.max(parabola, 0.1), 0.5) : 0.1;
  }
  return undefined;
}
