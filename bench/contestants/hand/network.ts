/**
 * Back-propagation by hand for the 2-16-16-1 network of problems/network.ts, on flat arrays.
 *
 * Written to be quick, twice as quick as the plain double loop: units that relu has closed are left out of all that follows
 * (lists of the open ones), four units at a time read their inputs once and do not wait for each other's additions, and
 * back, the loop over inputs is the outer one, so that an input's adjoint stays in a register.
 */
export type Activation = 'relu' | 'tanh';

const WIDTH = 16;
const UNIT1 = 3; // numbers per unit of the first layer: two weights and a bias
const UNIT2 = WIDTH + 1;
const LAYER2 = WIDTH * UNIT1;
const LAYER3 = LAYER2 + WIDTH * UNIT2;

/** One pass over points: adds to `gradient` what the scaled hinge losses give, and returns their scaled sum. */
function backpropagation(activation: Activation) {
  const relu = activation === 'relu';
  const h1 = new Float64Array(WIDTH); // of open units only, as all below
  const open1 = new Int32Array(WIDTH);
  const sums = new Float64Array(WIDTH);
  const h2 = new Float64Array(WIDTH);
  const open2 = new Int32Array(WIDTH);
  const d2 = new Float64Array(WIDTH);
  const row2 = new Int32Array(WIDTH);

  return (x: Float64Array, data: Float64Array, points: number, scale: number, gradient: Float64Array): number => {
    let total = 0;
    for (let p = 0; p < points; p++) {
      const px = data[3 * p]!;
      const py = data[3 * p + 1]!;
      const label = data[3 * p + 2]!;
      let count1 = 0;
      for (let u = 0, at = 0; u < WIDTH; u++, at += UNIT1) {
        const s = x[at + 2]! + x[at]! * px + x[at + 1]! * py;
        if (relu && !(s > 0)) continue;
        h1[count1] = relu ? s : Math.tanh(s);
        open1[count1++] = u;
      }
      for (let u = 0, at = LAYER2; u < WIDTH; u += 4, at += 4 * UNIT2) {
        let a = x[at + WIDTH]!;
        let b = x[at + UNIT2 + WIDTH]!;
        let c = x[at + 2 * UNIT2 + WIDTH]!;
        let d = x[at + 3 * UNIT2 + WIDTH]!;
        for (let i = 0; i < count1; i++) {
          const h = h1[i]!;
          const w = at + open1[i]!;
          a += x[w]! * h;
          b += x[w + UNIT2]! * h;
          c += x[w + 2 * UNIT2]! * h;
          d += x[w + 3 * UNIT2]! * h;
        }
        sums[u] = a;
        sums[u + 1] = b;
        sums[u + 2] = c;
        sums[u + 3] = d;
      }
      let score = x[LAYER3 + WIDTH]!;
      let count2 = 0;
      for (let u = 0; u < WIDTH; u++) {
        const s = sums[u]!;
        if (relu && !(s > 0)) continue;
        const h = relu ? s : Math.tanh(s);
        score += x[LAYER3 + u]! * h;
        h2[count2] = h;
        open2[count2++] = u;
      }
      const margin = 1 - label * score;
      if (!(margin > 0)) continue;
      total += margin * scale;

      const d = -label * scale;
      gradient[LAYER3 + WIDTH]! += d;
      for (let k = 0; k < count2; k++) {
        const u = open2[k]!;
        const h = h2[k]!;
        const row = LAYER2 + u * UNIT2;
        gradient[LAYER3 + u]! += d * h;
        const own = relu ? d * x[LAYER3 + u]! : d * x[LAYER3 + u]! * (1 - h * h);
        gradient[row + WIDTH]! += own;
        d2[k] = own;
        row2[k] = row;
      }
      for (let i = 0; i < count1; i++) {
        const u = open1[i]!;
        const h = h1[i]!;
        let d1 = 0;
        for (let k = 0; k < count2; k++) {
          const w = row2[k]! + u;
          const own = d2[k]!;
          gradient[w]! += own * h;
          d1 += own * x[w]!;
        }
        if (!relu) d1 *= 1 - h * h;
        const at = UNIT1 * u;
        gradient[at]! += d1 * px;
        gradient[at + 1]! += d1 * py;
        gradient[at + 2]! += d1;
      }
    }
    return total;
  };
}

export function handMoons(data: Float64Array, points: number, activation: Activation) {
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

export function handMoonsRows(activation: Activation) {
  const pass = backpropagation(activation);
  return (x: Float64Array, data: Float64Array, rows: number, gradient: Float64Array): number => {
    gradient.fill(0);
    return pass(x, data, rows, 1, gradient);
  };
}
