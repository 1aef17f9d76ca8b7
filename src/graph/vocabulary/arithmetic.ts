/** Arithmetic and powers. */
import { binary, unary } from './forms.ts';

/**
 * x + y
 *
 * @example
 * import { add } from 'wengert';
 * add(1, 2); // 3
 */
export const add = /* @__PURE__ */ binary('add');

/**
 * x − y
 *
 * @example
 * import { sub } from 'wengert';
 * sub(3, 1); // 2
 */
export const sub = /* @__PURE__ */ binary('sub');

/**
 * x · y
 *
 * @example
 * import { mul } from 'wengert';
 * mul(2, 3); // 6
 */
export const mul = /* @__PURE__ */ binary('mul');

/**
 * x / y
 *
 * @example
 * import { div } from 'wengert';
 * div(1, 4); // 0.25
 */
export const div = /* @__PURE__ */ binary('div');

/**
 * −x
 *
 * @example
 * import { neg } from 'wengert';
 * neg(2); // -2
 */
export const neg = /* @__PURE__ */ unary('neg');

/**
 * |x|; derivative 0 at 0.
 *
 * @example
 * import { abs } from 'wengert';
 * abs(-2); // 2
 */
export const abs = /* @__PURE__ */ unary('abs');

/**
 * −1, 0 or 1; derivative 0.
 *
 * @example
 * import { sign } from 'wengert';
 * sign(-3); // -1
 */
export const sign = /* @__PURE__ */ unary('sign');

/**
 * x²
 *
 * @example
 * import { square } from 'wengert';
 * square(3); // 9
 */
export const square = /* @__PURE__ */ unary('square');

/**
 * √x for x ≥ 0; derivative ∞ at 0.
 *
 * @example
 * import { sqrt } from 'wengert';
 * sqrt(9); // 3
 */
export const sqrt = /* @__PURE__ */ unary('sqrt');

/**
 * ∛x; derivative ∞ at 0.
 *
 * @example
 * import { cbrt } from 'wengert';
 * cbrt(-8); // -2
 */
export const cbrt = /* @__PURE__ */ unary('cbrt');

/**
 * 1 / x
 *
 * @example
 * import { reciprocal } from 'wengert';
 * reciprocal(4); // 0.25
 */
export const reciprocal = /* @__PURE__ */ unary('reciprocal');

/**
 * x to the power y. A constant exponent has no derivative of its own, so negative x and whole constant y are fine.
 *
 * @example
 * import { pow } from 'wengert';
 * pow(2, 10); // 1024
 */
export const pow = /* @__PURE__ */ binary('pow');

/**
 * √(x² + y²) without overflow; derivative 0 at the origin.
 *
 * @example
 * import { hypot } from 'wengert';
 * hypot(3, 4); // 5
 */
export const hypot = /* @__PURE__ */ binary('hypot');
