/** What the outputs of a graph with loops depend on, nodes, blocks, records, and what of each region and scan; and by loop. */
import { evenly } from './blocks.ts';
import type { Graph } from './graph.ts';
import { FIRST_LOOP_OP, LEAF } from './leaf.ts';
import type { Block, Carry, Maker, Region, Spot, View } from './records.ts';
import { FIRST_LIST_OP, OP } from '../ops/vocabulary.ts';

export interface Live {
  readonly nodes: Uint8Array;
  readonly blocks: ReadonlySet<Block>;
  readonly records: ReadonlySet<Maker>;
  readonly carries: ReadonlySet<Carry>;
}

/** From the outputs down, without recursion. O(nodes + records) */
export function liveParts(graph: Graph, outputs: Iterable<number | Block>): Live {
  const { records, accesses } = graph.loops;
  const nodes = new Uint8Array(graph.size);
  const blocks = new Set<Block>();
  const live = new Set<Maker>();
  const carries = new Set<Carry>();
  const todo: (number | Block)[] = [];
  const carried = carriedBlocks(records);
  const scans = new Map(records.filter((one) => one.kind === 'region').map((one) => [one.scope.id, one]));

  const need = (x: number | Block): void => {
    if (typeof x === 'number' ? nodes[x] : blocks.has(x)) return;
    if (typeof x === 'number') nodes[x] = 1;
    else blocks.add(x);
    todo.push(x);
  };
  const needSpot = ({ block, at }: Spot): void => {
    need(block);
    for (const [node] of at.picks) need(node);
  };
  const needValue = (value: number | View): void => (typeof value === 'number' ? need(value) : needSpot(value));
  const needCarry = (region: Region, carry: Carry): void => {
    live.add(region);
    if (carries.has(carry)) return;
    carries.add(carry);
    needValue(carry.init);
    needValue(carry.next);
  };
  const needResult = (record: Maker, node: number): void => {
    live.add(record);
    if (record.kind === 'reduce') {
      needSpot(record.a);
      if (record.b) needSpot(record.b);
    } else if (record.kind === 'region') {
      for (const { out, value } of record.sums) if (out === node) need(value);
      for (const carry of record.carries) if (carry.kind === 'number' && carry.out === node) needCarry(record, carry);
    }
  };
  const needBlock = (block: Block): void => {
    const { maker } = block;
    const home = carried.get(block);
    if (home) needCarry(...home);
    if (!maker) return;
    live.add(maker);
    if (maker.kind === 'contract') {
      needSpot(maker.a);
      needSpot(maker.b);
    } else if (maker.kind === 'scatter') {
      needSpot(maker.from);
      needSpot(maker.places);
    } else if (maker.kind === 'cells') maker.nodes.forEach(need);
    else if (maker.kind === 'copy') needSpot(maker.from);
    else if (maker.kind === 'join') maker.parts.forEach(needValue);
    else if (maker.kind === 'region') for (const { into, value } of maker.stacks) if (into === block) needValue(value);
  };

  for (const output of outputs) need(output);
  for (let x = todo.pop(); x !== undefined; x = todo.pop()) {
    if (typeof x !== 'number') {
      needBlock(x);
      continue;
    }
    const op = graph.op[x]!;
    const a = graph.a[x]!;
    if (op >= FIRST_LIST_OP && op < FIRST_LOOP_OP) listOperands(graph, x).forEach(need);
    else if (op < FIRST_LOOP_OP || op === LEAF.check) for (let i = graph.operands(x) - 1; i >= 0; i--) need(graph.operand(x, i));
    else if (op === LEAF.load) needSpot(accesses[a]!);
    else if (op === LEAF.result) needResult(records[a]!, x);
    else if (op === LEAF.carry) {
      const scan = scans.get(a)!;
      needCarry(scan, scan.carries[graph.b[x]!]!);
    }
  }
  return { nodes, blocks, records: live, carries };
}

/** Whether a list op is lowered to additions. */
export function isShortSum(graph: Graph, node: number): boolean {
  const op = graph.op[node]!;
  return (op === OP.sum || op === OP.mean || op === OP.dot) && graph.b[node]! <= 8;
}

/** The lists of a list op: one, or two for dot. */
export function listsOf(graph: Graph, node: number): Int32Array[] {
  const k = graph.b[node]!;
  const first = graph.a[node]!;
  const lists = graph.op[node] === OP.dot ? 2 : 1;
  return Array.from({ length: lists }, (_, j) => graph.lists.slice(first + j * k, first + (j + 1) * k));
}

/** The operands of a list op that have to be computed or stored: others are read where they are. */
function listOperands(graph: Graph, node: number): number[] {
  const isAdded = isShortSum(graph, node);
  return listsOf(graph, node).flatMap((list) => (isAdded || !evenly(graph, list) ? [...list] : []));
}

/** The scan that a block is carried by: as what an iteration finds, or as what is left at the end. */
function carriedBlocks(records: readonly Maker[]): Map<Block, [Region, Carry]> {
  const of = new Map<Block, [Region, Carry]>();
  for (const record of records) {
    if (record.kind !== 'region') continue;
    for (const carry of record.carries) {
      if (carry.kind !== 'array') continue;
      of.set(carry.in, [record, carry]);
      of.set(carry.out, [record, carry]);
    }
  }
  return of;
}

/** Live nodes and records of each scope, in the order in which they were written. @param homeOf the scope of what depends on a set of them */
export function itemsByScope(
  graph: Graph,
  live: Live,
  homeOf: (set: number) => number = (set) => graph.loops.sets.innermost(set),
): Map<number, (number | Maker)[]> {
  const { loops } = graph;
  const items = new Map<number, (number | Maker)[]>();
  const put = (set: number, item: number | Maker): void => {
    const scope = homeOf(set);
    const list = items.get(scope);
    if (list) list.push(item);
    else items.set(scope, [item]);
  };
  const records = loops.records.filter((record) => live.records.has(record));
  let next = 0;
  for (let node = 0; node <= graph.size; node++) {
    for (; next < records.length && records[next]!.at <= node; next++) put(records[next]!.set, records[next]!);
    if (node < graph.size && live.nodes[node]) put(loops.setOf(node), node);
  }
  return items;
}
