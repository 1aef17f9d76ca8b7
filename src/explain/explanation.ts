/** Every node with its value and its derivative, checked by bumping it: as data, as a table, as a picture. */
import { formulaOf, labelOf } from './label.ts';
import { liveNodes, type Model, nodeValue, operandsOf, primal, reverse } from './model.ts';
import { toDot, toMermaid } from './picture.ts';
import { table } from './table.ts';

/** One node of the graph. */
export interface ExplainedNode {
  /** Number of the node, in the order in which the program was written. */
  readonly id: number;
  readonly kind: 'parameter' | 'data' | 'node';
  /** Its names: as an input, as given by `named`, as an output. */
  readonly names: readonly string[];
  /** The names in one text; `v7` if it has none. */
  readonly label: string;
  /** What it computes, in terms of the labels of its operands. */
  readonly formula: string;
  /** Numbers of the nodes it is computed from, without constants. */
  readonly operands: readonly number[];
  readonly value: number;
  /** ∂J/∂node, J being the output. */
  readonly derivative: number;
  /** J if this node were ε larger; undefined if the graph is too large for checks. */
  readonly bumped?: number;
  /** (bumped − J)/ε, as in a first lecture. */
  readonly quotient?: number;
  /** (J(node + h) − J(node − h))/2h with a small h: the derivative to about nine digits. */
  readonly central?: number;
}

export interface ExplainOptions {
  /** How far nodes are bumped. Default 0.001. */
  readonly epsilon?: number;
  /** A table of at most 60 columns instead of 100. Default false. */
  readonly narrow?: boolean;
}

const CHECKED = 1000; // nodes up to which each is bumped: that takes n² steps

/**
 * What `program.explain(point)` returns.
 *
 * @example
 * import { compile, scalar } from 'wengert';
 * const J = compile({ a: scalar, b: scalar }, ({ a, b }) => a.mul(b).named('c').square());
 * const e = J.explain({ a: 2, b: 3 });
 * e.rows.map((row) => [row.label, row.value, row.derivative]); // [['a', 2, 36], ['b', 3, 24], ['c', 6, 12], ['v3', 36, 1]]
 */
export class Explanation {
  /** Named nodes first, each group in the order in which the program was written. Constants are shown where they are used. */
  readonly rows: readonly ExplainedNode[];
  /** The output, J. */
  readonly value: number;
  readonly epsilon: number;
  readonly #narrow: boolean;

  /** @param names of nodes: inputs, outputs and what `named` gave */
  constructor(
    model: Model,
    names: ReadonlyMap<number, readonly string[]>,
    point: Float64Array,
    data: Float64Array,
    options: ExplainOptions,
  ) {
    const { graph } = model;
    const output = model.outputs[0]!;
    const live = liveNodes(model);
    const values = primal(model, live, point, data);
    const { adjoint } = reverse(graph, values, output);
    const kinds = new Map<number, 'parameter' | 'data'>();
    for (const id of model.params) kinds.set(id, 'parameter');
    for (const id of model.data) kinds.set(id, 'data');

    this.epsilon = options.epsilon ?? 1e-3;
    this.value = values[output]!;
    this.#narrow = options.narrow ?? false;

    const shown = Array.from(live.keys()).filter((id) => live[id] && !graph.isConstant(id));
    const bump = shown.length <= CHECKED ? new Bump(model, live, values) : undefined;
    const named = shown.filter((id) => names.has(id));
    const unnamed = shown.filter((id) => !names.has(id));
    this.rows = [...named, ...unnamed].map((id) => ({
      id,
      kind: kinds.get(id) ?? 'node',
      names: names.get(id) ?? [],
      label: labelOf(graph, names, id),
      formula: formulaOf(graph, names, id, kinds.get(id)),
      operands: operandsOf(graph, id).filter((of) => !graph.isConstant(of)),
      value: values[id]!,
      derivative: adjoint[id]!,
      ...bump?.check(id, this.epsilon),
    }));
  }

  /** The table: at most 100 columns, or 60 if narrow. */
  toString(): string {
    return table(this, this.#narrow);
  }

  /** The graph with its values and derivatives, for Mermaid (which GitHub draws). */
  toMermaid(): string {
    return toMermaid(this.rows);
  }

  /** The same for Graphviz. */
  toDot(): string {
    return toDot(this.rows);
  }
}

/** J as a function of one node, everything before it held fixed. */
class Bump {
  readonly #model: Model;
  readonly #live: Uint8Array;
  readonly #values: Float64Array;
  readonly #bumped: Float64Array;
  readonly #touched: Uint8Array;

  constructor(model: Model, live: Uint8Array, values: Float64Array) {
    this.#model = model;
    this.#live = live;
    this.#values = values;
    this.#bumped = values.slice();
    this.#touched = new Uint8Array(values.length);
  }

  check(id: number, epsilon: number): Pick<ExplainedNode, 'bumped' | 'quotient' | 'central'> {
    const x = this.#values[id]!;
    const h = Math.cbrt(Number.EPSILON) * Math.max(1, Math.abs(x));
    const bumped = this.#at(id, x + epsilon);
    const [right, left] = [x + h, x - h];
    return {
      bumped,
      quotient: (bumped - this.#values[this.#model.outputs[0]!]!) / epsilon,
      central: (this.#at(id, right) - this.#at(id, left)) / (right - left),
    };
  }

  #at(id: number, x: number): number {
    const { graph, outputs } = this.#model;
    const output = outputs[0]!;
    const [values, touched] = [this.#bumped, this.#touched];
    values.set(this.#values);
    touched.fill(0);
    values[id] = x;
    touched[id] = 1;
    for (let node = id + 1; node <= output; node++) {
      if (!this.#live[node]) continue;
      for (let i = graph.operands(node) - 1; i >= 0 && !touched[node]; i--) touched[node] = touched[graph.operand(node, i)]!;
      if (touched[node]) values[node] = nodeValue(graph, node, values);
    }
    return values[output]!;
  }
}
