/** Problems of loops/ written out with scalars, the same numbers: for contestants that know no loops. */
import { handLogsumexp } from '../contestants/hand/small.ts';
import { digitsData, digitsProblem, type Layers } from './loops/digits.ts';
import { logsumexpProblem } from './loops/logsumexp.ts';
import { below, type Mixture, mixturePoints, mixtureProblem, wishart } from './loops/mixture.ts';
import type { Arithmetic, Problem } from './problem.ts';
import { logsumexp } from './small.ts';

const total = <V>(k: Arithmetic<V>, terms: readonly V[]): V => terms.reduce((sum, term) => k.add(sum, term));

export function logsumexpNodes(n: number): Problem {
  return { ...logsumexp(n), point: logsumexpProblem(n).flat, hand: handLogsumexp };
}

export function digitsNodes(layers: Layers, n: number): Problem {
  const { name, flat, hand } = digitsProblem(layers, n);
  const { X, digit } = digitsData(layers, n);
  const { inputs, hidden, classes } = layers;
  return {
    name,
    point: flat,
    hand,
    build<V>(k: Arithmetic<V>, x: readonly V[]) {
      const [b1, W2, b2] = [hidden * inputs, (inputs + 1) * hidden, (inputs + 1) * hidden + classes * hidden];
      const layer = (from: readonly V[], weights: number, biases: number, units: number): V[] =>
        Array.from({ length: units }, (_, u) =>
          from.reduce((sum, value, p) => k.add(sum, k.mul(x[weights + u * from.length + p]!, value)), x[biases + u]!),
        );
      const losses = Array.from(digit, (d, i) => {
        const image = Array.from(X.subarray(i * inputs, (i + 1) * inputs), (value) => k.constant(value));
        const hiddens = layer(image, 0, b1, hidden).map((s) => k.relu(s));
        const scores = layer(hiddens, W2, b2, classes);
        return k.sub(
          k.log(
            total(
              k,
              scores.map((s) => k.exp(s)),
            ),
          ),
          scores[d]!,
        );
      });
      return k.mul(total(k, losses), k.constant(1 / n));
    },
  };
}

export function mixtureNodes(size: Mixture, n: number): Problem {
  const { name, flat, hand } = mixtureProblem(size, n);
  const { d, k: components, m = 0, gamma = 1 } = size;
  const points = mixturePoints(d, n);
  return {
    name,
    point: flat,
    hand,
    build<V>(k: Arithmetic<V>, x: readonly V[]) {
      const sum = (terms: readonly V[]): V => total(k, terms);
      const half = k.constant(0.5);
      const [mu, q, l] = [components, components * (1 + d), components * (1 + 2 * d)];
      const e = (d * (d - 1)) / 2;
      const logSumExp = (terms: readonly V[]): V => {
        const most = terms.reduce((a, b) => k.max(a, b));
        return k.add(most, k.log(sum(terms.map((term) => k.exp(k.sub(term, most))))));
      };
      const component = Array.from({ length: components }, (_, j) => {
        const qs = x.slice(q + j * d, q + (j + 1) * d);
        return { diagonal: qs.map((value) => k.exp(value)), weight: k.add(x[j]!, sum(qs)) };
      });
      const fits = Array.from({ length: n }, (_, i) =>
        logSumExp(
          component.map(({ diagonal, weight }, j) => {
            const off = Array.from({ length: d }, (_, a) => k.sub(k.constant(points[i * d + a]!), x[mu + j * d + a]!));
            const squares = off.map((own, a) => {
              const lower = off.slice(0, a).map((other, b) => k.mul(x[l + j * e + below(d, a, b)]!, other));
              return k.square([k.mul(diagonal[a]!, own), ...lower].reduce((s, term) => k.add(s, term)));
            });
            return k.sub(weight, k.mul(sum(squares), half));
          }),
        ),
      );
      const squares = [...component.flatMap(({ diagonal }) => diagonal), ...x.slice(l)].map((value) => k.square(value));
      const linear = k.mul(sum(x.slice(q, l)), k.constant(m));
      const prior = k.sub(k.mul(sum(squares), k.constant(0.5 * gamma * gamma)), linear);
      const normal = k.add(logSumExp(x.slice(0, components)), k.constant(0.5 * d * Math.log(2 * Math.PI)));
      const fit = k.sub(sum(fits), k.mul(k.constant(n), normal));
      return k.add(k.sub(fit, prior), k.constant(components * wishart(d, m, gamma)));
    },
  };
}
