/** Second derivatives of programs whose loops are too long to be written out. */
import { describe, expect, test } from 'vitest';
import { argMax, compile, data, logsumexp, matMul, matrix, mean, scan, softplus, sum, tanh, vector } from '../../src/index.ts';
import { newtonCG } from '../../src/optimize/index.ts';
import { Random } from '../../src/optimize/random.ts';
import type { EngineChoice } from '../../src/index.ts';

const random = new Random(11);
const numbers = (n: number): Float64Array => Float64Array.from({ length: n }, () => random.uniform() - 0.5);
const ENGINES: readonly EngineChoice[] = ['interpreter', 'compiled', 'reference'];

/** Logistic regression: n rows of d numbers. */
const logistic = (d: number, engine: EngineChoice) =>
  compile({ w: vector(d), X: data(matrix('n', d)), y: data(vector('n')) }, ({ w, X, y }) =>
    mean(X.rows, (i) => softplus(sum(d, (j) => X.at(i, j).mul(w.at(j))).mul(y.at(i)).neg())).add(w.square().sum().mul(0.01)),
  { engine }); // biome-ignore format: a formula

function byHand(w: Float64Array, X: Float64Array, y: Float64Array, v: Float64Array): { product: number[]; diagonal: number[] } {
  const [d, n] = [w.length, y.length];
  const product = Array.from(v, (vj) => 0.02 * vj);
  const diagonal = new Array<number>(d).fill(0.02);
  for (let i = 0; i < n; i++) {
    const row = X.subarray(i * d, (i + 1) * d);
    const dot = (u: Float64Array): number => row.reduce((s, x, j) => s + x * u[j]!, 0);
    const p = 1 / (1 + Math.exp(y[i]! * dot(w)));
    const curvature = (p * (1 - p)) / n;
    for (let j = 0; j < d; j++) {
      product[j]! += curvature * dot(v) * row[j]!;
      diagonal[j]! += curvature * row[j]! ** 2;
    }
  }
  return { product, diagonal };
}

describe.each(ENGINES)('%s', (engine) => {
  const [d, n] = [20, engine === 'reference' ? 11_000 : 12_000]; // 240,000 products, more than are written out
  const [X, w, v] = [numbers(d * n), numbers(d), numbers(d)];
  const y = Float64Array.from({ length: n }, (_, i) => (i % 3 ? 1 : -1));
  const expected = byHand(w, X, y, v);
  const close = (found: ArrayLike<number>, to: readonly number[]): void => {
    to.forEach((x, i) => {
      expect(found[i]).toBeCloseTo(x, 12);
    });
  };

  test('a product with the Hessian, at data that change', () => {
    const f = logistic(d, engine).bind({ X, y });
    const { value, gradient, product } = f.hvp({ w }, { w: v });
    close(product.w, expected.product);
    const first = f.gradient({ w });
    expect(value).toBeCloseTo(first.value, 12);
    close(gradient.w, [...first.gradient.w]);
    const opposite = y.map((label) => -label);
    f.bind({ y: opposite });
    close(f.hvp({ w }, { w: v }).product.w, byHand(w, X, opposite, v).product);
    f.bind({ X: X.subarray(0, d * 11_000), y: y.subarray(0, 11_000) });
    close(f.hvp({ w }, { w: v }).product.w, byHand(w, X.subarray(0, d * 11_000), y.subarray(0, 11_000), v).product);
    f.dispose();
  });

  test('Hessian and diagonal', () => {
    const f = logistic(d, engine).bind({ X, y });
    const { hessian, size } = f.hessian({ w });
    const times = Array.from({ length: size }, (_, i) => v.reduce((s, vj, j) => s + hessian[i * size + j]! * vj, 0));
    close(times, expected.product);
    close(f.hessianDiagonal({ w }).diagonal.w, expected.diagonal);
    expect(() => f.hessian({ w }, { maxSteps: 1e6 })).toThrowError(expect.objectContaining({ code: 'StepLimit' }));
  });
});

test('Newton–CG needs a few steps, however many rows there are', async () => {
  const [d, n] = [20, 12_000];
  const [X, truth] = [numbers(d * n), numbers(d)];
  const y = Float64Array.from({ length: n }, (_, i) => (truth.reduce((s, t, j) => s + t * X[i * d + j]!, 0) > 0 ? 1 : -1));
  const f = logistic(d, 'auto').bind({ X, y });
  f.bind({ X, y });
  const { point, steps } = await newtonCG(f, { start: { w: new Float64Array(d) } });
  expect(steps).toBeLessThan(15);
  expect(Math.max(...f.gradient(point).gradient.w.map(Math.abs))).toBeLessThan(1e-6);
});

describe('every kind of loop, against differences of gradients', () => {
  const check = (f: { gradient(p: object): { gradient: object }; hvp(p: object, d: object): { product: object } }, x: Float64Array): void => {
    const direction = numbers(x.length);
    const h = 1e-5;
    const at = (s: number): Float64Array => x.map((xi, i) => xi + s * direction[i]!);
    const [up, down] = [h, -h].map((s) => (f.gradient({ x: at(s) }).gradient as { x: Float64Array }).x.slice());
    const { x: product } = f.hvp({ x }, { x: direction }).product as { x: Float64Array };
    const largest = Math.max(...product.map(Math.abs), 1e-3);
    product.forEach((found, i) => {
      expect(Math.abs(found - (up![i]! - down![i]!) / (2 * h)) / largest).toBeLessThan(1e-6);
    });
  }; // biome-ignore format: a signature

  test('a recurrence', () => {
    const f = compile({ x: vector(12) }, ({ x }) => scan(20_000, x.at(0), (z, i) => tanh(z.mul(x.at(1)).add(x.at(2)).add(i.mul(1e-4)))).carry.mul(x.at(3)).square()); // biome-ignore format: a formula
    check(f, numbers(12));
  });

  test('products of matrices, and sums of exponentials', () => {
    const f = compile({ x: matrix(8, 8), Y: data(matrix(8, 2000)) }, ({ x: A, Y }) => {
      const scores = matMul(matMul(A, A), Y);
      return mean(2000, (i) => logsumexp(scores.col(i)));
    });
    f.bind({ Y: numbers(16_000) });
    check(f, numbers(64));
  });
});

test('indices that depend on inputs', () => {
  const f = compile({ x: vector('n') }, ({ x }) =>
    sum(x.length, (i) =>
      x
        .at(i)
        .square()
        .mul(x.at(argMax(x))),
    ),
  );
  const x = Float64Array.of(1, 2, 3);
  // (x₀² + x₁² + x₂²)·x₂
  expect(f.hvp({ x }, { x: Float64Array.of(1, 0, 0) }).product.x).toEqual(Float64Array.of(6, 0, 2));
  expect(f.hessian({ x }).hessian).toEqual(Float64Array.of(6, 0, 2, 0, 6, 4, 2, 4, 18));
});

test('a second derivative that is not finite is told where that is asked for', () => {
  const f = compile({ x: vector('n') }, ({ x }) => sum(x.length, (i) => x.at(i).abs().pow(1.5)), { check: 'nan' });
  const x = new Float64Array(12_000).fill(1);
  x[7] = 0;
  expect(() => f.hvp({ x }, { x: x.map(() => 1) })).toThrowError(expect.objectContaining({ code: 'NonFinite' }));
});

describe.each(ENGINES)('sparse Hessians of long loops, %s', (engine) => {
  const n = engine === 'reference' ? 30_000 : 100_000;
  const rosenbrock = (engine: EngineChoice) =>
    compile(
      { x: vector('n') },
      ({ x }) => sum(x.length.sub(1), (i) => x.at(i.add(1)).sub(x.at(i).square()).square().mul(100).add(x.at(i).sub(1).square())),
      { engine },
    );
  const x = Float64Array.from({ length: n }, (_, i) => Math.sin(i));
  const diagonalAt = (i: number): number => (i < n - 1 ? 1200 * x[i]! ** 2 - 400 * x[i + 1]! + 2 : 0) + (i > 0 ? 200 : 0);

  test('a band of three', () => {
    const f = rosenbrock(engine);
    const { starts, columns, values, rows } = f.sparseHessian({ x });
    expect([rows, columns.length]).toEqual([n, 3 * n - 2]);
    for (const i of [0, 1, 2, 17, n - 2, n - 1]) {
      const row = Array.from(columns.subarray(starts[i]!, starts[i + 1]!), (j, e) => [j, values[starts[i]! + e]!] as const);
      for (const [j, value] of row) expect(value).toBeCloseTo(j === i ? diagonalAt(i) : -400 * x[Math.min(i, j)]!, 9);
      expect(row.map(([j]) => j)).toEqual([i - 1, i, i + 1].filter((j) => j >= 0 && j < n));
    }
    expect(Array.from(f.hessianSparsity().columns)).toEqual(Array.from(columns));
    const entries = new Float64Array(values.length);
    f.evaluateSparseHessian(x, entries);
    expect(entries).toEqual(values);
    const { diagonal } = f.hessianDiagonal({ x });
    for (let i = 0; i < n; i += 997) expect(diagonal.x[i]! / diagonalAt(i)).toBeCloseTo(1, 12);
    expect(() => f.sparseHessian({ x }, { maxSteps: 1e6 })).toThrowError(expect.objectContaining({ code: 'StepLimit' }));
    f.dispose();
  });
});

test('the pattern of a long loop is that of the same one written out', () => {
  const build = () =>
    compile(
      { x: vector('n'), k: data(vector('m')), a: vector(2) },
      ({ x, k, a }) =>
      sum(k.length, (i) => x.at(k.at(i)).mul(a.at(0)).sin().add(x.at(k.at(i).add(1)).mul(a.at(1)))).add(scan(3, a.at(0), (c, i) => c.mul(x.at(i)).tanh()).carry), // biome-ignore format: a formula
    );
  const k = Float64Array.from({ length: 40_000 }, (_, i) => (i * 7) % 50);
  const short = build().bind({ k: k.subarray(0, 200) });
  const long = build().bind({ k });
  const point = { x: numbers(60), a: numbers(2) };
  const [s, l] = [short.sparseHessian(point), long.sparseHessian(point)];
  // the same inputs meet, however often: elements of x with a, one another in the scan
  expect([...l.columns]).toEqual([...s.columns]);
  expect([...l.starts]).toEqual([...s.starts]);
  expect(l.columns.length).toBeLessThan(400);
});
