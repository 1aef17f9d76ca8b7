/** Outputs into a buffer: those of `value`, from any flat point, in every tier; and badly called. */
import { describe, expect, it } from 'vitest';
import { compile, data, log, map, matrix, scalar, scan, vector } from '../../src/index.ts';
import { code } from '../support/code.ts';
import { ENGINES } from '../support/engines.ts';

const wrong = (x: unknown): never => x as never;

describe.each(['auto', ...ENGINES] as const)('evaluateValues, %s', (engine) => {
  const polar = () => compile({ r: scalar, t: scalar }, ({ r, t }) => [r.mul(t.cos()), r.mul(t.sin())], { engine });

  it('writes all outputs in their order, inputs, data and constants among them', () => {
    const f = compile(
      { A: matrix(2, 2), x: vector(2), s: data(scalar) },
      ({ A, x, s }) => ({ y: A.row(0).mul(x.at(0)), M: A.mul(s), x, s, one: 1, z: x.at(1).square() }),
      { engine },
    ).bind({ s: 10 });
    const out = new Float64Array(11);
    expect(f.evaluateValues([1, 2, 3, 4, 5, 6], out)).toBe(out);
    expect(out).toEqual(Float64Array.of(5, 10, 10, 20, 30, 40, 5, 6, 10, 1, 36));
    f.point.set([5, 6], 4);
    expect(f.evaluateValues(f.point, out)[10]).toBe(36);
    f.bind({ s: 2 });
    expect(f.evaluateValues([1, 2, 3, 4, 7, 8], out)).toEqual(Float64Array.of(7, 14, 2, 4, 6, 8, 7, 8, 2, 1, 64));
  });

  it('of one output is its value', () => {
    const f = compile({ x: scalar }, ({ x }) => x.square(), { engine });
    expect(f.evaluateValues([3], new Float64Array(1))).toEqual(Float64Array.of(9));
  });

  it('can write where it was read from, call after call: the bits stay when the tier changes', () => {
    const turn = compile({ x: scalar, y: scalar }, ({ x, y }) => [x.mul(0.8).sub(y.mul(0.6)), x.mul(0.6).add(y.mul(0.8))], { engine }); // biome-ignore format: one line
    const at = Float64Array.of(1, 0);
    let [x, y] = [1, 0];
    for (let i = 0; i < 30_000; i++) {
      turn.evaluateValues(at, at);
      [x, y] = [x * 0.8 - y * 0.6, x * 0.6 + y * 0.8];
    }
    expect(at).toEqual(Float64Array.of(x, y));
  });

  it('of programs with loops, whatever their length', () => {
    const f = compile(
      { x: vector('n') },
      ({ x }) => {
        const steps = scan(x.length, 0, (c, i) => [c.add(x.at(i)), c] as const);
        return { squares: map(x.length, (i) => x.at(i).square()), before: steps.outputs, sum: steps.carry };
      },
      { engine },
    );
    for (const n of [3, 100, 3]) {
      const x = Float64Array.from({ length: n }, (_, i) => i + 1);
      const { squares, before, sum } = f.value({ x });
      const out = f.evaluateValues(x, new Float64Array(2 * n + 1));
      expect(out).toEqual(Float64Array.of(...squares, ...before, sum));
      expect(out[2 * n]).toBe((n * (n + 1)) / 2);
    }
  });

  it('goes on when memory has moved', () => {
    const f = polar();
    const out = f.evaluateValues([2, 0], new Float64Array(2));
    const large = compile({ x: vector(300_000) }, ({ x }) => x.square().sum(), { engine });
    large.value({ x: new Float64Array(300_000) });
    expect(f.evaluateValues([5, 0], out)).toEqual(Float64Array.of(5, 0));
    large.dispose();
  });

  it('is checked', () => {
    const f = polar();
    const out = new Float64Array(2);
    const moved = new Float64Array(2);
    structuredClone(moved, { transfer: [moved.buffer] });
    expect(code(() => f.evaluateValues([1], out))).toBe('WrongLength');
    expect(code(() => f.evaluateValues(wrong(undefined), out))).toBe('WrongType');
    expect(code(() => f.evaluateValues(wrong(['1', 2]), out))).toBe('WrongType');
    expect(code(() => f.evaluateValues([1, 2], new Float64Array(3)))).toBe('WrongLength');
    expect(code(() => f.evaluateValues([1, 2], wrong(new Float32Array(2))))).toBe('WrongType');
    expect(code(() => f.evaluateValues([1, 2], wrong([0, 0])))).toBe('WrongType');
    expect(code(() => f.evaluateValues([1, 2], wrong(undefined)))).toBe('WrongType');
    expect(code(() => f.evaluateValues([1, 2], moved))).toBe('DetachedBuffer');
    expect(() => f.evaluateValues([1], out)).toThrow(/^evaluateValues: the point/);
    expect(() => f.evaluateValues([1, 2], new Float64Array(1))).toThrow(/^evaluateValues: the values: expected room for 2/);
    expect(f.evaluateValues([2, 0], out)).toEqual(Float64Array.of(2, 0));
    const bound = compile({ x: scalar, d: data(scalar) }, ({ x, d }) => [x, x.mul(d)], { engine });
    expect(code(() => bound.evaluateValues([1], out))).toBe('DataMissing');
    const limited = compile({ x: scalar }, ({ x }) => [x, x.square()], { engine, maxSteps: 1 });
    expect(code(() => limited.evaluateValues([1], out))).toBe('StepLimit');
    const finite = compile({ x: scalar }, ({ x }) => [x, log(x)], { engine, check: 'nan' });
    expect(finite.evaluateValues([1], out)).toEqual(Float64Array.of(1, 0));
    expect(code(() => finite.evaluateValues([-1], out))).toBe('NonFinite');
    expect(out).toEqual(Float64Array.of(1, 0)); // what is refused leaves it as it was
    f.dispose();
    expect(code(() => f.evaluateValues([1, 2], out))).toBe('Disposed');
  });
});
