/**
 * link: a program with loops, for given lengths, becomes code that engines run (code.ts).
 *
 *     nestOf        bodies as a tree, sizes as numbers             nest.ts
 *     checkReach    every place in every array is inside it        reach.ts
 *     activeIn      what depends on parameters                     active.ts
 *     fuse          loops that run forward and reverse together    fuse.ts
 *     lanesOf       which loops run many iterations at once        lanes.ts
 *     uniformIn     what is the same in all lanes                  uniform.ts
 *     mergedIn      arrays that lie in others                      merge.ts
 *     firstContributions, framesOf   where everything lies         first.ts, frames.ts
 *     wholeArrays   adjoints that a product stores                 whole.ts
 *     emit          words                                          emit.ts, places.ts
 *
 * O(what was written), whatever the lengths.
 */
import type { LoopTape } from '../tape/loops/layout.ts';
import { activeIn } from './active.ts';
import type { Linked } from './code.ts';
import { emit } from './emit.ts';
import { firstContributions } from './first.ts';
import { framesOf } from './frames.ts';
import { fuse } from './fuse.ts';
import { lanesOf } from './lanes.ts';
import { mergedIn } from './merge.ts';
import { nestOf } from './nest.ts';
import { checkReach } from './reach.ts';
import { uniformIn } from './uniform.ts';
import { wholeArrays } from './whole.ts';

export type { Linked } from './code.ts';

/**
 * Links a program for these lengths, in the order of `tape.lengths`.
 *
 * @throws OutOfRange for an index that leaves its array, OutOfMemory
 */
export function link(tape: LoopTape, lengths: readonly number[]): Linked {
  const nest = nestOf(tape, lengths);
  checkReach(nest);
  const active = activeIn(nest);
  const order = fuse(tape, active.values);
  const lanes = lanesOf(nest);
  const uniform = uniformIn(nest, lanes);
  const first = firstContributions(nest, active);
  const merged = mergedIn(nest, active, uniform);
  const frames = framesOf(nest, active, first, lanes, uniform, merged, order.bodies);
  const whole = wholeArrays(nest, active, order, merged);
  return emit({ nest, active, order, lanes, uniform, merged, first, frames, whole });
}
