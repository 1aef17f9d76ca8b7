/** The engine `compiled`: WebAssembly generated for each program, over the core's memory and math. Programs it has no code for run interpreted. */
import { fail } from '../../errors.ts';
import { validate } from '../../tape/validate.ts';
import { core } from '../interpreter/core.ts';
import { interpreter } from '../interpreter/index.ts';
import type { Engine } from '../engine.ts';
import { TieredMachine } from './machine.ts';

function refused(cause: unknown): never {
  if (!(cause instanceof WebAssembly.CompileError || cause instanceof RangeError)) throw cause;
  return fail('EngineUnavailable', `code cannot be generated here: ${cause.message}`);
}

/** Code at once, for all programs that it can be generated for. */
export const compiled: Engine = {
  name: 'compiled',
  load(tape) {
    validate(tape);
    try {
      return new TieredMachine(core(), tape, true);
    } catch (cause) {
      return refused(cause);
    }
  },
  loadLoops: (tape) => interpreter.loadLoops(tape),
};

/** Interpreted at first, and generated once that pays. */
export const tiered: Engine = {
  name: 'compiled',
  load(tape) {
    validate(tape);
    return new TieredMachine(core(), tape, false);
  },
  loadLoops: (tape) => interpreter.loadLoops(tape),
};
