/** Programs with loops, one for each thing that loops can do, and lengths to run them with. */
import type { Expr } from '../../src/graph/expression.ts';
import type { Length, Matrix, Vector } from '../../src/graph/vector.ts';
import * as w from '../../src/graph/vocabulary.ts';
import { data, type Handles, type Inputs, matrix, type Outputs, scalar, vector } from '../../src/program/signature.ts';
import type { LoopTape } from '../../src/tape/loops/layout.ts';
import type { Fill, Lengths } from '../support/loop-sweeps.ts';
import { lowered } from '../support/loops.ts';

export interface Written {
  readonly name: string;
  readonly signature: Inputs;
  readonly fn: (inputs: never) => Outputs;
  readonly tape: () => LoopTape;
  readonly lengths: readonly Lengths[];
  readonly fill: Fill | undefined;
}

/** None, one, at and around a tile of 8, at and around the widest tile, several tiles. */
const AROUND: readonly Lengths[] = [0, 1, 2, 7, 8, 9, 127, 128, 129, 300].map((n) => ({ n, m: 3 }));
/** The same for nests, whose inner lengths vary, too. */
const NESTS: readonly Lengths[] = [
  { n: 0, m: 3 },
  { n: 3, m: 0 },
  { n: 1, m: 1 },
  { n: 2, m: 9 },
  { n: 7, m: 8 },
  { n: 9, m: 2 },
  { n: 129, m: 3 },
  { n: 3, m: 130 },
  { n: 40, m: 17 },
];
/** A reduction of nothing that has no value, or an index into nothing, wants some. */
const SOME = (all: readonly Lengths[]): readonly Lengths[] => all.filter(({ n, m }) => n! > 0 && m! > 0);

function program<S extends Inputs>(
  name: string,
  signature: S,
  fn: (inputs: Handles<S>) => Outputs,
  lengths: readonly Lengths[] = AROUND,
  fill?: Fill,
): Written {
  let tape: LoopTape | undefined;
  return { name, signature, fn, tape: () => (tape ??= lowered(signature, fn).tape), lengths, fill };
}

const one = { a: scalar, x: vector('n'), y: data(vector('n')) };
const two = { a: scalar, v: vector('m'), x: vector('n'), X: matrix('n', 'm'), Y: data(matrix('n', 'm')) };
const square = { a: scalar, v: vector('m'), A: matrix('m', 'm'), X: matrix('n', 'm') };
const picked = { ...two, k: data(vector('n')), r: data(vector('n')) };
/** k: places of columns; r: places of rows. */
const PLACES: Fill = { k: (e, { m }) => (5 * e + 2) % m!, r: (e, { n }) => (7 * e + 3) % n! };

const term = ({ a, x, y }: { a: Expr; x: Vector<Length>; y: Vector<Length> }, i: Expr): Expr => x.at(i).mul(a).add(y.at(i)).sin();
const cell = (X: Matrix<Length, Length>, v: Vector<Length>, i: Expr, j: Expr): Expr => X.at(i, j).mul(v.at(j)).sin();

const OVER = { sum: w.sum, mean: w.mean, prod: w.prod, min: w.min, max: w.max, norm: w.norm, logsumexp: w.logsumexp };
const FORMS = (Object.keys(OVER) as (keyof typeof OVER)[]).flatMap((form) => [
  program(`${form} over a function`, one, (at) => OVER[form](at.x.length, (i) => term(at, i))),
  program(`${form} of a vector`, one, (at) => OVER[form](at.x.mul(at.a).sub(at.y))),
  program(
    `${form} in a map`,
    two,
    ({ X, v, a }) => w.map(X.rows, (i) => OVER[form](X.cols, (j) => cell(X, v, i, j)).mul(a)),
    form === 'min' || form === 'max' || form === 'logsumexp' ? SOME(NESTS) : NESTS,
  ),
  program(
    `${form} of rows and of columns`,
    two,
    ({ X, v }) => [w.sum(X.rows, (i) => OVER[form](X.row(i).add(v))), w.sum(X.cols, (j) => OVER[form](X.col(j).mul(v.at(j))))],
    form === 'mean' || form === 'min' || form === 'max' || form === 'logsumexp' ? SOME(NESTS) : NESTS,
  ),
]);

// biome-ignore format: a program a line, where it fits
const REGIONS = [
  program('map of numbers', one, (at) => w.map(at.x.length, (i) => term(at, i))),
  program('map of vectors', two, ({ X, v }) => w.map(X.rows, (i) => X.row(i).mul(v).add(i)), NESTS),
  program('map of a record', two, ({ X, v, x }) => {
    const { s, r, list } = w.map(X.rows, (i) => ({ s: x.at(i).exp(), r: X.row(i).add(v), list: [x.at(i).mul(3), X.row(i).square()] as const }));
    return { s, r, a: list[0], b: list[1] };
  }, NESTS),
  program('sum of vectors', two, ({ X, x, v }) => w.sum(X.rows, (i) => X.row(i).mul(x.at(i)).add(v)), NESTS),
  program('mean of vectors', two, ({ X, x }) => w.mean(X.rows, (i) => X.row(i).mul(x.at(i))), SOME(NESTS)),
  program('index and length as numbers', one, ({ x, a }) => w.sum(x.length, (i) => x.at(i).mul(i).add(a.div(x.length.sub(i))))),
  program('what is the same in every iteration', one, ({ x, a }) => w.sum(x.length, () => a.exp()).add(w.prod(x.length, () => a))),
  program('two losses and a penalty', one, (at) =>
    w.sum(at.x.length, (i) => term(at, i).square()).div(at.x.length.add(1)).sub(w.sum(at.x.length, (i) => at.x.at(i).mul(at.a)).mul(at.a)).add(at.a.square())),
  program('a loss whose scale depends on it', one, (at) => {
    const s = w.sum(at.x.length, (i) => term(at, i).square());
    return s.mul(w.sum(at.x.length, (i) => at.x.at(i).mul(s).sin())).add(s.sqrt().add(1).log());
  }, AROUND.slice(1)),
  program('outputs of all kinds', two, ({ a, x, X, Y, v }) => ({ a: a.mul(2), X, Y, v, e: x.exp(), s: X.sum(), p: X.mul(Y).add(v), c: X.transpose() }), NESTS),
];

// biome-ignore format: a program a line, where it fits
const SCANS = [
  program('scan of a number', one, ({ a, x, y }) => w.scan(x.length, a, (c, i) => c.mul(x.at(i)).add(y.at(i)).tanh()).carry),
  program('scan with outputs', one, ({ a, x }) => {
    const { carry, outputs } = w.scan(x.length, a, (c, i) => { const next = c.mul(0.5).add(x.at(i)).sin(); return [next, next.mul(c)]; });
    return { carry, outputs };
  }),
  program('scan with vectors put out', two, ({ v, X }) => {
    const { carry, outputs } = w.scan(X.rows, v, (c, i) => { const next = c.mul(X.row(i)).sub(0.1).tanh(); return [next, { next, s: next.dot(c) }]; });
    return { carry, o: outputs.next, s: outputs.s };
  }, NESTS),
  program('scan of a vector', square, ({ v, A, X }) => w.scan(X.rows, v, (h, i) => A.matVec(h).mul(0.5).add(X.row(i)).tanh()).carry.sum(), NESTS.filter(({ m }) => m! < 20)),
  program('scan of a matrix', square, ({ v, A, X }) => w.scan(X.rows, A, (P, i) => w.matMul(A, P).mul(0.2).add(w.outer(X.row(i), v)).tanh()).carry, NESTS.filter(({ m }) => m! < 9)),
  program('scan of a record', two, ({ a, v, X }) => {
    const { carry } = w.scan(X.rows, { s: a, h: v, list: [0, a] as const }, ({ s, h, list }, i) => ({
      s: s.add(h.sum().mul(0.1)).sin(), h: h.mul(s).add(X.row(i)).tanh(), list: [list[1], s.mul(list[0])] as const }));
    return { s: carry.s, h: carry.h, l: carry.list[0], m: carry.list[1] };
  }, NESTS),
  program('scan that rotates what it carries', one, ({ a, x }) => w.scan(x.length, [a, 0, 1], ([p, q, r], i) => [q, r, p.add(x.at(i).mul(q))]).carry),
  program('scan backwards', one, ({ a, x }) => w.scan(x.length, a, (c, i) => c.mul(0.5).add(x.at(x.length.sub(1).sub(i))).sin()).carry),
  program('cumsum', one, ({ x, a }) => w.cumsum(x.mul(a))),
  program('two scans, one of what the other put out', one, ({ x, a }) => {
    const { outputs } = w.scan(x.length, a, (c, i) => { const next = c.mul(x.at(i)).add(1).tanh(); return [next, next]; });
    return w.scan(x.length, a, (c, i) => c.mul(outputs.at(i)).cos()).carry;
  }),
];

// biome-ignore format: a program a line, where it fits
const NESTED = [
  program('map in map', two, ({ X, v, a }) => w.map(X.rows, (i) => w.map(X.cols, (j) => cell(X, v, i, j).mul(a))), NESTS),
  program('sum in sum', two, ({ X, v, x }) => w.sum(X.rows, (i) => w.sum(X.cols, (j) => cell(X, v, i, j)).mul(x.at(i)).sin()), [...NESTS, { n: 300, m: 129 }]),
  program('three deep', two, ({ X, v, x }) =>
    w.sum(X.rows, (i) => w.sum(X.cols, (j) => w.sum(X.cols, (k) => X.at(i, k).mul(v.at(j)).sin()).mul(X.at(i, j)).cos()).mul(x.at(i))), NESTS.filter(({ m }) => m! < 20)),
  program('loops beside each other in a loop', two, ({ X, v, Y }) => w.sum(X.rows, (i) => {
    const row = w.map(X.cols, (j) => X.at(i, j).mul(v.at(j)).exp());
    const total = w.sum(row);
    return w.sum(X.cols, (j) => row.at(j).div(total.add(1)).mul(Y.at(i, j))).add(row.max());
  }), SOME(NESTS)),
  program('scan in map', two, ({ X, v, x }) => w.map(X.rows, (i) => w.scan(X.cols, x.at(i), (c, j) => c.mul(v.at(j)).add(X.at(i, j)).tanh()).carry), NESTS),
  program('scan of a vector in map', two, ({ X, v, x }) =>
    w.map(X.rows, (i) => w.scan(4, X.row(i), (c, s) => c.mul(v).add(x.at(i)).add(s.mul(0.1)).tanh()).carry.sum()), NESTS),
  program('scan in map, its outputs used', two, ({ X, v, x }) => w.map(X.rows, (i) => {
    const { outputs } = w.scan(X.cols, x.at(i), (c, j) => { const next = c.mul(v.at(j)).add(X.at(i, j)).sin(); return [next, next.square()]; });
    return outputs.sum().add(outputs.mul(v).sum());
  }), NESTS),
  program('map in scan', two, ({ X, v }) => w.scan(X.rows, v, (h, i) => w.map(X.cols, (j) => h.at(j).mul(X.at(i, j)).add(h.at(0)).sin())).carry, SOME(NESTS)),
  program('sum in scan', two, ({ X, a }) => w.scan(X.rows, a, (c, i) => w.sum(X.cols, (j) => X.at(i, j).mul(c).sin()).mul(0.3)).carry, NESTS),
  program('sum in scan in map', two, ({ X, v, x }) => w.map(X.rows, (i) =>
    w.scan(3, x.at(i), (c) => w.sum(X.cols, (j) => c.mul(X.at(i, j)).add(v.at(j)).sin()).mul(0.2)).carry), NESTS),
  program('scan in scan', two, ({ X, v, a }) => w.scan(X.rows, a, (c, i) => w.scan(X.cols, c, (d, j) => d.mul(X.at(i, j)).add(v.at(j)).sin()).carry.mul(0.9)).carry, NESTS),
  program('scan in scan in map', two, ({ X, v, x }) => w.sum(X.rows, (i) =>
    w.scan(2, x.at(i), (c) => w.scan(X.cols, c, (d, j) => d.mul(v.at(j)).add(X.at(i, j)).sin()).carry).carry), NESTS),
  program('every pair', one, ({ x, a }) => w.sum(x.length, (i) => w.sum(x.length, (j) => x.at(i).sub(x.at(j)).square().mul(a).neg().exp())), [0, 1, 7, 8, 9, 130].map((n) => ({ n }))),
];

// biome-ignore format: a program a line, where it fits
const CONTRACTIONS = [
  program('matVec, matMul, outer, vecMat in main', square, ({ v, A, X }) => ({
    p: X.matVec(v), q: A.transpose().matVec(v), M: w.matMul(X, A), N: w.matMul(X.transpose(), X), o: w.outer(v, A.row(0)), r: v.vecMat(A) }), SOME(NESTS)),
  program('a matrix of main times a vector of each iteration', square, ({ v, A, X }) => w.sum(X.rows, (i) => A.matVec(X.row(i)).mul(v).tanh().sum()), NESTS),
  program('a matrix of each iteration times a vector of main', square, ({ v, A, X }) => w.sum(X.rows, (i) => {
    const row = X.row(i);
    return A.mul(row).matVec(v).tanh().sum();
  }), NESTS.filter(({ m }) => m! < 20)),
  program('both of each iteration', square, ({ v, A, X }) => w.sum(X.rows, (i) => w.sin(A.add(v).mul(X.row(i)).matVec(X.row(i).exp())).sum()), NESTS.filter(({ m }) => m! < 20)),
  program('products of matrices of each iteration', square, ({ A, X }) => w.sum(X.rows, (i) => {
    const B = A.mul(X.row(i));
    return w.matMul(B, A).add(w.matMul(A.transpose(), B)).add(w.matMul(B.transpose(), B)).tanh().sum();
  }), NESTS.filter(({ m }) => m! < 10)),
  program('dots of rows', two, ({ X, Y, v }) => w.map(X.rows, (i) => X.row(i).dot(v).add(X.row(i).dot(Y.row(i))).add(X.row(0).dot(X.row(i)))), NESTS),
  program('a layer in a scan in a map', square, ({ v, A, X }) => w.map(X.rows, (i) => w.scan(3, X.row(i), (h) => A.matVec(h).add(v).tanh()).carry.norm()), NESTS.filter(({ m }) => m! > 0 && m! < 20)),
  program('two layers over rows', square, ({ v, A, X }) => {
    const H = w.relu(w.matMul(X, A).add(v));
    return w.mean(X.rows, (i) => w.logsumexp(w.matMul(H, A).row(i)));
  }, SOME(NESTS)),
];

// biome-ignore format: a program a line, where it fits
const PLACED = [
  program('gather in lanes', picked, ({ x, X, k, r }) => w.sum(k.length, (i) => X.at(i, k.at(i)).mul(x.at(r.at(i))).sin()), SOME(NESTS), PLACES),
  program('gathered rows', picked, ({ X, v, r }) => w.map(r.length, (i) => X.row(r.at(i)).dot(v).add(X.row(r.at(i)).exp().sum())), SOME(NESTS), PLACES),
  program('columns of gathered rows', { X: matrix('n', 3), r: data(vector('n')) }, ({ X, r }) =>
    w.sum(r.length, (i) => X.at(r.at(i), 0).mul(X.at(r.at(i), 1)).add(X.at(r.at(i), 2).sin()).mul(X.at(i, 1))), [1, 2, 9, 129, 300].map((n) => ({ n })), PLACES),
  program('places apart by their steps, and others that meet', { x: vector('n'), y: vector('h'), r: data(vector('n')) }, ({ x, y, r }) =>
    w.sum(r.length, (i) => y.at(r.at(i).mul(4)).mul(y.at(r.at(i).mul(2).add(1))).add(y.at(i.mul(4).add(2)).exp()).mul(y.at(r.at(i).mul(4).add(2))).sub(x.at(r.at(i)).mul(y.at(r.at(i))))), [1, 2, 9, 130].map((n) => ({ n, h: 4 * n })), PLACES),
  program('gather in an inner loop', picked, ({ X, v, k, x }) => w.sum(X.rows, (i) => w.sum(X.cols, (j) => X.at(i, j).mul(v.at(k.at(i))).mul(x.at(i)).sin())), SOME(NESTS), PLACES),
  program('gather in a scan', picked, ({ X, a, k }) => w.scan(X.rows, a, (c, i) => c.mul(X.at(i, k.at(i))).add(0.3).cos()).carry, SOME(NESTS), PLACES),
  program('a list walked along', picked, ({ x, a, r }) =>
    w.scan(r.length, { at: r.at(0), s: a }, ({ at, s }) => ({ at: r.at(at), s: s.mul(0.5).add(x.at(at)).sin() })).carry.s, SOME(NESTS), PLACES),
  program('computed places', picked, ({ x, r }) => w.sum(r.length, (i) => x.at(w.mod(r.at(i).mul(3).add(i), x.length)).square()), SOME(NESTS), PLACES),
  program('argMin and argMax choose', two, ({ X, v }) => w.sum(X.rows, (i) => X.at(i, w.argMax(X.row(i))).mul(v.at(w.argMin(X.row(i).mul(v))))), SOME(NESTS)),
  program('reversed', one, ({ x, y }) => x.reversed().mul(y).map((e, i) => e.mul(i).sin())),
  program('differences of neighbours', one, ({ x, a }) => w.sum(x.length.sub(1), (i) => x.at(i.add(1)).sub(x.at(i)).mul(a).square()), AROUND.slice(1)),
  program('slices', one, ({ x, y, a }) => x.slice(1).mul(y.slice(0, -1)).sub(x.reversed().slice(1)).sum().mul(a), AROUND.slice(1)),
  program('every other', { x: vector('n'), X: matrix('h', 2) }, ({ x, X }) => ({ o: w.sum(X.rows, (i) => X.flat().at(i.mul(2).add(1)).mul(x.at(i)).sin()), c: X.col(1).exp() }),
    [1, 7, 8, 9, 129].map((n) => ({ n, h: n }))),
  program('columns and transposes', two, ({ X, v, x }) => {
    const T = X.transpose();
    return w.sum(T.rows, (j) => w.sum(T.cols, (i) => T.at(j, i).mul(x.at(i)).sin()).mul(v.at(j))).add(w.sum(X.cols, (j) => X.col(j).reversed().dot(x)));
  }, NESTS),
  program('a view of what a loop made', two, ({ X, v }) => {
    const Z = w.map(X.rows, (i) => w.sin(X.row(i).mul(v)));
    return [w.sum(Z.cols, (j) => Z.col(j).square().sum().add(1).log()), w.cumsum(Z.flat().reversed())];
  }, NESTS),
  program('vectors put together', two, ({ v, x, a }) => {
    const whole = w.concat(a, x.mul(x).tanh(), v, [2, a.square()], x);
    return w.concat(whole.mul(a), whole.slice(1).sum()).square().sum().add(whole.at(0));
  }, NESTS),
  program('rows put together', two, ({ X, v, a }) => w.map(X.rows, (i) => w.concat(a, X.row(i).mul(v).tanh(), v, X.row(i), w.concat(X.row(i).add(1), i))), NESTS),
  program('one further each step of a scan', { x: vector('n'), a: scalar }, ({ x, a }) =>
    w.scan(3, w.concat(a, x), (y) => y.add(w.concat(0, x.mul(y.slice(0, -1)).tanh(), []))).carry, AROUND),
  program('what is put together and used by itself', one, ({ x, y, a }) => {
    const z = w.map(x.length, (i) => x.at(i).mul(a).tanh());
    return { z, whole: w.concat(z, w.map(y.length, (i) => y.at(i).mul(2))).mul(a), data: w.concat(w.map(y.length, (i) => y.at(i).square()), 1) };
  }, AROUND),
  program('numbers put side by side', two, ({ X, v, a }) => w.map(X.rows, (i) => w.concat(X.at(i, 0).sin(), v.at(0), [a.mul(X.at(i, 0)), 2], w.concat(a).exp())), SOME(NESTS)),
  program('softmax and logSoftmax of rows', two, ({ X, v }) => w.map(X.rows, (i) => w.softmax(X.row(i)).sub(w.logSoftmax(X.row(i).mul(v)))), SOME(NESTS)),
  program('select on arrays', two, ({ X, Y, v }) => w.select(w.gt(X, Y), X.mul(v), w.select(w.le(X, 0), Y, w.sin(X))), NESTS),
];

export const PROGRAMS: readonly Written[] = [...FORMS, ...REGIONS, ...SCANS, ...NESTED, ...CONTRACTIONS, ...PLACED];
