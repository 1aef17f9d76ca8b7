/** What nodes of a growing graph come to, where the inputs they depend on are known. */
import type { Graph } from '../../graph/graph.ts';
import { listOpValue, opValue } from '../../ops/single.ts';
import { FIRST_LIST_OP, OP } from '../../ops/vocabulary.ts';

export class Known {
  readonly #graph: Graph;
  #values = new Float64Array(256);
  #isKnown = new Uint8Array(256);
  /** Nodes below are looked at. */
  #size = 0;

  constructor(graph: Graph) {
    this.#graph = graph;
  }

  /** Inputs are known from the start. */
  inputs(ids: Int32Array, values: Float64Array | undefined): void {
    if (!values || ids.length === 0) return;
    this.#grow(ids[ids.length - 1]! + 1);
    ids.forEach((id, i) => {
      this.#values[id] = values[i]!;
      this.#isKnown[id] = 1;
    });
  }

  /** The value of a node, undefined if it depends on an input that is not known. O(nodes not looked at before) */
  value(id: number): number | undefined {
    if (this.#graph.isConstant(id)) return this.#graph.constantOf(id);
    this.#grow(id + 1);
    for (; this.#size <= id; this.#size++) this.#look(this.#size);
    return this.#isKnown[id] ? this.#values[id] : undefined;
  }

  #look(id: number): void {
    const graph = this.#graph;
    const op = graph.op[id]!;
    if (op === OP.input) return;
    const n = graph.operands(id);
    const x = new Float64Array(Math.max(n, 3));
    for (let i = 0; i < n; i++) {
      const operand = graph.operand(id, i);
      if (!this.#isKnown[operand]) return;
      x[i] = this.#values[operand]!;
    }
    this.#isKnown[id] = 1;
    if (op === OP.constant) this.#values[id] = graph.constantOf(id);
    else if (op >= FIRST_LIST_OP) this.#values[id] = listOpValue(op, graph.b[id]!, x.subarray(0, n));
    else this.#values[id] = opValue(op, x[0]!, x[1]!, x[2]!);
  }

  #grow(size: number): void {
    if (size <= this.#values.length) return;
    const room = Math.max(size, 2 * this.#values.length);
    const [values, isKnown] = [new Float64Array(room), new Uint8Array(room)];
    values.set(this.#values);
    isKnown.set(this.#isKnown);
    this.#values = values;
    this.#isKnown = isKnown;
  }
}
