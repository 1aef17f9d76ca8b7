/** Which engine runs a tape. */
import { fail, WengertError } from '../errors.ts';
import { show } from '../graph/show.ts';
import type { Tape } from '../tape/layout.ts';
import type { LoopTape } from '../tape/loops/layout.ts';
import { compiled, tiered } from './compiled/index.ts';
import type { Engine, EngineName, LoopMachine, RowMachine } from './engine.ts';
import { interpreter } from './interpreter/index.ts';
import { reference } from './reference/index.ts';

/** An engine by name, or the best that this runtime allows. */
export type EngineChoice = 'auto' | EngineName;

const ENGINES: Readonly<Record<EngineName, Engine>> = { compiled, interpreter, reference };

/** @throws BadOption if there is no engine of this name */
export function checkEngine(choice: EngineChoice): void {
  if (choice === 'auto' || Object.hasOwn(ENGINES, choice)) return;
  const known = ['auto', ...Object.keys(ENGINES)].map((name) => `'${name}'`);
  fail('BadOption', `engine: expected ${known.join(' or ')}, got ${show(choice)}`);
}

/**
 * Loads a tape. 'auto' is the interpreter at first and generated code later, or the reference engine where WebAssembly is
 * refused.
 *
 * @param isFast its code may be contracted (fastMath)
 * @throws EngineUnavailable if the engine asked for by name cannot run here
 */
export function load(tape: Tape, choice: EngineChoice, isFast?: boolean): RowMachine {
  return withEngine(choice, (engine) => engine.load(tape, isFast));
}

/** Loads a program with loops, likewise. @throws EngineUnavailable */
export function loadLoops(tape: LoopTape, choice: EngineChoice, isFast?: boolean): LoopMachine {
  return withEngine(choice, (engine) => engine.loadLoops(tape, isFast));
}

function withEngine<M>(choice: EngineChoice, load: (engine: Engine) => M): M {
  if (choice !== 'auto') return load(ENGINES[choice]);
  try {
    return load(tiered);
  } catch (error) {
    if (error instanceof WengertError && error.code === 'EngineUnavailable') return load(reference);
    throw error;
  }
}
