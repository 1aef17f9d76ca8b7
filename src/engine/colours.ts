/** Seeds by colour: what a Jacobian needs where sweeps go one at a time. */
import type { Compression } from './engine.ts';

/** For each colour, or each of `length` numbers without colours: 1 where it is, 0 elsewhere. The array is the same each time. */
export function eachRow(
  length: number,
  compression: Compression | undefined,
  visit: (seeds: Float64Array, colour: number) => void,
): void {
  const seeds = new Float64Array(length);
  for (let c = 0, count = compression?.count ?? length; c < count; c++) {
    for (let i = 0; i < length; i++) seeds[i] = (compression ? compression.colours[i] : i) === c ? 1 : 0;
    visit(seeds, c);
  }
}
