/** What TypeScript knows: types follow from the signature and from what the function returns. Checked by `tsc`, run by vitest. */
import { expectTypeOf, test } from 'vitest';
import {
  compile,
  data,
  dot,
  type Expr,
  exp,
  type Length,
  type Matrix,
  matrix,
  map,
  max,
  mul,
  Program,
  type Scalar,
  scalar,
  scan,
  select,
  sum,
  type Vector,
  vector,
} from '../src/index.ts';

const inputs = { s: scalar, v: vector(2), M: matrix(1, 2), x: data(vector(2)), y: data(scalar) };
const f = compile(inputs, ({ s, v, M, x, y }) => {
  expectTypeOf(s).toEqualTypeOf<Expr>();
  expectTypeOf(v).toEqualTypeOf<Vector>();
  expectTypeOf(M).toEqualTypeOf<Matrix>();
  expectTypeOf(x).toEqualTypeOf<Vector>();
  return v.dot(x).add(M.at(0, 0)).mul(s).sub(y);
});
const point = { s: 1, v: [1, 2], M: [[1, 2]], x: [1, 2], y: 3 };

test('the gradient has exactly the differentiated names, with their shapes', () => {
  const { value, gradient } = f.gradient(point);
  expectTypeOf(value).toEqualTypeOf<number>();
  expectTypeOf(gradient).toEqualTypeOf<{ s: number; v: Float64Array; M: Float64Array }>();
});

test('a point has every differentiated name, and data if one likes', () => {
  type P = Parameters<typeof f.value>[0];
  expectTypeOf<P['s']>().toEqualTypeOf<number>();
  expectTypeOf<P['v']>().toEqualTypeOf<ArrayLike<number>>();
  expectTypeOf<P['y']>().toEqualTypeOf<number | undefined>();
  expectTypeOf<{ s: 1; v: [1, 2]; M: Float64Array }>().toExtend<P>();
  const wrong = (): void => {
    // @ts-expect-error: no v
    f.value({ s: 1, M: [1, 2] });
    // @ts-expect-error: v is no number
    f.value({ ...point, v: 3 });
    // @ts-expect-error: no such name
    f.value({ ...point, z: 3 });
    // @ts-expect-error: w is not data
    f.bind({ s: 1 });
    // @ts-expect-error: data has no direction
    f.jvp(point, { s: 1, v: [1, 2], M: [1, 2], x: [1, 2] });
  };
  expectTypeOf(wrong).toBeFunction();
});

test('values have the structure that was returned', () => {
  expectTypeOf(f.value(point)).toEqualTypeOf<number>();
  const x = { x: scalar, v: vector(2) };
  expectTypeOf(compile(x, ({ v }) => v).value({ x: 1, v: [1, 2] })).toEqualTypeOf<Float64Array>();
  expectTypeOf(compile(x, ({ x, v }) => [x, v, 3]).value({ x: 1, v: [1, 2] })).toEqualTypeOf<[number, Float64Array, number]>();
  expectTypeOf(compile(x, ({ v }) => [...v]).value({ x: 1, v: [1, 2] })).toEqualTypeOf<number[]>();
  const record = compile(x, ({ x, v }) => ({ loss: x, all: v, k: 3 }));
  expectTypeOf(record.value({ x: 1, v: [1, 2] })).toEqualTypeOf<{ loss: number; all: Float64Array; k: number }>();
  expectTypeOf(record.jvp({ x: 1, v: [1, 2] }, { x: 1, v: [1, 2] }).tangent).toEqualTypeOf<{
    loss: number;
    all: Float64Array;
    k: number;
  }>();
});

test('lengths are numbers, named ones expressions', () => {
  const f = compile(
    { v: vector('n'), M: data(matrix('n', 3)), N: matrix(2, 'n'), w: vector(2 as number | string) },
    ({ v, M, N, w }) => {
      expectTypeOf(v).toEqualTypeOf<Vector<Expr>>();
      expectTypeOf(v.length).toEqualTypeOf<Expr>();
      expectTypeOf(M).toEqualTypeOf<Matrix<Expr, number>>();
      expectTypeOf([M.rows, M.cols] as const).toEqualTypeOf<readonly [Expr, number]>();
      expectTypeOf(N).toEqualTypeOf<Matrix<number, Expr>>();
      expectTypeOf(w).toEqualTypeOf<Vector<Length>>();
      return { total: v.sum().add(M.at(0, 0)).add(N.at(0, 0)), all: M, first: v };
    },
  );
  type P = Parameters<typeof f.value>[0];
  expectTypeOf<P['v']>().toEqualTypeOf<ArrayLike<number>>();
  expectTypeOf<ReturnType<typeof f.value>>().toEqualTypeOf<{ total: number; all: Float64Array; first: Float64Array }>();
  const wrong = (): void => {
    // @ts-expect-error: no number
    const n: number = compile({ v: vector('n') }, ({ v }) => v.length);
    expectTypeOf(n).toBeNumber();
    // @ts-expect-error: a length is a number or a name
    vector(true);
  };
  expectTypeOf(wrong).toBeFunction();
});

test('over adds a dimension to data alone', () => {
  const all = f.over();
  type P = Parameters<typeof all.value>[0];
  expectTypeOf<P['s']>().toEqualTypeOf<number>();
  expectTypeOf<{ x: Float64Array; y: number[] }>().toExtend<Pick<P, 'x' | 'y'>>();
  expectTypeOf<{ x: number[][] }>().toExtend<Pick<P, 'x'>>();
  const { gradient } = all.gradient({ ...point, x: [point.x], y: [point.y] });
  expectTypeOf(gradient).toEqualTypeOf<{ s: number; v: Float64Array; M: Float64Array }>();
  const wrong = (): void => {
    // @ts-expect-error: y is one number a row
    all.bind({ x: [1, 2], y: 3 });
  };
  expectTypeOf(wrong).toBeFunction();
});

test('a program from bytes is typed by what one knows of it', () => {
  const g = Program.fromBytes<typeof inputs, Expr>(f.toBytes());
  expectTypeOf(g.gradient(point).gradient).toEqualTypeOf<{ s: number; v: Float64Array; M: Float64Array }>();
  expectTypeOf(g.value(point)).toEqualTypeOf<number>();
  const unknown = Program.fromBytes(f.toBytes());
  expectTypeOf(unknown.gradient(point).gradient).toEqualTypeOf<{ [name: string]: number | Float64Array }>();
});

test('functions give numbers for numbers and expressions for expressions', () => {
  compile({ x: scalar, v: vector(2) }, ({ x, v }) => {
    expectTypeOf(exp(2)).toEqualTypeOf<number>();
    expectTypeOf(exp(x)).toEqualTypeOf<Expr>();
    expectTypeOf(exp(x as Scalar)).toEqualTypeOf<Scalar>();
    expectTypeOf(mul(2, x)).toEqualTypeOf<Expr>();
    expectTypeOf(mul(2, 3)).toEqualTypeOf<number>();
    expectTypeOf(select(x, 1, 2)).toEqualTypeOf<Expr>();
    expectTypeOf(sum([1, 2])).toEqualTypeOf<number>();
    expectTypeOf(sum(new Float64Array(2))).toEqualTypeOf<number>();
    expectTypeOf(sum(v)).toEqualTypeOf<Expr>();
    expectTypeOf(sum([x, x])).toEqualTypeOf<Expr>();
    expectTypeOf(sum(3, (i) => x.mul(i))).toEqualTypeOf<Expr>();
    expectTypeOf(sum(3, (i: number) => i * i)).toEqualTypeOf<number>();
    expectTypeOf(max(x, 1, 2)).toEqualTypeOf<Expr>();
    expectTypeOf(max(3, 1, 2)).toEqualTypeOf<number>();
    expectTypeOf(max(v)).toEqualTypeOf<Expr>();
    expectTypeOf(dot(v, [1, 2])).toEqualTypeOf<Expr>();
    expectTypeOf(dot([1, 2], [1, 2])).toEqualTypeOf<number>();
    // @ts-expect-error: an expression is no number
    const wrong = (): number => x + 1;
    expectTypeOf(wrong).toBeFunction();
    return x;
  });
});

test('loops keep lengths and structures', () => {
  compile({ h: vector(3), X: data(matrix('n', 3)) }, ({ h, X }) => {
    expectTypeOf(X.rows).toEqualTypeOf<Expr>();
    expectTypeOf(X.cols).toEqualTypeOf<number>();
    expectTypeOf(map(3, (i) => h.at(i).mul(i))).toEqualTypeOf<Vector<number>>();
    expectTypeOf(map(X.rows, (i) => X.row(i))).toEqualTypeOf<Matrix<Expr, number>>();
    const pair = scan(X.rows, { h, c: 0 }, ({ h, c }, i) => [{ h: h.add(X.row(i)), c: c.add(1) }, { s: h.sum() }]);
    expectTypeOf(pair.outputs.s).toEqualTypeOf<Vector<Expr>>();
    expectTypeOf(pair.carry.c).toEqualTypeOf<Expr>();
    expectTypeOf(scan(5, h, (now) => [now, now]).outputs).toEqualTypeOf<Matrix<number, number>>();
    expectTypeOf(scan(5, 1, (x) => x.mul(2)).outputs).toEqualTypeOf<undefined>();
    // @ts-expect-error: the index is an expression, and never equal to a number
    const never = map(3, (i) => (i === 0 ? h.at(i) : h.at(0)));
    expectTypeOf(never).toEqualTypeOf<Vector<number>>();
    return pair.carry.c;
  });
});
