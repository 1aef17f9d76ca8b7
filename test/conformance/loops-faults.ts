/** Indices that leave their arrays when a program runs: a typed error, and nothing lost. */
import { describe, expect, it } from 'vitest';
import type { Engine } from '../../src/engine/engine.ts';
import type { Expr } from '../../src/graph/expression.ts';
import type { Matrix, Vector } from '../../src/graph/vector.ts';
import * as w from '../../src/graph/vocabulary.ts';
import { gradientDescentSync } from '../../src/optimize/index.ts';
import { compile, type Program } from '../../src/program.ts';
import { data, matrix, vector } from '../../src/program/signature.ts';
import { code } from '../support/code.ts';
import { loaded, type Case, traced, writtenOut, expectNear } from '../support/loop-sweeps.ts';

const signature = { x: vector('n'), X: matrix('n', 'm'), k: data(vector('n')) };
interface At {
  readonly x: Vector<Expr>;
  readonly X: Matrix<Expr, Expr>;
  readonly k: Vector<Expr>;
}

const PLACES: readonly (readonly [where: string, fn: (at: At) => Expr])[] = [
  [
    'in main',
    ({ x, k }) =>
      x
        .at(k.at(5))
        .mul(x.at(k.at(0)))
        .add(x.square().sum()),
  ],
  ['in lanes, fused', ({ x, k }) => w.sum(k.length, (i) => x.at(k.at(i)).square().mul(x.at(i)))],
  [
    'in lanes, stored',
    ({ x, k }) =>
      w
        .map(k.length, (i) => x.at(k.at(i)).square().mul(x.at(i)))
        .sum()
        .square(),
  ],
  [
    'in a scan',
    ({ x, k }) =>
      w.scan(k.length, 0.5, (c, i) =>
        c
          .mul(x.at(k.at(i)))
          .add(x.at(i))
          .sin(),
      ).carry,
  ],
  [
    'in a scan in lanes',
    ({ x, X, k }) => w.sum(X.rows, (i) => w.scan(X.cols, x.at(i), (c, j) => c.mul(X.at(k.at(i), j)).sin()).carry),
  ],
  ['in a loop in lanes', ({ x, X, k }) => w.sum(X.rows, (i) => w.sum(X.cols, (j) => X.at(k.at(i), j).mul(x.at(j)).sin()))],
  ['of rows that are copied', ({ x, X, k }) => w.sum(k.length, (i) => w.norm(X.row(k.at(i)).add(x.at(i))))],
  [
    'in a loop in a scan',
    ({ X, k, x }) => w.scan(X.rows, x.at(0), (c, i) => w.sum(X.cols, (j) => X.at(k.at(i), j).mul(c).sin())).carry,
  ],
];

const BAD = [12, -1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, -1e-300, 2 ** 31, -(2 ** 32), 1e300];

export function loopFaults(engine: Engine): void {
  describe('an index outside its array', () => {
    it.each(PLACES)('%s: every sweep stops, the next one is right', (_, fn) => {
      const program: Case = traced(signature, fn, { n: 12, m: 3 }, { k: (e) => (5 * e) % 12 });
      const { gradient, outputs, tangent } = writtenOut(program);
      const machine = loaded(engine, program);
      const direction = Float64Array.from(program.point, (_, i) => Math.sin(2 * i + 1));
      for (const bad of BAD) {
        machine.data[5] = bad;
        machine.bound();
        for (const sweep of [() => machine.forward(), () => machine.gradient(), () => machine.tangent(direction)]) {
          let message = '';
          expect(
            code(() => {
              try {
                sweep();
              } catch (error) {
                message = (error as Error).message;
                throw error;
              }
            }),
          ).toBe('OutOfRange');
          expect(message).toContain(String(bad));
          expect(message).toMatch(/12/);
        }
        machine.data[5] = program.data[5]!;
        machine.bound();
        expectNear([machine.gradient()], outputs, 'value');
        expectNear([...machine.adjoint], gradient, 'gradient');
        expectNear([...machine.tangent(direction)], tangent, 'tangent');
      }
      machine.dispose();
    });

    it('is no fault in a loop that never runs', () => {
      const fn = ({ x, X, k }: At): Expr =>
        w.sum(X.rows, (i) => w.sum(X.cols, (j) => X.at(i, k.at(j)).mul(x.at(i)))).add(x.at(0));
      const program = traced({ ...signature, k: data(vector('m')) }, fn, { n: 3, m: 0 });
      const machine = loaded(engine, program);
      expect(machine.gradient()).toBe(program.point[0]);
      expect([...machine.adjoint]).toEqual([1, 0, 0]);
      machine.dispose();
    });

    it('stops the program that has it, not others', () => {
      const make = (): Program<typeof signature, Expr> =>
        compile(signature, ({ x, k }) => w.sum(k.length, (i) => x.at(k.at(i)).square()), { engine: engine.name });
      const [one, other] = [make(), make()];
      const [x, X] = [
        [1, 2],
        [[0], [0]],
      ];
      expect(code(() => one.gradient({ x, X, k: [0, 2] }))).toBe('OutOfRange');
      expect(() => one.gradient({ x, X, k: [0, 2] })).toThrow(/^x\.at: index/);
      expect(other.gradient({ x, X, k: [0, 1] })).toEqual({
        value: 5,
        gradient: { x: Float64Array.of(2, 4), X: Float64Array.of(0, 0) },
      });
      expect(one.gradient({ x, X, k: [1, 1] }).gradient.x).toEqual(Float64Array.of(0, 8));
      one.dispose();
      other.dispose();
    });
  });

  describe('limits of programs with loops', () => {
    const loss = () =>
      compile({ x: vector('n'), k: data(vector('n')) }, ({ x, k }) => w.sum(k.length, (i) => x.at(i).sub(k.at(i)).square()), {
        engine: engine.name,
      });

    it('maxSteps refuses before anything runs, by the steps that are counted', () => {
      const f = loss();
      const inputs = (n: number) => ({ x: new Array<number>(n).fill(2), k: new Array<number>(n).fill(1) });
      const least = (n: number): number => {
        for (let steps = 1; ; steps++) {
          try {
            f.gradient(inputs(n), { maxSteps: steps });
            return steps;
          } catch (error) {
            if ((error as { code?: string }).code !== 'StepLimit') throw error;
          }
        }
      };
      const [ten, twenty] = [least(10), least(20)];
      expect(least(30) - twenty).toBe(twenty - ten); // as many for each element
      expect(f.gradient(inputs(10), { maxSteps: ten }).value).toBe(10);
      expect(code(() => f.gradient(inputs(20), { maxSteps: ten }))).toBe('StepLimit');
      expect(f.gradient(inputs(10)).value).toBe(10);
      f.dispose();
    });

    it('a program that runs cannot be called with other lengths, and goes on undisturbed', () => {
      const [f, other] = [loss().bind({ k: [1, 1] }), loss()];
      const found: string[] = [];
      const progress = (): void => {
        found.push(code(() => f.gradient({ x: [1, 2, 3], k: [1, 2, 3] })));
        found.push(code(() => f.bind({ k: [0] })));
        expect(other.gradient({ x: [1, 2, 4], k: [1, 2, 3] }).value).toBe(1);
      };
      const run = gradientDescentSync(f, { start: { x: [3, 5] }, rate: 0.25, steps: 1, progress });
      expect(found).toEqual(['Reentrant', 'Reentrant']);
      expect(run.point).toEqual({ x: Float64Array.of(2, 3) });
      expect(f.gradient({ x: [1, 2, 4], k: [1, 2, 3] }).value).toBe(1);
      f.dispose();
      other.dispose();
    });

    it('a program is disposed once, and then refuses', () => {
      const f = loss();
      f.dispose();
      expect(code(() => f.gradient({ x: [1], k: [1] }))).toBe('Disposed');
    });
  });
}
