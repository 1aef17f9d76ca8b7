/** Back-propagation by hand for the 2-16-16-1 network of problems/network.ts, as one writes it first: a loop per sum. */
import type { Activation } from '../hand/network.ts';

const WIDTH = 16;
const UNIT1 = 3; // numbers per unit of the first layer: two weights and a bias
const UNIT2 = WIDTH + 1;
const LAYER2 = WIDTH * UNIT1;
const LAYER3 = LAYER2 + WIDTH * UNIT2;

/** One pass over points: adds to `gradient` what the scaled hinge losses give, and returns their scaled sum. */
function backpropagation(activation: Activation) {
  const relu = activation === 'relu';
  const h1 = new Float64Array(WIDTH);
  const h2 = new Float64Array(WIDTH);
  const d1 = new Float64Array(WIDTH);
  const activate = (s: number): number => (relu ? (s > 0 ? s : 0) : Math.tanh(s));
  const slope = (h: number): number => (relu ? (h > 0 ? 1 : 0) : 1 - h * h);

  return (x: Float64Array, data: Float64Array, points: number, scale: number, gradient: Float64Array): number => {
    let total = 0;
    for (let p = 0; p < points; p++) {
      const [px, py, label] = [data[3 * p]!, data[3 * p + 1]!, data[3 * p + 2]!];
      for (let u = 0, at = 0; u < WIDTH; u++, at += UNIT1) h1[u] = activate(x[at + 2]! + x[at]! * px + x[at + 1]! * py);
      for (let u = 0, at = LAYER2; u < WIDTH; u++, at += UNIT2) {
        let s = x[at + WIDTH]!;
        for (let i = 0; i < WIDTH; i++) s += x[at + i]! * h1[i]!;
        h2[u] = activate(s);
      }
      let score = x[LAYER3 + WIDTH]!;
      for (let i = 0; i < WIDTH; i++) score += x[LAYER3 + i]! * h2[i]!;
      const margin = 1 - label * score;
      if (!(margin > 0)) continue;
      total += margin * scale;

      const d = -label * scale;
      gradient[LAYER3 + WIDTH]! += d;
      d1.fill(0);
      for (let u = 0, at = LAYER2; u < WIDTH; u++, at += UNIT2) {
        gradient[LAYER3 + u]! += d * h2[u]!;
        const d2 = d * x[LAYER3 + u]! * slope(h2[u]!);
        if (d2 === 0) continue;
        gradient[at + WIDTH]! += d2;
        for (let i = 0; i < WIDTH; i++) {
          gradient[at + i]! += d2 * h1[i]!;
          d1[i]! += d2 * x[at + i]!;
        }
      }
      for (let u = 0, at = 0; u < WIDTH; u++, at += UNIT1) {
        const d0 = d1[u]! * slope(h1[u]!);
        gradient[at]! += d0 * px;
        gradient[at + 1]! += d0 * py;
        gradient[at + 2]! += d0;
      }
    }
    return total;
  };
}

export function plainMoons(data: Float64Array, points: number, activation: Activation) {
  const pass = backpropagation(activation);
  return (x: Float64Array, gradient: Float64Array): number => {
    let squares = 0;
    for (let i = 0; i < x.length; i++) {
      squares += x[i]! * x[i]!;
      gradient[i] = 2e-4 * x[i]!;
    }
    return pass(x, data, points, 1 / points, gradient) + 1e-4 * squares;
  };
}
