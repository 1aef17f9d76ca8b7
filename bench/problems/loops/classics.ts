/** Smaller problems of GradBench: clusters, least squares, a differential equation, a determinant. */
import { argMin, compile, data, type Expr, map, matrix, type ProgramOptions, scan, sum, vector } from '../../../src/index.ts';

/** The squared distance of each point from the nearest centroid, summed up. The branches not taken cost nothing in the gradient. */
export function kmeans(k: number, d: number, options?: ProgramOptions) {
  return compile(
    { centroids: matrix(k, d), points: data(matrix('n', d)) },
    ({ centroids, points }) =>
      sum(points.rows, (i) => {
        const distance = (to: Expr | number): Expr => sum(d, (a) => points.at(i, a).sub(centroids.at(to, a)).square());
        return distance(argMin(map(k, distance)));
      }),
    options,
  );
}

/** A polynomial with coefficients x, fitted to the sign of t at n places in [−1, 1]. */
export function leastSquares(m: number, options?: ProgramOptions) {
  return compile(
    { x: vector(m), t: data(vector('n')) },
    ({ x, t }) => {
      const residual = (i: Expr): Expr => {
        const { carry } = scan(m, { power: 1, rest: t.at(i).sign() }, ({ power, rest }, j) => ({
          power: power.mul(t.at(i)),
          rest: rest.sub(x.at(j).mul(power)),
        }));
        return carry.rest.square();
      };
      return sum(t.length, residual).mul(0.5);
    },
    options,
  );
}

/** y₁′ = x₁, yᵢ′ = xᵢ·yᵢ₋₁ from y(0) = 0, at time 2, by `steps` steps of Runge and Kutta: the last of them. */
export function runge(n: number, steps: number, options?: ProgramOptions) {
  return compile(
    { x: vector(n) },
    ({ x }) => {
      const h = 2 / steps;
      const slope = (y: readonly Expr[]): Expr[] => Array.from(x, (xi, i) => (i === 0 ? xi : xi.mul(y[i - 1]!)));
      const ahead = (y: readonly Expr[], k: readonly Expr[], by: number): Expr[] => y.map((yi, i) => yi.add(k[i]!.mul(by)));
      const { carry } = scan(steps, new Array<number>(n).fill(0), (y) => {
        const k1 = slope(y);
        const k2 = slope(ahead(y, k1, h / 2));
        const k3 = slope(ahead(y, k2, h / 2));
        const k4 = slope(ahead(y, k3, h));
        return y.map((yi, i) =>
          yi.add(
            k1[i]!.add(k2[i]!.add(k3[i]!).mul(2))
              .add(k4[i]!)
              .mul(h / 6),
          ),
        );
      });
      return carry[n - 1]!;
    },
    options,
  );
}

/** The determinant, by minors of the first row: what they share is there once. */
export function determinant(n: number, options?: ProgramOptions) {
  return compile(
    { A: matrix(n, n) },
    ({ A }) => {
      const minor = (row: number, columns: readonly number[]): Expr =>
        columns.length === 1
          ? A.at(row, columns[0]!)
          : columns
              .map((column, j) => {
                const term = A.at(row, column).mul(
                  minor(
                    row + 1,
                    columns.filter((other) => other !== column),
                  ),
                );
                return j % 2 === 0 ? term : term.neg();
              })
              .reduce((s, term) => s.add(term));
      return minor(
        0,
        Array.from({ length: n }, (_, j) => j),
      );
    },
    options,
  );
}
