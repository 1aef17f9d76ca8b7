/** `evaluate` of programs with loops by the shortest way: what it must notice, and what other calls find afterwards. */
import { describe, expect, test } from 'vitest';
import { compile, data, select, sum, vector } from '../../src/index.ts';
import { core } from '../../src/engine/interpreter/core.ts';

const options = { engine: 'compiled' } as const;
const bananas = () =>
  compile({ x: vector('n') }, ({ x }) =>
    sum(x.length.sub(1), (i) => x.at(i.add(1)).sub(x.at(i).square()).square().mul(100).add(x.at(i).neg().add(1).square())),
  options); // biome-ignore format: a formula

function byHand(x: Float64Array): { value: number; gradient: number[] } {
  const gradient = new Array<number>(x.length).fill(0);
  let value = 0;
  for (let i = 0; i + 1 < x.length; i++) {
    const [u, w] = [x[i + 1]! - x[i]! ** 2, 1 - x[i]!];
    value += 100 * u * u + w * w;
    gradient[i]! += -400 * x[i]! * u - 2 * w;
    gradient[i + 1]! += 200 * u;
  }
  return { value, gradient };
}

const points = [3, 10, 17, 40, 10, 3].map((n, k) => Float64Array.from({ length: n }, (_, i) => Math.sin(i + k)));

describe('evaluate of a program with loops, compiled', () => {
  test('again and again, at lengths that change', () => {
    const f = bananas();
    for (const x of points)
      for (let call = 0; call < 3; call++) {
        const gradient = new Float64Array(x.length);
        x[0]! += 0.25;
        const expected = byHand(x);
        expect(f.evaluate(x, gradient)).toBeCloseTo(expected.value, 9);
        gradient.forEach((d, i) => {
          expect(d).toBeCloseTo(expected.gradient[i]!, 9);
        });
      }
  });

  test('after the memory has grown', () => {
    const f = bananas();
    const x = points[1]!;
    const [before, after] = [new Float64Array(10), new Float64Array(10)];
    f.evaluate(x, before);
    const { memory } = core().exports;
    const { byteLength } = memory.buffer;
    memory.grow(1);
    expect(memory.buffer.byteLength).toBeGreaterThan(byteLength);
    for (let call = 0; call < 2; call++) {
      f.evaluate(x, after.fill(0));
      expect(after).toEqual(before);
    }
  });

  test('knows of gates where the gradient is NaN', () => {
    const f = compile({ x: vector('n') }, ({ x }) => sum(x.length, (i) => select(x.at(i).gt(0), x.at(i).sqrt(), 0)), options);
    const gradient = new Float64Array(3);
    for (let call = 0; call < 3; call++) {
      gradient.fill(7);
      expect(f.evaluate(Float64Array.of(4, 0, -1), gradient)).toBe(2);
      expect([...gradient]).toEqual([0.25, 0, 0]);
    }
  });

  test('a value that is NaN is NaN', () => {
    const f = compile({ x: vector('n') }, ({ x }) => sum(x.length, (i) => x.at(i).log()), options);
    const gradient = new Float64Array(2);
    for (let call = 0; call < 2; call++) {
      expect(f.evaluate(Float64Array.of(-1, 2), gradient)).toBeNaN();
      expect(gradient[1]).toBe(0.5);
    }
  });

  test('an index outside of its array is told, and the next call is right', () => {
    const f = compile({ x: vector('n'), k: data(vector(1)) }, ({ x, k }) => sum(x.length, (i) => x.at(i).mul(x.at(k.at(0)))), options); // biome-ignore format: a formula
    const x = Float64Array.of(1, 2, 3);
    const gradient = new Float64Array(3);
    f.bind({ k: [1] });
    expect(f.evaluate(x, gradient)).toBe(12);
    f.bind({ k: [3] });
    expect(() => f.evaluate(x, gradient)).toThrowError(expect.objectContaining({ code: 'OutOfRange' }));
    f.bind({ k: [0] });
    expect(f.evaluate(x, gradient)).toBe(6);
    expect([...gradient]).toEqual([7, 1, 1]);
  });

  test('other calls find what they need', () => {
    const f = bananas();
    const x = points[1]!;
    const gradient = new Float64Array(10);
    const { value } = f.gradient({ x });
    f.jvp({ x }, { x: x.map(() => 1) }); // leaves all values of this point
    x[3]! += 1;
    expect(f.evaluate(x, gradient)).not.toBe(value);
    const direction = x.map((_, i) => i);
    const along = f.jvp({ x }, { x: direction }).tangent;
    expect(along).toBeCloseTo(
      gradient.reduce((s, d, i) => s + d * direction[i]!, 0),
      6,
    );
    expect(f.gradient({ x }).gradient.x).toEqual(gradient);
  });
});
