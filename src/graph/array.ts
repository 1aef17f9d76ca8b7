/** What vectors and matrices are made of, and the ways to read them: as nodes, element by element, or in memory. */
import { cells, elementNode, hasNodes, isPicked, loadFrom, loadFrom2, moved, asMatrix } from './blocks.ts';
import { Deferred, Deferred2 } from './deferred.ts';
import { isFixed } from './affine.ts';
import type { Graph } from './graph.ts';
import type { Index } from './place.ts';
import type { View, View2 } from './records.ts';
import { stacked } from './region.ts';
import { ONE, Size } from './size.ts';

/** Nodes, a view of a block, or a function of the index. */
export type Source = Int32Array | View | Deferred;
export type Source2 = NodeMatrix | View2 | Deferred2;

/** Nodes, row by row. */
export interface NodeMatrix {
  readonly ids: Int32Array;
  readonly rows: Size;
  readonly cols: Size;
}

/** Work up to this many operations is written out, as plain nodes. */
const SMALL = 256;
/** In the functions of loops less of it: there a loop in the loop costs little, for it runs in lanes. */
const SMALL_IN_LOOPS = 32;

/** How many operations an array op may have and still be written out. */
export function limitOf(graph: Graph): number {
  return graph.loops.depth > 0 ? SMALL_IN_LOOPS : SMALL;
}

export function lengthOf(source: Source): Size {
  return source instanceof Int32Array ? Size.of(source.length) : source.n;
}

export function elementOf(graph: Graph, source: Source, index: Index): number {
  if (source instanceof Deferred) return source.at(index);
  if (!(source instanceof Int32Array)) return loadFrom(graph, source, index);
  const place = isFixed(index.at) ? index.at.base.constant : undefined;
  return place !== undefined ? source[place]! : loadFrom(graph, cells(graph, source), index);
}

export function elementOf2(graph: Graph, source: Source2, i: Index, j: Index): number {
  if (source instanceof Deferred2) return source.at(i, j);
  if (isView2(source)) return loadFrom2(graph, source, i, j);
  return elementOf(graph, source.ids, moveFlat(i, j, source.cols));
}

/** In memory, somewhere. */
export function viewOf(graph: Graph, source: Source): View {
  if (source instanceof Deferred) return source.solid();
  return source instanceof Int32Array ? cells(graph, source) : source;
}

export function viewOf2(graph: Graph, source: Source2): View2 {
  if (source instanceof Deferred2) return source.solid();
  return isView2(source) ? source : asMatrix(cells(graph, source.ids), source.rows, source.cols);
}

/** In memory at a place that is not picked: what contractions and reductions read. Picked ones are copied. */
export function steadyView(graph: Graph, source: Source): View {
  const view = viewOf(graph, source);
  return isPicked(graph, view) ? stacked(graph, view.n, (i) => loadFrom(graph, view, i)) : view;
}

export function steadyView2(graph: Graph, source: Source2): View2 {
  const view = viewOf2(graph, source);
  if (!isPicked(graph, view)) return view;
  const { rows, cols } = view;
  return asMatrix(
    stacked(graph, rows, (i) => stacked(graph, cols, (j) => loadFrom2(graph, view, i, j))),
    rows,
    cols,
  );
}

/** What can be plain nodes: neither sizes nor places are left to the call. */
export function isPlain(source: Source | Source2): boolean {
  if (source instanceof Int32Array || 'ids' in source) return true;
  if (source instanceof Deferred || source instanceof Deferred2) return source.plain && !source.isSolid && !source.isUsed;
  const { block, at } = source;
  const sizes = 'n' in source ? [source.n, source.by] : [source.rows, source.cols, source.rowBy, source.colBy];
  return hasNodes(block) && isFixed(at) && [at.base, ...sizes].every((size) => size.constant !== undefined);
}

/** Operations for each element. */
export function costOf(source: Source | Source2): number {
  return source instanceof Deferred || source instanceof Deferred2 ? source.cost : 0;
}

/** How many elements, if that is known. */
export function countOfElements(source: Source | Source2): number | undefined {
  if (source instanceof Int32Array) return source.length;
  return 'n' in source ? source.n.constant : source.rows.times(source.cols).constant;
}

/** Whether an op with each element is little enough to be written out. Nodes that are there already can be used without limit. */
export function isSmall(graph: Graph, ...sources: readonly (Source | Source2)[]): boolean {
  if (!sources.every(isPlain)) return false;
  const work = sources.reduce((sum, source) => sum + costOf(source), 1) * countOfElements(sources[0]!)!;
  return work <= limitOf(graph) || sources.every((source) => source instanceof Int32Array || 'ids' in source);
}

/** Where a view begins, if that and the distance of its elements are numbers and these are nodes. */
function plainPlace({ block, at, by }: View): number | undefined {
  return by.constant !== undefined && isFixed(at) && hasNodes(block) ? at.base.constant : undefined;
}

/** Element i of n, a whole number in range: the commonest case, without any affine arithmetic; undefined if it is not that simple. */
export function plainElement(graph: Graph, source: Source, i: unknown): number | undefined {
  if (typeof i !== 'number' || !Number.isInteger(i) || i < 0) return undefined;
  if (source instanceof Int32Array) return i < source.length ? source[i] : undefined;
  if (source instanceof Deferred || !(i < (source.n.constant ?? 0))) return undefined;
  const from = plainPlace(source);
  return from === undefined ? undefined : elementNode(graph, source.block, from + i * source.by.constant!);
}

/** All elements as nodes; sizes have to be numbers. O(n) */
export function nodesOf(graph: Graph, source: Source): Int32Array {
  if (source instanceof Int32Array) return source;
  const n = source.n.constant!;
  const ids = new Int32Array(n);
  const from = source instanceof Deferred ? undefined : plainPlace(source);
  if (from !== undefined) {
    const { block, by } = source as View;
    for (let i = 0; i < n; i++) ids[i] = elementNode(graph, block, from + i * by.constant!);
  } else for (let i = 0; i < n; i++) ids[i] = elementOf(graph, source, plainIndex(i));
  return ids;
}

export function nodesOf2(graph: Graph, source: Source2): Int32Array {
  if ('ids' in source) return source.ids;
  const [rows, cols] = [source.rows.constant!, source.cols.constant!];
  const ids = new Int32Array(rows * cols);
  for (let i = 0, k = 0; i < rows; i++) {
    const row = plainIndex(i);
    for (let j = 0; j < cols; j++) ids[k++] = elementOf2(graph, source, row, plainIndex(j));
  }
  return ids;
}

/** A place that is a number and in range. */
export function plainIndex(i: number): Index {
  return sizeIndex(Size.of(i));
}

export function sizeIndex(size: Size): Index {
  return { at: { base: size, terms: [], picks: [] }, checks: [] };
}

export function isView2(source: Source2): source is View2 {
  return 'block' in source;
}

/** Row i, column j of `cols` columns as one index. */
function moveFlat(i: Index, j: Index, cols: Size): Index {
  const spot = moved({ block: undefined as never, at: { base: Size.of(0), terms: [], picks: [] }, checks: [] }, i, cols);
  const { at, checks } = moved(spot, j, ONE);
  return { at, checks };
}
