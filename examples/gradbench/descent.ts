/**
 * Gradient descent for particle and saddle, with the rules of GradBench: the rate doubles after ten steps that went down and
 * halves after one that did not; it ends where the slope or a step is at most 10⁻⁵. Once for numbers, once as part of a program.
 */
import { add, type Expr, eq, mul, type Scalar, select } from 'wengert';

const SMALL = 1e-5;
const PATIENCE = 10;
const MOST = 100_000; // evaluations

const length = (x: readonly number[]): number => Math.sqrt(x.reduce((s, xi) => s + xi * xi, 0));

/**
 * Some more steps, for a program that did not come to its end in so many: half as many again, in 64s.
 *
 * @throws RangeError if it had 4,096
 */
export function more(steps: number): number {
  if (steps >= 4096) throw new RangeError(`no end after ${steps} steps`);
  return 64 * Math.ceil((1.5 * steps) / 64);
}

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
 * The same in a program: n iterations, of which those after the end change nothing. Whoever calls looks whether it has ended
 * (1), and takes more of them if not.
 */
export function argMinWithin(
  n: number,
  f: (x: readonly Expr[]) => Expr,
  gradient: (x: readonly Expr[]) => readonly Expr[],
  start: readonly Expr[],
): { x: readonly Expr[]; ended: Scalar } {
  const norm = (x: readonly Expr[]): Expr => x.map((xi) => xi.square()).reduce((s, square) => s.add(square)).sqrt(); // biome-ignore format: a formula
  let x = start;
  let [rate, steps, ended]: Scalar[] = [SMALL, 0, 0];
  for (let i = 0; i < n; i++) {
    const slope = gradient(x);
    const next = x.map((xi, a) => xi.sub(mul(rate!, slope[a]!)));
    const stays = norm(slope).le(SMALL);
    const isPatient: Scalar = eq(steps!, PATIENCE);
    const isThere = norm(next.map((xi, a) => xi.sub(x[a]!))).le(SMALL);
    const goesDown = f(next).lt(f(x));
    const moves: Scalar = select(ended!, 0, select(stays, 0, select(isPatient, 0, select(isThere, 0, goesDown))));
    x = x.map((xi, a) => select(moves, next[a]!, xi));
    rate = select(isPatient, mul(rate!, 2), mul(rate!, select(goesDown, 1, 0.5)));
    steps = select(moves, add(steps!, 1), 0);
    ended = select(ended!, 1, select(stays, 1, select(isPatient, 0, isThere)));
  }
  return { x, ended: ended! };
}
