/** Objects with closures, built anew at every call: bench/contestants/micrograd.ts. */
import { micrograd } from '../../contestants/micrograd.ts';
import type { Prepare } from '../contestant.ts';

const prepare: Prepare = async (row) => {
  const problem = row.nodes!();
  const evaluate = micrograd(problem);
  const gradient = new Float64Array(problem.point.length);
  return { run: () => evaluate(problem.point, gradient), gradient: () => gradient };
};

export default prepare;
