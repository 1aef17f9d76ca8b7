/** Published test functions with gradients known in closed form (Moré, Garbow & Hillstrom 1981, and the usual suspects). */
import { describe, expect, it } from 'vitest';
import type { Engine } from '../../src/engine/engine.ts';
import type { Expr } from '../../src/graph/expression.ts';
import * as w from '../../src/graph/vocabulary.ts';
import { at, machine } from './machine.ts';

interface Published {
  readonly name: string;
  readonly f: (x: readonly Expr[]) => Expr;
  readonly x: readonly number[];
  readonly value: (x: readonly number[]) => number;
  readonly gradient: (x: readonly number[]) => readonly number[];
}

const powell = (x: readonly number[]): [number, number, number, number] => [
  x[0]! + 10 * x[1]!,
  x[2]! - x[3]!,
  x[1]! - 2 * x[2]!,
  x[0]! - x[3]!,
];

const FUNCTIONS: readonly Published[] = [
  {
    name: 'Rosenbrock',
    x: [-1.2, 1],
    f: ([x, y]) => y!.sub(x!.square()).square().mul(100).add(w.sub(1, x!).square()),
    value: ([x, y]) => 100 * (y! - x! ** 2) ** 2 + (1 - x!) ** 2,
    gradient: ([x, y]) => [-400 * x! * (y! - x! ** 2) - 2 * (1 - x!), 200 * (y! - x! ** 2)],
  },
  {
    name: 'Beale',
    x: [1, 1],
    f: ([x, y]) =>
      w.sum(
        [1.5, 2.25, 2.625].map((c, i) =>
          x!
            .mul(w.sub(1, y!.pow(i + 1)))
            .sub(c)
            .square(),
        ),
      ),
    value: ([x, y]) => [1.5, 2.25, 2.625].reduce((s, c, i) => s + (c - x! * (1 - y! ** (i + 1))) ** 2, 0),
    gradient: ([x, y]) =>
      [1.5, 2.25, 2.625].reduce<number[]>(
        ([gx, gy], c, i) => {
          const r = c - x! * (1 - y! ** (i + 1));
          return [gx! - 2 * r * (1 - y! ** (i + 1)), gy! + 2 * r * x! * (i + 1) * y! ** i];
        },
        [0, 0],
      ),
  },
  {
    name: 'Powell singular',
    x: [3, -1, 0, 1],
    f: ([a, b, c, d]) =>
      a!
        .add(b!.mul(10))
        .square()
        .add(c!.sub(d!).square().mul(5))
        .add(b!.sub(c!.mul(2)).pow(4))
        .add(a!.sub(d!).pow(4).mul(10)),
    value: (x) => {
      const [p, q, r, s] = powell(x);
      return p ** 2 + 5 * q ** 2 + r ** 4 + 10 * s ** 4;
    },
    gradient: (x) => {
      const [p, q, r, s] = powell(x);
      return [2 * p + 40 * s ** 3, 20 * p + 4 * r ** 3, 10 * q - 8 * r ** 3, -10 * q - 40 * s ** 3];
    },
  },
  {
    name: 'Himmelblau',
    x: [0.5, -1.5],
    f: ([x, y]) => x!.square().add(y!).sub(11).square().add(x!.add(y!.square()).sub(7).square()),
    value: ([x, y]) => (x! ** 2 + y! - 11) ** 2 + (x! + y! ** 2 - 7) ** 2,
    gradient: ([x, y]) => {
      const [a, b] = [x! ** 2 + y! - 11, x! + y! ** 2 - 7];
      return [4 * x! * a + 2 * b, 2 * a + 4 * y! * b];
    },
  },
  {
    name: 'Branin',
    x: [2, 3],
    f: ([x, y]) => y!.sub(x!.square().mul(0.129)).add(x!.mul(1.59)).sub(6).square().add(x!.cos().mul(9.6)).add(10),
    value: ([x, y]) => (y! - 0.129 * x! ** 2 + 1.59 * x! - 6) ** 2 + 9.6 * Math.cos(x!) + 10,
    gradient: ([x, y]) => {
      const r = y! - 0.129 * x! ** 2 + 1.59 * x! - 6;
      return [2 * r * (1.59 - 0.258 * x!) - 9.6 * Math.sin(x!), 2 * r];
    },
  },
  {
    name: 'Helmholtz energy (Griewank & Walther, the bilinear core)',
    x: [0.1, 0.2, 0.3, 0.15],
    f: (x) => {
      const b = [0.4, 0.3, 0.2, 0.1];
      const s = w.dot(x, b);
      return w.sum(x.map((e) => e.mul(w.log(e.div(w.sub(1, s))))));
    },
    value: (x) => {
      const s = 1 - x.reduce((t, v, i) => t + v * [0.4, 0.3, 0.2, 0.1][i]!, 0);
      return x.reduce((t, v) => t + v * Math.log(v / s), 0);
    },
    gradient: (x) => {
      const b = [0.4, 0.3, 0.2, 0.1];
      const s = 1 - x.reduce((t, v, i) => t + v * b[i]!, 0);
      const total = x.reduce((t, v) => t + v, 0);
      return x.map((v, i) => Math.log(v / s) + 1 + (total * b[i]!) / s);
    },
  },
  {
    name: 'Speelpenning (a product)',
    x: [1.5, -2, 3, 0.5, 4],
    f: (x) => w.prod(x),
    value: (x) => x.reduce((s, v) => s * v, 1),
    gradient: (x) => x.map((_, i) => x.reduce((s, v, j) => (j === i ? s : s * v), 1)),
  },
  {
    name: 'log-likelihood of a Gaussian',
    x: [0.3, 0.7],
    f: ([m, s]) => w.sum([0.1, -0.4, 1.2, 0.8].map((y) => w.sub(y, m!).div(s!).square().mul(-0.5).sub(s!.log()))),
    value: ([m, s]) => [0.1, -0.4, 1.2, 0.8].reduce((t, y) => t - 0.5 * ((y - m!) / s!) ** 2 - Math.log(s!), 0),
    gradient: ([m, s]) =>
      [0.1, -0.4, 1.2, 0.8].reduce<number[]>(
        ([a, b], y) => [a! + (y - m!) / s! ** 2, b! + (y - m!) ** 2 / s! ** 3 - 1 / s!],
        [0, 0],
      ),
  },
];

export function functions(engine: Engine): void {
  describe('published functions', () => {
    it.each(FUNCTIONS)('$name', ({ f, x, value, gradient }) => {
      const m = machine(engine, x.length, f);
      for (const shift of [0, 0.01, -0.03]) {
        const point = x.map((v) => v + shift);
        const got = at(m, point);
        const size = Math.max(1, Math.abs(value(point)));
        expect(Math.abs(got.value - value(point))).toBeLessThanOrEqual(1e-14 * size);
        gradient(point).forEach((g, i) => {
          expect(Math.abs(got.gradient[i]! - g), `∂${i}: ${got.gradient[i]} for ${g}`).toBeLessThanOrEqual(
            1e-12 * Math.max(1, Math.abs(g)),
          );
          expect(Math.abs(got.tangents[i]! - g), `tangent ${i}: ${got.tangents[i]} for ${g}`).toBeLessThanOrEqual(
            1e-12 * Math.max(1, Math.abs(g)),
          );
        });
      }
      m.dispose();
    });
  });
}
