/** ode: y₀′ = x₀, yᵢ′ = xᵢ yᵢ₋₁ from y(0) = 0, up to time 2 in s steps of Runge and Kutta. */
import { compile, concat, scan, type Vector, vector } from 'wengert';
import { bySize, type Eval, list, objective } from './eval.ts';

interface Size {
  /** Equations. */
  readonly n: number;
  /** Steps. */
  readonly s: number;
}

/** y₋₁, y₀ … at the end; y₋₁ = 1 is carried along, so that all equations are alike. */
function solve(x: Vector, { n, s }: Size): Vector {
  const h = 2 / s;
  const slope = (y: Vector): Vector => concat(0, x.mul(y.slice(0, n)));
  const start = concat(1, new Float64Array(n));
  return scan(s, start, (y) => {
    const k1 = slope(y);
    const k2 = slope(y.add(k1.mul(h / 2)));
    const k3 = slope(y.add(k2.mul(h / 2)));
    const k4 = slope(y.add(k3.mul(h)));
    return y.add(
      k1
        .add(k2.add(k3).mul(2))
        .add(k4)
        .mul(h / 6),
    );
  }).carry;
}

export const all = bySize((size: Size, options) => compile({ x: vector(size.n) }, ({ x }) => solve(x, size).slice(1), options));
export const last = bySize((size: Size, options) =>
  compile({ x: vector(size.n) }, ({ x }) => solve(x, size).at(size.n), options),
);

export const functions: Eval = {
  ...objective('primal', 'gradient', (input, options) => {
    const x = input.numbers('x', 'n');
    return { program: last({ n: x.values.length, s: input.whole('s') }, options), at: [x], output: (dx) => dx };
  }),
  primal(input, options) {
    const x = input.numbers('x', 'n').values;
    const program = all({ n: x.length, s: input.whole('s') }, options);
    return () => list(program.value({ x }) as Float64Array);
  },
};
