/** det: a determinant, expanded by the minors of its first row. A minor that belongs to several others is one node of the graph. */
import { compile, type Expr, type Matrix, matrix } from 'wengert';
import { bySize, type Eval, objective } from './eval.ts';

export const determinant = bySize((n: number, options) => compile({ A: matrix(n, n) }, ({ A }) => expand(A, n), options));

function expand(A: Matrix, n: number): Expr {
  const minors = new Map<string, Expr>(); // the graph would find out by itself, after n! nodes were written

  /** Of these columns and as many rows, the last ones. */
  const minor = (columns: readonly number[]): Expr => {
    const key = String(columns);
    const known = minors.get(key);
    if (known) return known;
    const row = n - columns.length;
    const found = columns
      .map((column, j) => {
        const others = columns.filter((other) => other !== column);
        const term = others.length === 0 ? A.at(row, column) : A.at(row, column).mul(minor(others));
        return j % 2 === 0 ? term : term.neg();
      })
      .reduce((sum, term) => sum.add(term));
    minors.set(key, found);
    return found;
  };
  return minor(Array.from({ length: n }, (_, j) => j));
}

export const functions: Eval = objective('primal', 'gradient', (input, options) => {
  const n = input.whole('ell');
  const A = input.numbers('A', n * n);
  return { program: determinant(n, options), at: [A], output: (dA) => dA };
});
