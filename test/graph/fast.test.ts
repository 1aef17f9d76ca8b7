/** fastMath: other operations, the same function. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compile, type Expr, exp, gradient, jvp, log, type ProgramOptions, pow, scalar, sqrt, vector } from '../../src/index.ts';
import { expressions, random, randomFunction } from '../support/random-graph.ts';

const ENGINES = ['interpreter', 'compiled', 'reference'] as const;
const FAST = { fastMath: true } as const;

/** What a function of two numbers becomes. */
const printed = (f: (x: Expr, y: Expr) => Expr, options: ProgramOptions = FAST): string =>
  compile({ x: scalar, y: scalar }, ({ x, y }) => f(x, y), options)
    .print()
    .split('\n')
    .filter((line) => !/^(x|y|c\d*|output .*) =? ?(input|\d)/.test(line))
    .join('; ');

describe('identities', () => {
  const CASES: readonly [string, (x: Expr, y: Expr) => Expr, (x: Expr, y: Expr) => Expr][] = [
    ['(x + c) + d', (x) => x.add(1).add(2), (x) => x.add(3)],
    ['(x + c) − d', (x) => x.add(5).sub(2), (x) => x.add(3)],
    ['x + 0', (x, y) => x.add(0).mul(y), (x, y) => x.mul(y)],
    ['(x·c)·d', (x) => x.mul(2).mul(4), (x) => x.mul(8)],
    ['c·(−x)', (x) => x.neg().mul(3), (x) => x.mul(-3)],
    ['x/c', (x) => x.div(4), (x) => x.mul(0.25)],
    ['a·x + b·x', (x) => x.mul(2).add(x.mul(3)), (x) => x.mul(5)],
    ['x + x + x', (x) => x.add(x).add(x), (x) => x.mul(3)],
    ['x − x + y', (x, y) => x.sub(x).add(y.exp()), (_, y) => y.exp()],
    ['−(x − y)', (x, y) => x.sub(y).neg(), (x, y) => y.sub(x)],
    ['x·x', (x) => x.mul(x).exp(), (x) => x.square().exp()],
    ['log eˣ', (x) => log(exp(x)).sin(), (x) => x.sin()],
    ['√x²', (x) => sqrt(x.square()), (x) => x.abs()],
    ['x^½', (x) => pow(x, 0.5), (x) => x.sqrt()],
    ['x³', (x) => pow(x, 3), (x) => x.mul(x.square())],
    ['x⁻²', (x) => pow(x, -2), (x) => x.square().reciprocal()],
    ['eˣ·eʸ', (x, y) => x.exp().mul(y.exp()), (x, y) => x.add(y).exp()],
    ['x/z and y/z', (x, y) => x.div(y.add(1)).mul(x.exp().div(y.add(1))), (x, y) => { const z = y.add(1).reciprocal(); return x.mul(z).mul(x.exp().mul(z)); }],
  ]; // biome-ignore format: a table

  test.each(CASES)('%s', (_, f, simpler) => {
    expect(printed(f)).toBe(printed(simpler, {}));
    expect(printed(f, {})).not.toBe(printed(simpler, {}));
  });

  test('a chain of additions is one sum', () => {
    const n = 100_000;
    const f = (options: ProgramOptions) =>
      compile({ x: vector(n) }, ({ x }) => [...x].reduce((sum, xi) => sum.add(xi.square())), options);
    const x = Float64Array.from({ length: n }, (_, i) => Math.sin(i));
    const [fast, exact] = [f(FAST), f({})];
    expect(fast.print()).toMatch(/sum/);
    expect(exact.print()).not.toMatch(/sum/);
    expect(fast.value({ x })).toBeCloseTo(exact.value({ x }), 8);
    expect(fast.gradient({ x }).gradient.x).toEqual(exact.gradient({ x }).gradient.x);
  });

  test('what has a name stays', () => {
    const f = compile({ x: scalar }, ({ x }) => x.add(1).named('next').add(2), FAST);
    expect(f.print()).toMatch(/next/);
  });
});

describe.each(ENGINES)('%s', (engine) => {
  test('random functions, their derivatives and derivatives of those', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 31 }), fc.integer({ min: 1, max: 60 }), (seed, length) => {
        const f = randomFunction(seed, length);
        const build = (options: ProgramOptions) =>
          compile({ x: vector(f.p) }, ({ x }) => expressions(f, [...x]), { engine, ...options });
        const [fast, exact] = [build(FAST), build({})];
        const next = random(seed);
        const x = Float64Array.from(f.point, (xi) => xi + 1e-3 * next());
        const v = x.map(() => next() - 0.5);
        const all = (g: typeof fast): number[] => {
          const { value, gradient, product } = g.hvp({ x }, { x: v });
          return [value, ...gradient.x, ...product.x];
        };
        const expected = all(exact);
        const found = all(fast);
        const scale = Math.max(1, ...expected.map(Math.abs));
        if (!Number.isFinite(scale) || scale > 1e6) return;
        expected.forEach((y, i) => {
          expect(Math.abs(found[i]! - y) / scale).toBeLessThan(1e-8);
        });
        fast.dispose();
        exact.dispose();
      }),
      { numRuns: 60, seed: 3 },
    );
  });

  test('derivatives inside', () => {
    const f = (options: ProgramOptions) =>
      compile(
        { x: vector(3) },
        ({ x }) => {
          const g = (v: readonly Expr[]): Expr =>
            v.reduce(
              (sum, vi, i) =>
                sum.add(
                  vi
                    .mul(vi)
                    .mul(i + 1)
                    .div(3),
                ),
              v[0]!.pow(3),
            );
          const slopes = gradient(g)([...x]);
          return jvp<readonly Expr[], Expr>(g)(slopes, [...x]).tangent;
        },
        { engine, ...options },
      );
    const x = [0.5, -1, 2];
    const [fast, exact] = [f(FAST).gradient({ x }), f({}).gradient({ x })];
    expect(fast.value).toBeCloseTo(exact.value, 12);
    exact.gradient.x.forEach((d, i) => {
      expect(fast.gradient.x[i]).toBeCloseTo(d, 11);
    });
  });
});

test('is off unless asked for, and is a boolean', () => {
  const f = (options?: ProgramOptions) => compile({ x: scalar }, ({ x }) => x.add(1).add(2), options).print();
  expect(f()).toBe(f({ fastMath: false }));
  expect(f()).not.toBe(f(FAST));
  expect(() => f({ fastMath: 1 as unknown as boolean })).toThrow('fastMath: expected true or false, got 1 [BadOption]');
});
