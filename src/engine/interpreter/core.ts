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
  jacobianColumns(P: number, colours: number, count: number, lanes: number, block: number, result: number): void;
  jacobianRows(P: number, colours: number, count: number, seeds: number, result: number): void;
  rows(P: number, n: number, mean: boolean, gradient: boolean): number;
  directionalRows(P: number, n: number, mean: boolean, result: number): number;
  stepMomentum(P: number, n: number, mean: boolean, velocity: number, rate: number, momentum: number): number;
  // biome-ignore format: one signature, one line
  stepAdam(P: number, n: number, mean: boolean, m: number, v: number, rate: number, beta1: number, beta2: number, epsilon: number, c1: number, c2: number): number;
  momentumStep(p: number, x: number, gradient: number, velocity: number, rate: number, momentum: number): void;
  // biome-ignore format: one signature, one line
  adamStep(p: number, x: number, gradient: number, m: number, v: number, rate: number, beta1: number, beta2: number, epsilon: number, c1: number, c2: number): void;
  countSteps(on: boolean): void;
  stepCount(): number;
  // programs with loops: `code` is the address of linked code, `memory` that of its doubles; a sweep returns 1 after a fault
  loopForward(code: number, memory: number): number;
  loopReverse(code: number, memory: number, p: number, gated: boolean): number;
  loopGradient(code: number, memory: number, p: number): number;
  loopTangent(code: number, memory: number, gated: boolean): number;
  loopMomentum(code: number, memory: number, p: number, velocity: number, rate: number, momentum: number): number;
  // biome-ignore format: one signature, one line
  loopAdam(code: number, memory: number, p: number, m: number, v: number, rate: number, beta1: number, beta2: number, epsilon: number, c1: number, c2: number): number;
  loopFault(): number;
  loopFaultValue(): number;
  // recorded tapes (src/record): values, adjoints or tangents, code, lists, scratch, kept adjoints
  recordedValue(op: number, x: number, y: number, w: number): number;
  recordedList(op: number, k: number, T: number): number;
  pullRecorded(V: number, G: number, C: number, L: number, T: number, K: number, last: number, gated: boolean): void;
  pushRecorded(V: number, G: number, C: number, L: number, T: number, first: number, last: number, gated: boolean): void;
}

export interface Core {
  readonly exports: Exports;
  /** The same for generated code: the functions themselves, where the loader puts one in JavaScript around each. */
  readonly imports: WebAssembly.ModuleImports;
  readonly arena: Arena;
  poisoned: boolean;
}

let current: Core | undefined;

/** The core of this realm, instantiated at first use. @throws EngineUnavailable */
export function core(): Core {
  if (current && !current.poisoned) return current;
  const { exports, instance } = instantiateSync<Exports>(coreModule(), {});
  const imports = instance.exports as WebAssembly.ModuleImports;
  current = { exports, imports, arena: arena(exports.memory, exports.heapBase()), poisoned: false };
  return current;
}

/** After a trap: gives the core up and says so. */
export function poison(core: Core, cause: unknown): never {
  core.poisoned = true;
  fail('EnginePoisoned', `the core stopped (${cause instanceof Error ? cause.message : cause}); compile the program again`);
}
