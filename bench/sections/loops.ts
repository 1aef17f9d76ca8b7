/** Programs with loops: models over data, written as loops, that stay loops down to the core. */
import { once, race, type Times } from '../harness.ts';
import type { Progress } from '../main.ts';
import { digitsProblem } from '../problems/loops/digits.ts';
import { logsumexpProblem } from '../problems/loops/logsumexp.ts';
import { lstmProblem } from '../problems/loops/lstm.ts';
import { type Mixture, mixture, mixturePoint, mixturePoints, mixtureProblem } from '../problems/loops/mixture.ts';
import { moonsLoopProblem } from '../problems/loops/moons.ts';
import type { LoopProblem } from '../problems/loops/problem.ts';
import { duration, figures, type Section, type Target, times } from '../report.ts';

const MiB = 2 ** 20;
const LARGE: Mixture = { d: 10, k: 25 };
const MILLION = 1_000_000;

type Result = Times<'value' | 'gradient' | 'interpreter' | 'reference' | 'hand'> & {
  readonly value: number;
  readonly gradient: number;
};

function measure(problem: LoopProblem): Result {
  const { flat } = problem;
  const [core, slow, plain] = [problem.program('compiled'), problem.program('interpreter'), problem.program('reference')];
  const gradient = new Float64Array(flat.length);
  const measured = race({
    value: () => core.evaluate(flat),
    gradient: () => core.evaluate(flat, gradient),
    interpreter: () => slow.evaluate(flat, gradient),
    reference: () => plain.evaluate(flat, gradient),
    hand: () => problem.hand(flat, gradient),
  });
  core.dispose();
  slow.dispose();
  plain.dispose();
  return { ...measured, value: measured.value!, gradient: measured.gradient! };
}

/** The mixture at n points: how long it takes to build it, to give it its points, and one gradient, and what memory is needed then. */
function mixtureOf(n: number, runs: number) {
  const x = mixturePoints(LARGE.d, n);
  const point = mixturePoint(LARGE);
  const built = once(
    runs,
    () => null,
    () => mixture(LARGE, { engine: 'interpreter' }).dispose(),
  );
  const program = mixture(LARGE, { engine: 'interpreter' });
  const bytes = program.toBytes().length;
  const began = performance.now();
  program.bind({ x });
  const bound = performance.now();
  program.gradient(point);
  const ended = performance.now();
  const beyond = program.adjoint.buffer.byteLength - x.byteLength;
  program.dispose();
  return { ...built, bytes, bind: (bound - began) * 1e6, gradient: (ended - bound) * 1e6, beyond };
}

export function loops(progress: Progress): Section {
  progress('building');
  const thousand = mixtureOf(1000, 15);
  progress('a million points');
  const million = mixtureOf(MILLION, 15);

  const problems = {
    digits: digitsProblem({ inputs: 784, hidden: 128, classes: 10 }, 32),
    mixture: mixtureProblem(LARGE, 1000),
    products: mixtureProblem(LARGE, 1000, 'products'),
    small: mixtureProblem({ d: 2, k: 5 }, 1000),
    moons: moonsLoopProblem(100),
    logsumexp: logsumexpProblem(100_000),
    lstm: lstmProblem({ layers: 2, width: 14 }, 1024),
  };
  const keys = Object.keys(problems) as (keyof typeof problems)[];
  const results = {} as Record<keyof typeof problems, Result>;
  for (const key of keys) {
    progress(problems[key].name);
    results[key] = measure(problems[key]);
  }

  const most: readonly [keyof typeof problems, atMost: number, unit: 'µs' | 'ms'][] = [
    ['digits', 1.2, 'ms'],
    ['mixture', 8, 'ms'],
    ['moons', 60, 'µs'],
    ['logsumexp', 1, 'ms'],
    ['lstm', 8, 'ms'],
  ];
  const targets: Target[] = most.map(([key, atMost, unit]) => ({
    what: `value and gradient: ${problems[key].name}`,
    measured: results[key].gradient / (unit === 'µs' ? 1e3 : 1e6),
    atMost,
    unit,
  }));
  const ratio = (key: keyof typeof problems): number => results[key].gradient / results[key].value;
  const worst = keys.reduce((a, b) => (ratio(a) >= ratio(b) ? a : b));
  targets.push(
    { what: `value and gradient over value, at most (${problems[worst].name})`, measured: ratio(worst), atMost: 4, unit: '×' },
    { what: 'building the Gaussian mixture of 1,000 points', measured: thousand.warm / 1e6, atMost: 50, unit: 'ms' },
    { what: 'building that of 1,000,000 points', measured: million.warm / 1e6, atMost: 50, unit: 'ms' },
    { what: 'size of its tape, of 1,000,000 points over 1,000', measured: million.bytes / thousand.bytes, atMost: 1, unit: '×' },
    {
      what: 'WebAssembly memory of 1,000,000 points, beyond the points',
      measured: million.beyond / MiB,
      atMost: 64,
      unit: 'MiB',
    },
  );
  return {
    name: 'loops',
    title: 'Loops',
    about:
      'Models over data, written as loops, by generated code. "Gradient" is value and gradient in one call; reference and hand compute both, too. ' +
      `The Gaussian mixture's tape has ${thousand.bytes.toLocaleString('en')} bytes; built as the first program of the process it took ${duration(thousand.first)}. ` +
      `Given 1,000,000 points it took ${duration(million.bind)} to take them in, and ${duration(million.gradient)} for value and gradient.`,
    columns: ['problem', 'value', 'gradient', 'gradient ÷ value', 'gradient, interpreter', '× reference', '× by hand'],
    rows: keys.map((key) => {
      const { value, gradient, interpreter, reference, hand } = results[key];
      return [
        problems[key].name,
        duration(value),
        duration(gradient),
        figures(gradient / value),
        duration(interpreter!),
        times(gradient, reference),
        times(gradient, hand),
      ];
    }),
    targets,
  };
}
