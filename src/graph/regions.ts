/** `map`, and reductions of a function of the index. */
import { fail } from '../errors.ts';
import type { ListOp } from '../ops/algebra.ts';
import { OP } from '../ops/vocabulary.ts';
import { elementOf, isSmall, lengthOf, nodesOf, plainIndex, steadyView } from './array.ts';
import { asMatrix, whole } from './blocks.ts';
import { Expr, idIn, type Scalar } from './expression.ts';
import type { Graph } from './graph.ts';
import { currentGraph } from './loops.ts';
import { Matrix } from './matrix.ts';
import { type Count, countOf } from './place.ts';
import type { Block, Scope, View } from './records.ts';
import { inLoop, stacked, written } from './region.ts';
import { reduceView } from './reduce.ts';
import { shapeText } from './shapes.ts';
import { show } from './show.ts';
import type { Size } from './size.ts';
import { type Leaf, partsOf, rebuilt, structureText } from './structure.ts';
import type { LoopIndex, Stackable } from './types.ts';
import { traceLoop } from './unroll.ts';
import { type Length, sizeNode, Vector } from './vector.ts';

/** The graph a loop belongs to. @throws WrongType outside of any */
export function graphOfLoop(n: Count, word: string): Graph {
  const graph = n instanceof Expr ? n.graph : currentGraph();
  return (
    graph ??
    fail('WrongType', `${word}: a loop of ${show(n)} iterations outside of a program; use it in the function given to compile`)
  );
}

/** The vectors and matrices of what `f` gives for i = 0 … n − 1, in the structure it gives it in. */
export function mapOver(graph: Graph, word: string, n: Count, f: (i: LoopIndex) => Stackable): unknown {
  const count = countOf(graph, n, word);
  checkFunction(f, word);
  const finish = (result: Stackable, scope: Scope): [Stackable, Scope, (number | View)[]] => {
    const stacks = partsOf(graph, result, word, 'what the function returned').leaves.map((leaf) => stackable(graph, leaf, word));
    return [result, scope, stacks];
  };
  const isPlain = (result: Stackable): boolean =>
    partsOf(graph, result, word, 'what the function returned').leaves.every((leaf) => isPlainLeaf(graph, leaf));
  const traced =
    count.constant === undefined
      ? { loop: inLoop(graph, count, (_, node, scope) => finish(f(new Expr(graph, node) as LoopIndex), scope)) }
      : traceLoop(graph, count.constant, f, isPlain, (result, _, scope) => finish(result, scope));
  if ('every' in traced) return gathered(graph, traced.every, word);
  const [result, scope, stacks] = traced.loop;
  const left = written(graph, scope, { sums: [], stacks });
  const arrays = left.stacks.map((block, k) => stackHandle(graph, block, count, stacks[k]!));
  return rebuilt(result, arrays[Symbol.iterator]());
}

/** What a stack holds, as the user sees it. */
export function stackHandle(
  graph: Graph,
  block: Block,
  count: Size,
  one: number | View,
): Vector<Length> | Matrix<Length, Length> {
  if (typeof one === 'number') return new Vector<Length>(graph, whole(block));
  return new Matrix<Length, Length>(graph, asMatrix(whole(block), count, one.n));
}

/** A leaf that is to be stacked: a node, or a view that a loop can copy. */
export function stackable(graph: Graph, leaf: Leaf, word: string): number | View {
  if (leaf instanceof Vector) return steadyView(graph, leaf.source);
  if (leaf instanceof Matrix)
    fail(
      'WrongShape',
      `${word}: the function returned ${shapeText(leaf)}; it can return numbers and vectors, for stacked matrices would have three dimensions`,
    );
  return idIn(graph, leaf, word);
}

export function isPlainLeaf(graph: Graph, leaf: Leaf): boolean {
  return leaf instanceof Vector ? isSmall(graph, leaf.source) : !(leaf instanceof Matrix);
}

/** Results of all iterations, written out, as vectors and matrices of nodes. */
export function gathered(graph: Graph, every: readonly unknown[], word: string): unknown {
  if (every.length === 0) return new Vector(graph, new Int32Array(0)); // of a loop that had to be written out
  const parts = every.map((one) => partsOf(graph, one, word, 'what the function returned').leaves);
  const text = structureText(every[0], shapeText);
  every.forEach((one) => {
    if (structureText(one, shapeText) !== text)
      fail('WrongShape', `${word}: the function returned ${text} first and ${structureText(one, shapeText)} later`);
  });
  const arrays = parts[0]!.map((first, k) => {
    const leaves = parts.map((leaves) => leaves[k]!);
    if (!(first instanceof Vector))
      return new Vector(
        graph,
        Int32Array.from(leaves, (leaf) => idIn(graph, leaf as Scalar, word)),
      );
    const ids = leaves.map((leaf) => nodesOf(graph, (leaf as Vector).source));
    const all = new Int32Array(ids.length * ids[0]!.length);
    ids.forEach((row, i) => all.set(row, i * row.length));
    return new Matrix(graph, all, ids.length, ids[0]!.length);
  });
  return rebuilt(every[0], arrays[Symbol.iterator]());
}

/** A reduction of the terms for i = 0 … n − 1, or their number for each iteration where they are plain numbers. */
export function reduceTerms(
  graph: Graph,
  name: ListOp,
  word: string,
  n: Count,
  term: (i: LoopIndex) => Scalar | Vector<Length>,
): { readonly every: readonly (Scalar | Vector<Length>)[] } | { readonly result: Expr | Vector<Length> } {
  const count = countOf(graph, n, word);
  checkFunction(term, word);
  const fixed = count.constant;
  if (fixed === 0) return { every: [] };
  const finish = (result: unknown, scope: Scope): Terms | undefined => {
    if (typeof result === 'number' && fixed !== undefined) return undefined; // it may count by itself
    if (result instanceof Vector && (name === 'sum' || name === 'mean')) return vectorTerms(graph, result, scope);
    if (result instanceof Vector || result instanceof Matrix || (typeof result === 'object') === !(result instanceof Expr))
      fail(
        'WrongType',
        `${word}: the function returned ${shapeText(result)}; expected a number${name === 'sum' || name === 'mean' ? ' or a vector' : ''}`,
      );
    return { scope, nodes: [idIn(graph, result as Scalar, word)], view: undefined, isVector: false };
  };
  const isPlain = (result: unknown): boolean =>
    typeof result === 'number' || (result instanceof Expr ? true : result instanceof Vector && isSmall(graph, result.source));
  const traced =
    fixed === undefined
      ? { loop: inLoop(graph, count, (_, node, scope) => finish(term(new Expr(graph, node) as LoopIndex), scope)!) }
      : traceLoop(graph, fixed, term, isPlain, (result, _, scope) => finish(result, scope));
  if ('every' in traced) return traced;
  return { result: reduced(graph, name, count, traced.loop) };
}

/** What the terms of a reduction are, at the end of the loop's function. */
interface Terms {
  readonly scope: Scope;
  readonly nodes: readonly number[];
  readonly view: View | undefined;
  readonly isVector: boolean;
}

/** Vectors of up to this many elements are added up element by element, longer ones are stacked first. */
const FEW_SUMS = 64;

function vectorTerms(graph: Graph, x: Vector<Length>, scope: Scope): Terms {
  const n = lengthOf(x.source).constant;
  if (n === undefined || n > FEW_SUMS) return { scope, nodes: [], view: steadyView(graph, x.source), isVector: true };
  const nodes = Array.from({ length: n }, (_, j) => elementOf(graph, x.source, plainIndex(j)));
  return { scope, nodes, view: undefined, isVector: true };
}

function reduced(graph: Graph, name: ListOp, count: Size, { scope, nodes, view, isVector }: Terms): Expr | Vector<Length> {
  const op = OP[name];
  if (view) {
    const all = whole(written(graph, scope, { sums: [], stacks: [view] }).stacks[0]!);
    const column = (j: View): number => reduceView(graph, op, j);
    return new Vector<Length>(
      graph,
      stacked(graph, view.n, (j) => {
        const at = { ...all, at: { ...all.at, terms: j.at.terms }, by: view.n, n: count };
        return column(at);
      }),
    );
  }
  if (name !== 'sum' && name !== 'mean') {
    const terms = whole(written(graph, scope, { sums: [], stacks: [nodes[0]!] }).stacks[0]!);
    return new Expr(graph, reduceView(graph, op, terms));
  }
  const { sums } = written(graph, scope, { sums: nodes, stacks: [] });
  const results = name === 'sum' ? sums : sums.map((sum) => graph.node(OP.div, sum, sizeNode(graph, count)));
  return isVector ? new Vector<Length>(graph, Int32Array.from(results)) : new Expr(graph, results[0]!);
}

function checkFunction(f: unknown, word: string): void {
  if (typeof f !== 'function') fail('WrongType', `${word}: expected a function of the index, got ${show(f)}`);
}
