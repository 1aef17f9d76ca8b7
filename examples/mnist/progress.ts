/**
 * The progress of a training run on one line: a bar (cli-progress) in a terminal, and a plain line every tenth where
 * output goes to a file. Written to stderr, so that `npm start > log` still shows it.
 */
import { type Params, SingleBar } from 'cli-progress';

const BAR_AT_MOST = 34;

interface Reading {
  readonly rate: number; // digits a second
  readonly loss: number;
}

/** ` 43 %   12,345 digits/s  loss 0.213    8 s left`, always as wide, so that the bar keeps its place. */
export function numbersOf(done: number, total: number, { rate, loss }: Reading): string {
  const percent = `${Math.floor((100 * done) / total)}`.padStart(3);
  const speed = Math.round(rate).toLocaleString('en').padStart(7);
  if (done === 0) return `${percent} %`.padEnd(46);
  const left = done < total ? `${Math.ceil((total - done) / Math.max(rate, 1))} s left` : 'done';
  return `${percent} %  ${speed} digits/s  loss ${loss.toFixed(3)}  ${left.padStart(9)}`;
}

/** The line for a terminal of so many columns: with little room the bar shrinks, then goes, then the text is cut. */
export function line(done: number, total: number, reading: Reading, columns: number): string {
  const text = numbersOf(done, total, reading);
  const room = Math.min(BAR_AT_MOST, columns - text.length - 4);
  const filled = Math.round((room * done) / total);
  const bar = room < 5 ? '' : `  ${'━'.repeat(filled)}${'╌'.repeat(room - filled)}`;
  return `${bar} ${text}`.slice(0, columns - 1);
}

export class TrainingBar {
  private readonly bar: SingleBar;
  private readonly began = performance.now();
  private loss = 0;
  private weight = 0;
  private tenth = 0;

  /** @param total digits to be seen, all epochs together */
  constructor(private readonly total: number) {
    const format = (_: unknown, at: Params, reading: Reading): string =>
      line(at.value, total, reading, process.stderr.columns ?? 80);
    this.bar = new SingleBar({ format, hideCursor: true, fps: 12, stream: process.stderr, emptyOnZero: true });
    this.bar.start(total, 0, { rate: 0, loss: 0 });
  }

  /** `done` digits seen, `loss` the mean of the last batch; what is shown is smoothed over about twenty batches. */
  update(done: number, loss: number): void {
    this.loss = 0.95 * this.loss + 0.05 * loss;
    this.weight = 0.95 * this.weight + 0.05;
    const reading = { rate: (1000 * done) / (performance.now() - this.began), loss: this.loss / this.weight };
    if (process.stderr.isTTY) this.bar.update(done, reading);
    else if (Math.floor((10 * done) / this.total) > this.tenth) {
      this.tenth = Math.floor((10 * done) / this.total);
      console.error(` ${numbersOf(done, this.total, reading)}`);
    }
  }

  stop(): void {
    this.bar.stop();
  }
}
