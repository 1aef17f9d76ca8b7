/** A graph with its ways in and out, and the two sweeps over it in plain numbers: what tables and pictures are made from. */
import type { Graph } from '../graph/graph.ts';
import { GATE } from '../ops/kernels.ts';
import { listOpPartials, listOpValue, opPartial, opValue } from '../ops/single.ts';
import { FIRST_LIST_OP, OP } from '../ops/vocabulary.ts';

export interface Model {
  readonly graph: Graph;
  /** Node of each differentiated input, flat. */
  readonly params: Int32Array;
  /** Node of each data input, flat. */
  readonly data: Int32Array;
  /** Node of each output, flat. */
  readonly outputs: Int32Array;
}

/** 1 for every node that an output depends on, and for every input. O(n). */
export function liveNodes({ graph, params, data, outputs }: Model): Uint8Array {
  const live = new Uint8Array(graph.size);
  for (const id of outputs) live[id] = 1;
  for (let id = graph.size - 1; id >= 0; id--) {
    if (live[id]) for (let i = graph.operands(id) - 1; i >= 0; i--) live[graph.operand(id, i)] = 1;
  }
  for (const id of params) live[id] = 1;
  for (const id of data) live[id] = 1;
  return live;
}

/** The value of every live node. O(n). */
export function primal(model: Model, live: Uint8Array, point: Float64Array, data: Float64Array): Float64Array {
  const values = new Float64Array(model.graph.size);
  model.params.forEach((id, i) => {
    values[id] = point[i]!;
  });
  model.data.forEach((id, i) => {
    values[id] = data[i]!;
  });
  for (let id = 0; id < values.length; id++)
    if (live[id] && model.graph.op[id] !== OP.input) values[id] = nodeValue(model.graph, id, values);
  return values;
}

/** The value of one node that is no input, from those of its operands. */
export function nodeValue(graph: Graph, id: number, values: Float64Array): number {
  const op = graph.op[id]!;
  if (op === OP.constant) return graph.constantOf(id);
  if (op >= FIRST_LIST_OP) return listOpValue(op, graph.b[id]!, valuesOf(graph, id, values));
  return opValue(op, values[graph.a[id]!]!, values[graph.b[id]!]!, values[graph.c[id]!]!);
}

export interface Adjoint {
  /** ∂output/∂node; 0 where nothing reaches. */
  readonly adjoint: Float64Array;
  /** 1 where a path of open gates leads to the output (SEMANTICS, rule d). */
  readonly reached: Uint8Array;
}

/** The derivative of `output` with respect to every node before it, gates always tracked. O(n). */
export function reverse(graph: Graph, values: Float64Array, output: number): Adjoint {
  const adjoint = new Float64Array(graph.size).fill(-0);
  const reached = new Uint8Array(graph.size);
  adjoint[output] = 1;
  reached[output] = 1;
  for (let id = output; id >= 0; id--) {
    const op = graph.op[id]!;
    if (!reached[id] || op === OP.input || op === OP.constant) continue;
    const d = adjoint[id]!;
    partialsOf(graph, id, values).forEach((p, i) => {
      if (GATE[op] && p === 0) return;
      const operand = graph.operand(id, i);
      adjoint[operand]! += d * p;
      reached[operand] = 1;
    });
  }
  for (let id = 0; id < adjoint.length; id++) adjoint[id]! += 0;
  return { adjoint, reached };
}

/** ∂node/∂operand, one for each operand. */
export function partialsOf(graph: Graph, id: number, values: Float64Array): Float64Array {
  const op = graph.op[id]!;
  const x = valuesOf(graph, id, values);
  const z = values[id]!;
  if (op >= FIRST_LIST_OP) return listOpPartials(op, graph.b[id]!, x, z);
  return x.map((_, j) => opPartial(op, j, x[0]!, x[1]!, x[2]!, z));
}

/** The operands of a node, in order; for dot the second list follows the first. */
export function operandsOf(graph: Graph, id: number): number[] {
  return Array.from({ length: graph.operands(id) }, (_, i) => graph.operand(id, i));
}

function valuesOf(graph: Graph, id: number, values: Float64Array): Float64Array {
  return Float64Array.from(operandsOf(graph, id), (operand) => values[operand]!);
}
