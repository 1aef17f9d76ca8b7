/**
 * The network: 784 pixels, 128 hidden units with relu, 10 digits; 101,770 parameters. It is written for a batch of pictures,
 * a row each, as two products of matrices. `batch` is a named length: the same program takes 32 digits, or 500, or one.
 */
import { argMax, compile, data, type EngineName, eq, type Expr, type Handles, map, matMul, type Matrix, matrix, mean, relu, softmax, vector } from 'wengert'; // biome-ignore format: a list
import { Random } from 'wengert/optimize';
import { CLASSES, PIXELS } from './digits.ts';

export const HIDDEN = 128;

const weights = { W1: matrix(HIDDEN, PIXELS), b1: vector(HIDDEN), W2: matrix(CLASSES, HIDDEN), b2: vector(CLASSES) };
const pictures = { ...weights, X: data(matrix('batch', PIXELS)) }; // bytes, as they lie in the file
const labelled = { ...pictures, labels: data(vector('batch')) }; // 0 … 9

/** A row for each picture, a number for each digit, the larger the likelier: log-probabilities up to a constant. */
function logits({ W1, b1, W2, b2, X }: Handles<typeof pictures>): Matrix<Expr> {
  const hidden = relu(matMul(X, W1.transpose()).div(255).add(b1));
  return matMul(hidden, W2.transpose()).add(b2);
}

/** Cross-entropy: −log of the probability that the softmax gives to the label, in the mean. */
export const lossProgram = (engine?: EngineName) =>
  compile(
    labelled,
    (inputs) => {
      const z = logits(inputs);
      return mean(z.rows, (i) =>
        z
          .row(i)
          .logsumexp()
          .sub(z.at(i, inputs.labels.at(i))),
      );
    },
    { engine },
  );

/** The share of the pictures whose largest logit is the label's. */
export const accuracyProgram = () =>
  compile(labelled, (inputs) => {
    const z = logits(inputs);
    return mean(z.rows, (i) => eq(argMax(z.row(i)), inputs.labels.at(i)));
  });

/** The probability of each digit: the softmax. */
export const probabilityProgram = () =>
  compile(pictures, (inputs) => {
    const z = logits(inputs);
    return map(z.rows, (i) => softmax(z.row(i)));
  });

/** Random weights of variance 2/inputs, which keeps signals the same size through relu layers (He et al. 2015); biases 0. */
export function initialWeights(seed: number) {
  const random = new Random(seed);
  const he = (units: number, inputs: number) =>
    Float64Array.from({ length: units * inputs }, () => random.normal() * Math.sqrt(2 / inputs));
  return { W1: he(HIDDEN, PIXELS), b1: new Float64Array(HIDDEN), W2: he(CLASSES, HIDDEN), b2: new Float64Array(CLASSES) };
}
