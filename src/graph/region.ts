/** Loops: a scope is opened, its function called once, and what comes of it is written down as one record. */
import { indexAffine } from './affine.ts';
import { isWhole, scopesOf, whole } from './blocks.ts';
import type { Graph } from './graph.ts';
import { LEAF } from './leaf.ts';
import type { Index } from './place.ts';
import type { Block, Carry, Region, Scope, View } from './records.ts';
import type { Size } from './size.ts';

/** Calls `body` with the index of a new loop; the loop is over when it returns. */
export function inLoop<T>(graph: Graph, count: Size, body: (index: Index, node: number, scope: Scope) => T): T {
  const { loops } = graph;
  const scope = loops.open(count);
  try {
    const node = graph.leaf(LEAF.index, scope.id, 0, 0, loops.sets.of([scope.id]));
    return body({ at: indexAffine(scope.id), checks: [] }, node, scope);
  } finally {
    loops.close(scope);
  }
}

/** What a loop leaves behind. */
export interface Yield {
  readonly sums: readonly number[];
  readonly stacks: readonly (number | View)[];
}

export interface Left {
  /** Node of each sum. */
  readonly sums: readonly number[];
  /** Block of each stack. */
  readonly stacks: readonly Block[];
  readonly region: Region;
}

/** Writes a loop down, once its scope is closed. */
export function written(graph: Graph, scope: Scope, { sums, stacks }: Yield, carries: readonly Carry[] = [], scan = false): Left {
  const { loops } = graph;
  const { sets } = loops;
  let inside = 0;
  for (const value of sums) inside = sets.union(inside, loops.setOf(value));
  for (const value of stacks)
    inside = sets.union(inside, typeof value === 'number' ? loops.setOf(value) : scopesOf(graph, value));
  for (const carry of carries) inside = sets.union(inside, carryScopes(graph, carry));
  const set = loops.require(sets.without(inside, scope.id), scan ? 'scan' : 'map');
  const region = loops.write<Region>({
    kind: 'region',
    scope,
    scan,
    set,
    at: graph.size,
    sums: [],
    stacks: [],
    carries,
  });
  for (const carry of carries) {
    if (carry.kind === 'array') carry.out = block(graph, region, carry.init.n);
    else carry.out = result(graph, region);
  }
  const outs = sums.map((value) => addSum(graph, region, value));
  const blocks = stacks.map((value) => addStack(graph, region, value));
  return { sums: outs, stacks: blocks, region };
}

/** The vector of what a loop of this many iterations gives. */
export function stacked(graph: Graph, count: Size, value: (index: Index) => number | View): View {
  const { scope, result } = inLoop(graph, count, (index, _, scope) => ({ scope, result: value(index) }));
  return whole(written(graph, scope, { sums: [], stacks: [result] }).stacks[0]!);
}

/** The sum of what a loop of this many iterations gives. */
export function summed(graph: Graph, count: Size, value: (index: Index) => number): number {
  const { scope, result } = inLoop(graph, count, (index, _, scope) => ({ scope, result: value(index) }));
  return written(graph, scope, { sums: [result], stacks: [] }).sums[0]!;
}

/** The sum of all that a loop stacked, added by the loop itself: then nothing need be stacked. Undefined for other views. */
export function sumOfStack(graph: Graph, view: View): number | undefined {
  const { maker } = view.block;
  if (maker?.kind !== 'region' || !isWhole(view)) return undefined;
  const stack = maker.stacks.find(({ into }) => into === view.block);
  if (typeof stack?.value !== 'number') return undefined;
  const known = maker.sums.find(({ value }) => value === stack.value);
  return known ? known.out : addSum(graph, maker, stack.value);
}

function addSum(graph: Graph, region: Region, value: number): number {
  const out = result(graph, region);
  region.sums.push({ value, out });
  return out;
}

/** One more thing that the iterations of a loop leave behind. */
export function addStack(graph: Graph, region: Region, value: number | View): Block {
  const { count } = region.scope;
  const into = block(graph, region, typeof value === 'number' ? count : count.times(value.n));
  region.stacks.push({ into, value });
  return into;
}

function result(graph: Graph, region: Region): number {
  return graph.leaf(LEAF.result, region.id, graph.loops.results++, 0, region.set);
}

function block(graph: Graph, region: Region, size: Size): Block {
  return graph.loops.block({ size, set: region.set, name: 'a vector', maker: region, input: -1 });
}

function carryScopes(graph: Graph, carry: Carry): number {
  const { loops } = graph;
  if (carry.kind === 'array') return loops.sets.union(scopesOf(graph, carry.init), scopesOf(graph, carry.next));
  return loops.sets.union(loops.setOf(carry.init), loops.setOf(carry.next));
}
