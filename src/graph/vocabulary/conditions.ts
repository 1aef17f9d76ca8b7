/** Kinks, jumps, and conditions, which are 1 where they hold and 0 elsewhere. */
import { binary, ternary, unary } from './forms.ts';

/**
 * max(x, 0); derivative 0 at 0.
 *
 * @example
 * import { relu } from 'wengert';
 * relu(-2); // 0
 */
export const relu = /* @__PURE__ */ unary('relu');

/**
 * x, but at least lo and at most hi: clamp(x, lo, hi). Derivative 1 inside and at the bounds; NaN if lo > hi.
 *
 * @example
 * import { clamp } from 'wengert';
 * clamp(5, 0, 1); // 1
 */
export const clamp = /* @__PURE__ */ ternary('clamp');

/**
 * The largest whole number ≤ x; derivative 0.
 *
 * @example
 * import { floor } from 'wengert';
 * floor(1.5); // 1
 */
export const floor = /* @__PURE__ */ unary('floor');

/**
 * The smallest whole number ≥ x; derivative 0.
 *
 * @example
 * import { ceil } from 'wengert';
 * ceil(1.5); // 2
 */
export const ceil = /* @__PURE__ */ unary('ceil');

/**
 * The nearest whole number, halves up as in Math.round; derivative 0.
 *
 * @example
 * import { round } from 'wengert';
 * round(2.5); // 3
 */
export const round = /* @__PURE__ */ unary('round');

/**
 * x without its fraction; derivative 0.
 *
 * @example
 * import { trunc } from 'wengert';
 * trunc(-1.5); // -1
 */
export const trunc = /* @__PURE__ */ unary('trunc');

/**
 * Remainder with the sign of the dividend, as x % y.
 *
 * @example
 * import { rem } from 'wengert';
 * rem(-5, 3); // -2
 */
export const rem = /* @__PURE__ */ binary('rem');

/**
 * Remainder with the sign of the divisor.
 *
 * @example
 * import { mod } from 'wengert';
 * mod(-5, 3); // 1
 */
export const mod = /* @__PURE__ */ binary('mod');

/**
 * x < y, as 1 or 0.
 *
 * @example
 * import { lt } from 'wengert';
 * lt(1, 2); // 1
 */
export const lt = /* @__PURE__ */ binary('lt');

/**
 * x ≤ y, as 1 or 0.
 *
 * @example
 * import { le } from 'wengert';
 * le(2, 2); // 1
 */
export const le = /* @__PURE__ */ binary('le');

/**
 * x > y, as 1 or 0.
 *
 * @example
 * import { gt } from 'wengert';
 * gt(1, 2); // 0
 */
export const gt = /* @__PURE__ */ binary('gt');

/**
 * x ≥ y, as 1 or 0.
 *
 * @example
 * import { ge } from 'wengert';
 * ge(2, 2); // 1
 */
export const ge = /* @__PURE__ */ binary('ge');

/**
 * x = y, as 1 or 0.
 *
 * @example
 * import { eq } from 'wengert';
 * eq(2, 2); // 1
 */
export const eq = /* @__PURE__ */ binary('eq');

/**
 * x ≠ y, as 1 or 0.
 *
 * @example
 * import { ne } from 'wengert';
 * ne(2, 2); // 0
 */
export const ne = /* @__PURE__ */ binary('ne');

/**
 * a where the condition is not 0, else b: select(condition, a, b). The branch not taken gets derivative 0, even where its own is NaN.
 *
 * @example
 * import { gt, select } from 'wengert';
 * select(gt(2, 1), 10, 20); // 10
 */
export const select = /* @__PURE__ */ ternary('select');
