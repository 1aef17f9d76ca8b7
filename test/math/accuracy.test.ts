import { beforeAll, describe, expect, test } from 'vitest';
import * as reference from '../../src/ops/math.ts';
import { exact, ulpError } from '../support/exact.ts';
import { type Functions, mathCore } from './core.ts';
import { domains } from './samples.ts';

/**
 * Worst errors in ulp: what the core may have (worst of 300,000 samples against MPFR, rounded up), and the reference engine,
 * whose functions are the host's.
 */
const BOUND: Record<string, readonly [core: number, reference: number]> = {
  cbrt: [0.67, 2],
  exp: [0.51, 2],
  exp2: [0.51, 2],
  expm1: [0.68, 2],
  log: [0.51, 2],
  log2: [0.51, 2],
  log10: [0.51, 2],
  log1p: [0.67, 2],
  sin: [0.78, 2],
  cos: [0.77, 2],
  tan: [0.92, 2],
  asin: [0.69, 2],
  acos: [0.66, 2],
  atan: [0.79, 2],
  atan2: [0.84, 2],
  sinh: [0.88, 2],
  cosh: [0.76, 2],
  tanh: [1.15, 2],
  asinh: [0.96, 2],
  acosh: [0.52, 2],
  atanh: [0.52, 2],
  hypot: [1.01, 2],
  pow: [0.51, 2],
  rem: [1e-99, 1e-99],
  mod: [0.5, 0.5],
  sigmoid: [0.51, 2],
  softplus: [1.15, 2],
  silu: [1.5, 2],
  gaussian: [0.51, 2],
  erf: [0.9, 2],
  erfc: [1.5, 2],
  lgamma: [1.1, 2],
  digamma: [1, 2],
  polygamma: [1.8, 2],
};

/** Near the zeros of these (and polygamma's, for even k left of 0) 4·2^-53 absolute is as good. */
const ABSOLUTE = new Set(['lgamma', 'digamma']);

const SAMPLES = 150;
let core: Functions;

beforeAll(async () => {
  core = await mathCore();
});

test('every function is there, in both', () => {
  const names = [...Object.keys(BOUND), 'round'].sort();
  expect(
    Object.keys(core)
      .filter((name) => name !== 'memory')
      .sort(),
  ).toEqual(names);
  expect(Object.keys(reference).sort()).toEqual(names);
  expect(Object.keys(exact).sort()).toEqual(names);
});

describe('worst error of seeded samples over the whole domain', () => {
  for (const [name, draw] of Object.entries(domains(1))) {
    test(name, () => {
      const worst = [
        { error: 0, at: [] as readonly (number | undefined)[] },
        { error: 0, at: [] as readonly (number | undefined)[] },
      ];
      for (let i = 0; i < SAMPLES; i++) {
        const at = draw();
        const [x, y = 0] = at;
        const want = exact[name as keyof typeof exact](x, y);
        for (const [j, functions] of [core, reference as unknown as Functions].entries()) {
          const got = functions[name]!(x, y);
          let error = ulpError(got, want);
          if (ABSOLUTE.has(name)) error = Math.min(error, Math.abs(want.minus(got).toNumber()) * 2 ** 53 * 0.5);
          if (error > worst[j]!.error) worst[j] = { error, at };
        }
      }
      const [most, mostReference] = BOUND[name]!;
      expect(worst[0]!.error, `core at ${worst[0]!.at}`).toBeLessThanOrEqual(most);
      expect(worst[1]!.error, `reference at ${worst[1]!.at}`).toBeLessThanOrEqual(mostReference);
    });
  }
});

test('points at which others are wrong', () => {
  // NativeMath's reduction between 2^20·π/2 and 2^21; Math.pow's branch for |y| ≥ 2^31 in V8
  for (const x of [2075941.4930830507, -1819853.2895656924, 1e22, 2 ** 1000]) {
    for (const name of ['sin', 'cos', 'tan'] as const) expect(ulpError(core[name]!(x, 0), exact[name](x))).toBeLessThan(1);
  }
  expect(
    ulpError(core.pow!(0.99999989389554955, 6612041499.0902023), exact.pow(0.99999989389554955, 6612041499.0902023)),
  ).toBeLessThan(0.51);
  // relative accuracy at zeros of lgamma, absolute left of 0
  for (const x of [1 + 2 ** -52, 2 - 2 ** -52, 0.99, 2.01])
    expect(ulpError(core.lgamma!(x, 0), exact.lgamma(x))).toBeLessThan(1.5);
  expect(Math.abs(core.lgamma!(-2.4570247382208006, 0))).toBeLessThan(4 * 2 ** -53);
  expect(Math.abs(core.digamma!(1.4616321449683622, 0))).toBeLessThan(4 * 2 ** -53);
});
