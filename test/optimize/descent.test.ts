/** How a run begins and ends. */
import { describe, expect, it } from 'vitest';
import { compile, data, matrix, scalar, vector } from '../../src/index.ts';
import { adam, gradientDescent, gradientDescentSync, type Progress } from '../../src/optimize/index.ts';

const square = () => compile({ x: scalar }, ({ x }) => x.square());
const start = { x: 8 };
const code = (of: string) => expect.objectContaining({ code: of });

/** Mean over rows of (w − x)²: the minimum is the mean of x. */
const rowsOf = (rows?: number) => compile({ w: scalar, x: data(scalar) }, ({ w, x }) => w.sub(x).square()).over(rows);

describe('start and result', () => {
  it('take and give points in the shapes of the signature, and flat', () => {
    const program = compile({ a: scalar, x: vector(2), W: matrix(2, 2) }, ({ a, x, W }) =>
      a.add(x.sum()).add(W.row(0).sum()).add(W.row(1).sum()),
    );
    const named = gradientDescentSync(program, { start: { a: 1, x: [2, 3], W: [[4, 5], [6, 7]] }, rate: 1, steps: 1 }); // biome-ignore format: a matrix
    expect(named.point).toEqual({ a: 0, x: Float64Array.of(1, 2), W: Float64Array.of(3, 4, 5, 6) });
    expect(named.flat).toEqual(Float64Array.of(0, 1, 2, 3, 4, 5, 6));
    expect(named.value).toBe(21);
    expect(gradientDescentSync(program, { start: [1, 2, 3, 4, 5, 6, 7], rate: 1, steps: 1 })).toEqual(named);
    expect(program.point).toEqual(named.flat);
  });

  it('run 1,000 steps by default, and keep the history on request', async () => {
    const { steps, stopped, value, history } = await adam(square(), { start });
    expect([steps, stopped, history]).toEqual([1000, 'done', undefined]);
    const run = gradientDescentSync(square(), { start, rate: 0.25, steps: 3, history: true });
    expect(run).toEqual({
      point: { x: 1 },
      flat: Float64Array.of(1),
      value: 1,
      steps: 3,
      stopped: 'done',
      history: Float64Array.of(64, 16, 4),
    });
    expect(value).toBeLessThan(64);
  });

  it('the rate may be a schedule of the step', () => {
    const asked: number[] = [];
    const rate = (step: number) => {
      asked.push(step);
      return step === 1 ? 0 : 0.25;
    };
    expect(gradientDescentSync(square(), { start, rate, steps: 3 }).point).toEqual({ x: 2 });
    expect(asked).toEqual([0, 1, 2]);
  });

  it('data that is bound is used in every step', () => {
    const all = rowsOf().bind({ x: [1, 2, 6] });
    expect(gradientDescentSync(all, { start: { w: 0 }, rate: 0.25, steps: 60, tolerance: 1e-12 }).point.w).toBeCloseTo(3, 12);
    const one = compile({ w: scalar, x: data(scalar) }, ({ w, x }) => w.sub(x).square()).bind({ x: 5 });
    expect(gradientDescentSync(one, { start: { w: 0 }, rate: 0.5, steps: 1 }).point).toEqual({ w: 5 });
  });
});

describe('stopping', () => {
  it('a signal aborted by a timer stops an endless run, and nothing is lost', async () => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 20);
    const { stopped, steps, point } = await gradientDescent(square(), {
      start,
      rate: 1e-9,
      steps: 1e12,
      signal: controller.signal,
    });
    expect(stopped).toBe('aborted');
    expect(steps).toBeGreaterThan(0);
    expect(point.x).toBeCloseTo(8 * (1 - 2e-9) ** steps, 9);
  });

  it('a signal aborted in the callback, or before, stops before the next step', async () => {
    const controller = new AbortController();
    const progress = ({ step }: Progress) => {
      if (step === 2) controller.abort();
    };
    const run = gradientDescentSync(square(), { start, rate: 0.25, signal: controller.signal, progress });
    expect([run.stopped, run.steps, run.point.x]).toEqual(['aborted', 2, 2]);
    const none = await adam(square(), { start, signal: AbortSignal.abort() });
    expect(none).toEqual({ point: { x: 8 }, flat: Float64Array.of(8), value: 64, steps: 0, stopped: 'aborted' });
  });

  it('a run whose last step is done was done, whoever else wanted to stop', () => {
    const controller = new AbortController();
    const progress = () => {
      controller.abort();
      return false;
    };
    expect(gradientDescentSync(square(), { start, steps: 1, signal: controller.signal, progress }).stopped).toBe('done');
  });

  it('where the gradient vanishes, the step is taken back', () => {
    // with momentum the point would roll on: x = 0 is passed at speed
    const slope: number[] = [];
    const program = square();
    const run = gradientDescentSync(program, {
      start,
      rate: 0.125,
      momentum: 0.875,
      tolerance: 0.1,
      progress: () => void slope.push(program.adjoint[0]!),
    });
    expect(run.stopped).toBe('converged');
    expect(Math.abs(2 * run.point.x)).toBeLessThanOrEqual(0.1);
    expect(slope.length).toBe(run.steps);
    expect(slope.every((d) => Math.abs(d) > 0.1)).toBe(true);
    expect(run.value).toBe(run.point.x ** 2);
  });

  it('a value that became NaN ends it', () => {
    const log = compile({ x: scalar }, ({ x }) => x.log());
    const run = gradientDescentSync(log, { start: { x: 1 }, rate: 2 });
    expect([run.stopped, run.steps]).toEqual(['diverged', 2]); // 1 − 2·1 = −1
    const checked = compile({ x: scalar }, ({ x }) => x.log(), { check: 'nan' });
    expect(() => gradientDescentSync(checked, { start: { x: 1 }, rate: 2 })).toThrow(code('NonFinite'));
    expect([...checked.point]).toEqual([-1]); // where it happened
    expect(checked.value({ x: 1 })).toBe(0);
  });

  it("with check: 'nan' the row is named", () => {
    const rows = compile({ w: scalar, x: data(scalar) }, ({ w, x }) => w.mul(x.log()), { check: 'nan' }).over(2);
    const call = () => gradientDescentSync(rows, { start: { w: 1 }, data: { x: [1, 2, 3, -4] }, seed: false });
    expect(call).toThrow(code('NonFinite'));
    expect(call).toThrow('row 1');
  });
});
