/**
 * Arrays that are computed where they are used: functions of the index. The first loop that uses one computes its elements
 * on the way; a second loop, or whoever needs all of it in memory, makes it an array first, by a loop of its own.
 */
import { isFixed, keyOf } from './affine.ts';
import { asMatrix, isUnbroken, load, loadFrom, loadFrom2, moved } from './blocks.ts';
import type { Graph } from './graph.ts';
import type { Index } from './place.ts';
import type { View, View2 } from './records.ts';
import { stacked } from './region.ts';
import { ONE, type Size } from './size.ts';

/** How its elements are computed. */
interface Elements {
  /** Whether all of them can be plain nodes: sizes are numbers, and so are all that it is made of. */
  readonly plain: boolean;
  /** Operations for each element. */
  readonly cost: number;
}

/** How many arrays are just being computed for memory. What these are made of is computed on the way, whoever used it first. */
let settling = 0;

/** What both kinds share: who used it first. */
abstract class Lazy<Solid> implements Elements {
  readonly graph: Graph;
  readonly plain: boolean;
  readonly cost: number;
  readonly #known = new Map<string, number>();
  #home: number | undefined;
  #solid: Solid | undefined;

  constructor(graph: Graph, { plain, cost }: Elements) {
    this.graph = graph;
    this.plain = plain;
    this.cost = cost;
  }

  /** In memory; from now on, everyone reads it there. */
  solid(): Solid {
    if (this.#solid) return this.#solid;
    settling++;
    try {
      return (this.#solid = this.solidify());
    } finally {
      settling--;
    }
  }

  get isSolid(): boolean {
    return this.#solid !== undefined;
  }

  /** Whether a loop uses it: then a further one had better read it from memory. */
  get isUsed(): boolean {
    return this.#home !== undefined;
  }

  protected abstract solidify(): Solid;

  /** The element at these indices, by `compute` or by `read` from memory. */
  protected find(indices: readonly Index[], compute: () => number, read: (solid: Solid) => number): number {
    if (this.#solid) return read(this.#solid);
    if (!indices.every(({ at }) => isFixed(at))) {
      const { loops } = this.graph;
      let set = 0;
      for (const { at } of indices) {
        set = loops.sets.union(set, loops.sets.of(at.terms.map(([scope]) => scope)));
        for (const [node] of at.picks) set = loops.sets.union(set, loops.setOf(node));
      }
      const home = loops.sets.innermost(set);
      this.#home ??= home;
      if (this.#home !== home && settling === 0) return read(this.solid());
    }
    const key = indices.map(({ at }) => keyOf(at)).join(' ');
    let node = this.#known.get(key);
    if (node === undefined) this.#known.set(key, (node = compute()));
    return node;
  }
}

/** A vector that is a function of its index. */
export class Deferred extends Lazy<View> {
  readonly n: Size;
  readonly #element: (index: Index) => number;
  readonly #other: (() => View) | undefined;

  /** @param other how it comes into memory, if not by a loop over its elements */
  constructor(graph: Graph, n: Size, elements: Elements, element: (index: Index) => number, other?: () => View) {
    super(graph, elements);
    this.n = n;
    this.#element = element;
    this.#other = other;
  }

  at(index: Index): number {
    return this.find(
      [index],
      () => this.#element(index),
      (solid) => loadFrom(this.graph, solid, index),
    );
  }

  protected solidify(): View {
    return this.#other ? this.#other() : stacked(this.graph, this.n, this.#element);
  }
}

/** A matrix that is a function of row and column. */
export class Deferred2 extends Lazy<View2> {
  readonly rows: Size;
  readonly cols: Size;
  readonly #element: (i: Index, j: Index) => number;
  readonly #flat: ((k: Index) => number) | undefined;
  readonly #other: (() => View2) | undefined;

  constructor(
    graph: Graph,
    [rows, cols]: readonly [Size, Size],
    elements: Elements,
    element: (i: Index, j: Index) => number,
    flat?: (k: Index) => number,
    other?: () => View2,
  ) {
    super(graph, elements);
    this.rows = rows;
    this.cols = cols;
    this.#element = element;
    this.#flat = flat;
    this.#other = other;
  }

  at(i: Index, j: Index): number {
    return this.find(
      [i, j],
      () => this.#element(i, j),
      (solid) => loadFrom2(this.graph, solid, i, j),
    );
  }

  /** Element k of all, row by row, where that needs no row and column. */
  get flat(): ((k: Index) => number) | undefined {
    const flat = this.#flat;
    if (!flat) return undefined;
    return (k) =>
      this.find(
        [k],
        () => flat(k),
        (solid) => load(this.graph, moved(solid, k, ONE)),
      );
  }

  protected solidify(): View2 {
    const { graph, rows, cols } = this;
    const flat = this.#flat;
    if (this.#other) return this.#other();
    if (flat) return asMatrix(stacked(graph, rows.times(cols), flat), rows, cols);
    return asMatrix(
      stacked(graph, rows, (i) => stacked(graph, cols, (j) => this.#element(i, j))),
      rows,
      cols,
    );
  }
}

/** Element k of an unbroken matrix. */
export function flatElement(graph: Graph, view: View2): ((k: Index) => number) | undefined {
  return isUnbroken(view) ? (k) => load(graph, moved(view, k, ONE)) : undefined;
}
