/** The engine `interpreter`: native forward, reverse and tangent sweeps over the tape, in the AssemblyScript core. */
import { link } from '../../link/index.ts';
import { validateLoops } from '../../tape/loops/validate.ts';
import { validate } from '../../tape/validate.ts';
import type { Engine } from '../engine.ts';
import { core } from './core.ts';
import { InterpreterLoopMachine } from './loops.ts';
import { InterpreterMachine } from './machine.ts';

export const interpreter: Engine = {
  name: 'interpreter',
  load(tape) {
    validate(tape); // the core trusts a tape; this is the gate
    return new InterpreterMachine(core(), tape);
  },
  loadLoops(tape) {
    validateLoops(tape); // link trusts it, and the core what is linked
    return new InterpreterLoopMachine(core(), tape, (lengths) => link(tape, lengths));
  },
};
