/** Derivatives inside of programs, and values whose derivatives are given. */
import { definedOp } from '../custom.ts';
import type { Expr, Scalar } from '../expression.ts';
import { implicitly } from '../implicit.ts';
import { valueAndGradientOf, valueAndTangentOf } from '../inner.ts';
import type { Carried } from '../types.ts';
import type { Matrix, Vector } from '../vector.ts';
import { unary } from './forms.ts';

/** What a function that is differentiated may be called with, where it takes X: numbers wherever expressions stand. */
export type Argument<X> = X extends Expr
  ? Scalar
  : X extends Vector<infer _> | Matrix<infer _, infer _>
    ? X
    : { readonly [name in keyof X]: Argument<X[name]> };

/** A direction of X: as an argument, vectors as lists where that is at hand. */
export type Direction<X> = X extends Expr
  ? Scalar
  : X extends Vector<infer _>
    ? X | ArrayLike<Scalar>
    : X extends Matrix<infer _, infer _>
      ? X
      : { readonly [name in keyof X]: Direction<X[name]> };

/**
 * The gradient of a function, as a function: used in another program, where its result is an expression as any other, to be
 * computed with and differentiated again. By reverse accumulation: O(operations of f), whatever x is.
 *
 * @param f takes a number, a vector, a matrix, or lists and records of these (say which, if not a number), and returns a
 * number; called once each time the gradient is used
 * @returns a function of x that returns ∂f/∂x, in the structure of x. Loops of f stay loops, and arrays may have named lengths;
 * such an f is called twice, and a scan in it keeps what it carries from each iteration to the next: O(iterations) numbers
 * @throws SeveralOutputs unless f returns one number
 *
 * @example
 * import { compile, gradient, scalar, type Vector, vector } from 'wengert';
 * const slope = compile({ x: scalar }, ({ x }) => gradient((t) => t.sin().mul(t))(x));
 * slope.gradient({ x: 0 }); // { value: 0, gradient: { x: 2 } }
 *
 * const norm = compile({ v: vector(2) }, ({ v }) => gradient((u: Vector) => u.norm())(v));
 * norm.value({ v: [3, 4] }); // Float64Array [0.6, 0.8]
 *
 * const cubes = compile({ v: vector('n') }, ({ v }) => gradient((u: Vector<Expr>) => sum(u.length, (i) => u.at(i).pow(3)))(v));
 * cubes.value({ v: [1, 2, 3] }); // Float64Array [3, 12, 27]
 */
export function gradient<X = Expr>(f: (x: X) => Scalar): (x: Argument<X>) => X {
  return (x) => valueAndGradientOf('gradient', f, x).gradient as X;
}

/**
 * Value and gradient of a function in one: as {@link gradient}.
 *
 * @example
 * import { compile, scalar, valueAndGradient } from 'wengert';
 * const f = compile({ x: scalar }, ({ x }) => {
 *   const { value, gradient } = valueAndGradient((t) => t.square())(x);
 *   return x.sub(value.div(gradient)); // a step of Newton's method
 * });
 * f.value({ x: 3 }); // 1.5
 */
export function valueAndGradient<X = Expr>(f: (x: X) => Scalar): (x: Argument<X>) => { value: Expr; gradient: X } {
  return (x) => valueAndGradientOf('valueAndGradient', f, x) as { value: Expr; gradient: X };
}

/**
 * Value and directional derivative of a function, as a function of the point and the direction: used in another program, as
 * {@link gradient}, but by forward accumulation, so f may return whatever a program may. O(operations of f)
 *
 * @param f as for {@link gradient}; returns numbers, vectors, matrices, lists and records of these
 * @returns a function of x and of a direction in the structure of x; value and tangent are in the structure that f returns
 * @throws WrongShape unless the direction is like x
 *
 * @example
 * import { compile, jvp, scalar } from 'wengert';
 * const f = compile({ x: scalar }, ({ x }) => jvp((t) => [t.square(), t.exp()])(x, 1).tangent);
 * f.value({ x: 3 }); // [6, 20.0855…]
 */
export function jvp<X = Expr, R = unknown>(
  f: (x: X) => R,
): (x: Argument<X>, direction: Direction<X>) => { value: Carried<R>; tangent: Carried<R> } {
  return (x, direction) => valueAndTangentOf('jvp', f, x, direction) as { value: Carried<R>; tangent: Carried<R> };
}

/**
 * x, as if it were a constant: its derivative is 0, and what lies behind it gets nothing, as behind a closed gate.
 *
 * @example
 * import { compile, scalar, stopGradient } from 'wengert';
 * const f = compile({ x: scalar }, ({ x }) => stopGradient(x).mul(x));
 * f.gradient({ x: 3 }); // { value: 9, gradient: { x: 3 } }
 */
export const stopGradient = /* @__PURE__ */ unary('stop');

/**
 * An op of your own: a function with a derivative that is not that of its code, but given. Both are traced, and then the op
 * is as any other, in reverse and forward mode, compiled and recorded; of plain numbers it gives a number.
 *
 * @param value the value, from the operands
 * @param slopes ∂value/∂operand from the operands and, as the last argument, the value: one number, or one for each operand.
 * Higher derivatives are the derivatives of these; where they use the value, up to the third.
 *
 * @example
 * import { compile, defineOp, scalar } from 'wengert';
 * // √x by three steps of Heron's method, with the derivative of √x
 * const root = defineOp(
 *   (x) => [1, 2, 3].reduce((r, _) => r.add(x.div(r)).mul(0.5), x.add(1).mul(0.5)),
 *   (_x, r) => r.reciprocal().mul(0.5),
 * );
 * const f = compile({ x: scalar }, ({ x }) => root(x));
 * f.gradient({ x: 4 }); // { value: 2.0000000929…, gradient: { x: 0.24999998838… } }
 */
export function defineOp(
  value: (...operands: Expr[]) => Scalar,
  slopes: (...operandsAndValue: Expr[]) => Scalar | readonly Scalar[],
): (...operands: Scalar[]) => Expr {
  return definedOp(value, slopes) as (...operands: Scalar[]) => Expr;
}

/**
 * The solution x of residual(x, a) = 0, however it was found, with the derivatives that it has as a function of a:
 * dx/da = −(∂r/∂x)⁻¹ · ∂r/∂a (implicit function theorem). How `solve` found x is not differentiated.
 *
 * The linear system is solved as part of the program, by elimination with partial pivoting: n³/3 operations for n unknowns,
 * so this is for few of them. Derivatives up to the third are those of the exact solution.
 *
 * @param solve x from a: numbers, arrays, lists and records of these
 * @param residual what is 0 at the solution: as many numbers as x has
 * @throws WrongShape if there are more or fewer numbers in the residual than in x; NotConstant for x or a of a size that is
 * known only at the call (the residual may use others, and loops)
 *
 * @example
 * import { compile, type Expr, implicit, scalar } from 'wengert';
 * // the root of x³ + x = a, by ten steps of Newton's method
 * const solve = (a: Expr) => {
 *   let x = a.div(2);
 *   for (let i = 0; i < 10; i++) x = x.sub(x.pow(3).add(x).sub(a).div(x.square().mul(3).add(1)));
 *   return x;
 * };
 * const root = implicit(solve, (x: Expr, a) => x.pow(3).add(x).sub(a));
 * const f = compile({ a: scalar }, ({ a }) => root(a));
 * f.gradient({ a: 10 }); // { value: 2, gradient: { a: 0.0769230… } }
 */
export function implicit<A = Expr, X = Expr>(
  solve: (a: A) => X,
  residual: (x: Carried<X>, a: A) => unknown,
): (a: Argument<A>) => Carried<X> {
  return (a) => implicitly(solve, residual, a) as Carried<X>;
}
