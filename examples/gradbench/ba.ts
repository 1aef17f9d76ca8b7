/**
 * ba: bundle adjustment. Of each observation, where a camera with these parameters sees a point and where it was seen: an error
 * across and one up, and one of the weight. An observation depends on 15 numbers and on no others, so the gradients of its two
 * errors by these are rows of the sparse Jacobian, and all of them are one map.
 */
import {
  compile,
  concat,
  cos,
  data,
  type Expr,
  gradient,
  type Handles,
  map,
  matrix,
  type ProgramOptions,
  select,
  sin,
  type Vector,
  vector,
} from 'wengert';
import { bySize, type Eval, type Input, list } from './eval.ts';

const CAMERA = 11; // rotation, centre, focal length, principal point, distortion
const POINT = 3;
const BLOCK = CAMERA + POINT + 1; // and the weight

type Point = readonly [Expr, Expr, Expr];
const three = (f: (a: 0 | 1 | 2) => Expr): Point => [f(0), f(1), f(2)];
const dot = (x: Point, y: Point): Expr => x[0].mul(y[0]).add(x[1].mul(y[1])).add(x[2].mul(y[2]));
const cross = (x: Point, y: Point): Point =>
  three((a) => {
    const [b, c] = [(a + 1) % 3, (a + 2) % 3];
    return x[b]!.mul(y[c]!).sub(x[c]!.mul(y[b]!));
  });

/** x turned about an axis, by an angle as large as the axis is long (O. Rodrigues 1840). */
function rotated(axis: Point, x: Point): Point {
  const square = dot(axis, axis);
  const angle = square.sqrt();
  const turns = square.ne(0);
  const [c, s] = [cos(angle), select(turns, sin(angle).div(angle), 1)];
  const along = select(turns, c.neg().add(1).div(square), 0).mul(dot(axis, x));
  const turn = cross(axis, x);
  return three((a) => x[a].mul(c).add(turn[a].mul(s)).add(axis[a].mul(along)));
}

/** Where a camera sees a point, on its picture. */
function picture(camera: Vector, point: Vector): [Expr, Expr] {
  const [r0, r1, r2, c0, c1, c2, focus, u, v, k0, k1] = camera as Iterable<Expr> as Expr[];
  const [x, y, z] = point as Iterable<Expr> as Expr[];
  const [X, Y, Z] = rotated([r0!, r1!, r2!], [x!.sub(c0!), y!.sub(c1!), z!.sub(c2!)]);
  const [a, b] = [X.div(Z), Y.div(Z)];
  const square = a.square().add(b.square());
  const distortion = k0!.mul(square).add(k1!.mul(square).mul(square)).add(1);
  return [a.mul(distortion).mul(focus!).add(u!), b.mul(distortion).mul(focus!).add(v!)];
}

/** What an observation depends on. */
type Block = { readonly camera: Vector; readonly point: Vector; readonly weight: Expr };

/** All of it: observation i is of a camera and a point that are given by their places. */
const observations = {
  ...{ cameras: matrix('n', CAMERA), points: matrix('m', POINT), weights: vector('p') },
  ...{ seen: data(matrix('p', 2)), camera: data(vector('p')), point: data(vector('p')) },
};
type Observations = Handles<typeof observations>;

/** The weighted distances of observation i across and up, as functions of its block, and its block. */
function observation({ cameras, points, weights, seen, camera, point }: Observations, i: Expr) {
  const distances = ([0, 1] as const).map(
    (which) => (at: Block) => picture(at.camera, at.point)[which].sub(seen.at(i, which)).mul(at.weight),
  );
  return {
    distances,
    block: { camera: cameras.row(camera.at(i)), point: points.row(point.at(i)), weight: weights.at(i) },
  };
}

/** How far a weight is from 1. */
const weightError = (w: Expr): Expr => w.square().neg().add(1);

/** The errors: two of each observation, then those of the weights. */
export const errors = bySize((_: null, options) =>
  compile(
    observations,
    (all) => {
      const reprojection = map(all.weights.length, (i) => {
        const { distances, block } = observation(all, i);
        return concat(distances.map((distance) => distance(block)));
      });
      return { reprojection, weights: all.weights.map(weightError) };
    },
    options,
  ),
);
/** Their derivatives: two rows of each observation, by its block, then those of the weights. */
export const slopes = bySize((_: null, options) =>
  compile(
    observations,
    (all) => {
      const rows = map(all.weights.length, (i) => {
        const { distances, block } = observation(all, i);
        const slopes = distances.map((distance) => gradient(distance)(block));
        return concat(...slopes.flatMap(({ camera, point, weight }) => [camera, point, weight]));
      });
      return { rows, weights: all.weights.map((w) => gradient(weightError)(w)) };
    },
    options,
  ),
);

/** An input is one camera, point, weight and place, to be repeated; observation i is of camera i mod n and point i mod m. */
function read(input: Input) {
  const [n, m, p] = [input.whole('n'), input.whole('m'), input.whole('p')];
  const repeated = (one: ArrayLike<number>, times: number) =>
    Float64Array.from({ length: times * one.length }, (_, i) => one[i % one.length]!);
  return {
    ...{ n, m, p },
    cameras: repeated(input.numbers('cam', CAMERA).values, n),
    points: repeated(input.numbers('x', POINT).values, m),
    weights: repeated([input.number('w')], p),
    seen: repeated(input.numbers('feat', 2).values, p),
    camera: Float64Array.from({ length: p }, (_, i) => i % n),
    point: Float64Array.from({ length: p }, (_, i) => i % m),
  };
}
type Bundle = ReturnType<typeof read>;

/** The program with everything in it, and a flat point for it. */
function prepared<P extends typeof errors | typeof slopes>(
  of: P,
  { cameras, points, weights, seen, camera, point }: Bundle,
  options?: ProgramOptions,
) {
  const program = of(null, options);
  program.value({ cameras, points, weights, seen, camera, point });
  return { program, at: Float64Array.from(program.point) };
}

/** Where the rows of the Jacobian begin, and its columns: 2 errors of each observation, then those of the weights. */
function pattern({ n, m, p, camera, point }: Bundle) {
  const rows = Float64Array.from({ length: 3 * p + 1 }, (_, i) => BLOCK * Math.min(i, 2 * p) + Math.max(0, i - 2 * p));
  const cols = new Float64Array((2 * BLOCK + 1) * p);
  for (let i = 0; i < p; i++) {
    const [firstPoint, firstWeight] = [CAMERA * n, CAMERA * n + POINT * m];
    for (let row = 2 * i; row < 2 * i + 2; row++) {
      for (let a = 0; a < CAMERA; a++) cols[row * BLOCK + a] = CAMERA * camera[i]! + a;
      for (let a = 0; a < POINT; a++) cols[row * BLOCK + CAMERA + a] = firstPoint + POINT * point[i]! + a;
      cols[row * BLOCK + BLOCK - 1] = firstWeight + i;
    }
    cols[2 * BLOCK * p + i] = firstWeight + i;
  }
  return { rows, cols };
}

/** GradBench wants no more than the first block and the last element. */
const ends = (values: Float64Array) => list(Float64Array.of(...values.subarray(0, 2 * BLOCK), values.at(-1)!));

export const functions: Eval = {
  objective(input, options) {
    const bundle = read(input);
    const { p } = bundle;
    const { program, at } = prepared(errors, bundle, options);
    const values = new Float64Array(3 * p);
    return () => {
      program.evaluateValues(at, values);
      return {
        reproj_error: { elements: list(values.slice(0, 2)), repeated: p },
        w_err: { element: values[2 * p]!, repeated: p },
      };
    };
  },
  jacobian(input, options) {
    const bundle = read(input);
    const { rows, cols } = pattern(bundle);
    const { program, at } = prepared(slopes, bundle, options);
    const values = new Float64Array(cols.length);
    return () => {
      program.evaluateValues(at, values);
      return { rows: ends(rows), cols: ends(cols), vals: ends(values) };
    };
  },
};
