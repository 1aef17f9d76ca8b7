/**
 * Gradient descent for particle and saddle, with the rules of GradBench: the rate doubles after ten steps that went down and
 * halves after one that did not; it ends where the slope or a step is at most 10⁻⁵. Once for functions of numbers, once for programs.
 */
import { type Expr, max, min, select } from 'wengert';
import type { StepProgram, Way } from './way.ts';

const SMALL = 1e-5;
export const PATIENCE = 10;
const MOST = 100_000; // evaluations

const length = (x: readonly number[]): number => Math.sqrt(x.reduce((s, xi) => s + xi * xi, 0));

/**
 * Where f is least, found from `start`.
 *
 * @throws RangeError if it is not found
 */
export function argMin(f: (x: number[]) => number, gradient: (x: number[]) => number[], start: readonly number[]): number[] {
  let x = [...start];
  let value = f(x);
  let slope = gradient(x);
  let rate = SMALL;
  for (let steps = 0, tried = 0; !(length(slope) <= SMALL); tried++) {
    if (tried === MOST) throw new RangeError(`no minimum found in ${MOST} steps`);
    if (steps === PATIENCE) {
      rate *= 2;
      steps = 0;
      continue;
    }
    const next = x.map((xi, i) => xi - rate * slope[i]!);
    if (length(next.map((xi, i) => xi - x[i]!)) <= SMALL) break;
    const nextValue = f(next);
    if (nextValue < value) {
      [x, value] = [next, nextValue];
      slope = gradient(x);
      steps++;
    } else {
      rate /= 2;
      steps = 0;
    }
  }
  return x;
}

/**
 * Steps of that at one rate, in a program: where they lead, whether all of them are taken (1), each going down, and if not,
 * whether the last one is at the end.
 */
export function stepsDown(
  n: number,
  f: (x: readonly Expr[]) => Expr,
  gradient: (x: readonly Expr[]) => readonly Expr[],
  start: readonly Expr[],
  rate: Expr,
): { x: readonly Expr[]; moves: Expr; ended: Expr } {
  const norm = (x: readonly Expr[]): Expr => x.map((xi) => xi.square()).reduce((s, square) => s.add(square)).sqrt(); // biome-ignore format: a formula
  let [x, value, ended] = [start, f(start), rate];
  const moves: Expr[] = [];
  for (let i = 0; i < n; i++) {
    const slope = gradient(x);
    const next = x.map((xi, a) => xi.sub(rate.mul(slope[a]!)));
    const nextValue = f(next);
    ended = max(norm(slope).le(SMALL), norm(next.map((xi, a) => xi.sub(x[a]!))).le(SMALL));
    moves.push(select(ended, 0, nextValue.lt(value)));
    [x, value] = [next, nextValue];
  }
  return { x, moves: min(moves), ended };
}

/**
 * The same descent where steps are programs: of as many as there are before the rate doubles, and of one. Their points end in
 * the rate, and their results are what {@link stepsDown} says.
 *
 * @throws RangeError if it does not end
 */
export function descend({ leap, step }: { readonly leap: StepProgram; readonly step: StepProgram }, way: Way): Way {
  const last = way.point.length - 1;
  way.point[last] = SMALL;
  for (let tried = 0; tried < MOST; ) {
    tried++;
    if (way.look(leap)[0] === 1) way.go(PATIENCE);
    else
      for (let steps = 0; steps < PATIENCE && tried < MOST; tried++) {
        const [moves, ended] = way.look(step);
        if (moves === 1) {
          way.go(1);
          steps++;
        } else if (ended === 1) return way;
        else {
          way.point[last]! /= 2;
          steps = 0;
        }
      }
    way.point[last]! *= 2;
  }
  throw new RangeError(`no end after ${MOST} steps`);
}
