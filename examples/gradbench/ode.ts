/**
 * ode: y₀′ = x₀, yᵢ′ = xᵢ yᵢ₋₁ from y(0) = 0, up to time 2 in s steps of Runge and Kutta. Each yᵢ needs the course of the one
 * before it and of no other, so this goes from one to the next, through all of time at once.
 */
import { compile, cumsum, map, scan, type Vector, vector } from 'wengert';
import { bySize, type Eval, list, objective } from './eval.ts';

interface Size {
  /** Equations. */
  readonly n: number;
  /** Steps. */
  readonly s: number;
}

/** All yᵢ at the end. */
function solve(x: Vector, { n, s }: Size): Vector {
  const h = 2 / s;
  const one = map(s, () => 1);
  // y where slopes are taken: when a step begins, twice in its middle, when it ends
  const course = { begin: one, early: one, late: one, end: one };
  return scan(n, course, (before, i) => {
    const slope = (y: Vector): Vector => y.mul(x.at(i));
    const [k1, k2, k3, k4] = [slope(before.begin), slope(before.early), slope(before.late), slope(before.end)];
    const step = k1.add(k2.add(k3).mul(2)).add(k4).mul(h / 6); // biome-ignore format: a formula
    const after = cumsum(step);
    const begin = after.sub(step);
    const ahead = (k: Vector, by: number): Vector => begin.add(k.mul(by));
    return [{ begin, early: ahead(k1, h / 2), late: ahead(k2, h / 2), end: ahead(k3, h) }, after.at(s - 1)] as const;
  }).outputs;
}

export const all = bySize((size: Size, options) => compile({ x: vector(size.n) }, ({ x }) => solve(x, size), options));
export const last = bySize((size: Size, options) => compile({ x: vector(size.n) }, ({ x }) => solve(x, size).at(size.n - 1), options)); // biome-ignore format: like the other

export const functions: Eval = {
  ...objective('primal', 'gradient', (input, options) => {
    const x = input.numbers('x', 'n');
    return { program: last({ n: x.values.length, s: input.whole('s') }, options), at: [x], output: (dx) => dx };
  }),
  primal(input, options) {
    const x = input.numbers('x', 'n').values;
    const program = all({ n: x.length, s: input.whole('s') }, options);
    return () => list(program.value({ x }) as Float64Array);
  },
};
