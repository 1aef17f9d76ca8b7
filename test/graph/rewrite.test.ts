/** Every rewriting leaves every bit as it was: on numbers, on both zeros, on both infinities and on NaN. */
import { describe, expect, it } from 'vitest';
import { Graph } from '../../src/graph/graph.ts';
import { rewritten } from '../../src/graph/rewrite.ts';
import { opValue } from '../../src/ops/single.ts';
import { OP } from '../../src/ops/vocabulary.ts';

const inf = Number.POSITIVE_INFINITY;
const AWKWARD = [
  0,
  -0,
  1,
  -1,
  0.1,
  -3,
  2 ** -1074,
  -(2 ** -1022),
  1e308,
  -Number.MAX_VALUE,
  inf,
  -inf,
  Number.NaN,
  2 ** 53,
  0.5,
  -2.5,
];

type Make = (
  op: (name: keyof typeof OP, a: number, b?: number, c?: number) => number,
  x: number,
  y: number,
  w: number,
  k: (v: number) => number,
) => number;

/** Both ways to one node: as it is asked for, and what it is rewritten to. */
function both(make: Make): { plain: Graph; short: Graph; ids: readonly [number, number]; inputs: readonly number[] } {
  const [plain, short] = [new Graph(), new Graph()];
  const inputs = [0, 1, 2].map(() => {
    short.input();
    return plain.input();
  });
  const ids = [
    make(
      (name, a, b = 0, c = 0) => plain.node(OP[name], a, b, c),
      inputs[0]!,
      inputs[1]!,
      inputs[2]!,
      (v) => plain.constant(v),
    ),
    make(
      (name, a, b = 0, c = 0) => rewritten(short, OP[name], a, b, c),
      inputs[0]!,
      inputs[1]!,
      inputs[2]!,
      (v) => short.constant(v),
    ),
  ] as const;
  return { plain, short, ids, inputs };
}

function valueAt(graph: Graph, id: number, x: readonly number[]): number {
  const v = new Float64Array(graph.size);
  for (let i = 0; i <= id; i++) {
    if (graph.op[i] === OP.input) v[i] = x[graph.a[i]!]!;
    else if (graph.op[i] === OP.constant) v[i] = graph.constantOf(i);
    else v[i] = opValue(graph.op[i]!, v[graph.a[i]!]!, v[graph.b[i]!]!, v[graph.c[i]!]!);
  }
  return v[id]!;
}

/** Nodes that a result is computed with, inputs and constants left out. */
function work(graph: Graph, id: number, seen = new Set<number>()): number {
  if (seen.has(id)) return 0;
  seen.add(id);
  const n = graph.operands(id);
  return (
    (n > 0 ? 1 : 0) + Array.from({ length: n }, (_, i) => work(graph, graph.operand(id, i), seen)).reduce((s, x) => s + x, 0)
  );
}

// biome-ignore format: a table: the identity, how it is asked for, how many operations are left
const EXACT: readonly (readonly [string, Make, number])[] = [
  ['−(−x) = x', (op, x) => op('neg', op('neg', x)), 0],
  ['| |x| | = |x|', (op, x) => op('abs', op('abs', x)), 1],
  ['|−x| = |x|', (op, x) => op('abs', op('neg', x)), 1],
  ['(−x)² = x²', (op, x) => op('square', op('neg', x)), 1],
  ['|x|² = x²', (op, x) => op('square', op('abs', x)), 1],
  ['x < x is 0', (op, x) => op('lt', x, x), 0],
  ['x > x is 0', (op, x) => op('gt', x, x), 0],
  ['c ? x : x = x', (op, x, y) => op('select', y, x, x), 0],
  ['1 ? x : y = x', (op, x, y, _, k) => op('select', k(1), x, y), 0],
  ['NaN ? x : y = x', (op, x, y, _, k) => op('select', k(Number.NaN), x, y), 0],
  ['−0 ? x : y = y', (op, x, y, _, k) => op('select', k(-0), x, y), 0],
  ['c ≠ 0 ? x : y = c ? x : y', (op, x, y, w, k) => op('select', op('ne', w, k(0)), x, y), 1],
  ['c ≠ −0 ? x : y = c ? x : y', (op, x, y, w, k) => op('select', op('ne', w, k(-0)), x, y), 1],
  ['c = 0 ? x : y = c ? y : x', (op, x, y, w, k) => op('select', op('eq', w, k(0)), x, y), 1],
  ['c ? (c ? x : y) : x = x, by two steps', (op, x, y, w) => op('select', w, op('select', w, x, y), x), 0],
  ['c ? (c ? x : w) : y = c ? x : y', (op, x, y, w) => op('select', w, op('select', w, x, w), y), 1],
  ['c ? x : (c ? w : y) = c ? x : y', (op, x, y, w) => op('select', w, x, op('select', w, w, y)), 1],
  ['x + (−0) = x', (op, x, _, __, k) => op('add', x, k(-0)), 0],
  ['(−0) + x = x', (op, x, _, __, k) => op('add', k(-0), x), 0],
  ['x + (−y) = x − y', (op, x, y) => op('add', x, op('neg', y)), 1],
  ['(−x) + y = y − x', (op, x, y) => op('add', op('neg', x), y), 1],
  ['x + y = y + x', (op, x, y) => op('sub', op('add', x, y), op('add', y, x)), 2],
  ['x − 0 = x', (op, x, _, __, k) => op('sub', x, k(0)), 0],
  ['(−0) − x = −x', (op, x, _, __, k) => op('sub', k(-0), x), 1],
  ['x − (−y) = x + y', (op, x, y) => op('sub', x, op('neg', y)), 1],
  ['x · 1 = x', (op, x, _, __, k) => op('mul', x, k(1)), 0],
  ['1 · x = x', (op, x, _, __, k) => op('mul', k(1), x), 0],
  ['x · (−1) = −x', (op, x, _, __, k) => op('mul', x, k(-1)), 1],
  ['(−1) · x = −x', (op, x, _, __, k) => op('mul', k(-1), x), 1],
  ['(−x) · (−y) = x · y', (op, x, y) => op('mul', op('neg', x), op('neg', y)), 1],
  ['(−x) · y = −(x · y)', (op, x, y) => op('neg', op('mul', op('neg', x), y)), 1],
  ['x · (−y) = −(x · y)', (op, x, y) => op('neg', op('mul', x, op('neg', y))), 1],
  ['(−x) · k = x · (−k)', (op, x, _, __, k) => op('mul', op('neg', x), k(3)), 1],
  ['x · y = y · x', (op, x, y) => op('sub', op('mul', x, y), op('mul', y, x)), 2],
  ['max(x, y) = max(y, x)', (op, x, y) => op('sub', op('max', x, y), op('max', y, x)), 2],
  ['min(x, y) = min(y, x)', (op, x, y) => op('sub', op('min', x, y), op('min', y, x)), 2],
  ['x / 1 = x', (op, x, _, __, k) => op('div', x, k(1)), 0],
  ['x / (−1) = −x', (op, x, _, __, k) => op('div', x, k(-1)), 1],
  ['1 / x is reciprocal', (op, x, _, __, k) => op('div', k(1), x), 1],
  ['(−x) / (−y) = x / y', (op, x, y) => op('div', op('neg', x), op('neg', y)), 1],
  ['(−x) / y = −(x / y)', (op, x, y) => op('neg', op('div', op('neg', x), y)), 1],
  ['x / (−y) = −(x / y)', (op, x, y) => op('neg', op('div', x, op('neg', y))), 1],
  ['x / 2ᵏ = x · 2⁻ᵏ', (op, x, _, __, k) => op('sub', op('div', x, k(8)), op('mul', x, k(0.125))), 2],
  ['x / 2⁻¹⁰²² = x · 2¹⁰²²', (op, x, _, __, k) => op('sub', op('div', x, k(2 ** -1022)), op('mul', x, k(2 ** 1022))), 2],
];

describe('the same bits, with less', () => {
  it.each(EXACT)('%s', (_, make, left) => {
    const { plain, short, ids } = both(make);
    for (const x of AWKWARD)
      for (const y of AWKWARD)
        for (const w of AWKWARD)
          expect(valueAt(short, ids[1], [x, y, w]), `x = ${x}, y = ${y}, w = ${w}`).toBe(valueAt(plain, ids[0], [x, y, w]));
    expect(work(short, ids[1])).toBe(left);
    expect(work(short, ids[1])).toBeLessThanOrEqual(work(plain, ids[0]));
  });
});

// biome-ignore format: a table: tempting, and wrong at the operands given
const NOT_EXACT: readonly (readonly [string, Make, number])[] = [
  ['x + 0 is not x at −0', (op, x, _, __, k) => op('add', x, k(0)), 1],
  ['x − (−0) is not x at −0', (op, x, _, __, k) => op('sub', x, k(-0)), 1],
  ['0 − x is not −x at 0', (op, x, _, __, k) => op('sub', k(0), x), 1],
  ['x · 0 is not 0 at ∞ and −1', (op, x, _, __, k) => op('mul', x, k(0)), 1],
  ['x − x is not 0 at ∞', (op, x) => op('sub', x, x), 1],
  ['x / x is not 1 at 0', (op, x) => op('div', x, x), 1],
  ['−(x − y) is not y − x where x = y', (op, x, y) => op('neg', op('sub', x, y)), 2],
  ['x ≤ x is not 1 of NaN', (op, x) => op('le', x, x), 1],
  ['x / 3 is not x · ⅓', (op, x, _, __, k) => op('div', x, k(3)), 1],
  ['x / 2⁻¹⁰⁷⁴ is not x · 2¹⁰⁷⁴', (op, x, _, __, k) => op('div', x, k(2 ** -1074)), 1],
  ['(x + y) + w is not x + (y + w)', (op, x, y, w) => op('sub', op('add', op('add', x, y), w), op('add', x, op('add', y, w))), 5],
  ['x · y + x · w is not x · (y + w)', (op, x, y, w) => op('add', op('mul', x, y), op('mul', x, w)), 3],
];

it.each(NOT_EXACT)('%s: left alone', (_, make, left) => {
  const { plain, short, ids } = both(make);
  for (const x of AWKWARD)
    for (const y of AWKWARD)
      for (const w of AWKWARD) expect(valueAt(short, ids[1], [x, y, w])).toBe(valueAt(plain, ids[0], [x, y, w]));
  expect(work(short, ids[1])).toBe(left);
});

it('negations of negations of … are no recursion', () => {
  const graph = new Graph();
  let [x, y] = [graph.input(), graph.input()];
  for (let i = 0; i < 100_000; i++) [x, y] = [graph.node(OP.neg, x), graph.node(OP.abs, y)];
  rewritten(graph, OP.mul, x, y);
  rewritten(graph, OP.square, y);
  rewritten(graph, OP.abs, x);
  expect(rewritten(graph, OP.add, x, x)).toBeGreaterThan(0);
});
