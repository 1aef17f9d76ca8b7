/** What the layout reads of a graph: nodes in typed arrays, creation order topological (src/graph/graph.ts). */
import { VOCABULARY } from '../ops/vocabulary.ts';

export { ARITY, LISTS } from '../ops/kernels.ts';

export interface Nodes {
  readonly size: number;
  readonly op: Uint8Array;
  /** Operands by node id. Constant: a = place in constantValues. List op: a = place in lists, b = operands per list. */
  readonly a: Int32Array;
  readonly b: Int32Array;
  readonly c: Int32Array;
  /** Operands of list ops; dot has two lists of equal length, one after the other. */
  readonly lists: Int32Array;
  readonly constantValues: Float64Array;
  readonly names: ReadonlyMap<number, readonly string[]>;
}

export function nameOf(op: number): string {
  return VOCABULARY[op] ?? `op ${op}`;
}
