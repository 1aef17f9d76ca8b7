/** Blocks of numbers and their elements as nodes: what inputs, loops and contractions hold. */
import { isFixed, ORIGIN, plus, times } from './affine.ts';
import { OP } from '../ops/vocabulary.ts';
import type { Graph } from './graph.ts';
import { LEAF } from './leaf.ts';
import type { Index } from './place.ts';
import type { Block, Cells, Copy, Join, Spot, View, View2 } from './records.ts';
import { ONE, Size, ZERO } from './size.ts';

/** Elements of inputs up to this many are nodes from the start, in order; those of larger ones when they are used. */
const FEW = 1024;

/** The block of an input. @throws OutOfMemory */
export function inputBlock(graph: Graph, name: string, input: number, size: Size): Block {
  const block = graph.loops.block({ size, set: 0, name, maker: undefined, input });
  const n = size.constant;
  if (n !== undefined && n <= FEW) for (let i = 0; i < n; i++) elementNode(graph, block, i);
  return block;
}

/** Element i of a block whose elements are nodes: of an input of fixed size, or of `cells`. */
export function elementNode(graph: Graph, block: Block, i: number): number {
  block.ids ??= new Int32Array(block.size.constant!).fill(-1);
  const known = block.ids[i]!;
  return known >= 0 ? known : (block.ids[i] = graph.element(block.id, i));
}

/** Whether the elements of a block are nodes wherever their places are known. */
export function hasNodes(block: Block): boolean {
  return block.ids !== undefined || (block.input >= 0 && block.size.constant !== undefined);
}

/** The scopes that a place depends on: who fills the block, what it moves with, and what has to be checked. */
export function scopesOf(graph: Graph, { block, at, checks }: Spot): number {
  const { loops } = graph;
  const moving = [at, ...checks.map((check) => check.at)].flatMap(({ terms }) => terms.map(([scope]) => scope));
  let set = loops.sets.union(block.set, loops.sets.of(moving));
  for (const [node] of at.picks) set = loops.sets.union(set, loops.setOf(node));
  return set;
}

/** Whether a place is chosen by a number that differs from iteration to iteration. */
export function isPicked(graph: Graph, { at }: Spot): boolean {
  return at.picks.some(([node]) => graph.loops.setOf(node) !== 0);
}

/** The element at a place. @throws OutsideLoop */
export function load(graph: Graph, { block, at, checks }: Spot): number {
  const place = isFixed(at) ? at.base.constant : undefined;
  if (place !== undefined && hasNodes(block)) return elementNode(graph, block, place);
  const access = graph.loops.access(block, at, checks);
  return graph.leaf(LEAF.load, access.id, 0, 0, scopesOf(graph, access));
}

/** Element `index` of a view. */
export function loadFrom(graph: Graph, view: View, index: Index): number {
  return load(graph, moved(view, index, view.by));
}

/** Element (i, j) of a view. */
export function loadFrom2(graph: Graph, view: View2, i: Index, j: Index): number {
  return load(graph, moved(moved(view, i, view.rowBy), j, view.colBy));
}

/** by · index further on. */
export function moved(spot: Spot, index: Index, by: Size): Spot {
  return {
    block: spot.block,
    at: plus(spot.at, index.at, by),
    checks: index.checks.length === 0 ? spot.checks : [...spot.checks, ...index.checks],
  };
}

/** A block as a vector. */
export function whole(block: Block): View {
  return { block, at: ORIGIN, checks: [], by: ONE, n: block.size };
}

/** A block as a matrix, row by row. */
export function wholeMatrix(block: Block, rows: Size, cols: Size): View2 {
  return { block, at: ORIGIN, checks: [], rowBy: cols, colBy: ONE, rows, cols };
}

/** An unbroken vector as a matrix, row by row. */
export function asMatrix({ block, at, checks }: View, rows: Size, cols: Size): View2 {
  return { block, at, checks, rowBy: cols, colBy: ONE, rows, cols };
}

/** Whether a view is all of its block, in order. */
export function isWhole({ block, at, by, n }: View): boolean {
  return at.base.equals(ZERO) && isFixed(at) && (by.constant === 1 || n.constant === 1) && n.equals(block.size);
}

export function isWhole2(view: View2): boolean {
  const { block, at, rows, cols } = view;
  return at.base.equals(ZERO) && isFixed(at) && isUnbroken(view) && rows.times(cols).equals(block.size);
}

/** Whether the rows of a matrix follow one another without gaps. */
export function isUnbroken({ rowBy, colBy, rows, cols }: View2): boolean {
  return (colBy.constant === 1 || cols.constant === 1) && (rowBy.equals(cols) || rows.constant === 1);
}

/** The elements of an unbroken matrix. */
export function flattened({ block, at, checks, rows, cols }: View2): View {
  return { block, at, checks, by: ONE, n: rows.times(cols) };
}

/** Nodes as elements: those of an input at even distances are there already, others are stored. */
export function cells(graph: Graph, nodes: Int32Array): View {
  const { loops } = graph;
  const even = evenly(graph, nodes);
  if (even) return even;
  let set = 0;
  for (const node of nodes) set = loops.sets.union(set, loops.setOf(node));
  loops.require(set, 'at');
  const size = Size.of(nodes.length);
  const record = loops.write<Cells>({ kind: 'cells', set, at: graph.size, nodes, into: undefined as never });
  const into = loops.block({ size, set, name: 'a vector', maker: record, input: -1, ids: nodes });
  return whole(Object.assign(record, { into }).into);
}

/** Elements of one input `by` apart, as a view. */
export function evenly(graph: Graph, nodes: Int32Array): View | undefined {
  const n = nodes.length;
  const home = n > 0 ? graph.b[nodes[0]!]! : 0;
  if (n === 0 || graph.op[nodes[0]!] !== OP.input || home === 0) return undefined;
  const from = graph.c[nodes[0]!]!;
  const by = n > 1 ? graph.c[nodes[1]!]! - from : 1;
  if (by === 0) return undefined;
  for (let i = 0; i < n; i++) {
    const node = nodes[i]!;
    if (graph.op[node] !== OP.input || graph.b[node] !== home || graph.c[node] !== from + i * by) return undefined;
  }
  const at = { ...ORIGIN, base: Size.of(from) };
  return { block: graph.loops.blocks[home - 1]!, at, checks: [], by: Size.of(by), n: Size.of(n) };
}

/** A copy without gaps. */
export function copied(graph: Graph, from: View): View {
  const { loops } = graph;
  const set = loops.require(scopesOf(graph, from), 'copy');
  const record = loops.write<Copy>({ kind: 'copy', set, at: graph.size, from, into: undefined as never });
  const into = loops.block({ size: from.n, set, name: from.block.name, maker: record, input: -1 });
  return whole(Object.assign(record, { into }).into);
}

/** Nodes and views one after the other. */
export function joined(graph: Graph, parts: readonly (number | View)[]): View {
  const { loops } = graph;
  let [set, size] = [0, ZERO];
  for (const part of parts) {
    set = loops.sets.union(set, typeof part === 'number' ? loops.setOf(part) : scopesOf(graph, part));
    size = size.plus(sizeOfPart(part));
  }
  loops.require(set, 'concat');
  const record = loops.write<Join>({ kind: 'join', set, at: graph.size, parts, into: undefined as never });
  const into = loops.block({ size, set, name: 'a vector', maker: record, input: -1 });
  return whole(Object.assign(record, { into }).into);
}

/** How many numbers. */
export function sizeOfPart(part: number | View): Size {
  return typeof part === 'number' ? ONE : part.n;
}

/** Part of a view: from index `from` on, n elements `by` of its own apart. */
export function part(view: View, from: Index, n: Size, by: Size): View {
  return { ...moved(view, from, view.by), by: view.by.times(by), n };
}

/** An index as an index of something that begins elsewhere: from + by · index. */
export function shifted(from: Index, index: Index, by: Size): Index {
  return { at: plus(from.at, times(index.at, by)), checks: [...from.checks, ...index.checks] };
}
