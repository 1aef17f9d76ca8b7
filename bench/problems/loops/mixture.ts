/**
 * A Gaussian mixture with a Wishart prior: how well k normal distributions in d dimensions explain n points. The inverse
 * covariance of component j is QᵀQ, Q being lower triangular: exp(q) on its diagonal, l below it, column by column.
 * (F. Srajer, Z. Kukelova, A. Fitzgibbon, "A benchmark of selected algorithmic differentiation tools", 2018.)
 */
import {
  compile,
  data,
  type Expr,
  lgamma,
  logsumexp,
  type Matrix,
  map,
  matMul,
  matrix,
  matVec,
  type ProgramOptions,
  sum,
  type Vector,
  vector,
} from '../../../src/index.ts';
import { Random } from '../../../src/optimize/random.ts';
import { handMixture } from '../../contestants/hand/mixture.ts';
import { type LoopProblem, loopProblem, uniform } from './problem.ts';

export interface Mixture {
  /** Dimensions. */
  readonly d: number;
  /** Components. */
  readonly k: number;
  /** Of the prior. */
  readonly m?: number;
  readonly gamma?: number;
}

/** Place of row a, column b < a in what lies below a diagonal, column by column. */
export const below = (d: number, a: number, b: number): number => (b * (2 * d - b - 1)) / 2 + a - b - 1;

const signature = ({ d, k }: Mixture) => ({
  alpha: vector(k),
  mu: matrix(k, d),
  q: matrix(k, d),
  l: matrix(k, (d * (d - 1)) / 2),
  x: data(matrix('n', d)),
});

interface Inputs {
  readonly alpha: Vector;
  readonly mu: Matrix;
  readonly q: Matrix;
  readonly l: Matrix;
  readonly x: Matrix<Expr, number>;
}

/** As the formula has it, point by point: memory that depends on n by the points alone. */
export function mixture(size: Mixture, options?: ProgramOptions) {
  const { d, k } = size;
  return compile(
    signature(size),
    ({ alpha, mu, q, l, x }) => {
      const diagonal = q.exp();
      const weight = map(k, (j) => alpha.at(j).add(q.row(j).sum()));
      const fit = sum(x.rows, (i) =>
        logsumexp(k, (j) => {
          const off = Array.from({ length: d }, (_, a) => x.at(i, a).sub(mu.at(j, a)));
          const whitened = off.map((own, a) =>
            off.slice(0, a).reduce((s, other, b) => s.add(l.at(j, below(d, a, b)).mul(other)), diagonal.at(j, a).mul(own)),
          );
          return weight.at(j).sub(total(whitened.map((z) => z.square())).mul(0.5));
        }),
      );
      return posterior(size, { alpha, mu, q, l, x }, diagonal, fit);
    },
    options,
  );
}

/** As products of matrices, component by component: Q(x − μ) = Qx − Qμ. Keeps k numbers per point. */
export function mixtureOfProducts(size: Mixture, options?: ProgramOptions) {
  const { d, k } = size;
  return compile(
    signature(size),
    ({ alpha, mu, q, l, x }) => {
      const diagonal = q.exp();
      const terms = map(k, (j) => {
        const Q = map(d, (a) => map(d, (b) => (+a === +b ? diagonal.at(j, a) : a > b ? l.at(j, below(d, +a, +b)) : 0)));
        const [Qx, Qmu] = [matMul(Q, x.transpose()), matVec(Q, mu.row(j))];
        const weight = alpha.at(j).add(q.row(j).sum());
        return map(x.rows, (i) => weight.sub(sum(d, (a) => Qx.at(a, i).sub(Qmu.at(a)).square()).mul(0.5)));
      });
      const fit = sum(x.rows, (i) => logsumexp(terms.col(i)));
      return posterior(size, { alpha, mu, q, l, x }, diagonal, fit);
    },
    options,
  );
}

function posterior({ d, k, m = 0, gamma = 1 }: Mixture, { alpha, q, l, x }: Inputs, diagonal: Matrix, fit: Expr): Expr {
  const prior = diagonal
    .square()
    .sum()
    .add(l.square().sum())
    .mul(0.5 * gamma * gamma)
    .sub(q.sum().mul(m));
  return fit
    .sub(x.rows.mul(logsumexp(alpha).add(0.5 * d * Math.log(2 * Math.PI))))
    .sub(prior)
    .add(k * wishart(d, m, gamma));
}

/** The constant of the prior, of one component. */
export function wishart(d: number, m: number, gamma: number): number {
  const n = d + m + 1;
  let logGamma = (d * (d - 1) * Math.log(Math.PI)) / 4;
  for (let j = 0; j < d; j++) logGamma += lgamma((n - j) / 2);
  return n * d * Math.log(gamma / Math.SQRT2) - logGamma;
}

const total = (terms: readonly Expr[]): Expr => terms.reduce((s, term) => s.add(term));

/** Parameters around 0, points around the means. */
export function mixturePoint({ d, k }: Mixture, random = new Random(11)) {
  return {
    alpha: uniform(random, k),
    mu: uniform(random, k * d),
    q: uniform(random, k * d, 0.5),
    l: uniform(random, (k * d * (d - 1)) / 2, 0.5),
  };
}

export function mixturePoints(d: number, n: number, random = new Random(12)): Float64Array {
  return uniform(random, n * d, 1.5);
}

export function mixtureProblem(size: Mixture, n: number, form: 'points' | 'products' = 'points'): LoopProblem {
  const x = mixturePoints(size.d, n);
  return loopProblem({
    name: `Gaussian mixture, d ${size.d}, k ${size.k}, n ${n}${form === 'products' ? ', as products' : ''}`,
    compile: (engine) => (form === 'products' ? mixtureOfProducts(size, { engine }) : mixture(size, { engine })),
    point: mixturePoint(size),
    data: { x },
    hand: handMixture(size, x),
  });
}
