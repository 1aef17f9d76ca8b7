/** The gradient of a tape as a tape: its outputs are the value and the derivatives, and it can be differentiated again. */
import { adjoints } from '../graph/differentiate.ts';
import { layout } from './build.ts';
import type { Port, Tape } from './layout.ts';
import { lift } from './lift.ts';

/** The name of the derivatives with respect to a parameter, among the outputs of a gradient's tape. */
export function slopeName(parameter: string): string {
  return `∂${parameter}`;
}

/**
 * The tape of value and gradient: outputs `value`, then `∂x` for every parameter x, in its shape and in the order of the
 * signature. Inputs are the same.
 *
 * @param tape of one output, a single number. O(nodes)
 */
export function gradientTape(tape: Tape): Tape {
  const { graph, params, data, outputs } = lift(tape);
  const value = outputs[0]!;
  const slopes = adjoints(graph, [value], [graph.constant(1)], params);
  const { inputs } = tape.signature;
  const parameters = inputs.filter((port) => !port.data);
  const ports: Omit<Port, 'data'>[] = parameters.map(({ name, shape }) => ({ name: slopeName(name), shape }));
  const signature = { inputs, outputs: [{ name: 'value', shape: [] }, ...ports], single: false };
  return layout(graph, signature, { params, data }, Int32Array.of(value, ...slopes));
}
