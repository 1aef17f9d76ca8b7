/** Contributions to a derivative, added in the one order (ARCHITECTURE, One order, 8). */
import { OP } from '../ops/vocabulary.ts';
import type { Graph } from './graph.ts';
import { rewritten } from './rewrite.ts';

/** Up to this many are added one by one, the first first; more are one sum. */
const FEW = 4;

/** The node of all of them together; there is at least one. */
export function totalOf(graph: Graph, terms: readonly number[]): number {
  if (terms.length > FEW) return graph.list(OP.sum, terms);
  return terms.reduce((sum, term) => rewritten(graph, OP.add, sum, term));
}
