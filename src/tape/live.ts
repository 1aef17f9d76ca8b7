/**
 * What each node depends on, whether an output depends on it, and how often it is used: one pass up, one pass down.
 *
 *     mark, a byte per node:  7 6 │ 5       │ 4      │ 3    │ 2    │ 1    │ 0
 *                                 │ waiting │ shared │ leaf │ live │ data │ parameter
 *                                                                 └──┬──────────┘
 *                                                            together its segment
 */
import { fail } from '../errors.ts';
import { OP } from '../ops/vocabulary.ts';
import { ARITY, LISTS, type Nodes } from './nodes.ts';

// biome-ignore format: one line
export enum MARK { parameter = 1, data = 2, segment = 3, live = 4, leaf = 8, shared = 16, waiting = 32 }

/** From this many uses on, a leaf or a result of elsewhere may be told apart from others of its kind: as a broadcast. */
export const SHARED_FROM = 8;

/** Flat inputs by node id. */
export interface Inputs {
  readonly params: Int32Array;
  readonly data: Int32Array;
}

export interface Marks {
  readonly mark: Uint8Array;
  /** How often live nodes use each node, up to 65,535. */
  readonly uses: Uint16Array;
}

/** The marks of all nodes; `waiting` is left to the plan. O(n). */
export function marks(nodes: Nodes, inputs: Inputs, outputs: Int32Array): Marks {
  const mark = new Uint8Array(nodes.size);
  for (const x of inputs.params) mark[x] = MARK.parameter;
  for (const x of inputs.data) mark[x] = MARK.data;
  markDependencies(nodes, mark);
  return { mark, uses: markUses(nodes, mark, outputs) };
}

function markDependencies(nodes: Nodes, mark: Uint8Array): void {
  const { size, op, a, b, c, lists } = nodes;
  for (let i = 0; i < size; i++) {
    const o = op[i]!;
    const arity = ARITY[o]!;
    if (arity === 2) mark[i] = (mark[a[i]!]! | mark[b[i]!]!) & MARK.segment;
    else if (arity === 1) mark[i] = mark[a[i]!]! & MARK.segment;
    else if (arity === 3) mark[i] = (mark[a[i]!]! | mark[b[i]!]! | mark[c[i]!]!) & MARK.segment;
    else if (LISTS[o]) mark[i] = listSegment(lists, mark, a[i]!, LISTS[o]! * b[i]!);
    else if (o === OP.constant || mark[i]) mark[i] = mark[i]! | MARK.leaf;
  }
}

/** The union of what the elements of a list depend on. */
export function listSegment(lists: Int32Array, mark: Uint8Array, from: number, count: number): number {
  let any = 0;
  for (let j = from; j < from + count; j++) any |= mark[lists[j]!]!;
  return any & MARK.segment;
}

function markUses(nodes: Nodes, mark: Uint8Array, outputs: Int32Array): Uint16Array {
  const { size, op, a, b, c, lists } = nodes;
  const uses = new Uint16Array(size);
  const use = (x: number): void => {
    const n = uses[x]!;
    if (n < 65535) uses[x] = n + 1;
    mark[x]! |= n + 1 >= SHARED_FROM ? MARK.live | MARK.shared : MARK.live;
  };
  for (const x of outputs) mark[x]! |= MARK.live;
  for (let i = size - 1; i >= 0; i--) {
    if (!(mark[i]! & MARK.live)) continue;
    const o = op[i]!;
    const arity = ARITY[o]!;
    if (arity) {
      use(a[i]!);
      if (arity > 1) use(b[i]!);
      if (arity > 2) use(c[i]!);
    } else if (LISTS[o]) {
      for (let j = a[i]!, end = j + LISTS[o]! * b[i]!; j < end; j++) use(lists[j]!);
    } else if (!(mark[i]! & MARK.leaf)) fail('BadSignature', `input ${a[i]} of the graph belongs to no name of the signature`);
  }
  return uses;
}
