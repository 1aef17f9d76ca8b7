/** Scans whose steps are not kept, but for snapshots of what they carry: assembly/loops/scan.ts says how. The core does the book-keeping. */
import { I, TYPE } from '../../../wasm/encode/instructions.ts';
import type { Fn, Signature } from '../../../wasm/encode/module.ts';
import type { Body } from './read.ts';

const { i32 } = TYPE;

const KEEP: Signature = { params: [i32, i32, i32], results: [i32] };
const KEPT: Signature = { params: [i32], results: [i32] };
const MARK: Signature = { params: [i32, i32], results: [i32] };
const AHEAD: Signature = { params: [i32, i32, i32, i32], results: [i32] };
const REWIND: Signature = { params: [i32], results: [] };
const RESTORE: Signature = { params: [i32, i32], results: [] };

export function add(fn: Fn, local: number, by: number): void {
  fn.get(local);
  fn.i32(by);
  fn.op(I.i32Add);
  fn.set(local);
}

/** At the step whose turn it is, what is carried is kept. */
export function keepSnapshot(fn: Fn, { at }: Body, iteration: number, next: number, kept: number): void {
  fn.get(iteration);
  fn.get(next);
  fn.op(I.i32Eq);
  fn.open(I.if);
  fn.i32(at);
  fn.get(kept);
  fn.get(iteration);
  fn.callImport('loopKeep', KEEP);
  fn.set(next);
  add(fn, kept, 1);
  fn.op(I.end);
}

/** The reverse sweep of a scan that keeps snapshots: assembly/loops/scan.ts says how. */
export function fromSnapshots(
  fn: Fn,
  { at, n, snapshots }: Body,
  call: (mode: 'steps' | 'step', from: number, to: number) => void,
): void {
  if (n === 0) return;
  const [k, lo, hi, to] = [fn.local(i32), fn.local(i32), fn.local(i32), fn.local(i32)];
  const mark = (): void => {
    fn.i32(at);
    fn.get(k);
    fn.callImport('loopMark', MARK);
    fn.set(lo);
  };
  fn.i32(at);
  fn.callImport('loopKept', KEPT);
  fn.set(k);
  fn.i32(n);
  fn.set(hi);
  fn.open(I.loop);
  mark();
  fn.get(lo);
  fn.get(hi);
  fn.op(I.i32Eq);
  fn.open(I.if); // that one has served
  add(fn, k, -1);
  mark();
  fn.op(I.end);
  fn.i32(at);
  fn.get(k);
  fn.callImport('loopRestore', RESTORE);
  fn.open(I.block);
  fn.open(I.loop);
  fn.get(lo);
  fn.get(hi);
  fn.i32(1);
  fn.op(I.i32Sub);
  fn.op(I.i32GeS);
  fn.branch(I.brIf, 1);
  fn.i32(at);
  fn.get(k);
  fn.get(lo);
  fn.get(hi);
  fn.callImport('loopAhead', AHEAD);
  fn.set(to);
  call('steps', lo, to);
  fn.get(to);
  fn.set(lo);
  fn.get(k);
  fn.i32(snapshots);
  fn.op(I.i32LtS);
  fn.open(I.if);
  fn.i32(at);
  fn.get(k);
  fn.get(lo);
  fn.callImport('loopKeep', KEEP);
  fn.op(I.drop);
  add(fn, k, 1);
  fn.op(I.end);
  fn.branch(I.br, 0);
  fn.op(I.end);
  fn.op(I.end);
  call('step', lo, hi);
  fn.get(hi);
  fn.i32(1);
  fn.op(I.i32Sub);
  fn.tee(hi);
  fn.branch(I.brIf, 0);
  fn.op(I.end);
  fn.i32(at);
  fn.callImport('loopRewind', REWIND);
}
