/** Loops: every form × every nest × value, gradient, tangent, against the same program written out. */
import { describe, it } from 'vitest';
import type { Engine } from '../../src/engine/engine.ts';
import { checkSweeps, filled } from '../support/loop-sweeps.ts';
import { PROGRAMS } from './loops-programs.ts';

export function loops(engine: Engine): void {
  describe('loops', () => {
    it.each(PROGRAMS)('$name', ({ tape, lengths, fill }) => {
      for (const one of lengths) {
        try {
          checkSweeps(engine, filled(tape(), one, fill));
        } catch (error) {
          if (error instanceof Error) error.message = `${JSON.stringify(one)}: ${error.message}`;
          throw error;
        }
      }
    });
  });
}
