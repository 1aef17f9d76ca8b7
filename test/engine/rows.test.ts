/** Generated loops over rows give the bits of the interpreter, for every number of rows. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compiled } from '../../src/engine/compiled/index.ts';
import { hasRows } from '../../src/engine/compiled/rows.ts';
import type { RowMachine } from '../../src/engine/engine.ts';
import { interpreter } from '../../src/engine/interpreter/index.ts';
import { dot, logsumexp, max, mean, sum } from '../../src/graph/vocabulary.ts';
import { expressions, random, randomFunction } from '../support/random-graph.ts';
import { sameBits } from '../support/ulp.ts';
import { type Fn, machine } from '../conformance/machine.ts';

const seeds = fc.integer({ min: 0, max: 2 ** 31 });
const AWKWARD = [0, -0, Number.NaN, Number.POSITIVE_INFINITY, 1e-310, 1e200, -2.5];

function both(p: number, f: Fn, q: number): readonly RowMachine[] {
  return [compiled, interpreter].map((engine) => machine(engine, p, f, q));
}

function agree(machines: readonly RowMachine[], point: readonly number[], data: readonly number[], rows: number): void {
  for (const reduce of ['mean', 'sum'] as const) {
    const [x, y] = machines.map((m) => {
      m.point.set(point);
      m.reserve(rows).set(data);
      m.adjoint.fill(7);
      const value = m.forwardRows(rows, reduce);
      const outputs = [...m.rowOutputs.subarray(0, rows)];
      return [value, ...outputs, m.gradientRows(rows, reduce), ...m.adjoint, ...m.rowOutputs.subarray(0, rows)];
    });
    expect(sameBits(x!, y!), `${rows} rows`).toBe(true);
  }
}

describe('rows', () => {
  it('of random programs, at usual and at awkward points', () => {
    let generated = 0;
    fc.assert(
      fc.property(seeds, fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 300 }), (seed, length, rows) => {
        const f = randomFunction(seed, length);
        const next = random(seed);
        const isAlone = next() < 0.5; // some nodes of the parameters alone, some of the data alone
        const machines = both(
          f.p,
          (x, d) => {
            const both = x.map((e, i) => e.add(d[i]!));
            const own = expressions(f, both);
            return isAlone ? own.add(expressions(f, x)).mul(expressions(f, d)) : own;
          },
          f.p,
        );
        if (hasRows(machines[0]!.tape)) generated++;
        const near = Array.from({ length: f.p * rows }, () => next() * 1e-3);
        const at = (awkward: number): number[] => (isAlone ? near.map((_, i) => f.point[i % f.p]! + near[i]!) : near).map((x) => (next() < awkward ? AWKWARD[Math.floor(next() * AWKWARD.length)]! : x)); // biome-ignore format: one line
        agree(machines, f.point, at(0), rows);
        agree(machines, f.point, at(0.1), rows);
        for (const m of machines) m.dispose();
      }),
      { numRuns: 150 },
    );
    expect(generated).toBeGreaterThan(50);
  });

  it('of groups and lists of shared numbers and of rows', () => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 140 }), (seed, k, rows) => {
        const next = random(seed);
        const machines = both(
          2 * k + 1,
          (x, d) => {
            const [w, v] = [x.slice(0, k), x.slice(k, 2 * k)];
            const h = d.map((e, i) =>
              e
                .mul(w[i]!)
                .add(v[(i * 3) % k]!)
                .tanh(),
            );
            const g = h.map((e, i) => e.mul(x[2 * k]!).sub(h[(i + 1) % k]!.square()));
            return sum([dot(w, h), sum(g), mean(g), logsumexp(g), max(h), dot(h, d), sum(w)]);
          },
          k,
        );
        expect(hasRows(machines[0]!.tape)).toBe(true);
        const numbers = (n: number): number[] => Array.from({ length: n }, () => 2 * next() - 1);
        agree(machines, numbers(2 * k + 1), numbers(k * rows), rows);
        for (const m of machines) m.dispose();
      }),
      { numRuns: 100 },
    );
  });

  it('lists of other ops over shared numbers are left to the core', () => {
    const machines = both(3, (x, d) => logsumexp([...x, d[0]!]).add(d[0]!), 1); // one side of the rows: copies
    const shared = both(3, (x, d) => mean(x).mul(d[0]!), 1);
    for (const m of [machines, shared]) {
      agree(m, [0.1, 0.7, -0.3], [1, 2, 3, 4, 5], 5);
      for (const one of m) one.dispose();
    }
  });

  it('steps of an optimiser over rows', () => {
    const traces = both(2, (x, d) => x[0]!.mul(d[0]!).add(x[1]!).sub(d[1]!).square(), 2).map((m) => {
      m.point.set([0.5, -0.5]);
      m.reserve(37).set(Array.from({ length: 74 }, (_, i) => Math.fround(Math.sin(i))));
      const stepper = m.stepper({ kind: 'adam', rate: 0.1, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 });
      const values = Array.from({ length: 30 }, () => stepper.step(0.1, 37, 'mean'));
      stepper.dispose();
      const trace = [...values, ...m.point];
      m.dispose();
      return trace;
    });
    expect(sameBits(traces[0]!, traces[1]!)).toBe(true);
  });
});
