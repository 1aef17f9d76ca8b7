/** Generated code against the interpreter: the same bits for every program, at every point, awkward ones included. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { compiled, tiered } from '../../src/engine/compiled/index.ts';
import { callsBefore } from '../../src/engine/compiled/tier.ts';
import type { Engine, RowMachine } from '../../src/engine/engine.ts';
import { interpreter } from '../../src/engine/interpreter/index.ts';
import { dot, logsumexp, max, mean, min, norm, prod, sum } from '../../src/graph/vocabulary.ts';
import { expressions, random, randomFunction } from '../support/random-graph.ts';
import { sameBits } from '../support/ulp.ts';
import { type Fn, machine } from './machine.ts';

const seeds = fc.integer({ min: 0, max: 2 ** 31 });
const AWKWARD = [
  0,
  -0,
  1,
  -1,
  0.5,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  1e-310,
  1e200,
  -1e200,
  3,
  -2.5,
];

function both(p: number, f: Fn, q = 0): readonly RowMachine[] {
  return [compiled, interpreter].map((engine: Engine) => machine(engine, p, f, q));
}

/** Everything that a program says of its point. */
function said(m: RowMachine, seeds: Float64Array): number[] {
  const value = m.forward();
  const gradient = [m.gradient(), ...m.adjoint];
  const outputs = Array.from(m.tape.outputs, (_, i) => m.output(i));
  m.reverse(seeds);
  return [value, ...gradient, ...outputs, ...m.adjoint, ...m.values()];
}

function agree(machines: readonly RowMachine[], points: readonly (readonly number[])[]): void {
  const seeds = Float64Array.from(machines[0]!.tape.outputs, (_, i) => i - 0.5);
  for (const point of points) {
    const [x, y] = machines.map((m) => {
      m.point.set(point);
      return said(m, seeds);
    });
    expect(sameBits(x!, y!), `at ${point}`).toBe(true);
  }
  for (const m of machines) m.dispose();
}

it('programs of all ops, with copies of themselves in them', () => {
  fc.assert(
    fc.property(seeds, fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 20 }), (seed, length, copies) => {
      const f = randomFunction(seed, length);
      const next = random(seed);
      const one: Fn = (x, d) => {
        const parts = Array.from({ length: copies }, (_, k) =>
          expressions(
            f,
            x.slice(k * f.p, (k + 1) * f.p).map((e, i) => e.mul(d[i]!)),
          ),
        );
        return [parts.reduce((s, e) => s.add(e)), parts[0]!.mul(2), x[0]!];
      };
      const machines = both(f.p * copies, one, f.p);
      for (const m of machines) {
        m.data.fill(1);
        m.bound();
      }
      const near = Array.from({ length: f.p * copies }, (_, i) => f.point[i % f.p]! + next() * 1e-3);
      const awkward = near.map((x) => (next() < 0.5 ? x : AWKWARD[Math.floor(next() * AWKWARD.length)]!));
      agree(machines, [near, awkward]);
    }),
    { numRuns: 300 },
  );
});

it('lists of every length, finite and not', () => {
  fc.assert(
    fc.property(seeds, fc.integer({ min: 1, max: 40 }), (seed, k) => {
      const next = random(seed);
      const f: Fn = (x) => {
        const half = x.map((e) => e.mul(0.5));
        const lists = [sum(x), mean(half), prod(x), min(x), max(half), norm(x), logsumexp(x), dot(x, half)];
        return [sum(lists), ...lists];
      };
      const point = (): number[] => Array.from({ length: k }, () => next() * 4 - 2);
      const awkward = (): number[] => point().map((x) => (next() < 0.8 ? x : AWKWARD[Math.floor(next() * AWKWARD.length)]!));
      agree(both(k, f), [point(), awkward(), awkward(), point().map((x) => x * 1e200), point().map((x) => x * 1e-200)]);
    }),
    { numRuns: 150 },
  );
});

it('the bits stay when the tier changes, and so does what an optimiser does', () => {
  const f: Fn = (x) => sum(x.map((e, i) => e.sub(i).square().add(e.exp())));
  const [slow, fast] = [interpreter, tiered].map((engine) => machine(engine, 5, f));
  const calls = callsBefore(slow!.tape);
  expect(calls).toBeGreaterThan(10);
  for (const m of [slow!, fast!]) m.point.fill(0.3);
  const wanted = [slow!.gradient(), ...slow!.adjoint];
  for (let i = 0; i < calls + 5; i++) expect(sameBits([fast!.gradient(), ...fast!.adjoint], wanted)).toBe(true);

  for (const rule of [
    { kind: 'momentum', rate: 0.01, momentum: 0.9 },
    { kind: 'adam', rate: 0.01, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
  ] as const) {
    const trace = [slow!, fast!].map((m) => {
      m.point.fill(0.3);
      const stepper = m.stepper(rule);
      const values = Array.from({ length: 20 }, () => stepper.step(0.01, 0, 'sum'));
      stepper.dispose();
      return [...values, ...m.point];
    });
    expect(sameBits(trace[0]!, trace[1]!)).toBe(true);
  }
  slow!.dispose();
  fast!.dispose();
});

it('counts steps as the interpreter does', () => {
  const machines = both(3, (x) => x[0]!.mul(x[1]!).add(x[2]!.sin()));
  const steps = machines.map((m) => {
    m.countSteps(true);
    m.gradient();
    const counted = m.steps();
    m.countSteps(false);
    m.dispose();
    return counted;
  });
  expect(steps[0]).toBeGreaterThan(0);
  expect(steps[0]).toBe(steps[1]);
});
