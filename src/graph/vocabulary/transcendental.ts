/** Exponentials, logarithms, trigonometric and hyperbolic functions. */
import { binary, unary } from './forms.ts';

/**
 * e to the power x
 *
 * @example
 * import { exp } from 'wengert';
 * exp(0); // 1
 */
export const exp = /* @__PURE__ */ unary('exp');

/**
 * 2 to the power x
 *
 * @example
 * import { exp2 } from 'wengert';
 * exp2(3); // 8
 */
export const exp2 = /* @__PURE__ */ unary('exp2');

/**
 * eˣ − 1, exact near 0.
 *
 * @example
 * import { expm1 } from 'wengert';
 * expm1(0); // 0
 */
export const expm1 = /* @__PURE__ */ unary('expm1');

/**
 * Natural logarithm for x ≥ 0; log(0) is −∞ with derivative ∞.
 *
 * @example
 * import { log } from 'wengert';
 * log(1); // 0
 */
export const log = /* @__PURE__ */ unary('log');

/**
 * Logarithm to base 2, for x ≥ 0.
 *
 * @example
 * import { log2 } from 'wengert';
 * log2(8); // 3
 */
export const log2 = /* @__PURE__ */ unary('log2');

/**
 * Logarithm to base 10, for x ≥ 0.
 *
 * @example
 * import { log10 } from 'wengert';
 * log10(1000); // 3
 */
export const log10 = /* @__PURE__ */ unary('log10');

/**
 * log(1 + x), exact near 0, for x ≥ −1.
 *
 * @example
 * import { log1p } from 'wengert';
 * log1p(0); // 0
 */
export const log1p = /* @__PURE__ */ unary('log1p');

/**
 * Sine of radians.
 *
 * @example
 * import { sin } from 'wengert';
 * sin(0); // 0
 */
export const sin = /* @__PURE__ */ unary('sin');

/**
 * Cosine of radians.
 *
 * @example
 * import { cos } from 'wengert';
 * cos(0); // 1
 */
export const cos = /* @__PURE__ */ unary('cos');

/**
 * Tangent of radians.
 *
 * @example
 * import { tan } from 'wengert';
 * tan(0); // 0
 */
export const tan = /* @__PURE__ */ unary('tan');

/**
 * Arcsine in radians, for |x| ≤ 1.
 *
 * @example
 * import { asin } from 'wengert';
 * asin(0); // 0
 */
export const asin = /* @__PURE__ */ unary('asin');

/**
 * Arccosine in radians, for |x| ≤ 1.
 *
 * @example
 * import { acos } from 'wengert';
 * acos(1); // 0
 */
export const acos = /* @__PURE__ */ unary('acos');

/**
 * Arctangent in radians.
 *
 * @example
 * import { atan } from 'wengert';
 * atan(0); // 0
 */
export const atan = /* @__PURE__ */ unary('atan');

/**
 * Angle of the point (x, y) in radians. The first operand is y, as in Math; no derivative at the origin.
 *
 * @example
 * import { atan2 } from 'wengert';
 * atan2(0, 1); // 0
 */
export const atan2 = /* @__PURE__ */ binary('atan2');

/**
 * Hyperbolic sine.
 *
 * @example
 * import { sinh } from 'wengert';
 * sinh(0); // 0
 */
export const sinh = /* @__PURE__ */ unary('sinh');

/**
 * Hyperbolic cosine.
 *
 * @example
 * import { cosh } from 'wengert';
 * cosh(0); // 1
 */
export const cosh = /* @__PURE__ */ unary('cosh');

/**
 * Hyperbolic tangent.
 *
 * @example
 * import { tanh } from 'wengert';
 * tanh(0); // 0
 */
export const tanh = /* @__PURE__ */ unary('tanh');

/**
 * Inverse hyperbolic sine.
 *
 * @example
 * import { asinh } from 'wengert';
 * asinh(0); // 0
 */
export const asinh = /* @__PURE__ */ unary('asinh');

/**
 * Inverse hyperbolic cosine, for x ≥ 1.
 *
 * @example
 * import { acosh } from 'wengert';
 * acosh(1); // 0
 */
export const acosh = /* @__PURE__ */ unary('acosh');

/**
 * Inverse hyperbolic tangent, for |x| ≤ 1.
 *
 * @example
 * import { atanh } from 'wengert';
 * atanh(0); // 0
 */
export const atanh = /* @__PURE__ */ unary('atanh');
