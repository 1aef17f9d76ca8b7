/**
 * ba: bundle adjustment. Of each observation, where a camera with these parameters sees a point and where it was seen: an error
 * across and one up, and one of the weight. An observation depends on 15 numbers and on no others, so the programs are those of
 * a single one, run for all of them, and each gradient is a row of the sparse Jacobian.
 */
import { compile, cos, type Expr, scalar, select, sin, type Vector, vector } from 'wengert';
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

/** The weighted distance across (0) or up (1). What was seen is an input like the others, and its derivatives are not used. */
export const distance = bySize((which: 0 | 1, options) =>
  compile(
    { camera: vector(CAMERA), point: vector(POINT), weight: scalar, seen: vector(2) },
    ({ camera, point, weight, seen }) => picture(camera, point)[which].sub(seen.at(which)).mul(weight),
    options,
  ),
);

/** How far each weight is from 1. They have nothing in common: the gradient of their sum is the diagonal of their Jacobian. */
export const weightErrors = bySize((_: null, options) => compile({ w: vector('p') }, ({ w }) => w.map(fromOne), options));
export const weightSum = bySize((_: null, options) => compile({ w: vector('p') }, ({ w }) => w.map(fromOne).sum(), options));
const fromOne = (w: Expr): Expr => w.square().neg().add(1);

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
    camera: Int32Array.from({ length: p }, (_, i) => i % n),
    point: Int32Array.from({ length: p }, (_, i) => i % m),
  };
}
type Bundle = ReturnType<typeof read>;

/** Calls f with the inputs of each observation, flat; it is the same array every time. */
function forEach({ p, cameras, points, weights, seen, camera, point }: Bundle, f: (at: Float64Array, i: number) => void): void {
  const at = new Float64Array(BLOCK + 2);
  for (let i = 0; i < p; i++) {
    for (let a = 0, from = CAMERA * camera[i]!; a < CAMERA; a++) at[a] = cameras[from + a]!;
    for (let a = 0, from = POINT * point[i]!; a < POINT; a++) at[CAMERA + a] = points[from + a]!;
    at[BLOCK - 1] = weights[i]!;
    at[BLOCK] = seen[2 * i]!;
    at[BLOCK + 1] = seen[2 * i + 1]!;
    f(at, i);
  }
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
    const { p, weights } = bundle;
    const [across, up] = [distance(0, options), distance(1, options)];
    const weight = weightErrors(null, options);
    const errors = new Float64Array(2 * p);
    return () => {
      forEach(bundle, (at, i) => {
        errors[2 * i] = across.evaluate(at);
        errors[2 * i + 1] = up.evaluate(at);
      });
      const [first] = weight.value({ w: weights }) as Float64Array;
      return {
        reproj_error: { elements: list(errors.slice(0, 2)), repeated: p },
        w_err: { element: first!, repeated: p },
      };
    };
  },
  jacobian(input, options) {
    const bundle = read(input);
    const { p, weights } = bundle;
    const { rows, cols } = pattern(bundle);
    const [across, up, weight] = [distance(0, options), distance(1, options), weightSum(null, options)];
    const values = new Float64Array(cols.length);
    const row = new Float64Array(BLOCK + 2);
    return () => {
      forEach(bundle, (at, i) => {
        across.evaluate(at, row);
        for (let a = 0, to = 2 * i * BLOCK; a < BLOCK; a++) values[to + a] = row[a]!;
        up.evaluate(at, row);
        for (let a = 0, to = (2 * i + 1) * BLOCK; a < BLOCK; a++) values[to + a] = row[a]!;
      });
      weight.evaluate(weights, values.subarray(2 * BLOCK * p));
      return { rows: ends(rows), cols: ends(cols), vals: ends(values) };
    };
  },
};
