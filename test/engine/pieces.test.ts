/** Programs cut into pieces give the bits of the interpreter, wherever the cuts are. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cut, LIMITS, type Limits } from '../../src/engine/compiled/pieces.ts';
import { piecesModule } from '../../src/engine/compiled/pieces-module.ts';
import { Expr } from '../../src/graph/expression.ts';
import { Graph } from '../../src/graph/graph.ts';
import { dot, logsumexp, max, mean, norm, prod, select, sum } from '../../src/graph/vocabulary.ts';
import { layout } from '../../src/tape/build.ts';
import type { Tape } from '../../src/tape/layout.ts';
import { ModuleWriter } from '../../src/wasm/encode/module.ts';
import { expressions, random, randomFunction } from '../support/random-graph.ts';
import { type Sweeps, sweeps } from '../support/generated.ts';
import { sameBits } from '../support/ulp.ts';

type Build = (x: readonly Expr[], data: readonly Expr[], constant: (x: number) => Expr) => readonly Expr[];

function tapeOf(p: number, q: number, build: Build): Tape {
  const graph = new Graph();
  const handles = (n: number): Expr[] => Array.from({ length: n }, () => new Expr(graph, graph.input()));
  const [x, d] = [handles(p), handles(q)];
  const outputs = build(x, d, (c) => new Expr(graph, graph.constant(c)));
  const port = (name: string, n: number, data: boolean) => ({ name, shape: [n], data });
  const signature = {
    inputs: [port('x', p, false), port('d', q, true)],
    outputs: [{ name: 'y', shape: [outputs.length] }],
    single: false,
  };
  const ids = (list: readonly Expr[]): Int32Array => Int32Array.from(list, ({ id }) => id);
  return layout(graph, signature, { params: ids(x), data: ids(d) }, ids(outputs));
}

function inPieces(tape: Tape, limits: Limits): Sweeps {
  return sweeps(tape, (_, offsets) => {
    const module = new ModuleWriter();
    piecesModule(module, tape, offsets, cut(tape, limits));
    return module.bytes();
  });
}

function agree(tape: Tape, limits: Limits, points: readonly (readonly number[])[], data: readonly number[] = []): void {
  const s = inPieces(tape, limits);
  s.data.set(data);
  s.bound();
  for (const point of points) {
    s.point.set(point);
    const wanted = s.byCore();
    expect(sameBits(s.generated(), wanted)).toBe(true);
    expect(sameBits([s.value()], wanted.slice(0, 1))).toBe(true);
  }
  s.dispose();
}

const seeds = fc.integer({ min: 0, max: 2 ** 31 });
const AWKWARD = [0, -0, 1, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1e-310, 1e200, -2.5];

/** Cuts at random places. */
function limitsOf(next: () => number): Limits {
  const below = (n: number): number => 1 + Math.floor(next() * n);
  return {
    ...LIMITS,
    lanesFrom: [2, 3, 8, 1e9][below(4) - 1]!,
    straight: [1, 5, 40, 300][below(4) - 1]!,
    list: [0, 8, 1000][below(3) - 1]!,
  };
}

function near(point: readonly number[], n: number, next: () => number): number[][] {
  const first = Array.from({ length: n }, (_, i) => point[i % point.length]! + next() * 1e-3);
  return [first, first.map((x) => (next() < 0.7 ? x : AWKWARD[Math.floor(next() * AWKWARD.length)]!))];
}

describe('pieces', () => {
  it('of random programs with copies of themselves in them', () => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 40 }), (seed, length, copies) => {
        const f = randomFunction(seed, length);
        const next = random(seed);
        const tape = tapeOf(f.p * copies, f.p, (x, d) => {
          const parts = Array.from(
            { length: copies },
            (_, k) =>
            expressions(f, x.slice(k * f.p, (k + 1) * f.p).map((e, i) => e.mul(d[i]!))), // biome-ignore format: one line
          );
          return [parts.reduce((s, e) => s.add(e))];
        });
        agree(tape, limitsOf(next), near(f.point, f.p * copies, next), [1, 1, 1, 1]);
      }),
      { numRuns: 150 },
    );
  });

  it('of copies that share their inputs, read neighbours, and are read by several outputs', () => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: 1, max: 25 }), fc.integer({ min: 2, max: 60 }), (seed, length, copies) => {
        const f = randomFunction(seed, length);
        const next = random(seed);
        const [step, shared] = [Math.floor(next() * 4), Math.floor(next() * 3)];
        const p = f.p + step * copies + 1;
        const outputs = next() < 0.5 ? 1 : 3;
        const tape = tapeOf(p, 0, (x) => {
          const parts = Array.from(
            { length: copies },
            (_, k) =>
            expressions(f, Array.from({ length: f.p }, (__, i) => (i < shared ? x[i]! : x[i + k * step]!))), // biome-ignore format: one line
          );
          return [sum(parts), parts[0]!.mul(2), parts.at(-1)!.add(x[0]!)].slice(0, outputs);
        });
        agree(tape, limitsOf(next), near(f.point, p, next));
      }),
      { numRuns: 150 },
    );
  });

  it('with lists in them', () => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: 1, max: 40 }), (seed, n) => {
        const next = random(seed);
        const tape = tapeOf(2 * n, 0, (x) => {
          const [a, b] = [x.slice(0, n), x.slice(n)];
          const terms = a.map((e, i) => e.mul(b[i]!).tanh());
          const lists = [sum(terms), mean(a), prod(b), max(terms), norm(a), logsumexp(terms), dot(a, terms)];
          return [sum([...lists, ...terms.map((t, i) => select(t.gt(0.1), t, a[i]!).mul(lists[i % 7]!))])];
        });
        agree(tape, limitsOf(next), near([0.3, -0.2, 1.1], 2 * n, next));
      }),
      { numRuns: 100 },
    );
  });

  it.each([1023, 1024, 1025, 1030, 2048, 2051, 3000])('sums over %i lanes, in blocks', (n) => {
    const next = random(n);
    const tape = tapeOf(n + 3, 0, (x) => {
      const terms = Array.from({ length: n }, (_, i) =>
        x[i]!.mul(x[n]!)
          .add(x[n + 1]!)
          .tanh()
          .mul(x[n + 2]!),
      );
      return [terms.reduce((s, e) => s.add(e))];
    });
    agree(tape, LIMITS, near([0.3, -0.2, 1.1], n + 3, next));
  });

  it('neighbours whose adjoints overlap keep the order of additions', () => {
    const next = random(5);
    for (const n of [9, 50, 51, 333]) {
      const shifts: Build[] = [
        (x) => [sum(Array.from({ length: n }, (_, i) => x[i + 1]!.sub(x[i]!.square()).square().add(x[i]!)))],
        (x) => [
          sum(
            Array.from({ length: n }, (_, i) =>
              x[i]!.mul(x[i + 1]!)
                .mul(x[i + 2]!)
                .sin(),
            ),
          ),
        ],
        (x) => [
          sum(
            Array.from({ length: n }, (_, i) =>
              x[i + 2]!.mul(x[i]!)
                .add(x[2 * (i >> 1)]!)
                .exp(),
            ),
          ),
        ],
      ];
      for (const build of shifts)
        agree(tapeOf(n + 2, 0, build), { ...LIMITS, lanesFrom: 2 }, near([0.3, -0.2, 0.7], n + 2, next));
    }
  });

  it('strips that repeat themselves: recurrences, and sums of neighbours', () => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: 60, max: 400 }), fc.integer({ min: 1, max: 5 }), (seed, n, period) => {
        const next = random(seed);
        const pick = (k: number): number => Math.floor(next() * k);
        const ops = Array.from({ length: period }, () => [pick(7), pick(4), pick(3), next() < 0.1 ? pick(n) : -1] as const);
        const p = 4 + 2 * n;
        const tape = tapeOf(p, 0, (x) => {
          let v = x[0]!;
          const seen: Expr[] = [];
          for (let i = 0; i < n; i++) {
            const [op, where, what, once] = ops[i % period]!;
            const y = [x[where]!, x[4 + i]!, x[4 + n + i - (i % period)]!][what]!;
            v = [v.add(y), y.sub(v), v.mul(y), v.tanh(), v.square(), y.max(v), v.relu()][op]!;
            if (once === i || (where === 3 && i % period === 0)) seen.push(v);
          }
          return [sum([v, ...seen.map((e) => e.mul(0.5))])];
        });
        agree(tape, { ...LIMITS, lanesFrom: next() < 0.5 ? 2 : 1e9, straight: 300 }, near([0.9, 0.1, 0.2, -0.1], p, next));
      }),
      { numRuns: 200 },
    );
  });
});
