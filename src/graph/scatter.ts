/** Numbers added up at computed places, and places as numbers: what the adjoints of loads in loops are made of. */
import { OP } from '../ops/vocabulary.ts';
import { type Affine, pickAffine } from './affine.ts';
import { scopesOf, whole } from './blocks.ts';
import type { Graph } from './graph.ts';
import { LEAF } from './leaf.ts';
import type { Index } from './place.ts';
import type { Scatter, View } from './records.ts';
import { rewritten } from './rewrite.ts';
import type { Size } from './size.ts';

/** A vector of 0, to which from[e] is added at places[e]. */
export function scattered(graph: Graph, from: View, places: View, size: Size): View {
  const { loops } = graph;
  const set = loops.require(loops.sets.union(scopesOf(graph, from), scopesOf(graph, places)), 'gradient');
  const record = loops.write<Scatter>({ kind: 'scatter', set, at: graph.size, from, places, into: undefined as never });
  const into = loops.block({ size, set, name: 'a vector', maker: record, input: -1 });
  return whole(Object.assign(record, { into }).into);
}

/** A place as a number. */
export function placeNode(graph: Graph, { base, terms, picks }: Affine): number {
  const { loops } = graph;
  const add = (x: number, y: number): number => rewritten(graph, OP.add, x, y);
  const size = (x: Size): number =>
    x.constant !== undefined ? graph.constant(x.constant) : graph.leaf(LEAF.size, loops.size(x), 0, 0, 0);
  const parts = [
    ...terms.map(([scope, by]) => [graph.leaf(LEAF.index, scope, 0, 0, loops.sets.of([scope])), by] as const),
    ...picks,
  ].map(([node, by]) => rewritten(graph, OP.mul, node, size(by)));
  const isNothing = base.constant === 0 && parts.length > 0;
  return (isNothing ? parts : [...parts, size(base)]).reduce(add);
}

/** A number that is a place among `extent`, as an index. */
export function indexAt(graph: Graph, place: number, extent: Size): Index {
  const { loops } = graph;
  const check = graph.leaf(LEAF.check, place, loops.size(extent), loops.text('gradient: index'), loops.setOf(place));
  return { at: pickAffine(check), checks: [] };
}
