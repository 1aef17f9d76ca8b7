/** The reverse sweep of loops: iterations of a map ascending, of a scan descending; values that were not kept are computed again. */
import { BODY } from '../../../link/code.ts';
import { advance, drop, keepsSnapshots, restore, save, snapshotsOf } from './checkpoint.ts';
import { forward } from './forward.ts';
import type { Frames } from './frames.ts';
import { enter, finishSums, leave, startSums } from './regions.ts';
import { reverse } from './reverse.ts';

export function reverseRegion(m: Frames, B: number): void {
  const { code, body, lanes, wide } = m;
  const n = code[B + BODY.n]!;
  const tile = code[B + BODY.tile]!;
  const again = code[B + BODY.stride] === 0 ? code[B + BODY.main]! : 0;
  if (keepsSnapshots(m, B)) replay(m, B);
  else if (code[B + BODY.scan] !== 0) for (let t = n - 1; t >= 0; t--) iteration(m, B, t, again);
  else for (let t = 0; t < n; t += tile) iteration(m, B, t, again);
  leave(m, body, lanes, wide);
}

/** @param again instructions to compute again first */
function iteration(m: Frames, B: number, t: number, again: number): void {
  const { code } = m;
  enter(m, B, t);
  forward(m, B, 0, again);
  const g = m.G[code[B + BODY.register]!]!;
  m.v.fill(-0, g, g + code[B + (m.gated ? BODY.own : BODY.clear)]!);
  reverse(m, B, 0, code[B + BODY.all]!);
}

/** A scan from its snapshots. */
function replay(m: Frames, B: number): void {
  const { code } = m;
  const most = code[B + BODY.snapshots]!;
  let k = snapshotsOf(m, B);
  for (let t = code[B + BODY.n]! - 1; t >= 0; t--) {
    let at = restore(m, B, k - 1);
    while (at < t) {
      for (const next = at + advance(t + 1 - at, most - k); at < next; at++) {
        enter(m, B, at);
        forward(m, B, 0, code[B + BODY.carried]!);
      }
      if (k < most && at < t) save(m, B, k++, at);
    }
    iteration(m, B, t, code[B + BODY.main]!);
    k = drop(m, B, k - 1, t);
  }
}

/** A map whose adjoints wait for nothing: values and adjoints of a tile in one go. */
export function fusedRegion(m: Frames, B: number): void {
  const { code, body, lanes, wide } = m;
  const tile = code[B + BODY.tile]!;
  const all = code[B + BODY.all]!;
  startSums(m, B, false);
  for (let t = 0; t < code[B + BODY.n]!; t += tile) iteration(m, B, t, all);
  leave(m, body, lanes, wide);
  finishSums(m, B, false);
}
