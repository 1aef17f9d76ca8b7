/** Programs of gradients: what second derivatives are made from. */
import { fail, WengertError } from '../errors.ts';
import type { Model } from '../explain/model.ts';
import { gradientOf, productOf } from '../tape/gradient.ts';
import type { Tape } from '../tape/layout.ts';
import { lift } from '../tape/lift.ts';
import { type Unrolled, type UnrollOptions, unroll } from '../tape/loops/unroll.ts';
import { FlatState } from './flat.ts';
import { LoopState } from './loops.ts';
import { SEVERAL, type State } from './state.ts';

export { directionName, productName, slopeName } from '../tape/gradient.ts';

/** A program of a gradient, and what has to stay as it is for it to be the gradient of its program. */
export interface GradientProgram {
  readonly state: FlatState;
  /** Nothing; the lengths in force; these and the data that is bound; all this and the point. */
  readonly holdsFor: 'always' | 'lengths' | 'data' | 'point';
}

/**
 * The gradient of a program as a program of its own: outputs `value`, then `∂x` in the shape of x for every parameter x
 * (names by {@link slopeName}). Inputs and engine are the same; data has to be bound anew. Its `tangents(v)` are the value's
 * slope along v and the Hessian times v (forward over reverse).
 *
 * Loops are written out for the lengths in force; where places in arrays are computed from data or from the point, for
 * those, too.
 *
 * @throws SeveralOutputs, Disposed, OutOfMemory; for loops: DataMissing while lengths, or data that places depend on, are
 * missing, BadOption where they make more than 1,000,000 nodes. O(nodes) to make
 */
export function gradientProgram(state: State): GradientProgram {
  return derived(state, gradientOf);
}

/**
 * The Hessian times a direction as a program, beside value and gradient: outputs `value`, `∂x` and then `∂²x` (names by
 * {@link productName}) for every parameter x; behind the program's inputs it has data `→x` ({@link directionName}), the
 * direction. One forward sweep computes it all. Otherwise as {@link gradientProgram}.
 */
export function productProgram(state: State): GradientProgram {
  return derived(state, productOf);
}

function derived(state: State, make: (program: Unrolled) => Tape): GradientProgram {
  state.requireAlive();
  if (state.blocked & SEVERAL) state.refuse(~SEVERAL);
  if (state instanceof FlatState)
    return { state: loaded(state, make({ ...lift(state.tape), signature: state.tape.signature })), holdsFor: 'always' };
  if (!(state instanceof LoopState))
    return fail('BadOption', 'the gradient as a program: a program that is neither flat nor has loops');
  state.requireSize();
  const { tape, machine, binding } = state;
  const lengths = tape.lengths.map((name) => binding.lengths!.get(name)!);
  const data = machine.data.slice();
  const withLengths = tape.lengths.length > 0 ? 'lengths' : 'always';
  const point = machine.point.slice();
  const written = (options: UnrollOptions): FlatState => loaded(state, make(unroll(tape, lengths, options)));
  try {
    return { state: written({}), holdsFor: withLengths };
  } catch (error) {
    if (!isBadOption(error)) throw error; // else an index depends on what was not given, or there are too many nodes
  }
  state.require(SEVERAL);
  try {
    return { state: written({ data }), holdsFor: 'data' };
  } catch (error) {
    if (!isBadOption(error)) throw error;
    return { state: written({ data, point }), holdsFor: 'point' };
  }
}

function isBadOption(error: unknown): boolean {
  return error instanceof WengertError && error.code === 'BadOption';
}

/** The program alone: see {@link gradientProgram}. */
export function gradientState(state: State): FlatState {
  return gradientProgram(state).state;
}

function loaded(state: State, tape: Tape): FlatState {
  const { engine } = state.options;
  let model: Model | undefined;
  return new FlatState(tape, () => (model ??= lift(tape)), engine ? { engine } : {});
}
