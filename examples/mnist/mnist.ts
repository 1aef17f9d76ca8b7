/**
 * A network of 101,770 parameters learns to read the handwritten digits of MNIST, and is tested on digits it never saw.
 * Run: npx tsx examples/mnist/mnist.ts [--quick] [--epochs 3]
 */
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { columns, count, duration, green, heading, red } from '../terminal.ts';
import { CLASSES, type Digits, PIXELS, readDigits } from './digits.ts';
import { accuracy, BATCH, type Learnt, learn, readings } from './learn.ts';
import { HIDDEN } from './network.ts';
import { type Drawing, gallery, WIDTH } from './picture.ts';
import { speed } from './speed.ts';

export interface Settings {
  readonly quick: boolean;
  readonly epochs: number;
}

const HELP = `
  --quick, -q     6,000 digits to learn from instead of 60,000
  --epochs, -e n  passes over them; default 1
  --help, -h      this`;

/** What the command line asks for; prints the help, or what is wrong, and ends. */
export function settings(): Settings {
  const options = { quick: { type: 'boolean', short: 'q' }, epochs: { type: 'string', short: 'e' }, help: { type: 'boolean', short: 'h' } } as const; // biome-ignore format: a table
  try {
    const { quick = false, epochs = '1', help } = parseArgs({ options }).values;
    if (help) {
      console.log(HELP);
      process.exit(0);
    }
    if (!/^[1-9]\d{0,3}$/.test(epochs)) throw new Error(`--epochs: expected a whole number from 1 to 9999, got '${epochs}'`);
    return { quick, epochs: Number(epochs) };
  } catch (error) {
    console.error(`${(error as Error).message}\n${HELP}`);
    process.exit(2);
  }
}

export async function mnist({ quick, epochs }: Settings): Promise<void> {
  heading('5  A network learns to read');
  const [train, test] = [readDigits('train', quick ? 6_000 : undefined), readDigits('t10k', quick ? 2_000 : undefined)];
  console.log(`  784 pixels → 128 relu → 10 digits: 101,770 parameters; Adam, ${BATCH} digits a step.`);
  console.log(
    `  ${count(train.count)} digits to learn from, ${epochs} ${epochs === 1 ? 'epoch' : 'epochs'}; Ctrl-C stops with what was learnt.\n`,
  );

  const controller = new AbortController();
  const stop = (): void => controller.abort();
  process.once('SIGINT', stop);
  const learnt = await learn(train, epochs, controller.signal);
  process.off('SIGINT', stop);

  const early = learnt.stopped === 'aborted' ? ' so far' : '';
  console.log(`\n  ${count(learnt.seen)} digits${early} in ${duration(learnt.seconds)}, loss ${learnt.loss.toFixed(3)}.`);
  console.log(
    `  Read correctly of ${count(test.count)} digits it never saw: ${(100 * accuracy(learnt.weights, test)).toFixed(2)} %.\n`,
  );
  show(learnt, test);
  compareEngines(learnt, train);
}

/** The first digits of the test, and the first ones that are misread. */
function show({ weights }: Learnt, test: Digits): void {
  const wide = Math.max(1, Math.floor((columns() - 1) / (WIDTH + 1)));
  const first: Drawing[] = [];
  const wrong: Drawing[] = [];
  for (const { image, label, guess, certainty } of readings(weights, test)) {
    const right = guess === label;
    const drawing = right
      ? { image, caption: `${guess}  ${(100 * certainty).toFixed(1)} %`, paint: green }
      : { image, caption: `${guess}, but is ${label}`, paint: red };
    if (first.length < wide) first.push(drawing);
    else if (!right) wrong.push(drawing);
    if (wrong.length === wide) break;
  }
  console.log(gallery(first, columns()));
  console.log(`\n  ${wrong.length > 0 ? 'The first it misreads:' : 'It misreads none of the others.'}\n`);
  console.log(gallery(wrong, columns()));
}

/** Multiply-adds a digit: forward, ∂/∂W of both layers, and ∂/∂hidden. */
const MULTIPLY_ADDS = 2 * (PIXELS + CLASSES) * HIDDEN + CLASSES * HIDDEN;

function compareEngines({ weights }: Learnt, train: Digits): void {
  heading('The same minibatch in both engines');
  console.log(`  Loss of ${BATCH} digits and all its derivatives, ${count(2 * MULTIPLY_ADDS * BATCH)} operations:\n`);
  for (const [engine, name] of [
    ['interpreter', 'core, WebAssembly'],
    ['reference', 'reference, TypeScript'],
  ] as const) {
    const time = speed(engine, weights, train);
    const flops = ((2 * MULTIPLY_ADDS * BATCH) / time / 1e9).toFixed(1);
    console.log(`  ${name.padEnd(23)}${duration(time).padStart(7)}${flops.padStart(7)} GFLOP/s`);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await mnist(settings());
