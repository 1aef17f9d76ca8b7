/** The engine `interpreter`: native forward, reverse and tangent sweeps over the tape, in the AssemblyScript core. */
import { validate } from '../../tape/validate.ts';
import type { Engine } from '../engine.ts';
import { core } from './core.ts';
import { InterpreterMachine } from './machine.ts';

export const interpreter: Engine = {
  name: 'interpreter',
  load(tape) {
    validate(tape); // the core trusts a tape; this is the gate
    return new InterpreterMachine(core(), tape);
  },
};
