/** Programs with loops, compiled: generated code for a machine of the interpreter. */
import type { Linked } from '../../../link/code.ts';
import type { Core } from '../../interpreter/core.ts';
import type { LoopSweeps } from '../../interpreter/loops.ts';
import { loopModule, type LoopModule } from './module.ts';

export { type LoopModule, loopModule } from './module.ts';

/** A module that was made for linked code, in a core. @throws CompileError where generating code is forbidden */
export function instantiated({ bytes, room }: LoopModule, core: Core): LoopSweeps {
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), { core: core.imports });
  const { forward, gradient } = exports as unknown as LoopSweeps;
  return { room, forward, gradient };
}

/** Generates code for linked code and compiles it. */
export function compileLoops(linked: Linked, core: Core): LoopSweeps {
  return instantiated(loopModule(linked), core);
}
