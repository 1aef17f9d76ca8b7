/** A computation once more, with other nodes in place of some of it. */
import { LEAF } from './leaf.ts';
import { scopesOf } from './blocks.ts';
import { isListOp } from './gates.ts';
import type { Graph } from './graph.ts';
import { rewritten } from './rewrite.ts';

/**
 * The nodes that `roots` are with `to[i]` in place of `from[i]`; names go with them. What depends on none of `from` is not
 * copied. O(nodes from the first of `from` on)
 */
export function substitute(graph: Graph, roots: ArrayLike<number>, from: ArrayLike<number>, to: ArrayLike<number>): Int32Array {
  let first = graph.size;
  let last = -1;
  for (let i = 0; i < from.length; i++) first = Math.min(first, from[i]!);
  for (let i = 0; i < roots.length; i++) last = Math.max(last, roots[i]!);
  if (first > last) return Int32Array.from(roots);
  const copy = new Int32Array(last - first + 1).fill(-1); // −1: the same node
  for (let i = 0; i < from.length; i++) if (from[i]! <= last) copy[from[i]! - first] = to[i]!;
  const needed = neededBy(graph, roots, first, last);
  const of = (node: number): number => (node < first || copy[node - first]! < 0 ? node : copy[node - first]!);
  for (let node = first; node <= last; node++) {
    if (copy[node - first]! >= 0 || !needed[node - first]) continue;
    const other = copied(graph, node, of);
    if (other === node) continue;
    copy[node - first] = other;
    for (const name of graph.names.get(node) ?? []) graph.name(other, name);
  }
  return Int32Array.from(roots, of);
}

/** A node with other operands; the same if it has the same. */
function copied(graph: Graph, node: number, of: (node: number) => number): number {
  const op = graph.op[node]!;
  const { loops } = graph;
  if (op === LEAF.load) {
    const access = loops.accesses[graph.a[node]!]!;
    if (access.at.picks.every(([pick]) => of(pick) === pick)) return node;
    const at = { ...access.at, picks: access.at.picks.map(([pick, by]) => [of(pick), by] as const) };
    const other = loops.access(access.block, at, access.checks);
    return graph.leaf(LEAF.load, other.id, 0, 0, scopesOf(graph, other));
  }
  const n = graph.operands(node);
  let same = true;
  for (let j = 0; same && j < n; j++) same = of(graph.operand(node, j)) === graph.operand(node, j);
  if (same) return node;
  if (op === LEAF.check) {
    const a = of(graph.a[node]!);
    return graph.leaf(LEAF.check, a, graph.b[node]!, graph.c[node]!, loops.setOf(a));
  }
  if (isListOp(op)) {
    const list = Int32Array.from({ length: n }, (_, j) => of(graph.operand(node, j)));
    const k = graph.b[node]!;
    return n > k ? graph.list(op, list.subarray(0, k), list.subarray(k)) : graph.list(op, list);
  }
  return rewritten(graph, op, of(graph.a[node]!), n > 1 ? of(graph.b[node]!) : 0, n > 2 ? of(graph.c[node]!) : 0);
}

/** 1 for every node from `first` to `last` that a root depends on. */
export function neededBy(graph: Graph, roots: ArrayLike<number>, first: number, last: number): Uint8Array {
  const needed = new Uint8Array(last - first + 1);
  for (let i = 0; i < roots.length; i++) if (roots[i]! >= first && roots[i]! <= last) needed[roots[i]! - first] = 1;
  const need = (node: number): void => {
    if (node >= first) needed[node - first] = 1;
  };
  for (let node = last; node >= first; node--) {
    if (!needed[node - first]) continue;
    for (let j = graph.operands(node) - 1; j >= 0; j--) need(graph.operand(node, j));
    if (graph.op[node] === LEAF.load) for (const [pick] of graph.loops.accesses[graph.a[node]!]!.at.picks) need(pick);
  }
  return needed;
}
