/** The conventions of semantics.ts inside loops: in lanes, in scans, in lists, and beside loops. Loops have none of their own. */
import { describe, expect, it } from 'vitest';
import type { Engine } from '../../src/engine/engine.ts';
import type { Expr } from '../../src/graph/expression.ts';
import type { Vector } from '../../src/graph/vector.ts';
import * as w from '../../src/graph/vocabulary.ts';
import { data, type Inputs, matrix, type Outputs, scalar, vector } from '../../src/program/signature.ts';
import { loaded, traced } from '../support/loop-sweeps.ts';
import { check, LINES } from './semantics.ts';

const { NaN: nan, POSITIVE_INFINITY: inf } = Number;

type Handed = Record<string, Vector<Expr>> & { a: Expr };

/** Inputs x0, x1, … of n numbers each, all the same in every place. */
function many(arity: number, n: number, x: readonly number[], fn: (rows: readonly Vector<Expr>[], n: Expr) => Outputs) {
  const names = Array.from({ length: arity }, (_, i) => `x${i}`);
  const signature = Object.fromEntries(names.map((name) => [name, vector('n')])) as Inputs;
  const fill = Object.fromEntries(names.map((name, i) => [name, () => x[i]!]));
  const body = (at: unknown): Outputs => {
    const rows = names.map((name) => (at as Handed)[name]!);
    return fn(rows, rows[0]!.length);
  };
  return traced(signature, body as never, { n }, fill);
}

/** Every element of an input has the derivative of its line. */
function checkAll(found: ArrayLike<number>, n: number, expected: readonly number[], what: string): void {
  expected.forEach((g, i) => {
    for (let e = 0; e < n; e++) check(found[i * n + e]!, g, `${what}, ∂x${i}[${e}]`);
  });
}

/** The program at a point: value of the first output, all derivatives of it, in both directions. */
function at<S extends Inputs>(
  engine: Engine,
  signature: S,
  fn: Parameters<typeof traced<S>>[1],
  inputs: { readonly [name in keyof S]: readonly number[] },
  lengths: { readonly [name: string]: number },
): { value: number; gradient: number[] } {
  const fill = Object.fromEntries(Object.entries(inputs).map(([name, x]) => [name, (e: number) => x[e]!]));
  const machine = loaded(engine, traced(signature, fn, lengths, fill));
  const value = machine.gradient();
  const gradient = [...machine.adjoint];
  machine.forward();
  machine.reverse();
  expect([...machine.adjoint], 'forward and reverse').toEqual(gradient);
  const tangents = gradient.map((_, i) => machine.tangent(Float64Array.from(gradient, (__, k) => Number(k === i)))[0]!);
  expect(tangents, 'tangents').toEqual(gradient);
  machine.dispose();
  return { value, gradient };
}

const OVER = { sum: w.sum, mean: w.mean, prod: w.prod, min: w.min, max: w.max, norm: w.norm, logsumexp: w.logsumexp };
const ARG = { argMin: w.argMin, argMax: w.argMax };

export function loopSemantics(engine: Engine): void {
  describe('at awkward points in loops', () => {
    it.each(LINES)('%s, in a map', (_, f, x, value, gradient) => {
      for (const n of [1, 11]) {
        const machine = loaded(
          engine,
          many(x.length, n, x, (rows, count) => w.map(count, (i) => f(...rows.map((row) => row.at(i))))),
        );
        machine.forward();
        for (let e = 0; e < n; e++) check(machine.output(e), value, `value ${e}`);
        machine.reverse(new Float64Array(n).fill(1));
        checkAll(machine.adjoint, n, gradient, 'reverse');
        for (const i of x.keys()) {
          if (!(i in gradient)) continue;
          const direction = Float64Array.from({ length: n * x.length }, (__, k) => Number(Math.floor(k / n) === i));
          const tangents = machine.tangent(direction);
          for (let e = 0; e < n; e++) check(tangents[e]!, gradient[i]!, `forward, ∂x${i}[${e}]`);
        }
        machine.dispose();
      }
    });

    it.each(LINES)('%s, in a sum', (_, f, x, __, gradient) => {
      const machine = loaded(
        engine,
        many(x.length, 11, x, (rows, n) => w.sum(n, (i) => f(...rows.map((row) => row.at(i))))),
      );
      machine.gradient();
      checkAll(machine.adjoint, 11, gradient, 'gradient');
      machine.dispose();
    });

    it.each(LINES)('%s, in a scan', (_, f, x, value, gradient) => {
      const machine = loaded(
        engine,
        many(x.length, 5, x, (rows, n) => {
          const { outputs, carry } = w.scan(n, 0, (c, i) => [c.add(1), f(...rows.map((row) => row.at(i)))]);
          return { outputs, carry };
        }),
      );
      machine.forward();
      for (let e = 0; e < 5; e++) check(machine.output(e), value, `value ${e}`);
      machine.reverse(Float64Array.of(1, 1, 1, 1, 1, 0));
      checkAll(machine.adjoint, 5, gradient, 'reverse');
      machine.dispose();
    });

    it.each(LINES)('%s, of what a scan carries', (_, f, x, value, gradient) => {
      const program = many(x.length, 1, x, (rows, n) => {
        const carried = rows.map((row) => row.at(0));
        return w.scan(n, carried, (c) => [f(...c), ...c.slice(1)]).carry[0]!;
      });
      const machine = loaded(engine, program);
      check(machine.gradient(), value, 'value');
      checkAll(machine.adjoint, 1, gradient, 'gradient');
      machine.dispose();
    });

    it.each(LINES)('%s, beside a loop', (_, f, x, value, gradient) => {
      const program = many(x.length, 3, x, (rows, n) => ({
        first: f(...rows.map((row) => row.at(0))),
        other: w.sum(n, (i) => rows[0]!.at(i).exp()),
      }));
      const machine = loaded(engine, program);
      check(machine.gradient(), value, 'value');
      gradient.forEach((g, i) => {
        check(machine.adjoint[3 * i]!, g, `∂x${i}[0]`);
        check(machine.adjoint[3 * i + 1]!, 0, `∂x${i}[1]`);
      });
      machine.dispose();
    });

    const x = vector('n');
    const EMPTY = [
      ['sum', 0],
      ['prod', 1],
      ['max', -inf],
      ['min', inf],
      ['logsumexp', -inf],
      ['mean', nan],
      ['norm', 0],
    ] as const;
    it.each(EMPTY)('%s of nothing', (form, value) => {
      expect(at(engine, { x }, ({ x }) => OVER[form](x), { x: [] }, { n: 0 }).value).toBe(value);
      expect(at(engine, { x }, ({ x }) => OVER[form](x.length, (i) => x.at(i).exp()), { x: [] }, { n: 0 }).value).toBe(value);
      const inLanes = traced({ X: matrix('m', 'n') }, ({ X }) => w.map(X.rows, (i) => OVER[form](X.row(i))), { m: 9, n: 0 });
      const machine = loaded(engine, inLanes);
      machine.forward();
      expect([...machine.readOutput(0)]).toEqual(new Array(9).fill(value));
      machine.dispose();
    });

    it('those that tie share, over a function and in every lane', () => {
      for (const form of ['max', 'min'] as const) {
        const one = at(engine, { x }, ({ x }) => OVER[form](x.length, (i) => x.at(i).abs()), { x: [2, -2, 2] }, { n: 3 });
        expect(one).toEqual({ value: 2, gradient: [1 / 3, -1 / 3, 1 / 3] });
        const rows = Array.from({ length: 10 }, (_, i) => [i, i, i]).flat();
        const lanes = at(
          engine,
          { X: matrix('n', 3) },
          ({ X }) => w.sum(X.rows, (i) => OVER[form](X.row(i))),
          { X: rows },
          { n: 10 },
        );
        expect(lanes).toEqual({ value: 45, gradient: rows.map(() => 1 / 3) });
      }
    });

    it('a gate closed in some lanes hides the NaN behind it in these alone', () => {
      const points = [4, -1, 0.25, -0, 16, -2, 1, 1, 1, 1, 9];
      const loss = ({ x }: { x: Vector<Expr> }) => w.sum(x.length, (i) => w.sqrt(w.relu(x.at(i))));
      const slopes = points.map((v) => (v > 0 ? 0.5 / Math.sqrt(v) : 0));
      // relu is closed at −0, too
      expect(at(engine, { x }, loss, { x: points }, { n: 11 }).gradient).toEqual(slopes);
      const unfused = ({ x }: { x: Vector<Expr> }) =>
        w
          .map(x.length, (i) => w.sqrt(w.relu(x.at(i))))
          .sum()
          .square();
      const sum = points.reduce((s, v) => s + Math.sqrt(Math.max(v, 0)), 0);
      expect(at(engine, { x }, unfused, { x: points }, { n: 11 }).gradient).toEqual(slopes.map((s) => 2 * sum * s));
    });

    it('an honest NaN stays one, and where it is', () => {
      const points = [4, 0, 1, 1, 1, 1, 1, 1, 1];
      const { gradient } = at(engine, { x }, ({ x }) => w.sum(x.length, (i) => w.sqrt(x.at(i)).mul(0)), { x: points }, { n: 9 });
      expect(gradient).toEqual([0, nan, 0, 0, 0, 0, 0, 0, 0]);
    });

    it('a gate closed on a whole loop: its parameters get 0', () => {
      const signature = { a: scalar, x };
      const fn = ({ a, x }: { a: Expr; x: Vector<Expr> }): Expr => {
        const behind = w.sum(x.length, (i) => w.sqrt(x.at(i)).mul(a));
        return w.select(w.gt(a, 0), behind, a.mul(3));
      };
      expect(at(engine, signature, fn, { a: [-1], x: [0, 0, 4] }, { n: 3 })).toEqual({ value: -3, gradient: [3, 0, 0, 0] });
      expect(at(engine, signature, fn, { a: [2], x: [0, 1, 4] }, { n: 3 })).toEqual({ value: 6, gradient: [3, inf, 1, 0.5] });
    });

    it('a gate closed on what a scan carried, and on a scan in lanes', () => {
      const carried = ({ a, x }: { a: Expr; x: Vector<Expr> }): Expr =>
        w.scan(x.length, a, (c, i) => w.relu(w.sqrt(c).sub(5)).add(x.at(i))).carry;
      const { gradient } = at(engine, { a: scalar, x }, carried, { a: [0], x: [0, 0, 3] }, { n: 3 });
      expect(gradient).toEqual([0, 0, 0, 1]);
      const lanes = at(
        engine,
        { a: scalar, X: matrix('n', 'm') },
        ({ a, X }) => w.sum(X.rows, (i) => w.relu(w.scan(X.cols, a, (c, j) => w.sqrt(c.mul(X.at(i, j)))).carry.sub(1))),
        { a: [1], X: Array.from({ length: 18 }, (_, i) => (i < 2 ? 4 : 0)) },
        { n: 9, m: 2 },
      );
      expect(lanes.value).toBeCloseTo(Math.sqrt(8) - 1, 14);
      expect(lanes.gradient.slice(3)).toEqual(new Array(16).fill(0));
      expect(lanes.gradient.slice(0, 3).every((g) => g > 0 && g < inf)).toBe(true);
    });

    it('what argMin and argMax do not choose gets 0, whatever its slope is', () => {
      const signature = { X: matrix('n', 3) };
      const rows = [0, 4, 0, 0, 0, 9, 16, 0, 0, ...new Array(24).fill(0).map((_, i) => (i % 3 === 2 ? 1 : 0))];
      const { value, gradient } = at(
        engine,
        signature,
        ({ X }) =>
          w.sum(X.rows, (i) => {
            const roots = X.row(i).sqrt();
            return roots.at(w.argMax(roots));
          }),
        { X: rows },
        { n: 11 },
      );
      expect(value).toBe(2 + 3 + 4 + 8);
      expect(gradient).toEqual(rows.map((x) => (x > 0 ? 0.5 / Math.sqrt(x) : 0)));
    });

    it('argMin and argMax take the first of equals, and the first NaN', () => {
      const rows = [2, 1, 1, 3, nan, nan, -0, 0, 0, 5, 5, 5];
      const places = (f: 'argMin' | 'argMax'): number[] => {
        const signature = { X: data(matrix('n', 3)), a: scalar };
        const fill = { X: (e: number) => rows[e]! };
        const machine = loaded(
          engine,
          traced(signature, ({ X, a }) => ({ p: w.map(X.rows, (i) => ARG[f](X.row(i))), a }), { n: 4 }, fill),
        );
        machine.forward();
        return [...machine.readOutput(0)];
      };
      expect(places('argMin')).toEqual([1, 1, 0, 0]);
      expect(places('argMax')).toEqual([0, 1, 0, 0]);
    });

    it('−0 is kept by values, and is never a derivative', () => {
      const machine = loaded(
        engine,
        traced({ x }, ({ x }) => w.map(x.length, (i) => x.at(i).mul(-1).mul(0)), { n: 9 }, { x: () => 2 }),
      );
      machine.forward();
      expect([...machine.readOutput(0)]).toEqual(new Array(9).fill(-0));
      machine.reverse(new Float64Array(9).fill(1));
      expect([...machine.adjoint]).toEqual(new Array(9).fill(0));
      expect(at(engine, { x }, ({ x }) => w.sum(x.length, (i) => x.at(i).mul(0)), { x: [-1, -1] }, { n: 2 }).value).toBe(-0);
      expect([...machine.tangent(new Float64Array(9).fill(1))].every((t) => Object.is(t, 0))).toBe(true);
      machine.dispose();
    });
  });
}
