/** bench/peers races the problems of bench/problems, and knows a wrong result from a right one; without the peers being installed. */
import { describe, expect, test } from 'vitest';
import { arraysOf } from '../bench/peers/arrays.ts';
import { CONTESTANTS, JUDGE } from '../bench/peers/contestant.ts';
import { distance, shortly } from '../bench/peers/outcome.ts';
import { joined, partsOf } from '../bench/peers/parts.ts';
import { DIGITS, POINTS, ROWS } from '../bench/peers/rows.ts';
import { ratio, table } from '../bench/peers/table.ts';
import { determinant } from '../bench/problems/determinant.ts';
import { digitsProblem } from '../bench/problems/loops/digits.ts';
import { logsumexpProblem } from '../bench/problems/loops/logsumexp.ts';
import { mixtureProblem } from '../bench/problems/loops/mixture.ts';
import { moonsLoopProblem } from '../bench/problems/loops/moons.ts';
import { moons } from '../bench/problems/network.ts';
import { rosenbrock, seed } from '../bench/problems/small.ts';

const points: Readonly<Record<string, () => Float64Array>> = {
  seed: () => seed.point,
  rosenbrock10: () => rosenbrock(10).point,
  'rosenbrock10-nodes': () => rosenbrock(10).point,
  rosenbrock100: () => rosenbrock(100).point,
  'rosenbrock100-nodes': () => rosenbrock(100).point,
  rosenbrock1000: () => rosenbrock(1000).point,
  'rosenbrock1000-nodes': () => rosenbrock(1000).point,
  rosenbrock10000: () => rosenbrock(10_000).point,
  moons: () => moonsLoopProblem(POINTS).flat,
  'moons-nodes': () => moons(POINTS).point,
  digits1: () => digitsProblem(DIGITS, 1).flat,
  digits32: () => digitsProblem(DIGITS, 32).flat,
  logsumexp1000: () => logsumexpProblem(1000).flat,
  logsumexp100000: () => logsumexpProblem(100_000).flat,
  mixture5: () => mixtureProblem({ d: 2, k: 5 }, 1000).flat,
  mixture25: () => mixtureProblem({ d: 10, k: 25 }, 1000).flat,
  det5: () => determinant(5).point,
  det7: () => determinant(7).point,
};

/** Without a comparison of a hundred thousand numbers one by one, which takes vitest seconds. */
const same = (a: Float64Array, b: Float64Array): boolean => a.length === b.length && a.every((x, i) => x === b[i]);

test('every row has its problem', () => expect(Object.keys(ROWS)).toEqual(Object.keys(points)));

describe.each(Object.entries(ROWS))('%s', (key, row) => {
  const point = row.point();

  test('is taken where the other benchmarks take it', () => {
    expect(same(point, points[key]!())).toBe(true);
    if (row.nodes) expect(same(row.nodes().point, point)).toBe(true);
    if (row.natural) {
      const parts = partsOf(point, arraysOf(row.natural).shapes);
      expect(same(joined(parts), point)).toBe(true);
    }
  });

  test('wengert and both gradients by hand agree', () => {
    const results = [row.hand(), ...(row.plain ? [row.plain()] : [])].map((hand) => {
      const gradient = new Float64Array(point.length);
      return [hand(point, gradient), ...gradient];
    });
    const program = row.wengert('interpreter');
    const gradient = new Float64Array(point.length);
    const right = [program.evaluate(point, gradient), ...gradient];
    program.dispose();
    for (const found of results) expect(distance(found, right)).toBeLessThan(1e-11);
  });
});

test('a wrong result is noticed', () => {
  expect(distance([2, 1, 4], [2, 1, 4])).toBe(0);
  expect(distance([2, 1, 4 + 4e-8], [2, 1, 4])).toBeCloseTo(1e-8, 12);
  expect(distance([2 + 2e-8, 1, 4], [2, 1, 4])).toBeCloseTo(1e-8, 12);
  expect(distance([2, Number.NaN, 4], [2, 1, 4])).toBe(Infinity);
  expect(distance([Number.NaN, 1, 4], [2, 1, 4])).toBe(Infinity);
  expect(distance([2, 1], [2, 1, 4])).toBe(Infinity);
});

test('failures in few words', () => {
  expect(shortly('Maximum call stack size exceeded')).toBe('stack overflow');
  expect(shortly('wrong by 2e-8')).toBe('wrong by 2e-8');
  expect(shortly('boom')).toBe('fails');
});

test('a table of ratios, round by round, with its targets', () => {
  const took = (...times: number[]) => times.map((time) => ({ time }));
  const logsumexp = {
    hand: took(100, 200, 300),
    auto: took(50, 110, 120),
    [JUDGE]: took(50, 100, 150),
    rose: took(300, 500, 900),
    jax64: [{ time: 10, failure: 'wrong by 5e-7' }],
    simplegrad: [{ failure: 'boom' }],
  };
  expect(ratio(logsumexp, 'auto', 'hand')).toBe(0.5);
  const { columns, rows, targets } = table({ logsumexp1000: logsumexp });
  expect(columns.slice(1)).toEqual([
    'by hand',
    ...['auto', JUDGE, 'rose', 'simplegrad', 'jax64'].map((name) => CONTESTANTS[name]!.title),
  ]);
  expect(rows).toEqual([['logsumexp 1,000', '200 ns', '0.50×', '0.50×', '3.00×', 'fails', '0.10×, wrong by 5e-7']]);
  expect(targets.map(({ measured }) => measured)).toEqual([0.5, 500 / 110]); // the best peer is one that is right
});
