/** What nodes are called and what they compute, as text. */
import type { Graph } from '../graph/graph.ts';
import { FIRST_LIST_OP, OP, VOCABULARY } from '../ops/vocabulary.ts';

export type Names = ReadonlyMap<number, readonly string[]>;

/** Names of a node, `v7` if it has none; constants are their number. */
export function labelOf(graph: Graph, names: Names, id: number): string {
  const of = names.get(id);
  if (of) return of.join(' = ');
  return graph.isConstant(id) ? String(graph.constantOf(id)) : `v${id}`;
}

// biome-ignore format: a table
const INFIX: Readonly<Record<string, string>> = {
  add: '+', sub: '−', mul: '·', div: '/', lt: '<', le: '≤', gt: '>', ge: '≥', eq: '=', ne: '≠',
};

const SHOWN = 3; // elements of a list

/** `w · x`, `sin(a)`, `sum(x[0], x[1], x[2], … 784)`. */
export function formulaOf(graph: Graph, names: Names, id: number, input: 'parameter' | 'data' | undefined): string {
  if (input) return input;
  const op = graph.op[id]!;
  const word = VOCABULARY[op]!;
  const k = graph.operands(id);
  const label = (i: number): string => firstName(graph, names, graph.operand(id, i));
  const list = (from: number, to: number): string => {
    const shown = Array.from({ length: Math.min(SHOWN, to - from) }, (_, i) => label(from + i)).join(', ');
    return to - from > SHOWN ? `${shown}, … ${to - from}` : shown;
  };
  if (op === OP.dot) return `dot([${list(0, k / 2)}], [${list(k / 2, k)}])`;
  if (op >= FIRST_LIST_OP) return `${word.replace('Of', '')}(${list(0, k)})`;
  if (op === OP.neg) return `−${label(0)}`;
  if (op === OP.square) return `${label(0)}²`;
  return INFIX[word] ? `${label(0)} ${INFIX[word]} ${label(1)}` : `${word}(${list(0, k)})`;
}

function firstName(graph: Graph, names: Names, id: number): string {
  return names.get(id)?.[0] ?? labelOf(graph, names, id);
}

/** Seven digits: as many as one wants to read. */
export function short(x: number | undefined): string {
  return x === undefined ? '' : String(Number(x.toPrecision(7)));
}
