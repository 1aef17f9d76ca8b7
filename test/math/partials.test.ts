/**
 * Partials of the core against 50-digit arithmetic: slopes of the exact functions by differences of fourth order with a
 * step of 1e-7 of the distance to 0 and ±1, where functions bend, good to 1e-19; at seeded samples of the middle of each domain.
 */
import { describe, expect, test } from 'vitest';
import { interpreter } from '../../src/engine/interpreter/index.ts';
import { Expr } from '../../src/graph/expression.ts';
import { OP, type OpName } from '../../src/ops/vocabulary.ts';
import { machine } from '../conformance/machine.ts';
import { type Exact, exact, ulpError } from '../support/exact.ts';
import { domains } from './samples.ts';

/** Held to 2 ulp but for these: the worst of 300,000 samples, rounded up. */
const ULPS: Record<string, number> = { cbrt: 2.1, atan2: 2.4, tan: 2.1 };

/** Saturating slopes, and slopes through zero: 4u of the size of their terms is as good. */
const ABSOLUTE = new Set(['tanh', 'sigmoid', 'silu', 'gaussian', 'lgamma', 'digamma', 'sin', 'cos', 'tan']);

const SAMPLES = 60;
const isMiddle = (x: number): boolean => Math.abs(x) > 1e-5 && Math.abs(x) < 1e5;
/** Where a step of that size is too long: near poles, and where the exact value is −1 to 50 digits. */
const EASY: Record<string, (x: number, z: number) => boolean> = {
  tan: (_, z) => Math.abs(z) < 1e3,
  lgamma: (x) => x > 0,
  digamma: (x) => x > 0,
  expm1: (x) => x > -30,
};
const STEPLESS = new Set(['rem', 'mod', 'round', 'polygamma']); // whole numbers, or tested as the functions they are

describe('worst error of seeded samples', () => {
  for (const [name, draw] of Object.entries(domains(7))) {
    if (STEPLESS.has(name)) continue;
    const f = exact[name as keyof typeof exact] as (...x: (Exact | number)[]) => Exact;

    test(name, () => {
      const arity = draw().length;
      const m = machine(interpreter, arity, (x) => {
        const { graph } = x[0]!;
        return new Expr(graph, graph.node(OP[name as OpName], x[0]!.id, x[1]?.id ?? 0));
      });
      let tested = 0;
      for (let tries = 0; tested < SAMPLES && tries < 40 * SAMPLES; tries++) {
        const x = draw() as readonly number[];
        if (!x.every(isMiddle)) continue;
        m.point.set(x);
        const z = m.gradient();
        if (!(Math.abs(z) > 1e-200 && Math.abs(z) < 1e200) || EASY[name]?.(x[0]!, z) === false) continue;
        const partials = [...m.adjoint];
        x.forEach((xi, i) => {
          const h = f0(1e-7 * Math.min(1, Math.abs(xi), Math.abs(1 - Math.abs(xi)) || 1));
          const at = (s: number): Exact => f(...x.map((v, j) => (j === i ? f0(v).plus(h.times(s)) : v)));
          const slope = at(1)
            .minus(at(-1))
            .times(8)
            .minus(at(2).minus(at(-2)))
            .div(h.times(12));
          if (Number.isNaN(partials[i]!) && slope.isNaN()) return;
          if (h.lt(1e-16)) return; // so close to ±1 that the step drowns in 50 digits
          const error = ulpError(partials[i]!, slope);
          const limit = ULPS[name] ?? 2;
          const absolute = Math.abs(slope.minus(f0(partials[i]!)).toNumber()) <= 2 ** -51 * Math.max(1, Math.abs(z));
          if (!(ABSOLUTE.has(name) && absolute))
            expect(error, `∂${i} ${name}(${x}): ${partials[i]} for ${slope}`).toBeLessThanOrEqual(limit);
        });
        tested++;
      }
      m.dispose();
      expect(tested).toBeGreaterThan(SAMPLES / 4);
    });
  }
});

/** A number of the middle range with all its digits; the constructor would take the shortest decimal for it. */
function f0(x: number): Exact {
  return new (exact.exp(0).constructor as new (x: string) => Exact)(x.toPrecision(100));
}
