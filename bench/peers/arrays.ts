/** The problems as whole arrays: the shapes of the parameters, in the order of the row's point, and the data. */
import { digitsData } from '../problems/loops/digits.ts';
import { below, mixturePoints, wishart } from '../problems/loops/mixture.ts';
import { LAYERS, moonsData } from '../problems/network.ts';
import type { Natural } from './rows.ts';

export interface Parts {
  readonly shapes: readonly (readonly number[])[];
  readonly data: readonly { readonly flat: Float64Array; readonly shape: readonly number[] }[];
  readonly constants: readonly number[];
}

export function arraysOf(natural: Natural): Parts {
  switch (natural.kind) {
    case 'seed': {
      const data = [-2, 2].map((x) => ({ flat: Float64Array.of(x), shape: [1] }));
      return { shapes: [[1], [1]], data, constants: [] };
    }
    case 'rosenbrock':
    case 'logsumexp':
      return { shapes: [[natural.n]], data: [], constants: [] };
    case 'moons': {
      const { points } = natural;
      const rows = moonsData(points);
      const X = Float64Array.from({ length: 2 * points }, (_, i) => rows[3 * (i >> 1) + (i & 1)]!);
      const label = Float64Array.from({ length: points }, (_, i) => rows[3 * i + 2]!);
      const width = LAYERS[0]![1];
      return {
        shapes: [[width, 2], [width], [width, width], [width], [width], [1]],
        data: [
          { flat: X, shape: [points, 2] },
          { flat: label, shape: [points] },
        ],
        constants: [],
      };
    }
    case 'digits': {
      const { layers, n } = natural;
      const { inputs, hidden, classes } = layers;
      const { X, digit } = digitsData(layers, n);
      const right = new Float64Array(n * classes);
      digit.forEach((d, i) => {
        right[i * classes + d] = 1;
      });
      return {
        shapes: [[hidden, inputs], [hidden], [classes, hidden], [classes]],
        data: [
          { flat: X, shape: [n, inputs] },
          { flat: right, shape: [n, classes] },
        ],
        constants: [],
      };
    }
    case 'mixture': {
      const { size, n } = natural;
      const { d, k, m = 0, gamma = 1 } = size;
      const e = (d * (d - 1)) / 2;
      const place = new Float64Array(e * d * d); // what lies below a diagonal, times this, is a whole matrix
      const eye = new Float64Array(d * d);
      for (let a = 0; a < d; a++) {
        for (let b = 0; b < a; b++) place[below(d, a, b) * d * d + a * d + b] = 1;
        eye[a * d + a] = 1;
      }
      const constant = k * wishart(d, m, gamma) - n * 0.5 * d * Math.log(2 * Math.PI);
      return {
        shapes: [[k], [k, d], [k, d], [k, e]],
        data: [
          { flat: mixturePoints(d, n), shape: [n, d] },
          { flat: place, shape: [e, d * d] },
          { flat: eye, shape: [d, d] },
        ],
        constants: [constant],
      };
    }
  }
}
