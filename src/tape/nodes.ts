/** What the layout reads of a graph: nodes in typed arrays, creation order topological (src/graph/graph.ts). */
import { RULES } from '../ops/rules.ts';
import { OP, type OpName, VOCABULARY } from '../ops/vocabulary.ts';

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

/** Operands of each op by opcode: 1 to 3, and 0 for leaves, ops over lists, and codes that are no op. */
export const ARITY = new Uint8Array(256);
/** Lists of each op over lists by opcode: 2 for dot, else 1; 0 for all others. */
export const LISTS = new Uint8Array(256);

for (const name of Object.keys(RULES) as OpName[]) {
  const row = RULES[name];
  if (row.arity === 'list') LISTS[OP[name]] = row.lists;
  else ARITY[OP[name]] = row.arity;
}

export function nameOf(op: number): string {
  return VOCABULARY[op] ?? `op ${op}`;
}
