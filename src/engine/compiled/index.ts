/** The engine `compiled`: WebAssembly generated for each program, over the core's memory and math. Programs it has no code for run interpreted. */
import { fail } from '../../errors.ts';
import { link } from '../../link/index.ts';
import { validateLoops } from '../../tape/loops/validate.ts';
import { validate } from '../../tape/validate.ts';
import type { Engine } from '../engine.ts';
import { core } from '../interpreter/core.ts';
import { hasRelaxed } from './contract.ts';
import { TieredLoopMachine } from './loop-machine.ts';
import { TieredMachine } from './machine.ts';

/** The smallest module: whether code may be generated is found out when a program is loaded, not at its first call. */
const NOTHING = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);

/** @throws EngineUnavailable where code cannot be generated, or not at once on this thread */
function allowed<T>(load: () => T): T {
  core();
  try {
    new WebAssembly.Module(NOTHING);
    return load();
  } catch (cause) {
    if (!(cause instanceof WebAssembly.CompileError || cause instanceof RangeError)) throw cause;
    return fail('EngineUnavailable', `code cannot be generated here: ${cause.message}`);
  }
}

/** Code at once, for all programs that it can be generated for. */
export const compiled: Engine = {
  name: 'compiled',
  load(tape, isFast = false) {
    validate(tape); // the core trusts a tape, and so does what is generated from it; this is the gate
    return allowed(() => new TieredMachine(core(), tape, true, isFast && hasRelaxed()));
  },
  loadLoops(tape, isFast = false) {
    validateLoops(tape);
    return allowed(() => new TieredLoopMachine(core(), tape, (lengths) => link(tape, lengths), true, isFast && hasRelaxed()));
  },
};

/** Interpreted at first, and generated once that pays. */
export const tiered: Engine = {
  name: 'compiled',
  load(tape, isFast = false) {
    validate(tape);
    return new TieredMachine(core(), tape, false, isFast && hasRelaxed());
  },
  loadLoops(tape, isFast = false) {
    validateLoops(tape);
    return new TieredLoopMachine(core(), tape, (lengths) => link(tape, lengths), false, isFast && hasRelaxed());
  },
};
