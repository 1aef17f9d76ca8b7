/** Random graphs: every engine against a plain sweep over numbers, against differences, and against itself in lanes. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Engine } from '../../src/engine/engine.ts';
import { evaluate, expressions, gradient, random, randomFunction } from '../support/random-graph.ts';
import { at, machine } from './machine.ts';

const seeds = fc.integer({ min: 0, max: 2 ** 31 });
const lengths = fc.integer({ min: 1, max: 60 });

export function randomGraphs(engine: Engine): void {
  describe('random graphs', () => {
    it('value, gradient and tangents agree with a sweep over plain numbers', () => {
      fc.assert(
        fc.property(seeds, lengths, (seed, length) => {
          const f = randomFunction(seed, length);
          const m = machine(engine, f.p, (x) => expressions(f, x));
          const got = at(m, f.point);
          m.dispose();
          const want = gradient(f, f.point);
          // each step may lose a few ulp, and what it loses is carried along the sweep: length · u · scale, with room for
          // values that differ by an ulp or two between Math.* and the core, amplified by later partials
          const loose = 1e-9;
          expect(Math.abs(got.value - evaluate(f, f.point))).toBeLessThanOrEqual(loose * Math.max(1, ...want.scale));
          want.g.forEach((g, i) => {
            const room = loose * Math.max(1, want.scale[i]!);
            expect(Math.abs(got.gradient[i]! - g), `∂${i}: ${got.gradient[i]} for ${g}`).toBeLessThanOrEqual(room);
            expect(Math.abs(got.tangents[i]! - g), `tangent ${i}: ${got.tangents[i]} for ${g}`).toBeLessThanOrEqual(room);
          });
        }),
        { numRuns: 300 },
      );
    });

    it('the gradient is the slope: central differences', () => {
      fc.assert(
        fc.property(seeds, fc.integer({ min: 1, max: 8 }), (seed, length) => {
          const f = randomFunction(seed, length);
          const m = machine(engine, f.p, (x) => expressions(f, x));
          const got = at(m, f.point);
          const value = (i: number, s: number): number => {
            m.point.set(f.point);
            m.point[i]! += s;
            return m.forward();
          };
          got.gradient.forEach((g, i) => {
            // steps small enough for the margin of 1e-3 that the generator keeps to jumps, three of them: where they
            // disagree among themselves the function bends too fast to be judged by differences
            const slopes = [1e-5, 5e-6, 2.5e-6].map((h) => (value(i, h) - value(i, -h)) / (2 * h));
            const spread = Math.max(...slopes) - Math.min(...slopes);
            const size = Math.max(1, Math.abs(g), Math.abs(got.value));
            expect(Math.abs(slopes[1]! - g), `∂${i}: ${g}, differences ${slopes}`).toBeLessThanOrEqual(1e-6 * size + 4 * spread);
          });
          m.dispose();
        }),
        { numRuns: 200 },
      );
    });

    it('copies of a function in one graph are found as loops, and each has the result of one', () => {
      fc.assert(
        fc.property(seeds, fc.integer({ min: 2, max: 25 }), fc.integer({ min: 2, max: 40 }), (seed, length, copies) => {
          const f = randomFunction(seed, length);
          const next = random(seed + 1);
          const points = Array.from({ length: copies }, () => f.point.map((x) => x + (next() - 0.5) * 1e-4));
          const one = machine(engine, f.p, (x) => expressions(f, x));
          const all = machine(engine, f.p * copies, (x) => points.map((_, k) => expressions(f, x.slice(k * f.p, (k + 1) * f.p))));
          all.point.set(points.flat());
          all.forward();
          all.reverse(new Float64Array(copies).fill(1));
          const gradients = [...all.adjoint];
          points.forEach((point, k) => {
            const single = at(one, point);
            expect(all.output(k)).toBe(single.value);
            // the same additions, in another order where a node has three or more uses
            single.gradient.forEach((g, i) =>
              expect(Math.abs(gradients[k * f.p + i]! - g)).toBeLessThanOrEqual(
                1e-10 * Math.max(1, gradient(f, point).scale[i]!),
              ),
            );
          });
          one.dispose();
          all.dispose();
        }),
        { numRuns: 60 },
      );
    });

    it('rows in lanes: each value as alone, the gradient their sum, and so the directional derivative', () => {
      fc.assert(
        fc.property(seeds, fc.integer({ min: 2, max: 25 }), fc.integer({ min: 1, max: 150 }), (seed, length, rows) => {
          const f = randomFunction(seed, length);
          const next = random(seed + 1);
          const shifts = Array.from({ length: rows }, () => f.point.map(() => (next() - 0.5) * 1e-4));
          const one = machine(engine, f.p, (x) => expressions(f, x));
          const all = machine(
            engine,
            f.p,
            (x, d) =>
              expressions(
                f,
                x.map((e, i) => e.add(d[i]!)),
              ),
            f.p,
          );
          all.point.set(f.point);
          all.reserve(rows).set(shifts.flat());
          const total = all.gradientRows(rows, 'sum');
          const sum = f.point.map(() => 0);
          const scale = f.point.map(() => 1);
          let values = 0;
          shifts.forEach((shift, k) => {
            const single = at(
              one,
              f.point.map((x, i) => x + shift[i]!),
            );
            expect(all.rowOutputs[k]).toBe(single.value);
            values += single.value;
            single.gradient.forEach((g, i) => {
              sum[i]! += g;
              scale[i]! += gradient(f, f.point).scale[i]! * 2;
            });
          });
          expect(Math.abs(total - values)).toBeLessThanOrEqual(1e-12 * rows * 400);
          const adjoint = [...all.adjoint];
          sum.forEach((g, i) =>
            expect(Math.abs(adjoint[i]! - g), `∂${i}: ${adjoint[i]} for ${g}`).toBeLessThanOrEqual(1e-10 * scale[i]!),
          );
          const direction = Float64Array.from(f.point, () => next() - 0.5);
          const along = all.tangentRows(rows, 'sum', direction);
          expect(Math.abs(along - sum.reduce((s, g, i) => s + g * direction[i]!, 0))).toBeLessThanOrEqual(
            1e-10 * scale.reduce((s, x) => s + x, 0),
          );
          one.dispose();
          all.dispose();
        }),
        { numRuns: 60 },
      );
    });
  });
}
