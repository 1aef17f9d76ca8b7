/** Types of what goes into loops and comes out of them. */
import type { Expr, Scalar } from './expression.ts';
import type { Length, Matrix, Vector } from './vector.ts';

/**
 * The index of a loop. It is an expression, and to the types nothing else: compared with a number (`i === 0`) it would be
 * false in every iteration, so use `select(i.eq(0), …)`, or a JavaScript loop where each iteration is to be code of its own.
 */
export type LoopIndex = Expr;

/** The place of an element in a vector of N: a number where N is one. */
export type Place<N extends Length> = N extends number ? number : Expr;

/** What the function of a `map` may return: a number, a vector, or a list or record of such. */
export type Stackable = Scalar | Vector<Length> | readonly Stackable[] | { readonly [name: string]: Stackable };

/** What `map` makes of it, one for each of N iterations: vectors of numbers, matrices of vectors, in the same structure. */
export type Stacked<T, N extends Length> = T extends Scalar
  ? Vector<N>
  : T extends Vector<infer M>
    ? Matrix<N, M>
    : { -readonly [name in keyof T]: Stacked<T[name], N> };

/** What a `scan` may carry: numbers, vectors, matrices, lists and records of such. */
export type Carryable =
  | Scalar
  | Vector<Length>
  | Matrix<Length, Length>
  | readonly Carryable[]
  | { readonly [name: string]: Carryable };

/** What is carried, as the function of a `scan` gets it: numbers have become expressions. */
export type Carried<T> = T extends Scalar
  ? Expr
  : T extends Vector<Length> | Matrix<Length, Length>
    ? T
    : { -readonly [name in keyof T]: Carried<T[name]> };

/** What may be carried on in place of T: the same structure, numbers or expressions. */
export type Carrying<T> = T extends Scalar
  ? Scalar
  : T extends Vector<Length>
    ? Vector<Length>
    : T extends Matrix<Length, Length>
      ? Matrix<Length, Length>
      : { readonly [name in keyof T]: Carrying<T[name]> };
