/** The two moons of ../network.ts, the same loss of the same numbers, as a loop over points. */
import { compile, data, type Expr, matrix, mean, type ProgramOptions, relu, scalar, vector } from '../../../src/index.ts';
import { LAYERS, moons, moonsData } from '../network.ts';
import { type LoopProblem, loopProblem } from './problem.ts';

const WIDTH = LAYERS[0]![1];

export function moonsLoop(options?: ProgramOptions) {
  return compile(
    {
      W1: matrix(WIDTH, 2),
      b1: vector(WIDTH),
      W2: matrix(WIDTH, WIDTH),
      b2: vector(WIDTH),
      w3: vector(WIDTH),
      b3: scalar,
      X: data(matrix('n', 2)),
      label: data(vector('n')),
    },
    ({ W1, b1, W2, b2, w3, b3, X, label }) => {
      const hinge = mean(X.rows, (i) => {
        const h1 = relu(W1.matVec(X.row(i)).add(b1));
        const h2 = relu(W2.matVec(h1).add(b2));
        return relu(label.at(i).mul(h2.dot(w3).add(b3)).neg().add(1));
      });
      const squares = [W1.flat(), b1, W2.flat(), b2, w3].reduce((s: Expr, x) => s.add(x.square().sum()), b3.square());
      return hinge.add(squares.mul(1e-4));
    },
    options,
  );
}

/** Of flat parameters, unit after unit with the bias last, where those of this program lie: all weights of a layer, then its biases. */
export const PLACES: readonly number[] = LAYERS.flatMap(([inputs, units], layer) => {
  const from = LAYERS.slice(0, layer).reduce((at, [n, u]) => at + (n + 1) * u, 0);
  const weight = (k: number): number => from + Math.floor(k / inputs) * (inputs + 1) + (k % inputs);
  const weights = Array.from({ length: units * inputs }, (_, k) => weight(k));
  return [...weights, ...Array.from({ length: units }, (_, u) => from + u * (inputs + 1) + inputs)];
});

export function moonsLoopProblem(points: number): LoopProblem {
  const { point: unitwise, hand } = moons(points);
  const rows = moonsData(points);
  const flat = Float64Array.from(PLACES, (at) => unitwise[at]!);
  const sizes = LAYERS.flatMap(([inputs, units]) => [inputs * units, units]);
  const names = ['W1', 'b1', 'W2', 'b2', 'w3', 'b3'];
  const parts = names.map((name, i): [string, Float64Array] => {
    const from = sizes.slice(0, i).reduce((a, b) => a + b, 0);
    return [name, flat.subarray(from, from + sizes[i]!)];
  });
  const [there, back] = [new Float64Array(flat.length), new Float64Array(flat.length)];
  return loopProblem({
    name: `moons network, relu, ${points} points`,
    compile: (engine) => moonsLoop({ engine }),
    point: { ...Object.fromEntries(parts), b3: flat.at(-1)! },
    data: {
      X: Float64Array.from({ length: 2 * points }, (_, i) => rows[3 * (i >> 1) + (i & 1)]!),
      label: Float64Array.from({ length: points }, (_, i) => rows[3 * i + 2]!),
    },
    hand(x, gradient) {
      for (let k = 0; k < x.length; k++) there[PLACES[k]!] = x[k]!;
      const value = hand!(there, back);
      for (let k = 0; k < x.length; k++) gradient[k] = back[PLACES[k]!]!;
      return value;
    },
  });
}
