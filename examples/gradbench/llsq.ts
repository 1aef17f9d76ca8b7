/** llsq: the polynomial Σ xⱼ tʲ against the sign of t, at n places from −1 to 1: half the sum of squares. */
import { compile, type Expr, sum, type Vector, vector } from 'wengert';
import { bySize, type Eval, objective } from './eval.ts';

/** By W. G. Horner's rule. */
const polynomial = (x: Vector, t: Expr): Expr => [...x].reduceRight((p, xj) => p.mul(t).add(xj));

export const leastSquares = bySize(({ n, m }: { n: number; m: number }, options) =>
  compile(
    { x: vector(m) },
    ({ x }) => {
      const residual = (i: Expr): Expr => {
        const t = i.mul(2).div(n - 1).sub(1); // biome-ignore format: a formula
        return polynomial(x, t).sub(t.sign());
      };
      return sum(n, (i) => residual(i).square()).mul(0.5);
    },
    options,
  ),
);

export const functions: Eval = objective('primal', 'gradient', (input, options) => {
  const x = input.numbers('x', 'm');
  return { program: leastSquares({ n: input.whole('n'), m: x.values.length }, options), at: [x], output: (dx) => dx };
});
