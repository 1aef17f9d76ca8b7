/** Functions of learning and statistics. */
import { opValue } from '../../ops/single.ts';
import { OP } from '../../ops/vocabulary.ts';
import { type Expr, order, type Scalar } from '../expression.ts';
import type { Operand } from '../../record/operand.ts';
import { unary } from './forms.ts';

/**
 * 1 / (1 + e⁻ˣ)
 *
 * @example
 * import { sigmoid } from 'wengert';
 * sigmoid(0); // 0.5
 */
export const sigmoid = /* @__PURE__ */ unary('sigmoid');

/**
 * log(1 + eˣ)
 *
 * @example
 * import { softplus } from 'wengert';
 * softplus(1000); // 1000
 */
export const softplus = /* @__PURE__ */ unary('softplus');

/**
 * x · sigmoid(x)
 *
 * @example
 * import { silu } from 'wengert';
 * silu(0); // 0
 */
export const silu = /* @__PURE__ */ unary('silu');

/**
 * exp(−x²)
 *
 * @example
 * import { gaussian } from 'wengert';
 * gaussian(0); // 1
 */
export const gaussian = /* @__PURE__ */ unary('gaussian');

/**
 * Error function.
 *
 * @example
 * import { erf } from 'wengert';
 * erf(0); // 0
 */
export const erf = /* @__PURE__ */ unary('erf');

/**
 * 1 − erf(x), exact for large x.
 *
 * @example
 * import { erfc } from 'wengert';
 * erfc(0); // 1
 */
export const erfc = /* @__PURE__ */ unary('erfc');

/**
 * log |Γ(x)|; its derivative is digamma.
 *
 * @example
 * import { lgamma } from 'wengert';
 * lgamma(1); // 0
 */
export const lgamma = /* @__PURE__ */ unary('lgamma');

/**
 * Derivative of lgamma; its derivatives are polygamma(1, x), polygamma(2, x), …
 *
 * @example
 * import { digamma } from 'wengert';
 * digamma(1); // -0.5772156649015329
 */
export const digamma = /* @__PURE__ */ unary('digamma');

/**
 * The k-th derivative of digamma. The order k is a plain whole number ≥ 0; polygamma(0, x) is digamma(x).
 *
 * @throws NotConstant if k is an expression, negative or no whole number
 *
 * @example
 * import { polygamma } from 'wengert';
 * polygamma(1, 1); // 1.6449340668482264
 */
export function polygamma(k: number, x: number): number;
export function polygamma(k: number, x: Expr): Expr;
export function polygamma<T>(k: number, x: Operand<T>): T;
export function polygamma(k: number, x: Scalar): Scalar;
export function polygamma(k: number, x: Scalar | Operand<unknown>): unknown {
  return typeof x === 'number' ? opValue(OP.polygamma, order(k), x, 0) : x.polygamma(k);
}
