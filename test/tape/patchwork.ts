/**
 * Random graphs with everything a layout has to find its way through: a pattern repeated over points of its own (loops
 * to be found), parameters and data shared or not, constants, chains, tangles, lists that mix shared and row values.
 */
import type { ElementRow } from '../../src/ops/algebra.ts';
import { numbers } from '../../src/ops/numbers.ts';
import { RULES } from '../../src/ops/rules.ts';
import { OP, type OpName } from '../../src/ops/vocabulary.ts';
import { generator } from './networks.ts';
import { type StandIn, standIn } from './standin.ts';

const ELEMENTS: readonly OpName[] = ['add', 'sub', 'mul', 'div', 'neg', 'abs', 'square', 'sqrt', 'reciprocal', 'exp', 'tanh', 'sin', 'atan2', 'min', 'max', 'relu', 'clamp', 'select', 'lt', 'pow', 'softplus']; // biome-ignore format: a list
/** Lists whose value does not depend on the order of additions, and those where it does. */
export const EXACT_LISTS: readonly OpName[] = ['prod', 'minOf', 'maxOf'];
export const SUMS: readonly OpName[] = ['sum', 'mean', 'dot', 'norm', 'logsumexp'];

export interface Patchwork {
  readonly g: StandIn;
  readonly outputs: number[];
  /** Value of each input by node. */
  readonly inputs: Map<number, number>;
}

export interface Shape {
  readonly seed: number;
  /** Nodes in the pattern, and how often it is repeated. */
  readonly pattern: number;
  readonly copies: number;
  /** Nodes with operands from anywhere. */
  readonly tangled: number;
  readonly lists: readonly OpName[];
}

export function patchwork({ seed, pattern, copies, tangled, lists }: Shape): Patchwork {
  const next = generator(seed * 2 + 1);
  const uniform = (): number => (next() + 1) / 2;
  const pick = (n: number): number => Math.floor(uniform() * n);
  const g = standIn();
  const v: number[] = [];
  const inputs = new Map<number, number>();
  const input = (isData: boolean): number => {
    const node = isData ? g.data() : g.param();
    v[node] = next();
    inputs.set(node, v[node]!);
    return node;
  };
  const constant = (): number => {
    const x = pick(3) ? Math.round(next() * 4) / 4 : next();
    const node = g.constant(x);
    v[node] = x;
    return node;
  };
  /** The op if its value and slopes stay tame there, else tanh of the first operand. */
  const node = (name: OpName, of: readonly number[]): number => {
    const row = RULES[name] as ElementRow;
    const x = of.slice(0, row.arity).map((o) => v[o]!);
    const value = (numbers[name as 'clamp'] as (...x: number[]) => number)(...x);
    const isTame = [value, ...row.partials(numbers, x[0]!, x[1]!, x[2]!, value)].every((y) => Math.abs(y) < 50);
    const made = isTame
      ? g.node(OP[name], of[0]!, row.arity > 1 ? of[1]! : 0, row.arity > 2 ? of[2]! : 0)
      : g.node(OP.tanh, of[0]!);
    v[made] = isTame ? value : numbers.tanh(v[of[0]!]!);
    return made;
  };
  const list = (name: OpName, pool: readonly number[]): number => {
    const k = 1 + pick(name === 'prod' ? 4 : 12);
    const of = (): number[] => Array.from({ length: k }, () => pool[pick(pool.length)]!);
    const [x, y] = [of(), name === 'dot' ? of() : []];
    const row = RULES[name];
    if (row.arity !== 'list') throw new Error(name);
    const made = g.list(OP[name], x, y);
    v[made] = row.of(x.map((o) => v[o]!), y.map((o) => v[o]!)); // biome-ignore format: one call
    return made;
  };

  const shared = [...Array.from({ length: 3 }, () => input(false)), ...(pick(2) ? [input(true)] : []), constant(), constant()];
  const all = [...shared];
  const steps = Array.from({ length: pattern }, () => ({
    op: ELEMENTS[pick(ELEMENTS.length)]!,
    from: [uniform(), uniform(), uniform()],
  }));
  const own = [pick(2), pick(2), pick(2)].map((isData) => isData === 1);
  let total = shared[0]!;
  for (let i = 0; i < copies; i++) {
    const local = [...shared, ...own.map((isData) => (pick(8) ? input(isData) : constant()))];
    for (const { op, from } of steps) local.push(node(op, from.map((u) => local[Math.floor(u * local.length)]!))); // biome-ignore format: one call
    if (lists.length && pick(3) === 0) local.push(list(lists[pick(lists.length)]!, local));
    const last = local.at(-1)!;
    total = node('add', [total, last]);
    all.push(...local.slice(shared.length));
  }
  for (let i = 0; i < tangled; i++) {
    const any = (): number => (pick(2) ? all[all.length - 1 - pick(Math.min(all.length, 10))]! : all[pick(all.length)]!);
    if (lists.length && pick(12) === 0) all.push(list(lists[pick(lists.length)]!, all));
    else all.push(node(ELEMENTS[pick(ELEMENTS.length)]!, [any(), any(), any()]));
  }
  if (pick(2)) g.name(all.at(-1)!, 'last');
  return { g, outputs: [total, all.at(-1)!, all[pick(all.length)]!], inputs };
}
