/** Whatever the graph, its tape computes what the graph computes. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { RowMachine } from '../../src/engine/engine.ts';
import { reference } from '../../src/engine/reference/index.ts';
import type { OpName } from '../../src/ops/vocabulary.ts';
import { fromBytes, toBytes } from '../../src/tape/bytes.ts';
import type { Tape } from '../../src/tape/layout.ts';
import { lift } from '../../src/tape/lift.ts';
import { WINDOW } from '../../src/tape/windows.ts';
import { validate } from '../../src/tape/validate.ts';
import { adjoints, values } from './direct.ts';
import { EXACT_LISTS, type Patchwork, patchwork, type Shape, SUMS } from './patchwork.ts';

const shapes = (lists: readonly OpName[]): fc.Arbitrary<Shape> =>
  fc.record({
    seed: fc.integer({ min: 0, max: 1e9 }),
    pattern: fc.integer({ min: 0, max: 30 }),
    copies: fc.integer({ min: 0, max: 60 }),
    tangled: fc.integer({ min: 1, max: 80 }),
    lists: fc.constant(lists),
  });

function load({ g, outputs, inputs }: Patchwork): RowMachine {
  const tape = g.tape(...outputs);
  validate(tape);
  const m = reference.load(tape);
  m.point.set(g.params.map((node) => inputs.get(node)!));
  m.data.set(g.dataInputs.map((node) => inputs.get(node)!));
  m.bound();
  return m;
}

/** Largest |x − y| in units of 2⁻⁵² of the scale, NaN agreeing with NaN. */
function distance(x: number, y: number, scale: number): number {
  return Object.is(x, y) || (Number.isNaN(x) && Number.isNaN(y)) ? 0 : Math.abs(x - y) / (Number.EPSILON * (scale + 1e-300));
}

function compare(work: Patchwork, tolerance: number): void {
  const m = load(work);
  const nodes = work.g.graph();
  const v = values(nodes, work.inputs);
  m.forward();
  work.outputs.forEach((node, i) => {
    if (tolerance === 0) expect(m.output(i)).toBe(v[node]!);
    else expect(distance(m.output(i), v[node]!, Math.abs(v[node]!) + 1)).toBeLessThan(tolerance);
  });
  const seeds = Float64Array.from(work.outputs, (_, i) => 1 - 0.3 * i);
  m.reverse(seeds);
  const sums = new Map<number, number>();
  work.outputs.forEach((node, i) => sums.set(node, (sums.get(node) ?? 0) + seeds[i]!));
  const { g, scale } = adjoints(nodes, v, sums);
  work.g.params.forEach((node, i) => {
    if (scale[node]! < 1e12) expect(distance(m.adjoint[i]!, g[node]! + 0, scale[node]!)).toBeLessThan(tolerance || 64);
  });
}

it('values are those of the graph, to the bit where no sum is reordered; gradients to rounding', () => {
  fc.assert(
    fc.property(shapes(EXACT_LISTS), (shape) => compare(patchwork(shape), 0)),
    { numRuns: 400 },
  );
});

it('with sums, to rounding', () => {
  fc.assert(
    fc.property(shapes([...EXACT_LISTS, ...SUMS]), (shape) => compare(patchwork(shape), 1e6)),
    { numRuns: 400 },
  );
});

it('graphs of several windows too', () => {
  for (const seed of [1, 2, 3]) {
    const work = patchwork({ seed, pattern: 20, copies: 25_000, tangled: 3000, lists: EXACT_LISTS });
    expect(work.g.graph().size).toBeGreaterThan(1.5 * WINDOW);
    compare(work, 0);
  }
});

it('bytes give the same tape back, and the graph lifted from it computes the same', () => {
  fc.assert(
    fc.property(shapes([...EXACT_LISTS, ...SUMS]), (shape) => {
      const work = patchwork(shape);
      const tape = work.g.tape(...work.outputs);
      const again = fromBytes(toBytes(tape));
      expect(again).toEqual(tape);
      const m = load(work);
      m.forward();
      const { graph, params, data, outputs } = lift(again as Tape);
      const inputs = new Map([
        ...Array.from(params, (node, i) => [node, m.point[i]!] as const),
        ...Array.from(data, (node, i) => [node, m.data[i]!] as const),
      ]);
      const v = values({ ...graph, names: graph.names }, inputs);
      outputs.forEach((node, i) => expect(distance(m.output(i), v[node]!, Math.abs(v[node]!) + 1)).toBeLessThan(1e6));
    }),
    { numRuns: 200 },
  );
});
