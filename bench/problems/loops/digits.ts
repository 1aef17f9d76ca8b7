/** A minibatch through a 784-128-10 network: the cross-entropy of images of which four fifths are 0, as in MNIST. */
import { compile, data, logsumexp, matMul, matrix, mean, type ProgramOptions, relu, vector } from '../../../src/index.ts';
import { Random } from '../../../src/optimize/random.ts';
import { handDigits } from '../../contestants/hand/digits.ts';
import { type LoopProblem, loopProblem, uniform } from './problem.ts';

export interface Layers {
  readonly inputs: number;
  readonly hidden: number;
  readonly classes: number;
}

export function digits({ inputs, hidden, classes }: Layers, options?: ProgramOptions) {
  return compile(
    {
      W1: matrix(hidden, inputs),
      b1: vector(hidden),
      W2: matrix(classes, hidden),
      b2: vector(classes),
      X: data(matrix('n', inputs)),
      digit: data(vector('n')),
    },
    ({ W1, b1, W2, b2, X, digit }) => {
      const h = relu(matMul(X, W1.transpose()).add(b1));
      const score = matMul(h, W2.transpose()).add(b2);
      return mean(X.rows, (i) => logsumexp(score.row(i)).sub(score.at(i, digit.at(i))));
    },
    options,
  );
}

/** Seeded parameters and images. */
export function digitsData({ inputs, hidden, classes }: Layers, n: number) {
  const random = new Random(15);
  const point = {
    W1: uniform(random, hidden * inputs, 0.1),
    b1: uniform(random, hidden, 0.1),
    W2: uniform(random, classes * hidden, 0.2),
    b2: uniform(random, classes, 0.1),
  };
  const X = Float64Array.from({ length: n * inputs }, () => (random.uniform() < 0.8 ? 0 : random.uniform()));
  const digit = Float64Array.from({ length: n }, () => Math.floor(classes * random.uniform()));
  return { point, X, digit };
}

export function digitsProblem(layers: Layers, n: number): LoopProblem {
  const { inputs, hidden, classes } = layers;
  const { point, X, digit } = digitsData(layers, n);
  return loopProblem({
    name: `network ${inputs}-${hidden}-${classes}, minibatch of ${n}`,
    compile: (engine) => digits(layers, { engine }),
    point,
    data: { X, digit },
    hand: handDigits(layers, X, digit),
  });
}
