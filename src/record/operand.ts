/** The vocabulary as methods of values that are computed while they are recorded. */
import { fail } from '../errors.ts';
import { INSPECT, show } from '../graph/show.ts';
import { SHEET } from '../ops/sheet.ts';
import { OP } from '../ops/vocabulary.ts';
import type { Sheet } from './sheet.ts';

// by name of their own, so that they are constants where nodes are appended
const { add: ADD, sub: SUB, mul: MUL, div: DIV, neg: NEG, square: SQUARE, sqrt: SQRT, relu: RELU, min: MIN, max: MAX } = OP;

/** One number of a tape that is being recorded. T: the handles of that tape. */
// biome-ignore format: a table, one line per word
export abstract class Operand<T> {
  /** The sheet to which results of this operand are appended. */
  abstract [SHEET]: Sheet<T>;

  // arithmetic; what JavaScript rounds as the engines do is computed here
  /** this + y */
  add(y: T | number): T {
    const s = this[SHEET];
    const a = s.own(this as never);
    const b = s.slot(y, ADD);
    return s.binary(ADD, a, b, s.values[a]! + s.values[b]!);
  }
  /** this − y */
  sub(y: T | number): T {
    const s = this[SHEET];
    const a = s.own(this as never);
    const b = s.slot(y, SUB);
    return s.binary(SUB, a, b, s.values[a]! - s.values[b]!);
  }
  /** this · y */
  mul(y: T | number): T {
    const s = this[SHEET];
    const a = s.own(this as never);
    const b = s.slot(y, MUL);
    return s.binary(MUL, a, b, s.values[a]! * s.values[b]!);
  }
  /** this / y */
  div(y: T | number): T {
    const s = this[SHEET];
    const a = s.own(this as never);
    const b = s.slot(y, DIV);
    return s.binary(DIV, a, b, s.values[a]! / s.values[b]!);
  }
  /** −this */
  neg(): T {
    const s = this[SHEET];
    const a = s.own(this as never);
    return s.unary(NEG, a, -s.values[a]!);
  }
  /** this² */
  square(): T {
    const s = this[SHEET];
    const a = s.own(this as never);
    return s.unary(SQUARE, a, s.values[a]! * s.values[a]!);
  }
  /** √this */
  sqrt(): T {
    const s = this[SHEET];
    const a = s.own(this as never);
    return s.unary(SQRT, a, Math.sqrt(s.values[a]!));
  }
  /** max(this, 0); derivative 0 at 0 */
  relu(): T {
    const s = this[SHEET];
    const a = s.own(this as never);
    return s.unary(RELU, a, Math.max(s.values[a]!, 0));
  }
  /** the smaller; derivative ½ each on a tie */
  min(y: T | number): T {
    const s = this[SHEET];
    const a = s.own(this as never);
    const b = s.slot(y, MIN);
    return s.binary(MIN, a, b, Math.min(s.values[a]!, s.values[b]!));
  }
  /** the larger; derivative ½ each on a tie */
  max(y: T | number): T {
    const s = this[SHEET];
    const a = s.own(this as never);
    const b = s.slot(y, MAX);
    return s.binary(MAX, a, b, Math.max(s.values[a]!, s.values[b]!));
  }

  /** |this|; derivative 0 at 0 */
  abs(): T { return unary(OP.abs, this); }
  /** −1, 0 or 1; derivative 0 */
  sign(): T { return unary(OP.sign, this); }
  /** ∛this */
  cbrt(): T { return unary(OP.cbrt, this); }
  /** 1 / this */
  reciprocal(): T { return unary(OP.reciprocal, this); }

  // powers, exponentials, logarithms
  /** this to the power y */
  pow(y: T | number): T {
    if (y === 2) return this.square();
    return y === -1 ? this.reciprocal() : binary(OP.pow, this, y);
  }
  /** e to the power this */
  exp(): T { return unary(OP.exp, this); }
  /** 2 to the power this */
  exp2(): T { return unary(OP.exp2, this); }
  /** exp − 1, exact near 0 */
  expm1(): T { return unary(OP.expm1, this); }
  /** natural logarithm */
  log(): T { return unary(OP.log, this); }
  /** logarithm to base 2 */
  log2(): T { return unary(OP.log2, this); }
  /** logarithm to base 10 */
  log10(): T { return unary(OP.log10, this); }
  /** log(1 + this), exact near 0 */
  log1p(): T { return unary(OP.log1p, this); }

  // trigonometric and hyperbolic
  /** sine of radians */
  sin(): T { return unary(OP.sin, this); }
  /** cosine of radians */
  cos(): T { return unary(OP.cos, this); }
  /** tangent of radians */
  tan(): T { return unary(OP.tan, this); }
  /** arcsine in radians */
  asin(): T { return unary(OP.asin, this); }
  /** arccosine in radians */
  acos(): T { return unary(OP.acos, this); }
  /** arctangent in radians */
  atan(): T { return unary(OP.atan, this); }
  /** angle of the point (x, this), in radians */
  atan2(x: T | number): T { return binary(OP.atan2, this, x); }
  /** hyperbolic sine */
  sinh(): T { return unary(OP.sinh, this); }
  /** hyperbolic cosine */
  cosh(): T { return unary(OP.cosh, this); }
  /** hyperbolic tangent */
  tanh(): T { return unary(OP.tanh, this); }
  /** inverse hyperbolic sine */
  asinh(): T { return unary(OP.asinh, this); }
  /** inverse hyperbolic cosine */
  acosh(): T { return unary(OP.acosh, this); }
  /** inverse hyperbolic tangent */
  atanh(): T { return unary(OP.atanh, this); }
  /** √(this² + y²) without overflow; derivative 0 at the origin */
  hypot(y: T | number): T { return binary(OP.hypot, this, y); }

  // kinks and jumps
  /** this, but at least lo and at most hi; derivative 1 at the bounds */
  clamp(lo: T | number, hi: T | number): T { return this[SHEET].apply(OP.clamp, this as never, lo, hi); }
  /** the largest whole number ≤ this; derivative 0 */
  floor(): T { return unary(OP.floor, this); }
  /** the smallest whole number ≥ this; derivative 0 */
  ceil(): T { return unary(OP.ceil, this); }
  /** the nearest whole number, halves up as in Math.round; derivative 0 */
  round(): T { return unary(OP.round, this); }
  /** this without its fraction; derivative 0 */
  trunc(): T { return unary(OP.trunc, this); }
  /** remainder with the sign of this, as this % y */
  rem(y: T | number): T { return binary(OP.rem, this, y); }
  /** remainder with the sign of y */
  mod(y: T | number): T { return binary(OP.mod, this, y); }

  // learning and statistics
  /** 1 / (1 + exp(−this)) */
  sigmoid(): T { return unary(OP.sigmoid, this); }
  /** log(1 + exp(this)) */
  softplus(): T { return unary(OP.softplus, this); }
  /** this · sigmoid(this) */
  silu(): T { return unary(OP.silu, this); }
  /** exp(−this²) */
  gaussian(): T { return unary(OP.gaussian, this); }
  /** error function */
  erf(): T { return unary(OP.erf, this); }
  /** 1 − erf(this), exact for large numbers */
  erfc(): T { return unary(OP.erfc, this); }
  /** log |Γ(this)| */
  lgamma(): T { return unary(OP.lgamma, this); }
  /** derivative of lgamma */
  digamma(): T { return unary(OP.digamma, this); }
  /** k-th derivative of digamma; k is a plain whole number. @throws NotConstant */
  polygamma(k: number): T {
    if (!(Number.isSafeInteger(k) && k >= 0)) fail('NotConstant', `polygamma: the order k has to be a plain whole number ≥ 0, got ${show(k)}`);
    return this[SHEET].apply(OP.polygamma, k, this as never);
  }

  // conditions: 1 where they hold, else 0; derivative 0
  /** this < y */
  lt(y: T | number): T { return binary(OP.lt, this, y); }
  /** this ≤ y */
  le(y: T | number): T { return binary(OP.le, this, y); }
  /** this > y */
  gt(y: T | number): T { return binary(OP.gt, this, y); }
  /** this ≥ y */
  ge(y: T | number): T { return binary(OP.ge, this, y); }
  /** this = y */
  eq(y: T | number): T { return binary(OP.eq, this, y); }
  /** this ≠ y */
  ne(y: T | number): T { return binary(OP.ne, this, y); }
  /** a where this is not 0, else b; the branch not taken gets derivative 0 */
  select(a: T | number, b: T | number): T { return this[SHEET].apply(OP.select, this as never, a, b); }

  abstract toString(): string;
  /** @throws WrongType: JavaScript's operators would lose the derivative */
  valueOf(): never { return fail('WrongType', `${this}: JavaScript's operators would lose its derivative; write x.add(y), or take its plain number`); }
  [Symbol.toPrimitive](hint: string): string { return hint === 'string' ? this.toString() : this.valueOf(); }
  [INSPECT](): string { return this.toString(); }
}

function unary<T>(op: number, x: Operand<T>): T {
  const s = x[SHEET];
  const a = s.own(x as T);
  return s.unary(op, a, s.value(op, s.values[a]!, 0, 0));
}

function binary<T>(op: number, x: Operand<T>, y: T | number): T {
  const s = x[SHEET];
  const a = s.own(x as T);
  const b = s.slot(y, op);
  return s.binary(op, a, b, s.value(op, s.values[a]!, s.values[b]!, 0));
}
