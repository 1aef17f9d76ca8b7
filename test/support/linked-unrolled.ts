/**
 * What linked code has to compute, found the plain way: every iteration one by one, every operation a node of its own, and
 * one reverse sweep over all nodes, with gates. Knows nothing of lanes, frames, tiles and snapshots.
 */
import { emptyReduction } from '../../src/graph/fold.ts';
import { GATE } from '../../src/ops/kernels.ts';
import { listOpPartials, listOpValue, opPartial, opValue } from '../../src/ops/single.ts';
import { OP } from '../../src/ops/vocabulary.ts';
import { ARG_MAX, ARG_MIN } from '../../src/tape/loops/layout.ts';
import type { Assembled, Block, Body, Instruction, Place, Value } from './linked.ts';

interface Node {
  readonly z: number;
  readonly gate: boolean;
  readonly from: readonly (readonly [Node, number])[];
  readonly at: number;
  g: number;
  reached: boolean;
}

interface Scope {
  readonly body: Body;
  readonly outside: Scope | undefined;
  readonly i: number;
  readonly values: Map<Value, Node>;
  readonly arrays: Map<Block, Node[]>;
  /** What the SUM instructions of this body have come by so far, by result. */
  readonly sums: Map<Value, Node[]>;
}

export interface Unrolled {
  readonly outputs: readonly number[];
  /** Σ seed · ∂output/∂parameter. */
  gradient(seeds?: readonly number[]): number[];
  /** Of every output. */
  tangent(direction: readonly number[]): number[];
}

export function unrolled({ main, outputs }: Assembled, params: readonly number[], data: readonly number[]): Unrolled {
  const nodes: Node[] = [];
  const node = (z: number, from: Node['from'] = [], gate = false): Node => {
    const made: Node = { z, gate, from, at: nodes.length, g: 0, reached: false };
    nodes.push(made);
    return made;
  };
  const list = (op: number, x: readonly Node[]): Node => {
    const k = op === OP.dot ? x.length / 2 : x.length;
    if (k === 0) return node(emptyReduction(op));
    const values = Float64Array.from(x, ({ z }) => z);
    const z = listOpValue(op, k, values);
    const partials = listOpPartials(op, k, values, z);
    return node(
      z,
      x.map((element, e) => [element, partials[e]!] as const),
      GATE[op] === 1,
    );
  };

  const scopeOf = (scope: Scope, body: Body): Scope => (scope.body === body ? scope : scopeOf(scope.outside!, body));
  const get = (scope: Scope, value: Value): Node => {
    if (value.constant !== undefined) return node(value.constant);
    return scopeOf(scope, value.body).values.get(value)!;
  };
  const arrayOf = (scope: Scope, block: Block): Node[] => {
    const { arrays } = scopeOf(scope, block.owner);
    let array = arrays.get(block);
    if (!array) arrays.set(block, (array = Array.from({ length: block.size }, () => node(Number.NaN))));
    return array;
  };
  const indexOf = (scope: Scope, { base, terms, picks }: Place): number => {
    let at = base;
    for (const [loop, by] of terms) at += by * scopeOf(scope, loop).i;
    for (const [value, by] of picks) at += by * get(scope, value).z;
    return at;
  };
  const view = (scope: Scope, from: Place, n: number, by: number): Node[] => {
    const first = indexOf(scope, from);
    const array = arrayOf(scope, from.array);
    return Array.from({ length: n }, (_, e) => array[first + e * by] ?? outside(first + e * by));
  };

  const run = (scope: Scope): void => {
    for (const it of scope.body.instructions) execute(scope, it);
  };
  const execute = (scope: Scope, it: Instruction): void => {
    const set = (value: Value, made: Node): void => void scope.values.set(value, made);
    switch (it.kind) {
      case 'op': {
        const x = it.args.map((value) => get(scope, value));
        const [a, b = a, c = b] = x.map(({ z }) => z);
        const z = opValue(it.op, a!, b!, c!);
        return set(
          it.out,
          node(
            z,
            x.map((from, j) => [from, opPartial(it.op, j, a!, b!, c!, z)] as const),
            GATE[it.op] === 1,
          ),
        );
      }
      case 'load':
        return set(it.out, view(scope, it.from, 1, 0)[0]!);
      case 'store':
        arrayOf(scope, it.into.array)[indexOf(scope, it.into)] = get(scope, it.a);
        return;
      case 'check': {
        const i = get(scope, it.a).z;
        if (!(Number.isInteger(i) && i >= 0 && i < it.extent)) outside(i);
        return set(it.out, node(i));
      }
      case 'index':
        return set(it.out, node(scope.i));
      case 'copy': {
        const from = view(scope, it.from, it.n, it.fromBy);
        const into = arrayOf(scope, it.into.array);
        const first = indexOf(scope, it.into);
        from.forEach((x, e) => {
          into[first + e * it.intoBy] = x;
        });
        return;
      }
      case 'reduce': {
        const a = view(scope, it.a, it.n, it.aBy);
        if (it.op >= ARG_MIN) return set(it.out, node(extremeOf(it.op, a)));
        return set(it.out, list(it.op, it.op === OP.dot ? [...a, ...view(scope, it.b, it.n, it.bBy)] : a));
      }
      case 'contract': {
        const [a, b, c] = [indexOf(scope, it.a), indexOf(scope, it.b), indexOf(scope, it.c)];
        const into = arrayOf(scope, it.c.array);
        for (let i = 0; i < it.m; i++)
          for (let j = 0; j < it.n; j++) {
            const row = Array.from({ length: it.k }, (_, e) => arrayOf(scope, it.a.array)[a + i * it.am + e * it.ak]!);
            const column = Array.from({ length: it.k }, (_, e) => arrayOf(scope, it.b.array)[b + e * it.bk + j * it.bn]!);
            into[c + i * it.cm + j * it.cn] = list(OP.dot, [...row, ...column]);
          }
        return;
      }
      case 'region': {
        const sums = new Map<Value, Node[]>();
        for (const last of it.body.parts[2]) if (last.kind === 'sum') sums.set(last.out, []);
        for (let i = 0; i < it.body.loop.n; i++)
          run({ body: it.body, outside: scope, i, values: new Map(), arrays: new Map(), sums });
        for (const [out, x] of sums) set(out, list(OP.sum, x));
        return;
      }
      case 'sum':
        scope.sums.get(it.out)!.push(get(scope, it.a));
    }
  };

  const top: Scope = { body: main, outside: undefined, i: 0, values: new Map(), arrays: new Map(), sums: new Map() };
  const inputs: Node[] = [];
  let [p, q] = [0, 0];
  for (const block of main.arrays) {
    if (block.kind === 'param')
      top.arrays.set(
        block,
        params.slice(p, (p += block.size)).map((z) => node(z)),
      );
    if (block.kind === 'data')
      top.arrays.set(
        block,
        data.slice(q, (q += block.size)).map((z) => node(z)),
      );
    if (block.kind === 'param') inputs.push(...top.arrays.get(block)!);
  }
  run(top);
  const results = outputs.flatMap((output) => ('size' in output ? arrayOf(top, output) : [get(top, output)]));

  const gradient = (seeds: readonly number[] = results.map((_, i) => Number(i === 0))): number[] => {
    for (const one of nodes) {
      one.g = 0;
      one.reached = false;
    }
    results.forEach((result, i) => {
      result.g += seeds[i]!;
      result.reached ||= seeds[i] !== 0;
    });
    for (const { g, gate, from, reached } of nodes.toReversed()) {
      if (!reached) continue;
      for (const [x, partial] of from) {
        if (gate && partial === 0) continue;
        x.g += g * partial;
        x.reached = true;
      }
    }
    return inputs.map(({ g }) => g + 0);
  };
  const tangent = (direction: readonly number[]): number[] => {
    for (const one of nodes) {
      one.g = 0;
      one.reached = false;
    }
    inputs.forEach((input, i) => {
      input.g = direction[i]!;
      input.reached = direction[i] !== 0;
    });
    for (const one of nodes)
      for (const [x, partial] of one.from) {
        if (!x.reached || (one.gate && partial === 0)) continue;
        one.g += x.g * partial;
        one.reached = true;
      }
    return results.map(({ g }) => g + 0);
  };
  return { outputs: results.map(({ z }) => z), gradient, tangent };
}

function outside(i: number): never {
  throw new RangeError(`index ${i} is outside`);
}

function extremeOf(op: number, x: readonly Node[]): number {
  const values = x.map(({ z }) => z);
  const nan = values.findIndex(Number.isNaN);
  if (nan >= 0 || op > ARG_MAX) return nan;
  return values.indexOf(op === ARG_MIN ? Math.min(...values) : Math.max(...values));
}
