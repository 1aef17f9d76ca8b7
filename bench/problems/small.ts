/** Functions a few lines long: what they cost is mostly how they are called. */
import { Random } from '../../src/optimize/random.ts';
import { handChain, handLogsumexp, handRosenbrock, handSeed } from '../contestants/hand/small.ts';
import type { Arithmetic, Problem } from './problem.ts';

/** J = ½(wx + b − y)² with x = −2, y = 2 known: the README's first example. */
export const seed: Problem = {
  name: 'seed J',
  point: new Float64Array([2, 8]),
  build(k, x) {
    const [w, b] = [x[0]!, x[1]!];
    return k.mul(k.square(k.sub(k.add(k.mul(w, k.constant(-2)), b), k.constant(2))), k.constant(0.5));
  },
  hand: handSeed,
};

/** Rosenbrock's valley (1960) in n dimensions: Σ 100 (xᵢ₊₁ − xᵢ²)² + (1 − xᵢ)². */
export function rosenbrock(n: number): Problem {
  const random = new Random(1);
  return {
    name: `Rosenbrock ${n}`,
    point: Float64Array.from({ length: n }, () => 2 * random.uniform() - 1),
    build(k, x) {
      const [one, hundred] = [k.constant(1), k.constant(100)];
      const term = (i: number) => {
        const across = k.square(k.sub(x[i + 1]!, k.square(x[i]!)));
        return k.add(k.mul(hundred, across), k.square(k.sub(one, x[i]!)));
      };
      let total = term(0);
      for (let i = 1; i < n - 1; i++) total = k.add(total, term(i));
      return total;
    },
    hand: handRosenbrock,
  };
}

/** log Σ exp xᵢ, written with scalars, its sum one long chain. */
export function logsumexp(n: number): Problem {
  const random = new Random(2);
  return {
    name: `logsumexp ${n}`,
    point: Float64Array.from({ length: n }, () => 2 * random.uniform() - 1),
    build(k, x) {
      let total = k.exp(x[0]!);
      for (let i = 1; i < n; i++) total = k.add(total, k.exp(x[i]!));
      return k.log(total);
    },
    hand: handLogsumexp,
  };
}

/** n nodes, each an operand of the next: v ← v·x₀, v ← v + x₁, in turn. Nothing can run side by side. */
export function chain(n: number): Problem {
  return {
    name: `chain ${n}`,
    point: new Float64Array([0.999, 0.001]),
    build<V>(k: Arithmetic<V>, x: readonly V[]) {
      const [factor, term] = x as readonly [V, V];
      let v = term;
      for (let i = 0; i < n; i++) v = i % 2 === 0 ? k.mul(v, factor) : k.add(v, term);
      return v;
    },
    hand: handChain(n),
  };
}
