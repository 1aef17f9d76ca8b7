/**
 * Gradient descent for particle and saddle, with the rules of GradBench: the rate doubles after ten steps that went down and
 * halves after one that did not; it ends where the slope or a step is at most 10⁻⁵. Once for numbers, once as part of a program.
 */
import { add, type Expr, le, lt, mul, type Scalar, scan, select, sqrt, sub } from 'wengert';

const SMALL = 1e-5;
const PATIENCE = 10;

const length = (x: readonly number[]): number => Math.sqrt(x.reduce((s, xi) => s + xi * xi, 0));

/** Where f is least, found from `start`. */
export function argMin(f: (x: number[]) => number, gradient: (x: number[]) => number[], start: readonly number[]): number[] {
  let x = [...start];
  let value = f(x);
  let slope = gradient(x);
  let rate = SMALL;
  for (let steps = 0; length(slope) > SMALL; ) {
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

/** What an iteration carries on: where it is; how fast it goes, and for how many steps it has; whether it has ended (1). */
interface Descent {
  readonly x: readonly Scalar[];
  readonly rate: Scalar;
  readonly steps: Scalar;
  readonly ended: Scalar;
}
type Descending = { readonly [name in Exclude<keyof Descent, 'x'>]: Expr } & { readonly x: readonly Expr[] };

/**
 * The same in a program: n iterations, those after the end change nothing. Whoever calls looks whether it has ended, and takes
 * more of them if not.
 */
export function argMinWithin(
  n: Expr,
  f: (x: readonly Expr[]) => Expr,
  gradient: (x: readonly Expr[]) => readonly Expr[],
  start: readonly Scalar[],
): Descending {
  const norm = (x: readonly Scalar[]): Scalar => sqrt(x.map((xi) => mul(xi, xi)).reduce((s, square) => add(s, square)));
  const begin: Descent = { x: start, rate: SMALL, steps: 0, ended: 0 };
  const { carry } = scan(n, begin, (now) => {
    const at = now as Descending;
    const slope = gradient(at.x);
    const next = at.x.map((xi, i) => xi.sub(at.rate.mul(slope[i]!)));
    const stays = le(norm(slope), SMALL);
    const isPatient = at.steps.eq(PATIENCE);
    const isThere = le(norm(next.map((xi, i) => sub(xi, at.x[i]!))), SMALL);
    const goesDown = lt(f(next), f(at.x));
    const moves = select(at.ended, 0, select(stays, 0, select(isPatient, 0, select(isThere, 0, goesDown))));
    return {
      x: at.x.map((xi, i) => select(moves, next[i]!, xi)),
      rate: select(isPatient, at.rate.mul(2), select(goesDown, at.rate, at.rate.div(2))),
      steps: select(moves, at.steps.add(1), 0),
      ended: select(at.ended, 1, select(stays, 1, select(isPatient, 0, isThere))),
    };
  });
  return carry as unknown as Descending;
}
