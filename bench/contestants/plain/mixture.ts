/** Value and gradient by hand for problems/loops/mixture.ts, as one writes it first: point by point. */
import { type Mixture, wishart } from '../../problems/loops/mixture.ts';

export function plainMixture({ d, k, m = 0, gamma = 1 }: Mixture, points: Float64Array) {
  const n = points.length / d;
  const e = (d * (d - 1)) / 2;
  const diagonal = new Float64Array(k * d);
  const weight = new Float64Array(k);
  const terms = new Float64Array(k);
  const off = new Float64Array(k * d);
  const white = new Float64Array(k * d);

  return (x: Float64Array, gradient: Float64Array): number => {
    const mu = k;
    const q = mu + k * d;
    const l = q + k * d;
    gradient.fill(0);
    let prior = 0;
    for (let j = 0; j < k; j++) {
      weight[j] = x[j]!;
      for (let a = j * d; a < (j + 1) * d; a++) {
        const own = (diagonal[a] = Math.exp(x[q + a]!));
        weight[j]! += x[q + a]!;
        prior += 0.5 * gamma * gamma * own * own - m * x[q + a]!;
        gradient[q + a] = m - gamma * gamma * own * own;
      }
    }
    for (let i = l; i < l + k * e; i++) {
      prior += 0.5 * gamma * gamma * x[i]! * x[i]!;
      gradient[i] = -gamma * gamma * x[i]!;
    }

    let total = 0;
    for (let i = 0; i < n; i++) {
      let most = -Infinity;
      const point = i * d;
      for (let j = 0, at = l; j < k; j++) {
        const row = j * d;
        const end = row + d;
        for (let a = 0; a < d; a++) {
          const c = points[point + a]! - x[mu + row + a]!;
          off[row + a] = c;
          white[row + a] = diagonal[row + a]! * c;
        }
        let squares = 0;
        for (let b = row; b < end; b++) {
          const c = off[b]!;
          const z = white[b]!; // all of it is there by now
          squares += z * z;
          for (let a = b + 1; a < end; a++) white[a]! += x[at++]! * c;
        }
        const term = weight[j]! - 0.5 * squares;
        terms[j] = term;
        if (term > most) most = term;
      }
      let s = 0;
      for (let j = 0; j < k; j++) s += terms[j] = Math.exp(terms[j]! - most);
      total += most + Math.log(s);
      for (let j = 0, at = l; j < k; j++) {
        const row = j * d;
        const end = row + d;
        const share = terms[j]! / s;
        gradient[j]! += share;
        for (let a = row; a < end; a++) white[a]! *= share;
        for (let b = row; b < end; b++) {
          const c = off[b]!;
          const own = white[b]! * diagonal[b]!;
          gradient[q + b]! += share - own * c;
          let back = own;
          for (let a = b + 1; a < end; a++, at++) {
            const z = white[a]!;
            gradient[at]! -= z * c;
            back += z * x[at]!;
          }
          gradient[mu + b]! += back;
        }
      }
    }

    let most = -Infinity;
    for (let j = 0; j < k; j++) if (x[j]! > most) most = x[j]!;
    let s = 0;
    for (let j = 0; j < k; j++) s += Math.exp(x[j]! - most);
    for (let j = 0; j < k; j++) gradient[j]! -= (n * Math.exp(x[j]! - most)) / s;
    return total - n * (most + Math.log(s) + 0.5 * d * Math.log(2 * Math.PI)) - prior + k * wishart(d, m, gamma);
  };
}
