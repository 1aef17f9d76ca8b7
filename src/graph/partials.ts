/** ∂node/∂operand as a node: the printed table (src/ops/partials.ts), read with nodes for numbers. */
import { fail } from '../errors.ts';
import { OP } from '../ops/vocabulary.ts';
import { PARTIALS } from '../ops/partials.ts';
import { type Postfix, parsed, run } from '../ops/postfix.ts';
import type { Graph } from './graph.ts';
import { rewritten } from './rewrite.ts';

/** Stands for the slope of a value that was differentiated more often than it can be. */
export const UNKNOWN_SLOPE: number = Number.MAX_VALUE;

/** By 4 · opcode + operand. */
const programs: (Postfix | undefined)[] = [];

/** ∂node/∂operand j of an op of one to three operands. O(1) */
export function partialOf(graph: Graph, node: number, j: number): number {
  return partialIn(graph, graph.op[node]!, j, [graph.a[node]!, graph.b[node]!, graph.c[node]!], node);
}

/** The same of an op whose node may have been written in another way: its operands and its result. */
export function partialIn(
  graph: Graph,
  op: number,
  j: number,
  [a, b, c]: ArrayLike<number> & Iterable<number>,
  z: number,
): number {
  if (op === OP.attach && j === 1) return givenSlope(graph, c!);
  const program = (programs[4 * op + j] ??= parsed(PARTIALS[op - 2]!.split(',')[j]!));
  const numbers = {
    literal: (x: number) => graph.constant(x),
    apply: (code: number, a: number, b: number, c: number) => rewritten(graph, code, a, b, c),
  };
  return run(program, numbers, a!, b!, c!, z);
}

/** The slope of an attach: sweeps are to stop at it, but the next derivative is that of what it is. */
function givenSlope(graph: Graph, p: number): number {
  if (graph.isConstant(p) && graph.constantOf(p) === UNKNOWN_SLOPE)
    fail('OutOfRange', 'defineOp and implicit: where slopes depend on the value, it has derivatives up to the third only');
  return graph.op[p] === OP.stop ? graph.a[p]! : p;
}

/** ∂node/∂element i of an op over a list; dot: of both lists, one after the other. O(k), then O(1) for each. */
export function listPartials(graph: Graph, node: number): (i: number) => number {
  const k = graph.b[node]!;
  const x = (i: number): number => graph.operand(node, i);
  const op = graph.op[node]!;
  if (op === OP.dot) return (i) => x(i < k ? i + k : i - k);
  if (op === OP.prod) return productOfOthers(graph, k, x);
  const all = Int32Array.from({ length: k }, (_, i) => x(i));
  const slope = slopeOfList(graph, op, node, {
    share: () => graph.constant(1 / k),
    sumOf: (term) => graph.list(OP.sum, all.map(term)),
    largest: () => graph.list(OP.maxOf, all),
  });
  return (i) => slope(x(i));
}

/** What the slopes of a list op need to know of its list. */
export interface ListOf {
  /** 1/k of k elements. */
  readonly share: () => number;
  /** The sum of something over all elements. */
  readonly sumOf: (term: (x: number) => number) => number;
  readonly largest: () => number;
}

/** ∂z/∂x for any element x of the list that z is of; of all list ops but dot and prod. */
export function slopeOfList(graph: Graph, op: number, z: number, { share, sumOf, largest }: ListOf): (x: number) => number {
  const node = (name: number, a: number, b = 0, c = 0): number => rewritten(graph, name, a, b, c);
  const number = (value: number): number => graph.constant(value);
  const infinity = (): number => number(Number.POSITIVE_INFINITY);
  switch (op) {
    case OP.sum:
      return () => number(1);
    case OP.mean:
      return () => share();
    case OP.minOf:
    case OP.maxOf: {
      // 1/k for each of k that tie, NaN for all if one is
      const tied = node(
        OP.reciprocal,
        sumOf((x) => node(OP.eq, x, z)),
      );
      const other = node(OP.select, node(OP.eq, z, z), number(0), number(Number.NaN));
      return (x) => node(OP.select, node(OP.eq, x, z), tied, other);
    }
    case OP.norm: {
      // x/‖x‖; 0 at the origin; if m elements are infinite, ±1/√m for those and 0 for the others
      const far = node(OP.eq, z, infinity());
      const isFar = (x: number): number => node(OP.eq, node(OP.abs, x), infinity());
      const length = node(OP.select, far, node(OP.sqrt, sumOf(isFar)), z);
      const leg = (x: number): number =>
        node(OP.select, far, node(OP.select, isFar(x), node(OP.sign, x), node(OP.mul, x, number(0))), x);
      return (x) => node(OP.select, node(OP.eq, z, number(0)), number(0), node(OP.div, leg(x), length));
    }
    default: {
      // logsumexp: e^(x − m) over their sum, m being the largest, on which nothing depends; the infinite ones share equally
      const m = node(OP.stop, largest());
      const far = node(OP.eq, m, infinity());
      const term = (x: number): number => node(OP.select, far, node(OP.eq, x, infinity()), node(OP.expDifference, x, m));
      const sum = sumOf(term);
      return (x) => node(OP.div, term(x), sum);
    }
  }
}

/** The product of all others: prefix times suffix, so that a zero costs nothing. */
function productOfOthers(graph: Graph, k: number, x: (i: number) => number): (i: number) => number {
  const one = graph.constant(1);
  const before = new Int32Array(k).fill(one);
  const after = new Int32Array(k).fill(one);
  for (let i = 1; i < k; i++) before[i] = rewritten(graph, OP.mul, before[i - 1]!, x(i - 1));
  for (let i = k - 2; i >= 0; i--) after[i] = rewritten(graph, OP.mul, after[i + 1]!, x(i + 1));
  return (i) => rewritten(graph, OP.mul, before[i]!, after[i]!);
}
