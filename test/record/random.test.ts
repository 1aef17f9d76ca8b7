/** Random programs that branch on their values: both engines to the bit, compile to rounding, differences as far as they see. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compile, type Recorded, type RecordedVector, record, sum, vector } from '../../src/index.ts';
import { dot, max, mean, min, norm, prod, select } from '../../src/graph/vocabulary.ts';
import { Random } from '../../src/optimize/random.ts';

/**
 * A program of n steps, drawn from a seed. Branches ask `sign` of values: the recording looks at its values; the compiled
 * program, whose handles have the same methods, is told what the recording saw.
 */
function program(seed: number, n: number, sign: (x: Recorded) => boolean): (x: RecordedVector) => Recorded {
  return (x) => {
    const random = new Random(seed);
    const pool = [...x];
    const pick = (): Recorded => pool[random.below(pool.length)]!;
    const some = (): Recorded[] => Array.from({ length: 1 + random.below(12) }, pick);
    for (let i = 0; i < n; i++) {
      const [a, b] = [pick(), pick()];
      const list = some();
      const steps: readonly (() => Recorded)[] = [
        () => a.add(b),
        () => a.sub(b),
        () => a.mul(b),
        () => a.mul(0.5),
        () => a.div(b.square().add(1)),
        () => a.neg(),
        () => a.relu(),
        () => a.abs(),
        () => a.min(b),
        () => a.max(0.25),
        () => a.clamp(-1, b),
        () => a.square().mul(0.1),
        () => a.square().add(b.square()).sqrt(),
        () => select(a.gt(b), a.mul(b), b),
        () => sum(list).mul(0.2),
        () => mean(list),
        () => dot(list, list).mul(0.1),
        () => max(list),
        () => min(list),
        () => norm(list),
        () => prod(list.slice(0, 3)),
        () => (sign(a) ? a.mul(b) : b.sub(a)),
      ];
      pool.push(steps[random.below(steps.length)]!());
    }
    return sum(pool.slice(-10));
  };
}

const point = (seed: number, p: number): number[] => {
  const random = new Random(seed);
  return Array.from({ length: p }, () => 2 * random.uniform() - 1);
};

describe('random programs', () => {
  const cases = fc.record({ seed: fc.integer({ min: 0, max: 1e6 }), n: fc.integer({ min: 1, max: 200 }) });

  it('have the same bits in both engines, and those of the compiled program to rounding', () => {
    fc.assert(
      fc.property(cases, ({ seed, n }) => {
        const x = point(seed, 5);
        const seen: boolean[] = [];
        const look = (y: Recorded): boolean => {
          const positive = y.value > 0;
          seen.push(positive);
          return positive;
        };
        const f = program(seed, n, look);
        using native = record({ x: vector(5) }, ({ x }) => f(x));
        const expected = native.gradient({ x });
        const saw = [...seen];
        const direction = { x: point(seed + 1, 5) };
        const along = native.jvp({ x }, direction);

        const plain = record({ x: vector(5) }, ({ x }) => f(x), { engine: 'reference' });
        expect(plain.gradient({ x })).toEqual(expected);
        expect(plain.jvp({ x }, direction)).toEqual(along);

        using compiled = compile({ x: vector(5) }, ({ x }) => program(seed, n, () => saw.shift()!)(x as never) as never);
        const { value, gradient } = compiled.gradient({ x });
        expect(value).toBe(expected.value);
        if (!gradient.x.every(Number.isFinite)) {
          const wild = (d: number): number => (Number.isFinite(d) ? 0 : d);
          expect(expected.gradient.x.map(wild)).toEqual(gradient.x.map(wild)); // √0 and the like: ∞ and NaN at the same places
          return;
        }
        const size = Math.max(1, ...gradient.x.map(Math.abs));
        expected.gradient.x.forEach((d, i) => expect(Math.abs(d - gradient.x[i]!)).toBeLessThan(1e-9 * size));
        const inner = direction.x.reduce((s, v, i) => s + v * gradient.x[i]!, 0);
        expect(Math.abs(along.tangent - inner)).toBeLessThan(1e-9 * size);
      }),
      { numRuns: 300, seed: 1 },
    );
  });

  it('have the slopes that differences show', () => {
    let checked = 0;
    for (let seed = 0; seed < 60; seed++) {
      const f = record({ x: vector(5) }, ({ x }) => program(seed, 40, (y) => y.value > 0)(x));
      const x = point(seed, 5);
      const gradient = new Float64Array(5);
      f.evaluate(x, gradient);
      const size = Math.max(1, ...gradient.map(Math.abs));
      for (let i = 0; i < 5; i++) {
        const slope = (h: number): number => {
          const bumped = (by: number) => f.evaluate(x.map((v, j) => (j === i ? v + by : v)));
          return (bumped(h) - bumped(-h)) / (2 * h);
        };
        const [fine, coarse] = [slope(1e-6), slope(2e-6)];
        if (Math.abs(fine - coarse) > 1e-6 * size) continue; // a kink or a branch in between
        expect(Math.abs(fine - gradient[i]!)).toBeLessThan(1e-5 * size);
        checked++;
      }
      f.dispose();
    }
    expect(checked).toBeGreaterThan(250);
  });
});
