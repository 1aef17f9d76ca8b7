/**
 * Functions with loops, or of arrays whose sizes are known only at the call, differentiated inside of a program. As in inner.ts
 * the function is traced on what is equal to nothing else: here copies of its arguments, which stay, as loops are not
 * rewritten for other operands. Large arrays are differentiated as arrays.
 */
import { lengthOf, nodesOf, nodesOf2, steadyView, viewOf2 } from './array.ts';
import { asMatrix, copied, flattened, joined, load } from './blocks.ts';
import { constantAffine } from './affine.ts';
import { Expr, idIn, type Scalar } from './expression.ts';
import type { Graph } from './graph.ts';
import { tracing } from './loops.ts';
import { Matrix, unbroken } from './matrix.ts';
import type { Block, View } from './records.ts';
import { stacked } from './region.ts';
import { adjointsInLoops, type Seeded } from './reverse/index.ts';
import { type Leaf, partsOf, rebuilt } from './structure.ts';
import { Size } from './size.ts';
import { type Length, Vector } from './vector.ts';

/** Arrays of up to this many elements are differentiated as numbers. */
const FEW = 64;

/** What stands for a leaf: a node for each of its numbers, or one view of them all, row by row. */
type Elements = Int32Array | View;

type AnyFunction = (...of: readonly unknown[]) => unknown;

/** A leaf with other elements. */
function shaped(graph: Graph, leaf: Leaf, elements: Elements): Leaf {
  if (!(leaf instanceof Vector || leaf instanceof Matrix)) return new Expr(graph, (elements as Int32Array)[0]!);
  if (leaf instanceof Vector) return new Vector<Length>(graph, elements);
  const { rows, cols } = leaf.source;
  if (elements instanceof Int32Array) return new Matrix<Length, Length>(graph, elements, rows.constant!, cols.constant!);
  return new Matrix<Length, Length>(graph, asMatrix(elements, rows, cols));
}

/** The elements of a leaf: as nodes if there are few. */
function elementsOf(graph: Graph, word: string, leaf: Leaf): Elements {
  if (leaf instanceof Vector) return isFew(lengthOf(leaf.source)) ? nodesOf(graph, leaf.source) : steadyView(graph, leaf.source);
  if (!(leaf instanceof Matrix)) return Int32Array.of(idIn(graph, leaf as Scalar, word));
  const { source } = leaf;
  if (isFew(source.rows.times(source.cols))) return nodesOf2(graph, source);
  return steadyView(graph, flattened(unbroken(graph, viewOf2(graph, source))));
}

function isFew({ constant }: Size): boolean {
  return constant !== undefined && constant <= FEW;
}

/** Nodes of the same values that are equal to nothing else. */
export function freshNodes(graph: Graph, nodes: ArrayLike<number>): Int32Array {
  return fresh(graph, [Int32Array.from(nodes)])[0] as Int32Array;
}

/** Copies that are equal to nothing else. */
function fresh(graph: Graph, all: readonly Elements[]): Elements[] {
  const nodes = all.flatMap((elements) => (elements instanceof Int32Array ? [...elements] : []));
  const { block } = nodes.length > 0 ? joined(graph, nodes) : { block: undefined };
  let at = 0;
  const next = (): number => load(graph, { block: block!, at: constantAffine(Size.of(at++)), checks: [] });
  return all.map((elements) => (elements instanceof Int32Array ? elements.map(next) : copied(graph, elements)));
}

/** Adjoints of elements, in the same order. */
function adjointsOf(
  graph: Graph,
  outputs: readonly Elements[],
  seeds: readonly Elements[],
  wrt: readonly Elements[],
): Elements[] {
  const seeded = outputs.flatMap((output, i): Seeded[] => {
    const seed = seeds[i]!;
    if (output instanceof Int32Array) return Array.from(output, (node, j) => [node, (seed as Int32Array)[j]!]);
    return [[output, seed as View]];
  });
  const by = wrt.flatMap((elements): (number | Block)[] => (elements instanceof Int32Array ? [...elements] : [elements.block]));
  const found = adjointsInLoops(graph, seeded, by)[Symbol.iterator]();
  return wrt.map((elements) =>
    elements instanceof Int32Array ? elements.map(() => found.next().value as number) : (found.next().value as View),
  );
}

/** A function traced on copies of its arguments. */
interface Opened {
  readonly leaves: readonly Leaf[];
  readonly args: readonly Elements[];
  readonly returned: unknown;
}

export function opened(graph: Graph, word: string, f: AnyFunction, structure: unknown): Opened {
  const { leaves } = partsOf(graph, structure, word, 'the argument');
  const args = fresh(
    graph,
    leaves.map((leaf) => elementsOf(graph, word, leaf)),
  );
  const handles = leaves.map((leaf, i) => shaped(graph, leaf, args[i]!));
  return { leaves, args, returned: tracing(graph, () => f(rebuilt(structure, handles[Symbol.iterator]()))) };
}

/** The gradient of a node, in the structure of the arguments. */
export function gradientInLoops(graph: Graph, { leaves, args }: Opened, structure: unknown, y: number): unknown {
  const slopes = adjointsOf(graph, [Int32Array.of(y)], [Int32Array.of(graph.constant(1))], args);
  return rebuilt(structure, leaves.map((leaf, i) => shaped(graph, leaf, slopes[i]!))[Symbol.iterator]()); // biome-ignore format: one line
}

/**
 * What a function returned, and its tangent along a direction, by reverse accumulation done twice: the adjoints of x are linear in
 * those of y, x̄ = Jᵀ·ȳ, so their adjoints by ȳ along x′ are J·x′. What was only there for ȳ itself is dead and left out.
 */
export function tangentInLoops(
  graph: Graph,
  word: string,
  { args, returned }: Opened,
  direction: unknown,
): { value: unknown; tangent: unknown } {
  const { leaves } = partsOf(graph, returned, word, 'what the function returned');
  const outputs = leaves.map((leaf) => elementsOf(graph, word, leaf));
  const along = partsOf(graph, direction, word, 'the direction').leaves.map((leaf) => elementsOf(graph, word, leaf));
  const zero = graph.constant(0);
  const seeds = fresh(graph, outputs.map((y) => (y instanceof Int32Array ? y.map(() => zero) : stacked(graph, y.n, () => zero)))); // biome-ignore format: one line
  const tangents = adjointsOf(graph, adjointsOf(graph, outputs, seeds, args), along, seeds);
  const inShape = (of: readonly Elements[]): unknown => rebuilt(returned, leaves.map((leaf, i) => shaped(graph, leaf, of[i]!))[Symbol.iterator]()); // biome-ignore format: one line
  return { value: inShape(outputs), tangent: inShape(tangents) };
}
