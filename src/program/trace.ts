/** A function is called once, with handles on fresh inputs; what it makes of them is laid out as a tape. */
import { fail } from '../errors.ts';
import type { Model } from '../explain/model.ts';
import { Expr } from '../graph/expression.ts';
import { Graph } from '../graph/graph.ts';
import { Matrix, Vector } from '../graph/vector.ts';
import { layout } from '../tape/build.ts';
import type { Port, Tape } from '../tape/layout.ts';
import { joined, outputsOf } from './outputs.ts';
import { type Handles, type Inputs, type Outputs, portsOf, sizeOf } from './signature.ts';

export function trace<S extends Inputs>(signature: S, fn: (inputs: Handles<S>) => Outputs): { tape: Tape; model: Model } {
  const inputs = portsOf(signature);
  if (typeof fn !== 'function') fail('WrongType', 'compile: expected a function of the inputs after the signature');
  const graph = new Graph();
  const params: Int32Array[] = [];
  const data: Int32Array[] = [];
  const handles: Record<string, Expr | Vector | Matrix> = {};
  for (const port of inputs) {
    const ids = graph.inputs(sizeOf(port.shape));
    (port.data ? data : params).push(ids);
    handles[port.name] = handle(graph, port, ids);
  }

  const { outputs, single, ids } = outputsOf(graph, fn(handles as Handles<S>));
  graph.seal();
  const model = { graph, params: joined(params), data: joined(data), outputs: ids };
  const tape = layout(graph, { inputs, outputs, single }, model, ids);
  return { tape, model };
}

function handle(graph: Graph, { shape }: Port, ids: Int32Array): Expr | Vector | Matrix {
  if (shape.length === 0) return new Expr(graph, ids[0]!);
  return shape.length === 1 ? new Vector(graph, ids) : new Matrix(graph, ids, shape[0]!, shape[1]!);
}
