/** Shapes in sentences. */
import { fail } from '../errors.ts';
import { Expr } from './expression.ts';
import { Matrix } from './matrix.ts';
import { show } from './show.ts';
import type { Size } from './size.ts';
import { lengthOf } from './array.ts';
import { Vector } from './vector.ts';

/** `a vector of n`, `a matrix of 2 × 3`, `a number`. */
export function shapeText(x: unknown): string {
  if (x instanceof Vector) return vectorText(lengthOf(x.source));
  if (x instanceof Matrix) return matrixText(x.source.rows, x.source.cols);
  return typeof x === 'number' || x instanceof Expr ? 'a number' : show(x);
}

export function vectorText(n: Size): string {
  return `a vector of ${n}`;
}

export function matrixText(rows: Size, cols: Size): string {
  return `a matrix of ${rows} × ${cols}`;
}

/** @throws WrongShape */
export function unfit(word: string, x: unknown, y: unknown): never {
  return fail('WrongShape', `${word}: ${shapeText(x)} and ${shapeText(y)} do not fit`);
}
