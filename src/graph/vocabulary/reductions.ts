/**
 * Reductions: of a vector, of an array, or of the terms for i = 0 … n − 1, where n may be a named length. Short ones are one
 * node, long ones a loop; either way the derivative costs O(n).
 */
import { fail } from '../../errors.ts';
import type { Expr, Scalar } from '../expression.ts';
import { type Length, Vector } from '../vector.ts';
import type { Operand } from '../../record/operand.ts';
import type { Recorded, RecordedVector } from '../../record/recorded.ts';
import { extreme, type List, reduce, reduction, total } from './forms.ts';

/**
 * x₁ + x₂ + …; 0 if empty. Of a list, a vector, a matrix, or a function of i = 0 … n − 1, which may give vectors.
 *
 * @example
 * import { compile, sum, vector } from 'wengert';
 * sum([1, 2, 3]); // 6
 * const square = compile({ x: vector('n') }, ({ x }) => sum(x.length, (i) => x.at(i).square()));
 * square.gradient({ x: [1, 2, 3] }); // { value: 14, gradient: { x: Float64Array [2, 4, 6] } }
 */
export const sum = /* @__PURE__ */ total('sum');

/**
 * sum / length; NaN if empty.
 *
 * @example
 * import { mean } from 'wengert';
 * mean([1, 2, 6]); // 3
 */
export const mean = /* @__PURE__ */ total('mean');

/**
 * x₁ · x₂ · …; 1 if empty. Exact derivatives also where factors are 0.
 *
 * @example
 * import { prod } from 'wengert';
 * prod([2, 3, 4]); // 24
 */
export const prod = /* @__PURE__ */ reduction('prod');

/**
 * √(x₁² + x₂² + …) without overflow; derivative 0 at the origin.
 *
 * @example
 * import { norm } from 'wengert';
 * norm([3, 4]); // 5
 */
export const norm = /* @__PURE__ */ reduction('norm');

/**
 * log(eˣ¹ + eˣ² + …) without overflow; −∞ if empty.
 *
 * @example
 * import { logsumexp } from 'wengert';
 * logsumexp([0]); // 0
 */
export const logsumexp = /* @__PURE__ */ reduction('logsumexp');

/**
 * The smallest of two or more operands, or of a list; ∞ if empty, NaN if any is NaN. k that tie get 1/k of the derivative each.
 *
 * @example
 * import { min } from 'wengert';
 * min(3, 1, 2); // 1
 * min([3, 1, 2]); // 1
 */
export const min = /* @__PURE__ */ extreme('min');

/**
 * The largest of two or more operands, or of a list; −∞ if empty, NaN if any is NaN. k that tie get 1/k of the derivative each.
 *
 * @example
 * import { max } from 'wengert';
 * max(3, 1, 2); // 3
 * max([3, 1, 2]); // 3
 */
export const max = /* @__PURE__ */ extreme('max');

/**
 * x₁y₁ + x₂y₂ + … of two vectors or arrays; 0 if empty.
 *
 * @throws WrongLength unless both have the same length
 *
 * @example
 * import { dot } from 'wengert';
 * dot([1, 2, 3], [4, 5, 6]); // 32
 */
export function dot(x: ArrayLike<number>, y: ArrayLike<number>): number;
export function dot(x: RecordedVector, y: RecordedVector | ArrayLike<Recorded | number>): Recorded;
export function dot(x: ArrayLike<Recorded | number>, y: RecordedVector): Recorded;
export function dot<T>(x: ArrayLike<Operand<T>>, y: ArrayLike<Operand<T> | number>): T;
export function dot<T>(x: ArrayLike<number>, y: ArrayLike<Operand<T>>): T;
export function dot(x: Vector<Length> | ArrayLike<Expr>, y: List): Expr;
export function dot(x: List, y: Vector<Length> | ArrayLike<Expr>): Expr;
export function dot(x: List, y: List): Scalar;
export function dot(first: object, second: object): unknown {
  const [x, y] = [first as List, second as List];
  const isPlain = !(x instanceof Vector || y instanceof Vector);
  if (isPlain && x.length !== y.length) fail('WrongLength', `dot: the vectors have ${x.length} and ${y.length} elements`);
  return reduce('dot', x, y);
}
