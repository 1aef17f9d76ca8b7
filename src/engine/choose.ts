/** Which engine runs a tape. */
import { fail, WengertError } from '../errors.ts';
import { show } from '../graph/show.ts';
import type { Tape } from '../tape/layout.ts';
import type { Engine, EngineName, Machine } from './engine.ts';
import { interpreter } from './interpreter/index.ts';
import { reference } from './reference/index.ts';

/** An engine by name, or the best that this runtime allows. */
export type EngineChoice = 'auto' | EngineName;

const ENGINES: Readonly<Record<EngineName, Engine>> = { interpreter, reference };

/** @throws BadOption if there is no engine of this name */
export function checkEngine(choice: EngineChoice): void {
  if (choice === 'auto' || Object.hasOwn(ENGINES, choice)) return;
  const known = ['auto', ...Object.keys(ENGINES)].map((name) => `'${name}'`);
  fail('BadOption', `engine: expected ${known.join(' or ')}, got ${show(choice)}`);
}

/**
 * Loads a tape. 'auto' is the interpreter, or the reference engine where WebAssembly is refused.
 *
 * @throws EngineUnavailable if the engine asked for by name cannot run here
 */
export function load(tape: Tape, choice: EngineChoice): Machine {
  if (choice !== 'auto') return ENGINES[choice].load(tape);
  try {
    return interpreter.load(tape);
  } catch (error) {
    if (error instanceof WengertError && error.code === 'EngineUnavailable') return reference.load(tape);
    throw error;
  }
}
