/** Programs: every way in and every way out, on every engine. */
import { describe, expect, it } from 'vitest';
import { compile, data, derivative, dot, gradcheck, matrix, Program, scalar, sin, sum, vector } from '../../src/index.ts';
import { ENGINES } from '../support/engines.ts';

const f64 = (...x: number[]): Float64Array => Float64Array.from(x);

describe.each(ENGINES)('%s', (engine) => {
  describe('outputs', () => {
    it('are a number', () => {
      expect(compile({ x: scalar }, ({ x }) => x.mul(2), { engine }).value({ x: 3 })).toBe(6);
    });
    it('are a vector or matrix, row by row', () => {
      expect(compile({ x: vector(2) }, ({ x }) => x.map((e) => e.mul(2)), { engine }).value({ x: [1, 2] })).toEqual(f64(2, 4));
      expect(
        compile({ X: matrix(2, 2) }, ({ X }) => X, { engine }).value({
          X: [
            [1, 2],
            [3, 4],
          ],
        }),
      ).toEqual(f64(1, 2, 3, 4));
    });
    it('are an array', () => {
      const f = compile({ x: scalar, y: vector(2) }, ({ x, y }) => [x.neg(), y, 7], { engine });
      expect(f.value({ x: 3, y: [1, 2] })).toEqual([-3, f64(1, 2), 7]);
    });
    it('are a record, with constants, twins and inputs', () => {
      const f = compile({ x: scalar }, ({ x }) => ({ x, a: x.sin(), b: x.sin(), pi: Math.PI }), { engine });
      expect(f.value({ x: 0 })).toEqual({ x: 0, a: 0, b: 0, pi: Math.PI });
    });
    it('are a constant', () => {
      const f = compile({ x: scalar }, () => 5, { engine });
      expect(f.gradient({ x: 1 })).toEqual({ value: 5, gradient: { x: 0 } });
    });
    it('are one number in a vector or a record, which has a gradient', () => {
      expect(compile({ x: scalar }, ({ x }) => ({ loss: x.square() }), { engine }).gradient({ x: 3 })).toEqual({
        value: 9,
        gradient: { x: 6 },
      });
      expect(compile({ x: vector(1) }, ({ x }) => x, { engine }).gradient({ x: [3] })).toEqual({
        value: 3,
        gradient: { x: f64(1) },
      });
    });
  });

  describe('inputs', () => {
    const f = compile(
      { s: scalar, A: matrix(2, 3), v: vector(2), u: data(vector(3)), unused: vector(2) },
      ({ s, A, v, u }) => sum(2, (i) => A.row(i).dot(u).mul(v.at(i))).mul(s),
      { engine },
    );
    const gradient = { s: 4, A: f64(2, 4, 6, 2, 4, 6), v: f64(2, 6), unused: f64(0, 0) };
    const rest = { s: 2, v: [1, 1], unused: [0, 0] };

    it('are flat, nested, typed or array-like', () => {
      const u = { 0: 1, 1: 2, 2: 3, length: 3 };
      for (const A of [
        [1, 0, 0, 0, 0, 1],
        [
          [1, 0, 0],
          [0, 0, 1],
        ],
        f64(1, 0, 0, 0, 0, 1),
        [f64(1, 0, 0), [0, 0, 1]],
        new Int8Array([1, 0, 0, 0, 0, 1]),
      ]) {
        expect(f.gradient({ ...rest, A, u })).toEqual({ value: 8, gradient });
      }
    });

    it('that are data stay bound', () => {
      f.bind({ u: [1, 2, 3] });
      expect(f.value({ ...rest, A: [1, 1, 1, 0, 0, 0] })).toBe(12);
      expect(f.gradient({ ...rest, A: [1, 1, 1, 0, 0, 0], u: [0, 0, 1] }).value).toBe(2);
      expect(f.value({ ...rest, A: [1, 1, 1, 0, 0, 0] })).toBe(2);
    });

    it('that are data can be bound one by one', () => {
      const g = compile({ w: scalar, x: data(scalar), y: data(scalar) }, ({ w, x, y }) => x.mul(y).mul(w), { engine });
      expect(g.bind({ x: 2 }).bind({ y: 3 }).value({ w: 1 })).toBe(6);
      expect(g.bind({ y: 4 }).evaluate([1])).toBe(8);
    });

    it('can be NaN and infinite', () => {
      const g = compile({ x: scalar }, ({ x }) => x.mul(2), { engine });
      expect(g.gradient({ x: Number.NaN })).toEqual({ value: Number.NaN, gradient: { x: 2 } });
      expect(g.value({ x: -Infinity })).toBe(-Infinity);
    });

    it('can be none, or of length 0', () => {
      const g = compile({ x: data(scalar), none: vector(0) }, ({ x, none }) => x.mul(2).add(none.sum()), { engine });
      expect(g.gradient({ x: 3, none: [] })).toEqual({ value: 6, gradient: { none: f64() } });
      expect(compile({}, () => [1], { engine }).value({})).toEqual([1]);
    });

    it('can have any name', () => {
      const g = compile(
        { constructor: scalar, length: scalar, '': scalar },
        ({ constructor: c, length, '': empty }) => c.mul(length).add(empty),
        { engine },
      );
      expect(g.gradient({ constructor: 2, length: 3, '': 1 })).toEqual({
        value: 7,
        gradient: { constructor: 3, length: 2, '': 1 },
      });
    });
  });

  describe('evaluate', () => {
    it('takes the differentiated inputs in the order of the signature, row by row', () => {
      const f = compile(
        { b: scalar, x: data(scalar), A: matrix(2, 2) },
        ({ b, x, A }) => A.at(0, 1).mul(10).add(A.at(1, 0)).mul(x).add(b),
        { engine },
      ).bind({ x: 2 });
      const out = f64(9, 9, 9, 9, 9);
      expect(f.evaluate([1, 2, 3, 4, 5], out)).toBe(69);
      expect(out).toEqual(f64(1, 0, 20, 2, 0));
      const plain = [0, 0, 0, 0, 0];
      expect(f.evaluate(f64(1, 2, 3, 4, 5), plain)).toBe(69);
      expect(plain).toEqual([1, 0, 20, 2, 0]);
    });

    it.each([3, 100])('copies %i numbers, or none', (n) => {
      const f = compile({ x: vector(n) }, ({ x }) => x.map((e) => e.square()).sum(), { engine });
      const x = Float64Array.from({ length: n }, (_, i) => i);
      const twice = x.map((e) => 2 * e);
      const value = x.reduce((s, e) => s + e * e, 0);
      const out = new Float64Array(n);
      expect(f.evaluate(x, out)).toBe(value);
      expect(out).toEqual(twice);
      f.point.set(x.map((e) => -e));
      expect(f.evaluate(f.point, f.adjoint)).toBe(value);
      expect(f.adjoint).toEqual(twice.map((e) => -e + 0));
      expect(f.evaluate(x, x)).toBe(value); // the point may be overwritten by its gradient
      expect(x).toEqual(twice);
    });

    it('has views that live on when memory grows', () => {
      const f = compile({ x: scalar }, ({ x }) => x.square(), { engine });
      f.point[0] = 3;
      const many = Array.from({ length: 20 }, () => compile({ x: vector(100_000) }, ({ x }) => x.sum(), { engine }));
      expect(f.point[0]).toBe(3);
      expect(f.evaluate(f.point, f.adjoint)).toBe(9);
      expect(f.adjoint[0]).toBe(6);
      for (const one of many) one.dispose();
    });
  });

  it('jvp is the gradient along a direction, for every output', () => {
    const f = compile(
      { x: vector(2), k: data(scalar) },
      ({ x, k }) => ({ p: x.at(0).mul(x.at(1)), all: x.map((e) => e.mul(k)) }),
      { engine },
    );
    expect(f.jvp({ x: [2, 3], k: 10 }, { x: [1, -1] })).toEqual({
      value: { p: 6, all: f64(20, 30) },
      tangent: { p: 1, all: f64(10, -10) },
    });
  });

  describe('over', () => {
    const inputs = { w: vector(2), b: scalar, x: data(vector(2)), y: data(scalar) };
    const f = compile(inputs, ({ w, b, x, y }) => w.dot(x).add(b).sub(y).square(), { engine });
    const n = 100;
    const x = Array.from({ length: n }, (_, r) => [Math.sin(r), r % 7]);
    const y = x.map((_, r) => r % 3);
    const at = { w: [0.5, -0.25], b: 1 };
    const each = x.map((xr, r) => f.gradient({ ...at, x: xr, y: y[r]! }));
    const sumOf = (of: (g: (typeof each)[number]) => number): number => each.reduce((s, g) => s + of(g), 0);

    it.each(['sum', 'mean'] as const)('gives the %s and its gradient', (reduce) => {
      const scale = reduce === 'sum' ? 1 : n;
      const all = f.over({ reduce });
      const { value, gradient } = all.gradient({ ...at, x, y });
      expect(value).toBeCloseTo(sumOf((g) => g.value) / scale, 9);
      expect(gradient.b).toBeCloseTo(sumOf((g) => g.gradient.b) / scale, 9);
      expect(gradient.w[1]).toBeCloseTo(sumOf((g) => g.gradient.w[1]!) / scale, 9);
      expect(all.value(at)).toBe(value);
      const out = new Float64Array(3);
      expect(all.evaluate([...at.w, at.b], out)).toBe(value);
      expect(out).toEqual(f64(...gradient.w, gradient.b));
      expect([...all.rowValues]).toEqual(each.map((g) => g.value));
      const along = all.jvp(at, { w: [1, 2], b: 3 });
      expect(along.value).toBe(value);
      expect(along.tangent).toBeCloseTo(gradient.w[0]! + 2 * gradient.w[1]! + 3 * gradient.b, 9);
      expect(gradcheck(all, at).ok).toBe(true);
      all.dispose();
    });

    it('takes rows flat or nested, and another number of them each time', () => {
      const all = f.over();
      const want = all.gradient({ ...at, x, y });
      expect(all.gradient({ ...at, x: x.flat(), y: Float64Array.from(y) })).toEqual(want);
      expect(all.gradient({ ...at, x: x.map((row) => Float64Array.from(row)), y })).toEqual(want);
      expect(all.rows).toBe(n);
      all.bind({ x: x.slice(0, 3), y: y.slice(0, 3) });
      expect(all.rows).toBe(3);
      expect(all.value(at)).toBeCloseTo((each[0]!.value + each[1]!.value + each[2]!.value) / 3, 12);
      expect(all.rowValues.length).toBe(3);
      expect(all.gradient({ ...at, x: x.flat(), y })).toEqual(want);
      expect(all.bind({ y: y.map(() => 0) }).rows).toBe(n);
    });

    it('takes matrices for rows', () => {
      const g = compile({ w: scalar, X: data(matrix(2, 2)) }, ({ w, X }) => X.row(0).dot(X.row(1)).mul(w), { engine }).over(2, {
        reduce: 'sum',
      });
      const rows = [
        [
          [1, 2],
          [3, 4],
        ],
        [
          [5, 6],
          [7, 8],
        ],
      ];
      for (const X of [rows, rows.flat(2), rows.map((m) => m.flat())])
        expect(g.gradient({ w: 1, X })).toEqual({ value: 94, gradient: { w: 94 } });
    });

    it('keeps its own data and memory', () => {
      const [one, two] = [f.over(), f.over()];
      one.bind({ x: [1, 1], y: [1] });
      two.bind({ x: [2, 2, 3, 3], y: [2, 2] });
      f.bind({ x: [0, 0], y: 0 });
      const flat = f64(1, 1, 0);
      expect([one.evaluate(flat), two.evaluate(flat), f.evaluate(flat)]).toEqual([1, 10, 0]);
    });

    it('works without data when told how many', () => {
      const g = compile({ w: scalar }, ({ w }) => w.square(), { engine }).over(4, { reduce: 'sum' });
      expect(g.gradient({ w: 3 })).toEqual({ value: 36, gradient: { w: 24 } });
    });
  });

  describe('bytes', () => {
    it('run without the function', () => {
      const f = compile({ x: vector(2), k: data(scalar) }, ({ x, k }) => [x.at(0).sin().mul(k), x], { engine });
      const g = Program.fromBytes(f.toBytes(), { engine });
      const at = { x: [1, 2], k: 3 };
      expect(g.value(at)).toEqual(f.value(at));
      expect(g.jvp(at, { x: [1, 1] })).toEqual(f.jvp(at, { x: [1, 1] }));
      expect(g.toBytes()).toEqual(f.toBytes());
    });
  });

  it('frees what `using` leaves', () => {
    let dispose: (() => void) | undefined;
    {
      using f = compile({ x: scalar }, ({ x }) => x.sin(), { engine });
      expect(f.value({ x: 0 })).toBe(0);
      dispose = () => f.value({ x: 0 });
    }
    expect(dispose).toThrow(/disposed/);
  });

  it('derivative is a function', () => {
    const df = derivative((x) => sin(x).mul(x), { engine });
    expect(df(1)).toBeCloseTo(Math.sin(1) + Math.cos(1), 14);
    expect(df.valueAndDerivative(2).value).toBeCloseTo(2 * Math.sin(2), 14);
    expect(derivative((x) => dot([x, 1], [x, 2]), { engine })(3)).toBe(6);
    expect(derivative(() => 5, { engine })(3)).toBe(0);
    expect(() => df('1' as never)).toThrow(/WrongType/);
  });

  describe('gradcheck', () => {
    it('agrees with a right gradient', () => {
      const f = compile(
        { x: vector(3), A: matrix(2, 2) },
        ({ x, A }) =>
          x
            .map((e) => e.exp())
            .logsumexp()
            .mul(A.row(0).norm())
            .add(A.at(1, 1)),
        { engine },
      );
      const report = gradcheck(f, {
        x: [0.1, 0.2, -3],
        A: [
          [1e3, 2],
          [3, 4],
        ],
      });
      expect(report.rows.map((row) => row.name)).toEqual(['x[0]', 'x[1]', 'x[2]', 'A[0][0]', 'A[0][1]', 'A[1][0]', 'A[1][1]']);
      expect(report.ok, String(report)).toBe(true);
      expect(String(report)).toMatch(/^gradcheck: all 7 derivatives agree/);
    });

    it('finds where it is wrong: at a kink', () => {
      const f = compile({ a: scalar, b: scalar }, ({ a, b }) => a.relu().add(b), { engine });
      const report = gradcheck(f, { a: 0, b: 1 });
      expect(report.ok).toBe(false);
      expect(report.worst).toMatchObject({ name: 'a', gradient: 0, ok: false });
      expect(String(report)).toMatch(/1 of 2 derivatives are wrong\n {2}a: gradient 0, differences 0.5, /);
    });

    it('does not call NaN right', () => {
      const f = compile({ a: scalar }, ({ a }) => a.log(), { engine });
      expect(gradcheck(f, { a: -1 }).ok).toBe(false);
    });
  });
});

it("'auto' takes the interpreter where there is WebAssembly", () => {
  const f = compile({ x: scalar }, ({ x }) => x.square());
  expect(f.gradient({ x: 3 })).toEqual({ value: 9, gradient: { x: 6 } });
  expect(f.evaluate(f.point)).toBe(9);
});

describe('in a console', () => {
  it('a program says what it takes and how large it is', () => {
    const f = compile({ w: vector(3), b: scalar, x: data(vector(3)) }, ({ w, b, x }) => w.dot(x).add(b));
    expect(String(f)).toBe('Program of w[3], b and data x[3]: 2 nodes');
    const rows = f.over();
    rows.bind({
      x: [
        [1, 2, 3],
        [4, 5, 6],
      ],
    });
    expect(String(rows)).toBe('Program of w[3], b and data x[3]: 2 nodes, over 2 rows');
    f.dispose();
    rows.dispose();
  });
});
