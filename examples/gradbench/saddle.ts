/**
 * saddle: the x that makes the largest of f(x, y) over all y least, and that y, f being |x|² − |y|². Both are found by descent
 * along gradients, one inside the other, and the outer gradient goes through all steps of the inner descent (Pearlmutter & Siskind
 * 2008).
 */
import { compile, data, type Expr, gradient, jvp, vector } from 'wengert';
import { argMin, argMinWithin } from './descent.ts';
import { bySize, type Eval, type Evaluation, list } from './eval.ts';

/** Forward or reverse. */
type Mode = 'f' | 'r';

const f = (x: readonly Expr[], y: readonly Expr[]): Expr => squared(x).sub(squared(y));
const squared = ([a, b]: readonly Expr[]): Expr => a!.square().add(b!.square());

/** The y at which f(x, y) is largest, found from `start`, the value there, and whether n iterations were enough. */
export const largest = bySize((mode: Mode, options) =>
  compile(
    { x: vector(2), start: data(vector(2)), iterations: data(vector('n')) },
    ({ x, start, iterations }) => {
      const negative = (y: readonly Expr[]): Expr => f([...x], y).neg();
      const slope = (y: readonly Expr[]): readonly Expr[] => {
        if (mode === 'r') return gradient(negative)(y);
        const along = jvp(negative);
        return [along(y, [1, 0]).tangent as Expr, along(y, [0, 1]).tangent as Expr];
      };
      const { x: y, ended } = argMinWithin(iterations.length, negative, slope, [...start]);
      return { value: f([...x], y), y0: y[0]!, y1: y[1]!, ended };
    },
    options,
  ),
);

const variant =
  (outer: Mode, inner: Mode): Evaluation =>
  (input, options) => {
    const start = Array.from(input.numbers('start', 2).values);
    const program = largest(inner, options);
    let iterations = new Float64Array(256);
    return () => {
      program.bind({ start, iterations });
      const at = (x: number[]) => {
        for (;;) {
          const found = program.value({ x });
          if (found.ended) return found;
          iterations = new Float64Array(2 * iterations.length);
          program.bind({ iterations });
        }
      };
      const gradient = (x: number[]): number[] => {
        if (outer === 'r') return [...program.vjp({ x }, { value: 1, y0: 0, y1: 0, ended: 0 }).gradient.x];
        return [[1, 0], [0, 1]].map((along) => program.jvp({ x }, { x: along }).tangent.value); // biome-ignore format: a list
      };
      const x = argMin((x) => at(x).value, gradient, start);
      const { y0, y1 } = at(x);
      return list(Float64Array.of(...x, y0, y1));
    };
  };

export const functions: Eval = { ff: variant('f', 'f'), fr: variant('f', 'r'), rf: variant('r', 'f'), rr: variant('r', 'r') };
