/** How long one minibatch takes, value and gradient, in each engine. */
import type { EngineName } from 'wengert';
import { seconds } from '../terminal.ts';
import { type Digits, PIXELS } from './digits.ts';
import { BATCH, type Learnt } from './learn.ts';
import { lossProgram } from './network.ts';

/** Seconds for value and gradient of the first minibatch. */
export function speed(engine: EngineName, weights: Learnt['weights'], digits: Digits): number {
  using loss = lossProgram(engine);
  loss.bind({ X: digits.images.subarray(0, BATCH * PIXELS), labels: digits.labels.subarray(0, BATCH) });
  loss.gradient(weights);
  const [point, gradient] = [loss.point.slice(), loss.adjoint.slice()];
  return seconds(() => loss.evaluate(point, gradient), engine === 'reference' ? 3 : 15);
}
