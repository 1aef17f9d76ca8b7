/** What is raced: the rows of the table, their problems shared with the other benchmarks, and the targets. */
import type { EngineChoice } from '../../src/index.ts';
import { plainDigits } from '../contestants/plain/digits.ts';
import { plainMixture } from '../contestants/plain/mixture.ts';
import { plainMoons } from '../contestants/plain/network.ts';
import { plainLogsumexp, plainRosenbrock } from '../contestants/plain/small.ts';
import { determinant } from '../problems/determinant.ts';
import { digitsData, digitsProblem, type Layers } from '../problems/loops/digits.ts';
import { logsumexpProblem } from '../problems/loops/logsumexp.ts';
import { type Mixture, mixturePoints, mixtureProblem } from '../problems/loops/mixture.ts';
import { moonsLoopProblem } from '../problems/loops/moons.ts';
import type { LoopProblem, Runner } from '../problems/loops/problem.ts';
import { rosenbrockProblem } from '../problems/loops/rosenbrock.ts';
import { moons, moonsData } from '../problems/network.ts';
import type { Problem } from '../problems/problem.ts';
import { rosenbrock, seed } from '../problems/small.ts';
import { digitsNodes, logsumexpNodes, mixtureNodes } from '../problems/unrolled.ts';
import { compileNodes, compileSeed } from './programs.ts';

type Hand = LoopProblem['hand'];

/** What contestants that have loops or arrays need to know to write the problem in their own words. */
export type Natural =
  | { readonly kind: 'seed' }
  | { readonly kind: 'rosenbrock' | 'logsumexp'; readonly n: number }
  | { readonly kind: 'moons'; readonly points: number }
  | { readonly kind: 'digits'; readonly layers: Layers; readonly n: number }
  | { readonly kind: 'mixture'; readonly size: Mixture; readonly n: number };

export interface Row {
  /** Rows of one problem have the same: the best peer is the best in any of them. */
  readonly problem: string;
  readonly form: 'loop' | 'nodes';
  /** Where value and gradient are taken. */
  readonly point: () => Float64Array;
  readonly hand: () => Hand;
  /** The gradient as one writes it first, where `hand` is not that. */
  readonly plain?: () => Hand;
  readonly wengert: (engine: EngineChoice) => Runner;
  readonly natural?: Natural;
  /** With scalars alone, if that is not beyond all measure. */
  readonly nodes?: () => Problem;
  /** Target: at most this, times the gradient by hand as one writes it first. */
  readonly atMost?: number;
  /** Target in µs, where nobody writes a gradient by hand. */
  readonly atMostMicroseconds?: number;
  /** The peers' part is a matrix product: no target against them. */
  readonly product?: true;
}

export const DIGITS: Layers = { inputs: 784, hidden: 128, classes: 10 };
export const POINTS = 100;
const SMALL: Mixture = { d: 2, k: 5 };
const LARGE: Mixture = { d: 10, k: 25 };
const THOUSAND = 1000;

type Rest = Partial<Row>;

const asLoop = (make: () => LoopProblem, problem: string, rest: Rest): Row => ({
  problem,
  form: 'loop',
  point: () => make().flat,
  hand: () => make().hand,
  wengert: (engine) => make().program(engine),
  ...rest,
});

const asNodes = (make: () => Problem, problem: string, rest: Rest): Row => ({
  problem,
  form: 'nodes',
  point: () => make().point,
  hand: () => make().hand!,
  wengert: (engine) => compileNodes(make(), engine),
  nodes: make,
  ...rest,
});

const digits = (n: number, atMost: number, rest: Rest): Row =>
  asLoop(() => digitsProblem(DIGITS, n), `network 784-128-10, batch ${n}`, {
    plain: () => {
      const { X, digit } = digitsData(DIGITS, n);
      return plainDigits(DIGITS, X, digit);
    },
    natural: { kind: 'digits', layers: DIGITS, n },
    atMost,
    product: true,
    ...rest,
  });

const mixture = (size: Mixture): Row =>
  asLoop(() => mixtureProblem(size, THOUSAND), `Gaussian mixture d${size.d} k${size.k}, n 1,000`, {
    plain: () => plainMixture(size, mixturePoints(size.d, THOUSAND)),
    natural: { kind: 'mixture', size, n: THOUSAND },
    nodes: () => mixtureNodes(size, THOUSAND),
    atMost: 0.6,
  });

export const ROWS: Readonly<Record<string, Row>> = {
  seed: asNodes(() => seed, 'seed J', { wengert: compileSeed, natural: { kind: 'seed' }, atMost: 2.5 }),
  ...Object.fromEntries(
    [10, 100, 1000, 10_000].flatMap((n): [string, Row][] => {
      const name = `Rosenbrock ${n.toLocaleString('en')}`;
      const plain = () => plainRosenbrock;
      const loop = asLoop(() => rosenbrockProblem(n), name, { plain, natural: { kind: 'rosenbrock', n }, atMost: 1 });
      return [
        [`rosenbrock${n}`, loop],
        ...(n <= 1000
          ? [[`rosenbrock${n}-nodes`, asNodes(() => rosenbrock(n), name, { plain, atMost: 1 })] as [string, Row]]
          : []),
      ];
    }),
  ),
  moons: asLoop(() => moonsLoopProblem(POINTS), 'moons network, 100 points', {
    natural: { kind: 'moons', points: POINTS },
    atMost: 0.5,
  }),
  'moons-nodes': asNodes(() => moons(POINTS), 'moons network, 100 points', {
    plain: () => plainMoons(moonsData(POINTS), POINTS, 'relu'),
    atMost: 0.5,
  }),
  digits1: digits(1, 1, { nodes: () => digitsNodes(DIGITS, 1) }),
  digits32: digits(32, 0.5, {}), // as scalars 6,500,000 nodes, which every peer refuses
  logsumexp1000: asLoop(() => logsumexpProblem(THOUSAND), 'logsumexp 1,000', {
    plain: () => plainLogsumexp,
    natural: { kind: 'logsumexp', n: THOUSAND },
    nodes: () => logsumexpNodes(THOUSAND),
    atMost: 0.6,
  }),
  logsumexp100000: asLoop(() => logsumexpProblem(100_000), 'logsumexp 100,000', {
    plain: () => plainLogsumexp,
    natural: { kind: 'logsumexp', n: 100_000 },
    nodes: () => logsumexpNodes(100_000),
    atMost: 0.6,
  }),
  mixture5: mixture(SMALL),
  mixture25: mixture(LARGE),
  det5: asNodes(() => determinant(5), 'determinant 5, by minors', { atMostMicroseconds: 0.6 }),
  det7: asNodes(() => determinant(7), 'determinant 7, by minors', { atMostMicroseconds: 12.5 }),
};
