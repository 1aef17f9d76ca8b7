/**
 * Values and gradients of GradBench's problems (https://github.com/gradbench/gradbench), computed by other tools, to 1e-9:
 * small ones from test/fixtures; larger ones too, where their folder lies beside this one.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { determinant, kmeans, leastSquares, runge } from '../bench/problems/loops/classics.ts';
import { logsumexpOf } from '../bench/problems/loops/logsumexp.ts';
import { lstm } from '../bench/problems/loops/lstm.ts';
import { mixture, mixtureOfProducts } from '../bench/problems/loops/mixture.ts';
import type { ProgramOptions } from '../src/index.ts';
import { ENGINES } from './support/engines.ts';
import { root } from './support/examples.ts';

const HERE = join(root, 'test/fixtures/cases');
const BESIDE = join(root, '../shared/cases');

// biome-ignore lint/suspicious/noExplicitAny: what a file holds; the comparisons fail where it holds something else
type Json = any;

interface Case {
  /** The two files are `<file>-<value>.json` and `<file>-<gradient>.json`. */
  readonly file: string;
  readonly value: string;
  readonly gradient: string;
  /** What a file of gradients holds, in the order of the signature. */
  readonly expected?: (output: Json, input: Json) => Json;
  /** What a file of values holds, if that is not the value. */
  readonly of?: (output: Json) => number;
  readonly compute: (
    input: Json,
    options: ProgramOptions,
  ) => { value: number; gradient: Readonly<Record<string, ArrayLike<number>>> };
}

const gmm =
  (write: typeof mixture) =>
  ({ d, k, m, gamma, alpha, mu, q, l, x }: Json, options: ProgramOptions) =>
    write({ d, k, m, gamma }, options).gradient({ alpha, mu, q, l, x });
const inOrder = ({ alpha, mu, q, l }: Json): Json => [alpha, mu, q, l];
const names = { value: 'objective', gradient: 'jacobian' };
const primal = { value: 'primal', gradient: 'gradient' };

const recurrent: Case['compute'] = ({ main_params, extra_params, state, sequence }, options) =>
  lstm({ layers: main_params.length / 2, width: extra_params[0].length }, options).gradient({
    main: main_params,
    extra: extra_params,
    state,
    sequence,
  });

const cases: readonly Case[] = [
  ...['gmm/d2_k3_n10', 'gmm/d2_k5_n1000'].flatMap((file): Case[] => [
    { file, ...names, expected: inOrder, compute: gmm(mixture) },
    { file, ...names, expected: inOrder, compute: gmm(mixtureOfProducts) },
  ]),
  { file: 'lstm/l2_c16', ...names, compute: recurrent },
  { file: 'lstm/l2_c1024', ...names, compute: recurrent },
  { file: 'lse/n2500', ...primal, compute: ({ x }, options) => logsumexpOf(options).gradient({ x }) },
  { file: 'det/ell5', ...primal, compute: ({ A, ell }, options) => determinant(ell, options).gradient({ A }) },
  ...['ode/extra_n4_s1', 'ode/extra_n4_s10'].map(
    (file): Case => ({
      file,
      ...primal,
      of: (y) => y.at(-1),
      compute: ({ x, s }, options) => runge(x.length, s, options).gradient({ x }),
    }),
  ),
  {
    file: 'llsq/n16_m128',
    ...primal,
    compute: ({ x, n }, options) =>
      leastSquares(x.length, options).gradient({ x, t: Array.from({ length: n }, (_, i) => -1 + (2 * i) / (n - 1)) }),
  },
  {
    file: 'kmeans/k10_n1000_d8',
    value: 'cost',
    gradient: 'dir',
    expected: steps,
    compute: ({ points, centroids }, options) =>
      kmeans(centroids.length, centroids[0].length, options).gradient({ centroids, points }),
  },
];

/** The files have Newton steps, gradient ÷ second derivative; that is twice the number of points nearest to a centroid. */
function steps(output: number[][], { points, centroids }: { points: number[][]; centroids: number[][] }): number[][] {
  const counts = centroids.map(() => 0);
  for (const point of points) {
    const distances = centroids.map((c) => c.reduce((s, x, a) => s + (x - point[a]!) ** 2, 0));
    counts[distances.indexOf(Math.min(...distances))]!++;
  }
  return output.map((row, j) => row.map((step) => step * 2 * counts[j]!));
}

const read = (folder: string, file: string): Json => JSON.parse(readFileSync(join(folder, `${file}.json`), 'utf8'));

/** The largest error, relative to the entry or, if that is small, to a thousandth of the largest one. */
function error(found: readonly number[], expected: readonly number[]): number {
  expect(found.length).toBe(expected.length);
  const floor = 1e-3 * Math.max(...expected.map(Math.abs));
  return Math.max(...expected.map((x, i) => Math.abs(found[i]! - x) / Math.max(Math.abs(x), floor)));
}

describe.each(ENGINES)('%s', (engine) => {
  cases.forEach(({ file, value, gradient, expected, of, compute }, i) => {
    const folder = [HERE, BESIDE].find((folder) => existsSync(join(folder, `${file}-${gradient}.json`)));
    const again = cases.findIndex((other) => other.file === file) < i ? ', as products' : '';
    test.skipIf(!folder)(`${file}${again}${folder ? '' : ` (not tested: there is no folder ../shared/cases)`}`, () => {
      const { input, output } = read(folder!, `${file}-${gradient}`);
      const found = compute(input, { engine });
      const { output: right } = read(folder!, `${file}-${value}`);
      expect(error([found.value], [of ? of(right) : right])).toBeLessThan(1e-11);
      const flat = Object.values(found.gradient).flatMap((part) => Array.from(part));
      expect(error(flat, (expected ? expected(output, input) : output).flat(3))).toBeLessThan(1e-9);
    });
  });
});

test('a wrong gradient is noticed', () => {
  expect(error([1, 1e-5], [1, 1e-5])).toBe(0);
  expect(error([1, 1e-5 + 1e-11], [1, 1e-5])).toBeGreaterThan(1e-9);
  expect(error([1 + 1e-8, 0], [1, 0])).toBeGreaterThan(1e-9);
  expect(error([0], [0.001])).toBe(1);
});
