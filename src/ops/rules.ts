/**
 * The table: one row per op, a rule written once over an abstract number (algebra.ts).
 *
 *     name:  arity(partials from operands x, y, w and result z,  facts)
 *
 * Everything else reads it: the core (assembly/rules.ts) and everything at run time beside it (kernels.ts), both printed
 * by print/; tests (numbers.ts) and documentation. No bundle contains it. The conventions at awkward points are SEMANTICS:
 * a bounded kink takes the minimum-norm subgradient, a pole or vertical tangent ±∞, no limit or outside the domain NaN,
 * and a closed gate passes nothing.
 */
import type { Algebra, ElementRow, Facts, Row } from './algebra.ts';
import { LIST_RULES } from './lists.ts';
import type { OpName } from './vocabulary.ts';

type Rest = Facts & { readonly value?: ElementRow['value'] };

function unary(partial: <T>(k: Algebra<T>, x: T, z: T) => T, rest: Rest): ElementRow {
  return { arity: 1, partials: (k, x, _y, _w, z) => [partial(k, x, z)], ...rest };
}
function binary(partials: <T>(k: Algebra<T>, x: T, y: T, z: T) => readonly [T, T], rest: Rest): ElementRow {
  return { arity: 2, partials: (k, x, y, _w, z) => partials(k, x, y, z), ...rest };
}
function ternary(partials: ElementRow['partials'], rest: Rest): ElementRow {
  return { arity: 3, partials, ...rest };
}

const zero = <T>(k: Algebra<T>): T => k.lit(0);
const one = <T>(k: Algebra<T>): T => k.lit(1);

/** p where the condition holds, NaN elsewhere: a unary op outside its domain has no derivative. */
function where<T>(k: Algebra<T>, condition: T, p: T): T {
  return k.select(condition, p, k.lit(Number.NaN));
}

const infinity = <T>(k: Algebra<T>): T => k.lit(Number.POSITIVE_INFINITY);
const isInfinite = <T>(k: Algebra<T>, x: T): T => k.eq(k.abs(x), infinity(k));

/** 1 − x² without cancellation near ±1. */
const oneMinusSquare = <T>(k: Algebra<T>, x: T): T => k.mul(k.sub(one(k), x), k.add(one(k), x));

/** y·x^(y−1): by pow where y − 1 is exact (or x is 0 or infinite), else as y·z/x; pow alone is off by up to 680 ulp. */
function powerSlope<T>(k: Algebra<T>, x: T, y: T, z: T): T {
  const m = k.sub(y, one(k));
  const isExact = k.mul(k.eq(k.add(m, one(k)), y), k.eq(k.sub(y, m), one(k)));
  const byPow = k.select(k.eq(x, zero(k)), one(k), k.select(isInfinite(k, x), one(k), isExact));
  return k.select(byPow, k.mul(y, k.pow(x, m)), k.div(k.mul(y, z), x));
}

/** ½ each on a tie, NaN where either is NaN: the share of x in the larger (or smaller) of x and y. */
function share<T>(k: Algebra<T>, wins: T, loses: T, ties: T): T {
  return k.select(wins, one(k), k.select(loses, zero(k), where(k, ties, k.lit(0.5))));
}

/** x/z, the direction cosine of hypot: 0 at the origin, ±1 for an infinite leg (1/√2 each when both are). */
function cosine<T>(k: Algebra<T>, x: T, y: T, z: T): T {
  const both = k.select(isInfinite(k, y), k.lit(Math.SQRT1_2), one(k));
  const far = k.select(isInfinite(k, x), k.mul(k.sign(x), both), k.select(k.eq(y, y), k.mul(x, zero(k)), y));
  return k.select(k.eq(z, zero(k)), zero(k), k.select(k.eq(z, infinity(k)), far, k.div(x, z)));
}

/** ∂/∂y of a remainder r = x − y·q: −q, with q the whole number (x − r)/y; trunc(x/y) is off by one for rem(1, 0.1). */
function quotient<T>(k: Algebra<T>, x: T, y: T, z: T): T {
  return k.neg(k.round(k.div(k.sub(x, z), y)));
}

/** e^(x − m), with the rounding error of the difference put back (TwoDiff, Knuth 1969); it is NaN where x or m is infinite. */
function expDifference<T>(k: Algebra<T>, x: T, m: T): T {
  const h = k.sub(x, m);
  const back = k.sub(h, x);
  const low = k.sub(k.sub(x, k.sub(h, back)), k.add(m, back));
  const e = k.exp(h);
  return k.select(k.eq(low, low), k.add(e, k.mul(e, low)), e);
}

const comparison = (doc: string, at: Facts['at']): ElementRow =>
  binary((k) => [zero(k), zero(k)], { doc, at, gate: true, convention: 'derivative 0', breaks: (x, y) => x! - y! });

const jump = (doc: string, breaks: (x: number) => number): ElementRow =>
  unary((k) => zero(k), { doc, at: [[0.3], [1.7], [-2.4]], gate: true, convention: 'derivative 0', breaks: (x) => breaks(x!) });

const ROOT_2_OVER_ROOT_PI = 1.1283791670955126; // 2/√π, the slope of erf at 0
const toNearest = (x: number): number => x - Math.round(x);

// biome-ignore format: a table, one row per op where it fits
export const RULES: { readonly [K in OpName]: Row } = {
  // arithmetic
  add:        binary((k) => [one(k), one(k)],                             { doc: 'x + y', at: [[1, 2], [-0.5, 3]] }),
  sub:        binary((k) => [one(k), k.lit(-1)],                          { doc: 'x − y', at: [[1, 2], [-0.5, 3]] }),
  mul:        binary((_, x, y) => [y, x],                                 { doc: 'x · y', at: [[1.5, 2], [-0.5, 3]] }),
  div:        binary((k, _, y, z) => [k.div(one(k), y), k.neg(k.div(z, y))], { doc: 'x / y', at: [[1, 2], [-0.5, 3], [4, -0.25]], convention: '1/0: ∞ and −∞; 0/0: NaN' }),
  neg:        unary((k) => k.lit(-1),                                     { doc: '−x', at: [[0.7], [-2]] }),
  abs:        unary((k, x) => k.sign(x),                                  { doc: '|x|', at: [[0.7], [-2]], convention: 'derivative 0 at 0', breaks: (x) => x! }),
  sign:       unary((k) => zero(k),                                       { doc: '−1, 0 or 1', at: [[0.7], [-2]], gate: true, convention: 'derivative 0', breaks: (x) => x!,
                                                                            value: (k, x) => k.select(k.gt(x, zero(k)), one(k), k.select(k.lt(x, zero(k)), k.lit(-1), x)) }),
  square:     unary((k, x) => k.add(x, x),                                { doc: 'x²', at: [[0.7], [-3]], value: (k, x) => k.mul(x, x) }),
  sqrt:       unary((k, _, z) => k.div(k.lit(0.5), k.abs(z)),             { doc: '√x', domain: 'x ≥ 0', at: [[0.25], [2]], convention: 'derivative ∞ at 0' }),
  cbrt:       unary((k, x, z) => k.select(k.eq(x, zero(k)), infinity(k), k.select(isInfinite(k, x), zero(k), k.div(k.div(z, x), k.lit(3)))), { doc: '∛x', at: [[0.3], [-5]], convention: 'derivative ∞ at 0' }),
  reciprocal: unary((k, _, z) => k.neg(k.mul(z, z)),                      { doc: '1 / x', at: [[0.5], [-3]], value: (k, x) => k.div(one(k), x), convention: '−∞ at 0' }),

  // powers, exponentials, logarithms
  pow: binary((k, x, y, z) => [
    k.select(k.eq(y, zero(k)), zero(k), powerSlope(k, x, y, z)),
    k.select(k.eq(x, zero(k)), k.select(k.ge(y, zero(k)), zero(k), k.mul(z, k.log(x))), k.mul(z, k.log(x))),
  ], { doc: 'x to the power y', at: [[1.5, 2.5], [0.3, -1.2], [2, 3]], domain: 'x > 0, or y a whole number (a constant exponent has no ∂y)', convention: 'pow(0, y): ∂x by continuity, ∂y 0 for y ≥ 0' }),
  exp:        unary((_, __, z) => z,                                      { doc: 'e to the power x', at: [[0.5], [-2]] }),
  exp2:       unary((k, _, z) => k.mul(z, k.lit(Math.LN2)),               { doc: '2 to the power x', at: [[0.5], [-2.5]] }),
  expm1:      unary((k, x) => k.exp(x),                                   { doc: 'eˣ − 1, exact near 0', at: [[1e-5], [1.5], [-2]] }),
  log:        unary((k, x) => where(k, k.ge(x, zero(k)), k.div(one(k), k.abs(x))), { doc: 'natural logarithm', domain: 'x ≥ 0', at: [[0.3], [5]], convention: 'derivative ∞ at ±0' }),
  log2:       unary((k, x) => where(k, k.ge(x, zero(k)), k.div(k.lit(Math.LOG2E), k.abs(x))), { doc: 'logarithm to base 2', domain: 'x ≥ 0', at: [[0.3], [5]] }),
  log10:      unary((k, x) => where(k, k.ge(x, zero(k)), k.div(k.lit(Math.LOG10E), k.abs(x))), { doc: 'logarithm to base 10', domain: 'x ≥ 0', at: [[0.3], [5]] }),
  log1p:      unary((k, x) => where(k, k.ge(x, k.lit(-1)), k.div(one(k), k.add(one(k), x))), { doc: 'log(1 + x), exact near 0', domain: 'x ≥ −1', at: [[1e-5], [-0.5], [3]] }),

  // trigonometric and hyperbolic
  sin:        unary((k, x) => k.cos(x),                                   { doc: 'sine, x in radians', at: [[0.5], [-2], [10]] }),
  cos:        unary((k, x) => k.neg(k.sin(x)),                            { doc: 'cosine, x in radians', at: [[0.5], [-2], [10]] }),
  tan:        unary((k, _, z) => k.add(one(k), k.mul(z, z)),              { doc: 'tangent, x in radians', at: [[0.5], [-1], [4]] }),
  asin:       unary((k, x) => k.sqrt(k.div(one(k), oneMinusSquare(k, x))), { doc: 'arcsine', domain: '|x| ≤ 1', at: [[0.5], [-0.9]] }),
  acos:       unary((k, x) => k.neg(k.sqrt(k.div(one(k), oneMinusSquare(k, x)))), { doc: 'arccosine', domain: '|x| ≤ 1', at: [[0.5], [-0.9]] }),
  atan:       unary((k, x) => k.div(one(k), k.add(one(k), k.mul(x, x))),  { doc: 'arctangent', at: [[0.5], [-3]] }),
  atan2:      binary((k, y, x) => {
    const flat = k.gt(k.abs(x), k.abs(y)); // scaled by the larger leg, so that no square overflows
    const [u, v] = [k.select(flat, x, y), k.select(flat, y, x)];
    const r = k.div(v, u);
    const d = k.add(u, k.mul(v, r));
    return [k.div(k.select(flat, one(k), r), d), k.neg(k.div(k.select(flat, r, one(k)), d))];
  }, { doc: 'angle of the point (x, y); the first operand is y', at: [[1, 2], [-1, -0.5], [0.3, -2]], convention: 'NaN at the origin', breaks: (y, x) => (x! < 0 ? y! : 1) }),
  sinh:       unary((k, x) => k.cosh(x),                                  { doc: 'hyperbolic sine', at: [[0.5], [-2]] }),
  cosh:       unary((k, x) => k.sinh(x),                                  { doc: 'hyperbolic cosine', at: [[0.5], [-2]] }),
  tanh:       unary((k, _, z) => k.sub(one(k), k.mul(z, z)),              { doc: 'hyperbolic tangent', at: [[0.5], [-2]] }),
  asinh:      unary((k, x) => k.select(k.lt(k.abs(x), k.lit(1e9)), k.sqrt(k.div(one(k), k.add(one(k), k.mul(x, x)))), k.div(one(k), k.abs(x))), { doc: 'inverse hyperbolic sine', at: [[0.5], [-20]] }),
  acosh:      unary((k, x) => where(k, k.ge(x, one(k)), k.select(k.lt(x, k.lit(1e9)), k.sqrt(k.div(one(k), k.mul(k.sub(x, one(k)), k.add(x, one(k))))), k.div(one(k), x))), { doc: 'inverse hyperbolic cosine', domain: 'x ≥ 1', at: [[1.5], [20]] }),
  atanh:      unary((k, x) => where(k, k.le(k.abs(x), one(k)), k.div(one(k), oneMinusSquare(k, x))), { doc: 'inverse hyperbolic tangent', domain: '|x| ≤ 1', at: [[0.5], [-0.9]] }),
  hypot:      binary((k, x, y, z) => [cosine(k, x, y, z), cosine(k, y, x, z)], { doc: '√(x² + y²) without overflow', at: [[3, 4], [-1, 0.5]], convention: 'derivative 0 at the origin' }),

  // kinks and jumps
  min:        binary((k, x, y) => [share(k, k.lt(x, y), k.gt(x, y), k.eq(x, y)), share(k, k.lt(y, x), k.gt(y, x), k.eq(x, y))], { doc: 'the smaller of x and y', at: [[1, 2], [3, -1]], gate: true, convention: '½ each on a tie; NaN if either is NaN', breaks: (x, y) => x! - y! }),
  max:        binary((k, x, y) => [share(k, k.gt(x, y), k.lt(x, y), k.eq(x, y)), share(k, k.gt(y, x), k.lt(y, x), k.eq(x, y))], { doc: 'the larger of x and y', at: [[1, 2], [3, -1]], gate: true, convention: '½ each on a tie; NaN if either is NaN', breaks: (x, y) => x! - y! }),
  relu:       unary((k, x) => k.select(k.gt(x, zero(k)), one(k), where(k, k.le(x, zero(k)), zero(k))), { doc: 'max(x, 0)', at: [[0.7], [-2]], gate: true, convention: 'derivative 0 at 0', breaks: (x) => x!, value: (k, x) => k.max(x, zero(k)) }),
  clamp: ternary((k, x, lo, hi, z) => [
    where(k, k.eq(z, z), k.select(k.lt(x, lo), zero(k), k.select(k.gt(x, hi), zero(k), one(k)))),
    where(k, k.eq(z, z), k.select(k.lt(x, lo), one(k), zero(k))),
    where(k, k.eq(z, z), k.select(k.gt(x, hi), one(k), zero(k))),
  ], { doc: 'x kept between lo and hi', at: [[0.5, 0, 1], [-2, -1, 1], [3, -1, 1.5]], gate: true, convention: '∂x 1 inside and at a bound; ∂lo, ∂hi 1 only outside; lo > hi gives NaN', breaks: (x, lo, hi) => Math.min(Math.abs(x! - lo!), Math.abs(x! - hi!), Math.abs(lo! - hi!)),
       value: (k, x, lo, hi) => where(k, k.le(lo, hi), k.min(k.max(x, lo), hi)) }),
  floor:      jump('the largest whole number ≤ x', toNearest),
  ceil:       jump('the smallest whole number ≥ x', toNearest),
  round:      { ...jump('the nearest whole number, halves up, as Math.round', (x) => toNearest(x + 0.5)), at: [[0.3], [1.7], [-2.4]] },
  trunc:      jump('x without its fraction', toNearest),
  rem:        binary((k, x, y, z) => [where(k, k.eq(z, z), one(k)), quotient(k, x, y, z)], { doc: 'remainder with the sign of the dividend, as x % y', at: [[5, 3], [-5.5, 2], [7, -3]], convention: '∂x 1, ∂y −(x − r)/y', breaks: (x, y) => toNearest(x! / y!) }),
  mod:        binary((k, x, y, z) => [where(k, k.eq(z, z), one(k)), quotient(k, x, y, z)], { doc: 'remainder with the sign of the divisor', at: [[5, 3], [-5.5, 2], [7, -3]], convention: '∂x 1, ∂y −(x − r)/y', breaks: (x, y) => toNearest(x! / y!) }),

  // learning and statistics
  sigmoid:    unary((k, _, z) => k.mul(z, k.sub(one(k), z)),              { doc: '1 / (1 + e⁻ˣ)', at: [[0.5], [-3]] }),
  softplus:   unary((k, x) => k.sigmoid(x),                               { doc: 'log(1 + eˣ)', at: [[0.5], [-3], [40]] }),
  silu:       unary((k, x, z) => k.add(k.sigmoid(x), k.mul(k.min(z, k.lit(1e3)), k.sigmoid(k.neg(x)))), { doc: 'x · sigmoid(x)', at: [[0.5], [-3]] }),
  gaussian:   unary((k, x, z) => k.select(k.eq(z, zero(k)), zero(k), k.mul(k.lit(-2), k.mul(x, z))), { doc: 'exp(−x²)', at: [[0.5], [-1.5]] }),
  erf:        unary((k, x) => k.mul(k.lit(ROOT_2_OVER_ROOT_PI), k.gaussian(x)), { doc: 'error function', at: [[0.5], [-1.5]] }),
  erfc:       unary((k, x) => k.mul(k.lit(-ROOT_2_OVER_ROOT_PI), k.gaussian(x)), { doc: '1 − erf(x), exact for large x', at: [[0.5], [-1.5], [4]] }),
  lgamma:     unary((k, x) => k.digamma(x),                               { doc: 'log |Γ(x)|', at: [[0.5], [3.3], [-1.5]], domain: 'x not a whole number ≤ 0' }),
  digamma:    unary((k, x) => k.polygamma(one(k), x),                     { doc: 'derivative of lgamma', at: [[0.5], [3.3], [-1.5]], domain: 'x not a whole number ≤ 0' }),
  polygamma:  binary((k, n, x) => [k.lit(Number.NaN), k.polygamma(k.add(n, one(k)), x)], { doc: 'n-th derivative of digamma; the order n is a constant', at: [[1, 0.5], [2, 3.3]], domain: 'n a constant whole number ≥ 0' }),

  // conditions: 1 or 0
  lt:         comparison('x < y', [[1, 2], [3, -1]]),
  le:         comparison('x ≤ y', [[1, 2], [3, -1]]),
  gt:         comparison('x > y', [[1, 2], [3, -1]]),
  ge:         comparison('x ≥ y', [[1, 2], [3, -1]]),
  eq:         comparison('x = y', [[1, 2], [3, -1]]),
  ne:         comparison('x ≠ y', [[1, 2], [3, -1]]),
  select: ternary((k, c) => [zero(k), k.select(c, one(k), zero(k)), k.select(c, zero(k), one(k))],
    { doc: 'a where the condition is not 0 (NaN is not 0), else b', at: [[1, 2, 3], [0, 2, 3]], gate: true, breaks: (c) => c! }),

  // what differentiation adds
  stop:       unary((k) => zero(k),                                       { doc: 'x without its derivative', at: [[0.7], [-2]], gate: true, convention: 'derivative 0', value: (_, x) => x }),
  attach: ternary((k, _y, _x, p) => [one(k), p, zero(k)],
    { doc: 'y, and with a change of x it changes by p times as much: how a value gets a derivative that is not its own', at: [[1, 2, 3], [0.5, -1, -0.25]], convention: '∂p 0', value: (_, y) => y }),
  expDifference: binary((k, _x, _m, z) => [z, k.neg(z)], { doc: 'e to the power x − m, the rounding of the difference put back', at: [[1, 2], [-0.3, 40], [0.1, 0.1]], value: expDifference }),

  ...LIST_RULES,
};
