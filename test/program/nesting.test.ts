/** Derivatives inside of programs: nested in every combination, and never confused. */
import { describe, expect, it } from 'vitest';
import {
  compile,
  data,
  derivative,
  defineOp,
  type Expr,
  gradient,
  implicit,
  jvp,
  log,
  map,
  matrix,
  Program,
  record,
  scalar,
  type Scalar,
  scan,
  select,
  stopGradient,
  sum,
  valueAndGradient,
  type Vector,
  vector,
} from '../../src/index.ts';
import { code } from '../support/code.ts';
import { ENGINES } from '../support/engines.ts';

type Of = (x: Expr) => Scalar;
type Mode = (f: Of) => (x: Scalar) => Expr;
const reverse: Mode = (f) => gradient(f);
const forward: Mode = (f) => (x) => jvp(f as (x: Expr) => Expr)(x, 1).tangent;
const MODES = [
  ['reverse', reverse],
  ['forward', forward],
] as const;
const PAIRS = MODES.flatMap(([a, outer]) => MODES.map(([b, inner]) => [`${a} over ${b}`, outer, inner] as const));

describe.each(ENGINES)('%s', (engine) => {
  /** Value of a function of one number, and its derivative by both of the engine's sweeps. */
  const at = (f: Of, x: number): { value: number; slope: number } => {
    const program = compile({ x: scalar }, ({ x }) => f(x), { engine });
    const { value, gradient } = program.gradient({ x });
    const { tangent } = program.jvp({ x }, { x: 1 });
    expect(tangent).toBeCloseTo(gradient.x, 10);
    program.dispose();
    return { value: value as number, slope: gradient.x };
  };

  describe.each(PAIRS)('%s', (_, outer, inner) => {
    it('d/dx (x · d/dy (x + y)) = 1, wherever y is', () => {
      for (const y of [(x: Expr): Scalar => x, (): Scalar => 3, (x: Expr): Scalar => x.square()])
        expect(
          at(
            outer((x) => x.mul(inner((t) => x.add(t))(y(x)))),
            5,
          ).value,
        ).toBe(1);
    });

    it('d/dx (x · d/dy (x · y) at y = x) = 2x', () => {
      expect(
        at(
          outer((x) => x.mul(inner((y) => x.mul(y))(x))),
          5,
        ),
      ).toEqual({ value: 10, slope: 2 });
    });

    it('d/dx (x · d/dy (y · x²) at y = 2) = 3x²', () => {
      expect(
        at(
          outer((x) => x.mul(inner((y) => y.mul(x.square()))(2))),
          5,
        ),
      ).toEqual({ value: 75, slope: 30 });
    });

    it('an inner variable is none that happens to have its value', () => {
      // d/dy (x · y) at y = x is x, though y · y is 2y
      expect(at((x) => inner((y) => x.mul(y))(x), 3)).toEqual({ value: 3, slope: 1 });
      expect(at((x) => inner((y) => y.mul(y))(x), 3)).toEqual({ value: 6, slope: 2 });
      expect(at((x) => inner((y) => x.mul(x).add(y.mul(0)))(x), 3)).toEqual({ value: 0, slope: 0 });
    });

    it('a function that returns what it did not make of its variable', () => {
      expect(
        at(
          outer((x) => inner(() => x)(x).add(x)),
          3,
        ),
      ).toEqual({ value: 1, slope: 0 });
      expect(
        at(
          outer((x) => inner((y) => y)(x).mul(x)),
          3,
        ),
      ).toEqual({ value: 1, slope: 0 });
    });

    it('second derivatives', () => {
      const second = (f: Of): Of => outer((x) => inner(f)(x));
      expect(
        at(
          second((x) => x.exp()),
          1,
        ).value,
      ).toBeCloseTo(Math.E, 14);
      expect(
        at(
          second((x) => x.sin()),
          1,
        ),
      ).toEqual({ value: -Math.sin(1), slope: expect.closeTo(-Math.cos(1), 14) });
      expect(
        at(
          second((x) => x.pow(4)),
          3,
        ),
      ).toEqual({ value: expect.closeTo(108, 10), slope: expect.closeTo(72, 10) });
    });

    it('three deep: d/dx (x · d/dy (y · d/dz (x · y · z)))', () => {
      // d/dz = x·y; y · x·y; d/dy = 2xy; at y = x: x · 2x² = 2x³; d/dx = 6x²
      const f = outer((x) => x.mul(inner((y) => y.mul(outer((z) => x.mul(y).mul(z))(1)))(x)));
      expect(at(f, 2)).toEqual({ value: 24, slope: 24 });
    });

    it('the outer variable inside of what is differentiated inside (the tower of Siskind and Pearlmutter)', () => {
      // d/dx of f'(x) with f(y) = x · y², at y = x + 1: 2x(x + 1) → 4x + 2
      expect(
        at(
          outer((x) => inner((y) => x.mul(y.square()))(x.add(1))),
          3,
        ),
      ).toEqual({ value: 14, slope: 4 });
    });

    it('a zero adjoint is no closed gate', () => {
      const f = compile({ x: scalar, y: scalar }, ({ x, y }) => outer((b) => inner((a) => b.mul(a.sqrt()))(x))(y), { engine });
      expect(f.value({ x: 4, y: 0 })).toBe(0.25);
    });

    it('closed gates stay closed at every order', () => {
      const f: Of = (x) => select(x.gt(0), log(x), 0);
      expect(
        at(
          outer((x) => inner(f)(x)),
          0,
        ).value,
      ).toBe(0);
      expect(
        at(
          outer((x) => inner((y) => y.relu().sqrt())(x)),
          -1,
        ),
      ).toEqual({ value: 0, slope: 0 });
    });
  });

  it('derivative, of expressions and of numbers', () => {
    const d = derivative((x) => x.mul(derivative((y) => x.mul(y.square()))(x.add(1))));
    expect(d(3)).toBe(66); // x · 2x(x + 1) → 6x² + 4x
    expect(at((x) => d(x), 3)).toEqual({ value: 66, slope: 40 });
    expect(at((x) => d.valueAndDerivative(x).value, 3).value).toBe(72);
  });

  it('of vectors, matrices and records', () => {
    const f = compile(
      { v: vector(2), A: matrix(2, 2), s: scalar },
      ({ v, A, s }) => {
        const g = gradient((t: { v: Vector; A: typeof A; list: readonly [Expr] }) =>
          t.v.dot(t.A.row(0)).add(t.A.at(1, 1).mul(t.list[0])),
        )({
          v,
          A,
          list: [s],
        });
        return { v: g.v, A: g.A, s: g.list[0] };
      },
      { engine },
    );
    expect(f.value({ v: [1, 2], A: [3, 4, 5, 6], s: 7 })).toEqual({
      v: new Float64Array([3, 4]),
      A: new Float64Array([1, 2, 0, 7]),
      s: 6,
    });
  });

  it('value and gradient, value and tangent', () => {
    const f = compile(
      { v: vector(2) },
      ({ v }) => {
        const { value, gradient: g } = valueAndGradient((u: Vector) => u.norm())(v);
        const { value: all, tangent } = jvp((u: Vector) => ({ sum: u.sum(), half: u.mul(0.5) }))(v, [1, 10]);
        return { value, g, sum: all.sum, along: tangent.sum, half: tangent.half };
      },
      { engine },
    );
    expect(f.value({ v: [3, 4] })).toEqual({
      value: 5,
      g: new Float64Array([0.6, 0.8]),
      sum: 7,
      along: 11,
      half: new Float64Array([0.5, 5]),
    });
  });

  it('a Hessian, as a program', () => {
    const rosenbrock = (x: Vector): Expr => {
      const [a, b] = x;
      return b!.sub(a!.square()).square().mul(100).add(a!.sub(1).square());
    };
    const hessian = compile(
      { x: vector(2) },
      ({ x }) => [0, 1].map((i) => gradient((y: Vector) => gradient(rosenbrock)(y).at(i))(x)),
      { engine },
    );
    const [first, second] = hessian.value({ x: [-1.2, 1] });
    [1330, 480].forEach((h, i) => expect(first![i]).toBeCloseTo(h, 10));
    [480, 200].forEach((h, i) => expect(second![i]).toBeCloseTo(h, 10));
  });

  it('inside of loops, and with what is around them', () => {
    const f = compile(
      { x: vector('n'), a: scalar },
      ({ x, a }) => sum(x.length, (i) => gradient((t) => t.sin().mul(a))(x.at(i))),
      { engine },
    );
    const x = [0.1, 0.5, -2];
    const { value, gradient: g } = f.gradient({ x, a: 3 });
    expect(value).toBeCloseTo(3 * x.reduce((s, t) => s + Math.cos(t), 0), 12);
    x.forEach((t, i) => expect(g.x[i]).toBeCloseTo(-3 * Math.sin(t), 12));
    expect(g.a).toBeCloseTo(
      x.reduce((s, t) => s + Math.cos(t), 0),
      12,
    );
  });

  describe('stopGradient', () => {
    it('of numbers, expressions and arrays', () => {
      expect(stopGradient(3)).toBe(3);
      const f = compile({ x: scalar, v: vector(2) }, ({ x, v }) => stopGradient(x).mul(x).add(stopGradient(v).dot(v)), {
        engine,
      });
      expect(f.gradient({ x: 3, v: [1, 2] })).toEqual({ value: 14, gradient: { x: 3, v: new Float64Array([1, 2]) } });
      expect(f.jvp({ x: 3, v: [1, 2] }, { x: 1, v: [0, 0] }).tangent).toBe(3);
      expect(record({ x: scalar }, ({ x }) => stopGradient(x).mul(x), { engine }).gradient({ x: 3 }).gradient.x).toBe(3);
    });

    it('is a closed gate: nothing behind it comes through, not even NaN', () => {
      const f = compile({ x: scalar }, ({ x }) => stopGradient(x.sqrt()).add(x), { engine });
      expect(f.gradient({ x: 0 })).toEqual({ value: 0, gradient: { x: 1 } });
      expect(at((x) => gradient((t) => stopGradient(t.sqrt()).add(t.square()))(x), 0)).toEqual({ value: 0, slope: 2 });
    });

    it('stops at every order', () => {
      expect(at((x) => gradient((t) => stopGradient(t.square()).mul(t))(x), 3)).toEqual({ value: 9, slope: 0 });
      expect(at((x) => gradient((t) => stopGradient(stopGradient(t)).mul(t))(x), 3)).toEqual({ value: 3, slope: 0 });
      expect(at((x) => stopGradient(gradient((t) => t.square())(x)).mul(x), 3)).toEqual({ value: 18, slope: 6 });
    });
  });

  describe('defineOp', () => {
    // e^x, its value by a series, its derivative by its own value: nothing of the series is differentiated
    const terms = Array.from({ length: 30 }, (_, i) => i + 1);
    const exponential = defineOp(
      (x) =>
        terms.reduce(({ t, s }, i) => ({ t: t.mul(x).div(i), s: s.add(t.mul(x).div(i)) }), {
          t: x.mul(0).add(1),
          s: x.mul(0).add(1),
        }).s,
      (_x, z) => z,
    );
    // a value that has no derivative of its own
    const step = defineOp(
      (x) => x.floor(),
      (x) => x.square(),
    );

    it('has the derivative that is given, in both modes', () => {
      expect(at(step, 2.5)).toEqual({ value: 2, slope: 6.25 });
      const { value, slope } = at(exponential, 1);
      expect(value).toBeCloseTo(Math.E, 14);
      expect(slope).toBe(value);
    });

    it.each(PAIRS)('and the derivatives of that: %s', (_, outer, inner) => {
      expect(at(outer(step), 2.5)).toEqual({ value: 6.25, slope: 5 });
      expect(
        at(
          outer((x) => inner(step)(x)),
          2.5,
        ),
      ).toEqual({ value: 5, slope: 2 });
      const second = at(
        outer((x) => inner(exponential)(x)),
        1,
      );
      expect(second.value).toBeCloseTo(Math.E, 13);
      expect(second.slope).toBeCloseTo(Math.E, 13);
    });

    it('is right up to the third derivative where slopes use the value, and loud beyond', () => {
      const third: Of = (x) => gradient((a) => gradient((b) => gradient(exponential)(b))(a))(x);
      expect(compile({ x: scalar }, ({ x }) => third(x), { engine }).value({ x: 1 })).toBeCloseTo(Math.E, 12);
      expect(code(() => compile({ x: scalar }, ({ x }) => gradient(third)(x), { engine }))).toBe('OutOfRange');
      const fourth: Of = (x) => gradient((a) => gradient((b) => gradient(gradient(step))(b))(a))(x); // slopes of x alone
      expect(compile({ x: scalar }, ({ x }) => fourth(x), { engine }).value({ x: 2.5 })).toBe(0);
    });

    it('of several operands, of numbers, recorded, from bytes', () => {
      const product = defineOp(
        (x, y) => x.mul(y),
        (x, y) => [y.mul(2), x.mul(3)], // not what it is: to be seen
      );
      const f = compile({ x: scalar, y: scalar }, ({ x, y }) => product(x, y).add(product(x, 1)), { engine });
      const want = { value: 12, gradient: { x: 8, y: 9 } };
      expect(f.gradient({ x: 3, y: 3 })).toEqual(want);
      expect(Program.fromBytes(f.toBytes(), { engine }).gradient({ x: 3, y: 3 } as never)).toEqual(want);
      const recorded = record(
        { x: scalar, y: scalar },
        ({ x, y }) => (product as never as (x: unknown, y: unknown) => typeof x)(x, y) as never,
        { engine },
      );
      expect(recorded.gradient({ x: 3, y: 4 })).toEqual({ value: 12, gradient: { x: 8, y: 9 } });
      expect(f.hvp({ x: 3, y: 3 }, { x: 1, y: 0 }).product).toEqual({ x: 0, y: 3 });
    });

    it('in loops', () => {
      const f = compile({ x: vector('n') }, ({ x }) => sum(x.length, (i) => step(x.at(i))), { engine });
      expect(f.gradient({ x: [0.5, 1.5, -2] })).toEqual({ value: -1, gradient: { x: new Float64Array([0.25, 2.25, 4]) } });
    });

    it('says what is wrong', () => {
      expect(code(() => defineOp(1 as never, () => 1))).toBe('WrongType');
      const two = defineOp(
        (x, y) => x.add(y),
        () => 1,
      );
      expect(code(() => compile({ x: scalar }, ({ x }) => two(x, x)))).toBe('WrongLength');
    });
  });

  describe('implicit', () => {
    // x³ + x = a by Newton's method, from 1; 30 steps
    const cubic = implicit(
      (a) =>
        Array.from({ length: 30 }).reduce<Expr>(
          (x) => x.sub(x.pow(3).add(x).sub(a).div(x.square().mul(3).add(1))),
          a.mul(0).add(1),
        ),
      (x, a) => x.pow(3).add(x).sub(a),
    );

    it('a root: the first three derivatives of the exact one', () => {
      // at x = 2, a = 10: x' = 1/(3x² + 1), x'' = −6x·x'³, x''' = (−6 + 108x²·x')·x'⁴
      const d = 1 / 13;
      const { value, slope } = at(cubic, 10);
      expect(value).toBe(2);
      expect(slope).toBeCloseTo(d, 15);
      const second = at((a) => gradient(cubic)(a), 10);
      expect(second.value).toBeCloseTo(d, 15);
      expect(second.slope).toBeCloseTo(-12 * d ** 3, 15);
      const third = at((a) => gradient((b) => gradient(cubic)(b))(a), 10);
      expect(third.value).toBeCloseTo(-12 * d ** 3, 15);
      expect(third.slope).toBeCloseTo((-6 + 432 * d) * d ** 4, 15);
    });

    it('two equations, whose first pivot is 0', () => {
      // y = a, x + y = b: x = b − a
      const solve = implicit(
        ({ a, b }: { a: Expr; b: Expr }) => [b.sub(a), a] as [Expr, Expr],
        ([x, y], { a, b }) => [y.sub(a), x.add(y).sub(b)],
      );
      const f = compile(
        { a: scalar, b: scalar },
        ({ a, b }) => {
          const [x, y] = solve({ a, b });
          return x.mul(10).add(y.square());
        },
        { engine },
      );
      expect(f.gradient({ a: 3, b: 7 })).toEqual({ value: 49, gradient: { a: -4, b: 10 } });
    });

    it('an optimum: its residual is a gradient', () => {
      // the ridge solution w = Σxy / (Σx² + λ), found by gradient descent, as a function of λ
      const [xs, ys] = [
        [1, 2, 3],
        [2, 3, 7],
      ];
      const loss = (w: Expr, ridge: Expr): Expr =>
        sum(xs.map((x, i) => w.mul(x).sub(ys[i]!).square())).add(ridge.mul(w.square()));
      const best = implicit(
        (ridge) =>
          Array.from({ length: 60 }).reduce<Expr>((w) => w.sub(gradient((v) => loss(v, ridge))(w).mul(0.03)), ridge.mul(0)),
        (w, ridge) => gradient((v) => loss(v, ridge))(w),
      );
      const [xy, xx, ridge] = [29, 14, 0.5];
      const { value, slope } = at(best, ridge);
      expect(value).toBeCloseTo(xy / (xx + ridge), 12);
      expect(slope).toBeCloseTo(-xy / (xx + ridge) ** 2, 12);
      expect(at((r) => gradient(best)(r), ridge).slope).toBeCloseTo((2 * xy) / (xx + ridge) ** 3, 12);
    });

    it('says what is wrong', () => {
      const one = implicit(
        (a) => a,
        (x, a) => [x.sub(a), x],
      );
      expect(code(() => compile({ a: scalar }, ({ a }) => one(a)))).toBe('WrongShape');
    });
  });
});

it('says what is wrong', () => {
  const of = (f: (x: Expr, v: Vector<Expr>) => Scalar): unknown =>
    code(() => compile({ x: scalar, v: vector('n') }, ({ x, v }) => f(x, v)));
  expect(code(() => gradient((x) => x.sin())(3))).toBe('WrongType');
  expect(of((x) => gradient(((t: Expr) => [t, t]) as never)(x))).toBe('SeveralOutputs');
  expect(of((x) => gradient((() => 'x') as never)(x))).toBe('WrongType');
  expect(of((x) => gradient(1 as never)(x))).toBe('WrongType');
  const named = implicit(
    (v: Vector<Expr>) => v,
    (u: Vector<Expr>, v: Vector<Expr>) => u.sub(v),
  );
  expect(of((x, v) => named(v).at(0).add(x))).toBe('NotConstant');
  expect(of((x) => jvp((t: Expr) => t.sin())(x, [1, 2] as never).tangent)).toBe('WrongShape');
});

describe.each(ENGINES)('functions with loops, %s', (engine) => {
  const close = (found: ArrayLike<number>, expected: ArrayLike<number>): void => {
    expect(found.length).toBe(expected.length);
    Array.from(expected).forEach((x, i) => {
      expect(found[i]).toBeCloseTo(x, 10);
    });
  };
  const v = Array.from({ length: 500 }, (_, i) => Math.sin(3 * i));

  it('gradients of vectors whose length is a name', () => {
    const f = compile(
      { v: vector('n') },
      ({ v }) =>
        gradient((u: Vector<Expr>) =>
          u
            .square()
            .sum()
            .mul(sum(u.length, (i) => u.at(i).sin())),
        )(v),
      { engine },
    );
    for (const n of [0, 1, 9, 500]) {
      const x = v.slice(0, n);
      const [a, b] = [x.reduce((s, xi) => s + xi * xi, 0), x.reduce((s, xi) => s + Math.sin(xi), 0)];
      close(
        f.value({ v: x }),
        x.map((xi) => 2 * xi * b + a * Math.cos(xi)),
      );
    }
  });

  it('a step of gradient descent, differentiated: the gradient of a gradient', () => {
    const loss = (w: Expr, v: Vector<Expr>): Expr => sum(v.length, (i) => w.mul(v.at(i)).sub(1).pow(4));
    const f = compile(
      { w: scalar, rate: scalar, v: data(vector('n')) },
      ({ w, rate, v }) => loss(w.sub(rate.mul(gradient((t: Expr) => loss(t, v))(w))), v),
      { engine },
    );
    const by = (w: number, power: number): number =>
      v.reduce(
        (s, x) => s + (power === 4 ? (w * x - 1) ** 4 : power === 3 ? 4 * x * (w * x - 1) ** 3 : 12 * x * x * (w * x - 1) ** 2),
        0,
      );
    const [w, rate] = [0.4, 1e-4];
    const next = w - rate * by(w, 3);
    const { value, gradient: g } = f.gradient({ w, rate, v });
    close([value / by(next, 4), g.w / (by(next, 3) * (1 - rate * by(w, 2))), g.rate / (-by(next, 3) * by(w, 3))], [1, 1, 1]);
  });

  it('third derivatives, by calling it three times, in a loop', () => {
    const power = (x: Expr): Expr => scan(100, x, (c: Expr) => c.mul(x).mul(1.01)).carry; // 1.01¹⁰⁰·x¹⁰¹
    const third = gradient(gradient(gradient(power)));
    const f = compile({ x: vector(3) }, ({ x }) => map(3, (i) => third(x.at(i))), { engine });
    const at = [0.9, 0.95, 1.01];
    const found = f.value({ x: at });
    close(
      found.map((d, i) => d / (1.01 ** 100 * 101 * 100 * 99 * at[i]! ** 98)),
      [1, 1, 1],
    );
  });

  it('a gradient in each iteration of a loop', () => {
    const f = compile(
      { x: vector('m'), v: data(vector('n')) },
      ({ x, v }) => map(x.length, (i) => gradient((t: Expr) => sum(v.length, (j) => t.mul(v.at(j)).sin()))(x.at(i))).sum(),
      { engine },
    );
    const x = [0.1, 0.7, -2];
    const slope = (t: number): number => v.reduce((s, vj) => s + vj * Math.cos(t * vj), 0);
    const { value, gradient: g } = f.gradient({ x, v });
    close([value], [x.reduce((s, t) => s + slope(t), 0)]);
    close(
      g.x,
      x.map((t) => v.reduce((s, vj) => s - vj * vj * Math.sin(t * vj), 0)),
    );
  });

  it('what was gathered gets its share, again and again the same element', () => {
    const f = compile(
      { x: vector('m'), k: data(vector('n')) },
      ({ x, k }) => gradient((u: Vector<Expr>) => sum(k.length, (i) => u.at(k.at(i)).pow(3)))(x),
      { engine },
    );
    expect(f.value({ x: [1, 2, 3, 4], k: [2, 0, 2, 2, 3] })).toEqual(Float64Array.of(3, 0, 81, 48));
  });

  it('tangents and values in the structure of what was returned', () => {
    const f = compile(
      { v: vector('n') },
      ({ v }) => {
        const { value, tangent } = jvp((u: Vector<Expr>) => ({ s: u.square().sum(), rows: u.mul(u.length).exp() }))(v, v);
        return { s: value.s, ds: tangent.s, d: tangent.rows };
      },
      { engine },
    );
    const x = v.slice(0, 40).map((xi) => xi / 40);
    const { s, ds, d } = f.value({ v: x });
    close([s, ds], [x.reduce((t, xi) => t + xi * xi, 0), 2 * x.reduce((t, xi) => t + xi * xi, 0)]);
    close(
      d,
      x.map((xi) => 40 * xi * Math.exp(40 * xi)),
    );
  });

  it('the least squares of many rows, by its condition: implicit', () => {
    // the weight that minimizes Σ (w·xᵢ − yᵢ)² + λ·w²; its derivative by λ is −w / (Σ xᵢ² + λ)
    const f = compile(
      { lambda: scalar, X: data(vector('n')), y: data(vector('n')) },
      ({ lambda, X, y }) =>
        implicit(
          (l: Expr) => X.dot(y).div(X.square().sum().add(l)),
          (w: Expr, l) =>
            gradient((t: Expr) => sum(X.length, (i) => t.mul(X.at(i)).sub(y.at(i)).square()).add(l.mul(t.square())))(w),
        )(lambda),
      { engine },
    );
    const y = v.map((x, i) => 2 * x + Math.cos(i));
    const [xx, xy] = [v.reduce((s, x) => s + x * x, 0), v.reduce((s, x, i) => s + x * y[i]!, 0)];
    const { value, gradient: g } = f.gradient({ lambda: 3, X: v, y });
    close([value, g.lambda], [xy / (xx + 3), -xy / (xx + 3) ** 2]);
  });
});
