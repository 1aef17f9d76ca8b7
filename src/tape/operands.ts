/** The operands of a record, one after the other, in the order in which an engine meets them. */
import { ARITY, LISTS, type Nodes } from './nodes.ts';
import { reserve, type Words } from './words.ts';

/** How many operands a record has whose nodes compute `op`: a, b, c, or list a, list b. */
export function operandCount(op: number): number {
  return ARITY[op]! || LISTS[op]!;
}

/** Elements per node of each operand: 1, or the length of the list. */
export function operandLength(nodes: Nodes, node: number): number {
  return ARITY[nodes.op[node]!]! ? 1 : nodes.b[node]!;
}

/** Any one element of operand j of a node, or −1 if its list is empty. */
export function firstElement(nodes: Nodes, node: number, j: number): number {
  if (ARITY[nodes.op[node]!]) return (j === 0 ? nodes.a : j === 1 ? nodes.b : nodes.c)[node]!;
  const k = nodes.b[node]!;
  return k === 0 ? -1 : nodes.lists[nodes.a[node]! + j * k]!;
}

/**
 * Appends to `out` the word `of[x]` for every element x of operand j of nodes sequence[start] … sequence[end-1]:
 * element by element within a node for lists.
 */
export function appendOperand(
  nodes: Nodes,
  sequence: Int32Array,
  start: number,
  end: number,
  j: number,
  of: Int32Array,
  out: Words,
): void {
  const node = sequence[start]!;
  const k = operandLength(nodes, node);
  reserve(out, (end - start) * k);
  const { data } = out;
  let to = out.size;
  if (ARITY[nodes.op[node]!]) {
    const operand = j === 0 ? nodes.a : j === 1 ? nodes.b : nodes.c;
    for (let i = start; i < end; i++) data[to++] = of[operand[sequence[i]!]!]!;
  } else {
    const { a, lists } = nodes;
    for (let i = start; i < end; i++) {
      const from = a[sequence[i]!]! + j * k;
      for (let e = from; e < from + k; e++) data[to++] = of[lists[e]!]!;
    }
  }
  out.size = to;
}
