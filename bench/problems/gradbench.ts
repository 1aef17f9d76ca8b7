/** Inputs of GradBench's evals, at the sizes at which native tools were measured: seeded, as random as GradBench's own. */
import { readFileSync } from 'node:fs';
import { JsonInput } from '../../src/cli/gradbench/input.ts';
import { type JsonObject, type Numbers, parse } from '../../src/cli/gradbench/json.ts';
import { Random } from '../../src/optimize/random.ts';

/** A function of an eval at one size. */
export interface Problem {
  readonly name: string;
  readonly module: string;
  readonly primal: string | undefined;
  readonly gradient: string;
  /** Milliseconds of a gradient, one thread, measured with other tools on another machine. */
  readonly literature: { readonly enzyme: number; readonly taping?: readonly [tool: string, ms: number] };
  /** What is wanted of us, in milliseconds. */
  readonly atMost: number;
  input(): JsonInput;
}

const random = new Random(31337);
const numbers = (...shape: readonly number[]): Numbers => {
  const size = shape.reduce((n, extent) => n * extent, 1);
  return { shape, values: Float64Array.from({ length: size }, () => random.uniform()) };
};
/** Normally distributed (G. E. P. Box & M. E. Muller 1958). */
const normal = (...shape: readonly number[]): Numbers => {
  const { values } = numbers(...shape);
  return { shape, values: values.map((u) => Math.sqrt(-2 * Math.log(1 - u)) * Math.cos(2 * Math.PI * random.uniform())) };
};
const given = (fields: JsonObject) => new JsonInput({ ...fields });

const gmm = (d: number, k: number, n: number) => () =>
  given({
    ...{ d, k, n, m: 0, gamma: 1 },
    alpha: normal(k),
    mu: numbers(k, d),
    q: normal(k, d),
    l: normal(k, (d * (d - 1)) / 2),
    x: normal(n, d),
  });

const camera = [-0.76, -1.11, -0.85, 34.6, 39.7, 53.9, 419.2, 5.86, -8.52, 0.088, 0.0027];
const list = (...values: readonly number[]): Numbers => ({ shape: [values.length], values: Float64Array.from(values) });
const ba = () =>
  given({ n: 49, m: 7776, p: 31843, cam: list(...camera), x: list(7.2, 0.001, 3.02), w: 0.417, feat: list(271.8, 834.2) });

/** A hand of GradBench with 100 points; or 10,000 vertices and 1,600 points on the same bones and triangles. */
function hand(isBig: boolean): JsonInput {
  const { input } = parse(readFileSync('test/fixtures/cases/ht/complicated_small_hand1_t26_c100-jacobian.json')) as {
    input: JsonObject;
  };
  if (!isBig) return new JsonInput(input);
  const of = input.data as JsonObject;
  const model = of.model as JsonObject;
  const longer = ({ shape, values }: Numbers, rows: number): Numbers => ({
    shape: [rows, ...shape.slice(1)],
    values: Float64Array.from({ length: (rows * values.length) / shape[0]! }, (_, i) => values[i % values.length]!),
  });
  const triangles = (model.triangles as Numbers).shape[0]!;
  const data = {
    model: {
      ...model,
      base_positions: longer(model.base_positions as Numbers, 10_000),
      weights: longer(model.weights as Numbers, 10_000),
    },
    correspondences: list(...Array.from({ length: 1600 }, () => Math.floor(triangles * random.uniform()))),
    points: numbers(1600, 3),
  };
  return new JsonInput({ ...input, data, us: numbers(1600, 2) });
}

function lstm(layers: number, width: number, c: number): JsonInput {
  const sequence = numbers(c, width);
  const main = { shape: [2 * layers, 4 * width], values: numbers(8 * layers * width).values };
  const bits = { shape: sequence.shape, values: sequence.values.map(Math.round) };
  return given({ main_params: main, extra_params: numbers(3, width), state: numbers(2 * layers, width), sequence: bits });
}

const objective = { primal: 'objective', gradient: 'jacobian' };
const plain = { primal: 'primal', gradient: 'gradient' };

export const gradbench: readonly Problem[] = [
  { name: 'gmm, d 2, k 5, n 1,000', module: 'gmm', ...objective, input: gmm(2, 5, 1000), literature: { enzyme: 0.333, taping: ['CoDiPack', 0.279] }, atMost: 0.15 },
  { name: 'gmm, d 10, k 25, n 1,000', module: 'gmm', ...objective, input: gmm(10, 25, 1000), literature: { enzyme: 25.6, taping: ['CoDiPack', 15.5] }, atMost: 4 },
  { name: 'ba 1, 31,843 observations', module: 'ba', ...objective, input: ba, literature: { enzyme: 7.24, taping: ['CoDiPack', 14.7] }, atMost: 7 },
  { name: 'ht, small, 100 points', module: 'ht', ...objective, input: () => hand(false), literature: { enzyme: 6.07, taping: ['ADOL-C', 2.36] }, atMost: 0.4 },
  { name: 'ht, big, 1,600 points', module: 'ht', ...objective, input: () => hand(true), literature: { enzyme: 134, taping: ['ADOL-C', 59] }, atMost: 4 },
  { name: 'lstm, 2 layers, 1,024 characters', module: 'lstm', ...objective, input: () => lstm(2, 14, 1024), literature: { enzyme: 3.89, taping: ['CoDiPack', 3.3] }, atMost: 4 },
  { name: 'lse, n 2,500', module: 'lse', ...plain, input: () => given({ x: numbers(2500) }), literature: { enzyme: 0.027, taping: ['CoDiPack', 0.033] }, atMost: 0.03 },
  { name: 'det, 7 × 7', module: 'det', ...plain, input: () => given({ ell: 7, A: numbers(49) }), literature: { enzyme: 0.401, taping: ['CppAD, replayed', 0.025] }, atMost: 0.0125 },
  { name: 'llsq, n 128, m 128', module: 'llsq', ...plain, input: () => given({ n: 128, x: numbers(128) }), literature: { enzyme: 0.022, taping: ['CoDiPack', 0.094] }, atMost: 0.03 },
  { name: 'ode, n 100, s 100', module: 'ode', ...plain, input: () => given({ s: 100, x: numbers(100) }), literature: { enzyme: 0.058, taping: ['CoDiPack', 0.434] }, atMost: 0.08 },
  { name: 'kmeans, k 10, n 1,000, d 8', module: 'kmeans', primal: 'cost', gradient: 'dir', input: () => clusters(10, 1000, 8), literature: { enzyme: 0.113, taping: ['CoDiPack', 0.68] }, atMost: 0.12 },
  { name: 'particle, ff', module: 'particle', primal: undefined, gradient: 'ff', input: () => given({ w: 0 }), literature: { enzyme: 0.722 }, atMost: 2 },
  { name: 'saddle, ff', module: 'saddle', primal: undefined, gradient: 'ff', input: () => given({ start: list(1, 1) }), literature: { enzyme: 1.31 }, atMost: 3 },
]; // biome-ignore format: a table

function clusters(k: number, n: number, d: number): JsonInput {
  const points = numbers(n, d);
  return given({ points, centroids: { shape: [k, d], values: points.values.slice((n - k) * d) } });
}
