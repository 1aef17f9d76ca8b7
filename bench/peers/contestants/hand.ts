/** Gradients written out in JavaScript: tuned (bench/contestants/hand), or as one writes them first (bench/contestants/plain). */
import type { Prepare } from '../contestant.ts';

const prepare: Prepare = async (row, option) => {
  const [point, hand] = [row.point(), option === 'plain' ? row.plain!() : row.hand()];
  const gradient = new Float64Array(point.length);
  return { run: () => hand(point, gradient), gradient: () => gradient };
};

export default prepare;
