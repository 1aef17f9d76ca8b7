/** Minimisers that search: the published test functions, with evaluations counted; limits; how runs end. */
import { describe, expect, it } from 'vitest';
import { compile, data, scalar, sum, vector } from '../../src/index.ts';
import {
  lbfgs,
  lbfgsSync,
  levenbergMarquardt,
  levenbergMarquardtSync,
  type Minimized,
  type MinimizeProgress,
  newtonCG,
  newtonCGSync,
} from '../../src/optimize/index.ts';
import { elements, signatureOf, TEST_FUNCTIONS, type TestFunction } from '../support/test-functions.ts';

const squares = (f: TestFunction) => compile(signatureOf(f), ({ x }) => sum(f.residuals(elements(x)).map((r) => r.square())));
const residuals = (f: TestFunction) => compile(signatureOf(f), ({ x }) => [...f.residuals(elements(x))]);
const code = (of: string) => expect.objectContaining({ code: of });

/** One of the minima, as well as doubles can know it. */
function expectMinimum(f: TestFunction, value: number, { flat, stopped }: Minimized<{ x: ReturnType<typeof vector> }>): void {
  expect(['converged', 'stalled']).toContain(stopped);
  const near = [f.minimum, ...(f.others ?? [])].map((m) => Math.abs(value - m) / (m === 0 ? 1 : m));
  expect(Math.min(...near)).toBeLessThan(1e-8);
  if (f.at) expect(Array.from(flat)).toEqual(f.at.map((x) => expect.closeTo(x, 4)));
}

// evaluations that each took when this was written, doubled: a search that gets lost takes ten times as many
describe.each(TEST_FUNCTIONS)('$name', (f) => {
  it('by L-BFGS', () => {
    const found = lbfgsSync(squares(f), { start: f.start });
    expectMinimum(f, found.value, found);
    expect(found.evaluations.values).toBeLessThan(400);
  });

  it('by Newton–CG', () => {
    const found = newtonCGSync(squares(f), { start: f.start });
    expectMinimum(f, found.value, found);
    expect(found.steps).toBeLessThan(150);
    expect(found.evaluations.second).toBeLessThan(1500);
  });

  it('by Levenberg–Marquardt', () => {
    const found = levenbergMarquardtSync(residuals(f), { start: f.start });
    expectMinimum(f, 2 * found.value, found);
    expect(found.steps).toBeLessThan(120);
    expect(found.evaluations.second).toBeLessThanOrEqual(found.steps + 3); // one a step, and two for a step that is taken back
  });
});

describe('limits', () => {
  const rosenbrock = TEST_FUNCTIONS[0]!;
  const upper = { x: [0.5, 3] };
  // with x ≤ ½ the minimum of (1 − x)² + 100·(y − x²)² is at the limit, y = ¼
  const there = [expect.closeTo(0.5, 12), expect.closeTo(0.25, 7)];

  it('hold in every method, and the minimum is found at them', async () => {
    for (const run of [lbfgs, newtonCG]) {
      const { flat, stopped, value } = await run(squares(rosenbrock), { start: rosenbrock.start, upper });
      expect([stopped, Array.from(flat)]).toEqual(['converged', there]);
      expect(value).toBeCloseTo(0.25, 12);
    }
    const { flat, stopped } = await levenbergMarquardt(residuals(rosenbrock), { start: rosenbrock.start, upper });
    expect([stopped, Array.from(flat)]).toEqual(['converged', there]);
  });

  it('are never left on the way, and a start beyond them is moved to them', () => {
    const far = compile({ x: vector(3) }, ({ x }) => {
      for (const e of elements(x)) expect(e).toBeDefined();
      return sum(elements(x).map((e, i) => e.sub(i * 10).pow(4)));
    });
    const seen: number[][] = [];
    const progress = () => void seen.push([...far.point]);
    const found = lbfgsSync(far, { start: [5, -5, 50], lower: { x: 1 }, upper: { x: [4, 8, 15] }, progress });
    expect(Array.from(found.flat)).toEqual([1, 8, 15]);
    expect(seen.length).toBeGreaterThan(0);
    for (const [a, b, c] of seen)
      expect([a! >= 1 && a! <= 4, b! >= 1 && b! <= 8, c! >= 1 && c! <= 15]).toEqual([true, true, true]);
  });

  it('name what is wrong', () => {
    const f = squares(rosenbrock);
    const start = rosenbrock.start;
    expect(() => lbfgsSync(f, { start, lower: { x: 2 }, upper: { x: [3, 1] } })).toThrow(/x\[1\] has no room between 2 and 1/);
    expect(() => lbfgsSync(f, { start, lower: { y: 1 } as never })).toThrow(code('UnknownName'));
    expect(() => lbfgsSync(f, { start, lower: { x: [1, 2, 3] as never } })).toThrow(code('WrongLength'));
    expect(() => lbfgsSync(f, { start, lower: { x: Number.NaN } })).toThrow(code('BadOption'));
    expect(f.gradient({ x: [1, 1] }).value).toBe(0); // and the program is free
  });
});

describe('runs', () => {
  const valley = () => squares(TEST_FUNCTIONS[0]!);
  const start = TEST_FUNCTIONS[0]!.start;

  it('end by signal, callback and steps, with what was reached', async () => {
    const controller = new AbortController();
    const trace: MinimizeProgress[] = [];
    const stopAt = (n: number) => (at: MinimizeProgress) => {
      trace.push(at);
      return at.step < n;
    };
    const three = await lbfgs(valley(), { start, progress: stopAt(3) });
    expect([three.stopped, three.steps]).toEqual(['callback', 3]);
    expect(trace.map(({ step }) => step)).toEqual([1, 2, 3]);
    for (let i = 1; i < 3; i++) expect(trace[i]!.value).toBeLessThan(trace[i - 1]!.value);
    const five = lbfgsSync(valley(), { start, steps: 5 });
    expect([five.stopped, five.steps]).toEqual(['done', 5]);
    const stopped = await newtonCG(valley(), { start, signal: controller.signal, progress: () => controller.abort() });
    expect([stopped.stopped, stopped.steps]).toEqual(['aborted', 1]);
    const program = valley();
    const result = lbfgsSync(program, { start });
    expect(program.point).toEqual(result.flat);
  });

  it('refuse programs and options that do not fit', async () => {
    const two = compile({ x: scalar }, ({ x }) => [x, x.square()]);
    await expect(lbfgs(two, { start: { x: 1 } })).rejects.toThrow(code('SeveralOutputs'));
    await expect(lbfgs(valley(), {} as never)).rejects.toThrow(code('BadOption'));
    await expect(lbfgs(valley(), { start, memory: 0 })).rejects.toThrow(code('BadOption'));
    await expect(newtonCG(valley(), { start, products: 1.5 })).rejects.toThrow(code('BadOption'));
    await expect(levenbergMarquardt(two, { start: { x: 1 }, damping: 0 })).rejects.toThrow(code('BadOption'));
    const unbound = compile({ w: scalar, x: data(scalar) }, ({ w, x }) => w.mul(x));
    await expect(lbfgs(unbound, { start: { w: 1 } })).rejects.toThrow(code('DataMissing'));
    const f = valley();
    const progress = () => f.gradient({ x: [0, 0] });
    await expect(lbfgs(f, { start, progress })).rejects.toThrow(code('Reentrant'));
    expect(f.gradient({ x: [1, 1] }).value).toBe(0);
  });

  it('say when a function has no minimum, or becomes NaN', () => {
    const down = compile({ x: scalar }, ({ x }) => x.mul(-1));
    expect(lbfgsSync(down, { start: { x: 0 }, steps: 2000 }).stopped).toMatch(/done|diverged|stalled/);
    const hole = compile({ x: scalar }, ({ x }) => x.log());
    expect(lbfgsSync(hole, { start: { x: -1 } }).stopped).toBe('diverged');
    // a step beyond the domain is taken back and shortened
    const wall = compile({ x: scalar }, ({ x }) => x.sub(x.log()));
    const { point, stopped } = lbfgsSync(wall, { start: { x: 30 } });
    expect([stopped, point.x]).toEqual(['converged', expect.closeTo(1, 7)]);
  });

  it('take data that is bound, rows, and lengths', () => {
    const loss = compile({ w: vector(2), x: data(scalar), y: data(scalar) }, ({ w, x, y }) =>
      w.at(0).mul(x).add(w.at(1)).sub(y).square(),
    );
    const rows = loss.over({ reduce: 'mean' }).bind({ x: [0, 1, 2], y: [1, 3, 5] });
    expect(Array.from(lbfgsSync(rows, { start: { w: [0, 0] } }).flat)).toEqual([expect.closeTo(2, 7), expect.closeTo(1, 7)]);
    const lengths = compile({ w: vector(2), x: data(vector('n')), y: data(vector('n')) }, ({ w, x, y }) =>
      x.mul(w.at(0)).add(w.at(1)).sub(y),
    );
    lengths.bind({ x: [0, 1, 2, 3], y: [1, 3, 5, 7] });
    const { point, value } = levenbergMarquardtSync(lengths, { start: { w: [0, 0] } });
    expect(Array.from(point.w)).toEqual([expect.closeTo(2, 7), expect.closeTo(1, 7)]);
    expect(value).toBeLessThan(1e-15);
  });

  it('Levenberg–Marquardt scales to many unknowns by their sparse Jacobian', () => {
    const n = 1000;
    const program = compile({ x: vector(n) }, ({ x }) =>
      Array.from({ length: n - 1 }, (_, i) => [
        x
          .at(i + 1)
          .sub(x.at(i).square())
          .mul(10),
        x.at(i).neg().add(1),
      ]).flat(),
    );
    const { value, stopped, evaluations } = levenbergMarquardtSync(program, { start: new Float64Array(n).fill(0.5) });
    expect(['converged', 'stalled']).toContain(stopped);
    expect(value).toBeLessThan(1e-15);
    expect(evaluations.second).toBeLessThan(60);
  });
});

it('the start may be the first to tell a length, and another one may tell another', async () => {
  const bowl = compile({ x: vector('n'), c: data(scalar) }, ({ x, c }) => sum(x.length, (i) => x.at(i).sub(c).square()));
  bowl.bind({ c: 2 });
  for (const minimize of [lbfgs, newtonCG])
    for (const n of [3, 5]) {
      const { point } = await minimize(bowl, { start: { x: new Float64Array(n) }, lower: { x: 0 } });
      expect(Array.from(point.x, Math.round)).toEqual(new Array(n).fill(2));
    }
  const line = compile({ x: vector('n') }, ({ x }) => x.sub(1));
  expect((await levenbergMarquardt(line, { start: { x: [4, 5] } })).value).toBeLessThan(1e-12);
  const unbound = compile({ x: vector('n'), c: data(scalar) }, ({ x, c }) => x.sum().mul(c));
  await expect(lbfgs(unbound, { start: { x: [1] } })).rejects.toMatchObject({ code: 'DataMissing' });
});
