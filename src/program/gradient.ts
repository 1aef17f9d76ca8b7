/** Programs of gradients: what second derivatives are made from. */
import { gradientTape } from '../tape/gradient.ts';
import { FlatState } from './flat.ts';
import { lift } from '../tape/lift.ts';
import { fail } from '../errors.ts';
import type { Model } from '../explain/model.ts';
import { SEVERAL, type State } from './state.ts';

export { slopeName } from '../tape/gradient.ts';

/**
 * The gradient of a program as a program of its own: outputs `value`, then `∂x` in the shape of x for every parameter x
 * (names by {@link slopeName}). Inputs and engine are the same; data has to be bound anew. Its `tangents(v)` are the value's
 * slope along v and the Hessian times v (forward over reverse).
 *
 * @throws SeveralOutputs, Disposed, OutOfMemory. O(nodes) to make
 */
export function gradientState(state: State): State {
  state.requireAlive();
  if (state.blocked & SEVERAL) state.refuse(~SEVERAL);
  const { engine } = state.options;
  if (!(state instanceof FlatState)) return fail('BadOption', 'a gradient as a program: loops are not differentiated as a graph');
  const tape = gradientTape(state.tape);
  let model: Model | undefined;
  return new FlatState(tape, () => (model ??= lift(tape)), engine ? { engine } : {});
}
