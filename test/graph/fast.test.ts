/** fastMath: other operations, the same function. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  compile,
  data,
  derivative,
  type Expr,
  exp,
  gradient,
  jvp,
  log,
  Program,
  type ProgramOptions,
  pow,
  scalar,
  sqrt,
  vector,
} from '../../src/index.ts';
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

describe('identities', () => {
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

/** Numbers that must not become infinite, or 0, by constants that are put together. */
const AWKWARD: readonly [string, (x: Expr) => Expr, number][] = [
  ['x/c, 1/c = ∞', (x) => x.div(1e-310), 1e-300],
  ['0/c, 1/c = ∞', (x) => x.div(1e-310), 0],
  ['x/c, 1/c subnormal', (x) => x.div(1.5e308), 1.7e308],
  ['(x·c)·d, c·d = ∞', (x) => x.mul(1e200).mul(1e200), 1e-300],
  ['(x·c)·d, c·d = 0', (x) => x.mul(1e-200).mul(1e-200), 1e300],
  ['(x·c)/d, c/d = 0', (x) => x.mul(1e-200).div(1e200), 1e300],
  ['c·x + c·x, c + c = ∞', (x) => x.mul(1e308).add(x.mul(0.9e308)), 0.1],
  ['(x + c) + d, c + d = ∞', (x) => x.add(1e308).add(1e308), -1.5e308],
  ['−((x + c) + d)', (x) => x.add(1e308).add(1e308).neg(), -1.5e308],
  ['x·0 + x', (x) => x.mul(0).add(x), 3],
]; // biome-ignore format: a table

describe.each(ENGINES)('%s', (engine) => {
  const near = (found: number, expected: number): void => {
    expect(Math.abs(found - expected)).toBeLessThanOrEqual(1e-12 * Math.abs(expected));
  };

  test.each(CASES)('%s', (_, f) => {
    const build = (options: ProgramOptions) => compile({ x: scalar, y: scalar }, ({ x, y }) => f(x, y), { engine, ...options });
    const [fast, exact] = [build(FAST), build({})];
    const next = random(7);
    for (let i = 0; i < 100; i++) {
      const point = { x: 4 * next() + 0.1, y: 3 * next() - 0.5 };
      const [found, expected] = [fast.gradient(point), exact.gradient(point)];
      near(found.value, expected.value);
      near(found.gradient.x, expected.gradient.x);
      near(found.gradient.y, expected.gradient.y);
      near(fast.jvp(point, { x: 1, y: 0 }).tangent, exact.jvp(point, { x: 1, y: 0 }).tangent);
    }
  });

  test.each(AWKWARD)('%s', (_, f, x) => {
    const [fast, exact] = [FAST, {}].map((options) => compile({ x: scalar }, ({ x }) => f(x), { engine, ...options }));
    near(fast!.value({ x }), exact!.value({ x }));
    expect(Number.isFinite(exact!.value({ x }))).toBe(true);
    expect(fast!.gradient({ x }).gradient.x).toBe(exact!.gradient({ x }).gradient.x);
  });

  test('without it, or with false, every bit is the same', () => {
    const f = (options: ProgramOptions) =>
      compile({ x: vector(300) }, ({ x }) => [...x].reduce((sum, xi) => sum.add(xi.mul(0.1).mul(0.7).add(0.3).add(xi.div(3)))), {
        engine,
        ...options,
      });
    const x = Float64Array.from({ length: 300 }, (_, i) => Math.sin(i));
    expect(f({ fastMath: false }).gradient({ x })).toEqual(f({}).gradient({ x }));
    expect(f(FAST).value({ x })).not.toBe(f({}).value({ x }));
  });

  test('chains of 100,000', () => {
    const n = 100_000;
    const x = Float64Array.from({ length: 100 }, (_, i) => 1 + Math.sin(i) / 8);
    const chains: readonly ((x: readonly Expr[]) => Expr)[] = [
      (x) => chain((v, i) => v.add(x[i % 100]!.mul(x[(i + 1) % 100]!)), x[0]!),
      (x) => chain((v, i) => x[i % 100]!.sub(v), x[0]!),
      (x) => chain((v, i) => (i % 2 ? v.mul(x[i % 100]!) : v.div(x[(i + 1) % 100]!)), x[0]!),
      (x) => chain((v, i) => (i % 2 ? v.neg() : v.add(x[i % 100]!)), x[0]!),
    ];
    function chain(next: (v: Expr, i: number) => Expr, v: Expr): Expr {
      for (let i = 0; i < n; i++) v = next(v, i);
      return v;
    }
    for (const f of chains) {
      const build = (options: ProgramOptions) => compile({ x: vector(100) }, ({ x }) => f([...x]), { engine, ...options });
      const [fast, exact] = [build(FAST), build({})];
      const [found, expected] = [fast.gradient({ x }), exact.gradient({ x })];
      const scale = Math.max(...expected.gradient.x.map(Math.abs));
      expect(Math.abs(found.value - expected.value)).toBeLessThan(1e-9 * Math.max(1, Math.abs(expected.value)));
      expected.gradient.x.forEach((d, i) => {
        expect(Math.abs(found.gradient.x[i]! - d)).toBeLessThan(1e-9 * scale);
      });
      fast.dispose();
      exact.dispose();
    }
  });

  test('rows, bytes, second derivatives', () => {
    const build = (options: ProgramOptions) =>
      compile({ w: vector(3), x: data(vector(3)) }, ({ w, x }) => w.dot(x).mul(2).mul(3).tanh().sub(w.at(0).div(3)).square(), {
        engine,
        ...options,
      });
    const x = Array.from({ length: 9 }, (_, i) => [Math.sin(i), Math.cos(i), i / 9]);
    const all = (options: ProgramOptions): number[] => {
      const f = build(options);
      const w = [0.1, -0.2, 0.3];
      const rows = f.over({ reduce: 'sum' }).bind({ x }).gradient({ w });
      const bytes = Program.fromBytes<{ w: ReturnType<typeof vector> }>(f.toBytes(), { engine, ...options });
      const hessian = f.bind({ x: x[4]! }).hessian({ w }).hessian;
      return [rows.value, ...(rows.gradient.w as Float64Array), f.value({ w }), bytes.bind({ x: x[4]! } as never).value({ w } as never) as number, ...hessian]; // biome-ignore format: one line
    };
    const [found, expected] = [all(FAST), all({})];
    expected.forEach((y, i) => {
      expect(found[i]).toBeCloseTo(y, 11);
    });
  });

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
  expect(derivative((x) => x.pow(3).div(3), FAST)(2)).toBeCloseTo(4, 12);
  expect(() => f({ fastMath: 1 as unknown as boolean })).toThrow('fastMath: expected true or false, got 1 [BadOption]');
});
