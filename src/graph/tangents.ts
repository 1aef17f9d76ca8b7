/** Forward accumulation as a graph: tangents of nodes along a direction, gates tracked as in differentiate.ts. */
import { OP } from '../ops/vocabulary.ts';
import { isZero, spanOf } from './differentiate.ts';
import { ALWAYS, any, isListOp, NEVER, pass } from './gates.ts';
import type { Graph } from './graph.ts';
import { listPartials, partialOf } from './partials.ts';
import { rewritten } from './rewrite.ts';
import { totalOf } from './total.ts';

/**
 * The derivatives of outputs along a direction: Σ ∂output/∂wrt · direction. Never −0; 0 where nothing depends on `wrt`.
 *
 * @param wrt nodes of which none depends on another
 * @param directions the node of the tangent of each; the constant 0 opens no path, another node does, whatever it comes to
 * @returns the node of each tangent. O(nodes from the first of `wrt` on)
 */
export function tangents(
  graph: Graph,
  outputs: ArrayLike<number>,
  wrt: ArrayLike<number>,
  directions: ArrayLike<number>,
): Int32Array {
  const zero = graph.constant(0);
  const result = new Int32Array(outputs.length).fill(zero);
  const span = spanOf(graph, outputs, wrt);
  if (!span) return result;
  const { from, to, active } = span;
  const tangent = new Int32Array(to - from + 1);
  const reached = new Int32Array(to - from + 1).fill(NEVER);
  for (let i = 0; i < wrt.length; i++) {
    if (wrt[i]! > to) continue;
    tangent[wrt[i]! - from] = directions[i]!;
    reached[wrt[i]! - from] = isZero(graph, directions[i]!) ? NEVER : ALWAYS;
  }
  const needed = neededBy(graph, outputs, from, to);
  for (let node = from; node <= to; node++) {
    if (!active[node - from] || !needed[node - from] || reached[node - from] !== NEVER) continue;
    push(graph, node, from, tangent, reached);
  }
  for (let i = 0; i < outputs.length; i++) {
    const at = outputs[i]! - from;
    if (at >= 0 && reached[at] !== NEVER) result[i] = rewritten(graph, OP.add, tangent[at]!, zero); // −0 + 0 = 0
  }
  return result;
}

/** The tangent of a node from those of its operands. */
function push(graph: Graph, node: number, from: number, tangent: Int32Array, reached: Int32Array): void {
  const op = graph.op[node]!;
  const partial = isListOp(op) ? listPartials(graph, node) : (j: number): number => partialOf(graph, node, j);
  const terms: number[] = [];
  const open: number[] = [];
  for (let j = 0, n = graph.operands(node); j < n; j++) {
    const at = graph.operand(node, j) - from;
    if (at < 0 || reached[at] === NEVER) continue;
    const passed = pass(graph, op, tangent[at]!, partial(j), reached[at]!);
    if (passed.open === NEVER) continue;
    terms.push(passed.value);
    open.push(passed.open);
  }
  if (terms.length === 0) return;
  reached[node - from] = open.length === 1 ? open[0]! : any(graph, open);
  tangent[node - from] = totalOf(graph, terms);
}

/** 1 for every node from `from` on whose tangent an output depends on; nothing behind a stop is asked for. */
function neededBy(graph: Graph, outputs: ArrayLike<number>, from: number, to: number): Uint8Array {
  const needed = new Uint8Array(to - from + 1);
  for (let i = 0; i < outputs.length; i++) if (outputs[i]! >= from) needed[outputs[i]! - from] = 1;
  for (let node = to; node >= from; node--) {
    if (!needed[node - from] || graph.op[node] === OP.stop) continue;
    const operands = graph.op[node] === OP.attach ? 2 : graph.operands(node);
    for (let j = operands - 1; j >= 0; j--) {
      const operand = graph.operand(node, j);
      if (operand >= from) needed[operand - from] = 1;
    }
  }
  return needed;
}
