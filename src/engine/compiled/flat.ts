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
import { FlatSweep } from './flat-sweep.ts';
import { F64, type Offsets, P } from './ledger.ts';
import { areNearlyAllLanes, cut, LIMITS, nodesOf } from './pieces.ts';
import { piecesModule } from './pieces-module.ts';
import { hasRows } from './rows.ts';
import { rowsModule } from './rows-code.ts';
import { NODE, Ssa } from './ssa.ts';
import { emitAll, type Store } from './straight.ts';

export type { Offsets } from './ledger.ts';
export { emitAll, type Store } from './straight.ts';

const { i32, f64 } = TYPE;
/** Of a sweep. */
export const CALL: Signature = { params: [i32], results: [f64] };
/** Up to here adjoints are looked at one by one, above that in a loop. Looking at each as it is stored keeps sums alive all along: 2 × as long for Rosenbrock 100; pairs would wait for stores of singles. */
const UNROLLED = 24;

/** @param isRelaxed with contraction (contract.ts) */
export function flatModule(tape: Tape, offsets: Offsets, isRelaxed = false): Uint8Array<ArrayBuffer> {
  const module = new ModuleWriter(isRelaxed);
  const nodes = nodesOf(tape);
  const pieces = nodes > LIMITS.whole ? cut(tape) : undefined;
  if (pieces && (nodes > LIMITS.straight || areNearlyAllLanes(tape, pieces))) piecesModule(module, tape, offsets, pieces);
  else emitSweeps(module.fn(CALL, 'evaluate'), module.fn(CALL, 'gradient'), tape, offsets);
  if (hasRows(tape)) rowsModule(module, tape, offsets);
  return module.bytes();
}

/** Nodes of both sweeps for each of the tape's, or more. */
const NODES = 3;

export function sweepOf(tape: Tape, { values }: Offsets): FlatSweep {
  const k = new Ssa(NODES * nodesOf(tape));
  return new FlatSweep(k, tape, { value: (slot) => k.load(P, values + slot * F64) });
}

/** Outputs, but for those that are inputs or are never computed at a call: they are where they belong already. */
function outputStores(sweep: FlatSweep, { values }: Offsets): Store[] {
  const { k, tape } = sweep;
  const stores = [...new Set(tape.outputs)].map((slot) => ({ node: sweep.valueOf(slot), offset: values + slot * F64 }));
  return stores.filter(({ node, offset }) => !(k.op[node] === NODE.load && k.b[node] === offset));
}

/**
 * The value into one function, value and gradient into another: their nodes are made once.
 *
 * @param gated where a NaN leads: a function that knows of gates; default: the core's. 'nowhere' if gates would change nothing.
 */
export function emitSweeps(value: Fn, fn: Fn, tape: Tape, offsets: Offsets, gated: Fn | 'core' | 'nowhere' = 'core'): void {
  const { p } = tape;
  const sweep = sweepOf(tape, offsets);
  const { k } = sweep;
  sweep.forward();
  const result = sweep.valueOf(tape.outputs[0]!);
  const outputs = outputStores(sweep, offsets);
  emitAll(value, k, outputs, [result]).number(result);
  sweep.reverse();
  const stores = adjointStores(sweep.adjoint.subarray(0, p), k, offsets);
  const emitter = emitAll(fn, k, [...outputs, ...stores], [result]);
  if (p > 0 && gated !== 'nowhere') {
    const sum = sumOfNumbers(fn, offsets.adjoints, p); // NaN if one of them is, or if they are infinite with both signs
    fn.get(sum);
    fn.get(sum);
    fn.op(I.f64Ne);
    fn.open(I.if);
    fn.get(P);
    if (gated === 'core') fn.callImport('gradient', CALL);
    else fn.call(gated);
    fn.op(I.return);
    fn.op(I.end);
  }
  emitter.number(result);
}

/** The adjoints of the parameters; one that nothing has reached is 0. */
export function adjointStores(nodes: Int32Array, k: Ssa, { adjoints }: Offsets): Store[] {
  return Array.from(nodes, (node, i) => ({ node: node < 0 ? k.literal(0) : node, offset: adjoints + i * F64, isResult: true }));
}

/** A local with the sum of n numbers from P + offset on: four sums side by side, in whatever order. */
function sumOfNumbers(fn: Fn, offset: number, n: number): number {
  const sums = Array.from({ length: 4 }, () => fn.local(f64));
  const add = (at: number, i: number, place: number): void => {
    fn.get(sums[i & 3]!);
    fn.get(at);
    fn.memory(I.f64Load, place);
    fn.op(I.f64Add);
    fn.set(sums[i & 3]!);
  };
  const whole = n <= UNROLLED ? 0 : n & ~7;
  if (whole > 0) {
    const at = fn.local(i32);
    const end = fn.local(i32);
    fn.get(P);
    fn.tee(at);
    fn.i32(whole * F64);
    fn.op(I.i32Add);
    fn.set(end);
    fn.open(I.loop);
    for (let i = 0; i < 8; i++) add(at, i, offset + i * F64);
    fn.get(at);
    fn.i32(8 * F64);
    fn.op(I.i32Add);
    fn.tee(at);
    fn.get(end);
    fn.op(I.i32LtU);
    fn.branch(I.brIf, 0);
    fn.op(I.end);
  }
  for (let i = whole; i < n; i++) add(P, i, offset + i * F64);
  fn.get(sums[0]!);
  fn.get(sums[1]!);
  fn.op(I.f64Add);
  fn.get(sums[2]!);
  fn.get(sums[3]!);
  fn.op(I.f64Add);
  fn.op(I.f64Add);
  fn.set(sums[0]!);
  return sums[0]!;
}
