/**
 * Differentiation as a graph: the derivatives of nodes are nodes of the same graph, made from the same rows as everything
 * (src/ops/partials.ts), so to differentiate twice is to do it twice. Backwards here, forwards in tangents.ts.
 *
 * Gates are tracked (gates.ts), so results agree with the sweeps at awkward points, too. The contributions to an adjoint
 * are added in descending order of the nodes they come from, operand a before b before c, each added to the sum of those
 * before; more than four are one sum (ARCHITECTURE, One order). Loops, not recursion: a chain may be 10,000,000 deep.
 */
import { ARITY } from '../ops/kernels.ts';
import { OP } from '../ops/vocabulary.ts';
import { ALWAYS, any, isListOp, NEVER, pass } from './gates.ts';
import { FIRST_LOOP_OP } from './leaf.ts';
import type { Graph } from './graph.ts';
import { listPartials, partialOf } from './partials.ts';
import { rewritten } from './rewrite.ts';
import { totalOf } from './total.ts';

/**
 * The derivatives of Σ seed · output with respect to nodes, by reverse accumulation. What a node changes through other
 * nodes of `wrt` counts, too. A derivative is never −0; where none depends on a node it is the constant 0.
 *
 * @param outputs nodes without loops below them that depend on `wrt`
 * @param seeds the node of the adjoint of each output; the constant 0 opens no path, another node does, whatever it comes to
 * @returns the node of each derivative. O(nodes from the first of `wrt` on)
 */
export function adjoints(graph: Graph, outputs: ArrayLike<number>, seeds: ArrayLike<number>, wrt: ArrayLike<number>): Int32Array {
  const zero = graph.constant(0);
  const result = new Int32Array(wrt.length).fill(zero);
  const span = spanOf(graph, outputs, wrt);
  if (!span) return result;
  const sums = new Contributions(graph, span);
  for (let i = 0; i < outputs.length; i++)
    if (sums.isActive(outputs[i]!) && !isZero(graph, seeds[i]!)) sums.add(outputs[i]!, seeds[i]!, ALWAYS);
  for (let node = span.to; node >= span.from; node--) if (sums.has(node)) pull(graph, sums, node);
  for (let i = 0; i < wrt.length; i++) {
    const total = sums.total(wrt[i]!);
    if (total >= 0) result[i] = rewritten(graph, OP.add, total, zero); // −0 + 0 = 0
  }
  return result;
}

export function isZero(graph: Graph, node: number): boolean {
  return graph.isConstant(node) && graph.constantOf(node) === 0;
}

/** A node hands its adjoint on to its operands. */
function pull(graph: Graph, sums: Contributions, node: number): void {
  const op = graph.op[node]!;
  const n = graph.operands(node);
  if (n === 0) return;
  let d = -1;
  let reached = NEVER;
  const partial = isListOp(op) ? listPartials(graph, node) : (j: number): number => partialOf(graph, node, j);
  for (let j = 0; j < n; j++) {
    const operand = graph.operand(node, j);
    if (!sums.isActive(operand)) continue;
    if (d < 0) {
      d = sums.total(node);
      reached = sums.reached(node);
    }
    const { value, open } = pass(graph, op, d, partial(j), reached);
    if (open !== NEVER) sums.add(operand, value, open);
  }
}

/** The nodes between the first of `wrt` and the last output: all that can matter. */
export interface Span {
  readonly from: number;
  readonly to: number;
  /** 1: depends on `wrt`; by node − from. */
  readonly active: Uint8Array;
}

/** What of the graph depends on `wrt` and may reach an output; undefined if nothing does. */
export function spanOf(graph: Graph, outputs: ArrayLike<number>, wrt: ArrayLike<number>): Span | undefined {
  let from = graph.size;
  let to = -1;
  for (let i = 0; i < wrt.length; i++) from = Math.min(from, wrt[i]!);
  for (let i = 0; i < outputs.length; i++) to = Math.max(to, outputs[i]!);
  if (from > to) return undefined;
  const active = new Uint8Array(to - from + 1);
  for (let i = 0; i < wrt.length; i++) if (wrt[i]! <= to) active[wrt[i]! - from] = 1;
  for (let node = from; node <= to; node++) {
    const op = graph.op[node]!;
    if (op === OP.constant || op === OP.input || op === OP.stop || op >= FIRST_LOOP_OP || active[node - from]) continue;
    for (let n = ARITY[op] || graph.operands(node), j = 0; j < n; j++) {
      const operand = graph.operand(node, j);
      if (operand < from || !active[operand - from]) continue;
      active[node - from] = 1;
      break;
    }
  }
  return { from, to, active };
}

/** What has been added to each adjoint so far: lists in three arrays. */
class Contributions {
  readonly #graph: Graph;
  readonly #span: Span;
  /** Last contribution to each node, 0 for none; by node − from. */
  readonly #last: Int32Array;
  /** Of each contribution, the first being number 1: its node, when it counts, and the one before it. */
  readonly #value: number[] = [0];
  readonly #open: number[] = [0];
  readonly #before: number[] = [0];

  constructor(graph: Graph, span: Span) {
    this.#graph = graph;
    this.#span = span;
    this.#last = new Int32Array(span.to - span.from + 1);
  }

  isActive(node: number): boolean {
    const { from, to, active } = this.#span;
    return node >= from && node <= to && active[node - from] === 1;
  }

  has(node: number): boolean {
    return this.#last[node - this.#span.from] !== 0;
  }

  add(node: number, value: number, open: number): void {
    const i = node - this.#span.from;
    this.#before.push(this.#last[i]!);
    this.#value.push(value);
    this.#last[i] = this.#open.push(open) - 1;
  }

  /** The node of all contributions together; −1 if there are none. */
  total(node: number): number {
    const only = this.#only(node);
    if (only >= 0) return this.#value[only]!;
    const terms = this.#list(this.#value, node);
    return terms.length === 0 ? -1 : totalOf(this.#graph, terms);
  }

  /** When any of them counts. */
  reached(node: number): number {
    const only = this.#only(node);
    return only >= 0 ? this.#open[only]! : any(this.#graph, this.#list(this.#open, node));
  }

  /** The contribution to a node that has one; −1 for others. */
  #only(node: number): number {
    const last = this.#last[node - this.#span.from] ?? 0;
    return last > 0 && this.#before[last] === 0 ? last : -1;
  }

  #list(of: readonly number[], node: number): number[] {
    const { from, to } = this.#span;
    const list: number[] = [];
    if (node < from || node > to) return list;
    for (let i = this.#last[node - from]!; i !== 0; i = this.#before[i]!) list.push(of[i]!);
    return list.reverse();
  }
}
