/** One op on plain numbers, by the kernels: constants, numbers given to the vocabulary, explain and check: 'nan'. */
import { forwardRun, pullRun } from './kernels.ts';
import { listPull, listValue } from './list-kernels.ts';

const cells = new Float64Array(6); // x, y, w, the result z, a partial, and 1
cells[5] = 1;

/** The value of an op of one to three operands. */
export function opValue(op: number, x: number, y: number, w: number): number {
  cells[0] = x;
  cells[1] = y;
  cells[2] = w;
  forwardRun(op, 1, cells, 3, 0, 0, 1, 0, 2, 0);
  return cells[3]!;
}

/** ∂z/∂operand j of an op of one to three operands. */
export function opPartial(op: number, j: number, x: number, y: number, w: number, z: number): number {
  cells[0] = x;
  cells[1] = y;
  cells[2] = w;
  cells[3] = z;
  cells[4] = -0;
  pullRun(op, j, 1, cells, 3, cells, 5, 0, 0, 1, 0, 2, 0, cells, 4, 0);
  return cells[4]!;
}

/** The value of an op over the list x[0] … x[k − 1]; the second list of dot follows. O(k) */
export function listOpValue(op: number, k: number, x: Float64Array): number {
  return listValue(op, k, x, 0, 1, k, 1, new Float64Array(k));
}

/** ∂z/∂x[i], one for each element. O(k) */
export function listOpPartials(op: number, k: number, x: Float64Array, z: number): Float64Array {
  const partials = new Float64Array(x.length).fill(-0);
  const work = new Float64Array(k);
  for (let at = 0; at < x.length; at += k) listPull(op, k, 1, z, x, at, 1, k - at, 1, partials, at, 1, work);
  return partials;
}
