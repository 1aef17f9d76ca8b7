/** Loops: setting registers for an iteration, running the body for all of them, and sums over iterations in the one order. */
import { BODY, NARROW } from '../../../link/code.ts';
import { SUM_BLOCK, sum } from '../../../ops/sums.ts';
import { keepsSnapshots, save, snapshotAfter } from './checkpoint.ts';
import { adjointAt, type Frames, step, valueAt } from './frames.ts';

/** Runs instructions `from` … `to` − 1 of a body. */
export type Sweep = (m: Frames, B: number, from: number, to: number) => void;

/** Enters iteration t (of a laned body: a tile from t on). */
export function enter(m: Frames, B: number, t: number): void {
  const { code, F, G } = m;
  const r = code[B + BODY.register]!;
  const tile = code[B + BODY.tile]!;
  m.body = B;
  m.I[r] = t;
  F[r] = F[code[B + BODY.base]!]! + code[B + BODY.frame]! + (t / tile) * code[B + BODY.stride]!;
  G[r] = G[0]! + code[B + BODY.adjoint]!;
  F[r + NARROW] = F[r]!;
  G[r + NARROW] = G[r]!;
  if (tile > 1) {
    m.lanes = Math.min(tile, code[B + BODY.n]! - t);
    m.wide = r;
  }
}

/** Puts back what {@link enter} has changed for the body around. */
export function leave(m: Frames, body: number, lanes: number, wide: number): void {
  m.body = body;
  m.lanes = lanes;
  m.wide = wide;
}

/** A whole loop, with its sums; a scan that is not kept saves its first snapshots. With tangents, their sums too. */
export function region(m: Frames, B: number, sweep: Sweep, withTangents: boolean): void {
  const { code, body, lanes, wide } = m;
  const n = code[B + BODY.n]!;
  const tile = code[B + BODY.tile]!;
  const all = code[B + BODY.all]!;
  startSums(m, B, withTangents);
  let next = !withTangents && keepsSnapshots(m, B) ? 0 : -1;
  for (let t = 0, k = 0; t < n; t += tile) {
    enter(m, B, t);
    if (t === next) next = snapshotAfter(m, B, t, save(m, B, k++, t));
    sweep(m, B, 0, all);
  }
  leave(m, body, lanes, wide);
  finishSums(m, B, withTangents);
}

export function startSums(m: Frames, B: number, withTangents: boolean): void {
  const length = (withTangents ? 18 : 9) * m.code[B + BODY.width]!;
  for (const at of m.sums.get(B)!) m.v.fill(-0, m.code[at + 3]!, m.code[at + 3]! + length);
}

/** A SUM instruction: this iteration's, or tile's, value. */
export function addToSum(m: Frames, at: number): void {
  const a = m.code[at + 1]!;
  contribute(m, valueAt(m, a), step(m, a), m.code[at + 3]!);
}

/** Where the sums of the tangents lie: behind those of the values. */
function tangentSums({ code }: Frames, B: number, at: number): number {
  return code[at + 3]! + 9 * code[B + BODY.width]!;
}

export function addTangentToSum(m: Frames, at: number): void {
  const a = m.code[at + 1]!;
  contribute(m, adjointAt(m, a), step(m, a), tangentSums(m, m.body, at));
}

/**
 * Of a laned body the sum over its lanes, else one of eight partial sums per lane.
 *
 * @param a its first number; `as`: from lane to lane
 * @param s the eight partial sums and the total, `width` numbers each
 */
function contribute(m: Frames, a: number, as: number, s: number): void {
  const { code, v, body, lanes } = m;
  const width = code[body + BODY.width]!;
  if (code[body + BODY.tile]! > 1) {
    v[s + 8 * width]! += sum(lanes, v, a, as);
    return;
  }
  const t = m.I[code[body + BODY.register]!]!;
  const part = s + (t & 7) * width;
  for (let l = 0; l < lanes; l++) v[part + l]! += v[a + l * as]!;
  if (t % SUM_BLOCK === SUM_BLOCK - 1) join(v, lanes, s, width);
}

/** The eight partial sums become part of the total. */
function join(x: Float64Array, lanes: number, s: number, width: number): void {
  for (let l = 0, p = s; l < lanes; l++, p++) {
    const even = x[p]! + x[p + 4 * width]! + (x[p + 2 * width]! + x[p + 6 * width]!);
    x[p + 8 * width]! += even + (x[p + width]! + x[p + 5 * width]! + (x[p + 3 * width]! + x[p + 7 * width]!));
  }
  x.fill(-0, s, s + 8 * width);
}

/** Hands on the totals, in the body around. */
export function finishSums(m: Frames, B: number, withTangents: boolean): void {
  for (const at of m.sums.get(B)!) {
    const out = m.code[at + 2]!;
    handOn(m, B, m.code[at + 3]!, valueAt(m, out), 0);
    const isActive = ((m.code[at]! >>> 16) & 1) !== 0;
    if (withTangents && isActive) handOn(m, B, tangentSums(m, B, at), adjointAt(m, out), -0);
  }
}

/** @param nothing the sum over no iterations */
function handOn({ code, v, lanes }: Frames, B: number, s: number, to: number, nothing: number): void {
  const n = code[B + BODY.n]!;
  const width = code[B + BODY.width]!;
  const isTiled = code[B + BODY.tile]! > 1;
  if (!isTiled && n % SUM_BLOCK !== 0) join(v, lanes, s, width);
  const total = s + 8 * width;
  for (let l = 0; l < (isTiled ? 1 : lanes); l++) v[to + l] = n > 0 ? v[total + l]! : nothing;
}
