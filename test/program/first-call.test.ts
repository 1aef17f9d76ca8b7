/** A gradient without a value before it: what is swept forward and at once in reverse may need nothing that comes later. */
import { describe, expect, it } from 'vitest';
import { compile, data, type Expr, logsumexp, type Program, scalar, sum, type Vector, vector } from '../../src/index.ts';

const signature = { x: vector('n'), a: scalar, t: data(vector('n')) };
type At = { x: Vector<Expr>; a: Expr; t: Vector<Expr> };
const sine = ({ x }: At) => sum(x.length, (i) => x.at(i).sin());
const gap = ({ x, t }: At) => sum(x.length, (i) => x.at(i).sub(t.at(i)).square());

const LOSSES: Readonly<Record<string, (at: At) => Expr>> = {
  'times a parameter': (at) => sine(at).mul(at.a),
  'a parameter times it': (at) => at.a.mul(sine(at)).add(at.a),
  'over a parameter': (at) => sine(at).div(at.a),
  'times an expression of one': (at) => gap(at).mul(at.a.exp()).sub(sine(at)),
  'times another': (at) => gap(at).mul(sine(at)),
  'times a logsumexp': (at) => logsumexp(at.x.length, (i) => at.x.at(i).mul(at.a)).mul(sine(at)),
  'times a number': (at) => gap(at).mul(0.5).add(at.a.square()),
  'over the length': (at) => gap(at).div(at.x.length).add(at.a.square()),
  'in a sum of sums': (at) => gap(at).add(sine(at)).add(at.a.mul(3)).neg(),
};

const POINTS = [
  { x: [1, 2, 3], a: 2, t: [0.5, 1, -1] },
  { x: [-1, 0.25, 0.75], a: -0.5, t: [2, 0, 1] },
];

describe.each(['interpreter', 'reference'] as const)('the first gradient of a fresh program, in the %s', (engine) => {
  it.each(Object.entries(LOSSES))('of a sum %s', (_, loss) => {
    const program = compile(signature, loss as never, { engine }) as unknown as Program<typeof signature, Expr>;
    for (const point of POINTS) {
      const { gradient } = program.gradient(point); // nothing was computed at this point before
      const value = (change: (p: { x: number[]; a: number; t: number[] }) => void): number => {
        const moved = { x: [...point.x], a: point.a, t: point.t };
        change(moved);
        return compile(signature, loss as never, { engine }).value(moved) as unknown as number;
      };
      const h = 1e-6;
      const slope = (move: (p: { x: number[]; a: number }, by: number) => void): number =>
        (value((p) => move(p, h)) - value((p) => move(p, -h))) / (2 * h);
      expect(gradient.a).toBeCloseTo(
        slope((p, by) => (p.a += by)),
        7,
      );
      for (let i = 0; i < 3; i++)
        expect(gradient.x[i]).toBeCloseTo(
          slope((p, by) => (p.x[i]! += by)),
          7,
        );
    }
  });
});
