/** Programs with loops, compiled: generated code for a machine of the interpreter, which adopts it. */
import type { Linked } from '../../../link/code.ts';
import type { Core } from '../../interpreter/core.ts';
import type { LoopSweeps } from '../../interpreter/loops.ts';
import { type KeptModule, moduleNow, moduleSoon } from './kept.ts';

export { type LoopModule, loopModule } from './module.ts';

function atWork({ module, room }: KeptModule, core: Core): LoopSweeps {
  const { exports } = new WebAssembly.Instance(module, { core: core.imports });
  const { forward, gradient, run } = exports as unknown as LoopSweeps;
  return { room, forward, gradient, run };
}

/** Sweeps of linked code in a core, at once. @throws what `new WebAssembly.Module` throws where code may not be generated, or not at once */
export function loopsNow(linked: Linked, core: Core): LoopSweeps {
  return atWork(moduleNow(linked), core);
}

/** The same, while the program goes on. */
export async function loopsSoon(linked: Linked, core: Core): Promise<LoopSweeps> {
  return atWork(await moduleSoon(linked), core);
}
