/** log Σ exp xᵢ of n parameters. */
import { compile, logsumexp, type ProgramOptions, vector } from '../../../src/index.ts';
import { Random } from '../../../src/optimize/random.ts';
import { handLogsumexp } from '../../contestants/hand/small.ts';
import { type LoopProblem, loopProblem, uniform } from './problem.ts';

export function logsumexpOf(options?: ProgramOptions) {
  return compile({ x: vector('n') }, ({ x }) => logsumexp(x), options);
}

export function logsumexpProblem(n: number): LoopProblem {
  return loopProblem({
    name: `logsumexp of ${n}`,
    compile: (engine) => logsumexpOf({ engine }),
    point: { x: uniform(new Random(14), n) },
    data: {},
    hand: handLogsumexp,
  });
}
