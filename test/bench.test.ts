/** The contestants of the benchmarks compute the same: a race between different answers would say nothing. */
import { describe, expect, test } from 'vitest';
import { handLogsumexp } from '../bench/contestants/hand/small.ts';
import { micrograd, microgradRows } from '../bench/contestants/micrograd.ts';
import { buildGraph, buildRowGraph, interpreter, layOut, loaded, loadedRows, reference } from '../bench/contestants/wengert.ts';
import { deep } from '../bench/problems/deep.ts';
import { determinant } from '../bench/problems/determinant.ts';
import { irregular } from '../bench/problems/irregular.ts';
import { digitsProblem } from '../bench/problems/loops/digits.ts';
import { logsumexpProblem } from '../bench/problems/loops/logsumexp.ts';
import { lstmProblem } from '../bench/problems/loops/lstm.ts';
import { mixtureProblem } from '../bench/problems/loops/mixture.ts';
import { moonsLoopProblem, PLACES } from '../bench/problems/loops/moons.ts';
import { moons, moonsRows } from '../bench/problems/network.ts';
import { nodesOf } from '../bench/problems/problem.ts';
import { rosenbrockProblem } from '../bench/problems/loops/rosenbrock.ts';
import { chain, logsumexp, rosenbrock, seed } from '../bench/problems/small.ts';
import { digitsNodes, logsumexpNodes, mixtureNodes } from '../bench/problems/unrolled.ts';
import { met } from '../bench/report.ts';
import { ENGINES } from './support/engines.ts';

/** The largest difference, relative to the largest entry: what rounding in another order may change. */
function distance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const scale = Math.max(...Array.from(a, Math.abs));
  return Math.max(...Array.from(a, (x, i) => Math.abs(x - b[i]!))) / scale;
}

const problems = [
  seed,
  rosenbrock(10),
  rosenbrock(100),
  logsumexp(50),
  chain(300),
  moons(5),
  moons(5, 'tanh'),
  irregular(2000),
  deep(6, 8),
  determinant(4),
  logsumexpNodes(20),
  digitsNodes({ inputs: 20, hidden: 6, classes: 4 }, 3),
  mixtureNodes({ d: 3, k: 4, m: 2, gamma: 1.5 }, 9),
];

describe.each(problems.map((problem) => [problem.name, problem] as const))('%s', (_, problem) => {
  const gradient = new Float64Array(problem.point.length);
  const value = micrograd(problem)(problem.point, gradient);

  const { hand } = problem;
  if (hand) {
    test('by hand', () => {
      const byHand = new Float64Array(gradient.length);
      expect(hand(problem.point, byHand)).toBeCloseTo(value, 10);
      expect(distance(gradient, byHand)).toBeLessThan(1e-12);
    });
  }

  test.each([interpreter, reference])('$name', (engine) => {
    const machine = loaded(engine, layOut(buildGraph(problem)), problem);
    expect(machine.gradient()).toBeCloseTo(value, 10);
    expect(distance(gradient, machine.adjoint)).toBeLessThan(1e-12);
    machine.dispose();
  });
});

describe.each([moonsRows(7), moonsRows(7, 'tanh')].map((problem) => [problem.name, problem] as const))('%s', (_, problem) => {
  const gradient = new Float64Array(problem.point.length);
  const value = microgradRows(problem)(problem.point, gradient);

  test('by hand', () => {
    const byHand = new Float64Array(gradient.length);
    expect(problem.hand(problem.point, problem.data, problem.rows, byHand)).toBeCloseTo(value, 10);
    expect(distance(gradient, byHand)).toBeLessThan(1e-12);
  });

  test.each([interpreter, reference])('$name', (engine) => {
    const machine = loadedRows(engine, layOut(buildRowGraph(problem)), problem);
    expect(machine.gradientRows(problem.rows, 'sum')).toBeCloseTo(value, 10);
    expect(distance(gradient, machine.adjoint)).toBeLessThan(1e-12);
    machine.dispose();
  });
});

const loops = [
  mixtureProblem({ d: 3, k: 2, m: 2, gamma: 1.5 }, 20),
  mixtureProblem({ d: 3, k: 2, m: 2, gamma: 1.5 }, 20, 'products'),
  mixtureProblem({ d: 4, k: 40 }, 33),
  mixtureProblem({ d: 4, k: 40 }, 33, 'products'),
  lstmProblem({ layers: 3, width: 5 }, 6),
  logsumexpProblem(30),
  rosenbrockProblem(12),
  moonsLoopProblem(5),
  digitsProblem({ inputs: 20, hidden: 6, classes: 4 }, 5),
];

describe.each(loops.map((problem) => [problem.name, problem] as const))('%s', (_, problem) => {
  const { flat } = problem;
  const byHand = new Float64Array(flat.length);
  const value = problem.hand(flat, byHand);

  test.each(ENGINES)('%s', (engine) => {
    const program = problem.program(engine);
    const gradient = new Float64Array(flat.length);
    expect(program.evaluate(flat, gradient)).toBeCloseTo(value, 10);
    expect(distance(byHand, gradient)).toBeLessThan(1e-12);
    program.dispose();
  });

  test('by hand, against differences', () => {
    const unused = new Float64Array(flat.length);
    const differences = flat.map((x, i) => {
      const at = (x: number) => problem.hand(flat.with(i, x), unused);
      return (at(x + 1e-5) - at(x - 1e-5)) / 2e-5;
    });
    expect(distance(byHand, differences)).toBeLessThan(1e-6);
  });
});

test('logsumexp by hand does not overflow', () => {
  const gradient = new Float64Array(2);
  expect(handLogsumexp(new Float64Array([1000, 1000]), gradient)).toBeCloseTo(1000 + Math.LN2, 12);
  expect([...gradient]).toEqual([0.5, 0.5]);
  expect(handLogsumexp(new Float64Array([-1000, -1000]), gradient)).toBeCloseTo(-1000 + Math.LN2, 12);
  expect([...gradient]).toEqual([0.5, 0.5]);
});

test('the moons are the same as a loop', () => {
  const [nodes, loop] = [moons(9), moonsLoopProblem(9)];
  const [gradient, looped] = [new Float64Array(nodes.point.length), new Float64Array(nodes.point.length)];
  const program = loop.program('interpreter');
  expect(program.evaluate(loop.flat, looped)).toBeCloseTo(micrograd(nodes)(nodes.point, gradient), 12);
  expect(
    distance(
      Float64Array.from(PLACES, (at) => gradient[at]!),
      looped,
    ),
  ).toBeLessThan(1e-12);
});

test('problems have the sizes they are measured at', () => {
  expect(nodesOf(moons(100))).toBe(65_075);
  expect(nodesOf(chain(1000))).toBe(1000);
  const network = deep();
  expect(nodesOf(network)).toBe(9_689);
  expect(network.point.length).toBe(99_510);
});

test('a seed gives the same problem again', () => {
  expect(irregular(500).point).toEqual(irregular(500).point);
  expect(moons(3).point).toEqual(moons(9).point);
});

test('a target is met on its bound and missed beyond', () => {
  const target = { what: '', unit: 'ns' };
  expect([0.9, 1, 1.1].map((measured) => met({ ...target, measured, atMost: 1 }))).toEqual([true, true, false]);
  expect([1.9, 2, 2.1].map((measured) => met({ ...target, measured, atLeast: 2 }))).toEqual([false, true, true]);
});
