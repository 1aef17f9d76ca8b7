// A loop: its body for tile after tile, or iteration after iteration.
import { clear } from '../run';
import { MINUS_ZERO } from '../sum';
import { allEnd, bodyAdjoints, bodyRegister, clearCount, firstFrame, frameStride, isScan, iterations, list, mainEnd, ownCount, setFrame, setRegister, snapshots, sums, tileOf, valueAt, adjointAt, widthOf, word, wordsAt } from './code';
import { forward } from './forward';
import { isGated, reverse } from './reverse';
import { keepSnapshot, reverseScan } from './scan';
import { tangents } from './tangent';
import { sumsOf, tangentSums, total } from './totals';

export const FORWARD: i32 = 0, TANGENT: i32 = 1, FUSED_SWEEP: i32 = 2;

/** The register of a body is set up; L lanes around it. */
// @ts-ignore: decorator
@inline function open(B: usize, r: usize): void { setRegister(r, firstFrame(B), bodyAdjoints(B), widthOf(B) > 1 ? 8 : 0); }

/** A scan whose steps are not kept? */
// @ts-ignore: decorator
@inline function keepsSnapshots(B: usize): bool { return isScan(B) && frameStride(B) == 0 && snapshots(B) > 0; }

/** Lanes in use in the tile from iteration t on. */
// @ts-ignore: decorator
@inline function lanesAt(n: i32, tile: i32, t: i32, L: i32): i32 { return tile > 1 ? min<i32>(tile, n - t) : L; }

/** Runs a loop: its values, or its tangents beside them, or values and adjoints of iteration after iteration. False after a fault. */
export function region(B: usize, L: i32, mode: i32): bool {
  const r = bodyRegister(B), n = iterations(B), tile = tileOf(B), all = allEnd(B), stride = frameStride(B);
  open(B, r);
  const keep = mode == FORWARD && keepsSnapshots(B);
  let next = keep ? 0 : -1, k = 0; // the step before which to save what is carried, and the snapshots so far
  for (let t = 0, f = firstFrame(B); t < n; t += tile, f += stride) {
    const lanes = lanesAt(n, tile, t, L);
    setFrame(r, f, t);
    if (mode == TANGENT) {
      if (!tangents(B, lanes)) return false;
      continue;
    }
    if (t == next) next = keepSnapshot(B, k++, t);
    if (!forward(B, 0, all, lanes)) return false;
    if (mode == FUSED_SWEEP) pullBack(B, all, lanes);
  }
  for (let q = list(B) + (<usize>(all - sums(B)) << 2), end = list(B) + (<usize>all << 2); q < end; q += 4) {
    const I = wordsAt(load<i32>(q));
    total(B, L, sumsOf(I), valueAt(word(I, 2)), 0);
    if (mode == TANGENT && (load<u32>(I) >>> 16) & 1) total(B, L, tangentSums(B, I), adjointAt(word(I, 2)), MINUS_ZERO);
  }
  return true;
}

/** The adjoints of the iteration that the register is at. */
export function pullBack(B: usize, all: i32, L: i32): void {
  clear(bodyAdjoints(B), isGated ? ownCount(B) : clearCount(B));
  reverse(B, 0, all, L);
}

/** Adjoints of a loop whose values are known, or at least those around it. */
export function reverseRegion(B: usize, L: i32): void {
  const r = bodyRegister(B), n = iterations(B), tile = tileOf(B), all = allEnd(B), stride = frameStride(B), first = firstFrame(B);
  open(B, r);
  if (keepsSnapshots(B)) return reverseScan(B, L);
  const down = isScan(B);
  for (let i = 0, k = 0; i < n; i += tile, k++) {
    const t = down ? n - 1 - i : i, lanes = lanesAt(n, tile, t, L);
    setFrame(r, first + <usize>(down ? t : k) * stride, t);
    if (stride == 0) forward(B, 0, mainEnd(B), lanes);
    pullBack(B, all, lanes);
  }
}
