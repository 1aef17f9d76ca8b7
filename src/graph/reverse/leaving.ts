/**
 * What a loop of a reverse sweep contributes to adjoints outside of it. Numbers are added up over the iterations. Pieces of blocks
 * are stacked: what iteration i reads at `base + by · i` is a run afterwards, rows that follow one another are one longer run,
 * and where places do not move evenly they are stacked, too.
 */
import { type Affine, plus } from '../affine.ts';
import { plainIndex, steadyView } from '../array.ts';
import { cells, loadFrom, whole } from '../blocks.ts';
import { ALWAYS, NEVER } from '../gates.ts';
import type { Graph } from '../graph.ts';
import { LEAF } from '../leaf.ts';
import { OP } from '../../ops/vocabulary.ts';
import type { Block, View } from '../records.ts';
import { reduceView } from '../reduce.ts';
import { type Left, stacked } from '../region.ts';
import { placeNode } from '../scatter.ts';
import { type Size, ZERO } from '../size.ts';
import { FEW_ELEMENTS, type Open, type Piece, placesOf, truth } from './pieces.ts';

/** Takes what leaves a loop. */
export interface Outside {
  add(node: number, value: number, open: number): void;
  addPiece(block: Block, piece: Piece): void;
}

export class Leaving {
  readonly sums: number[] = [];
  readonly stacks: (number | View)[] = [];
  readonly #graph: Graph;
  readonly #scope: number;
  readonly #count: Size;
  readonly #deliveries: ((to: Outside, left: Left) => void)[] = [];

  constructor(graph: Graph, scope: number, count: Size) {
    this.#graph = graph;
    this.#scope = scope;
    this.#count = count;
  }

  /** Once the loop is written down. */
  deliver(to: Outside, left: Left): void {
    for (const delivery of this.#deliveries) delivery(to, left);
  }

  /** A contribution to a node, in each iteration. */
  node(node: number, value: number, open: number): void {
    const sum = this.#sum(value);
    const reached = this.#anyOf(open);
    this.#deliveries.push((to, left) => to.add(node, left.sums[sum]!, reached(left)));
  }

  /** A contribution to elements of a block, in each iteration. */
  piece(block: Block, piece: Piece): void {
    if (piece.kind === 'places') return this.#places(block, piece.places, piece.values, piece.open);
    const step = piece.at.terms.find(([scope]) => scope === this.#scope)?.[1] ?? ZERO;
    const at = { ...piece.at, terms: piece.at.terms.filter(([scope]) => scope !== this.#scope) };
    const isPicked = at.picks.some(([node]) => this.#graph.loops.sets.members(this.#graph.loops.setOf(node)).includes(this.#scope)); // biome-ignore format: one line
    if (isPicked) return this.#scattered(block, piece);
    if (step.equals(ZERO)) return this.#inPlace(block, piece, at);
    if (piece.kind === 'one') return this.#run(block, at, step, piece.value, piece.open);
    if (step.equals(piece.by.times(piece.n))) return this.#run(block, at, piece.by, piece.values, piece.open);
    this.#scattered(block, piece);
  }

  /** Values that lie behind one another in the order of the iterations. */
  #run(block: Block, at: Affine, by: Size, value: number | View, open: number | Open): void {
    const [values, opens] = [this.#stack(value), this.#opens(open)];
    this.#deliveries.push((to, left) => {
      const view = values(left);
      to.addPiece(block, { kind: 'run', at, by, n: view.n, values: view, open: opens(left) });
    });
  }

  /** Where the same elements get something in each iteration: added up. */
  #inPlace(block: Block, piece: Exclude<Piece, { kind: 'places' }>, at: Affine): void {
    const graph = this.#graph;
    if (piece.kind === 'one') {
      const sum = this.#sum(piece.value);
      const reached = this.#anyOf(piece.open);
      this.#deliveries.push((to, left) => to.addPiece(block, { kind: 'one', at, value: left.sums[sum]!, open: reached(left) }));
      return;
    }
    const { by, n, values, open } = piece;
    const total = this.#totals(values);
    const conditions = open === ALWAYS ? undefined : this.#totals(truths(this.#graph, open));
    const always = this.#anyOf(ALWAYS);
    this.#deliveries.push((to, left) => {
      const runs = always(left); // a loop that never runs reaches nothing
      const opened = conditions ? conditions(left) : runs === ALWAYS ? ALWAYS : stacked(graph, n, () => runs);
      to.addPiece(block, { kind: 'run', at, by, n, values: total(left), open: opened });
    });
  }

  /** The sums of the elements of views over all iterations. */
  #totals(view: View): (left: Left) => View {
    const graph = this.#graph;
    const { n } = view;
    if (n.constant !== undefined && n.constant <= FEW_ELEMENTS) {
      const sums = Array.from({ length: n.constant }, (_, j) => this.#sum(loadFrom(graph, view, plainIndex(j))));
      return (left) =>
        cells(
          graph,
          Int32Array.from(sums, (sum) => left.sums[sum]!),
        );
    }
    const rows = this.#stack(view);
    return (left) => {
      const all = rows(left);
      return stacked(graph, n, (j) => reduceView(graph, OP.sum, { ...all, at: plus(all.at, j.at), by: n, n: this.#count }));
    };
  }

  #scattered(block: Block, piece: Exclude<Piece, { kind: 'places' }>): void {
    const graph = this.#graph;
    if (piece.kind === 'one') this.#places(block, placeNode(graph, piece.at), piece.value, piece.open);
    else this.#places(block, placesOf(graph, piece), piece.values, piece.open);
  }

  #places(block: Block, at: number | View, value: number | View, open: number | Open): void {
    const [places, values, opens] = [this.#stack(at), this.#stack(value), this.#opens(open)];
    this.#deliveries.push((to, left) =>
      to.addPiece(block, { kind: 'places', places: places(left), values: values(left), open: opens(left) }),
    );
  }

  #sum(value: number): number {
    return this.sums.push(value) - 1;
  }

  #stack(value: number | View): (left: Left) => View {
    const k = this.stacks.push(typeof value === 'number' ? value : steadyView(this.#graph, value)) - 1;
    return (left) => whole(left.stacks[k]!);
  }

  #opens(open: number | Open): (left: Left) => Open {
    if (open === ALWAYS) return () => ALWAYS;
    return this.#stack(open === NEVER ? truth(this.#graph, NEVER) : open);
  }

  /** Whether a condition holds in any iteration. */
  #anyOf(open: number): (left: Left) => number {
    if (open === NEVER) return () => NEVER;
    if (open === ALWAYS) {
      const { constant } = this.#count;
      if (constant !== undefined) return () => (constant > 0 ? ALWAYS : NEVER);
      const { loops } = this.#graph;
      return () => this.#graph.leaf(LEAF.size, loops.size(this.#count), 0, 0, 0);
    }
    const graph = this.#graph;
    const sum = this.#sum(graph.node(OP.ne, open, graph.constant(0)));
    return (left) => left.sums[sum]!;
  }
}

/** Conditions as 0 and 1, so that their sums are conditions. */
function truths(graph: Graph, open: View): View {
  return stacked(graph, open.n, (j) => graph.node(OP.ne, loadFrom(graph, open, j), graph.constant(0)));
}
