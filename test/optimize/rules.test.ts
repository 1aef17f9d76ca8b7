/** Each rule against the formulas of its paper, written out in plain JavaScript, over several steps. */
import { describe, expect, it } from 'vitest';
import { compile, type EngineName, scalar, vector } from '../../src/index.ts';
import { adamSync, gradientDescentSync } from '../../src/optimize/index.ts';

const n = 7; // odd: pairs and a tail
const start = Float64Array.from({ length: n }, (_, i) => Math.sin(3 * i) + i / 4);

/** f = Σ cᵢ·(xᵢ − i)², in powers of two, so that its gradient is the same bits however it is added up. */
const scale = (i: number): number => 2 ** ((i % 4) - 2);
const slope = (x: number, i: number): number => scale(i) * (2 * (x - i));
const bowl = (engine: EngineName) =>
  compile({ x: vector(n) }, ({ x }) => x.map((xi, i) => xi.sub(i).square().mul(scale(i))).sum(), { engine });

describe.each<EngineName>(['interpreter', 'reference'])('update rules in the %s', (engine) => {
  it.each([0, 0.5, 0.9])('gradient descent with momentum %f', (momentum) => {
    const [x, v] = [start.slice(), new Float64Array(n)];
    for (let t = 0; t < 5; t++) {
      for (let i = 0; i < n; i++) {
        v[i] = momentum * v[i]! + slope(x[i]!, i);
        x[i] = x[i]! - 0.1 * v[i]!;
      }
    }
    const options = { start, rate: 0.1, steps: 5, ...(momentum > 0 && { momentum }) };
    expect(gradientDescentSync(bowl(engine), options).flat).toEqual(x);
  });

  it('Adam, to the bit in the form of section 2, to rounding in the form of algorithm 1', () => {
    const [beta1, beta2, epsilon, rate] = [0.8, 0.99, 1e-3, 0.05]; // a large epsilon, so that a wrong place for it shows
    const [x, m, v] = [start.slice(), new Float64Array(n), new Float64Array(n)];
    const [X, M, V] = [start.slice(), new Float64Array(n), new Float64Array(n)];
    for (let t = 1; t <= 5; t++) {
      const root = Math.sqrt(1 - beta2 ** t);
      const [alpha, floor] = [(rate * root) / (1 - beta1 ** t), epsilon * root];
      for (let i = 0; i < n; i++) {
        const g = slope(x[i]!, i);
        m[i] = beta1 * m[i]! + (1 - beta1) * g;
        v[i] = beta2 * v[i]! + (1 - beta2) * (g * g);
        x[i] = x[i]! - (alpha * m[i]!) / (Math.sqrt(v[i]!) + floor);

        const G = slope(X[i]!, i);
        M[i] = beta1 * M[i]! + (1 - beta1) * G;
        V[i] = beta2 * V[i]! + (1 - beta2) * G ** 2;
        const [unbiasedM, unbiasedV] = [M[i]! / (1 - beta1 ** t), V[i]! / (1 - beta2 ** t)];
        X[i] = X[i]! - (rate * unbiasedM) / (Math.sqrt(unbiasedV) + epsilon);
      }
    }
    const { flat } = adamSync(bowl(engine), { start, rate, beta1, beta2, epsilon, steps: 5 });
    expect(flat).toEqual(x);
    for (let i = 0; i < n; i++) expect(flat[i]).toBeCloseTo(X[i]!, 13);
  });

  it("Adam's first step is the rate, whatever the scale of the gradient", () => {
    for (const c of [1e-6, 1, 1e6]) {
      const line = compile({ x: scalar }, ({ x }) => x.mul(c), { engine });
      const { point } = adamSync(line, { start: { x: 5 }, rate: 0.25, steps: 1, epsilon: 1e-15 });
      expect(point.x).toBeCloseTo(4.75, 8);
    }
  });

  it('starts afresh each time: a second run repeats the first', () => {
    const program = bowl(engine);
    const first = adamSync(program, { start, rate: 0.1, steps: 20 });
    expect(adamSync(program, { start, rate: 0.1, steps: 20 })).toEqual(first);
    expect([...start]).toEqual([...Float64Array.from({ length: n }, (_, i) => Math.sin(3 * i) + i / 4)]);
  });
});

it('both engines take the same way', () => {
  const run = (engine: EngineName) => adamSync(bowl(engine), { start, rate: 0.1, steps: 200, history: true });
  const [core, reference] = [run('interpreter'), run('reference')];
  expect(core.flat).toEqual(reference.flat);
  expect(core.history).toEqual(reference.history);
});
