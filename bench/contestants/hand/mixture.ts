/**
 * Value and gradient by hand for problems/loops/mixture.ts: of each point all components, then their shares in the sum.
 *
 * Four points at a time: a parameter is read once for the four, its adjoint written once, and four chains of additions run
 * side by side. That makes it twice as quick as contestants/plain/mixture.ts.
 */
import { type Mixture, wishart } from '../../problems/loops/mixture.ts';

export function handMixture({ d, k, m = 0, gamma = 1 }: Mixture, points: Float64Array) {
  const n = points.length / d;
  const e = (d * (d - 1)) / 2;
  const diagonal = new Float64Array(k * d);
  const weight = new Float64Array(k);
  const terms = new Float64Array(4 * k); // of four points, side by side, as all below
  const off = new Float64Array(4 * k * d);
  const white = new Float64Array(4 * k * d);
  const padded = new Float64Array(Math.ceil(n / 4) * 4 * d);
  padded.set(points);

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
    for (let i = 0; i < n; i += 4) {
      const [p0, p1, p2, p3] = [i * d, (i + 1) * d, (i + 2) * d, (i + 3) * d];
      let most0 = -Infinity;
      let most1 = -Infinity;
      let most2 = -Infinity;
      let most3 = -Infinity;
      for (let j = 0; j < k; j++) {
        const row = j * d;
        const lower = l + j * e;
        let s0 = 0;
        let s1 = 0;
        let s2 = 0;
        let s3 = 0;
        for (let a = 0; a < d; a++) {
          const own = diagonal[row + a]!;
          const mean = x[mu + row + a]!;
          const c0 = padded[p0 + a]! - mean;
          const c1 = padded[p1 + a]! - mean;
          const c2 = padded[p2 + a]! - mean;
          const c3 = padded[p3 + a]! - mean;
          let z0 = own * c0;
          let z1 = own * c1;
          let z2 = own * c2;
          let z3 = own * c3;
          // row a of what lies below the diagonal, which lies there column by column
          for (let b = 0, at = lower + a - 1, o = 4 * row; b < a; at += d - 2 - b, b++, o += 4) {
            const w = x[at]!;
            z0 += w * off[o]!;
            z1 += w * off[o + 1]!;
            z2 += w * off[o + 2]!;
            z3 += w * off[o + 3]!;
          }
          const o = 4 * (row + a);
          off[o] = c0;
          off[o + 1] = c1;
          off[o + 2] = c2;
          off[o + 3] = c3;
          white[o] = z0;
          white[o + 1] = z1;
          white[o + 2] = z2;
          white[o + 3] = z3;
          s0 += z0 * z0;
          s1 += z1 * z1;
          s2 += z2 * z2;
          s3 += z3 * z3;
        }
        const w = weight[j]!;
        most0 = Math.max(most0, (terms[4 * j] = w - 0.5 * s0));
        most1 = Math.max(most1, (terms[4 * j + 1] = w - 0.5 * s1));
        most2 = Math.max(most2, (terms[4 * j + 2] = w - 0.5 * s2));
        most3 = Math.max(most3, (terms[4 * j + 3] = w - 0.5 * s3));
      }
      let s0 = 0;
      let s1 = 0;
      let s2 = 0;
      let s3 = 0;
      for (let j = 0; j < 4 * k; j += 4) {
        s0 += terms[j] = Math.exp(terms[j]! - most0);
        s1 += terms[j + 1] = Math.exp(terms[j + 1]! - most1);
        s2 += terms[j + 2] = Math.exp(terms[j + 2]! - most2);
        s3 += terms[j + 3] = Math.exp(terms[j + 3]! - most3);
      }
      total += most0 + Math.log(s0);
      if (i + 1 < n) total += most1 + Math.log(s1);
      if (i + 2 < n) total += most2 + Math.log(s2);
      if (i + 3 < n) total += most3 + Math.log(s3);
      const scale0 = 1 / s0;
      const scale1 = i + 1 < n ? 1 / s1 : 0; // no share for what only pads
      const scale2 = i + 2 < n ? 1 / s2 : 0;
      const scale3 = i + 3 < n ? 1 / s3 : 0;
      for (let j = 0, at = l; j < k; j++) {
        const row = j * d;
        const end = 4 * (row + d);
        const share0 = terms[4 * j]! * scale0;
        const share1 = terms[4 * j + 1]! * scale1;
        const share2 = terms[4 * j + 2]! * scale2;
        const share3 = terms[4 * j + 3]! * scale3;
        const share = share0 + share1 + (share2 + share3);
        gradient[j]! += share;
        for (let o = 4 * row; o < end; o += 4) {
          white[o]! *= share0;
          white[o + 1]! *= share1;
          white[o + 2]! *= share2;
          white[o + 3]! *= share3;
        }
        for (let b = row, o = 4 * row; o < end; b++, o += 4) {
          const own = diagonal[b]!;
          const c0 = off[o]!;
          const c1 = off[o + 1]!;
          const c2 = off[o + 2]!;
          const c3 = off[o + 3]!;
          const w0 = white[o]!;
          const w1 = white[o + 1]!;
          const w2 = white[o + 2]!;
          const w3 = white[o + 3]!;
          gradient[q + b]! += share - own * (w0 * c0 + w1 * c1 + (w2 * c2 + w3 * c3));
          let back = own * (w0 + w1 + (w2 + w3));
          for (let a = o + 4; a < end; a += 4, at++) {
            const z0 = white[a]!;
            const z1 = white[a + 1]!;
            const z2 = white[a + 2]!;
            const z3 = white[a + 3]!;
            gradient[at]! -= z0 * c0 + z1 * c1 + (z2 * c2 + z3 * c3);
            back += (z0 + z1 + (z2 + z3)) * x[at]!;
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
