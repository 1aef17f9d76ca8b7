/**
 * Rows that an engine takes through the tape at once: as many as let a tile's values and adjoints stay near a second-level
 * cache (2 MB of them run at full speed on one of 1 MB, for most are read and written in order), but 128 rows are enough to
 * pay for dispatch, and fewer than 8 would not pay for lanes. A power of two, so that the usual minibatches are whole tiles:
 *
 *     row slots     rows        measured on the moons network over 1,000 rows:
 *     ≤ 1,024       128         tiles of 64 rows 0.74 ns per node and row, of 128 rows 0.61
 *     ≤ 2,048        64
 *     ≤ 4,096        32
 *     ≤ 8,192        16
 *     more            8
 *
 * The tile decides in which order shared adjoints are summed, so this is a function of the tape alone (ARCHITECTURE.md,
 * "One order"), never of the machine or of the number of rows at hand.
 */
import type { Tape } from './layout.ts';

const CACHE_NUMBERS = 2 ** 17; // pairs of f64 (value, adjoint) in 2 MB
const FEWEST = 8;
const MOST = 128;

export function tileRows({ slots, rowStart }: Pick<Tape, 'slots' | 'rowStart'>): number {
  let rows = MOST;
  while (rows > FEWEST && rows * (slots - rowStart) > CACHE_NUMBERS) rows /= 2;
  return rows;
}
