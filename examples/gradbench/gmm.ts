/**
 * gmm: how well k normal distributions explain n points, with a Wishart prior. The inverse covariance of component j is QᵀQ,
 * Q being lower triangular: exp(q) on its diagonal, l below it, column by column.
 */
import { compile, data, type Expr, lgamma, logsumexp, map, matrix, sum, vector } from 'wengert';
import { bySize, type Eval, objective } from './eval.ts';

export interface Mixture {
  /** Dimensions. */
  readonly d: number;
  /** Components. */
  readonly k: number;
  /** Of the prior: degrees of freedom more than d + 1, and precision. */
  readonly m: number;
  readonly gamma: number;
}

export const mixture = bySize(({ d, k, m, gamma }: Mixture, options) =>
  compile(
    {
      alpha: vector(k),
      mu: matrix(k, d),
      q: matrix(k, d),
      l: matrix(k, (d * (d - 1)) / 2),
      x: data(matrix('n', d)),
    },
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
      const squares = diagonal.square().sum().add(l.square().sum());
      const prior = q
        .sum()
        .mul(m)
        .sub(squares.mul(0.5 * gamma * gamma));
      const share = logsumexp(alpha).add(0.5 * d * Math.log(2 * Math.PI));
      return fit
        .sub(x.rows.mul(share))
        .add(prior)
        .add(k * wishart(d, m, gamma));
    },
    options,
  ),
);

/** Place of row a, column b < a in what lies below a diagonal, column by column. */
const below = (d: number, a: number, b: number): number => (b * (2 * d - b - 1)) / 2 + a - b - 1;

const total = (terms: readonly Expr[]): Expr => terms.reduce((s, term) => s.add(term));

/** The constant of the prior, of one component. */
function wishart(d: number, m: number, gamma: number): number {
  const n = d + m + 1;
  let logGamma = (d * (d - 1) * Math.log(Math.PI)) / 4;
  for (let j = 0; j < d; j++) logGamma += lgamma((n - j) / 2);
  return n * d * Math.log(gamma / Math.SQRT2) - logGamma;
}

export const functions: Eval = objective('objective', 'jacobian', (input, options) => {
  const [d, k] = [input.whole('d'), input.whole('k')];
  const program = mixture({ d, k, m: input.whole('m'), gamma: input.number('gamma') }, options);
  const [alpha, mu, q] = [input.numbers('alpha', k), input.numbers('mu', k, d), input.numbers('q', k, d)];
  const l = input.numbers('l', k, (d * (d - 1)) / 2);
  program.bind({ x: input.numbers('x', input.whole('n'), d).values });
  return { program, at: [alpha, mu, q, l], output: (_, [alpha, mu, q, l]) => ({ alpha: alpha!, mu: mu!, q: q!, l: l! }) };
});
