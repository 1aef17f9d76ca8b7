/**
 * ba: bundle adjustment. Of each observation, where a camera with these parameters sees a point and where it was seen: two
 * errors, and one of the weight. Each observation has a move of its own of all it looks at, so that the Jacobian by these moves
 * falls into blocks: the sum over one error of all observations has one row of every block as its gradient.
 */
import { compile, cos, data, type Expr, type Handles, map, matrix, select, sin, sum, vector } from 'wengert';
import { bySize, type Eval, type Input, list } from './eval.ts';

const CAMERA = 11; // rotation, centre, focal length, principal point, distortion
const POINT = 3;
const BLOCK = CAMERA + POINT + 1;

type Point = readonly [Expr, Expr, Expr];
const three = (f: (a: 0 | 1 | 2) => Expr): Point => [f(0), f(1), f(2)];
const dot = (x: readonly Expr[], y: readonly Expr[]): Expr => x.map((xa, a) => xa.mul(y[a]!)).reduce((s, term) => s.add(term));
const cross = (x: Point, y: Point): Point => three((a) => x[(a + 1) % 3]!.mul(y[(a + 2) % 3]!).sub(x[(a + 2) % 3]!.mul(y[(a + 1) % 3]!))); // biome-ignore format: a formula

/** x turned about an axis, by an angle as large as the axis is long (O. Rodrigues 1840). */
function rotated(axis: Point, x: Point): Point {
  const square = dot(axis, axis);
  const angle = square.sqrt();
  const [c, s] = [cos(angle), sin(angle)];
  const unit = three((a) => axis[a].mul(angle.reciprocal()));
  const [turn, along] = [cross(unit, x), dot(unit, x).mul(c.neg().add(1))];
  const little = cross(axis, x);
  return three((a) => select(square.ne(0), x[a].mul(c).add(turn[a].mul(s)).add(unit[a].mul(along)), x[a].add(little[a])));
}

/** Where a camera sees a point, on its picture. */
function seen(camera: readonly Expr[], x: Point): [Expr, Expr] {
  const [r0, r1, r2, c0, c1, c2, focus, u, v, k0, k1] = camera as Expr[];
  const [X, Y, Z] = rotated([r0!, r1!, r2!], [x[0].sub(c0!), x[1].sub(c1!), x[2].sub(c2!)]);
  const [a, b] = [X.div(Z), Y.div(Z)];
  const square = a.square().add(b.square());
  const distortion = k0!.mul(square).add(k1!.mul(square).mul(square)).add(1);
  return [a.mul(distortion).mul(focus!).add(u!), b.mul(distortion).mul(focus!).add(v!)];
}

const signature = {
  move: matrix('p', BLOCK),
  cameras: data(matrix('n', CAMERA)),
  points: data(matrix('m', POINT)),
  weights: data(vector('p')),
  features: data(matrix('p', 2)),
  camera: data(vector('p')),
  point: data(vector('p')),
};
type Inputs = Handles<typeof signature>;

/** The errors of observation i: its weighted distance across and up, and how far its weight is from 1. */
function errors({ move, cameras, points, weights, features, camera, point }: Inputs, i: Expr): Expr[] {
  const moved = (x: Expr, place: number): Expr => x.add(move.at(i, place));
  const weight = moved(weights.at(i), BLOCK - 1);
  const picture = seen(
    Array.from({ length: CAMERA }, (_, a) => moved(cameras.at(camera.at(i), a), a)),
    three((a) => moved(points.at(point.at(i), a), CAMERA + a)),
  );
  return [...picture.map((at, a) => weight.mul(at.sub(features.at(i, a)))), weight.square().neg().add(1)];
}

export const all = bySize((_: null, options) =>
  compile(signature, (of) => map(of.weights.length, (i) => errors(of, i)), options),
);
export const sumOf = bySize((which: number, options) => compile(signature, (of) => sum(of.weights.length, (i) => errors(of, i)[which]!), options)); // biome-ignore format: like the other

/** An input is one camera, point, weight and feature, to be repeated. */
function read(input: Input) {
  const [n, m, p] = [input.whole('n'), input.whole('m'), input.whole('p')];
  const repeated = (list: ArrayLike<number>, times: number) =>
    Float64Array.from({ length: times * list.length }, (_, i) => list[i % list.length]!);
  const bound = {
    cameras: repeated(input.numbers('cam', CAMERA).values, n),
    points: repeated(input.numbers('x', POINT).values, m),
    weights: repeated([input.number('w')], p),
    features: repeated(input.numbers('feat', 2).values, p),
    camera: Float64Array.from({ length: p }, (_, i) => i % n),
    point: Float64Array.from({ length: p }, (_, i) => i % m),
  };
  return { n, m, p, bound, move: new Float64Array(p * BLOCK) };
}

/** Rows and columns of the sparse Jacobian: 2 errors of each observation, then those of the weights. */
function pattern({ n, m, p, bound }: ReturnType<typeof read>) {
  const rows = new Float64Array(3 * p + 1);
  const cols = new Float64Array((2 * BLOCK + 1) * p);
  for (let i = 0; i < p; i++) {
    rows[2 * i + 1] = rows[2 * i]! + BLOCK;
    rows[2 * i + 2] = rows[2 * i + 1]! + BLOCK;
    for (const at of [2 * i * BLOCK, (2 * i + 1) * BLOCK]) {
      for (let a = 0; a < CAMERA; a++) cols[at + a] = CAMERA * bound.camera[i]! + a;
      for (let a = 0; a < POINT; a++) cols[at + CAMERA + a] = CAMERA * n + POINT * bound.point[i]! + a;
      cols[at + BLOCK - 1] = CAMERA * n + POINT * m + i;
    }
    cols[2 * BLOCK * p + i] = CAMERA * n + POINT * m + i;
  }
  for (let i = 0; i < p; i++) rows[2 * p + i + 1] = rows[2 * p + i]! + 1;
  return { rows, cols };
}

/** GradBench wants no more than the first block and the last element. */
const ends = (values: Float64Array) => list(Float64Array.of(...values.subarray(0, 2 * BLOCK), values.at(-1)!));

export const functions: Eval = {
  objective(input, options) {
    const { p, bound, move } = read(input);
    const program = all(null, options);
    return () => {
      const [across, up, weight] = program.value({ move, ...bound }) as Float64Array[];
      return {
        reproj_error: { elements: list(Float64Array.of(across![0]!, up![0]!)), repeated: p },
        w_err: { element: weight![0]!, repeated: p },
      };
    };
  },
  jacobian(input, options) {
    const of = read(input);
    const { p, bound } = of;
    const programs = [0, 1, 2].map((which) => sumOf(which, options).bind(bound));
    const { rows, cols } = pattern(of);
    const values = new Float64Array(cols.length);
    return () => {
      const [across, up, weight] = programs.map((program) => {
        program.evaluate(program.point, program.adjoint);
        return program.adjoint;
      });
      for (let i = 0, at = 0; i < p; i++) {
        for (let from = i * BLOCK; from < (i + 1) * BLOCK; from++) values[at++] = across![from]!;
        for (let from = i * BLOCK; from < (i + 1) * BLOCK; from++) values[at++] = up![from]!;
        values[2 * BLOCK * p + i] = weight![(i + 1) * BLOCK - 1]!;
      }
      return { rows: ends(rows), cols: ends(cols), vals: ends(values) };
    };
  },
};
