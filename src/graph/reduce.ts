/** Reductions of vectors: a list of nodes where that is short, what a loop adds up on the way, or one instruction over memory. */
import { fail } from '../errors.ts';
import { OP } from '../ops/vocabulary.ts';
import {
  costOf,
  countOfElements,
  elementOf,
  isPlain,
  isSmall,
  lengthOf,
  limitOf,
  nodesOf,
  type Source,
  steadyView,
  viewOf,
} from './array.ts';
import { keyOf } from './affine.ts';
import { isPicked, loadFrom, scopesOf } from './blocks.ts';
import { Deferred } from './deferred.ts';
import { Expr, type Scalar } from './expression.ts';
import type { Graph } from './graph.ts';
import { LEAF } from './leaf.ts';
import type { Reduce, View } from './records.ts';
import { summed, sumOfStack } from './region.ts';
import { type Length, sizeNode, type Vector, vectorIn } from './vector.ts';

/** A list op over a vector. */
export function reduceVector(op: number, x: Vector<Length>): Expr {
  const { graph, source } = x;
  const list = listNodes(graph, source);
  if (list) return new Expr(graph, graph.list(op, list));
  if (op !== OP.sum && op !== OP.mean) return new Expr(graph, reduceView(graph, op, steadyView(graph, source)));
  const sum = streamed(graph, source);
  if (sum === undefined) return new Expr(graph, reduceView(graph, op, steadyView(graph, source)));
  return new Expr(graph, op === OP.sum ? sum : graph.node(OP.div, sum, sizeNode(graph, lengthOf(source))));
}

/** x · y. @throws WrongLength, WrongType, ForeignNode */
export function dotOf(graph: Graph, first: Vector<Length> | ArrayLike<Scalar>, second: Vector<Length> | ArrayLike<Scalar>): Expr {
  const [x, y] = [vectorIn(graph, first, 'dot').source, vectorIn(graph, second, 'dot').source];
  const n = lengthOf(x);
  if (!n.equals(lengthOf(y))) fail('WrongLength', `dot: the vectors have ${n} and ${lengthOf(y)} elements`);
  if (isSmall(graph, x, y)) return new Expr(graph, graph.list(OP.dot, nodesOf(graph, x), nodesOf(graph, y)));
  const product = isFresh(x) || isFresh(y) || isRoving(graph, x) || isRoving(graph, y);
  if (product) {
    return new Expr(
      graph,
      summed(graph, n, (i) => graph.node(OP.mul, elementOf(graph, x, i), elementOf(graph, y, i))),
    );
  }
  return new Expr(graph, reduceView(graph, OP.dot, steadyView(graph, x), steadyView(graph, y)));
}

/** The place of the smallest or largest element, by ARG_MIN or ARG_MAX. */
export function placeOf(op: number, x: Vector<Length>): Expr {
  return new Expr(x.graph, reduceView(x.graph, op, steadyView(x.graph, x.source)));
}

/** A list op over memory. The same one is one node. */
export function reduceView(graph: Graph, op: number, a: View, b?: View): number {
  const { loops } = graph;
  const key = `${op} ${viewKey(a)}${b ? ` ${viewKey(b)}` : ''}`;
  const known = loops.reductions.get(key);
  if (known !== undefined) return known;
  const set = loops.require(b ? loops.sets.union(scopesOf(graph, a), scopesOf(graph, b)) : scopesOf(graph, a), 'reduce');
  const record = loops.write<Reduce>({ kind: 'reduce', set, at: graph.size, op, a, b });
  const node = graph.leaf(LEAF.result, record.id, loops.results++, 0, set);
  loops.reductions.set(key, node);
  return node;
}

function viewKey({ block, at, checks, by, n }: View): string {
  return `${block.id} ${keyOf(at)} ${checks.map((check) => keyOf(check.at)).join()} ${by.key} ${n.key}`;
}

/** The elements as a list of nodes, if there are few, or if they are nodes already. */
function listNodes(graph: Graph, source: Source): Int32Array | undefined {
  if (source instanceof Int32Array) return source;
  if (!isPlain(source)) return undefined;
  return countOfElements(source)! * (1 + costOf(source)) <= limitOf(graph) ? nodesOf(graph, source) : undefined;
}

/** The sum by the loop that computes the elements, if they are not in memory yet or were picked. */
function streamed(graph: Graph, source: Source): number | undefined {
  if (isFresh(source)) return summed(graph, lengthOf(source), (i) => elementOf(graph, source, i));
  const view = viewOf(graph, source);
  if (isPicked(graph, view)) return summed(graph, view.n, (i) => loadFrom(graph, view, i));
  return sumOfStack(graph, view);
}

function isFresh(source: Source): boolean {
  return source instanceof Deferred && !source.isSolid && !source.isUsed;
}

function isRoving(graph: Graph, source: Source): boolean {
  return !(source instanceof Int32Array) && 'block' in source && isPicked(graph, source);
}
