/**
 * Rows that an engine takes through the tape at once: as many as let a tile's values and adjoints fit a second-level
 * cache of 1 MB, but 64 rows are enough to pay for dispatch, and fewer than 8 would not pay for lanes. A power of two,
 * so that the usual minibatches are whole tiles:
 *
 *     row slots     rows
 *     ≤ 1,024       64
 *     ≤ 2,048       32        65,536 pairs of numbers (value, adjoint) are 1 MB
 *     ≤ 4,096       16
 *     more           8
 *
 * The tile decides in which order shared adjoints are summed, so this is a function of the tape alone (ARCHITECTURE.md,
 * "One order"), never of the machine or of the number of rows at hand.
 */
import type { Tape } from './layout.ts';

const CACHE_NUMBERS = 2 ** 16; // pairs of f64 (value, adjoint) in 1 MB
const FEWEST = 8;
const MOST = 64;

export function tileRows({ slots, rowStart }: Pick<Tape, 'slots' | 'rowStart'>): number {
  let rows = MOST;
  while (rows > FEWEST && rows * (slots - rowStart) > CACHE_NUMBERS) rows /= 2;
  return rows;
}
