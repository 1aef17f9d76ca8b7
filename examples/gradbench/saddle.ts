/**
 * saddle: the x that makes the largest of f(x, y) over all y least, and that y, f being |x|² − |y|². Both are found by descent
 * along gradients, one inside the other, and the outer gradient goes through all steps of the inner descent (Pearlmutter & Siskind
 * 2008).
 */
import {
  compile,
  dot,
  type Expr,
  gradient,
  jvp,
  type Matrix,
  matrix,
  type ProgramOptions,
  scalar,
  type Vector,
  vector,
} from 'wengert';
import { argMin, descend, PATIENCE, stepsDown } from './descent.ts';
import { bySize, type Eval, type Evaluation, list } from './eval.ts';
import { Way } from './way.ts';

/** Forward or reverse. */
type Mode = 'f' | 'r';

const f = (x: readonly Expr[], y: readonly Expr[]): Expr => squared(x).sub(squared(y));
const squared = ([a, b]: readonly Expr[]): Expr => a!.square().add(b!.square());

interface Size {
  /** How the inner gradient is computed. */
  readonly inner: Mode;
  readonly steps: number;
}

/** A descent to the y at which f(x, y) is largest, under way; x is where f is asked for. */
type Descent = { readonly y: readonly Expr[]; readonly x: readonly Expr[] };

/** Steps of the inner descent. */
function steps({ inner, steps: n }: Size, { x, y }: Descent, rate: Expr): ReturnType<typeof stepsDown> {
  const negative = (y: readonly Expr[]): Expr => f(x, y).neg();
  const slope = (y: readonly Expr[]): readonly Expr[] => {
    if (inner === 'r') return gradient(negative)(y);
    const along = jvp<readonly Expr[], Expr>(negative);
    return [along(y, [1, 0]).tangent, along(y, [0, 1]).tangent];
  };
  return stepsDown(n, negative, slope, y, rate);
}

/** Its point, and one with the tangents of y along x₀ and x₁. Programs return such a point, and what to think of it. */
const descent = { y: vector(2), x: vector(2), rate: scalar };
const withTangents = { y: vector(2), x: vector(2), along: matrix(2, 2), rate: scalar };
const AXES = [[1, 0], [0, 1]] as const; // biome-ignore format: a matrix
const tangents = <R>(of: (at: Descent) => R, { y, x, along }: { y: Vector; x: Vector; along: Matrix }) =>
  AXES.map((axis, i) => jvp(of)({ y: [...y], x: [...x] }, { y: [...along.row(i)], x: axis }).tangent);

export const descends = bySize((size: Size, options) =>
  compile(
    descent,
    ({ y, x, rate }) => {
      const after = steps(size, { y: [...y], x: [...x] }, rate);
      return [...after.x, ...x, rate, after.moves, after.ended];
    },
    options,
  ),
);
export const descendsAlong = bySize((size: Size, options) =>
  compile(
    withTangents,
    ({ y, x, along, rate }) => {
      const after = steps(size, { y: [...y], x: [...x] }, rate);
      const slopes = tangents((at) => steps(size, at, rate).x, { y, x, along });
      return [...after.x, ...x, ...slopes.flat(), rate, after.moves, after.ended];
    },
    options,
  ),
);
/** Backwards: from the derivatives by the y after some steps to those by the y before, and by x. */
export const pulls = bySize((size: Size, options) =>
  compile(
    { ...descent, after: vector(2), slope: vector(2) },
    ({ y, x, rate, after, slope }) => {
      const weighted = (at: Descent): Expr => dot([...steps(size, at, rate).x], [...after]);
      const before = gradient(weighted)({ y: [...y], x: [...x] });
      return [...before.y, ...before.x.map((d, i) => d.add(slope.at(i)))];
    },
    options,
  ),
);
/** f at the end, and its derivatives forward. */
export const value = bySize((_: null, options) => compile(descent, ({ y, x }) => f([...x], [...y]), options));
export const slopes = bySize((_: null, options) => compile(withTangents, (at) => tangents(({ y, x }) => f(x, y), at), options));

const variant =
  (outer: Mode, inner: Mode): Evaluation =>
  (input, options) => {
    const start = Array.from(input.numbers('start', 2).values);
    const programs = <P>(of: (size: Size, options?: ProgramOptions) => P) => ({
      leap: of({ inner, steps: PATIENCE }, options),
      step: of({ inner, steps: 1 }, options),
    });
    const [plain, valueAt] = [programs(descends), value(null, options)];
    const largest = (x: number[], isKept = false): Way => descend(plain, new Way([...start, ...x, 0], 2, { isKept }));
    const most = (x: number[]): number => {
      const found = valueAt.evaluate(largest(x).point);
      if (Number.isNaN(found)) throw new RangeError(`no end after some steps: the value there is ${found}`);
      return found;
    };
    const forward = (): ((x: number[]) => number[]) => {
      const [along, slopesAt] = [programs(descendsAlong), slopes(null, options)];
      const slope = new Float64Array(2);
      return (x) => {
        const way = descend(along, new Way([...start, ...x, 0, 0, 0, 0, 0], 2));
        return [...slopesAt.evaluateValues(way.point, slope)];
      };
    };
    const reverse = (): ((x: number[]) => number[]) => {
      const back = programs(pulls);
      const [slope, at] = [new Float64Array(5), new Float64Array(9)]; // by y, x, rate
      return (x) => {
        const { point, left } = largest(x, true);
        valueAt.evaluate(point, slope);
        for (const { point, steps } of left.reverse()) {
          at.set(point);
          at.set(slope.subarray(0, 4), 5);
          back[steps === 1 ? 'step' : 'leap'].evaluateValues(at, slope.subarray(0, 4));
        }
        return [...slope.subarray(2, 4)];
      };
    };
    const slope = outer === 'f' ? forward() : reverse();
    return () => {
      const x = argMin(most, slope, start);
      return list(Float64Array.of(...x, ...largest(x).point.subarray(0, 2)));
    };
  };

export const functions: Eval = { ff: variant('f', 'f'), fr: variant('f', 'r'), rf: variant('r', 'f'), rr: variant('r', 'r') };
