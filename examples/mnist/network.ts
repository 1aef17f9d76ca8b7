/**
 * The network: 784 pixels, 128 hidden units with relu, 10 digits; 101,770 parameters. It is written for one digit, and
 * each layer is a list of n-ary dots. Made `over` rows, the same program runs on many digits at once.
 */
import { compile, data, type EngineName, type Handles, matrix, type Vector, vector } from 'wengert';
import { Random } from 'wengert/optimize';
import { CLASSES, PIXELS } from './digits.ts';

export const HIDDEN = 128;

const weights = { W1: matrix(HIDDEN, PIXELS), b1: vector(HIDDEN), W2: matrix(CLASSES, HIDDEN), b2: vector(CLASSES) };
const picture = { ...weights, x: data(vector(PIXELS)) }; // bytes, as they lie in the file
const labelled = { ...picture, y: data(vector(CLASSES)) }; // 1 at the label's place

/** A number for each digit, the larger the likelier: log-probabilities up to a constant. */
function logits({ W1, b1, W2, b2, x }: Handles<typeof picture>): Vector {
  const hidden = b1.map((b, j) => W1.row(j).dot(x).div(255).add(b).relu());
  return b2.map((b, k) => W2.row(k).dot(hidden).add(b));
}

/** Cross-entropy: −log of the probability that the softmax gives to the label. */
export const lossProgram = (engine?: EngineName) =>
  compile(
    labelled,
    (inputs) => {
      const z = logits(inputs);
      return z.logsumexp().sub(z.dot(inputs.y));
    },
    { engine },
  );

/** 1 where no logit is larger than the label's, else 0; over rows its mean is the accuracy. */
export const correctProgram = () =>
  compile(labelled, (inputs) => {
    const z = logits(inputs);
    return z.dot(inputs.y).ge(z.max());
  });

/** The probability of each digit: the softmax. */
export const probabilityProgram = () =>
  compile(picture, (inputs) => {
    const z = logits(inputs);
    const total = z.logsumexp();
    return z.map((zk) => zk.sub(total).exp());
  });

/** Random weights of variance 2/inputs, which keeps signals the same size through relu layers (He et al. 2015); biases 0. */
export function initialWeights(seed: number) {
  const random = new Random(seed);
  const he = (units: number, inputs: number) =>
    Float64Array.from({ length: units * inputs }, () => random.normal() * Math.sqrt(2 / inputs));
  return { W1: he(HIDDEN, PIXELS), b1: new Float64Array(HIDDEN), W2: he(CLASSES, HIDDEN), b2: new Float64Array(CLASSES) };
}
