/** Programs of arrays as one writes them: named lengths from signature to result, on every engine. */
import { describe, expect, it } from 'vitest';
import { compile, data, gradcheck, map, matrix, type ProgramOptions, Program, scalar, sum, vector } from '../../src/index.ts';
import { adamSync } from '../../src/optimize/index.ts';
import { STATE } from '../../src/program/state.ts';
import { code } from '../support/code.ts';
import { ENGINES } from '../support/engines.ts';

const f64 = (...x: number[]): Float64Array => Float64Array.from(x);

const leastSquares = (options: ProgramOptions) =>
  compile(
    { w: vector(3), X: data(matrix('n', 3)), y: data(vector('n')) },
    ({ w, X, y }) => sum(X.rows, (i) => X.row(i).dot(w).sub(y.at(i)).square()).div(X.rows),
    options,
  );

const X = [
  [1, 0, 0],
  [0, 1, 0],
  [0, 0, 1],
  [1, 1, 1],
];
const y = [1, 1, 1, 1];
const w = [1, 2, 3];

describe.each(ENGINES)('%s', (engine) => {
  it('one program serves every length', () => {
    const f = leastSquares({ engine });
    expect(f.lengths).toEqual(['n']);
    expect(f.gradient({ w, X, y })).toEqual({ value: 7.5, gradient: { w: f64(2.5, 3, 3.5) } });
    for (const n of [1, 2, 3, 5, 8, 100, 1025]) {
      const [rows, ones] = [Array.from({ length: n }, () => X[3]!), new Float64Array(n).fill(1)];
      expect(f.gradient({ w, X: rows, y: ones })).toEqual({ value: 25, gradient: { w: f64(10, 10, 10) } });
    }
    expect(gradcheck(f, { w, X, y }).ok).toBe(true);
    expect(gradcheck(f, { w, X, y }).rows.map((row) => row.name)).toEqual(['w[0]', 'w[1]', 'w[2]']);
    const point = { w, X, y: [1, 1, 1] };
    expect(() => f.value(point)).toThrow('n is 4 in X and 3 in y [LengthConflict]');
  });

  it('a program needs no loop to have named lengths', () => {
    const f = compile({ s: scalar, X: data(matrix('n', 'm')) }, ({ s }) => s.square(), { engine });
    expect(f.lengths).toEqual(['n', 'm']);
    expect(f.gradient({ s: 3, X })).toEqual({ value: 9, gradient: { s: 6 } });
    const g = compile({ s: scalar, X: data(matrix('n', 'm')) }, ({ s, X }) => [X.rows, X.cols.mul(s), X], { engine });
    expect(g.value({ s: 2, X: [[1, 2, 3]] })).toEqual([1, 6, f64(1, 2, 3)]); // biome-ignore format: one line
    expect(g.jvp({ s: 2, X: [[1, 2, 3]] }, { s: 1 }).tangent).toEqual([0, 3, f64(0, 0, 0)]); // biome-ignore format: one line
    const h = compile({ x: vector('n') }, ({ x }) => x, { engine });
    expect(h.value({ x: [1, 2] })).toEqual(f64(1, 2));
    expect(code(() => h.gradient({ x: [1] }))).toBe('SeveralOutputs');
  });

  it('parameters may have named lengths, and gradients their shapes', () => {
    const f = compile({ W: matrix('h', 2), x: data(vector(2)) }, ({ W, x }) => sum(W.rows, (i) => W.row(i).dot(x).square()), {
      engine,
    });
    expect(f.gradient({ W: [[1, 2], [3, 4], [5, 6]], x: [1, 0] })).toEqual({ value: 35, gradient: { W: f64(2, 0, 6, 0, 10, 0) } }); // biome-ignore format: one line
    const out = new Float64Array(2);
    expect(f.evaluate([3, 4], out)).toBe(9);
    expect(out).toEqual(f64(6, 0));
    expect(gradcheck(f, { W: [1, 2, 3, 4] }).rows.map((row) => row.name)).toEqual(['W[0][0]', 'W[0][1]', 'W[1][0]', 'W[1][1]']);
    const { flat } = adamSync(f, { start: [1, 2, 3, 4, 5, 6], rate: 0.1, steps: 2000 });
    expect(flat.length).toBe(6);
    expect(f.evaluate(flat)).toBeLessThan(1e-6);
  });

  it('learns in minibatches', () => {
    const rows = Array.from({ length: 70 }, (_, i) => [Math.sin(i), Math.cos(3 * i), 1]);
    const f = leastSquares({ engine });
    const all = { X: rows, y: rows.map(([a, b]) => a! - 3 * b! + 2) };
    const fit = adamSync(f, { start: { w: [0, 0, 0] }, data: all, batch: 32, epochs: 300, rate: 0.05, seed: 1 });
    for (const [i, of] of [1, -3, 2].entries()) expect(fit.point.w[i]).toBeCloseTo(of, 3);
  });

  it('gives the same from bytes, over rows, and explained', () => {
    const f = leastSquares({ engine });
    const g = Program.fromBytes<{ w: typeof wIn; X: typeof XIn; y: typeof yIn }>(f.toBytes(), { engine });
    expect(g.gradient({ w, X, y })).toEqual(f.gradient({ w, X, y }));
    const many = f.over({ reduce: 'sum' });
    expect(many.value({ w, X: [X, X], y: [y, [0, 0, 0, 0]] })).toBe(7.5 + (1 + 4 + 9 + 36) / 4);
    expect([...many.rowValues]).toEqual([7.5, 12.5]);
    const explained = f.explain({ w, X, y });
    expect(explained.value).toBe(7.5);
    expect(explained.rows[1]).toMatchObject({ label: 'w[1]', value: 2, derivative: 3 });
  });

  it('evaluates without allocating anything', () => {
    if (engine !== 'interpreter') return; // the reference engine makes views as it goes
    const f = leastSquares({ engine }).bind({ X, y });
    const [flat, out] = [f64(...w), new Float64Array(3)];
    const run = (n: number): number => {
      let total = 0;
      for (let i = 0; i < n; i++) total += f.evaluate(flat, out);
      return total;
    };
    run(20_000);
    const bytes = Array.from({ length: 20 }, () => {
      const before = process.memoryUsage().heapUsed;
      run(2000);
      return (process.memoryUsage().heapUsed - before) / 2000;
    });
    expect(Math.min(...bytes.map(Math.abs))).toBeLessThan(40); // a number in a box, where code is not inlined; a view is 96
    expect(out).toEqual(f64(2.5, 3, 3.5));
  });

  it('links each of a few lengths once', () => {
    const f = leastSquares({ engine });
    const linked = new Set<unknown>();
    const { machine } = f[STATE];
    for (let i = 0; i < 12; i++) {
      const n = 2 + (i % 4);
      f.value({ w, X: new Float64Array(3 * n), y: new Float64Array(n) });
      linked.add((machine as unknown as { linked: unknown }).linked);
    }
    expect(linked.size).toBe(4);
  });

  describe('lengths for which there is no memory', () => {
    // n × n numbers are kept, for they are summed up twice
    const write = (options: ProgramOptions) =>
      compile(
        { s: scalar, x: data(vector('n')), k: data(scalar) },
        ({ s, x, k }) => {
          const squares = map(x.length.mul(x.length), (i) => i.mul(s));
          return squares.sum().mul(k).add(squares.at(0)).add(x.sum().mul(s));
        },
        options,
      );

    it('are refused, and data and point survive them', () => {
      const f = write({ engine }).bind({ x: [7, 0], k: 1 });
      const [value] = [f.evaluate([3])];
      expect(value).toBe(3 * 6 + 3 * 7);
      const lengths = engine === 'interpreter' ? [18_000, 100_000] : [100_000];
      for (const n of lengths) {
        expect(code(() => f.value({ s: 1, x: new Float64Array(n) }))).toBe('OutOfMemory');
        expect(f.evaluate(f.point)).toBe(value);
        expect(f.value({ s: 1, x: [1, 1] })).toBe(8);
        expect(f.bind({ x: [7, 0] }).evaluate([3])).toBe(value);
      }
      expect(f.value({ s: 1, x: [1, 1, 1] })).toBe(36 + 3);
    });

    it('cannot be reached by a program from bytes, nor can it run for ever', () => {
      const f = Program.fromBytes(write({ engine }).toBytes(), { engine, maxSteps: 1000 });
      expect(code(() => f.value({ s: 1, x: new Float64Array(1000), k: 1 }))).toBe('StepLimit');
      expect(code(() => f.value({ s: 1, x: new Float64Array(100_000), k: 1 }))).toBe('OutOfMemory');
      expect(f.value({ s: 1, x: [1, 1], k: 1 })).toBe(8);
    });
  });
});

const wIn = vector(3);
const XIn = data(matrix('n', 3));
const yIn = data(vector('n'));
