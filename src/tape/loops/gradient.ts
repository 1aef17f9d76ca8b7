/** The gradient of a program with loops as a program with loops. */
import { viewOf } from '../../graph/array.ts';
import { Expr } from '../../graph/expression.ts';
import { Graph } from '../../graph/graph.ts';
import { valueAndGradientOf } from '../../graph/inner.ts';
import { inputArray } from '../../graph/inputs.ts';
import { tracing } from '../../graph/loops.ts';
import { Matrix } from '../../graph/matrix.ts';
import type { Length, Vector } from '../../graph/vector.ts';
import type { LoopTape } from './layout.ts';
import { lowerLoops } from './lower.ts';
import { raised } from './raise.ts';

type Handle = Expr | Vector<Length> | Matrix<Length, Length>;

/**
 * The derivatives of a program of one output, a number: the same inputs, and an output for each that is differentiated.
 *
 * @throws BadOption for a program that lowering did not make and no graph can be made of. O(what was written)
 */
export function gradientLoops(tape: LoopTape): LoopTape {
  const graph = new Graph();
  const handles = tape.inputs.map((port) => inputArray(graph, port));
  const element = (handle: Handle): number | ReturnType<typeof viewOf> => {
    if (handle instanceof Expr) return handle.id;
    return viewOf(graph, (handle instanceof Matrix ? handle.flat() : handle).source);
  };
  const named = (of: readonly Handle[]): Record<string, Handle> => Object.fromEntries(tape.inputs.flatMap(({ data }, i) => (data ? [] : [[`${i}`, of[i]!]]))); // biome-ignore format: one line
  const value = (params: Record<string, Handle>): Expr =>
    new Expr(graph, raised(graph, tape, handles.map((handle, i) => element(params[i] ?? handle)))); // biome-ignore format: one line
  const { gradient } = tracing(graph, () => valueAndGradientOf('gradient', value, named(handles)));
  const outputs = Object.entries(gradient as Record<string, Handle>).map(([i, one]) => ({ name: tape.inputs[+i]!.name, value: one })); // biome-ignore format: one line
  return lowerLoops(graph, tape.inputs, outputs, false);
}
