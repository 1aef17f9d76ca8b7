/** A function is called once, with handles on fresh inputs; what it makes of them is laid out as a tape, flat or with loops. */
import { fail } from '../errors.ts';
import type { Model } from '../explain/model.ts';
import { fast } from '../graph/fast.ts';
import { Graph } from '../graph/graph.ts';
import { flatIds, inputArray } from '../graph/inputs.ts';
import { tracing } from '../graph/loops.ts';
import { layout } from '../tape/build.ts';
import type { Port, Tape } from '../tape/layout.ts';
import type { LoopTape } from '../tape/loops/layout.ts';
import { isLoopGraph, lowerLoops } from '../tape/loops/lower.ts';
import { joined, outputsOf, shapeOf } from './outputs.ts';
import { type Handles, type Inputs, type Outputs, portsOf } from './signature.ts';

/** A flat tape and the graph it was made from, or a program with loops. */
export type Traced = { readonly tape: Tape; readonly model: Model } | { readonly tape: LoopTape; readonly model?: undefined };

export function trace<S extends Inputs>(signature: S, fn: (inputs: Handles<S>) => Outputs, isFast = false): Traced {
  const inputs = portsOf(signature);
  if (typeof fn !== 'function') fail('WrongType', 'compile: expected a function of the inputs after the signature');
  const graph = new Graph();
  const handles = inputs.map((port) => inputArray(graph, port));
  const named = Object.fromEntries(inputs.map(({ name }, i) => [name, handles[i]!]));
  const { outputs, single } = outputsOf(
    graph,
    tracing(graph, () => fn(named as Handles<S>)),
  );
  if (isLoopGraph(graph, inputs, outputs)) {
    const tape = lowerLoops(graph, inputs, outputs, single);
    graph.seal();
    return { tape };
  }
  const ids = (data: boolean): Int32Array =>
    joined(handles.filter((_, i) => inputs[i]!.data === data).map((handle) => flatIds(graph, handle)));
  const params = ids(false);
  const ends = joined(outputs.map(({ value }) => flatIds(graph, value)));
  const model: Model = isFast ? fast(graph, params, ids(true), ends) : { graph, params, data: ids(true), outputs: ends };
  graph.seal();
  model.graph.seal();
  const flat = outputs.map(({ name, value }) => ({ name, shape: shapeOf(value) as number[] })); // nothing here has a named length
  return { tape: layout(model.graph, { inputs: inputs as Port[], outputs: flat, single }, model, model.outputs), model };
}
