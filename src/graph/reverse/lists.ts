/** Ops over vectors in memory, backwards: a loop over the elements of each, from the same slopes as those of lists of nodes. */
import { OP } from '../../ops/vocabulary.ts';
import { elementOf } from '../array.ts';
import { loadFrom } from '../blocks.ts';
import { Expr } from '../expression.ts';
import { isListOp } from '../gates.ts';
import type { Graph } from '../graph.ts';
import { slopeOfList } from '../partials.ts';
import type { Index } from '../place.ts';
import type { Reduce, View } from '../records.ts';
import { reduceView } from '../reduce.ts';
import { summed } from '../region.ts';
import { rewritten } from '../rewrite.ts';
import { scanOver } from '../scans.ts';
import { type Length, sizeNode, Vector } from '../vector.ts';
import type { Sweep } from './sweep.ts';

export function reverseList(sweep: Sweep, record: Reduce): void {
  const { graph, copies, program } = sweep;
  const node = program.results.get(record.id)!;
  if (!sweep.has(node) || !isListOp(record.op)) return;
  const [d, reached, z] = [sweep.total(node), sweep.reached(node), copies.node(node)];
  const pull = (to: View, partial: (j: Index) => number): void =>
    sweep.pass(
      to,
      record.op,
      () => d,
      () => reached,
      partial,
    );
  const x = copies.view(record.a);
  if (record.op === OP.dot) {
    const y = copies.view(record.b!);
    pull(record.a, (j) => loadFrom(graph, y, j));
    pull(record.b!, (j) => loadFrom(graph, x, j));
  } else if (record.op === OP.prod) pull(record.a, productOfOthers(graph, x));
  else {
    const slope = slopeOfList(graph, record.op, z, {
      share: () => rewritten(graph, OP.reciprocal, sizeNode(graph, x.n)),
      sumOf: (term) => summed(graph, x.n, (j) => term(loadFrom(graph, x, j))),
      largest: () => reduceView(graph, OP.maxOf, x),
    });
    pull(record.a, (j) => slope(loadFrom(graph, x, j)));
  }
}

/** The product of all others: prefix times suffix, so that a zero costs nothing. */
function productOfOthers(graph: Graph, x: View): (j: Index) => number {
  const running = (of: Vector<Length>): Vector<Length> =>
    scanOver(graph, of.length, new Expr(graph, graph.constant(1)), ((product: Expr, i: Expr) => [product.mul(of.at(i)), product]) as never)
      .outputs as Vector<Length>; // biome-ignore format: one line
  const vector = new Vector<Length>(graph, x);
  const [before, after] = [running(vector), running(vector.reversed()).reversed()];
  return (j) => rewritten(graph, OP.mul, elementOf(graph, before.source, j), elementOf(graph, after.source, j));
}
