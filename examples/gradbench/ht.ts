/**
 * ht: hand tracking. Angles bend a hand of bones, its skin follows, and the errors are what points are away from their places on
 * the skin: from vertices, or from places inside triangles that are unknown as well. Which bone moves which vertex, and where
 * points belong, is written into the program: vertices that no point is at are not there, nor bones that do not move a vertex.
 */
import {
  add,
  compile,
  cos,
  data,
  type Expr,
  map,
  matrix,
  mul,
  type ProgramOptions,
  type Scalar,
  select,
  sin,
  sub,
  vector,
} from 'wengert';
import { type Eval, type Input, list, type Numbers } from './eval.ts';

interface Hand {
  /** The bone that each hangs on; −1: none. A parent comes before its children. */
  readonly parents: Float64Array;
  /** Of each bone 4 × 4 numbers: where it is on its parent, and back from where it is. */
  readonly relative: Float64Array;
  readonly inverse: Float64Array;
  /** Of each vertex: its place, and how much each bone moves it. */
  readonly base: Float64Array;
  readonly weights: Float64Array;
  readonly mirrored: boolean;
  /** Of each point its vertex, or the three vertices of its triangle. */
  readonly corners: readonly (readonly number[])[];
}

type Rows = readonly (readonly Scalar[])[];

/** Sums and products that leave out what is 0 or 1 whatever the angles are. */
const total = (terms: readonly Scalar[]): Scalar =>
  terms.reduce((s, term) => (s === 0 ? term : term === 0 ? s : add(s, term)), 0);
const times = (a: Scalar, b: Scalar): Scalar => (a === 0 || b === 0 ? 0 : a === 1 ? b : b === 1 ? a : mul(a, b));
const dot = (x: readonly Scalar[], y: readonly Scalar[]): Scalar => total(x.map((a, i) => times(a, y[i]!)));
const product = (A: Rows, B: Rows): Rows =>
  A.map((row) =>
    B[0]!.map((_, j) =>
      dot(
        row,
        B.map((other) => other[j]!),
      ),
    ),
  );
const block = (numbers: Float64Array, b: number): Rows =>
  [0, 4, 8, 12].map((row) => [...numbers.subarray(16 * b + row, 16 * b + row + 4)]);

/** A turn about an axis, by an angle as large as the axis is long; nothing below 0.0001. */
function turn(axis: readonly Expr[]): Expr[][] {
  const square = axis.map((a) => a.square()).reduce((s, a) => s.add(a));
  const angle = square.sqrt();
  const [x, y, z] = axis.map((a) => a.div(angle)) as [Expr, Expr, Expr];
  const [s, c] = [sin(angle), cos(angle)];
  const rest = c.neg().add(1);
  const on = (a: Expr): Expr => a.square().add(a.square().neg().add(1).mul(c));
  const off = (a: Expr, b: Expr, third: Expr): Expr => a.mul(b).mul(rest).add(third.mul(s));
  const matrix = [
    [on(x), off(x, y, z.neg()), off(x, z, y)],
    [off(x, y, z), on(y), off(y, z, x.neg())],
    [off(x, z, y.neg()), off(y, z, x), on(z)],
  ];
  return matrix.map((row, i) => row.map((a, j) => select(angle.lt(1e-4), i === j ? 1 : 0, a)));
}

/** A · Rz(second) · Rx(first), R being turns about the axes. */
function bent(A: Rows, first: Expr, second?: Expr): Rows {
  const [c, s] = [cos(first), sin(first)];
  const Rx = [[1, 0, 0, 0], [0, c, s.neg(), 0], [0, s, c, 0], [0, 0, 0, 1]]; // biome-ignore format: a matrix
  if (!second) return product(A, Rx);
  const [cz, sz] = [cos(second), sin(second)];
  const Rz = [[cz, sz.neg(), 0, 0], [sz, cz, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]]; // biome-ignore format: a matrix
  return product(product(A, Rz), Rx);
}

/** Which of the 20 angles of the fingers bend a bone: of each finger's four bones the first none, the second two, the others one. */
function anglesOf(bone: number): number[] {
  const [finger, joint] = [Math.floor((bone - 1) / 4), (bone - 1) % 4];
  if (bone === 0 || finger > 4 || joint === 0) return [];
  return joint === 1 ? [6 + 4 * finger, 7 + 4 * finger] : [6 + 4 * finger + joint];
}

function hand({ parents, relative, inverse, base, weights, mirrored, corners }: Hand, options?: ProgramOptions) {
  const [count, isTriangle] = [parents.length, corners[0]!.length > 1];
  const signature = {
    shift: vector(isTriangle ? 2 : 0),
    theta: vector(26),
    us: data(matrix(isTriangle ? corners.length : 0, 2)),
    points: data(matrix(corners.length, 3)),
  };
  return compile(
    signature,
    ({ shift, theta, us, points }) => {
      const absolute: Rows[] = [];
      const moves = Array.from(parents, (parent, b) => {
        const rest = parent < 0 ? block(relative, b) : product(absolute[parent]!, block(relative, b));
        const [first, second] = anglesOf(b).map((a) => theta.at(a));
        absolute.push(first ? bent(rest, first, second) : rest);
        return product(absolute[b]!, block(inverse, b));
      });

      const vertices = new Map<number, Scalar[]>();
      const vertex = (v: number): Scalar[] => {
        const known = vertices.get(v);
        if (known) return known;
        const place = [...base.subarray(4 * v, 4 * v + 4)];
        const by = moves.map((move, b) => ({ move, weight: weights[v * count + b]! })).filter(({ weight }) => weight !== 0);
        const found = [0, 1, 2].map((a) => {
          const moved = total(by.map(({ move, weight }) => dot(move[a]!, place.map((x) => x * weight)))); // biome-ignore format: a formula
          return mirrored && a === 0 ? times(-1, moved) : moved;
        });
        vertices.set(v, found);
        return found;
      };

      const R = turn([0, 1, 2].map((a) => theta.at(a)));
      const errors = corners.flatMap((at, i) => {
        const [u, v] = isTriangle ? [us.at(i, 0).add(shift.at(0)), us.at(i, 1).add(shift.at(1))] : [];
        const parts = u && v ? [u, v, u.add(v).neg().add(1)] : [1];
        const place = [0, 1, 2].map((a) =>
          dot(
            parts,
            at.map((v) => vertex(v)[a]!),
          ),
        );
        return R.map((row, a) => sub(points.at(i, a), add(dot(row, place), theta.at(3 + a))));
      });
      return map(errors.length, (i) => errors[+i]!);
    },
    options,
  );
}

function read(input: Input) {
  const theta = input.numbers('theta', 26).values;
  const given = input.record('data');
  const model = given.record('model');
  const parents = model.numbers('parents', 'bones').values;
  const count = parents.length;
  const base = model.numbers('base_positions', 'vertices', 4);
  const at = given.numbers('correspondences', 'points').values;
  const isTriangle = input.numbers('us', 'points', 2).shape[0]! > 0;
  const us = input.numbers('us', isTriangle ? at.length : 0, 2);
  const triangles = isTriangle ? model.numbers('triangles', 'triangles', 3).values : undefined;
  const corners = Array.from(at, (v) => (triangles ? [...triangles.subarray(3 * v, 3 * v + 3)] : [v]));
  if (!parents.every((parent, b) => parent < b)) throw new RangeError('data.model.parents: expected each before its children');
  if (!corners.every((of) => of.length > 0 && of.every((v) => v >= 0 && v < base.shape[0]!)))
    throw new RangeError(`data.correspondences: expected places on ${base.shape[0]} vertices`);
  return {
    of: {
      parents,
      relative: model.numbers('base_relatives', count, 4, 4).values,
      inverse: model.numbers('inverse_base_absolutes', count, 4, 4).values,
      base: base.values,
      weights: model.numbers('weights', base.shape[0]!, count).values,
      mirrored: model.flag('is_mirrored'),
      corners,
    },
    point: { shift: new Float64Array(isTriangle ? 2 : 0), theta },
    bound: { us: us.values, points: given.numbers('points', at.length, 3).values },
  };
}

export const functions: Eval = {
  objective(input, options) {
    const { of, point, bound } = read(input);
    const program = hand(of, options).bind(bound);
    return () => list(program.value(point) as Float64Array);
  },
  jacobian(input, options) {
    const { of, point, bound } = read(input);
    const program = hand(of, options).bind(bound);
    const at = Float64Array.of(...point.shift, ...point.theta);
    const { rows, cols, starts, columns } = program.sparsity();
    const places = new Int32Array(columns.length);
    for (let i = 0; i < rows; i++) for (let e = starts[i]!; e < starts[i + 1]!; e++) places[e] = i * cols + columns[e]!;
    const entries = new Float64Array(columns.length);
    const out: Numbers = { shape: [rows, cols], values: new Float64Array(rows * cols) };
    return () => {
      program.evaluateSparseJacobian(at, entries);
      for (let e = 0; e < entries.length; e++) out.values[places[e]!] = entries[e]!;
      return out;
    };
  },
};
