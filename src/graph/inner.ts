/**
 * Functions differentiated inside of a program. The function is traced on fresh nodes, which are equal to nothing else;
 * derivatives are taken with respect to these, and only then what the function was called with is put in their place. So
 * a variable of an inner function and an outer expression of the same value are never confused (Siskind & Pearlmutter,
 * "Perturbation confusion", 2005), and derivatives nest in every combination.
 */
import { fail } from '../errors.ts';
import { lengthOf, nodesOf, nodesOf2 } from './array.ts';
import { adjoints } from './differentiate.ts';
import { Expr, idIn } from './expression.ts';
import type { Graph } from './graph.ts';
import { currentGraph, tracing } from './loops.ts';
import { gradientInLoops, opened, tangentInLoops } from './inner-loops.ts';
import { Matrix } from './matrix.ts';
import { shapeText } from './shapes.ts';
import { show } from './show.ts';
import { ONE, type Size, ZERO } from './size.ts';
import { isLeaf, isLike, type Leaf, partsOf, rebuilt, structureText } from './structure.ts';
import { substitute } from './substitute.ts';
import { tangents } from './tangents.ts';
import { Vector, vectorIn } from './vector.ts';

/** A structure of arguments: its leaves, and the nodes of each. */
interface Arguments {
  readonly structure: unknown;
  readonly leaves: readonly Leaf[];
  readonly nodes: readonly Int32Array[];
}

/** The graph that arguments belong to. @throws WrongType outside of any */
export function graphOfArguments(word: string, args: unknown): Graph {
  return (
    graphIn(args, 0) ??
    currentGraph() ??
    fail(
      'WrongType',
      `${word}: expected expressions, got ${show(args)}; a function is differentiated like this inside of a program`,
    )
  );
}

function graphIn(x: unknown, depth: number): Graph | undefined {
  if (x instanceof Expr || x instanceof Vector || x instanceof Matrix) return x.graph;
  if (typeof x !== 'object' || x === null || depth > 32) return undefined;
  for (const one of Object.values(x)) {
    const graph = graphIn(one, depth + 1);
    if (graph) return graph;
  }
  return undefined;
}

export function argumentsOf(graph: Graph, word: string, structure: unknown): Arguments {
  const { leaves, paths } = partsOf(graph, structure, word, 'the argument');
  return { structure, leaves, nodes: leaves.map((leaf, i) => leafNodes(graph, word, leaf, paths[i]!)) };
}

/** The nodes of a number or an array whose size is a number. @throws NotConstant */
export function leafNodes(graph: Graph, word: string, leaf: Leaf, path: string): Int32Array {
  const sizes =
    leaf instanceof Vector ? [lengthOf(leaf.source)] : leaf instanceof Matrix ? [leaf.source.rows, leaf.source.cols] : [];
  if (sizes.some((size) => size.constant === undefined))
    fail(
      'NotConstant',
      `${word}: ${path} is ${shapeText(leaf)}; its derivative is an expression only where its size is a number`,
    );
  if (leaf instanceof Vector) return nodesOf(graph, leaf.source);
  return leaf instanceof Matrix ? nodesOf2(graph, leaf.source) : Int32Array.of(idIn(graph, leaf, word));
}

/** Nodes in the shape of a leaf. */
function shapedLike(graph: Graph, leaf: Leaf, nodes: Int32Array): Expr | Vector | Matrix {
  if (leaf instanceof Vector) return new Vector(graph, nodes);
  if (leaf instanceof Matrix) return new Matrix(graph, nodes, leaf.source.rows.constant!, leaf.source.cols.constant!);
  return new Expr(graph, nodes[0]!);
}

/** Nodes in the structure of the arguments. */
export function arranged(graph: Graph, { structure, leaves, nodes }: Arguments, all: ArrayLike<number>): unknown {
  const list = Int32Array.from(all);
  let at = 0;
  const handles = leaves.map((leaf, i) => shapedLike(graph, leaf, list.slice(at, (at += nodes[i]!.length))));
  return rebuilt(structure, handles[Symbol.iterator]());
}

/** All nodes of arguments, one after the other. */
export function flatNodes({ nodes }: Arguments): Int32Array {
  return Int32Array.from(nodes.flatMap((list) => [...list]));
}

export interface Inner {
  readonly graph: Graph;
  readonly args: Arguments;
  /** What the function was traced on. */
  readonly fresh: Int32Array;
  /** What it was called with. */
  readonly actual: Int32Array;
  readonly returned: unknown;
}

/** Arguments of more numbers are taken as arrays. */
const MOST = 1024;

/** Traces a function on fresh nodes; undefined if it has loops or arrays that are not written out. @throws WrongType, ForeignNode */
function inner(graph: Graph, word: string, f: AnyFunction, structure: unknown): Inner | undefined {
  const { leaves } = partsOf(graph, structure, word, 'the argument');
  const size = leaves.reduce((sum, leaf) => sum.plus(sizeOf(leaf)), ZERO).constant;
  if (size === undefined || size > MOST) return undefined;
  const args = argumentsOf(graph, word, structure);
  const actual = flatNodes(args);
  const records = graph.loops.records.length;
  const fresh = graph.inputs(actual.length);
  const returned = tracing(graph, () => f(arranged(graph, args, fresh)));
  return graph.loops.records.length > records ? undefined : { graph, args, fresh, actual, returned };
}

function sizeOf(leaf: Leaf): Size {
  if (leaf instanceof Vector) return lengthOf(leaf.source);
  return leaf instanceof Matrix ? leaf.source.rows.times(leaf.source.cols) : ONE;
}

type AnyFunction = (...of: readonly unknown[]) => unknown;

function functionIn(word: string, f: unknown): AnyFunction {
  return typeof f === 'function' ? (f as AnyFunction) : fail('WrongType', `${word}: expected a function, got ${show(f)}`);
}

/** The one number that an inner function returned. @throws SeveralOutputs, WrongType */
function numberOf(graph: Graph, returned: unknown, word: string): number {
  if (typeof returned === 'number' || returned instanceof Expr) return idIn(graph, returned, word);
  return fail(
    isLeaf(returned) || (typeof returned === 'object' && returned !== null) ? 'SeveralOutputs' : 'WrongType',
    `${word}: expected a function that returns one number, this one returns ${structureText(returned, shapeText)}`,
  );
}

/** Value and gradient of f at its arguments, by reverse accumulation. */
export function valueAndGradientOf(word: string, f: unknown, structure: unknown): { value: Expr; gradient: unknown } {
  const call = functionIn(word, f);
  const graph = graphOfArguments(word, structure);
  const traced = inner(graph, word, call, structure);
  if (!traced) {
    const again = opened(graph, word, call, structure);
    const y = numberOf(graph, again.returned, word);
    return { value: new Expr(graph, y), gradient: gradientInLoops(graph, again, structure, y) };
  }
  const { args, fresh, actual } = traced;
  const y = numberOf(graph, traced.returned, word);
  const slopes = adjoints(graph, [y], [graph.constant(1)], fresh);
  const [value, ...gradient] = substitute(graph, [y, ...slopes], fresh, actual);
  return { value: new Expr(graph, value!), gradient: arranged(graph, args, gradient) };
}

/** A direction in the order of the argument, lists having become vectors where it has such. @throws WrongShape */
function likewise(graph: Graph, word: string, structure: unknown, direction: unknown): unknown {
  const order = (x: unknown, y: unknown, depth: number): unknown => {
    if (x instanceof Vector && (Array.isArray(y) || ArrayBuffer.isView(y))) return vectorIn(graph, y as never, word);
    if (isLeaf(x) || typeof x !== 'object' || x === null || depth > 32 || !isLike(outline(x), outline(y))) return y;
    const names = Object.entries(x).map(([name, one]) => [name, order(one, (y as { [name: string]: unknown })[name], depth + 1)]);
    return Array.isArray(x) ? names.map(([, one]) => one) : Object.fromEntries(names);
  };
  const ordered = order(structure, direction, 0);
  const [was, is] = [structureText(structure, shapeText), structureText(ordered, shapeText)];
  if (was !== is) fail('WrongShape', `${word}: the argument is ${was}, and the direction ${is}`);
  return ordered;
}

/** A list or record without what is in it. */
function outline(x: unknown): unknown {
  if (Array.isArray(x)) return x.map(() => 0);
  return typeof x === 'object' && x !== null && !isLeaf(x) ? Object.fromEntries(Object.keys(x).map((name) => [name, 0])) : x;
}

/** Value and tangent of f at its arguments along a direction, by forward accumulation, in the structure f returned. */
export function valueAndTangentOf(
  word: string,
  f: unknown,
  structure: unknown,
  direction: unknown,
): { value: unknown; tangent: unknown } {
  const call = functionIn(word, f);
  const graph = graphOfArguments(word, structure);
  const given = likewise(graph, word, structure, direction);
  const traced = inner(graph, word, call, structure);
  if (!traced) return tangentInLoops(graph, word, opened(graph, word, call, structure), given);
  const { fresh, actual, returned } = traced;
  const along = argumentsOf(graph, word, given);
  const { leaves, paths } = partsOf(graph, returned, word, 'what the function returned');
  const results = { structure: returned, leaves, nodes: leaves.map((leaf, i) => leafNodes(graph, word, leaf, paths[i]!)) };
  const outputs = flatNodes(results);
  const slopes = tangents(graph, outputs, fresh, flatNodes(along));
  const all = substitute(graph, [...outputs, ...slopes], fresh, actual);
  return {
    value: arranged(graph, results, all.subarray(0, outputs.length)),
    tangent: arranged(graph, results, all.subarray(outputs.length)),
  };
}
