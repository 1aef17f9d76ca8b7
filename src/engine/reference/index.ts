/** The engine `reference`: the tape read by plain TypeScript over Float64Arrays. Works wherever JavaScript does. */
import { fail } from '../../errors.ts';
import { link } from '../../link/index.ts';
import type { Engine } from '../engine.ts';
import { loopMachine } from './loops/machine.ts';
import { machine } from './machine.ts';

export const reference: Engine = {
  name: 'reference',
  load(tape) {
    try {
      return machine(tape);
    } catch (cause) {
      if (cause instanceof RangeError) fail('OutOfMemory', `no room for ${tape.slots} slots: ${cause.message}`);
      throw cause;
    }
  },
  loadLoops: (tape) => loopMachine(tape, (lengths) => link(tape, lengths)),
};
