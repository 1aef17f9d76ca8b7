/** A small graph to lay out: nodes as given, no rewriting, constants one node per value. */
import { OP } from '../../src/ops/vocabulary.ts';
import { layout } from '../../src/tape/build.ts';
import type { Port, Signature, Tape } from '../../src/tape/layout.ts';
import type { Nodes } from '../../src/tape/nodes.ts';
import { push, taken, words } from '../../src/tape/words.ts';

export interface StandIn {
  param(): number;
  data(): number;
  constant(value: number): number;
  node(op: number, a: number, b?: number, c?: number): number;
  list(op: number, x: readonly number[], y?: readonly number[]): number;
  name(node: number, name: string): void;
  graph(): Nodes;
  readonly params: number[];
  readonly dataInputs: number[];
  tape(...outputs: number[]): Tape;
}

export function signatureOf(p: number, q: number, outputs: number): Signature {
  const port = (name: string, n: number, data: boolean): Port[] => (n ? [{ name, shape: [n], data }] : []);
  return {
    inputs: [...port('x', p, false), ...port('d', q, true)],
    outputs: Array.from({ length: outputs }, (_, i) => ({ name: `out${i}`, shape: [] })),
    single: outputs === 1,
  };
}

export function standIn(capacity = 64): StandIn {
  const op = words(capacity);
  const a = words(capacity);
  const b = words(capacity);
  const c = words(capacity);
  const lists = words();
  const values: number[] = [];
  const constants = new Map<string, number>();
  const names = new Map<number, string[]>();
  const params: number[] = [];
  const dataInputs: number[] = [];
  const add = (o: number, x: number, y: number, z: number): number => {
    push(op, o);
    push(a, x);
    push(b, y);
    push(c, z);
    return op.size - 1;
  };
  const self: StandIn = {
    params,
    dataInputs,
    param() {
      params.push(add(OP.input, params.length + dataInputs.length, 0, 0));
      return op.size - 1;
    },
    data() {
      dataInputs.push(add(OP.input, params.length + dataInputs.length, 0, 0));
      return op.size - 1;
    },
    constant(value) {
      const key = Object.is(value, -0) ? '-0' : String(value);
      const known = constants.get(key);
      if (known !== undefined) return known;
      values.push(value);
      constants.set(key, add(OP.constant, values.length - 1, 0, 0));
      return op.size - 1;
    },
    node: (o, x, y = 0, z = 0) => add(o, x, y, z),
    list(o, x, y = []) {
      const from = lists.size;
      for (const e of x) push(lists, e);
      for (const e of y) push(lists, e);
      return add(o, from, x.length, 0);
    },
    name(node, name) {
      names.set(node, [...(names.get(node) ?? []), name]);
    },
    graph: () => ({
      size: op.size,
      op: Uint8Array.from(taken(op)),
      a: taken(a),
      b: taken(b),
      c: taken(c),
      lists: taken(lists),
      constantValues: Float64Array.from(values),
      names,
    }),
    tape(...outputs) {
      const inputs = { params: Int32Array.from(params), data: Int32Array.from(dataInputs) };
      return layout(
        self.graph(),
        signatureOf(params.length, dataInputs.length, outputs.length),
        inputs,
        Int32Array.from(outputs),
      );
    },
  };
  return self;
}
