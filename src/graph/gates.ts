/**
 * Closed gates as nodes (SEMANTICS, rule d). A sweep tracks them with a flag for each node; a graph has to say when the
 * flag would be up: by a *condition*, a node that counts as true where it is not 0, as that of select does.
 *
 * The partials of ops that are gates are trees of selects with numbers at their ends, so a contribution d · p is the same
 * tree with d times these at its ends: select(x > 0, d, −0) for relu, and no product. −0 is what adds nothing.
 */
import { GATE } from '../ops/kernels.ts';
import { FIRST_LIST_OP, OP } from '../ops/vocabulary.ts';
import { FIRST_LOOP_OP } from './leaf.ts';
import type { Graph } from './graph.ts';
import { rewritten } from './rewrite.ts';

/** Node of a condition, or one of these. */
export const ALWAYS = -1;
export const NEVER = -2;

/** x and y */
export function both(graph: Graph, x: number, y: number): number {
  if (x === NEVER || y === NEVER) return NEVER;
  if (x === ALWAYS || x === y) return y;
  if (y === ALWAYS) return x;
  return rewritten(graph, OP.select, x, y, graph.constant(0));
}

const COMPARED = new Set([OP.lt, OP.le, OP.gt, OP.ge, OP.eq, OP.ne]);

/** Any of several conditions, each named once. O(conditions) */
export function any(graph: Graph, conditions: readonly number[]): number {
  const distinct = [...new Set(conditions)].filter((x) => x !== NEVER);
  if (distinct.includes(ALWAYS)) return ALWAYS;
  if (distinct.length === 0) return NEVER;
  if (distinct.length === 1) return distinct[0]!;
  const zero = graph.constant(0);
  const truths = distinct.map((x) => (COMPARED.has(graph.op[x]!) ? x : rewritten(graph, OP.ne, x, zero))); // 0 or 1
  return graph.list(OP.sum, truths);
}

/** x where the condition holds, else what adds nothing. */
export function where(graph: Graph, condition: number, x: number): number {
  if (condition === ALWAYS) return x;
  return condition === NEVER ? graph.constant(-0) : rewritten(graph, OP.select, condition, x, graph.constant(-0));
}

/** What goes through an op: d · p, and when. */
export interface Passed {
  readonly value: number;
  readonly open: number;
}

/**
 * d · p where something reaches d (by condition `reached`), through an op whose partial is p.
 *
 * @param reached where it does not hold, d is 0 or −0, so that only products with what may not be finite need care
 */
export function pass(graph: Graph, op: number, d: number, p: number, reached: number): Passed {
  if (reached === NEVER) return { value: graph.constant(-0), open: NEVER };
  if (graph.isConstant(p)) {
    const slope = graph.constantOf(p);
    if (slope === 0 && (GATE[op] || op === OP.attach)) return { value: graph.constant(-0), open: NEVER }; // by its row; 0 · x is no gate
    const value = rewritten(graph, OP.mul, d, p);
    return { value: Number.isFinite(slope) ? value : where(graph, reached, value), open: reached };
  }
  if (!GATE[op]) return { value: where(graph, reached, rewritten(graph, OP.mul, d, p)), open: reached };
  const value = where(graph, isTame(graph, p) ? ALWAYS : reached, scaled(graph, d, p));
  return { value, open: both(graph, reached, opening(graph, p)) };
}

/** The partial of a gate times d; a closed end adds nothing. */
function scaled(graph: Graph, d: number, p: number): number {
  if (graph.op[p] === OP.select)
    return rewritten(graph, OP.select, graph.a[p]!, scaled(graph, d, graph.b[p]!), scaled(graph, d, graph.c[p]!));
  return isClosed(graph, p) ? graph.constant(-0) : rewritten(graph, OP.mul, d, p);
}

/** When the partial of a gate is not 0. */
function opening(graph: Graph, p: number): number {
  if (graph.op[p] !== OP.select) return isClosed(graph, p) ? NEVER : ALWAYS;
  const c = graph.a[p]!;
  const [yes, no] = [opening(graph, graph.b[p]!), opening(graph, graph.c[p]!)];
  if (yes === no) return yes;
  const truth = (x: number): number => (x === ALWAYS || x === NEVER ? graph.constant(x === ALWAYS ? 1 : 0) : x);
  if (yes === ALWAYS && no === NEVER) return c;
  return rewritten(graph, OP.select, c, truth(yes), truth(no));
}

/** Whether all ends of a partial are finite numbers. */
function isTame(graph: Graph, p: number): boolean {
  if (graph.op[p] === OP.select) return isTame(graph, graph.b[p]!) && isTame(graph, graph.c[p]!);
  return graph.isConstant(p) && Number.isFinite(graph.constantOf(p));
}

function isClosed(graph: Graph, p: number): boolean {
  return graph.isConstant(p) && graph.constantOf(p) === 0;
}

/** Whether an op is over a list. */
export function isListOp(op: number): boolean {
  return op >= FIRST_LIST_OP && op < FIRST_LOOP_OP;
}
