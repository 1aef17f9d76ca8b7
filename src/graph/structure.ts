/** Lists and records of arrays and numbers: taken apart into leaves, and put together again. */
import { fail } from '../errors.ts';
import { Expr, foreign, type Scalar } from './expression.ts';
import type { Graph } from './graph.ts';
import { Matrix } from './matrix.ts';
import { show } from './show.ts';
import { type Length, Vector } from './vector.ts';

export type Leaf = Scalar | Vector<Length> | Matrix<Length, Length>;

export interface Parts {
  readonly leaves: readonly Leaf[];
  /** For sentences: `carry.h[0]`. */
  readonly paths: readonly string[];
}

export function isLeaf(x: unknown): x is Leaf {
  return typeof x === 'number' || x instanceof Expr || x instanceof Vector || x instanceof Matrix;
}

/** The leaves of a structure, in order. @throws WrongType, ForeignNode */
export function partsOf(graph: Graph, x: unknown, word: string, what: string): Parts {
  const leaves: Leaf[] = [];
  const paths: string[] = [];
  const visit = (x: unknown, path: string, depth: number): void => {
    if (isLeaf(x)) {
      if (typeof x !== 'number' && x.graph !== graph) foreign(word, x);
      leaves.push(x);
      paths.push(path);
    } else if (isStructure(x) && depth < 32) {
      for (const [name, one] of Object.entries(x))
        visit(one, Array.isArray(x) ? `${path}[${name}]` : `${path}.${name}`, depth + 1);
    } else {
      fail(
        'WrongType',
        `${word}: ${path} is ${show(x)}; expected a number, an expression, a vector or a matrix, or lists and records of these`,
      );
    }
  };
  visit(x, what, 0);
  return { leaves, paths };
}

/** The same structure with other leaves, taken from `leaves` in order. */
export function rebuilt(x: unknown, leaves: Iterator<unknown>): unknown {
  if (!isStructure(x)) return leaves.next().value;
  if (Array.isArray(x)) return x.map((one) => rebuilt(one, leaves));
  return Object.fromEntries(Object.entries(x).map(([name, one]) => [name, rebuilt(one, leaves)]));
}

/** Whether y has the structure of x; its leaves may be others. */
export function isLike(x: unknown, y: unknown): boolean {
  if (isLeaf(x)) return isLeaf(y);
  if (!isStructure(x) || !isStructure(y) || Array.isArray(x) !== Array.isArray(y)) return false;
  const names = Object.keys(x);
  return (
    names.length === Object.keys(y).length &&
    names.every((name) => Object.hasOwn(y, name) && isLike(child(x, name), child(y, name)))
  );
}

/** y with its names in the order of x, which it is like. */
export function inOrderOf(x: unknown, y: unknown): unknown {
  if (!isStructure(x)) return y;
  if (Array.isArray(x)) return x.map((one, i) => inOrderOf(one, (y as unknown[])[i]));
  return Object.fromEntries(Object.keys(x).map((name) => [name, inOrderOf(child(x, name), child(y, name))]));
}

/** In sentences: `{ h: a vector of 3, c: a number }`. */
export function structureText(x: unknown, leaf: (x: unknown) => string): string {
  if (!isStructure(x)) return leaf(x);
  const parts = Object.entries(x).map(([name, one]) => (Array.isArray(x) ? '' : `${name}: `) + structureText(one, leaf));
  return Array.isArray(x) ? `[${parts.join(', ')}]` : `{ ${parts.join(', ')} }`;
}

function isStructure(x: unknown): x is object {
  if (typeof x !== 'object' || x === null || isLeaf(x)) return false;
  return Array.isArray(x) || Object.getPrototypeOf(x) === Object.prototype || Object.getPrototypeOf(x) === null;
}

function child(x: unknown, name: string): unknown {
  return (x as { readonly [name: string]: unknown })[name];
}
