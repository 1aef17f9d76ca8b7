/**
 * Pieces in which every node stands for itself, in straight-line code: strips, small records, and short lists.
 *
 *     forward   operands from other pieces ─► loads │ nodes in locals │ stores of what others read
 *     reverse   values, adjoints so far    ─► loads │ nodes in locals │ stores of the adjoints of other pieces' slots
 */
import { I, TYPE } from '../../wasm/encode/instructions.ts';
import type { Fn } from '../../wasm/encode/module.ts';
import { RECORD_WORDS, type Tape, W } from '../../tape/layout.ts';
import { countUses, Emitter } from './emit.ts';
import { FlatSweep } from './flat-sweep.ts';
import { type Ledger, P } from './ledger.ts';
import { Ssa } from './ssa.ts';

/** Nodes `from` to `to` of a record. */
export interface Part {
  readonly record: number;
  readonly from: number;
  readonly to: number;
}

/** A number that goes to memory. */
export interface Store {
  readonly node: number;
  readonly offset: number;
  /** The local that the offset is relative to; P if there is none. */
  readonly base?: number;
  /** An adjoint that is handed out, and so never −0. */
  readonly isResult?: boolean;
}

/** Everything that leads to the stores and the roots, in order; a number is stored as soon as it is known. */
export function emitAll(fn: Fn, k: Ssa, stores: readonly Store[], roots: readonly number[]): Emitter {
  const uses = countUses(k, [...stores.map(({ node }) => node), ...roots, ...roots]);
  const next = new Int32Array(stores.length); // stores of one node form a list
  const first = new Int32Array(k.size).fill(-1);
  for (let i = stores.length - 1; i >= 0; i--) {
    next[i] = first[stores[i]!.node]!;
    first[stores[i]!.node] = i;
  }
  const emitter = new Emitter(fn, k, uses);
  if (k.calls.length === 0) emitter.remaining = uses.slice();
  let zero = -1;
  for (let id = 0; id < k.size; id++) {
    if (uses[id] === 0) continue;
    if (emitter.needsLocal(id)) emitter.define(id);
    for (let i = first[id]!; i >= 0; i = next[i]!) {
      fn.get(stores[i]!.base ?? P);
      emitter.number(id);
      if (stores[i]!.isResult) {
        if (zero < 0) zero = fn.local(TYPE.f64); // locals begin as 0
        fn.get(zero);
        fn.op(I.f64Add);
      }
      fn.memory(I.f64Store, stores[i]!.offset);
    }
  }
  return emitter;
}

/** A sweep for pieces: everything outside of them is in memory, as the ledger says. */
export function pieceSweep(ledger: Ledger): FlatSweep {
  const { tape, isRead, isReached } = ledger;
  const sweep: FlatSweep = new FlatSweep(new Ssa(), tape, {
    value(slot) {
      isRead[slot] = 1;
      return sweep.k.load(P, ledger.valueAt(slot));
    },
    adjoint(slot) {
      if (slot === ledger.seed) return sweep.k.literal(1);
      if (isReached[slot]) return sweep.k.load(P, ledger.adjointAt(slot));
      return ledger.hasCore ? sweep.k.literal(-0) : -1;
    },
  });
  return sweep;
}

export function straightForward(fn: Fn, ledger: Ledger, sweep: FlatSweep, parts: readonly Part[]): void {
  const k = new Ssa();
  sweep.restart(k);
  const stores: Store[] = [];
  for (const { record, from, to } of parts) {
    sweep.forwardRecord(record, from, to);
    const out = outOf(ledger.tape, record);
    for (let slot = out + from; slot < out + to; slot++)
      if (ledger.isRead[slot]) stores.push({ node: sweep.value[slot]!, offset: ledger.valueAt(slot) });
  }
  emitAll(fn, k, stores, []);
}

export function straightReverse(fn: Fn, ledger: Ledger, sweep: FlatSweep, parts: readonly Part[]): void {
  const k = new Ssa();
  sweep.restart(k);
  for (const { record, from, to } of [...parts].reverse()) sweep.reverseRecord(record, from, to);
  const isOwn = new Set<number>();
  for (const { record, from, to } of parts) {
    const out = outOf(ledger.tape, record);
    for (let slot = out + from; slot < out + to; slot++) isOwn.add(slot);
  }
  const stores: Store[] = [];
  for (const slot of new Set(sweep.reached)) {
    if (isOwn.has(slot)) continue;
    const node = sweep.adjoint[slot]!;
    ledger.reach(slot, 1);
    if (node !== k.load(P, ledger.adjointAt(slot))) stores.push({ node, offset: ledger.adjointAt(slot) });
  }
  emitAll(fn, k, stores, []);
}

function outOf({ records }: Tape, record: number): number {
  return records[record * RECORD_WORDS + W.out]!;
}
