/**
 * What is not written the long way: nodes that are equal to simpler ones, to the bit, whatever their operands are (all NaNs
 * being one), and have the same derivatives. Derivatives and copies of functions are made of such nodes; what the user
 * wrote stays as it was written.
 *
 * The rewriting happens as nodes are made: hash-consing then finds what is common to a function and its derivatives, and
 * nobody needs a pass over the graph. What is tempting and not exact is left: x + 0 is not x at −0, x · 0 is not 0 at ∞,
 * x − x is not 0 at ∞, −(x − y) is not y − x where x = y. One step at a time: no rule looks further than its operands'
 * operands, so no depth of a graph is recursed into.
 */
import { OP } from '../ops/vocabulary.ts';
import type { Graph } from './graph.ts';

/** The node of an op of one to three operands, or of something simpler with the same bits. O(1) */
export function rewritten(graph: Graph, op: number, a: number, b = 0, c = 0): number {
  switch (op) {
    case OP.neg:
      return graph.op[a] === OP.neg ? graph.a[a]! : graph.node(OP.neg, a); // −(−x) = x
    case OP.add:
      return added(graph, a, b);
    case OP.sub:
      return subtracted(graph, a, b);
    case OP.mul:
      return multiplied(graph, a, b);
    case OP.div:
      return divided(graph, a, b);
    case OP.select:
      return selected(graph, a, b, c);
    case OP.min:
    case OP.max:
      return ordered(graph, op, a, b);
    case OP.lt:
    case OP.gt:
      return a === b ? graph.constant(0) : graph.node(op, a, b); // x < x is 0, of NaN too
    default:
      return graph.node(op, unary(graph, op, a), b, c);
  }
}

/** What a unary op can take in place of its operand. */
function unary(graph: Graph, op: number, a: number): number {
  const inner = graph.op[a]!;
  if (op === OP.abs || op === OP.square) return inner === OP.neg || inner === OP.abs ? graph.a[a]! : a; // |−x| = | |x| | = |x|, (−x)² = |x|² = x²
  return a;
}

function is(graph: Graph, id: number, x: number): boolean {
  return graph.op[id] === OP.constant && Object.is(graph.constantOf(id), x);
}

function isZero(graph: Graph, id: number): boolean {
  return graph.isConstant(id) && graph.constantOf(id) === 0;
}

/** x of −x; −1 of anything else. */
function negated(graph: Graph, id: number): number {
  const x = graph.op[id] === OP.neg ? graph.a[id]! : -1;
  return x >= 0 && graph.op[x] === OP.neg ? -1 : x;
}

/** x + y = y + x: the one that is there already, else in the order of their nodes. */
function ordered(graph: Graph, op: number, a: number, b: number): number {
  const known = graph.known(op, a, b);
  if (known >= 0) return known;
  return a > b ? graph.node(op, b, a) : graph.node(op, a, b);
}

function selected(graph: Graph, condition: number, a: number, b: number): number {
  if (a === b) return a; // c ? x : x = x
  if (graph.isConstant(condition)) return graph.constantOf(condition) !== 0 ? a : b; // 1 ? x : y = x, 0 ? x : y = y
  const op = graph.op[condition]!;
  let [c, yes, no] = [condition, a, b];
  if (op === OP.ne && isZero(graph, graph.b[condition]!)) c = graph.a[condition]!; // c ≠ 0 ? x : y = c ? x : y
  if (op === OP.eq && isZero(graph, graph.b[condition]!)) [c, yes, no] = [graph.a[condition]!, b, a]; // c = 0 ? x : y = c ? y : x
  if (graph.op[yes] === OP.select && graph.a[yes] === c) yes = graph.b[yes]!; // c ? (c ? x : w) : y = c ? x : y
  if (graph.op[no] === OP.select && graph.a[no] === c) no = graph.c[no]!; // c ? x : (c ? w : y) = c ? x : y
  return yes === no ? yes : graph.node(OP.select, c, yes, no);
}

function added(graph: Graph, a: number, b: number): number {
  if (is(graph, b, -0)) return a; // x + (−0) = x
  if (is(graph, a, -0)) return b; // (−0) + x = x
  const [x, y] = [negated(graph, a), negated(graph, b)];
  if (y >= 0) return graph.node(OP.sub, a, y); // x + (−y) = x − y
  if (x >= 0) return graph.node(OP.sub, b, x); // (−x) + y = y − x
  return ordered(graph, OP.add, a, b);
}

function subtracted(graph: Graph, a: number, b: number): number {
  if (is(graph, b, 0)) return a; // x − 0 = x
  if (is(graph, a, -0)) return rewritten(graph, OP.neg, b); // (−0) − x = −x
  const y = negated(graph, b);
  if (y >= 0) return ordered(graph, OP.add, a, y); // x − (−y) = x + y
  return graph.node(OP.sub, a, b);
}

function multiplied(graph: Graph, a: number, b: number): number {
  if (is(graph, b, 1)) return a; // x · 1 = x
  if (is(graph, a, 1)) return b; // 1 · x = x
  if (is(graph, b, -1)) return rewritten(graph, OP.neg, a); // x · (−1) = −x
  if (is(graph, a, -1)) return rewritten(graph, OP.neg, b); // (−1) · x = −x
  const [x, y] = [negated(graph, a), negated(graph, b)];
  if (x >= 0 && y >= 0) return ordered(graph, OP.mul, x, y); // (−x) · (−y) = x · y
  if (x >= 0) return signed(graph, x, b); // (−x) · y = −(x · y)
  if (y >= 0) return signed(graph, y, a); // x · (−y) = −(x · y)
  return ordered(graph, OP.mul, a, b);
}

/** −(x · y), the sign taken into a constant factor where there is one. */
function signed(graph: Graph, x: number, y: number): number {
  if (graph.isConstant(y)) return ordered(graph, OP.mul, x, graph.constant(-graph.constantOf(y))); // (−x) · k = x · (−k)
  return graph.node(OP.neg, ordered(graph, OP.mul, x, y));
}

function divided(graph: Graph, a: number, b: number): number {
  if (is(graph, b, 1)) return a; // x / 1 = x
  if (is(graph, b, -1)) return rewritten(graph, OP.neg, a); // x / (−1) = −x
  if (is(graph, a, 1)) return graph.node(OP.reciprocal, b); // 1 / x is what reciprocal is defined as
  const [x, y] = [negated(graph, a), negated(graph, b)];
  if (x >= 0 && y >= 0) return graph.node(OP.div, x, y); // (−x) / (−y) = x / y
  if (x >= 0) return graph.node(OP.neg, graph.node(OP.div, x, b)); // (−x) / y = −(x / y)
  if (y >= 0) return graph.node(OP.neg, graph.node(OP.div, a, y)); // x / (−y) = −(x / y)
  if (graph.isConstant(b) && isPowerOf2(graph.constantOf(b)))
    return ordered(graph, OP.mul, a, graph.constant(1 / graph.constantOf(b))); // x / 2ᵏ = x · 2⁻ᵏ: both are the exact quotient, rounded
  return graph.node(OP.div, a, b);
}

/** ±2ᵏ whose reciprocal is a normal number, too. */
function isPowerOf2(x: number): boolean {
  const k = Math.round(Math.log2(Math.abs(x)));
  return Math.abs(k) <= 1022 && Math.abs(x) === 2 ** k;
}
