/** Inputs as the function given to `compile` receives them. */
import { fail } from '../errors.ts';
import { inputBlock, loadFrom, whole, wholeMatrix } from './blocks.ts';
import { Expr, idIn } from './expression.ts';
import type { Graph } from './graph.ts';
import { FIRST } from './place.ts';
import { Size } from './size.ts';
import { type Length, Matrix, Vector } from './vector.ts';

/** An input: a number (shape []), a vector or a matrix; lengths are numbers or names. */
export interface InputShape {
  readonly name: string;
  readonly shape: readonly (number | string)[];
}

/**
 * A new input of a graph. Its elements become nodes only when they are used one by one.
 *
 * @throws OutOfMemory
 */
export function inputArray(graph: Graph, { name, shape }: InputShape): Expr | Vector<Length> | Matrix<Length, Length> {
  const input = graph.loops.inputs++;
  const [rows, cols] = shape.map(Size.from);
  if (!rows) {
    const block = inputBlock(graph, name, input, Size.of(1));
    return new Expr(graph, loadFrom(graph, whole(block), FIRST));
  }
  if (!cols) return new Vector<Length>(graph, whole(inputBlock(graph, name, input, rows)));
  const block = inputBlock(graph, name, input, rows.times(cols));
  return new Matrix<Length, Length>(graph, wholeMatrix(block, rows, cols));
}

/** The nodes of anything whose size is a number, row by row. @throws NotConstant, ForeignNode */
export function flatIds(graph: Graph, x: number | Expr | Vector<Length> | Matrix<Length, Length>): Int32Array {
  if (x instanceof Vector || x instanceof Matrix)
    return x.graph === graph ? x.ids : fail('ForeignNode', `${x} belongs to another program`);
  return Int32Array.of(idIn(graph, x, 'output'));
}
