/** `Expr`: a handle on one node of the graph, with the vocabulary as methods. vector.ts has `Vector` and `Matrix`. */
import { fail } from '../errors.ts';
import { OP, VOCABULARY } from '../ops/vocabulary.ts';
import type { Graph } from './graph.ts';
import { FIRST_LOOP_OP, LEAF_NAMES } from './leaf.ts';
import { INSPECT, noNumber, show } from './show.ts';

/** One number, known or not yet: numbers stand wherever expressions can. */
export type Scalar = Expr | number;

/**
 * One number that a program will compute. Its methods are the vocabulary; every function of the same name does the same.
 *
 * An `Expr` lives in the function given to `compile`. It has no value there, so using it as a number throws.
 *
 * @example
 * import { compile, scalar } from 'wengert';
 * const f = compile({ x: scalar }, ({ x }) => x.sin().mul(x).named('y'));
 * f.gradient({ x: 0 }); // { value: 0, gradient: { x: 0 } }
 */
// biome-ignore format: a table, one line per word
export class Expr {
  constructor(
    readonly graph: Graph,
    readonly id: number,
  ) {}

  /** Gives the node a name, for tables and pictures, and returns the same expression. A node may have several names. */
  named(name: string): this {
    if (typeof name !== 'string' || name === '') fail('WrongType', `named: expected a name, got ${show(name)}`);
    this.graph.name(this.id, name);
    return this;
  }

  // arithmetic
  /** this + y */
  add(y: Scalar): Expr { return binary(OP.add, this, y); }
  /** this − y */
  sub(y: Scalar): Expr { return binary(OP.sub, this, y); }
  /** this · y */
  mul(y: Scalar): Expr { return binary(OP.mul, this, y); }
  /** this / y */
  div(y: Scalar): Expr { return binary(OP.div, this, y); }
  /** −this */
  neg(): Expr { return unary(OP.neg, this); }
  /** |this|; derivative 0 at 0 */
  abs(): Expr { return unary(OP.abs, this); }
  /** −1, 0 or 1; derivative 0 */
  sign(): Expr { return unary(OP.sign, this); }
  /** this² */
  square(): Expr { return unary(OP.square, this); }
  /** √this */
  sqrt(): Expr { return unary(OP.sqrt, this); }
  /** ∛this */
  cbrt(): Expr { return unary(OP.cbrt, this); }
  /** 1 / this */
  reciprocal(): Expr { return unary(OP.reciprocal, this); }

  // powers, exponentials, logarithms
  /** this to the power y */
  pow(y: Scalar): Expr { return binary(OP.pow, this, y); }
  /** e to the power this */
  exp(): Expr { return unary(OP.exp, this); }
  /** 2 to the power this */
  exp2(): Expr { return unary(OP.exp2, this); }
  /** exp − 1, exact near 0 */
  expm1(): Expr { return unary(OP.expm1, this); }
  /** natural logarithm */
  log(): Expr { return unary(OP.log, this); }
  /** logarithm to base 2 */
  log2(): Expr { return unary(OP.log2, this); }
  /** logarithm to base 10 */
  log10(): Expr { return unary(OP.log10, this); }
  /** log(1 + this), exact near 0 */
  log1p(): Expr { return unary(OP.log1p, this); }

  // trigonometric and hyperbolic
  /** sine of radians */
  sin(): Expr { return unary(OP.sin, this); }
  /** cosine of radians */
  cos(): Expr { return unary(OP.cos, this); }
  /** tangent of radians */
  tan(): Expr { return unary(OP.tan, this); }
  /** arcsine in radians */
  asin(): Expr { return unary(OP.asin, this); }
  /** arccosine in radians */
  acos(): Expr { return unary(OP.acos, this); }
  /** arctangent in radians */
  atan(): Expr { return unary(OP.atan, this); }
  /** angle of the point (x, this), in radians */
  atan2(x: Scalar): Expr { return binary(OP.atan2, this, x); }
  /** hyperbolic sine */
  sinh(): Expr { return unary(OP.sinh, this); }
  /** hyperbolic cosine */
  cosh(): Expr { return unary(OP.cosh, this); }
  /** hyperbolic tangent */
  tanh(): Expr { return unary(OP.tanh, this); }
  /** inverse hyperbolic sine */
  asinh(): Expr { return unary(OP.asinh, this); }
  /** inverse hyperbolic cosine */
  acosh(): Expr { return unary(OP.acosh, this); }
  /** inverse hyperbolic tangent */
  atanh(): Expr { return unary(OP.atanh, this); }
  /** √(this² + y²) without overflow; derivative 0 at the origin */
  hypot(y: Scalar): Expr { return binary(OP.hypot, this, y); }

  // kinks and jumps
  /** the smaller; derivative ½ each on a tie */
  min(y: Scalar): Expr { return binary(OP.min, this, y); }
  /** the larger; derivative ½ each on a tie */
  max(y: Scalar): Expr { return binary(OP.max, this, y); }
  /** max(this, 0); derivative 0 at 0 */
  relu(): Expr { return unary(OP.relu, this); }
  /** this, but at least lo and at most hi; derivative 1 at the bounds */
  clamp(lo: Scalar, hi: Scalar): Expr { return ternary(OP.clamp, this, lo, hi); }
  /** the largest whole number ≤ this; derivative 0 */
  floor(): Expr { return unary(OP.floor, this); }
  /** the smallest whole number ≥ this; derivative 0 */
  ceil(): Expr { return unary(OP.ceil, this); }
  /** the nearest whole number, halves up as in Math.round; derivative 0 */
  round(): Expr { return unary(OP.round, this); }
  /** this without its fraction; derivative 0 */
  trunc(): Expr { return unary(OP.trunc, this); }
  /** remainder with the sign of this, as this % y */
  rem(y: Scalar): Expr { return binary(OP.rem, this, y); }
  /** remainder with the sign of y */
  mod(y: Scalar): Expr { return binary(OP.mod, this, y); }

  // learning and statistics
  /** 1 / (1 + exp(−this)) */
  sigmoid(): Expr { return unary(OP.sigmoid, this); }
  /** log(1 + exp(this)) */
  softplus(): Expr { return unary(OP.softplus, this); }
  /** this · sigmoid(this) */
  silu(): Expr { return unary(OP.silu, this); }
  /** exp(−this²) */
  gaussian(): Expr { return unary(OP.gaussian, this); }
  /** error function */
  erf(): Expr { return unary(OP.erf, this); }
  /** 1 − erf(this), exact for large numbers */
  erfc(): Expr { return unary(OP.erfc, this); }
  /** log |Γ(this)| */
  lgamma(): Expr { return unary(OP.lgamma, this); }
  /** derivative of lgamma */
  digamma(): Expr { return unary(OP.digamma, this); }
  /** k-th derivative of digamma; k is a plain whole number. @throws NotConstant */
  polygamma(k: number): Expr { return new Expr(this.graph, this.graph.node(OP.polygamma, this.graph.constant(order(k)), this.id)); }

  // conditions: 1 where they hold, else 0; derivative 0
  /** this < y */
  lt(y: Scalar): Expr { return binary(OP.lt, this, y); }
  /** this ≤ y */
  le(y: Scalar): Expr { return binary(OP.le, this, y); }
  /** this > y */
  gt(y: Scalar): Expr { return binary(OP.gt, this, y); }
  /** this ≥ y */
  ge(y: Scalar): Expr { return binary(OP.ge, this, y); }
  /** this = y */
  eq(y: Scalar): Expr { return binary(OP.eq, this, y); }
  /** this ≠ y */
  ne(y: Scalar): Expr { return binary(OP.ne, this, y); }
  /** a where this is not 0, else b; the branch not taken gets derivative 0 */
  select(a: Scalar, b: Scalar): Expr { return ternary(OP.select, this, a, b); }

  /** `Expr(#12 mul)` */
  toString(): string { return `Expr(#${this.id} ${wordOf(this.graph.op[this.id]!)})`; }
  /** @throws WrongType: an expression has no value yet */
  valueOf(): never { return coerced(this); }
  [Symbol.toPrimitive](hint: string): string { return hint === 'string' ? written(this) : coerced(this); }
  [INSPECT](): string { return this.toString(); }
}

/** Used as a number: a loop whose index this comes from is written out, if it can be. */
function coerced(x: Expr): never {
  x.graph.loops.coerce(x.id);
  return noNumber('an expression', 'add(x, y) or x.add(y), and select(x.gt(0), a, b) instead of if');
}

/** Used as a key, perhaps: likewise. */
function written(x: Expr): string {
  x.graph.loops.coerce(x.id);
  return x.toString();
}

/** An op in sentences. */
function wordOf(op: number): string {
  return VOCABULARY[op] ?? LEAF_NAMES[op - FIRST_LOOP_OP]!;
}

/** The node of an operand of `word` in this graph. @throws ForeignNode, WrongType */
export function idIn(graph: Graph, x: Scalar, word: string): number {
  if (x instanceof Expr) {
    if (x.graph !== graph) foreign(word, x);
    return x.id;
  }
  if (typeof x !== 'number') fail('WrongType', `${word}: expected an expression or a number, got ${show(x)}`);
  return graph.constant(x);
}

export function foreign(word: string, x: object): never {
  return fail('ForeignNode', `${word}: ${x} belongs to another program; a function can use only what is made of its arguments`);
}

function unary(op: number, x: Expr): Expr {
  return new Expr(x.graph, x.graph.node(op, x.id));
}

function binary(op: number, x: Expr, y: Scalar): Expr {
  return new Expr(x.graph, x.graph.node(op, x.id, idIn(x.graph, y, VOCABULARY[op]!)));
}

function ternary(op: number, x: Expr, y: Scalar, w: Scalar): Expr {
  const word = VOCABULARY[op]!;
  return new Expr(x.graph, x.graph.node(op, x.id, idIn(x.graph, y, word), idIn(x.graph, w, word)));
}

/** The order of a polygamma function: a plain whole number ≥ 0. */
export function order(k: unknown): number {
  if (typeof k === 'number' && Number.isSafeInteger(k) && k >= 0) return k;
  return fail('NotConstant', `polygamma: the order k has to be a plain whole number ≥ 0, got ${show(k)}`);
}
