/**
 * Graphs in which no structure repeats: the honest worst case for an engine that looks for repetition.
 *
 * Every node draws its op, and its operands from the `RANGE` nodes before it, rather those that nobody has used yet, so
 * that little is left over at the end; leftovers are summed. A node that would leave [−1, 1] becomes a tanh, one in a
 * hundred: that keeps the derivatives within reach (to 10⁵; with [−4, 4] they reach 10¹² and rounding decides the
 * digits). `smooth` draws tanh as often as relu, to see what a costly op costs. Nobody would write such a gradient by hand.
 */
import { Random } from '../../src/optimize/random.ts';
import type { Arithmetic, Problem } from './problem.ts';

const RANGE = 1000;
const BOUND = 1;

type Op = 'add' | 'sub' | 'mul' | 'neg' | 'square' | 'relu' | 'tanh' | 'min' | 'max';

/** Ops, as often as they are drawn. */
const DRAWS: readonly Op[] = [
  ...new Array<'add'>(3).fill('add'),
  ...new Array<'sub'>(2).fill('sub'),
  ...new Array<'mul'>(3).fill('mul'),
  ...(['relu', 'square', 'neg', 'min', 'max'] as const),
];

const PLAIN: { readonly [K in Op]: (x: number, y: number) => number } = {
  add: (x, y) => x + y,
  sub: (x, y) => x - y,
  mul: (x, y) => x * y,
  relu: (x) => Math.max(x, 0),
  square: (x) => x * x,
  neg: (x) => -x,
  min: Math.min,
  max: Math.max,
  tanh: Math.tanh,
};
const UNARY: ReadonlySet<Op> = new Set(['relu', 'square', 'neg', 'tanh']);

interface Plan {
  readonly ops: Op[];
  readonly a: Int32Array;
  readonly b: Int32Array;
  readonly leftovers: readonly number[];
}

/** Draws `count` nodes after `inputs` inputs; node numbers count the inputs too. */
function plan(count: number, draws: readonly Op[], point: Float64Array, random: Random): Plan {
  const inputs = point.length;
  const values = new Float64Array(inputs + count);
  values.set(point);
  const [a, b, ops] = [new Int32Array(count), new Int32Array(count), [] as Op[]];
  const used = new Uint8Array(inputs + count);
  let oldest = 0; // every node before it is used
  for (let i = 0; i < count; i++) {
    const node = inputs + i;
    while (used[oldest] && oldest < node) oldest++;
    const near = () => node - 1 - random.below(Math.min(RANGE, node));
    const x = oldest < node - RANGE ? oldest : unused(near, used);
    let y = near();
    while (y === x) y = near();
    let op = draws[random.below(draws.length)]!;
    if (Math.abs(PLAIN[op](values[x]!, values[y]!)) > BOUND) op = 'tanh';
    values[node] = PLAIN[op](values[x]!, values[y]!);
    used[x] = 1;
    if (!UNARY.has(op)) used[y] = 1;
    [a[i], b[i]] = [x, y];
    ops.push(op);
  }
  const leftovers = Array.from({ length: inputs + count }, (_, node) => node).filter((node) => !used[node]);
  return { ops, a, b, leftovers };
}

/** Draws until it meets a node not used yet, four times at most. */
function unused(draw: () => number, used: Uint8Array): number {
  let node = draw();
  for (let tries = 1; tries < 4 && used[node]; tries++) node = draw();
  return node;
}

export function irregular(count: number, { smooth = false, seed = 11 } = {}): Problem {
  const random = new Random(seed);
  const point = Float64Array.from({ length: Math.max(8, count >> 6) }, () => 2 * random.uniform() - 1);
  const { ops, a, b, leftovers } = plan(count, smooth ? [...DRAWS, 'tanh'] : DRAWS, point, random);
  return {
    name: `irregular graph, ${count} nodes${smooth ? ', with tanh' : ''}`,
    point,
    build<V>(k: Arithmetic<V>, x: readonly V[]) {
      const nodes = [...x];
      for (let i = 0; i < count; i++) nodes.push(k[ops[i]!](nodes[a[i]!] as V, nodes[b[i]!] as V));
      return leftovers.map((node) => nodes[node] as V).reduce((sum, v) => k.add(sum, v));
    },
  };
}
