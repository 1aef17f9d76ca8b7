/**
 * A Gaussian mixture: points come from K clusters, each with a share, a centre and a spread of its own. How likely a point is
 * under all of them is a loop over clusters inside a loop over points; n is a named length, so the program serves any data.
 *
 * A cluster's covariance is C·Cᵀ with C a lower triangle of positive diagonal (its Cholesky factor): whatever the parameters
 * are, it is a covariance. Points of the cluster are centre + C·z, z standard normal.
 */
import { argMax, compile, data, dot, type Expr, type Handles, logSoftmax, logsumexp, map, matrix, mean, vector } from 'wengert'; // biome-ignore format: a list

/** K clusters in D dimensions. */
export function mixture(K: number, D: number) {
  const signature = {
    share: vector(K), // of all points, as logits
    centre: matrix(K, D),
    size: matrix(K, D), // logarithms of the diagonals of C
    tilt: matrix(K * D, D), // C below its diagonal; D rows for each cluster
    X: data(matrix('n', D)),
  };

  /** log(share · density) of cluster k at point i, but for a constant. */
  function score({ share, centre, size, tilt, X }: Handles<typeof signature>, i: Expr, k: Expr): Expr {
    const d = X.row(i).sub(centre.row(k));
    const z: Expr[] = []; // C·z = d, solved from the top
    for (let r = 0; r < D; r++) {
      const row = tilt.row(k.mul(D).add(r)).slice(0, r);
      z.push(d.at(r).sub(row.dot(z)).div(size.at(k, r).exp()));
    }
    return logSoftmax(share).at(k).sub(size.row(k).sum()).sub(dot(z, z).div(2));
  }
  const constant = (D / 2) * Math.log(2 * Math.PI);
  return {
    /** The mean of −log(likelihood) over all points. */
    loss: compile(signature, (inputs) =>
      mean(inputs.X.rows, (i) => logsumexp(K, (k) => score(inputs, i, k)).neg()).add(constant),
    ),
    /** The cluster from which each point comes most likely. */
    cluster: compile(signature, (inputs) => map(inputs.X.rows, (i) => argMax(map(K, (k) => score(inputs, i, k))))),
  };
}
