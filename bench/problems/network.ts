/**
 * Networks as plain scalar nodes: every weight, product and sum is one.
 *
 * The two moons (half circles that reach into each other) and a 2-16-16-1 network with hinge loss are micrograd's demo
 * (A. Karpathy 2020). Total = mean over points of max(0, 1 − y·s) + 1e-4 · Σ w².
 */
import { Random } from '../../src/optimize/random.ts';
import { type Activation, handMoons, handMoonsRows } from '../contestants/hand/network.ts';
import type { Arithmetic, Problem, RowProblem } from './problem.ts';

export const LAYERS: readonly (readonly [inputs: number, units: number])[] = [
  [2, 16],
  [16, 16],
  [16, 1],
];
export const PARAMETERS = LAYERS.reduce((sum, [inputs, units]) => sum + (inputs + 1) * units, 0); // 337

/** Weights uniform in (−1, 1), biases 0; flat, unit after unit, the bias last. */
function initial(random: Random): Float64Array {
  const units = LAYERS.flatMap(([inputs, count]) => new Array<number>(count).fill(inputs));
  return Float64Array.from(units.flatMap((inputs) => [...Array.from({ length: inputs }, () => 2 * random.uniform() - 1), 0]));
}

/** Points of the two moons, each x, y, label ±1, with a little noise. */
export function moonsData(points: number, random = new Random(7)): Float64Array {
  const data = new Float64Array(3 * points);
  for (let i = 0; i < points; i++) {
    const [angle, upper] = [Math.PI * random.uniform(), i % 2 === 0];
    const [x, y] = upper ? [Math.cos(angle), Math.sin(angle)] : [1 - Math.cos(angle), 0.5 - Math.sin(angle)];
    data.set([x + 0.1 * random.normal(), y + 0.1 * random.normal(), upper ? 1 : -1], 3 * i);
  }
  return data;
}

function score<V>(k: Arithmetic<V>, weights: readonly V[], point: readonly V[], activation: Activation): V {
  let at = 0;
  return LAYERS.reduce((values, [inputs, units], layer) => {
    return Array.from({ length: units }, () => {
      let sum = weights[at + inputs] as V;
      for (let i = 0; i < inputs; i++) sum = k.add(sum, k.mul(weights[at + i]!, values[i]!));
      at += inputs + 1;
      return layer < LAYERS.length - 1 ? k[activation](sum) : sum;
    });
  }, point)[0]!;
}

const hinge = <V>(k: Arithmetic<V>, label: V, s: V): V => k.relu(k.sub(k.constant(1), k.mul(label, s)));

/** The full batch: about 651 nodes per point. */
export function moons(points: number, activation: Activation = 'relu'): Problem {
  const data = moonsData(points);
  return {
    name: `moons network, ${activation}, ${points} points`,
    point: initial(new Random(42)),
    build<V>(k: Arithmetic<V>, x: readonly V[]) {
      const loss = (i: number) => {
        const [a, b, label] = Array.from(data.subarray(3 * i, 3 * i + 3), (value) => k.constant(value)) as [V, V, V];
        return hinge(k, label, score(k, x, [a, b], activation));
      };
      let total = loss(0);
      for (let i = 1; i < points; i++) total = k.add(total, loss(i));
      let squares: V = k.square(x[0] as V);
      for (let i = 1; i < x.length; i++) squares = k.add(squares, k.square(x[i] as V));
      return k.add(k.mul(total, k.constant(1 / points)), k.mul(squares, k.constant(1e-4)));
    },
    hand: handMoons(data, points, activation),
  };
}

/** The loss of one point, run over many rows of points. */
export function moonsRows(rows: number, activation: Activation = 'relu'): RowProblem {
  return {
    name: `moons network, ${activation}, ${rows} rows`,
    point: initial(new Random(42)),
    width: 3,
    data: moonsData(rows),
    rows,
    build: (k, x, row) => hinge(k, row[2]!, score(k, x, row.slice(0, 2), activation)),
    hand: handMoonsRows(activation),
  };
}
