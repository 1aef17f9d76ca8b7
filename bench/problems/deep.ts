/**
 * n + p, not n × p: a network of some 10,000 nodes and 100,000 parameters, each parameter used once, its sums dots.
 * All its derivatives cost a few times n + p steps; bumping each parameter would cost n × p.
 */
import { Random } from '../../src/optimize/random.ts';
import { handDeep } from '../contestants/hand/deep.ts';
import type { Arithmetic, Problem } from './problem.ts';

/** `layers` layers of `width` units, unit u: tanh(dot(w_u, x) + b_u); the value is the sum of squares of the last. */
export function deep(layers = 107, width = 30): Problem {
  const random = new Random(5);
  const perUnit = width + 1;
  const scale = 1.5 / Math.sqrt(width); // keeps signals alive through a hundred layers
  const point = Float64Array.from({ length: layers * width * perUnit }, (_, i) =>
    i % perUnit === width ? 0 : scale * random.normal(),
  );
  const first = Array.from({ length: width }, () => random.normal());
  return {
    name: `n + p network, ${layers} layers of ${width}`,
    point,
    build<V>(k: Arithmetic<V>, x: readonly V[]) {
      let values = first.map((value) => k.constant(value));
      for (let layer = 0; layer < layers; layer++) {
        values = values.map((_, unit) => {
          const at = (layer * width + unit) * perUnit;
          return k.tanh(k.add(k.dot(x.slice(at, at + width), values), x[at + width] as V));
        });
      }
      return values.map((value) => k.square(value)).reduce((sum, square) => k.add(sum, square));
    },
    hand: handDeep(first, layers),
  };
}
