/**
 * rose with its own loops. Points go in as nested arrays and gradients come out as such, as rose has it. Data are arguments
 * like the rest: rose has no others, and differentiates them too.
 */
import { add, compile, type Fn, fn, gt, iadd, ieq, mul, type Nat, Real, select, sub, sum, Vec, vec, vjp } from 'rose';
import { digitsData } from '../../problems/loops/digits.ts';
import { below, mixturePoints, wishart } from '../../problems/loops/mixture.ts';
import { LAYERS, moonsData } from '../../problems/network.ts';
import type { Prepare } from '../contestant.ts';
import { matrixOf } from '../parts.ts';
import type { Natural } from '../rows.ts';
import { exp, log } from './rose-functions.ts';

// biome-ignore lint/suspicious/noExplicitAny: rose's types of nested vectors are deeper than what they tell
type Any = any;

interface Written {
  /** The type of what is differentiated, and of the data. */
  readonly point: Any;
  readonly data: Any;
  readonly f: (point: Any, data: Any) => Real;
  readonly nested: (flat: Float64Array) => Any;
  readonly flat: (nested: Any) => number[];
  readonly given: Any;
}

const relu = (x: Real): Real => select(gt(x, 0), Real, x, 0);
const square = (x: Real): Real => mul(x, x);
const all = (terms: readonly Real[]): Real => terms.reduce((s, t) => add(s, t));
const same = { nested: (flat: Float64Array): Any => Array.from(flat), flat: (nested: number[]) => nested };
const vector = (n: number): Any => Vec(n, Real);
const matrix = (m: number, n: number): Any => Vec(m, Vec(n, Real));

/** An affine layer's unit u. */
const unit = (W: Any, b: Any, u: Nat, inputs: number, x: (i: Nat) => Real): Real =>
  add(
    sum(inputs, (i) => mul(W[u][i], x(i))),
    b[u],
  );

function logSumExp(n: number, term: (j: Nat) => Real): Real {
  const terms = vec(n, Real, (j: Nat) => term(j)) as Any;
  const most = Array.from({ length: n }, (_, j) => terms[j] as Real).reduce((a, b) => select(gt(a, b), Real, a, b));
  return add(most, log(sum(n, (j) => exp(sub(terms[j], most)))));
}

function rosenbrock(n: number): Written {
  const f = (x: Any): Real =>
    sum(n, (i: Nat) => {
      const last = ieq(n, i, n - 1); // an index of n − 1 is no index of n: the last term is left out by choice
      const next = x[select(last, n, 0, iadd(n, i, 1)) as Nat];
      return select(last, Real, 0, add(mul(100, square(sub(next, square(x[i])))), square(sub(1, x[i]))));
    });
  return { point: vector(n), data: vector(1), f, ...same, given: [0] };
}

function moons(points: number): Written {
  const W = LAYERS[0]![1];
  const sizes = [
    [W, 2],
    [W, 1],
    [W, W],
    [W, 1],
    [1, W],
    [1, 1],
  ] as const;
  const rows = moonsData(points);
  return {
    point: { a: matrix(W, 2), b: vector(W), c: matrix(W, W), d: vector(W), e: vector(W), f: Real },
    data: { x: matrix(points, 2), y: vector(points) },
    f: (p, { x, y }) => {
      const hinge = sum(points, (i: Nat) => {
        const h1 = vec(W, Real, (u: Nat) => relu(unit(p.a, p.b, u, 2, (j) => x[i][j]))) as Any;
        const h2 = vec(W, Real, (u: Nat) => relu(unit(p.c, p.d, u, W, (j) => h1[j]))) as Any;
        const score = add(
          sum(W, (j: Nat) => mul(p.e[j], h2[j])),
          p.f,
        );
        return relu(sub(1, mul(y[i], score)));
      });
      const squares = sum(W, (u: Nat) => {
        const weights = add(
          sum(2, (j: Nat) => square(p.a[u][j])),
          sum(W, (j: Nat) => square(p.c[u][j])),
        );
        return all([weights, square(p.b[u]), square(p.d[u]), square(p.e[u])]);
      });
      return add(mul(hinge, 1 / points), mul(add(squares, square(p.f)), 1e-4));
    },
    nested(flat) {
      let at = 0;
      const [a, b, c, d, e, f] = sizes.map(([m, n]) => {
        const part = matrixOf(flat, at, m, n);
        at += m * n;
        return part;
      });
      return { a, b: b!.flat(), c, d: d!.flat(), e: e!.flat(), f: f!.flat()[0] };
    },
    flat: ({ a, b, c, d, e, f }) => [a, b, c, d, e, f].flat(3),
    given: {
      x: matrixOf(rows, 0, points, 3).map((row) => row.slice(0, 2)),
      y: matrixOf(rows, 0, points, 3).map((row) => row[2]),
    },
  };
}

function digits({ layers, n }: Natural & { kind: 'digits' }): Written {
  const { inputs, hidden, classes } = layers;
  const { X, digit } = digitsData(layers, n);
  const right = Array.from(digit, (d) => Array.from({ length: classes }, (_, c) => (c === d ? 1 : 0)));
  const [b1, W2, b2] = [hidden * inputs, (inputs + 1) * hidden, (inputs + 1) * hidden + classes * hidden];
  return {
    point: { a: matrix(hidden, inputs), b: vector(hidden), c: matrix(classes, hidden), d: vector(classes) },
    data: { x: matrix(n, inputs), y: matrix(n, classes) },
    f: (p, { x, y }) => {
      const total = sum(n, (i: Nat) => {
        const h = vec(hidden, Real, (u: Nat) => relu(unit(p.a, p.b, u, inputs, (j) => x[i][j]))) as Any;
        const score = vec(classes, Real, (c: Nat) => unit(p.c, p.d, c, hidden, (j) => h[j])) as Any;
        return sub(
          logSumExp(classes, (c) => score[c]),
          sum(classes, (c: Nat) => mul(y[i][c], score[c])),
        );
      });
      return mul(total, 1 / n);
    },
    nested: (flat) => ({
      a: matrixOf(flat, 0, hidden, inputs),
      b: Array.from(flat.subarray(b1, W2)),
      c: matrixOf(flat, W2, classes, hidden),
      d: Array.from(flat.subarray(b2)),
    }),
    flat: ({ a, b, c, d }) => [a, b, c, d].flat(2),
    given: { x: matrixOf(X, 0, n, inputs), y: right },
  };
}

function mixture({ size, n }: Natural & { kind: 'mixture' }): Written {
  const { d, k, m = 0, gamma = 1 } = size;
  const e = (d * (d - 1)) / 2;
  const dims = Array.from({ length: d }, (_, a) => a);
  return {
    point: { a: vector(k), m: matrix(k, d), q: matrix(k, d), l: matrix(k, e) },
    data: matrix(n, d),
    f: (p, x) => {
      const diagonal = vec(k, Vec(d, Real), (j: Nat) => vec(d, Real, (a: Nat) => exp(p.q[j][a]))) as Any;
      const weight = vec(k, Real, (j: Nat) =>
        add(
          p.a[j],
          sum(d, (a: Nat) => p.q[j][a]),
        ),
      ) as Any;
      const fit = sum(n, (i: Nat) =>
        logSumExp(k, (j) => {
          const off = dims.map((a) => sub(x[i][a], p.m[j][a]));
          const white = dims.map((a) =>
            all([mul(diagonal[j][a], off[a]!), ...dims.slice(0, a).map((b) => mul(p.l[j][below(d, a, b)], off[b]!))]),
          );
          return sub(weight[j], mul(0.5, all(white.map(square))));
        }),
      );
      const squares = sum(k, (j: Nat) =>
        add(
          sum(d, (a: Nat) => square(diagonal[j][a])),
          sum(e, (a: Nat) => square(p.l[j][a])),
        ),
      );
      const linear = sum(k, (j: Nat) => sum(d, (a: Nat) => p.q[j][a]));
      const prior = sub(mul(0.5 * gamma * gamma, squares), mul(m, linear));
      const normal = add(
        logSumExp(k, (j) => p.a[j]),
        0.5 * d * Math.log(2 * Math.PI),
      );
      return add(sub(sub(fit, mul(n, normal)), prior), k * wishart(d, m, gamma));
    },
    nested: (flat) => ({
      a: Array.from(flat.subarray(0, k)),
      m: matrixOf(flat, k, k, d),
      q: matrixOf(flat, k + k * d, k, d),
      l: matrixOf(flat, k + 2 * k * d, k, e),
    }),
    flat: ({ a, m: mu, q, l }) => [a, mu, q, l].flat(2),
    given: matrixOf(mixturePoints(d, n), 0, n, d),
  };
}

function write(natural: Natural): Written {
  switch (natural.kind) {
    case 'seed':
      return {
        point: vector(2),
        data: vector(2),
        f: (p, x) => mul(0.5, square(sub(add(mul(p[0], x[0]), p[1]), x[1]))),
        ...same,
        given: [-2, 2],
      };
    case 'rosenbrock':
      return rosenbrock(natural.n);
    case 'logsumexp':
      return {
        point: vector(natural.n),
        data: vector(1),
        f: (x) => log(sum(natural.n, (i: Nat) => exp(x[i]))), // it has no max over a range; the numbers are small
        ...same,
        given: [0],
      };
    case 'moons':
      return moons(natural.points);
    case 'digits':
      return digits(natural);
    case 'mixture':
      return mixture(natural);
  }
}

const prepare: Prepare = async (row) => {
  const { point, data, f, nested, flat, given } = write(row.natural!);
  const whole = fn([{ point, data }] as Any, Real, (({ point, data }: Any) => f(point, data)) as Any) as Any;
  const both = fn(
    [point, data] as Any,
    { value: Real, gradient: point } as Any,
    ((point: Any, data: Any) => {
      const { ret, grad } = vjp(whole)({ point, data } as Any) as Any;
      return { value: ret, gradient: grad(1).point };
    }) as Any,
  );
  const evaluate = (await compile(both as Fn & ((...args: Any[]) => Any))) as Any;
  const at = nested(row.point());
  let gradient: Any;
  return {
    run() {
      const found = evaluate(at, given);
      gradient = found.gradient;
      return found.value;
    },
    gradient: () => flat(gradient),
  };
};

export default prepare;
