/** Descent steps on the point, with the core's arithmetic (assembly/optimize.ts) operation by operation. */
import { fail } from '../../errors.ts';
import type { RowReduce, Stepper, UpdateRule } from '../engine.ts';

/**
 * @param point updated in place; asked for at every step, for memory may have moved
 * @param adjoint holds the gradient once `gradient` has returned
 * @param gradient the value, at the point before the update
 */
export function stepper(
  rule: UpdateRule,
  point: () => Float64Array,
  adjoint: () => Float64Array,
  gradient: (rows: number, reduce: RowReduce) => number,
): Stepper {
  const p = point().length;
  const mean = new Float64Array(p); // velocity, or Adam's first moment
  const square = new Float64Array(rule.kind === 'adam' ? p : 0);
  let t = 0;
  let isOpen = true;
  return {
    step(rate, rows, reduce) {
      if (!isOpen) fail('Disposed', 'this stepper was disposed');
      const x = point();
      if (x.length !== p) fail('WrongLength', `this stepper moves ${p} parameters, and now there are ${x.length}`);
      const value = gradient(rows, reduce);
      t++;
      if (rule.kind === 'momentum') momentumStep(x, adjoint(), mean, rate, rule.momentum);
      else adamStep(x, adjoint(), mean, square, rate, rule, t);
      return value;
    },
    dispose() {
      isOpen = false;
    },
  };
}

/** v ← μ·v + g; θ ← θ − rate·v (Polyak 1964). */
function momentumStep(x: Float64Array, g: Float64Array, v: Float64Array, rate: number, momentum: number): void {
  for (let i = 0; i < x.length; i++) {
    const speed = momentum * v[i]! + g[i]!;
    v[i] = speed;
    x[i]! -= rate * speed;
  }
}

/** Adam's bias corrections multiplied out (Kingma & Ba 2015, end of section 2), with ε scaled along: the same step, one division. */
// biome-ignore format: one signature, one line
function adamStep(x: Float64Array, g: Float64Array, m: Float64Array, v: Float64Array, rate: number, rule: UpdateRule & { kind: 'adam' }, t: number): void {
  const { beta1, beta2, epsilon } = rule;
  const root = Math.sqrt(1 - beta2 ** t);
  const alpha = (rate * root) / (1 - beta1 ** t);
  const floor = epsilon * root;
  const gain1 = 1 - beta1;
  const gain2 = 1 - beta2;
  for (let i = 0; i < x.length; i++) {
    const slope = g[i]!;
    const mean = beta1 * m[i]! + gain1 * slope;
    const square = beta2 * v[i]! + gain2 * (slope * slope);
    m[i] = mean;
    v[i] = square;
    x[i]! -= (alpha * mean) / (Math.sqrt(square) + floor);
  }
}
