/** A tape written by hand: nodes by number, ops by name. What `compile` does with expressions, without them. */
import { fail } from '../errors.ts';
import { Graph } from '../graph/graph.ts';
import { OP, type OpName } from '../ops/vocabulary.ts';
import { layout } from './build.ts';
import type { Port, Tape } from './layout.ts';
import { ARITY, LISTS } from './nodes.ts';

/** A node, by number. */
export type Node = number;

/** What {@link TapeBuilder.build} takes: one node, or nodes and arrays of nodes by name. */
export type BuilderOutputs = Node | { readonly [name: string]: Node | readonly Node[] };

export interface TapeBuilder {
  /** A differentiated input: a number, or n of them. @throws BadSignature for a name given twice */
  input(name: string): Node;
  input(name: string, n: number): Node[];
  /** A data input: no derivatives are taken, and rows of it can be reserved. @throws BadSignature as above */
  data(name: string): Node;
  data(name: string, n: number): Node[];
  /** A constant; the same bits are the same node. */
  constant(x: number): Node;
  /**
   * A node that computes `op`, one of the vocabulary: operands are nodes, for ops over lists an array of them (dot: two).
   * The same computation is the same node. O(operands)
   * @throws WrongType for an unknown op or a list where a node is expected, WrongLength for a wrong number of operands,
   * ForeignNode for a node that was not made here, NotConstant for an order of polygamma that is no constant
   */
  op(op: OpName, ...operands: readonly (Node | readonly Node[])[]): Node;
  /** Names a node, for `print` and `explain`; returns it. @throws ForeignNode */
  name(node: Node, name: string): Node;
  /** The tape of these outputs, without what they do not need. The builder can go on afterwards. O(nodes). @throws NoOutput, ForeignNode */
  build(outputs: BuilderOutputs): Tape;
}

/**
 * Starts an empty tape.
 *
 * @example
 * const t = tapeBuilder();
 * const w = t.input('w', 2);
 * const x = t.data('x', 2);
 * const tape = t.build({ loss: t.op('square', t.op('sub', t.op('dot', w, x), t.constant(1))) });
 * tape.nodes; // 3
 *
 * const machine = reference.load(tape);
 * machine.point.set([2, 3]);
 * machine.data.set([1, 10]);
 * machine.bound();
 * machine.gradient(); // 961
 * machine.adjoint;    // Float64Array [62, 620]
 */
export function tapeBuilder(): TapeBuilder {
  const graph = new Graph();
  const ports: Port[] = [];
  const params: Node[] = [];
  const data: Node[] = [];

  const input = (name: string, n: number | undefined, isData: boolean): Node | Node[] => {
    if (typeof name !== 'string' || name === '') fail('WrongType', 'input: expected a name');
    if (ports.some((port) => port.name === name)) fail('BadSignature', `input: there is one named ${name} already`);
    if (n !== undefined && !(Number.isInteger(n) && n >= 0)) fail('WrongType', `input ${name}: expected a length, got ${n}`);
    ports.push({ name, shape: n === undefined ? [] : [n], data: isData });
    const nodes = Array.from({ length: n ?? 1 }, () => graph.input());
    for (const node of nodes) (isData ? data : params).push(node);
    return n === undefined ? nodes[0]! : nodes;
  };
  const known = (node: unknown): Node => {
    if (typeof node !== 'number') fail('WrongType', `expected a node, got ${Array.isArray(node) ? 'a list' : typeof node}`);
    if (!(Number.isInteger(node) && node >= 0 && node < graph.size))
      fail('ForeignNode', `node ${node} was not made by this builder`);
    return node;
  };

  return {
    input: ((name: string, n?: number) => input(name, n, false)) as TapeBuilder['input'],
    data: ((name: string, n?: number) => input(name, n, true)) as TapeBuilder['data'],
    constant(x) {
      if (typeof x !== 'number') fail('WrongType', `constant: expected a number, got ${typeof x}`);
      return graph.constant(x);
    },
    op(name, ...operands) {
      const op = Object.hasOwn(OP, name) ? OP[name] : fail('WrongType', `op: ${String(name)} is no op`);
      const arity = ARITY[op]! || LISTS[op]!;
      if (arity === 0) fail('WrongType', `op: ${name} is no op; there are input, data and constant for it`);
      if (operands.length !== arity) fail('WrongLength', `${name} takes ${arity} operands, not ${operands.length}`);
      if (ARITY[op]) {
        const [a, b, c] = operands.map(known);
        if (name === 'polygamma' && !graph.isConstant(a!)) fail('NotConstant', 'polygamma: the order is a constant');
        return graph.node(op, a!, b, c);
      }
      const [x, y] = operands.map((list) =>
        Array.isArray(list) ? list.map(known) : fail('WrongType', `${name}: expected a list of nodes`),
      );
      if (y && x!.length !== y.length) fail('WrongLength', `${name}: lists of ${x!.length} and ${y.length} nodes`);
      return graph.list(op, x!, y);
    },
    name(node, name) {
      graph.name(known(node), name);
      return node;
    },
    build(outputs) {
      const single = typeof outputs === 'number';
      const record = single ? { output: outputs } : outputs;
      const listed = Object.entries(record).map(([name, value]) => ({
        port: { name, shape: Array.isArray(value) ? [value.length] : [] },
        nodes: (Array.isArray(value) ? value : [value]).map(known),
      }));
      const nodes = Int32Array.from(listed.flatMap((output) => output.nodes));
      if (nodes.length === 0) fail('NoOutput', 'build: expected at least one output');
      const signature = { inputs: [...ports], outputs: listed.map((output) => output.port), single };
      return layout(graph, signature, { params: Int32Array.from(params), data: Int32Array.from(data) }, nodes);
    },
  };
}
