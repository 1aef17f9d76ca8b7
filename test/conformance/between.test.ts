/** Engines against each other: programs of exactly rounded ops give the same bits, whatever the sweep. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { interpreter } from '../../src/engine/interpreter/index.ts';
import { reference } from '../../src/engine/reference/index.ts';
import { dot, sum } from '../../src/graph/vocabulary.ts';
import { ARITHMETIC, expressions, random, randomFunction } from '../support/random-graph.ts';
import { sameBits } from '../support/ulp.ts';
import { type Fn, machine } from './machine.ts';

const seeds = fc.integer({ min: 0, max: 2 ** 31 });

function both(p: number, f: Fn, q = 0) {
  return [machine(interpreter, p, f, q), machine(reference, p, f, q)] as const;
}

it('forward, reverse and tangent sweeps of arithmetic programs have the same bits', () => {
  fc.assert(
    fc.property(seeds, fc.integer({ min: 1, max: 30 }), fc.integer({ min: 1, max: 30 }), (seed, length, copies) => {
      const f = randomFunction(seed, length, ARITHMETIC);
      const [a, b] = both(f.p * copies, (x) =>
        Array.from({ length: copies }, (_, k) => expressions(f, x.slice(k * f.p, (k + 1) * f.p))).reduce((s, e) => s.add(e)),
      );
      const next = random(seed);
      const point = Array.from({ length: f.p * copies }, (_, i) => f.point[i % f.p]! + next() * 1e-3);
      const direction = Float64Array.from(point, () => next() - 0.5);
      const [x, y] = [a, b].map((m) => {
        m.point.set(point);
        return [m.gradient(), ...m.adjoint, ...m.tangent(direction)];
      });
      expect(sameBits(x!, y!)).toBe(true);
      a.dispose();
      b.dispose();
    }),
    { numRuns: 300 },
  );
});

it('lanes of arithmetic programs have the same bits', () => {
  fc.assert(
    fc.property(seeds, fc.integer({ min: 1, max: 30 }), fc.integer({ min: 1, max: 200 }), (seed, length, rows) => {
      const f = randomFunction(seed, length, ARITHMETIC);
      const [a, b] = both(
        f.p,
        (x, d) =>
          expressions(
            f,
            x.map((e, i) => e.add(d[i]!)),
          ),
        f.p,
      );
      const next = random(seed);
      const data = Array.from({ length: f.p * rows }, () => next() * 1e-3);
      const direction = Float64Array.from(f.point, () => next() - 0.5);
      const [x, y] = [a, b].map((m) => {
        m.point.set(f.point);
        m.reserve(rows).set(data);
        return [
          m.gradientRows(rows, 'mean'),
          ...m.adjoint,
          ...m.rowOutputs.subarray(0, rows),
          m.tangentRows(rows, 'sum', direction),
        ];
      });
      expect(sameBits(x!, y!)).toBe(true);
      a.dispose();
      b.dispose();
    }),
    { numRuns: 200 },
  );
});

it('sums and dots of any length have the same bits, alone and in lanes', () => {
  fc.assert(
    fc.property(seeds, fc.integer({ min: 1, max: 2500 }), fc.integer({ min: 1, max: 70 }), (seed, k, rows) => {
      const next = random(seed);
      const [a, b] = both(
        k,
        (x, d) =>
          dot(x, d)
            .add(sum(x))
            .add(
              dot(
                d,
                x.map((e) => e.square()),
              ),
            ),
        k,
      );
      const point = Array.from({ length: k }, () => next() - 0.5);
      const data = Array.from({ length: k * rows }, () => next() - 0.5);
      const [x, y] = [a, b].map((m) => {
        m.point.set(point);
        m.data.set(data.slice(0, k));
        m.bound();
        const alone = [m.gradient(), ...m.adjoint];
        m.reserve(rows).set(data);
        return [...alone, m.gradientRows(rows, 'sum'), ...m.adjoint];
      });
      expect(sameBits(x!, y!)).toBe(true);
      a.dispose();
      b.dispose();
    }),
    { numRuns: 60 },
  );
});
