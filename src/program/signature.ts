/** What goes in and what comes out, declared in values that TypeScript reads as types. */
import { fail } from '../errors.ts';
import type { Expr, Scalar } from '../graph/expression.ts';
import { show } from '../graph/show.ts';
import type { Length, Matrix, Vector } from '../graph/vector.ts';
import type { Extent, LoopPort } from '../tape/loops/layout.ts';

export type Kind = 'scalar' | 'vector' | 'matrix';

/** One input, as declared by {@link scalar}, {@link vector}, {@link matrix} and {@link data}. */
export interface Declared<
  K extends Kind = Kind,
  Data extends boolean = boolean,
  Shape extends readonly Extent[] = readonly Extent[],
> {
  readonly kind: K;
  readonly shape: Shape;
  readonly data: Data;
}

/** The inputs of a program, by name. */
export type Inputs = { readonly [name: string]: Declared };

/** What a function may return: one output, a list, or outputs by name. */
export type Output = Scalar | Vector<Length> | Matrix<Length, Length>;
export type Outputs = Output | readonly Output[] | { readonly [name: string]: Output };

// What TypeScript makes of a signature. S: the inputs; R: what the function returns.

type LengthOf<N> = N extends string ? Expr : number;
type Handle<K extends Kind, Shape extends readonly Extent[]> = K extends 'scalar'
  ? Expr
  : K extends 'vector'
    ? Shape extends readonly [infer N]
      ? Vector<LengthOf<N>>
      : Vector<Length>
    : Shape extends readonly [infer M, infer N]
      ? Matrix<LengthOf<M>, LengthOf<N>>
      : Matrix<Length, Length>;
/** What the function receives. Lengths are numbers, named ones expressions. */
export type Handles<S extends Inputs> = { readonly [name in keyof S]: Handle<S[name]['kind'], S[name]['shape']> };

/** Rows and columns: flat and row by row, or nested. */
export type MatrixValue = ArrayLike<number> | ArrayLike<ArrayLike<number>>;
type Given<K extends Kind> = K extends 'scalar' ? number : K extends 'vector' ? ArrayLike<number> : MatrixValue;
type Stacked<K extends Kind> = K extends 'scalar'
  ? ArrayLike<number>
  : K extends 'vector'
    ? MatrixValue
    : MatrixValue | ArrayLike<ArrayLike<ArrayLike<number>>>;

/** Values of the differentiated inputs. */
export type Parameters<S extends Inputs> = {
  readonly [name in keyof S as S[name]['data'] extends true ? never : name]: Given<S[name]['kind']>;
};
/** Values of the data inputs. */
export type Data<S extends Inputs> = {
  readonly [name in keyof S as S[name]['data'] extends false ? never : name]?: Given<S[name]['kind']>;
};
/** Values of the data inputs for many rows. */
export type DataRows<S extends Inputs> = {
  readonly [name in keyof S as S[name]['data'] extends false ? never : name]?: Stacked<S[name]['kind']>;
};

type Flatten<T> = { [name in keyof T]: T[name] };
/** Where to evaluate: every differentiated input, and the data unless it is bound. */
export type Point<S extends Inputs> = Flatten<Parameters<S> & Data<S>>;
export type RowsPoint<S extends Inputs> = Flatten<Parameters<S> & DataRows<S>>;

type Found<K extends Kind> = K extends 'scalar' ? number : Float64Array;
/** The derivatives: one for each differentiated input, in its shape; a matrix row by row. */
export type Gradient<S extends Inputs> = {
  -readonly [name in keyof S as S[name]['data'] extends true ? never : name]: Found<S[name]['kind']>;
};

type Computed<T> = T extends Scalar ? number : T extends Vector<Length> | Matrix<Length, Length> ? Float64Array : never;
/** The values, in the structure the function returned. */
export type Value<R> = R extends Output ? Computed<R> : { -readonly [name in keyof R]: Computed<R[name]> };

type Weight<T> = T extends Scalar
  ? number
  : T extends Vector<Length>
    ? ArrayLike<number>
    : T extends Matrix<Length, Length>
      ? MatrixValue
      : never;
/** One number for each number of the outputs, in the structure the function returned. */
export type Weights<R> = R extends Output ? Weight<R> : { readonly [name in keyof R]: Weight<R[name]> };

/**
 * An input that is one number, and is differentiated.
 *
 * @example
 * import { compile, scalar } from 'wengert';
 * compile({ x: scalar }, ({ x }) => x.square()).gradient({ x: 3 }); // { value: 9, gradient: { x: 6 } }
 */
export const scalar: Declared<'scalar', false, readonly []> = { kind: 'scalar', shape: [], data: false };

/**
 * An input of n numbers. A value for it is an array or typed array of length n.
 *
 * @param n a number, or a name: a *named length* is taken at each call from the arrays that carry it, which have to agree
 * @throws BadSignature unless n is a whole number ≥ 0 or a name
 *
 * @example
 * import { compile, vector } from 'wengert';
 * compile({ x: vector(2) }, ({ x }) => x.norm()).gradient({ x: [3, 4] }); // { value: 5, gradient: { x: Float64Array [0.6, 0.8] } }
 * const any = compile({ x: vector('n') }, ({ x }) => x.norm());
 * any.value({ x: [2, 3, 6] }); // 7
 */
export function vector<N extends Extent>(n: N): Declared<'vector', false, readonly [Wide<N>]> {
  return { kind: 'vector', shape: [extent(n, 'vector(n): n')], data: false };
}

/**
 * An input of m rows and n columns. A value for it is flat, row by row, or an array of rows; derivatives are flat.
 *
 * @param m a number or the name of a length, as in {@link vector}
 * @param n likewise
 * @throws BadSignature unless m and n are whole numbers ≥ 0 or names
 *
 * @example
 * import { compile, matrix } from 'wengert';
 * const f = compile({ A: matrix(2, 2) }, ({ A }) => A.at(0, 0).mul(A.at(1, 1)).sub(A.at(0, 1).mul(A.at(1, 0))));
 * f.gradient({ A: [[1, 2], [3, 4]] }); // { value: -2, gradient: { A: Float64Array [4, -3, -2, 1] } }
 */
export function matrix<M extends Extent, N extends Extent>(m: M, n: N): Declared<'matrix', false, readonly [Wide<M>, Wide<N>]> {
  return { kind: 'matrix', shape: [extent(m, 'matrix(m, n): m'), extent(n, 'matrix(m, n): n')], data: false };
}

/**
 * An input that is given, not differentiated: bound with `bind`, or many rows at once with `over`.
 *
 * @throws BadSignature unless it is given scalar, vector(n) or matrix(m, n)
 *
 * @example
 * import { compile, data, scalar } from 'wengert';
 * const f = compile({ w: scalar, x: data(scalar) }, ({ w, x }) => w.mul(x));
 * f.gradient({ w: 2, x: 5 }); // { value: 10, gradient: { w: 5 } }
 */
export function data<K extends Kind, Shape extends readonly Extent[]>(
  input: Declared<K, boolean, Shape>,
): Declared<K, true, Shape> {
  checkDeclared('data', input);
  return { kind: input.kind, shape: input.shape, data: true };
}

/** The ports of a signature, in the order written. @throws BadSignature */
export function portsOf(signature: Inputs): LoopPort[] {
  if (typeof signature !== 'object' || signature === null || Array.isArray(signature)) {
    fail('BadSignature', `compile: expected the inputs by name, as in { x: scalar }, got ${show(signature)}`);
  }
  return Object.entries(signature).map(([name, input]) => {
    checkDeclared(name, input);
    return { name, shape: input.shape, data: input.data };
  });
}

/** How many numbers a shape holds. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, n) => product * n, 1);
}

const MOST = 2 ** 28; // numbers in one input: 2 GB, half of what a core can address

/** Any number, or any name. */
type Wide<N extends Extent> = N extends string ? string : number;

function extent<N extends Extent>(n: N, what: string): Wide<N> {
  if (isExtent(n)) return n as Wide<N>;
  return fail('BadSignature', `${what} has to be a whole number from 0 to ${MOST} or the name of a length, got ${show(n)}`);
}

function isExtent(n: unknown): n is Extent {
  return typeof n === 'string' ? n !== '' : Number.isInteger(n) && (n as number) >= 0 && (n as number) <= MOST;
}

function checkDeclared(name: string, input: Declared): void {
  const rank = { scalar: 0, vector: 1, matrix: 2 }[input?.kind];
  if (rank === undefined || input.shape?.length !== rank || !input.shape.every(isExtent) || typeof input.data !== 'boolean') {
    fail('BadSignature', `${name}: expected scalar, vector(n), matrix(m, n) or data(…) of one of these, got ${show(input)}`);
  }
  if (sizeOf(input.shape.filter((n) => typeof n === 'number')) > MOST)
    fail('BadSignature', `${name}: ${input.shape.join(' × ')} numbers are more than ${MOST}`);
}
