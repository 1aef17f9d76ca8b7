/** lse: log Σ exp xᵢ, by its elements: the largest is taken out first, so that nothing overflows. */
import { compile, max, vector } from 'wengert';
import { bySize, type Eval, objective } from './eval.ts';

export const logSumExp = bySize((_: null, options) =>
  compile(
    { x: vector('n') },
    ({ x }) => {
      const largest = max(x);
      return x.sub(largest).exp().sum().log().add(largest);
    },
    options,
  ),
);

export const functions: Eval = objective('primal', 'gradient', (input, options) => ({
  program: logSumExp(null, options),
  at: [input.numbers('x', 'n')],
  output: (dx) => dx,
}));
