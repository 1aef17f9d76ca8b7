// The reverse sweep of a scan whose steps are not kept: binomial checkpointing (Griewank and Walther's revolve, ACM TOMS
// 26, 2000). A snapshot is what is carried, before some step. With s of them C(s + r, r) steps can be reversed by running
// each at most r times more: a million steps with 300 snapshots three times, with 100 four times.
//
// The steps that the snapshots belong to stand at `marks`, ascending; the first is 0, and −1 ends them.
import { allEnd, bodyRegister, bytes, carriedEnd, cellBytes, cells, firstFrame, iterations, mainEnd, marks, saved, setFrame, snapshots } from './code';
import { forward } from './forward';
import { pullBack } from './region';

/** How far to go before the next snapshot is taken, with m steps ahead of the last one and room for `free` ≥ 1 more. */
export function advance(m: i32, free: i32): i32 {
  const s = <f64>(free + 1); // the last one counts
  let reach: f64 = 1, later: f64 = 1; // C(s + r, r), and C(s − 1 + r, r): from the next snapshot on
  for (let r: f64 = 1; reach < <f64>m; r += 1) {
    reach = reach * (s + r) / r;
    later = reach * s / (s + r);
  }
  return max<i32>(1, m - <i32>later);
}

/** What is carried before step t becomes snapshot k; returns before which step the next one is to be taken. */
export function keepSnapshot(B: usize, k: i32, t: i32): i32 {
  const n = iterations(B), free = snapshots(B) - k - 1;
  memory.copy(saved(B) + <usize>k * cellBytes(B), cells(B), cellBytes(B));
  store<f64>(marks(B) + bytes(k), <f64>t);
  if (free == 0) return n;
  store<f64>(marks(B) + bytes(k + 1), -1);
  return t + advance(n - t, free);
}

/** Snapshots at hand. */
export function atHand(B: usize): i32 {
  let k = 1;
  while (k < snapshots(B) && load<f64>(marks(B) + bytes(k)) > 0) k++;
  return k;
}

/** Steps in descending order. What lies between a snapshot and the step whose turn it is is run through again. */
export function reverseScan(B: usize, L: i32): void {
  const r = bodyRegister(B), f = firstFrame(B), most = snapshots(B), all = allEnd(B), carried = carriedEnd(B);
  let k = atHand(B);
  for (let hi = iterations(B); hi > 0; hi--) {
    let lo = <i32>load<f64>(marks(B) + bytes(k - 1));
    if (lo == hi) lo = <i32>load<f64>(marks(B) + bytes(--k - 1)); // that one has served
    memory.copy(cells(B), saved(B) + <usize>(k - 1) * cellBytes(B), cellBytes(B));
    while (lo < hi - 1) {
      const free = most - k, to = free > 0 ? lo + advance(hi - lo, free) : hi - 1;
      for (; lo < to; lo++) {
        setFrame(r, f, lo);
        forward(B, 0, carried, L);
      }
      if (free > 0) keepSnapshot(B, k++, lo);
    }
    setFrame(r, f, lo);
    forward(B, 0, mainEnd(B), L);
    pullBack(B, all, L);
  }
  if (most > 1) store<f64>(marks(B) + 8, -1); // another reverse sweep begins from the first
}
