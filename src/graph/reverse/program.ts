/** What a reverse sweep over a graph with loops knows of it beforehand: what is live, in which body, and what is active. */
import { OP } from '../../ops/vocabulary.ts';
import { isListOp } from '../gates.ts';
import type { Graph } from '../graph.ts';
import { FIRST_LOOP_OP, LEAF } from '../leaf.ts';
import { itemsByScope, type Live, liveParts } from '../live.ts';
import type { Block, Maker, View } from '../records.ts';

export interface Program {
  readonly graph: Graph;
  readonly live: Live;
  /** Live nodes and records of each loop that is over, in order; of `MAIN` those of no loop, or of one that is still open. */
  readonly items: ReadonlyMap<number, readonly (number | Maker)[]>;
  readonly active: Active;
  /** The node of each reduction over memory, by the number of its record. */
  readonly results: ReadonlyMap<number, number>;
}

/** What depends on that by which is differentiated. */
export interface Active {
  readonly nodes: Uint8Array;
  readonly blocks: ReadonlySet<Block>;
}

export const MAIN = 0;

/** The loop that something belongs to that depends on these scopes: the innermost that is over. */
export function homeOf({ loops }: Graph, set: number): number {
  const scope = loops.sets.innermost(set);
  return loops.scopes[scope]!.open ? MAIN : scope;
}

/** O(nodes + records) */
export function programOf(graph: Graph, outputs: readonly (number | Block)[], wrt: readonly (number | Block)[]): Program {
  const live = liveParts(graph, outputs);
  const items = itemsByScope(graph, live, (set) => homeOf(graph, set));
  const results = new Map(Array.from(graph.loops.reductions.values(), (node) => [graph.a[node]!, node]));
  return { graph, live, items, active: activeIn(graph, live, wrt, results), results };
}

/** What scans carry goes round, so this is a fixed point: O(nodes + records) for each loop in a loop that carries. */
function activeIn(graph: Graph, live: Live, wrt: readonly (number | Block)[], results: ReadonlyMap<number, number>): Active {
  const nodes = new Uint8Array(graph.size);
  const blocks = new Set<Block>();
  let isNew = true;
  const is = (x: number | View): boolean => (typeof x === 'number' ? nodes[x] === 1 : blocks.has(x.block));
  const mark = (x: number | Block, by: boolean): void => {
    if (!by || (typeof x === 'number' ? nodes[x] === 1 : blocks.has(x))) return;
    if (typeof x === 'number') nodes[x] = 1;
    else blocks.add(x);
    isNew = true;
  };
  const visitNode = (node: number): void => {
    const op = graph.op[node]!;
    if (op === LEAF.load) return mark(node, blocks.has(graph.loops.accesses[graph.a[node]!]!.block));
    if (op === OP.constant || op === OP.input || op === OP.stop || op >= FIRST_LOOP_OP) return;
    for (let j = graph.operands(node) - 1; j >= 0; j--) if (nodes[graph.operand(node, j)]) return mark(node, true);
  };
  const visitRecord = (record: Maker): void => {
    switch (record.kind) {
      case 'region':
        for (const carry of record.carries) {
          const by = is(carry.init) || is(carry.next);
          mark(carry.in, by);
          mark(carry.out, by);
        }
        for (const { value, out } of record.sums) mark(out, is(value));
        for (const { value, into } of record.stacks) mark(into, is(value));
        return;
      case 'reduce':
        return mark(results.get(record.id)!, isListOp(record.op) && (is(record.a) || (record.b !== undefined && is(record.b))));
      case 'contract':
        return mark(record.into, blocks.has(record.a.block) || blocks.has(record.b.block));
      case 'scatter':
      case 'copy':
        return mark(record.into, is(record.from));
      case 'cells':
        return mark(record.into, record.nodes.some(is));
      case 'join':
        return mark(record.into, record.parts.some(is));
    }
  };
  for (const x of wrt) mark(x, true);
  const records = graph.loops.records.filter((record) => live.records.has(record));
  const around = [...Array(graph.size).keys()].filter((node) => live.nodes[node]);
  while (isNew) {
    isNew = false;
    let next = 0;
    for (const node of around) {
      for (; next < records.length && records[next]!.at <= node; next++) visitRecord(records[next]!);
      visitNode(node);
    }
    for (; next < records.length; next++) visitRecord(records[next]!);
  }
  return { nodes, blocks };
}
