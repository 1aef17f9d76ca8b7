/**
 * The AssemblyScript core: one instance and one memory serve all programs of a realm. If it traps it is given up: its
 * programs throw 'EnginePoisoned' from then on, and the next load gets a fresh one.
 */
import { instantiateSync } from '@assemblyscript/loader';
import { fail } from '../../errors.ts';
import { type Arena, arena } from '../../wasm/arena.ts';
import { coreModule } from '../../wasm/core.ts';

/** What assembly/index.ts exports; P is the address of a program block. */
export interface Exports extends Record<string, unknown> {
  memory: WebAssembly.Memory;
  heapBase(): number;
  start(P: number): void;
  bound(P: number): void;
  evaluate(P: number): number;
  gradient(P: number): number;
  adjoint(P: number, seeds: number): void;
  directional(P: number, result: number): void;
  rows(P: number, n: number, mean: boolean, gradient: boolean): number;
  directionalRows(P: number, n: number, mean: boolean, result: number): number;
  stepMomentum(P: number, n: number, mean: boolean, velocity: number, rate: number, momentum: number): number;
  // biome-ignore format: one signature, one line
  stepAdam(P: number, n: number, mean: boolean, m: number, v: number, rate: number, beta1: number, beta2: number, epsilon: number, c1: number, c2: number): number;
  countSteps(on: boolean): void;
  stepCount(): number;
}

export interface Core {
  readonly exports: Exports;
  readonly arena: Arena;
  poisoned: boolean;
}

let current: Core | undefined;

/** The core of this realm, instantiated at first use. @throws EngineUnavailable */
export function core(): Core {
  if (current && !current.poisoned) return current;
  const { exports } = instantiateSync<Exports>(coreModule(), {});
  current = { exports, arena: arena(exports.memory, exports.heapBase()), poisoned: false };
  return current;
}

/** After a trap: gives the core up and says so. */
export function poison(core: Core, cause: unknown): never {
  core.poisoned = true;
  fail('EnginePoisoned', `the core stopped (${cause instanceof Error ? cause.message : cause}); compile the program again`);
}
