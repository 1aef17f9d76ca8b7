/** Known minima are found, on both engines. */
import { describe, expect, it } from 'vitest';
import { compile, data, type EngineName, scalar, type Vector, vector } from '../../src/index.ts';
import { adam, adamSync, gradientDescent, gradientDescentSync, Random } from '../../src/optimize/index.ts';

describe.each<EngineName>(['interpreter', 'reference'])('with the %s', (engine) => {
  it('gradient descent solves a quadratic, and its rate of convergence is the one of the theory', async () => {
    const bowl = compile({ x: scalar, y: scalar }, ({ x, y }) => x.sub(3).square().add(y.add(1).square().mul(10)), { engine });
    const far = { x: 0, y: 0 };
    const plain = await gradientDescent(bowl, { start: far, rate: 0.045, steps: 50 });
    expect(plain.stopped).toBe('done');
    expect(plain.point.x).toBeCloseTo(3 - 3 * 0.91 ** 50, 14); // the error shrinks by 1 − 0.045·2 a step
    expect(plain.point.y).toBeCloseTo(-1 + 0.1 ** 50, 14); // and by 1 − 0.045·20

    const heavy = gradientDescentSync(bowl, { start: far, rate: 0.045, momentum: 0.5, tolerance: 1e-10 });
    expect(heavy.stopped).toBe('converged');
    expect(heavy.steps).toBeLessThan(120);
    expect(heavy.value).toBeLessThan(1e-20);
  });

  it('Adam crosses the valley of Rosenbrock', () => {
    const valley = ({ x }: { x: Vector }) => x.at(1).sub(x.at(0).square()).square().mul(100).add(x.at(0).sub(1).square());
    const rosenbrock = compile({ x: vector(2) }, valley, { engine });
    const { point, value, stopped } = adamSync(rosenbrock, { start: [-1.2, 1], rate: 0.02, steps: 20_000, tolerance: 1e-9 });
    expect(stopped).toBe('converged');
    expect(value).toBeLessThan(1e-16);
    expect([...point.x]).toEqual([expect.closeTo(1, 8), expect.closeTo(1, 8)]);
  });

  it('logistic regression separates two clouds, in minibatches', async () => {
    const random = new Random(6);
    const label = Array.from({ length: 400 }, (_, i) => i % 2);
    const x = label.map((y) => [random.normal() + (y ? 1 : -1), random.normal() + (y ? 2 : -2)]);
    const loss = compile(
      { w: vector(2), b: scalar, x: data(vector(2)), y: data(scalar) },
      ({ w, b, x, y }) => {
        const z = w.dot(x).add(b);
        return z.softplus().sub(z.mul(y)); // the cross-entropy of a sigmoid
      },
      { engine },
    );
    const { point, value, steps, stopped } = await adam(loss.over(32), {
      start: { w: [0, 0], b: 0 },
      rate: (step) => 0.1 / (1 + step / 200),
      data: { x, y: label },
      epochs: 60,
    });
    expect([steps, stopped]).toEqual([60 * 13, 'done']);
    const everything = loss.over().bind({ x, y: label });
    const { value: whole, gradient } = everything.gradient(point);
    for (const slope of [...gradient.w, gradient.b]) expect(Math.abs(slope)).toBeLessThan(3e-3);
    expect(value).toBeCloseTo(whole, 2);
    // no worse than the best rule for two normal clouds, but for two of 400
    const right = (w: ArrayLike<number>, b: number) =>
      label.filter((y, i) => w[0]! * x[i]![0]! + w[1]! * x[i]![1]! + b > 0 === (y === 1)).length;
    expect(right(point.w, point.b)).toBeGreaterThanOrEqual(right([1, 2], 0) - 2);
  });
});

it('the same training gives the same numbers on both engines, where both have the same math', async () => {
  const train = (engine: EngineName) => {
    const loss = compile(
      { w: vector(3), x: data(vector(3)), y: data(scalar) },
      ({ w, x, y }) => w.dot(x).sub(y).relu().square(),
      { engine },
    );
    const random = new Random(9);
    const x = Array.from({ length: 50 }, () => [random.normal(), random.normal(), 1]);
    const y = x.map(([a, b]) => 2 * a! - b!);
    return adam(loss.over(8), { start: [0, 0, 0], data: { x, y }, epochs: 5, rate: 0.05, seed: 3, history: true });
  };
  const [core, reference] = [await train('interpreter'), await train('reference')];
  expect(core.flat).toEqual(reference.flat);
  expect(core.history).toEqual(reference.history);
});
