/**
 * The three ops that most programs are made of, on neighbours (stride 1) and shared operands (stride 0), each loop a
 * function of its own. Written so that V8 keeps every index in a register: one running index, the others as differences
 * to it, and `| 0` for arithmetic that cannot overflow. Measured per element: 1.0 ns for a sum of two; as
 * v[o + i] = v[a + i * as] + v[b + i * bs] it takes 2.0, and inside the printed switch as much.
 */
import { forwardRun, pullRun } from '../../ops/kernels.ts';
import { OP } from '../../ops/vocabulary.ts';

/** v[o + i] = op(v[a + i·as], v[b + i·bs]) for add, sub and mul. */
// biome-ignore format: one signature, one line
export function forwardArithmetic(op: number, n: number, v: Float64Array, o: number, a: number, as: number, b: number, bs: number): void {
  if (as === 1 && bs === 1) {
    if (op === OP.add) addNeighbours(n, v, o, a, b);
    else if (op === OP.mul) mulNeighbours(n, v, o, a, b);
    else subNeighbours(n, v, o, a, b);
  } else if (op !== OP.sub && as === 0 && bs === 1) {
    if (op === OP.add) addShared(n, v, o, v[a]!, b);
    else mulShared(n, v, o, v[a]!, b);
  } else if (op !== OP.sub && as === 1 && bs === 0) {
    if (op === OP.add) addShared(n, v, o, v[b]!, a);
    else mulShared(n, v, o, v[b]!, a);
  } else forwardRun(op, n, v, o, a, as, b, bs, 0, 0);
}

function addNeighbours(n: number, v: Float64Array, o: number, a: number, b: number): void {
  const toA = (a - o) | 0;
  const toB = (b - o) | 0;
  for (const end = (o + n) | 0; o < end; o = (o + 1) | 0) v[o] = v[(o + toA) | 0]! + v[(o + toB) | 0]!;
}

function subNeighbours(n: number, v: Float64Array, o: number, a: number, b: number): void {
  const toA = (a - o) | 0;
  const toB = (b - o) | 0;
  for (const end = (o + n) | 0; o < end; o = (o + 1) | 0) v[o] = v[(o + toA) | 0]! - v[(o + toB) | 0]!;
}

function mulNeighbours(n: number, v: Float64Array, o: number, a: number, b: number): void {
  const toA = (a - o) | 0;
  const toB = (b - o) | 0;
  for (const end = (o + n) | 0; o < end; o = (o + 1) | 0) v[o] = v[(o + toA) | 0]! * v[(o + toB) | 0]!;
}

function addShared(n: number, v: Float64Array, o: number, x: number, b: number): void {
  const toB = (b - o) | 0;
  for (const end = (o + n) | 0; o < end; o = (o + 1) | 0) v[o] = x + v[(o + toB) | 0]!;
}

function mulShared(n: number, v: Float64Array, o: number, x: number, b: number): void {
  const toB = (b - o) | 0;
  for (const end = (o + n) | 0; o < end; o = (o + 1) | 0) v[o] = x * v[(o + toB) | 0]!;
}

/** g[t + i·ts] += g[o + i] · partial of add, sub or mul, whose other operand lies at y with stride ys; ts is not 0. */
// biome-ignore format: one signature, one line
export function pullArithmetic(op: number, j: number, n: number, v: Float64Array, g: Float64Array, o: number, t: number, ts: number, y: number, ys: number): void {
  if (ts === 1 && op === OP.mul && ys === 1) pullNeighbours(n, v, g, o, t, y);
  else if (ts === 1 && op === OP.mul && ys === 0) pullFactor(n, g, o, t, v[y]!);
  else if (ts === 1 && op === OP.sub && j === 1) pullMinusOne(n, g, o, t);
  else if (ts === 1 && op !== OP.mul) pullOne(n, g, o, t);
  else pullRun(op, j, n, v, o, g, o, y, ys, y, ys, 0, 0, g, t, ts);
}

function pullOne(n: number, g: Float64Array, o: number, t: number): void {
  const toT = (t - o) | 0;
  for (const end = (o + n) | 0; o < end; o = (o + 1) | 0) g[(o + toT) | 0]! += g[o]!;
}

function pullMinusOne(n: number, g: Float64Array, o: number, t: number): void {
  const toT = (t - o) | 0;
  for (const end = (o + n) | 0; o < end; o = (o + 1) | 0) g[(o + toT) | 0]! -= g[o]!;
}

function pullFactor(n: number, g: Float64Array, o: number, t: number, y: number): void {
  const toT = (t - o) | 0;
  for (const end = (o + n) | 0; o < end; o = (o + 1) | 0) g[(o + toT) | 0]! += g[o]! * y;
}

function pullNeighbours(n: number, v: Float64Array, g: Float64Array, o: number, t: number, y: number): void {
  const toT = (t - o) | 0;
  const toY = (y - o) | 0;
  for (const end = (o + n) | 0; o < end; o = (o + 1) | 0) g[(o + toT) | 0]! += g[o]! * v[(o + toY) | 0]!;
}

/**
 * Both operands of a sum or a product of neighbours in one loop, if they do not overlap: then it makes no difference to
 * any slot whether all of operand a's contributions come first. False, and nothing done, if they do.
 */
export function pullBoth(op: number, n: number, v: Float64Array, g: Float64Array, o: number, a: number, b: number): boolean {
  if (Math.abs(a - b) < n) return false;
  const toA = (a - o) | 0;
  const toB = (b - o) | 0;
  if (op === OP.add) pullBothOfSum(n, g, o, toA, toB);
  else pullBothOfProduct(n, v, g, o, toA, toB);
  return true;
}

function pullBothOfSum(n: number, g: Float64Array, o: number, toA: number, toB: number): void {
  for (const end = (o + n) | 0; o < end; o = (o + 1) | 0) {
    const d = g[o]!;
    g[(o + toA) | 0]! += d;
    g[(o + toB) | 0]! += d;
  }
}

function pullBothOfProduct(n: number, v: Float64Array, g: Float64Array, o: number, toA: number, toB: number): void {
  for (const end = (o + n) | 0; o < end; o = (o + 1) | 0) {
    const d = g[o]!;
    const x = v[(o + toA) | 0]!;
    const y = v[(o + toB) | 0]!;
    g[(o + toA) | 0]! += d * y;
    g[(o + toB) | 0]! += d * x;
  }
}
