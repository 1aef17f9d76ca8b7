/**
 * How near to what the machine can do: the peak of f64x2 arithmetic, measured with a loop that does nothing else, and what
 * batch loops reach of it, by the operations that the mathematics needs.
 */
import { timeOf } from '../clock.ts';
import type { Progress } from '../main.ts';
import { digitsProblem, type Layers } from '../problems/loops/digits.ts';
import { type Mixture, mixtureProblem } from '../problems/loops/mixture.ts';
import { moonsLoopProblem } from '../problems/loops/moons.ts';
import type { LoopProblem } from '../problems/loops/problem.ts';
import { LAYERS, PARAMETERS } from '../problems/network.ts';
import { duration, figures, type Section } from '../report.ts';

const CHAINS = [4, 6, 8, 10, 12, 13]; // of x86's sixteen vector registers
const UNROLLED = 4;
const ROUNDS = 10_000;

/** Bytes of a module: `run(n)` goes n times through `chains` chains of x ← x·½ + ½ in f64x2, each `UNROLLED` steps. */
export function peakModule(chains: number): Uint8Array<ArrayBuffer> {
  const unsigned = (x: number): number[] => (x < 128 ? [x] : [(x & 127) | 128, ...unsigned(x >> 7)]);
  const sized = (bytes: readonly number[]): number[] => [...unsigned(bytes.length), ...bytes];
  const section = (id: number, bytes: readonly number[]): number[] => [id, ...sized(bytes)];
  const times = (n: number, of: (i: number) => readonly number[]): number[] => Array.from({ length: n }, (_, i) => of(i)).flat();

  const [getLocal, setLocal] = [0x20, 0x21];
  const [mul, add] = [
    [0xfd, 0xf2, 0x01],
    [0xfd, 0xf0, 0x01],
  ] as const;
  const constant = (x: number): number[] => [0xfd, 0x0c, ...new Uint8Array(new Float64Array([x, x]).buffer)];
  const half = chains + 1; // the locals: n, the chains, ½
  const step = (k: number): number[] => [getLocal, 1 + k, getLocal, half, ...mul, getLocal, half, ...add, setLocal, 1 + k];
  const body = [
    ...[1, chains + 1, 0x7b], // locals: so many v128
    ...times(chains, (k) => [...constant(k + 2), setLocal, 1 + k]),
    ...[...constant(0.5), setLocal, half],
    ...[0x03, 0x40], // loop
    ...times(UNROLLED, () => times(chains, step)),
    ...[getLocal, 0, 0x41, 1, 0x6b, 0x22, 0], // n ← n − 1
    ...[0x0d, 0, 0x0b], // again if not 0; end
    ...[getLocal, 1, ...times(chains - 1, (k) => [getLocal, 2 + k, ...add])],
    ...[0xfd, 0x21, 0, 0x0b], // lane 0; end
  ];
  return new Uint8Array([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [1, 0x60, 1, 0x7f, 1, 0x7c]), // (i32) → f64
    ...section(3, [1, 0]),
    ...section(7, [1, 3, 0x72, 0x75, 0x6e, 0, 0]), // "run"
    ...section(10, [1, ...sized(body)]),
  ]);
}

/** GFLOP/s of multiplications and additions in equal parts, two lanes, none waiting for another. */
async function peak(): Promise<number> {
  let most = 0;
  for (const chains of CHAINS) {
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(peakModule(chains)));
    const run = exports.run as (n: number) => number;
    most = Math.max(most, (ROUNDS * UNROLLED * chains * 2 * 2) / (await timeOf(() => run(ROUNDS))));
  }
  return most;
}

/** Additions and multiplications of value and gradient; exp, log and comparisons are not counted. */
const FLOPS = {
  /** Of each weight of a layer: its product and sum, twice two more back, once where nothing differentiated is below. */
  moons: (points: number): number => {
    const weights = LAYERS.map(([inputs, units]) => inputs * units);
    const layer = weights.reduce((sum, weight, i) => sum + (i === 0 ? 4 : 6) * weight, 0);
    const biases = LAYERS.reduce((sum, [, units]) => sum + units, 0); // added to their adjoints
    return points * (layer + biases + 3) + 4 * PARAMETERS;
  },
  digits: ({ inputs, hidden, classes }: Layers, n: number): number =>
    n * (4 * inputs * hidden + 6 * hidden * classes + hidden + 5 * classes),
  /** Of each point and component: x − μ, Q(x − μ), its square; back through them to Q and μ. */
  mixture: ({ d, k }: Mixture, n: number): number => n * k * (9 * d + 3 * d * (d - 1) + 7),
};

export async function peakSection(progress: Progress): Promise<Section> {
  progress('peak');
  const top = await peak();
  const layers = { inputs: 784, hidden: 128, classes: 10 };
  const [small, large] = [
    { d: 2, k: 5 },
    { d: 10, k: 25 },
  ];
  const problems: readonly (readonly [LoopProblem, flops: number])[] = [
    [moonsLoopProblem(100), FLOPS.moons(100)],
    [moonsLoopProblem(1000), FLOPS.moons(1000)],
    [digitsProblem(layers, 1), FLOPS.digits(layers, 1)],
    [digitsProblem(layers, 32), FLOPS.digits(layers, 32)],
    [mixtureProblem(small, 1000), FLOPS.mixture(small, 1000)],
    [mixtureProblem(large, 1000), FLOPS.mixture(large, 1000)],
    [mixtureProblem(large, 1000, 'products'), FLOPS.mixture(large, 1000)],
  ];
  const rows: string[][] = [];
  for (const [problem, flops] of problems) {
    progress(problem.name);
    const program = problem.program('auto');
    const gradient = new Float64Array(problem.flat.length);
    const call = await timeOf(() => program.evaluate(problem.flat, gradient));
    program.dispose();
    const rate = flops / call;
    rows.push([problem.name, `${figures(flops / 1e6)} M`, duration(call), figures(rate), `${figures((100 * rate) / top)} %`]);
  }
  return {
    name: 'peak',
    title: 'Of the peak',
    about:
      `A loop of f64x2 multiplications and additions, none waiting for another and nothing read from memory, reaches ${figures(top)} ` +
      'GFLOP/s in WebAssembly here. What value and gradient of batch loops reach, by the additions and multiplications that the ' +
      'formulas need (products with zeros too; exp, log and comparisons not counted, nor what is computed twice). What limits the ' +
      'rest is memory and not arithmetic: loops over lanes read operands from the first-level cache and leave results there for ' +
      'the reverse sweep, so the generated code of the moons network has 107 vector loads and stores for 57 additions and ' +
      'multiplications, that of the mixtures 111 for 77 and 743 for 720, where the core does two loads and a store a cycle; products of ' +
      'matrices pack their operands, and a minibatch of 1 reads and writes its 800 KB of weights and adjoints from the second-level ' +
      'cache for every two operations. Of the mixtures, exponentials and logarithms take a fifth to a third.',
    columns: ['problem', 'flop', 'value and gradient', 'GFLOP/s', 'of the peak'],
    rows,
    targets: [],
  };
}
