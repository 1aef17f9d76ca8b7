/** Random programs with loops in loops: against themselves written out, against differences, and sweep against sweep. */
import fc from 'fast-check';
import { describe, it } from 'vitest';
import type { Engine } from '../../src/engine/engine.ts';
import { evaluateLoops } from '../support/loop-eval.ts';
import { type Case, checkSweeps, directionOf, expectNear, swept } from '../support/loop-sweeps.ts';
import { randomCase } from '../support/random-loops.ts';

const seeds = fc.integer({ min: 0, max: 2 ** 31 });

/** Derivatives by central differences of plain evaluation. */
function differences({ tape, lengths, point, data }: Case): number[] {
  const value = (i: number, by: number): number => {
    const moved = point.slice();
    moved[i]! += by;
    return evaluateLoops(tape, lengths, moved, data)[0]![0]!;
  };
  const h = 1e-5;
  return Array.from(point, (_, i) => (value(i, h) - value(i, -h)) / (2 * h));
}

export function randomLoopPrograms(engine: Engine): void {
  describe('random programs with loops', () => {
    it('are what they are written out', () => {
      fc.assert(
        fc.property(seeds, fc.constantFrom({}, { exact: true }, { awkward: true }), (seed, options) => {
          checkSweeps(engine, randomCase({ seed, ...options }, 10_000), 1e-10);
        }),
        { numRuns: 250 },
      );
    });

    it('have the slopes of their values, in both directions', () => {
      fc.assert(
        fc.property(seeds, (seed) => {
          const program = randomCase({ seed }, 300);
          const { gradient, tangent } = swept(engine, program);
          const slopes = differences(program);
          expectNear(gradient, slopes, 'gradient', 1e-5);
          const direction = directionOf(slopes.length);
          const along = gradient.reduce((sum, g, i) => sum + g * direction[i]!, 0);
          expectNear(tangent, [along], 'tangent', 1e-10);
        }),
        { numRuns: 100 },
      );
    });
  });
}
