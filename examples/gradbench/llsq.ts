/** llsq: the polynomial Σ xⱼ tʲ against the sign of t, at n places from −1 to 1: half the sum of squares. */
import { compile, map, matVec, scan, vector } from 'wengert';
import { bySize, type Eval, objective } from './eval.ts';

export const leastSquares = bySize(({ n, m }: { n: number; m: number }, options) =>
  compile(
    { x: vector(m) },
    ({ x }) => {
      const t = map(n, (i) => i.mul(2).div(n - 1).sub(1)); // biome-ignore format: a formula
      const one = map(n, () => 1);
      const powers = scan(m, one, (power) => [power.mul(t), power] as const).outputs;
      return matVec(powers.transpose(), x)
        .sub(t.map((ti) => ti.sign()))
        .square()
        .sum()
        .mul(0.5);
    },
    options,
  ),
);

export const functions: Eval = objective('primal', 'gradient', (input, options) => {
  const x = input.numbers('x', 'm');
  return { program: leastSquares({ n: input.whole('n'), m: x.values.length }, options), at: [x], output: (dx) => dx };
});
