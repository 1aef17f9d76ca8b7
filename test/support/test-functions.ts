/**
 * Sums of squares to minimise: J. Moré, B. Garbow, K. Hillstrom, "Testing unconstrained optimization software" (1981), by their
 * numbers there, and Himmelblau's and Beale's. Every one as its residuals; the minimum is that of Σ r².
 */
import { type Expr, exp, type Vector, vector } from '../../src/index.ts';

export interface TestFunction {
  readonly name: string;
  readonly start: readonly number[];
  readonly residuals: (x: readonly Expr[]) => readonly Expr[];
  /** Σ r² at the minimum. */
  readonly minimum: number;
  /** Other minima that a method may end in. */
  readonly others?: readonly number[];
  readonly at?: readonly number[];
}

const range = <T>(n: number, f: (i: number) => T): T[] => Array.from({ length: n }, (_, i) => f(i));

// biome-ignore format: a table
const GAUSSIAN = [0.0009, 0.0044, 0.0175, 0.054, 0.1295, 0.242, 0.3521, 0.3989, 0.3521, 0.242, 0.1295, 0.054, 0.0175, 0.0044, 0.0009];
const BARD = [0.14, 0.18, 0.22, 0.25, 0.29, 0.32, 0.35, 0.39, 0.37, 0.58, 0.73, 0.96, 1.34, 2.1, 4.39];
// biome-ignore format: a table
const KOWALIK = { y: [0.1957, 0.1947, 0.1735, 0.16, 0.0844, 0.0627, 0.0456, 0.0342, 0.0323, 0.0235, 0.0246], u: [4, 2, 1, 0.5, 0.25, 0.167, 0.125, 0.1, 0.0833, 0.0714, 0.0625] };

export const TEST_FUNCTIONS: readonly TestFunction[] = [
  {
    name: 'Rosenbrock (1)',
    start: [-1.2, 1],
    residuals: ([x, y]) => [y!.sub(x!.square()).mul(10), x!.neg().add(1)],
    minimum: 0,
    at: [1, 1],
  },
  {
    name: 'Freudenstein and Roth (2)',
    start: [0.5, -2],
    residuals: ([x, y]) => [
      x!.sub(13).add(y!.neg().add(5).mul(y!).sub(2).mul(y!)),
      x!.sub(29).add(y!.add(1).mul(y!).sub(14).mul(y!)),
    ],
    minimum: 0,
    others: [48.98425367924],
  },
  {
    name: 'Powell badly scaled (3)',
    start: [0, 1],
    residuals: ([x, y]) => [x!.mul(y!).mul(1e4).sub(1), exp(x!.neg()).add(exp(y!.neg())).sub(1.0001)],
    minimum: 0,
  },
  {
    name: 'Beale (5)',
    start: [1, 1],
    residuals: ([x, y]) => [1.5, 2.25, 2.625].map((c, i) => x!.mul(y!.pow(i + 1).sub(1)).add(c)),
    minimum: 0,
    at: [3, 0.5],
  },
  {
    name: 'Jennrich and Sampson (6)',
    start: [0.3, 0.4],
    residuals: ([x, y]) => range(10, (i) => exp(x!.mul(i + 1)).add(exp(y!.mul(i + 1))).neg().add(2 + 2 * (i + 1))), // biome-ignore format: one line
    minimum: 124.3621823556,
  },
  {
    name: 'Helical valley (7)',
    start: [-1, 0, 0],
    residuals: ([x, y, z]) => [z!.sub(y!.atan2(x!).mul(10 / (2 * Math.PI))).mul(10), x!.hypot(y!).sub(1).mul(10), z!],
    minimum: 0,
    at: [1, 0, 0],
  },
  {
    name: 'Bard (8)',
    start: [1, 1, 1],
    residuals: ([x, y, z]) =>
      BARD.map((b, i) => {
        const [u, v] = [i + 1, 15 - i];
        return x!.add(y!.mul(v).add(z!.mul(Math.min(u, v))).reciprocal().mul(u)).neg().add(b); // biome-ignore format: one line
      }),
    minimum: 8.214877306578e-3,
  },
  {
    name: 'Gaussian (9)',
    start: [0.4, 1, 0],
    residuals: ([x, y, z]) =>
      GAUSSIAN.map((g, i) =>
        x!
          .mul(
            exp(
              y!
                .mul(
                  z!
                    .neg()
                    .add((7 - i) / 2)
                    .square(),
                )
                .mul(-0.5),
            ),
          )
          .sub(g),
      ),
    minimum: 1.12793276961e-8,
  },
  {
    name: 'Box three-dimensional (12)',
    start: [0, 10, 20],
    residuals: ([x, y, z]) =>
      range(10, (i) => {
        const t = -0.1 * (i + 1);
        return exp(x!.mul(t)).sub(exp(y!.mul(t))).sub(z!.mul(Math.exp(t) - Math.exp(10 * t))); // biome-ignore format: one line
      }),
    minimum: 0,
  },
  {
    name: 'Powell singular (13)',
    start: [3, -1, 0, 1],
    residuals: ([a, b, c, d]) => [
      a!.add(b!.mul(10)),
      c!.sub(d!).mul(Math.sqrt(5)),
      b!.sub(c!.mul(2)).square(),
      a!.sub(d!).square().mul(Math.sqrt(10)),
    ],
    minimum: 0,
  },
  {
    name: 'Wood (14)',
    start: [-3, -1, -3, -1],
    residuals: ([a, b, c, d]) => [
      b!.sub(a!.square()).mul(10),
      a!.neg().add(1),
      d!.sub(c!.square()).mul(Math.sqrt(90)),
      c!.neg().add(1),
      b!.add(d!).sub(2).mul(Math.sqrt(10)),
      b!.sub(d!).mul(Math.sqrt(0.1)),
    ],
    minimum: 0,
    at: [1, 1, 1, 1],
  },
  {
    name: 'Kowalik and Osborne (15)',
    start: [0.25, 0.39, 0.415, 0.39],
    residuals: ([a, b, c, d]) =>
      KOWALIK.u.map((u, i) => a!.mul(b!.mul(u).add(u * u)).div(c!.mul(u).add(u * u).add(d!)).neg().add(KOWALIK.y[i]!)), // biome-ignore format: one line
    minimum: 3.075056038492e-4,
  },
  {
    name: 'Extended Rosenbrock (21), 100',
    start: range(100, (i) => (i % 2 === 0 ? -1.2 : 1)),
    residuals: (x) => range(50, (i) => [x[2 * i + 1]!.sub(x[2 * i]!.square()).mul(10), x[2 * i]!.neg().add(1)]).flat(),
    minimum: 0,
  },
  {
    name: 'Variably dimensioned (25), 10',
    start: range(10, (i) => 1 - (i + 1) / 10),
    residuals: (x) => {
      const s = x.map((e, i) => e.sub(1).mul(i + 1)).reduce((sum, e) => sum.add(e));
      return [...x.map((e) => e.sub(1)), s, s.square()];
    },
    minimum: 0,
    at: range(10, () => 1),
  },
  {
    name: 'Broyden tridiagonal (30), 400',
    start: range(400, () => -1),
    residuals: (x) =>
      x.map((e, i) => {
        let r = e.mul(-2).add(3).mul(e).add(1);
        if (i > 0) r = r.sub(x[i - 1]!);
        return i < x.length - 1 ? r.sub(x[i + 1]!.mul(2)) : r;
      }),
    minimum: 0,
  },
  {
    name: 'Himmelblau',
    start: [0, 0],
    residuals: ([x, y]) => [x!.square().add(y!).sub(11), x!.add(y!.square()).sub(7)],
    minimum: 0,
  },
];

/** The input of such a function, and it as the sum of squares. */
export const signatureOf = ({ start }: TestFunction) => ({ x: vector(start.length) });

export function elements(x: Vector<number>): Expr[] {
  return Array.from({ length: x.length }, (_, i) => x.at(i));
}
