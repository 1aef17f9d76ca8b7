/**
 * Reverse accumulation over a graph with loops, as a graph: the adjoints of nodes and arrays are nodes and arrays of the same
 * graph, loops of it are loops, and to differentiate twice is to do it twice. What there is of it without loops is
 * ../differentiate.ts; the partials, gates and the order of additions are the same.
 */
import { loadFrom } from '../blocks.ts';
import { ALWAYS } from '../gates.ts';
import type { Graph } from '../graph.ts';
import { isZero } from '../differentiate.ts';
import type { Block, View } from '../records.ts';
import { stacked } from '../region.ts';
import { OP } from '../../ops/vocabulary.ts';
import { rewritten } from '../rewrite.ts';
import { programOf } from './program.ts';
import { Sweep } from './sweep.ts';

/** An output, and the adjoint that it begins with: two nodes or two views of as many elements. */
export type Seeded = readonly [output: number, seed: number] | readonly [output: View, seed: View];

/**
 * The derivatives of Σ seed · output. A derivative is never −0; where nothing depends on what is asked for it is 0.
 *
 * @param wrt nodes that nothing is computed from but other nodes, and blocks that are copies
 * @returns a node for each node, a view of all its elements for each block. O(nodes and records that the outputs depend on)
 */
export function adjointsInLoops(graph: Graph, outputs: readonly Seeded[], wrt: readonly (number | Block)[]): (number | View)[] {
  const program = programOf(
    graph,
    outputs.map(([output]) => (typeof output === 'number' ? output : output.block)),
    wrt,
  );
  const sweep = new Sweep(program);
  for (const [output, seed] of outputs) {
    if (typeof output !== 'number') sweep.addTo(output, seed as View, ALWAYS);
    else if (!isZero(graph, seed as number)) sweep.add(output, seed as number, ALWAYS);
  }
  sweep.run();
  const zero = graph.constant(0);
  return wrt.map((x) => {
    if (typeof x === 'number') return sweep.has(x) ? rewritten(graph, OP.add, sweep.total(x), zero) : zero; // −0 + 0 = 0
    const adjoints = sweep.adjoints(x);
    return stacked(graph, x.size, (j) => (adjoints ? rewritten(graph, OP.add, loadFrom(graph, adjoints.values, j), zero) : zero));
  });
}
