/** Programs that hold the derivative of a program with loops: their own sweeps, so the second derivatives, and what scatters. */
import { describe, it } from 'vitest';
import type { Engine } from '../../src/engine/engine.ts';
import { gradientOf, tangentOf } from '../support/derived.ts';
import { checkSweeps, filled } from '../support/loop-sweeps.ts';
import { PROGRAMS } from './loops-programs.ts';

/** Distance allowed: second derivatives of sums of some hundred terms. */
const NEAR = 1e-9;

export function nestedDerivatives(engine: Engine): void {
  describe('derivatives inside of programs with loops', () => {
    it.each(PROGRAMS)('$name', ({ signature, fn, lengths, fill }) => {
      const few = lengths.filter(({ n = 0, m = 0 }) => n < 20 && m < 10).slice(1, 3);
      for (const tape of [gradientOf(signature, fn), tangentOf(signature, fn)])
        for (const one of few) {
          try {
            checkSweeps(engine, filled(tape, one, fill), NEAR);
          } catch (error) {
            if (error instanceof Error) error.message = `${JSON.stringify(one)}: ${error.message}`;
            throw error;
          }
        }
    });
  });
}
