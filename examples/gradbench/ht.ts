/**
 * ht: hand tracking. Angles bend a hand of bones, its skin follows, and the errors are what points are away from their places on
 * the skin: from vertices, or from places inside triangles that are unknown as well.
 */
import { compile, cos, data, type Expr, type Matrix, map, matrix, select, sin, vector } from 'wengert';
import { bySize, type Eval, type Input, list, type Numbers } from './eval.ts';

/** What a program depends on; all numbers are its inputs. */
interface Hand {
  /** The bone that each hangs on; −1: none. A parent comes before its children. */
  readonly parents: readonly number[];
  readonly mirrored: boolean;
  /** Of bones that move a vertex, at most. */
  readonly bones: number;
  /** Places are in triangles, at coordinates that are unknown. */
  readonly triangles: boolean;
}

type Rows = readonly (readonly Expr[])[];

const product = (A: Rows, B: Rows): Rows => A.map((row) => B[0]!.map((_, j) => total(row.map((a, k) => a.mul(B[k]![j]!)))));
const total = (terms: readonly Expr[]): Expr => terms.reduce((s, term) => s.add(term));
const part = (A: Matrix, from: number, rows: number): Rows => Array.from({ length: rows }, (_, i) => [...A.row(from + i)]);

/** A turn about an axis, by an angle as large as the axis is long; nothing below 0.0001. */
function turn(axis: readonly Expr[]): Rows {
  const square = total(axis.map((a) => a.square()));
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

/** The columns of A · Rz(b) · Rx(a), R being turns about the axes; the fourth stays. */
function bent(A: Rows, a: Expr, b: Expr | undefined): Rows {
  const [ca, sa] = [cos(a), sin(a)];
  const [cb, sb] = b ? [cos(b), sin(b)] : [undefined, undefined];
  return A.map(([x, y, z, t]) => {
    const first = cb ? x!.mul(cb).add(y!.mul(sb)) : x!;
    const second = cb ? y!.mul(cb).sub(x!.mul(sb)) : y!;
    return [first, second.mul(ca).add(z!.mul(sa)), z!.mul(ca).sub(second.mul(sa)), t!];
  });
}

/** Which of the 20 angles of the fingers bend a bone: of each finger's four bones the first none, the second two, the others one. */
function anglesOf(bone: number): number[] {
  const [finger, joint] = [Math.floor((bone - 1) / 4), (bone - 1) % 4];
  if (bone === 0 || finger > 4 || joint === 0) return [];
  return joint === 1 ? [6 + 4 * finger, 7 + 4 * finger] : [6 + 4 * finger + joint];
}

export const hand = bySize(({ parents, mirrored, bones, triangles }: Hand, options) => {
  const count = parents.length;
  return compile(
    {
      theta: vector(26),
      us: matrix(triangles ? 'c' : 0, 2),
      relative: data(matrix(4 * count, 4)),
      inverse: data(matrix(4 * count, 4)),
      skin: data(matrix('v', 4)),
      bone: data(matrix('v', bones)),
      weight: data(matrix('v', bones)),
      corner: data(matrix('c', triangles ? 3 : 1)),
      points: data(matrix('c', 3)),
    },
    ({ theta, us, relative, inverse, skin, bone, weight, corner, points }) => {
      const absolute: Rows[] = [];
      const moves = parents.map((parent, b) => {
        const own = part(relative, 4 * b, parent < 0 ? 3 : 4);
        const rest = parent < 0 ? own : product(absolute[parent]!, own);
        const [first, second] = anglesOf(b).map((a) => theta.at(a));
        absolute.push(first ? bent(rest, first, second) : rest);
        return product(absolute[b]!, part(inverse, 4 * b, 4)).flat();
      });
      const move = map(count, (b) => moves[+b]!); // 12 vectors: of each bone's matrix, row by row

      const vertex = map(skin.rows, (v) =>
        [0, 1, 2].map((a) => {
          const terms = Array.from({ length: bones }, (_, k) => {
            const b = bone.at(v, k);
            return weight.at(v, k).mul(total([0, 1, 2, 3].map((j) => move[4 * a + j]!.at(b).mul(skin.at(v, j)))));
          });
          return mirrored && a === 0 ? total(terms).neg() : total(terms);
        }),
      );

      const R = turn([0, 1, 2].map((a) => theta.at(a)));
      return map(points.rows, (i) => {
        const at = [0, 1, 2].map((a) => {
          const corners = Array.from({ length: triangles ? 3 : 1 }, (_, k) => vertex[a]!.at(corner.at(i, k)));
          if (!triangles) return corners[0]!;
          const [u, v] = [us.at(i, 0), us.at(i, 1)];
          return total([corners[0]!.mul(u), corners[1]!.mul(v), corners[2]!.mul(u.add(v).neg().add(1))]);
        });
        return [0, 1, 2].map((a) => points.at(i, a).sub(total(R[a]!.map((r, b) => r.mul(at[b]!))).add(theta.at(3 + a))));
      });
    },
    options,
  );
});

/** Vertices that no point is at are left out, and so are bones that do not move a vertex. */
function read(input: Input) {
  const theta = input.numbers('theta', 26).values;
  const given = input.record('data');
  const model = given.record('model');
  const parents = [...model.numbers('parents', 'bones').values];
  const count = parents.length;
  const relative = model.numbers('base_relatives', count, 4, 4).values;
  const inverse = model.numbers('inverse_base_absolutes', count, 4, 4).values;
  const base = model.numbers('base_positions', 'vertices', 4);
  const weights = model.numbers('weights', base.shape[0]!, count).values;
  const at = given.numbers('correspondences', 'points').values;
  const points = given.numbers('points', at.length, 3).values;
  const us = input.numbers('us', 'points', 2);
  const triangles = us.shape[0]! > 0;
  const corners = triangles ? cornersOf(model.numbers('triangles', 'triangles', 3).values, at) : at;

  const places = new Map<number, number>();
  const corner = corners.map((v) => {
    if (!places.has(v)) places.set(v, places.size);
    return places.get(v)!;
  });
  const moved = [...places.keys()].map((v) =>
    [...weights.subarray(v * count, (v + 1) * count).entries()].filter(([, w]) => w !== 0),
  );
  const bones = Math.max(1, ...moved.map((by) => by.length));
  const padded = (of: 0 | 1) =>
    Float64Array.from(moved.flatMap((by) => Array.from({ length: bones }, (_, k) => by[k]?.[of] ?? 0)));
  const skin = Float64Array.from([...places.keys()].flatMap((v) => [...base.values.subarray(4 * v, 4 * v + 4)]));
  return {
    size: { parents, mirrored: model.flag('is_mirrored'), bones, triangles },
    point: { theta, us: us.values },
    bound: { relative, inverse, skin, bone: padded(0), weight: padded(1), corner, points },
  };
}

const cornersOf = (triangles: Float64Array, at: Float64Array): Float64Array =>
  Float64Array.from({ length: 3 * at.length }, (_, i) => triangles[3 * at[Math.floor(i / 3)]! + (i % 3)]!);

export const functions: Eval = {
  objective(input, options) {
    const { size, point, bound } = read(input);
    const program = hand(size, options).bind(bound);
    const errors = list(new Float64Array(bound.points.length));
    return () => {
      const found = program.value(point) as Float64Array[];
      found.forEach((column, a) => {
        for (let i = 0; i < column.length; i++) errors.values[3 * i + a] = column[i]!;
      });
      return errors;
    };
  },
  jacobian(input, options) {
    const { size, point, bound } = read(input);
    const program = hand(size, options).bind(bound);
    const [n, rows] = [point.us.length, bound.points.length];
    // a point's errors depend on its own place only, so those of all points are one direction
    const own = size.triangles
      ? [0, 1].map((k) => ({
          theta: new Float64Array(26),
          us: Float64Array.from({ length: n }, (_, i) => (i % 2 === k ? 1 : 0)),
        }))
      : [];
    const directions = [
      ...own,
      ...Array.from({ length: 26 }, (_, k) => ({
        theta: Float64Array.from({ length: 26 }, (_, i) => (i === k ? 1 : 0)),
        us: new Float64Array(n),
      })),
    ];
    const out: Numbers = { shape: [rows, directions.length], values: new Float64Array(rows * directions.length) };
    return () => {
      directions.forEach((direction, k) => {
        const columns = program.jvp(point, direction).tangent as Float64Array[];
        columns.forEach((column, a) => {
          for (let i = 0; i < column.length; i++) out.values[(3 * i + a) * directions.length + k] = column[i]!;
        });
      });
      return out;
    };
  },
};
