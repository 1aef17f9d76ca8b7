/**
 * Loops of few iterations and little work are written out, as plain nodes; so are longer ones whose function uses the index
 * as a number (`xs[i]`, `Math.sin(i)` in JavaScript), which only a loop that is written out can give it.
 */
import { limitOf } from './array.ts';
import { Expr } from './expression.ts';
import type { Graph } from './graph.ts';
import { inLoop } from './region.ts';
import type { Index } from './place.ts';
import type { Scope } from './records.ts';
import { Size } from './size.ts';
import type { LoopIndex } from './types.ts';

/** What came of a loop: the result of every iteration, or the one that stands for all. */
export type Traced<T, L> = { readonly every: readonly T[] } | { readonly loop: L };

/**
 * Traces a loop of n iterations.
 *
 * @param isPlain whether the result of an iteration is plain nodes
 * @param finish what to do with the result of the loop's function while the loop is still open; undefined: it has to be written out
 */
export function traceLoop<T, L>(
  graph: Graph,
  n: number,
  body: (i: LoopIndex) => T,
  isPlain: (result: T) => boolean,
  finish: (result: T, index: Index, scope: Scope) => L | undefined,
): Traced<T, L> {
  const every = n > 0 && n <= limitOf(graph) ? writtenOut(graph, n, body, isPlain) : undefined;
  if (every) return { every };
  let opened: Scope | undefined;
  try {
    const loop = inLoop(graph, Size.of(n), (index, node, scope) => {
      opened = scope;
      const result = body(new Expr(graph, node));
      return scope.coerced ? undefined : finish(result, index, scope);
    });
    if (loop !== undefined) return { loop };
  } catch (error) {
    if (!opened?.coerced) throw error;
  }
  return { every: Array.from({ length: n }, (_, i) => called(graph, body, i)) };
}

/** All iterations, if that is little work; undefined otherwise. */
function writtenOut<T>(graph: Graph, n: number, body: (i: LoopIndex) => T, isPlain: (result: T) => boolean): T[] | undefined {
  const limit = limitOf(graph);
  const asked = graph.asked;
  const records = graph.loops.records.length;
  const first = called(graph, body, 0);
  const work = n * Math.max(1, graph.asked - asked);
  if (work > limit || graph.loops.records.length > records || !isPlain(first)) return undefined;
  return Array.from({ length: n }, (_, i) => (i === 0 ? first : called(graph, body, i)));
}

/** The function at iteration i of a loop that is written out. */
export function called<T>(graph: Graph, body: (i: LoopIndex) => T, i: number): T {
  return body(new WrittenIndex(graph, graph.constant(i), i));
}

/** The index of a loop that is written out: an expression, as the index of any loop, that also serves as the number it is. */
class WrittenIndex extends Expr {
  readonly #i: number;

  constructor(graph: Graph, id: number, i: number) {
    super(graph, id);
    this.#i = i;
  }

  override valueOf(): never {
    return this.#i as never;
  }
  override [Symbol.toPrimitive](hint: string): string {
    return (hint === 'string' ? String(this.#i) : this.#i) as string;
  }
  override toString(): string {
    return String(this.#i);
  }
}
