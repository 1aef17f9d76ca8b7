/** `scan`: a loop whose iterations hand something on to the next. */
import { fail } from '../errors.ts';
import { lengthOf, steadyView, viewOf2 } from './array.ts';
import { asMatrix, copied, flattened, isWhole, whole } from './blocks.ts';
import { Expr, idIn, type Scalar } from './expression.ts';
import type { Graph } from './graph.ts';
import { LEAF } from './leaf.ts';
import { Matrix, unbroken } from './matrix.ts';
import { type Count, countOf } from './place.ts';
import type { Block, Carry, Scope, View } from './records.ts';
import { inLoop, written } from './region.ts';
import { gathered, isPlainLeaf, stackable, stackHandle } from './regions.ts';
import { matrixText, shapeText, vectorText } from './shapes.ts';
import { show } from './show.ts';
import { inOrderOf, isLike, type Leaf, partsOf, rebuilt, structureText } from './structure.ts';
import type { LoopIndex } from './types.ts';
import { traceLoop } from './unroll.ts';
import { type Length, Vector } from './vector.ts';

export interface Scanned {
  readonly carry: unknown;
  readonly outputs: unknown;
}

/** The end of what is carried, and what the iterations put out, stacked. */
export function scanOver(graph: Graph, n: Count, init: unknown, step: (carry: never, i: LoopIndex) => unknown): Scanned {
  const count = countOf(graph, n, 'scan');
  if (typeof step !== 'function')
    fail('WrongType', `scan: expected a function of what is carried and the index, got ${show(step)}`);
  const start = partsOf(graph, init, 'scan', 'the carry');
  const first = rebuilt(
    init,
    start.leaves.map((leaf) => (typeof leaf === 'number' ? constant(graph, leaf) : leaf))[Symbol.iterator](),
  );

  const carried = { value: first }; // of a scan that is written out
  const trace = (scope: Scope, i: LoopIndex): Traced => {
    const carries = start.leaves.map((leaf, k) => opened(graph, leaf, scope, k));
    const handles = carries.map((carry, k) => handleOf(graph, carry, start.leaves[k]!));
    const returned = step(rebuilt(init, handles[Symbol.iterator]()) as never, i);
    const { next, output } = split(init, returned);
    const leaves = partsOf(graph, next, 'scan', 'the carry').leaves;
    leaves.forEach((leaf, k) => {
      requireShape(start.leaves[k]!, leaf, start.paths[k]!);
    });
    const views = leaves.map((leaf, k) => nextOf(graph, carries, k, leaf));
    views.forEach((view, k) => {
      carries[k]!.next = view as never;
    });
    const outputs = output === undefined ? [] : partsOf(graph, output, 'scan', 'the output').leaves;
    const stacks = outputs.map((leaf) => stackable(graph, leaf, 'scan'));
    return { scope, carries, output, stacks };
  };

  const traced =
    count.constant === undefined
      ? { loop: inLoop(graph, count, (_, node, scope) => trace(scope, new Expr(graph, node) as LoopIndex)) }
      : fixed(graph, count.constant, trace, (i) => {
          if (numberOf(graph, i) === 0) carried.value = first;
          const { next, output } = split(init, step(carried.value as never, i));
          const { leaves } = partsOf(graph, next, 'scan', 'the carry');
          leaves.forEach((leaf, k) => {
            requireShape(start.leaves[k]!, leaf, start.paths[k]!);
          });
          carried.value = rebuilt(
            init,
            leaves.map((leaf) => (typeof leaf === 'number' ? constant(graph, leaf) : leaf))[Symbol.iterator](),
          );
          return { carry: carried.value, output };
        });
  if ('every' in traced) {
    const last = traced.every.at(-1)?.carry ?? first;
    const outputs =
      traced.every[0]?.output === undefined
        ? undefined
        : gathered(
            graph,
            traced.every.map(({ output }) => output),
            'scan',
          );
    return { carry: last, outputs };
  }
  const { scope, carries, output, stacks } = traced.loop;
  const left = written(graph, scope, { sums: [], stacks }, carries, true);
  const ends = carries.map((carry, k) => endOf(graph, carry, start.leaves[k]!));
  const arrays = left.stacks.map((block, k) => stackHandle(graph, block, count, stacks[k]!));
  return {
    carry: rebuilt(init, ends[Symbol.iterator]()),
    outputs: output === undefined ? undefined : rebuilt(output, arrays[Symbol.iterator]()),
  };
}

interface Traced {
  readonly scope: Scope;
  readonly carries: Carry[];
  readonly output: unknown;
  readonly stacks: (number | View)[];
}

interface Stepped {
  readonly carry: unknown;
  readonly output: unknown;
}

/** A scan of a known number of iterations: written out if that is little. */
function fixed(
  graph: Graph,
  n: number,
  trace: (scope: Scope, i: LoopIndex) => Traced,
  step: (i: LoopIndex) => Stepped,
): { readonly every: readonly Stepped[] } | { readonly loop: Traced } {
  const isPlain = ({ carry, output }: Stepped): boolean =>
    [carry, ...(output === undefined ? [] : [output])].every((x) =>
      partsOf(graph, x, 'scan', 'what the function returned').leaves.every((leaf) => isPlainLeaf(graph, leaf)),
    );
  return traceLoop<Stepped, Traced>(
    graph,
    n,
    (i) => {
      if (numberOf(graph, i) !== undefined) return step(i);
      return { carry: 0, output: trace(graph.loops.scopes[graph.a[(i as Expr).id]!]!, i) };
    },
    isPlain,
    ({ output }) => output as Traced,
  );
}

/** What the function returned: what is carried on, or a pair of that and an output. @throws WrongShape */
function split(init: unknown, returned: unknown): { next: unknown; output: unknown } {
  if (isLike(init, returned)) return { next: inOrderOf(init, returned), output: undefined };
  if (Array.isArray(returned) && returned.length === 2 && isLike(init, returned[0]))
    return { next: inOrderOf(init, returned[0]), output: returned[1] };
  const was = structureText(init, shapeText);
  return fail(
    'WrongShape',
    `scan: the carry is ${was}, and the function returned ${structureText(returned, shapeText)}; expected what is carried on, or [what is carried on, output]`,
  );
}

/** The number that an index is in a scan that is written out. */
function numberOf(graph: Graph, i: unknown): number | undefined {
  if (!(i instanceof Expr)) return i as number;
  return graph.op[i.id] === LEAF.index ? undefined : graph.constantOf(i.id);
}

function constant(graph: Graph, x: number): Expr {
  return new Expr(graph, graph.constant(x));
}

/** A carry of a scan that begins. */
function opened(graph: Graph, leaf: Leaf, scope: Scope, k: number): Carry {
  const { loops } = graph;
  const set = loops.sets.of([scope.id]);
  if (leaf instanceof Vector || leaf instanceof Matrix) {
    const init = viewIn(graph, leaf);
    const block = loops.block({ size: init.n, set, name: 'the carry', maker: undefined, input: -1 });
    return { kind: 'array', init, in: block, next: init, out: block };
  }
  const init = idIn(graph, leaf as Scalar, 'scan');
  return { kind: 'number', init, in: graph.leaf(LEAF.carry, scope.id, k, 0, set), next: init, out: init };
}

/** In memory; a matrix row by row, without gaps. */
function viewIn(graph: Graph, leaf: Vector<Length> | Matrix<Length, Length>): View {
  if (leaf instanceof Vector) return steadyView(graph, leaf.source);
  return steadyView(graph, flattened(unbroken(graph, viewOf2(graph, leaf.source))));
}

/** What the function of the scan gets for a carry. */
function handleOf(graph: Graph, carry: Carry, leaf: Leaf): Leaf {
  return carry.kind === 'number' ? new Expr(graph, carry.in) : shaped(graph, carry.in, leaf);
}

function endOf(graph: Graph, carry: Carry, leaf: Leaf): Leaf {
  return carry.kind === 'number' ? new Expr(graph, carry.out) : shaped(graph, carry.out, leaf);
}

function shaped(graph: Graph, block: Block, leaf: Leaf): Leaf {
  if (!(leaf instanceof Matrix)) return new Vector<Length>(graph, whole(block));
  return new Matrix<Length, Length>(graph, asMatrix(whole(block), leaf.source.rows, leaf.source.cols));
}

/** What is carried on: a node, or a view that writing the other carries does not change. */
function nextOf(graph: Graph, carries: readonly Carry[], k: number, leaf: Leaf): number | View {
  if (!(leaf instanceof Vector || leaf instanceof Matrix)) return idIn(graph, leaf as Scalar, 'scan');
  const view = viewIn(graph, leaf);
  const isCarried = carries.some((carry) => carry.kind === 'array' && carry.in === view.block);
  const own = carries[k]!;
  const unchanged = own.kind === 'array' && own.in === view.block && isWhole(view);
  return isCarried && !unchanged ? copied(graph, view) : view;
}

/** @throws WrongShape unless a carry keeps its shape */
function requireShape(was: Leaf, is: Leaf, path: string): void {
  if (textOf(was) !== textOf(is)) fail('WrongShape', `scan: ${path} was ${textOf(was)} and becomes ${textOf(is)}`);
}

function textOf(leaf: Leaf): string {
  if (leaf instanceof Vector) return vectorText(lengthOf(leaf.source));
  return leaf instanceof Matrix ? matrixText(leaf.source.rows, leaf.source.cols) : 'a number';
}
