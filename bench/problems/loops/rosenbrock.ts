/** Rosenbrock's valley of ../small.ts as a loop. */
import { compile, type ProgramOptions, sum, vector } from '../../../src/index.ts';
import { rosenbrock } from '../small.ts';
import { type LoopProblem, loopProblem } from './problem.ts';

export function rosenbrockLoop(options?: ProgramOptions) {
  return compile(
    { x: vector('n') },
    ({ x }) =>
      sum(x.length.sub(1), (i) => {
        const xi = x.at(i);
        return x.at(i.add(1)).sub(xi.square()).square().mul(100).add(xi.neg().add(1).square());
      }),
    options,
  );
}

export function rosenbrockProblem(n: number): LoopProblem {
  const { point, hand } = rosenbrock(n);
  return loopProblem({
    name: `Rosenbrock ${n}`,
    compile: (engine) => rosenbrockLoop({ engine }),
    point: { x: point },
    data: {},
    hand: hand!,
  });
}
