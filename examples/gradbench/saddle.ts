/**
 * saddle: the x that makes the largest of f(x, y) over all y least, and that y, f being |x|² − |y|². Both are found by descent
 * along gradients, one inside the other, and the outer gradient goes through all steps of the inner descent (Pearlmutter & Siskind
 * 2008).
 */
import { compile, data, type Expr, gradient, jvp, select, vector } from 'wengert';
import { argMin, argMinWithin, more } from './descent.ts';
import { bySize, type Eval, type Evaluation, list } from './eval.ts';

/** Forward or reverse. */
type Mode = 'f' | 'r';

const f = (x: readonly Expr[], y: readonly Expr[]): Expr => squared(x).sub(squared(y));
const squared = ([a, b]: readonly Expr[]): Expr => a!.square().add(b!.square());

interface Size {
  /** How the inner gradient is computed. */
  readonly inner: Mode;
  readonly iterations: number;
}

/** The y at which f(x, y) is largest, found from `start`, and the value there: NaN if there were not enough iterations. */
function largest(x: readonly Expr[], start: readonly Expr[], { inner, iterations }: Size): { value: Expr; y: readonly Expr[] } {
  const negative = (y: readonly Expr[]): Expr => f(x, y).neg();
  const slope = (y: readonly Expr[]): readonly Expr[] => {
    if (inner === 'r') return gradient(negative)(y);
    const along = jvp<readonly Expr[], Expr>(negative);
    return [along(y, [1, 0]).tangent, along(y, [0, 1]).tangent];
  };
  const { x: y, ended } = argMinWithin(iterations, negative, slope, start);
  return { value: select(ended, f(x, y), Number.NaN), y };
}

const signature = { x: vector(2), start: data(vector(2)) };
export const value = bySize((size: Size, options) =>
  compile(signature, ({ x, start }) => largest([...x], [...start], size).value, options),
);
export const place = bySize((size: Size, options) =>
  compile(signature, ({ x, start }) => [...largest([...x], [...start], size).y], options),
);
/** Its derivatives by x, forward. */
export const slopes = bySize((size: Size, options) =>
  compile(
    signature,
    ({ x, start }) => {
      const along = jvp<readonly Expr[], Expr>((x) => largest(x, [...start], size).value);
      return [along([...x], [1, 0]).tangent, along([...x], [0, 1]).tangent];
    },
    options,
  ),
);

const ITERATIONS = 128; // for a start

const variant =
  (outer: Mode, inner: Mode): Evaluation =>
  (input, options) => {
    const start = Array.from(input.numbers('start', 2).values);
    let size = { inner, iterations: ITERATIONS };
    const derivatives = new Float64Array(2);
    const most = (x: number[]): number => {
      for (;;) {
        const found = value(size, options).bind({ start }).evaluate(x);
        if (!Number.isNaN(found)) return found;
        size = { ...size, iterations: more(size.iterations) };
      }
    };
    const gradient = (x: number[]): number[] => {
      if (outer === 'f') return slopes(size, options).value({ x, start });
      value(size, options).evaluate(x, derivatives);
      return [...derivatives];
    };
    most(start); // compiles, as many iterations as it needs from here
    gradient(start);
    return () => {
      const x = argMin(most, gradient, start);
      return list(Float64Array.of(...x, ...place(size, options).value({ x, start })));
    };
  };

export const functions: Eval = { ff: variant('f', 'f'), fr: variant('f', 'r'), rf: variant('r', 'f'), rr: variant('r', 'r') };
