/** Programs with loops, compiled: generated code for a machine of the interpreter, which adopts it. */
import type { Linked } from '../../../link/code.ts';
import type { Core } from '../../interpreter/core.ts';
import type { LoopSweeps } from '../../interpreter/loops.ts';
import { isKnown, KIND, type Kept, type Key, keptNow, keptSoon } from '../cache.ts';
import { loopModule } from './module.ts';

export { type LoopModule, loopModule } from './module.ts';

/** All that decides what the code is; constants are part of it. */
function keyOf({ p, data, adjoints, code, constants, outputs }: Linked, isRelaxed: boolean): Key {
  const numbers = new Int32Array(Float64Array.from(constants, ([, value]) => value).buffer);
  const places = Int32Array.from(constants, ([offset]) => offset);
  const ends = Int32Array.from(outputs.flatMap(({ offset, count }) => [offset, count]));
  return [Int32Array.of(isRelaxed ? KIND.relaxedLoops : KIND.loops, p, data, adjoints), code, places, numbers, ends];
}

function atWork({ module, room }: Kept & { readonly module: WebAssembly.Module }, core: Core): LoopSweeps {
  const { exports } = new WebAssembly.Instance(module, { core: core.imports });
  const { forward, gradient, run } = exports as unknown as LoopSweeps;
  return { room, forward, gradient, run };
}

/** Was code made for these loops at these lengths before, or loaded? */
export function hasLoops(linked: Linked, isRelaxed: boolean): boolean {
  return isKnown(() => keyOf(linked, isRelaxed));
}

/** Sweeps of linked code in a core, at once. @throws what `new WebAssembly.Module` throws where code may not be generated, or not at once */
export function loopsNow(linked: Linked, core: Core, isRelaxed = false): LoopSweeps {
  return atWork(keptNow(keyOf(linked, isRelaxed), () => loopModule(linked, isRelaxed)), core); // biome-ignore format: one line
}

/** The same, while the program goes on. */
export async function loopsSoon(linked: Linked, core: Core, isRelaxed: boolean): Promise<LoopSweeps> {
  return atWork(await keptSoon(keyOf(linked, isRelaxed), () => loopModule(linked, isRelaxed)), core);
}
