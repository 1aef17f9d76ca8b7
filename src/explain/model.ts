/** A graph with its ways in and out, and the two sweeps over it in plain numbers: what tables and pictures are made from. */
import type { ElementRow, ListRow } from '../ops/algebra.ts';
import { numbers } from '../ops/numbers.ts';
import { RULES } from '../ops/rules.ts';
import { FIRST_LIST_OP, OP, type OpName, VOCABULARY } from '../ops/vocabulary.ts';
import type { Graph } from '../graph/graph.ts';

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
  const name = VOCABULARY[op] as OpName;
  if (op >= FIRST_LIST_OP) return (RULES[name] as ListRow).of(...listsOf(graph, id, values));
  const f = numbers[name as 'select'];
  return f(values[graph.a[id]!]!, values[graph.b[id]!]!, values[graph.c[id]!]!);
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
    const gate = RULES[VOCABULARY[op] as OpName].gate;
    const d = adjoint[id]!;
    partialsOf(graph, id, values).forEach((p, i) => {
      if (gate && p === 0) return;
      const operand = graph.operand(id, i);
      adjoint[operand]! += d * p;
      reached[operand] = 1;
    });
  }
  for (let id = 0; id < adjoint.length; id++) adjoint[id]! += 0;
  return { adjoint, reached };
}

/** ∂node/∂operand, one for each operand. */
export function partialsOf(graph: Graph, id: number, values: Float64Array): readonly number[] {
  const op = graph.op[id]!;
  const name = VOCABULARY[op] as OpName;
  const z = values[id]!;
  if (op >= FIRST_LIST_OP) {
    const [x, y] = listsOf(graph, id, values);
    return (RULES[name] as ListRow).partialsOf(x, y, z).flat();
  }
  const row = RULES[name] as ElementRow;
  return row.partials(numbers, values[graph.a[id]!]!, values[graph.b[id]!]!, values[graph.c[id]!]!, z);
}

function listsOf(graph: Graph, id: number, values: Float64Array): [number[], number[]] {
  const operands = Array.from({ length: graph.operands(id) }, (_, i) => values[graph.operand(id, i)]!);
  return graph.op[id] === OP.dot ? [operands.slice(0, graph.b[id]), operands.slice(graph.b[id])] : [operands, []];
}
