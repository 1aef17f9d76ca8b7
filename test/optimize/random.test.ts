import { describe, expect, it } from 'vitest';
import { Random } from '../../src/optimize/random.ts';

describe('Random', () => {
  it('is xoshiro128** seeded by SplitMix64', () => {
    // computed by an independent implementation (Python integers) of the authors' C, which also gives the vector
    // 11520, 0, 5927040, 70819200 published for the state (1, 2, 3, 4)
    const zero = new Random(0);
    expect([0, 1, 2, 3, 4, 5].map(() => zero.bits())).toEqual([
      3737715805, 2584255861, 2876756834, 3286328325, 1553311962, 1625202774,
    ]);
    const answer = new Random(42);
    expect([0, 1, 2, 3].map(() => answer.bits())).toEqual([1776835114, 4165204688, 17111135, 2317295270]);
  });

  it('gives neighbouring seeds unrelated streams', () => {
    const first = Array.from({ length: 1000 }, (_, seed) => new Random(seed).bits());
    expect(new Set(first).size).toBe(1000);
    const low = first.filter((bits) => bits < 2 ** 31).length; // binomial(1000, ½): 500 ± 16
    expect(Math.abs(low - 500)).toBeLessThan(5 * 16);
  });

  it('draws uniforms from [0, 1) with 53 bits', () => {
    const random = new Random(1);
    const draws = Array.from({ length: 10_000 }, () => random.uniform());
    expect(draws.every((u) => u >= 0 && u < 1 && Number.isInteger(u * 2 ** 53))).toBe(true);
    const mean = draws.reduce((sum, u) => sum + u) / draws.length; // ½ ± 0.0029
    expect(Math.abs(mean - 0.5)).toBeLessThan(5 * 0.0029);
  });

  it('draws integers below n evenly', () => {
    const random = new Random(2);
    const seen = new Array<number>(6).fill(0);
    for (let i = 0; i < 60_000; i++) seen[random.below(6)]!++;
    for (const count of seen) expect(Math.abs(count - 10_000)).toBeLessThan(5 * 92); // 10,000 ± √(60,000·1/6·5/6)
  });

  it('draws normals of mean 0, variance 1 and kurtosis 3', () => {
    const random = new Random(3);
    const n = 100_000;
    const moment = [0, 0, 0, 0, 0];
    for (let i = 0; i < n; i++) {
      const z = random.normal();
      for (let k = 1; k <= 4; k++) moment[k]! += z ** k / n;
    }
    expect(moment[1]).toBeCloseTo(0, 1.7);
    expect(moment[2]).toBeCloseTo(1, 1.5);
    expect(moment[4]).toBeCloseTo(3, 0.9);
  });

  it('shuffles in place, the same way for the same seed', () => {
    const items = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];
    expect(new Random(1).shuffle(items)).toBe(items);
    expect(items).toEqual([2, 3, 0, 7, 9, 4, 5, 1, 8, 6]);
    expect([...new Random(1).shuffle(Uint32Array.from({ length: 10 }, (_, i) => i))]).toEqual(items);
  });

  it('shuffles fairly: all 24 orders of four', () => {
    const random = new Random(4);
    const seen = new Map<string, number>();
    for (let i = 0; i < 24_000; i++) {
      const order = random.shuffle(['a', 'b', 'c', 'd']).join('');
      seen.set(order, (seen.get(order) ?? 0) + 1);
    }
    expect(seen.size).toBe(24);
    for (const count of seen.values()) expect(Math.abs(count - 1000)).toBeLessThan(5 * 31);
  });

  it.each([-1, 0.5, Number.NaN, 2 ** 53])('refuses the seed %s', (seed) => {
    expect(() => new Random(seed)).toThrow(expect.objectContaining({ code: 'BadOption' }));
  });
});
