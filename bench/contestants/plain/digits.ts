/** Back-propagation by hand for problems/loops/digits.ts, as one writes it first; inputs that are 0 are skipped, forward and back. */
import type { Layers } from '../../problems/loops/digits.ts';

export function plainDigits({ inputs, hidden, classes }: Layers, images: Float64Array, digits: Float64Array) {
  const n = digits.length;
  const h = new Float64Array(hidden);
  const dh = new Float64Array(hidden);
  const score = new Float64Array(classes);
  const lit = new Int32Array(inputs);
  const light = new Float64Array(inputs);

  return (x: Float64Array, gradient: Float64Array): number => {
    const b1 = hidden * inputs;
    const W2 = b1 + hidden;
    const b2 = W2 + classes * hidden;
    gradient.fill(0);
    let total = 0;
    for (let i = 0; i < n; i++) {
      const image = i * inputs;
      let count = 0;
      for (let p = 0; p < inputs; p++) {
        const value = images[image + p]!;
        if (value === 0) continue;
        lit[count] = p;
        light[count++] = value;
      }
      for (let u = 0; u < hidden; u++) {
        let s = x[b1 + u]!;
        for (let c = 0, row = u * inputs; c < count; c++) s += x[row + lit[c]!]! * light[c]!;
        h[u] = s > 0 ? s : 0;
      }
      let most = -Infinity;
      for (let c = 0; c < classes; c++) {
        let s = x[b2 + c]!;
        for (let u = 0, row = W2 + c * hidden; u < hidden; u++) s += x[row + u]! * h[u]!;
        score[c] = s;
        if (s > most) most = s;
      }
      let all = 0;
      for (let c = 0; c < classes; c++) all += Math.exp(score[c]! - most);
      total += most + Math.log(all) - score[digits[i]!]!;

      dh.fill(0);
      for (let c = 0; c < classes; c++) {
        const d = (Math.exp(score[c]! - most) / all - (c === digits[i] ? 1 : 0)) / n;
        gradient[b2 + c]! += d;
        for (let u = 0, row = W2 + c * hidden; u < hidden; u++) {
          gradient[row + u]! += d * h[u]!;
          dh[u]! += d * x[row + u]!;
        }
      }
      for (let u = 0; u < hidden; u++) {
        if (h[u] === 0) continue;
        const d = dh[u]!;
        gradient[b1 + u]! += d;
        for (let c = 0, row = u * inputs; c < count; c++) gradient[row + lit[c]!]! += d * light[c]!;
      }
    }
    return total / n;
  };
}
