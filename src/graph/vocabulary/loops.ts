/** Loops: what a program computes for i = 0 … n − 1 is written once, whatever n is. */
import type { Scalar } from '../expression.ts';
import type { Count } from '../place.ts';
import { graphOfLoop, mapOver } from '../regions.ts';
import { scanOver } from '../scans.ts';
import type { Carried, Carrying, LoopIndex, Stackable, Stacked } from '../types.ts';
import type { Length } from '../vector.ts';

/**
 * What `f` gives for i = 0 … n − 1: a vector of numbers, a matrix of vectors, or these in the structure that `f` returns. The iterations are
 * independent of each other, and each may use whatever there is outside. n is a number or a length.
 *
 * @param f is called once, with the index; where n is small it is called n times
 * @throws NotConstant if n depends on anything but lengths; WrongShape if f returns a matrix
 *
 * @example
 * import { compile, data, map, vector } from 'wengert';
 * const f = compile({ x: data(vector(3)), w: vector(2) }, ({ x, w }) => map(3, (i) => x.at(i).mul(w.at(1)).add(w.at(0))));
 * f.value({ x: [1, 2, 3], w: [1, 10] }); // Float64Array [11, 21, 31]
 */
export function map<T extends Stackable, N extends Length>(
  n: N,
  f: (i: LoopIndex) => T,
): Stacked<T, N extends number ? number : N>;
export function map(n: Count, f: (i: LoopIndex) => Stackable): unknown {
  return mapOver(graphOfLoop(n, 'map'), 'map', n, f);
}

/** What {@link scan} returns. N: how many iterations; O: what each puts out. */
export interface Scan<C, O, N extends Count> {
  /** What the last iteration carried on; the first carry, if there are no iterations. */
  readonly carry: Carried<C>;
  /** What the iterations put out, stacked as by {@link map}. */
  readonly outputs: O extends undefined ? undefined : Stacked<O, N>;
}

/**
 * A loop whose iterations follow one another: each gets what the one before carries on, and may put something out.
 *
 * @param init the first carry: a number, a vector, a matrix, or lists and records of such; its shape stays
 * @param step what is carried on from iteration i, or a pair of that and an output
 * @throws WrongShape if the carry changes its shape; NotConstant if n depends on anything but lengths
 *
 * @example
 * import { compile, scalar, scan } from 'wengert';
 * const f = compile({ rate: scalar }, ({ rate }) => scan(10, 1, (x) => x.mul(rate)).carry);
 * f.gradient({ rate: 2 }); // { value: 1024, gradient: { rate: 5120 } }
 */
export function scan<C extends Scalar | object, O, N extends Length>(
  n: N,
  init: C,
  step: (carry: Carried<NoInfer<C>>, i: LoopIndex) => readonly [next: Carrying<NoInfer<C>>, output: O],
): Scan<C, O, N extends number ? number : N>;
export function scan<C extends Scalar | object, N extends Length>(
  n: N,
  init: C,
  step: (carry: Carried<NoInfer<C>>, i: LoopIndex) => Carrying<NoInfer<C>>,
): Scan<C, undefined, N extends number ? number : N>;
export function scan(n: Count, init: unknown, step: (carry: never, i: LoopIndex) => unknown): unknown {
  return scanOver(graphOfLoop(n, 'scan'), n, init, step);
}
