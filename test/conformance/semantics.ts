/** Every line of SEMANTICS.md: values and derivatives where calculus gives no single answer, to the sign of zero. */
import { describe, expect, it } from 'vitest';
import type { Engine } from '../../src/engine/engine.ts';
import type { Expr } from '../../src/graph/expression.ts';
import * as w from '../../src/graph/vocabulary.ts';
import { at, machine } from './machine.ts';

const inf = Number.POSITIVE_INFINITY;
const nan = Number.NaN;

type Line = readonly [name: string, f: (...x: Expr[]) => Expr, x: readonly number[], value: number, gradient: readonly number[]];

/** A result close to, not exactly, this: where the value itself is rounded. */
class Near {
  constructor(readonly x: number) {}
}
const near = (x: number): number => new Near(x) as unknown as number;

// biome-ignore format: the table of SEMANTICS.md
export const LINES: readonly Line[] = [
  ['relu(0)', (x) => w.relu(x), [0], 0, [0]],
  ['relu(−0)', (x) => w.relu(x), [-0], 0, [0]],
  ['max(a, a)', (x, y) => w.max(x, y), [3, 3], 3, [0.5, 0.5]],
  ['min(a, a)', (x, y) => w.min(x, y), [3, 3], 3, [0.5, 0.5]],
  ['max(0, −0)', (x, y) => w.max(x, y), [0, -0], 0, [0.5, 0.5]],
  ['min(0, −0)', (x, y) => w.min(x, y), [0, -0], -0, [0.5, 0.5]],
  ['max over a list, 3 tied', (...x) => w.max(x), [2, 1, 2, 2], 2, [1 / 3, 0, 1 / 3, 1 / 3]],
  ['min over a list, 2 tied', (...x) => w.min(x), [2, 1, 1, 2], 1, [0, 0.5, 0.5, 0]],
  ['abs(0)', (x) => w.abs(x), [0], 0, [0]],
  ['abs(−0)', (x) => w.abs(x), [-0], 0, [0]],
  ['sqrt(0)', (x) => w.sqrt(x), [0], 0, [inf]],
  ['sqrt(−0)', (x) => w.sqrt(x), [-0], -0, [inf]],
  ['sqrt(−1)', (x) => w.sqrt(x), [-1], nan, [nan]],
  ['0·sqrt(x) at 0', (x) => w.sqrt(x).mul(0), [0], 0, [nan]],
  ['−(0·sqrt(x)) at 0', (x) => w.sqrt(x).mul(0).neg(), [0], -0, [nan]],
  ['sqrt(relu(x)) at −1', (x) => w.sqrt(w.relu(x)), [-1], 0, [0]],
  ['sqrt(x²) at 0', (x) => w.sqrt(x.square()), [0], 0, [nan]],
  ['cbrt(0)', (x) => w.cbrt(x), [0], 0, [inf]],
  ['pow(0, 0)', (x, y) => w.pow(x, y), [0, 0], 1, [0, 0]],
  ['pow(0, 2)', (x, y) => w.pow(x, y), [0, 2], 0, [0, 0]],
  ['pow(0, ½)', (x, y) => w.pow(x, y), [0, 0.5], 0, [inf, 0]],
  ['pow(0, −1)', (x, y) => w.pow(x, y), [0, -1], inf, [-inf, -inf]],
  ['x^0, constant exponent, at 0', (x) => w.pow(x, 0), [0], 1, [0]],
  ['x^2, constant exponent, at 0', (x) => w.pow(x, 2), [0], 0, [0]],
  ['x^½, constant exponent, at 0', (x) => w.pow(x, 0.5), [0], 0, [inf]],
  ['x^3, constant exponent, at −2', (x) => w.pow(x, 3), [-2], -8, [12]],
  ['x^−1, constant exponent, at 0', (x) => w.pow(x, -1), [0], inf, [-inf]],
  ['pow(−2, 3)', (x, y) => w.pow(x, y), [-2, 3], -8, [12, nan]],
  ['pow(−2, ½)', (x, y) => w.pow(x, y), [-2, 0.5], nan, [nan, nan]],
  ['log(0)', (x) => w.log(x), [0], -inf, [inf]],
  ['log(−0)', (x) => w.log(x), [-0], -inf, [inf]],
  ['log(−1)', (x) => w.log(x), [-1], nan, [nan]],
  ['log2(0)', (x) => w.log2(x), [-0], -inf, [inf]],
  ['log10(−1)', (x) => w.log10(x), [-1], nan, [nan]],
  ['atan2(0, 0)', (y, x) => w.atan2(y, x), [0, 0], 0, [nan, nan]],
  ['hypot(0, 0)', (x, y) => w.hypot(x, y), [0, 0], 0, [0, 0]],
  ['norm(0)', (...x) => w.norm(x), [0, 0, 0], 0, [0, 0, 0]],
  ['hypot(1e200, 1e200)', (x, y) => w.hypot(x, y), [1e200, 1e200], near(Math.SQRT2 * 1e200), [near(Math.SQRT1_2), near(Math.SQRT1_2)]],
  ['norm(1e200, 1e200)', (...x) => w.norm(x), [1e200, 1e200], near(Math.SQRT2 * 1e200), [near(Math.SQRT1_2), near(Math.SQRT1_2)]],
  ['norm(3e−200, 4e−200)', (...x) => w.norm(x), [3e-200, 4e-200], near(5e-200), [near(0.6), near(0.8)]],
  ['1/x at 0', (x) => x.reciprocal(), [0], inf, [-inf]],
  ['1/x by division at 0', (x) => w.div(1, x), [0], inf, [-inf]],
  ['0/0', (x, y) => w.div(x, y), [0, 0], nan, [inf, nan]],
  ['select(x > 0, log x, 0) at 0', (x) => w.select(w.gt(x, 0), w.log(x), 0), [0], 0, [0]],
  ['select(x > 0, log x, 0) at −1', (x) => w.select(w.gt(x, 0), w.log(x), 0), [-1], 0, [0]],
  ['sign(0.5)', (x) => w.sign(x), [0.5], 1, [0]],
  ['sign(−0)', (x) => w.sign(x), [-0], -0, [0]],
  ['floor(1)', (x) => w.floor(x), [1], 1, [0]],
  ['ceil(1)', (x) => w.ceil(x), [1], 1, [0]],
  ['round(2.5)', (x) => w.round(x), [2.5], 3, [0]],
  ['round(−0.5)', (x) => w.round(x), [-0.5], -0, [0]],
  ['round(0.49999999999999994)', (x) => w.round(x), [0.49999999999999994], 0, [0]],
  ['trunc(−1.5)', (x) => w.trunc(x), [-1.5], -1, [0]],
  ['floor(log(0)): behind a closed gate', (x) => w.floor(w.log(x)), [0], -inf, [0]],
  ['clamp inside', (x, lo, hi) => w.clamp(x, lo, hi), [0.5, 0, 1], 0.5, [1, 0, 0]],
  ['clamp at the lower bound', (x, lo, hi) => w.clamp(x, lo, hi), [0, 0, 1], 0, [1, 0, 0]],
  ['clamp at the upper bound', (x, lo, hi) => w.clamp(x, lo, hi), [1, 0, 1], 1, [1, 0, 0]],
  ['clamp below', (x, lo, hi) => w.clamp(x, lo, hi), [-1, 0, 1], 0, [0, 1, 0]],
  ['clamp above', (x, lo, hi) => w.clamp(x, lo, hi), [2, 0, 1], 1, [0, 0, 1]],
  ['clamp with lo > hi', (x, lo, hi) => w.clamp(x, lo, hi), [0, 1, -1], nan, [nan, nan, nan]],
  ['clamp(NaN)', (x) => w.clamp(x, 0, 1), [nan], nan, [nan]],
  ['rem(5, 3)', (x, y) => w.rem(x, y), [5, 3], 2, [1, -1]],
  ['rem(−5, 3)', (x, y) => w.rem(x, y), [-5, 3], -2, [1, 1]],
  ['mod(−5, 3)', (x, y) => w.mod(x, y), [-5, 3], 1, [1, 2]],
  ['mod(5, −3)', (x, y) => w.mod(x, y), [5, -3], -1, [1, 2]],
  ['rem(1, 0.1)', (x, y) => w.rem(x, y), [1, 0.1], 1 % 0.1, [1, -9]],
  ['max(NaN, 1)', (x, y) => w.max(x, y), [nan, 1], nan, [nan, nan]],
  ['min(1, NaN)', (x, y) => w.min(x, y), [1, nan], nan, [nan, nan]],
  ['max over a list with NaN', (...x) => w.max(x), [1, nan, 2], nan, [nan, nan, nan]],
  ['∞·0', (x, y) => w.mul(x, y), [inf, 0], nan, [0, inf]],
  ['relu(NaN)', (x) => w.relu(x), [nan], nan, [nan]],
  ['abs(NaN)', (x) => w.abs(x), [nan], nan, [nan]],
  ['select(NaN, a, b)', (c, a, b) => w.select(c, a, b), [nan, 2, 3], 2, [0, 1, 0]],
  ['select(0, a, b)', (c, a, b) => w.select(c, a, b), [0, 2, 3], 3, [0, 0, 1]],
  ['select(−0, a, b)', (c, a, b) => w.select(c, a, b), [-0, 2, 3], 3, [0, 0, 1]],
  ['prod(0, 2, 3)', (...x) => w.prod(x), [0, 2, 3], 0, [6, 0, 0]],
  ['hypot(∞, 1)', (x, y) => w.hypot(x, y), [inf, 1], inf, [1, 0]],
  ['hypot(1, −∞)', (x, y) => w.hypot(x, y), [1, -inf], inf, [0, -1]],
  ['norm(∞, 1)', (...x) => w.norm(x), [inf, 1], inf, [1, 0]],
  ['silu(−∞)', (x) => w.silu(x), [-inf], -0, [0]],
  ['log1p(−2)', (x) => w.log1p(x), [-2], nan, [nan]],
  ['acosh(−2)', (x) => w.acosh(x), [-2], nan, [nan]],
  ['atanh(2)', (x) => w.atanh(x), [2], nan, [nan]],
  ['pow(1, NaN)', (x) => w.pow(x, nan), [1], nan, [nan]],
  ['pow(1, ∞)', (x) => w.pow(x, inf), [1], nan, [nan]],
  ['pow(−1, −∞)', (x) => w.pow(x, -inf), [-1], nan, [nan]],
  ['log1p(−1)', (x) => w.log1p(x), [-1], -inf, [inf]],
  ['asin(1)', (x) => w.asin(x), [1], near(Math.PI / 2), [inf]],
  ['acosh(1)', (x) => w.acosh(x), [1], 0, [inf]],
  ['atanh(1)', (x) => w.atanh(x), [1], inf, [inf]],
  ['expm1(800)', (x) => w.expm1(x), [800], inf, [inf]],
  ['expm1(−800)', (x) => w.expm1(x), [-800], -1, [0]],
  ['softplus(1000)', (x) => w.softplus(x), [1000], 1000, [1]],
  ['softplus(−1000)', (x) => w.softplus(x), [-1000], 0, [0]],
  ['sigmoid(1000)', (x) => w.sigmoid(x), [1000], 1, [0]],
  ['sigmoid(−1000)', (x) => w.sigmoid(x), [-1000], 0, [0]],
  ['logsumexp(1000, 1000)', (...x) => w.logsumexp(x), [1000, 1000], near(1000 + Math.LN2), [0.5, 0.5]],
  ['logsumexp(−∞, −∞)', (...x) => w.logsumexp(x), [-inf, -inf], -inf, [nan, nan]],
  ['logsumexp(∞, ∞)', (...x) => w.logsumexp(x), [inf, inf], inf, [0.5, 0.5]],
  ['logsumexp(∞, 0)', (...x) => w.logsumexp(x), [inf, 0], inf, [1, 0]],
  ['logsumexp(−∞, 0)', (...x) => w.logsumexp(x), [-inf, 0], 0, [0, 1]],
  ['a derivative is never −0', (x) => x.mul(-1).mul(0), [2], -0, [0]],
];

const EMPTY: readonly (readonly [string, (none: readonly Expr[]) => Expr | number, number])[] = [
  ['sum', (none) => w.sum(none), 0],
  ['prod', (none) => w.prod(none), 1],
  ['max', (none) => w.max(none), -inf],
  ['min', (none) => w.min(none), inf],
  ['logsumexp', (none) => w.logsumexp(none), -inf],
  ['mean', (none) => w.mean(none), nan],
];

export function check(got: number, expected: number, what: string): void {
  if ((expected as unknown) instanceof Near) {
    const x = (expected as unknown as Near).x;
    expect(Math.abs(got - x), `${what}: ${got}`).toBeLessThanOrEqual(4 * Number.EPSILON * Math.abs(x));
  } else expect(got, what).toBe(expected); // Object.is: the sign of zero counts
}

export function semantics(engine: Engine): void {
  describe('at awkward points', () => {
    it.each(LINES)('%s', (_, f, x, value, gradient) => {
      const m = machine(engine, x.length, (of) => f(...of));
      const got = at(m, x);
      check(got.value, value, 'value');
      gradient.forEach((g, i) => {
        check(got.gradient[i]!, g, `reverse, ∂${i}`);
        check(got.tangents[i]!, g, `forward, ∂${i}`);
      });
      m.dispose();
    });

    // the same points as three rows of data beside a parameter: lanes have no conventions of their own
    it.each(LINES)('%s, in lanes', (_, f, x, value, gradient) => {
      const m = machine(
        engine,
        x.length,
        (of, zero) => f(...of.map((e, i) => w.select(w.eq(zero[i]!, 0), e, zero[i]!))),
        x.length,
      );
      m.point.set(x);
      m.reserve(3).fill(0);
      const got = m.gradientRows(3, 'mean');
      const adjoint = [...m.adjoint];
      if (!((value as unknown) instanceof Near) && Number.isFinite(value)) expect(got).toBeCloseTo(value, 12);
      gradient.forEach((g, i) => {
        const x = (g as unknown) instanceof Near ? (g as unknown as Near).x : g;
        if (Number.isFinite(x)) expect(adjoint[i]!).toBeCloseTo(x, 12);
        else expect(adjoint[i]!).toBe(x);
      });
      m.dispose();
    });

    it.each(EMPTY)('%s of nothing', (_, f, value) => {
      const m = machine(engine, 1, (x, __, constant) => {
        const e = f([]);
        return [typeof e === 'number' ? constant(e) : e, x[0]!];
      });
      m.point[0] = 2;
      expect(m.forward()).toBe(value);
      m.dispose();
    });

    it('a NaN that a closed gate hides stays hidden among other parameters', () => {
      // √ at 0 has slope ∞; relu is closed there, so y gets its own derivative and x gets 0
      const m = machine(engine, 2, ([x, y]) => w.sqrt(w.relu(x!)).add(y!.square()));
      const got = at(m, [-1, 3]);
      expect(got.gradient).toEqual([0, 6]);
      expect(got.tangents).toEqual([0, 6]);
      m.dispose();
    });
  });
}
