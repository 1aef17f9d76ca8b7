/**
 * kmeans: the squared distances of points from the nearest of k centroids, summed up, and a step of Newton's method. A centroid's
 * distance from a point is a sum over its coordinates, so the Hessian has a diagonal and nothing else, which is the Hessian times
 * a direction of ones: the gradient of a directional derivative.
 */
import { argMin, compile, data, type Expr, jvp, map, matrix, sum, vector } from 'wengert';
import { bySize, type Eval, type Input, type Numbers } from './eval.ts';

interface Size {
  readonly k: number;
  readonly d: number;
}

const distance = (x: readonly Expr[], y: readonly Expr[]): Expr => x.map((xa, a) => xa.sub(y[a]!).square()).reduce((s, square) => s.add(square)); // biome-ignore format: a formula

/** The centroid nearest to each point, and the sum of the squared distances. */
export const nearest = bySize(({ k, d }: Size, options) =>
  compile(
    { centroids: matrix(k, d), points: data(matrix('n', d)) },
    ({ centroids, points }) => {
      const point = (i: Expr) => Array.from({ length: d }, (_, a) => points.at(i, a));
      const { which, square } = map(points.rows, (i) => {
        const squares = map(k, (j) =>
          distance(
            Array.from({ length: d }, (_, a) => centroids.at(j, a)),
            point(i),
          ),
        );
        return { which: argMin(squares), square: squares.min() };
      });
      return { which, cost: square.sum() };
    },
    options,
  ),
);

const signature = ({ k, d }: Size) => ({ centroids: matrix(k, d), points: data(matrix('n', d)), which: data(vector('n')) });

/** That sum, its centroids being known; or how fast it changes where all centroids move along all coordinates. */
const withKnown = (what: (square: (centroid: readonly Expr[]) => Expr, centroid: readonly Expr[]) => Expr) =>
  bySize((size: Size, options) =>
    compile(
      signature(size),
      ({ centroids, points, which }) => {
        const coordinates = Array.from({ length: size.d }, (_, a) => a);
        return sum(points.rows, (i) => {
          const square = (centroid: readonly Expr[]): Expr =>
            distance(
              centroid,
              coordinates.map((a) => points.at(i, a)),
            );
          return what(
            square,
            coordinates.map((a) => centroids.at(which.at(i), a)),
          );
        });
      },
      options,
    ),
  );
export const cost = withKnown((square, centroid) => square(centroid));
export const slope = withKnown(
  (square, centroid) =>
    jvp(square)(
      centroid,
      centroid.map(() => 1),
    ).tangent,
);

function read(input: Input): { size: Size; points: Numbers; centroids: Numbers } {
  const points = input.numbers('points', 'n', 'd');
  const centroids = input.numbers('centroids', 'k', points.shape[1]!);
  return { size: { k: centroids.shape[0]!, d: centroids.shape[1]! }, points, centroids };
}

export const functions: Eval = {
  cost(input, options) {
    const { size, points, centroids } = read(input);
    const program = nearest(size, options).bind({ points: points.values });
    return () => program.value({ centroids: centroids.values }).cost;
  },
  dir(input, options) {
    const { size, points, centroids } = read(input);
    const given = { points: points.values };
    const [nearestOf, costOf, slopeOf] = [nearest(size, options).bind(given), cost(size, options), slope(size, options)];
    const [first, second] = [new Float64Array(centroids.values.length), new Float64Array(centroids.values.length)];
    costOf.bind({ ...given, which: new Float64Array(points.shape[0]!) });
    slopeOf.bind({ ...given, which: new Float64Array(points.shape[0]!) });
    const out = { shape: centroids.shape, values: new Float64Array(first.length) };
    return () => {
      const { which } = nearestOf.value({ centroids: centroids.values });
      costOf.bind({ which }).evaluate(centroids.values, first);
      slopeOf.bind({ which }).evaluate(centroids.values, second);
      for (let i = 0; i < first.length; i++) out.values[i] = first[i]! / second[i]!;
      return out;
    };
  },
};
