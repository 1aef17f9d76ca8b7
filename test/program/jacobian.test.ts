/** Weighted sums of rows, and whole Jacobians: against closed forms, sweep by sweep to the bit, at awkward points, and badly called. */
import { describe, expect, it } from 'vitest';
import {
  compile,
  data,
  dot,
  gt,
  log,
  logsumexp,
  map,
  matrix,
  max,
  min,
  norm,
  prod,
  scalar,
  scan,
  select,
  sum,
  vector,
} from '../../src/index.ts';
import { STATE } from '../../src/program/state.ts';
import { code } from '../support/code.ts';
import { ENGINES } from '../support/engines.ts';
import { type AnyProgram, byAdjoints, byTangents, distance, randomSystem } from '../support/jacobians.ts';
import { ARITHMETIC } from '../support/random-graph.ts';

const MODES = ['forward', 'reverse'] as const;
const wrong = (x: unknown): never => x as never;

/** Both modes, compared with sweeps one at a time to the bit, and with each other. */
function expectSweeps(f: AnyProgram, point: object, most = 1e-12): Float64Array {
  const forward = f.jacobian(wrong(point), { mode: 'forward' }).jacobian;
  expect(forward).toEqual(byTangents(f));
  const reverse = f.jacobian(wrong(point), { mode: 'reverse' }).jacobian;
  expect(reverse).toEqual(byAdjoints(f));
  expect(distance(forward, reverse)).toBeLessThanOrEqual(most);
  expect(forward.some((x) => Object.is(x, -0))).toBe(false);
  return forward;
}

describe.each(ENGINES)('%s', (engine) => {
  describe('vjp', () => {
    const f = compile(
      { A: matrix(2, 2), x: vector(2), s: data(scalar) },
      ({ A, x, s }) => ({ y: A.row(0).mul(x.at(0)), M: A.mul(s), z: x.at(1).square() }),
      { engine },
    );
    const at = { A: [1, 2, 3, 4], x: [5, 6], s: 10 };

    it('is the gradient of a weighted sum, in the shapes of the inputs', () => {
      const { value, gradient } = f.vjp(at, { y: [1, 10], M: [[1, 0], [0, 2]], z: 100 }); // biome-ignore format: a matrix
      expect(value).toEqual({ y: Float64Array.of(5, 10), M: Float64Array.of(10, 20, 30, 40), z: 36 });
      expect(gradient).toEqual({ A: Float64Array.of(5 + 10, 50, 0, 20), x: Float64Array.of(21, 1200) });
    });

    it('takes weights as the outputs are: one, several, by name', () => {
      expect(compile({ x: scalar }, ({ x }) => x.square(), { engine }).vjp({ x: 3 }, 10).gradient).toEqual({ x: 60 });
      const list = compile({ x: scalar }, ({ x }) => [x, x.square()], { engine });
      expect(list.vjp({ x: 3 }, [1, 10]).gradient).toEqual({ x: 61 });
      const array = compile({ x: vector('n') }, ({ x }) => map(x.length, (i) => x.at(i).square()), { engine });
      expect(array.vjp({ x: [1, 2, 3] }, [1, 10, 100])).toEqual({
        value: Float64Array.of(1, 4, 9),
        gradient: { x: Float64Array.of(2, 40, 600) },
      });
    });

    it('leaves out what weighs nothing', () => {
      const g = compile({ x: scalar }, ({ x }) => [x.sqrt(), x.mul(3)], { engine });
      expect(g.vjp({ x: 0 }, [0, 1]).gradient).toEqual({ x: 3 });
      expect(g.vjp({ x: 0 }, [1, 0]).gradient).toEqual({ x: Number.POSITIVE_INFINITY });
    });

    it('refuses weights of another structure, and changes nothing then', () => {
      const before = f.point.slice();
      const point = { ...at, x: [7, 7] };
      const right = { y: [1, 1], M: [1, 1, 1, 1], z: 1 };
      const vjp = (weights: unknown) => () => f.vjp(point, wrong(weights));
      expect(code(vjp({ ...right, y: [1] }))).toBe('WrongLength');
      expect(code(vjp({ ...right, M: [[1], [2]] }))).toBe('WrongLength');
      expect(code(vjp({ ...right, z: [1] }))).toBe('WrongType');
      expect(code(vjp({ ...right, z: undefined }))).toBe('WrongType');
      expect(code(vjp({ y: [1, 1], M: [1, 1, 1, 1] }))).toBe('MissingName');
      expect(code(vjp({ ...right, q: 1 }))).toBe('UnknownName');
      expect(code(vjp([1, 1, 1]))).toBe('WrongType');
      expect(code(vjp(undefined))).toBe('WrongType');
      expect(f.point).toEqual(before);
      const list = compile({ x: scalar }, ({ x }) => [x, x.square()], { engine });
      expect(code(() => list.vjp({ x: 1 }, wrong([1])))).toBe('WrongLength');
      expect(code(() => list.vjp({ x: 1 }, wrong({ 0: 1, 1: 1 })))).toBe('WrongType');
      expect(code(() => list.vjp({ x: 1 }, wrong(['1', 1])))).toBe('WrongType');
      const any = compile({ x: vector('n') }, ({ x }) => map(x.length, (i) => x.at(i).square()), { engine });
      any.value({ x: [1, 2] });
      expect(code(() => any.vjp({ x: [1, 2, 3] }, [1, 2]))).toBe('WrongLength');
      expect(any.point).toEqual(Float64Array.of(1, 2));
    });

    it('has a step limit', () => {
      const list = compile({ x: scalar }, ({ x }) => [x, x.square()], { engine });
      expect(code(() => list.vjp({ x: 1 }, [1, 1], { maxSteps: 1 }))).toBe('StepLimit');
    });
  });

  describe('jacobian', () => {
    it('is rows of outputs by columns of inputs', () => {
      const f = compile({ a: scalar, x: vector(2) }, ({ a, x }) => ({ s: x.mul(a), p: x.at(0).mul(x.at(1)) }), { engine });
      for (const mode of [undefined, ...MODES])
        expect(f.jacobian({ a: 2, x: [3, 5] }, mode && { mode })).toEqual({
          value: { s: Float64Array.of(6, 10), p: 15 },
          jacobian: Float64Array.of(3, 2, 0, 5, 0, 2, 0, 5, 3),
          rows: 3,
          cols: 3,
        });
    });

    it('of random systems has the bits of single sweeps', () => {
      for (let seed = 0; seed < 40; seed++) {
        const p = [1, 2, 5, 9, 16, 17, 40][seed % 7]!;
        const { program, point } = randomSystem(seed, { p, m: 1 + (seed % 9), length: 30 + 8 * seed });
        expectSweeps(program(engine), { x: point }, 1e-9);
      }
    });

    it('of ops over lists, short, gathered and longer than a block', () => {
      for (const n of [1, 3, 20, 1100]) {
        const p = Math.min(n, 20);
        const f = compile(
          { x: vector(p), c: data(vector(p)) },
          ({ x, c }) => {
            const all = Array.from({ length: n }, (_, i) => (i < p ? x.at(i) : x.at(i % p).mul(1 + 1 / i)));
            const odd = all.filter((_, i) => i % 3 !== 1);
            const weights = Array.from({ length: n }, (_, i) => c.at(i % p));
            return [sum(all), x.mean(), dot(all, weights), dot(all, [...all].reverse()), norm(odd), logsumexp(odd), max(odd), min(x), prod(all.slice(0, 5)), x.at(0).mul(c.at(0))]; // biome-ignore format: a list
          },
          { engine },
        );
        const x = Float64Array.from({ length: p }, (_, i) => Math.sin(i + 1) + 1.5);
        expectSweeps(f, { x, c: x.map((y) => 1 / y) });
      }
    });

    it('of what repeats itself: groups in place, broadcast, strided, three operands', () => {
      const f = compile(
        { W: matrix(6, 5), s: scalar },
        ({ W, s }) =>
          Array.from(
            { length: 6 },
            (_, i) =>
            sum(Array.from({ length: 5 }, (_, j) => select(gt(W.at(i, j), 0.3), W.at(i, j).mul(s).clamp(-0.5, s), W.at(5 - i, j).sub(s).div(s)))), // biome-ignore format: one formula
          ),
        { engine },
      );
      expectSweeps(f, { W: Float64Array.from({ length: 30 }, (_, i) => Math.sin(3 * i)), s: 0.9 });
    });

    it('of programs with loops', () => {
      const f = compile(
        { x: vector('n'), a: scalar, place: data(vector('n')) },
        ({ x, a, place }) => ({
          each: map(x.length, (i) => x.at(place.at(i)).mul(x.at(i)).sin().mul(a)),
          steps: scan(x.length, 0, (c, i) => {
            const next = c.mul(a).add(x.at(i).square());
            return [next, next.mul(2)];
          }).outputs,
          total: x.norm(),
        }),
        { engine },
      );
      for (const n of [1, 4, 70]) {
        const x = Float64Array.from({ length: n }, (_, i) => Math.cos(i) + 0.1);
        const point = { x, a: 0.7, place: x.map((_, i) => (7 * i + 3) % n) };
        expectSweeps(f, point);
        expect(f.jacobian(point)).toMatchObject({ rows: 2 * n + 1, cols: n + 1 });
      }
    });

    it('where there is nothing, or one thing', () => {
      const none = compile({ x: vector(0), y: data(scalar) }, ({ y }) => [y, y.mul(2)], { engine });
      expect(none.jacobian({ x: [], y: 3 })).toEqual({ value: [3, 6], jacobian: new Float64Array(0), rows: 2, cols: 0 });
      const one = compile({ x: scalar }, ({ x }) => x.square(), { engine });
      for (const mode of MODES)
        expect(one.jacobian({ x: 3 }, { mode })).toEqual({ value: 9, jacobian: Float64Array.of(6), rows: 1, cols: 1 });
      const any = compile({ x: vector('n') }, ({ x }) => map(x.length, (i) => x.at(i).square()), { engine });
      for (const mode of MODES)
        expect(any.jacobian({ x: [] }, { mode })).toEqual({ value: new Float64Array(0), jacobian: new Float64Array(0), rows: 0, cols: 0 }); // biome-ignore format: one line
    });

    it('outputs that are inputs, constants, data, or each other', () => {
      const f = compile({ x: scalar, y: scalar, d: data(scalar) }, ({ x, y, d }) => [x, 3, d, x.mul(y), x.mul(y), d.mul(2)], { engine }); // biome-ignore format: one line
      for (let again = 0; again < 2; again++)
        for (const mode of MODES)
          expect(f.jacobian({ x: 2, y: 5, d: 7 }, { mode })).toEqual({
            value: [2, 3, 7, 10, 10, 14],
            jacobian: Float64Array.of(1, 0, 0, 0, 0, 0, 5, 2, 5, 2, 0, 0),
            rows: 6,
            cols: 2,
          });
    });

    it('keeps the conventions at awkward points in both modes', () => {
      const f = compile(
        { x: scalar, y: scalar },
        ({ x, y }) => [
          select(gt(x, 0), log(x), 0),
          x.sqrt().add(y),
          x.sqrt().mul(0),
          x.sub(1).relu().sqrt().add(y),
          max(x, y),
          x.abs(),
          y.mul(x.sqrt()),
        ],
        { engine },
      );
      const { NaN: nan, POSITIVE_INFINITY: inf } = Number;
      for (const mode of MODES)
        expect(f.jacobian({ x: 0, y: 0 }, { mode }).jacobian).toEqual(
          Float64Array.of(0, 0, inf, 1, nan, 0, 0, 1, 0.5, 0.5, 0, 0, nan, 0),
        );
    });

    it('says where it stopped being finite', () => {
      const f = compile({ x: scalar, y: scalar }, ({ x, y }) => [y.mul(2), x.sqrt().named('root')], { engine, check: 'nan' });
      for (const mode of MODES)
        expect(() => f.jacobian({ x: 0, y: 1 }, { mode })).toThrow(/output 1 .*behind root = 1 = sqrt.*NonFinite/);
      expect(() => f.vjp({ x: 0, y: 1 }, [0, 1])).toThrow(/root/);
      expect(f.vjp({ x: 0, y: 1 }, [1, 0]).gradient).toEqual({ x: 0, y: 2 });
      expect(() => f.jacobian({ x: -1, y: 1 })).toThrow(/output 1 is NaN.*NonFinite/);
      expect(f.jacobian({ x: 1, y: 1 }).jacobian).toEqual(Float64Array.of(0, 2, 0.5, 0));
    });

    it('is typed errors when called badly', () => {
      const f = compile({ x: scalar, d: data(scalar) }, ({ x, d }) => [x, x.mul(d)], { engine });
      expect(code(() => f.jacobian(wrong({ x: 1 })))).toBe('DataMissing');
      expect(code(() => f.jacobian(wrong({ d: 1 })))).toBe('MissingName');
      expect(code(() => f.jacobian(wrong({ x: '1', d: 1 })))).toBe('WrongType');
      expect(code(() => f.jacobian({ x: 1, d: 1 }, { mode: wrong('sideways') }))).toBe('BadOption');
      expect(code(() => f.jacobian({ x: 1, d: 1 }, { maxSteps: 3 }))).toBe('StepLimit');
      expect(code(() => f.jacobian({ x: 1, d: 1 }, { maxSteps: wrong('x') }))).toBe('BadOption');
      expect(f.jacobian({ x: 1, d: 1 }, { maxSteps: 30 }).rows).toBe(2);
      f.dispose();
      expect(code(() => f.jacobian({ x: 1, d: 1 }))).toBe('Disposed');
      expect(code(() => f.vjp({ x: 1, d: 1 }, [1, 1]))).toBe('Disposed');
      expect(code(() => f.evaluateJacobian([1], new Float64Array(2)))).toBe('Disposed');
    });
  });

  describe('evaluateJacobian', () => {
    const polar = () => compile({ r: scalar, t: scalar }, ({ r, t }) => [r.mul(t.cos()), r.mul(t.sin())], { engine });

    it('writes to the buffers given, from any flat point', () => {
      const f = polar();
      const out = new Float64Array(4);
      const values = new Float64Array(2);
      expect(f.evaluateJacobian(Float64Array.of(2, 0), out, values)).toBe(out);
      expect(out).toEqual(Float64Array.of(1, 0, 0, 2));
      expect(values).toEqual(Float64Array.of(2, 0));
      f.point.set([3, 0]);
      expect(f.evaluateJacobian(f.point, out)).toEqual(Float64Array.of(1, 0, 0, 3));
      const any = compile({ x: vector('n') }, ({ x }) => map(x.length, (i) => x.at(i).square()), { engine });
      expect(any.evaluateJacobian([1, 2], new Float64Array(4))).toEqual(Float64Array.of(2, 0, 0, 4));
      expect(any.evaluateJacobian([1, 2, 3], new Float64Array(9), new Float64Array(3))[8]).toBe(6);
    });

    it('goes on when memory has moved', () => {
      const f = polar();
      const out = new Float64Array(4);
      f.evaluateJacobian([2, 0], out);
      const large = compile({ x: vector(300_000) }, ({ x }) => x.square().sum(), { engine });
      large.value({ x: new Float64Array(300_000) });
      expect(f.evaluateJacobian([5, 0], out, new Float64Array(2))).toEqual(Float64Array.of(1, 0, 0, 5));
      large.dispose();
    });

    it('is checked', () => {
      const f = polar();
      const out = new Float64Array(4);
      const moved = new Float64Array(4);
      structuredClone(moved, { transfer: [moved.buffer] });
      expect(code(() => f.evaluateJacobian([1], out))).toBe('WrongLength');
      expect(code(() => f.evaluateJacobian(wrong(undefined), out))).toBe('WrongType');
      expect(code(() => f.evaluateJacobian(wrong(['1', 2]), out))).toBe('WrongType');
      expect(code(() => f.evaluateJacobian([1, 2], new Float64Array(3)))).toBe('WrongLength');
      expect(code(() => f.evaluateJacobian([1, 2], wrong(new Float32Array(4))))).toBe('WrongType');
      expect(code(() => f.evaluateJacobian([1, 2], wrong(undefined)))).toBe('WrongType');
      expect(code(() => f.evaluateJacobian([1, 2], moved))).toBe('DetachedBuffer');
      expect(code(() => f.evaluateJacobian([1, 2], out, new Float64Array(1)))).toBe('WrongLength');
      expect(() => f.evaluateJacobian([1], out)).toThrow(/^evaluateJacobian: the point/);
      const bound = compile({ x: scalar, d: data(scalar) }, ({ x, d }) => [x, x.mul(d)], { engine });
      expect(code(() => bound.evaluateJacobian([1], new Float64Array(2)))).toBe('DataMissing');
      const limited = compile({ x: scalar }, ({ x }) => [x, x.square()], { engine, maxSteps: 3 });
      expect(code(() => limited.evaluateJacobian([1], new Float64Array(2)))).toBe('StepLimit');
      expect(f.evaluateJacobian([2, 0], out)).toEqual(Float64Array.of(1, 0, 0, 2));
    });
  });
});

it('both engines have the same bits for ops that are rounded exactly', () => {
  for (let seed = 100; seed < 120; seed++) {
    const { program, point } = randomSystem(seed, { p: 11, m: 5, length: 120, ops: ARITHMETIC });
    const [a, b] = ENGINES.map((engine) => MODES.map((mode) => program(engine).jacobian({ x: point }, { mode }).jacobian));
    expect(a).toEqual(b);
  }
});

it('takes the mode that costs less', () => {
  const wide = compile({ x: vector(200) }, ({ x }) => [x.square().sum(), x.sum()]);
  const tall = compile({ x: vector(2) }, ({ x }) =>
    Array.from({ length: 200 }, (_, i) =>
      x
        .at(i % 2)
        .add(i)
        .square(),
    ),
  );
  const calls: string[] = [];
  for (const [f, n] of [
    [wide, 200],
    [tall, 2],
  ] as const) {
    // biome-ignore format: pairs
    const { machine } = (f as AnyProgram)[STATE];
    const { jacobianColumns, jacobianRows } = machine;
    machine.jacobianColumns = (out) => { calls.push('columns'); jacobianColumns.call(machine, out); }; // biome-ignore format: one line
    machine.jacobianRows = (out) => { calls.push('rows'); jacobianRows.call(machine, out); }; // biome-ignore format: one line
    (f as AnyProgram).jacobian({ x: new Float64Array(n) });
  }
  expect(calls).toEqual(['rows', 'columns']);
});
