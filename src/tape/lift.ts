/** From tape back to graph: what a program read from bytes is explained with, and tests compare layouts with. */
import { Graph } from '../graph/graph.ts';
import { OP } from '../ops/vocabulary.ts';
import { GATHER, KIND, RECORD_WORDS, STRIP_WORDS, type Tape, W } from './layout.ts';
import { ARITY, LISTS } from './nodes.ts';

export interface Lifted {
  readonly graph: Graph;
  /** Node of flat parameter i, of flat data input i, of flat output i. */
  readonly params: Int32Array;
  readonly data: Int32Array;
  readonly outputs: Int32Array;
  /** Node of each slot; −1 for slots left empty for alignment. */
  readonly nodeOf: Int32Array;
}

/**
 * The graph that a tape computes, its nodes in the order of the tape. Nodes that compute the same are one node, as in any
 * graph; copies that layout put beside the rows are what they copy.
 *
 * @param tape a sound one, from `layout` or past `validate`
 * @returns graph, nodes of inputs and outputs, and node by slot. O(slots + elements of lists)
 */
export function lift(tape: Tape): Lifted {
  const { p, q, rowStart, slots, constants, records, strips } = tape;
  const graph = new Graph();
  const nodeOf = new Int32Array(slots).fill(-1);
  for (let i = 0; i < p; i++) nodeOf[i] = graph.input();
  for (let i = 0; i < q; i++) nodeOf[rowStart + i] = graph.input();
  constants.forEach((x, i) => {
    nodeOf[p + i] = graph.constant(x);
  });
  const read = (slot: number): number => (nodeOf[slot] === -1 ? graph.constant(0) : nodeOf[slot]!); // nothing writes it: 0

  for (let at = 0; at < records.length; at += RECORD_WORDS) {
    const op = records[at]! & 255;
    const kind = (records[at]! >> 8) & 255;
    const out = records[at + W.out]!;
    for (let i = 0; i < records[at + W.count]!; i++) {
      if (kind === KIND.list) {
        const lists = Array.from({ length: LISTS[op]! }, (_, j) => listSlots(tape, at, j, i).map(read));
        nodeOf[out + i] = graph.list(op, lists[0]!, lists[1]);
        continue;
      }
      const s = (records[at + W.a]! + i) * STRIP_WORDS;
      const [o, x, y, w] =
        kind === KIND.strip
          ? [strips[s]! & 255, strips[s + 1]!, strips[s + 2]!, 0]
          : [op, operandSlot(tape, at, 0, i), operandSlot(tape, at, 1, i), operandSlot(tape, at, 2, i)];
      const b = ARITY[o]! > 1 ? read(y) : 0;
      const isCopy = o === OP.add && x < rowStart && out >= rowStart && graph.isConstant(b) && Object.is(graph.constantOf(b), -0);
      nodeOf[out + i] = isCopy ? read(x) : graph.node(o, read(x), b, ARITY[o] === 3 ? read(w) : 0);
    }
  }
  for (const [slot, name] of tape.names) graph.name(read(slot), name);
  return {
    graph,
    params: nodeOf.slice(0, p),
    data: nodeOf.slice(rowStart, rowStart + q),
    outputs: tape.outputs.map(read),
    nodeOf,
  };
}

/** The slot that operand j of node i reads in the RUN record at word `at`. */
export function operandSlot({ records, indices }: Tape, at: number, j: number, i: number): number {
  const first = records[at + W.a + 3 * j]!;
  const stride = records[at + W.as + 3 * j]!;
  return stride === GATHER ? indices[first + i]! : first + i * stride;
}

/** The slots of list j of node i in the LIST record at word `at`. */
export function listSlots({ records, indices }: Tape, at: number, j: number, i: number): number[] {
  const k = records[at + W.k]!;
  const first = records[at + W.a + 3 * j]!;
  const stride = records[at + W.as + 3 * j]!;
  const step = records[at + W.ak + 3 * j]!;
  return Array.from({ length: k }, (_, e) => (stride === GATHER ? indices[first + i * k + e]! : first + i * stride + e * step));
}
