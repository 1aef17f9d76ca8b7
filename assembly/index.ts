// The exports of the core and nothing else. Addresses come from src/wasm/arena.ts, which owns all memory above heapBase.
import { adamStep, momentumStep } from './optimize';
import { gradient, rows } from './sweep';
import { adjoints, parameters, values } from './tape';

export { adjoint, bound, directional, directionalRows, evaluate, gradient, rows, start } from './sweep';
export { jacobianColumns, jacobianRows } from './jacobian';
// for generated code (src/engine/compiled): functions of numbers and of pairs, and what ends a gradient
export * from './math';
export { expLanes, logLanes, sigmoidLanes, tanhLanes } from './math/lanes';
export { clearAdjoints, settle } from './sweep';
// for generated code: what it leaves to the core, and what ends rows
export { forwardPart } from './forward';
export { reversePart } from './reverse';
export { clear } from './run';
export { sum } from './sum';
export { adamStep, momentumStep } from './optimize';
export { clear } from './run';
export { loopAhead, loopAt, loopCombine, loopEnter, loopKeep, loopKept, loopMark, loopOpen, loopPull, loopRestore, loopRewind, loopRun, loopTotal } from './loops/generated';
export { hand } from './loops/move';
export { countSteps, stepCount } from './steps';
export { pullRecorded, pushRecorded, recordedList } from './record';
export { value as recordedValue } from './rules';
export { loopAdam, loopFault, loopFaultValue, loopForward, loopGradient, loopMomentum, loopReverse, loopSettle, loopTangent } from './loops/sweep';

/** Everything below belongs to the core: the tables of its math lie there. */
export function heapBase(): usize { return __heap_base; }

/** Gradient and momentum update; n = 0 rows: the plain program. Returns the value before the update. */
export function stepMomentum(P: usize, n: i32, mean: bool, velocity: usize, rate: f64, momentum: f64): f64 {
  const z = n ? rows(P, n, mean, true) : gradient(P);
  momentumStep(parameters(P), values(P), adjoints(P), velocity, rate, momentum);
  return z;
}

/** Gradient and Adam update, c1 = 1 − beta1ᵗ, c2 = 1 − beta2ᵗ. */
export function stepAdam(P: usize, n: i32, mean: bool, m: usize, v: usize, rate: f64, beta1: f64, beta2: f64, epsilon: f64, c1: f64, c2: f64): f64 {
  const z = n ? rows(P, n, mean, true) : gradient(P);
  adamStep(parameters(P), values(P), adjoints(P), m, v, rate, beta1, beta2, epsilon, c1, c2);
  return z;
}
