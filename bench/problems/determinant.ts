/** The determinant of a matrix, by minors of the first row, written with scalars: what they share is written again and again. */
import { Random } from '../../src/optimize/random.ts';
import { handDeterminant } from '../contestants/hand/determinant.ts';
import type { Arithmetic, Problem } from './problem.ts';

export function determinant(n: number): Problem {
  const random = new Random(16);
  return {
    name: `determinant ${n}`,
    point: Float64Array.from({ length: n * n }, () => 2 * random.uniform() - 1),
    build<V>(k: Arithmetic<V>, A: readonly V[]) {
      const minor = (row: number, columns: readonly number[]): V => {
        const at = (column: number): V => A[row * n + column]!;
        if (columns.length === 1) return at(columns[0]!);
        return columns
          .map((column) =>
            k.mul(
              at(column),
              minor(
                row + 1,
                columns.filter((other) => other !== column),
              ),
            ),
          )
          .reduce((sum, term, j) => (j % 2 === 0 ? k.add(sum, term) : k.sub(sum, term)));
      };
      return minor(
        0,
        Array.from({ length: n }, (_, column) => column),
      );
    },
    hand: handDeterminant(n),
  };
}
