/** Room for intermediate results: what list ops and contractions need beside their operands. */
import { contractScratch } from '../ops/contract.ts';
import type { Parts } from './emit.ts';

export function scratchOf({ nest, lanes }: Parts): number {
  const { tape, sizes } = nest;
  let most = 0;
  tape.bodies.forEach(({ code }, body) => {
    const width = lanes.width[body]!;
    for (const it of code) {
      if (it.kind === 'reduce') most = Math.max(most, 4 * sizes[it.n]! * width);
      if (it.kind !== 'contract') continue;
      const [m, n, k] = [sizes[it.m]!, sizes[it.n]!, sizes[it.k]!];
      // its own, and those of its adjoints; lanes are one more dimension of any of the three
      for (const [a, b, c] of [
        [m, n, k],
        [m, k, n],
        [k, n, m],
      ] as const)
        for (const [x, y, z] of [
          [a, b, c],
          [a * width, b, c],
          [a, b * width, c],
          [a, b, c * width],
        ] as const)
          most = Math.max(most, contractScratch(x, y, z));
    }
  });
  return most + (most & 1);
}
