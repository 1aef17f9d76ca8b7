/** A network learns to read: training with a progress bar, test, and how fast it went. */
import { adam } from 'wengert/optimize';
import type { Digits } from './digits.ts';
import { CLASSES, image } from './digits.ts';
import { accuracyProgram, initialWeights, lossProgram, probabilityProgram } from './network.ts';
import { TrainingBar } from './progress.ts';

export const BATCH = 32;

/** The weights after training, and how it went. */
export type Learnt = Awaited<ReturnType<typeof learn>>;

const RATE = 0.005; // falling to 0 on a line; one epoch ends at 97.2 %, with a constant 0.001 at 96.0 %

/** Adam on minibatches, from seeded weights, in a seeded order; an abort ends it with what was learnt so far. */
export async function learn(train: Digits, epochs: number, signal: AbortSignal) {
  using loss = lossProgram();
  const bar = new TrainingBar(epochs * train.count);
  const perEpoch = Math.ceil(train.count / BATCH);
  let seen = 0;
  const began = performance.now();
  const result = await adam(loss, {
    start: initialWeights(1),
    data: { X: train.images, labels: train.labels },
    batch: BATCH,
    rate: (step) => RATE * (1 - step / (epochs * perEpoch)),
    epochs,
    seed: 1,
    signal,
    progress: ({ step, epoch, value }) => {
      const before = epoch - 1;
      seen = before * train.count + Math.min((step - before * perEpoch) * BATCH, train.count);
      bar.update(seen, value);
    },
  });
  bar.stop();
  return {
    weights: result.point,
    loss: result.value,
    seen,
    stopped: result.stopped,
    seconds: (performance.now() - began) / 1000,
  };
}

/** The share of the digits that are read correctly. */
export function accuracy(weights: Learnt['weights'], test: Digits): number {
  using program = accuracyProgram();
  return program.value({ ...weights, X: test.images, labels: test.labels });
}

/** What the network takes a digit for, and how sure it is. */
export interface Reading {
  readonly image: Uint8Array;
  readonly label: number;
  readonly guess: number;
  readonly certainty: number;
}

/** Reads all digits at once. */
export function readings(weights: Learnt['weights'], digits: Digits): Reading[] {
  using program = probabilityProgram();
  const all = program.value({ ...weights, X: digits.images });
  return Array.from(digits.labels, (label, i) => {
    const p = all.subarray(i * CLASSES, (i + 1) * CLASSES);
    const guess = p.indexOf(Math.max(...p));
    return { image: image(digits, i), label, guess, certainty: p[guess]! };
  });
}
