/** How long one minibatch takes, value and gradient, in each engine. */
import type { EngineName } from 'wengert';
import { fromBytes } from 'wengert/tape';
import { seconds } from '../terminal.ts';
import { CLASSES, type Digits, PIXELS } from './digits.ts';
import { BATCH, type Learnt } from './learn.ts';
import { lossProgram } from './network.ts';

/** Seconds for value and gradient of the first minibatch, and what they are spent on. */
export function speed(engine: EngineName, weights: Learnt['weights'], digits: Digits) {
  using program = lossProgram(engine);
  using loss = program.over(BATCH);
  const rows = { x: digits.images.subarray(0, BATCH * PIXELS), y: digits.oneHot.subarray(0, BATCH * CLASSES) };
  loss.gradient({ ...weights, ...rows });
  const [point, gradient] = [loss.point.slice(), loss.adjoint.slice()];
  const time = seconds(() => loss.evaluate(point, gradient), engine === 'reference' ? 3 : 15);
  return { time, nodes: fromBytes(program.toBytes()).nodes };
}
