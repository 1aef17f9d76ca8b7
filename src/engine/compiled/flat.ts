/**
 * A flat tape as straight-line code: one function for the value, one for value and gradient, all in locals.
 *
 *     evaluate(P) ─► the first output; all outputs are in their slots
 *     gradient(P) ─► the same, and the adjoints of the parameters in theirs
 *
 * P is the address of the program's block in the core's memory (interpreter/block.ts). A NaN among the adjoints sends the
 * whole call to the interpreter, which knows of gates.
 */
import { I, TYPE } from '../../wasm/encode/instructions.ts';
import { type Fn, ModuleWriter, type Signature } from '../../wasm/encode/module.ts';
import type { Tape } from '../../tape/layout.ts';
import { countUses, Emitter } from './emit.ts';
import { FlatSweep } from './flat-sweep.ts';
import { NODE, Ssa } from './ssa.ts';

/** Where a program's numbers lie, in bytes from P. */
export interface Offsets {
  readonly values: number;
  readonly adjoints: number;
}

const P = 0; // the only parameter
const F64 = 8;
const CALL: Signature = { params: [TYPE.i32], results: [TYPE.f64] };
const SETTLE: Signature = { params: [TYPE.i32, TYPE.i32], results: [TYPE.i32] };
/** Up to here NaNs are looked for, and −0 made to 0, one by one. */
const FEW = 16;

/** A number that goes to memory. */
interface Store {
  readonly node: number;
  readonly offset: number;
}

export function flatModule(tape: Tape, offsets: Offsets): Uint8Array<ArrayBuffer> {
  const module = new ModuleWriter();
  evaluate(module.fn(CALL, 'evaluate'), tape, offsets);
  gradient(module.fn(CALL, 'gradient'), tape, offsets);
  return module.bytes();
}

function sweepOf(tape: Tape, { values }: Offsets): FlatSweep {
  const k = new Ssa();
  return new FlatSweep(k, tape, (slot) => k.load(P, values + slot * F64));
}

/** Outputs that are computed; others are where they belong already. */
function outputStores({ tape, value, k }: FlatSweep, { values }: Offsets): Store[] {
  const slots = [...new Set(tape.outputs)].filter((slot) => value[slot]! >= 0 && k.op[value[slot]!] !== NODE.load);
  return slots.map((slot) => ({ node: value[slot]!, offset: values + slot * F64 }));
}

function evaluate(fn: Fn, tape: Tape, offsets: Offsets): void {
  const sweep = sweepOf(tape, offsets);
  sweep.forward();
  const result = sweep.valueOf(tape.outputs[0]!);
  const emitter = emitAll(fn, sweep.k, outputStores(sweep, offsets), [result]);
  emitter.number(result);
}

function gradient(fn: Fn, tape: Tape, offsets: Offsets): void {
  const { p } = tape;
  const sweep = sweepOf(tape, offsets);
  const { k } = sweep;
  sweep.forward();
  sweep.reverse();
  const result = sweep.valueOf(tape.outputs[0]!);
  const few = p <= FEW;
  const settled = (node: number): number => (few ? k.algebra.add(node, k.literal(0)) : node); // never −0
  const adjoints = Array.from(sweep.adjoint.subarray(0, p), (node) => settled(node < 0 ? k.literal(-0) : node));
  const check = few && p > 0 ? adjoints.reduce((s, node) => k.algebra.add(s, node)) : -1;
  const stores = adjoints.map((node, i) => ({ node, offset: offsets.adjoints + i * F64 }));
  const emitter = emitAll(fn, k, [...outputStores(sweep, offsets), ...stores], check < 0 ? [result] : [result, check, check]);
  if (p > 0) {
    if (check >= 0) {
      emitter.number(check); // NaN if one of them is, or if they are infinite with both signs
      emitter.number(check);
      fn.op(I.f64Ne);
    } else {
      fn.i32(p);
      fn.get(P);
      fn.i32(offsets.adjoints);
      fn.op(I.i32Add);
      fn.callImport('settle', SETTLE);
    }
    fn.open(I.if);
    fn.get(P);
    fn.callImport('gradient', CALL);
    fn.op(I.return);
    fn.op(I.end);
  }
  emitter.number(result);
}

/** Everything that leads to the stores and roots, in order; a number is stored as soon as it is known. Roots keep a local. */
function emitAll(fn: Fn, k: Ssa, stores: readonly Store[], roots: readonly number[]): Emitter {
  const kept = [...roots, ...roots];
  const uses = countUses(k, [...stores.map(({ node }) => node), ...kept]);
  const emitter = new Emitter(fn, k, uses);
  const offsetsOf = new Map<number, number[]>();
  for (const { node, offset } of stores) {
    const known = offsetsOf.get(node);
    if (known) known.push(offset);
    else offsetsOf.set(node, [offset]);
  }
  for (let id = 0; id < k.size; id++) {
    if (uses[id] === 0) continue;
    if (emitter.needsLocal(id)) emitter.define(id);
    for (const offset of offsetsOf.get(id) ?? []) {
      fn.get(P);
      emitter.number(id);
      fn.memory(I.f64Store, offset);
    }
  }
  return emitter;
}
