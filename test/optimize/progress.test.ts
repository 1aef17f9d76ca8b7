/** How a run is watched, and what can be done meanwhile. */
import { describe, expect, it } from 'vitest';
import { compile, data, scalar, type WengertError } from '../../src/index.ts';
import { adam, adamSync, gradientDescent, gradientDescentSync, type Progress } from '../../src/optimize/index.ts';

const square = () => compile({ x: scalar }, ({ x }) => x.square());
const start = { x: 8 };
const code = (of: string) => expect.objectContaining({ code: of });

/** Mean over rows of (w − x)²: the minimum is the mean of x. */
const rowsOf = (rows?: number) => compile({ w: scalar, x: data(scalar) }, ({ w, x }) => w.sub(x).square()).over(rows);

describe('progress', () => {
  it('tells step, epoch, value and rate, and lets the point be read', async () => {
    const program = square();
    const seen: (Progress & { x: number })[] = [];
    await gradientDescent(program, {
      start,
      rate: (step) => 0.25 / (step + 1),
      steps: 2,
      progress: (at) => void seen.push({ ...at, x: program.point[0]! }),
    });
    expect(seen).toEqual([
      { step: 1, steps: 2, epoch: 1, value: 64, rate: 0.25, x: 4 },
      { step: 2, steps: 2, epoch: 1, value: 16, rate: 0.125, x: 3 },
    ]);
  });

  it('counts epochs, and batches with what is left', () => {
    const seen: [number, number, number][] = [];
    const progress = (at: Progress) => void seen.push([at.step, at.epoch, at.value]);
    const run = gradientDescentSync(rowsOf(2), {
      start: { w: 0 },
      rate: 0,
      data: { x: [1, 3, 5] },
      seed: false,
      epochs: 2,
      progress,
    });
    expect(seen).toEqual([[1, 1, 5], [2, 1, 25], [3, 2, 5], [4, 2, 25]]); // biome-ignore format: a table
    expect(run.value).toBe(35 / 3);
    const sums = compile({ w: scalar, x: data(scalar) }, ({ w, x }) => w.sub(x).square()).over(2, { reduce: 'sum' });
    expect(gradientDescentSync(sums, { start: { w: 0 }, rate: 0, data: { x: [1, 3, 5] }, epochs: 2 }).value).toBe(35);
  });

  it('stops when it returns false; what was reached is the result', async () => {
    const { steps, stopped, point, value } = await gradientDescent(square(), {
      start,
      rate: 0.25,
      progress: (at) => at.step < 3,
    });
    expect({ steps, stopped, point, value }).toEqual({ steps: 3, stopped: 'callback', point: { x: 1 }, value: 1 });
  });

  it('cannot call the program, which throws Reentrant, but any other', () => {
    const [program, other] = [square(), square()];
    const codes: unknown[] = [];
    const attempt = (call: () => unknown) => {
      try {
        codes.push(call());
      } catch (error) {
        codes.push((error as WengertError).code);
      }
    };
    const progress = () => {
      attempt(() => program.value({ x: 1 }));
      attempt(() => program.evaluate([1]));
      attempt(() => program.dispose());
      attempt(() => adamSync(program, { start }));
      attempt(() => other.value({ x: 3 }));
    };
    const run = gradientDescentSync(program, { start, rate: 0.25, steps: 1, progress });
    expect(codes).toEqual(['Reentrant', 'Reentrant', 'Reentrant', 'Reentrant', 9]);
    expect(run.point).toEqual({ x: 4 }); // nothing was disturbed
    expect(program.value({ x: 3 })).toBe(9); // and the program is free again
  });

  it('what it throws comes out, and the program is free again', async () => {
    const program = square();
    const progress = () => {
      throw new Error('enough');
    };
    expect(() => gradientDescentSync(program, { start, rate: 0.25, progress })).toThrow('enough');
    await expect(gradientDescent(program, { start, rate: 0.25, progress })).rejects.toThrow('enough');
    expect([...program.point]).toEqual([4]);
    expect(program.value({ x: 3 })).toBe(9);
  });

  it('the program stays held between slices', async () => {
    const program = square();
    const controller = new AbortController();
    const running = adam(program, { start, rate: 1e-9, steps: 1e12, signal: controller.signal });
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(() => program.value({ x: 1 })).toThrow(code('Reentrant'));
    controller.abort();
    await running;
    expect(program.value({ x: 3 })).toBe(9);
  });
});
