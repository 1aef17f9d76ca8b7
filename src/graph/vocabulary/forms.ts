/**
 * The forms of the vocabulary's functions. Of plain numbers each gives a number, so a model written with functions
 * runs on numbers too; as soon as one operand is an expression, the result is one.
 */
import { fail } from '../../errors.ts';
import type { Binary, ListOp, Ternary, Unary } from '../../ops/algebra.ts';
import { listOpValue, opValue } from '../../ops/single.ts';
import { OP } from '../../ops/vocabulary.ts';
import { Expr, idIn, type Scalar } from '../expression.ts';
import type { Graph } from '../graph.ts';
import { show } from '../show.ts';
import { idsIn, Vector } from '../vector.ts';

/** A function of one number or expression. */
export interface UnaryFunction {
  (x: number): number;
  (x: Expr): Expr;
  (x: Scalar): Scalar;
}

/** A function of two numbers or expressions. */
export interface BinaryFunction {
  (x: number, y: number): number;
  (x: Expr, y: Scalar): Expr;
  (x: Scalar, y: Expr): Expr;
  (x: Scalar, y: Scalar): Scalar;
}

/** A function of three numbers or expressions. */
export interface TernaryFunction {
  (x: number, y: number, w: number): number;
  (x: Expr, y: Scalar, w: Scalar): Expr;
  (x: Scalar, y: Expr, w: Scalar): Expr;
  (x: Scalar, y: Scalar, w: Expr): Expr;
  (x: Scalar, y: Scalar, w: Scalar): Scalar;
}

/** What reductions reduce: a vector, an array, or the terms for i = 0 … n − 1. */
export interface Reduction {
  (x: Vector | ArrayLike<Expr>): Expr;
  (x: ArrayLike<number>): number;
  (x: ArrayLike<Scalar>): Scalar;
  (n: number, term: (i: number) => Expr): Expr;
  (n: number, term: (i: number) => number): number;
  (n: number, term: (i: number) => Scalar): Scalar;
}

/** min and max: of two or more operands as in Math, or of a list. */
export interface Extreme extends Reduction {
  (x: number, y: number, ...more: number[]): number;
  (x: Expr, y: Scalar, ...more: Scalar[]): Expr;
  (x: Scalar, y: Expr, ...more: Scalar[]): Expr;
  (x: Scalar, y: Scalar, ...more: Scalar[]): Scalar;
}

export type List = Vector | ArrayLike<Scalar>;

export function unary(name: Unary): UnaryFunction {
  const op = OP[name];
  function apply(x: Scalar): Scalar {
    if (typeof x === 'number') return opValue(op, x, 0, 0);
    const graph = graphOf(name, x);
    return new Expr(graph, graph.node(op, x.id));
  }
  return apply as UnaryFunction;
}

export function binary(name: Binary): BinaryFunction {
  const op = OP[name];
  function apply(x: Scalar, y: Scalar): Scalar {
    if (typeof x === 'number' && typeof y === 'number') return opValue(op, x, y, 0);
    const graph = graphOf(name, x, y);
    return new Expr(graph, graph.node(op, idIn(graph, x, name), idIn(graph, y, name)));
  }
  return apply as BinaryFunction;
}

export function ternary(name: Ternary): TernaryFunction {
  const op = OP[name];
  function apply(x: Scalar, y: Scalar, w: Scalar): Scalar {
    if (typeof x === 'number' && typeof y === 'number' && typeof w === 'number') return opValue(op, x, y, w);
    const graph = graphOf(name, x, y, w);
    return new Expr(graph, graph.node(op, idIn(graph, x, name), idIn(graph, y, name), idIn(graph, w, name)));
  }
  return apply as TernaryFunction;
}

export function reduction(name: ListOp): Reduction {
  return ((x: List | number, term?: (i: number) => Scalar) => reduce(name, listOf(name, x, term))) as Reduction;
}

export function extreme(name: 'min' | 'max'): Extreme {
  const two = binary(name);
  const listOp: ListOp = `${name}Of`;
  return ((x: List | Scalar, y?: Scalar | ((i: number) => Scalar), ...more: Scalar[]) => {
    if (typeof y === 'function' || isList(x)) return reduce(listOp, listOf(name, x as List | number, y as undefined));
    return more.length === 0 && y !== undefined ? two(x, y) : reduce(listOp, [x, y as Scalar, ...more]);
  }) as Extreme;
}

/** An op over one list or two of equal length. */
export function reduce(name: ListOp, x: List, y?: List): Scalar {
  const graph = graphOfList(x) ?? (y && graphOfList(y));
  if (!graph) return listOpValue(OP[name], x.length, allNumbers(name, y ? [x, y] : [x]));
  return new Expr(graph, graph.list(OP[name], idsIn(graph, x, name), y && idsIn(graph, y, name)));
}

/** The graph that the first expression among the operands belongs to. */
function graphOf(name: string, x: Scalar, y?: Scalar, w?: Scalar): Graph {
  if (x instanceof Expr) return x.graph;
  if (y instanceof Expr) return y.graph;
  if (w instanceof Expr) return w.graph;
  return wrong(name, typeof x !== 'number' ? x : typeof y !== 'number' ? y : w);
}

function listOf(name: string, x: List | number, term: ((i: number) => Scalar) | undefined): List {
  if (isList(x)) return x;
  if (typeof term === 'function' && Number.isSafeInteger(x) && x >= 0) return Array.from({ length: x }, (_, i) => term(i));
  return fail('WrongType', `${name}: expected a vector, an array, or a length and a function of the index, got ${show(x)}`);
}

function isList(x: unknown): x is List {
  return typeof x === 'object' && x !== null && !(x instanceof Expr) && (x as List).length >= 0;
}

/** The graph that the expressions in a list belong to; undefined if there is none. */
function graphOfList(x: List): Graph | undefined {
  if (x instanceof Vector) return x.graph;
  for (let i = 0; i < x.length; i++) {
    const element = x[i];
    if (element instanceof Expr) return element.graph;
  }
  return undefined;
}

/** The elements of all lists, one list after the other. */
function allNumbers(name: string, lists: readonly List[]): Float64Array {
  const all = new Float64Array(lists.reduce((sum, list) => sum + list.length, 0));
  let at = 0;
  for (const list of lists as readonly ArrayLike<Scalar>[])
    for (let i = 0; i < list.length; i++) {
      const element = list[i];
      all[at++] = typeof element === 'number' ? element : wrong(name, element);
    }
  return all;
}

function wrong(name: string, got: unknown): never {
  return fail('WrongType', `${name}: expected expressions or numbers, got ${show(got)}`);
}
