/**
 * Adjoints of blocks. What loads and other readers of a block contribute comes in pieces, each with the places it belongs to:
 *
 *     run      values at places an even distance apart: a stack of what the iterations of a loop read, a slice, a row
 *     places   values at places that are numbers themselves
 *     one      a single value
 *
 * Together they are a vector over the block: a run over all of it as it is, few places as nodes, others by a scatter.
 */
import { type Affine, isFixed, plus } from '../affine.ts';
import { plainIndex, steadyView } from '../array.ts';
import { cells, joined, loadFrom } from '../blocks.ts';
import { ALWAYS, any, NEVER } from '../gates.ts';
import type { Graph } from '../graph.ts';
import type { Index } from '../place.ts';
import type { View } from '../records.ts';
import { stacked } from '../region.ts';
import { placeNode, scattered } from '../scatter.ts';
import { ONE, Size } from '../size.ts';
import { totalOf } from '../total.ts';

/** When elements count: always, or where the condition beside each holds. */
export type Open = typeof ALWAYS | View;

export type Piece =
  | { readonly kind: 'one'; readonly at: Affine; readonly value: number; readonly open: number }
  | { readonly kind: 'run'; readonly at: Affine; readonly by: Size; readonly n: Size; readonly values: View; readonly open: Open }
  | { readonly kind: 'places'; readonly places: View; readonly values: View; readonly open: Open };

type Run = Extract<Piece, { kind: 'run' }>;

/** Blocks of up to this many elements are taken as nodes, and up to this many sums of a loop are added up one by one. */
export const FEW_ELEMENTS = 64;

/** Runs that leave out up to this many elements of a block are taken for all of it. */
const FEW_MISSING = 8;

/** A condition as a number: 0 where it does not hold. */
export function truth(graph: Graph, open: number): number {
  return open === ALWAYS || open === NEVER ? graph.constant(open === ALWAYS ? 1 : 0) : open;
}

/** All pieces of a block together; undefined if there are none. */
export function together(graph: Graph, size: Size, pieces: readonly Piece[]): { values: View; open: Open } | undefined {
  if (pieces.length === 0) return undefined;
  const lists = asNodes(graph, size, pieces);
  if (lists) return lists;
  const rest: Piece[] = [];
  const parts = pieces.flatMap((piece) => {
    const whole = wholeOf(piece, size) ?? padded(graph, piece, size);
    if (!whole) rest.push(piece);
    return whole ?? [];
  });
  if (rest.length > 0) parts.push(atPlaces(graph, size, rest));
  if (parts.length === 1) return parts[0]!;
  const values = stacked(graph, size, (j) => totalOf(graph, parts.map((part) => loadFrom(graph, part.values, j)))); // biome-ignore format: one line
  const opens = parts.map(({ open }) => open);
  if (opens.includes(ALWAYS)) return { values, open: ALWAYS };
  return { values, open: stacked(graph, size, (j) => any(graph, opens.map((open) => loadFrom(graph, open as View, j)))) }; // biome-ignore format: one line
}

/** A run over all of a block, forwards or backwards. */
function wholeOf(piece: Piece, size: Size): { values: View; open: Open } | undefined {
  if (piece.kind !== 'run' || !isFixed(piece.at) || !piece.n.equals(size)) return undefined;
  const { base } = piece.at;
  if (base.constant === 0 && (piece.by.constant === 1 || size.constant === 1)) return piece;
  const last = size.minus(ONE);
  if (piece.by.constant !== -1 || !base.equals(last)) return undefined;
  const turned = (view: View): View => ({ ...view, at: plus(view.at, { base: last, terms: [], picks: [] }, view.by), by: view.by.times(Size.of(-1)) }); // biome-ignore format: one line
  return { values: turned(piece.values), open: piece.open === ALWAYS ? ALWAYS : turned(piece.open) };
}

/** A run over nearly all of a block, as what neighbours get, with what adds nothing before and after it. */
function padded(graph: Graph, piece: Piece, size: Size): { values: View; open: Open } | undefined {
  if (piece.kind !== 'run' || !isFixed(piece.at) || piece.by.constant !== 1) return undefined;
  const before = piece.at.base.constant;
  const after = size.minus(piece.n).minus(piece.at.base).constant;
  if (before === undefined || after === undefined || before < 0 || after < 0 || before + after > FEW_MISSING) return undefined;
  const around = (view: View, x: number): View => {
    const nothing = (n: number): number[] => new Array(n).fill(graph.constant(x));
    return joined(graph, [...nothing(before), steadyView(graph, view), ...nothing(after)]);
  };
  return { values: around(piece.values, -0), open: around(piece.open === ALWAYS ? ones(graph, piece.n) : piece.open, 0) };
}

/** Few elements at places that are known: node by node. */
function asNodes(graph: Graph, size: Size, pieces: readonly Piece[]): { values: View; open: Open } | undefined {
  const n = size.constant;
  if (n === undefined || n > FEW_ELEMENTS) return undefined;
  const values: number[][] = Array.from({ length: n }, () => []);
  const opens: number[][] = Array.from({ length: n }, () => []);
  for (const piece of pieces) {
    if (piece.kind === 'places' || !isFixed(piece.at)) return undefined;
    const base = piece.at.base.constant;
    const [by, count] = piece.kind === 'one' ? [0, 1] : [piece.by.constant, piece.n.constant];
    if (base === undefined || by === undefined || count === undefined) return undefined;
    for (let j = 0; j < count; j++) {
      const at = base + j * by;
      if (piece.kind === 'one') values[at]!.push(piece.value);
      else values[at]!.push(loadFrom(graph, piece.values, plainIndex(j)));
      const { open } = piece;
      opens[at]!.push(typeof open === 'number' ? open : loadFrom(graph, open, plainIndex(j)));
    }
  }
  const nothing = graph.constant(-0);
  const conditions = opens.map((list) => any(graph, list));
  return {
    values: cells(
      graph,
      Int32Array.from(values, (list) => (list.length > 0 ? totalOf(graph, list) : nothing)),
    ),
    open: conditions.every((open) => open === ALWAYS) ? ALWAYS : cells(graph, Int32Array.from(conditions, (open) => truth(graph, open))), // biome-ignore format: one line
  };
}

/** Pieces wherever they belong, by one scatter; what gets none is not reached. */
function atPlaces(graph: Graph, size: Size, pieces: readonly Piece[]): { values: View; open: Open } {
  const places = pieces.map((piece) => {
    if (piece.kind === 'places') return piece.places;
    return piece.kind === 'one' ? placeNode(graph, piece.at) : placesOf(graph, piece);
  });
  const values = pieces.map((piece) => (piece.kind === 'one' ? piece.value : piece.values));
  const opens = pieces.map((piece) => {
    if (piece.kind === 'one') return truth(graph, piece.open);
    return piece.open === ALWAYS ? ones(graph, piece.values.n) : piece.open;
  });
  const at = vectorOf(graph, places);
  return {
    values: scattered(graph, vectorOf(graph, values), at, size),
    open: scattered(graph, vectorOf(graph, opens), at, size),
  };
}

/** Nodes and views as one view. */
function vectorOf(graph: Graph, parts: readonly (number | View)[]): View {
  if (parts.every((part) => typeof part === 'number')) return cells(graph, Int32Array.from(parts as number[]));
  return parts.length === 1 ? steadyView(graph, parts[0] as View) : joined(graph, parts);
}

export function ones(graph: Graph, n: Size): View {
  return stacked(graph, n, () => graph.constant(1));
}

/** Element j of conditions. */
export function openAt(graph: Graph, open: Open, j: Index): number {
  return open === ALWAYS ? ALWAYS : loadFrom(graph, open, j);
}

/** The places of a run, as numbers. */
export function placesOf(graph: Graph, { at, by, n }: Pick<Run, 'at' | 'by' | 'n'>): View {
  return stacked(graph, n, (j) => placeNode(graph, plus(at, j.at, by)));
}

/** n elements of a view from an index on. */
export function cut(view: View, from: Index, n: Size): View {
  return { ...view, at: plus(view.at, from.at, view.by), n };
}
