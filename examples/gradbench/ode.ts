/** ode: y₀′ = x₀, yᵢ′ = xᵢ yᵢ₋₁ from y(0) = 0, up to time 2 in s steps of Runge and Kutta. */
import { compile, data, type Handles, map, scan, select, type Vector, vector } from 'wengert';
import { bySize, type Eval, list, objective } from './eval.ts';

interface Size {
  /** Equations. */
  readonly n: number;
  /** Steps. */
  readonly s: number;
}

/** y₋₁ = 1 is carried along, so that all equations are alike; `start` has it, and `before` has the place before each. */
const signature = ({ n }: Size) => ({ x: vector(n), start: data(vector(n + 1)), before: data(vector(n + 1)) });
const bound = ({ n }: Size) => ({
  start: Float64Array.from({ length: n + 1 }, (_, i) => (i === 0 ? 1 : 0)),
  before: Float64Array.from({ length: n + 1 }, (_, i) => Math.max(0, i - 1)),
});

/** y₋₁, y₀ … at the end. */
function solve({ x, start, before }: Handles<ReturnType<typeof signature>>, { n, s }: Size): Vector {
  const h = 2 / s;
  const rate = map(n + 1, (i) => select(i.eq(0), 0, x.at(before.at(i))));
  const slope = (y: Vector): Vector => map(n + 1, (i) => rate.at(i).mul(y.at(before.at(i))));
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

export const all = bySize((size: Size, options) =>
  compile(signature(size), (inputs) => solve(inputs, size).slice(1), options).bind(bound(size)),
);
export const last = bySize((size: Size, options) =>
  compile(signature(size), (inputs) => solve(inputs, size).at(size.n), options).bind(bound(size)),
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
