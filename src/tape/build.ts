/**
 * From graph to tape:
 *
 *     marks         what each node depends on, what is dead              live.ts
 *     separateSides lists that mix shared and row values get copies      sides.ts
 *     plan          segments, windows, levels, groups, strips            plan.ts, sharing.ts, classify.ts
 *     assignSlots   inputs, constants (with duplicates), nodes           slots.ts, pool.ts
 *     encode        strides or lists of slots                            encode.ts
 *
 * Everything is passes over typed arrays: O(n), about 0.3 µs per node, and nothing whose depth the graph decides.
 */
import { encode } from './encode.ts';
import type { Signature, Tape } from './layout.ts';
import { type Inputs, marks } from './live.ts';
import type { Nodes } from './nodes.ts';
import { plan } from './plan.ts';
import { separateSides } from './sides.ts';
import { assignSlots } from './slots.ts';

/**
 * Lays a graph out as a tape.
 *
 * @param graph what was built; nodes no output depends on are left out
 * @param inputs node of flat parameter i and of flat data input i; unused ones still own slots
 * @param outputs node of flat output i
 * @throws BadSignature if an output depends on an input in neither list
 */
export function layout(graph: Nodes, signature: Signature, inputs: Inputs, outputs: Int32Array): Tape {
  const given = { nodes: graph, ...marks(graph, inputs, outputs), inputs, outputs };
  const g = separateSides(given);
  const order = plan(g.nodes, g);
  const slots = assignSlots(g.nodes, g.mark, order, g.inputs, g.outputs);
  const code = encode(g.nodes, g.mark, order, slots);
  return {
    signature,
    p: inputs.params.length,
    q: inputs.data.length,
    slots: slots.slots,
    rowStart: slots.rowStart,
    constants: slots.constants,
    segments: order.segments,
    records: code.records,
    indices: code.indices,
    strips: code.strips,
    outputs: g.outputs.map((x) => slots.slot[x]!),
    nodes: order.sequence.length,
    names: namesBySlot(g.nodes, slots.slot),
  };
}

function namesBySlot(nodes: Nodes, slot: Int32Array): (readonly [number, string])[] {
  const list: (readonly [number, string])[] = [];
  for (const [x, names] of nodes.names) if (slot[x]! >= 0) for (const name of names) list.push([slot[x]!, name]);
  return list.sort((x, y) => x[0] - y[0]);
}
