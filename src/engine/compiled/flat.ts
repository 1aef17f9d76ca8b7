/**
 * A flat tape as straight-line code: one function for the value, one for value and gradient, all in locals.
 *
 *     evaluate(P) ─► the first output; all outputs are in their slots
 *     gradient(P) ─► the same, and the adjoints of the parameters in theirs
 *     stepMomentum(P, …), stepAdam(P, …) ─► a gradient and an update, as the core's functions of these names
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
const [ROWS, MEAN] = [1, 2]; // parameters of steps
/** Up to here adjoints are looked at one by one, above that in a loop. Looking at each as it is stored keeps sums alive all along: 2 × as long for Rosenbrock 100; pairs would wait for stores of singles. */
const UNROLLED = 24;

/** @param isRelaxed with contraction (contract.ts) */
export function flatModule(tape: Tape, offsets: Offsets, isRelaxed = false): Uint8Array<ArrayBuffer> {
  const module = new ModuleWriter(isRelaxed);
  const nodes = nodesOf(tape);
  const pieces = nodes > LIMITS.whole ? cut(tape) : undefined;
  const isCut = pieces && (nodes > LIMITS.straight || areNearlyAllLanes(tape, pieces));
  const whole = isCut ? piecesModule(module, tape, offsets, pieces) : straightModule(module, tape, offsets);
  const gradients = { whole, rows: hasRows(tape) ? rowsModule(module, tape, offsets) : undefined };
  step(module, 'stepMomentum', 'momentumStep', [i32, f64, f64], gradients, tape, offsets);
  step(module, 'stepAdam', 'adamStep', [i32, i32, f64, f64, f64, f64, f64, f64], gradients, tape, offsets);
  return module.bytes();
}

/** Returns the gradient. */
function straightModule(module: ModuleWriter, tape: Tape, offsets: Offsets): Fn {
  evaluate(module.fn(CALL, 'evaluate'), tape, offsets);
  const whole = module.fn(CALL, 'gradient');
  gradient(whole, tape, offsets);
  return whole;
}

/** A step of an optimiser: (P, rows, whether their mean, what the core's `update` takes); without rows the plain program's. */
function step(
  module: ModuleWriter,
  name: string,
  update: string,
  rest: TYPE[],
  gradients: { readonly whole: Fn; readonly rows: Fn | undefined },
  tape: Tape,
  offsets: Offsets,
): void {
  const fn = module.fn({ params: [i32, i32, i32, ...rest], results: [f64] }, name);
  if (gradients.rows) {
    fn.get(ROWS);
    fn.open(I.if, f64);
    for (const parameter of [P, ROWS, MEAN]) fn.get(parameter);
    fn.call(gradients.rows);
    fn.op(I.else);
  }
  fn.get(P);
  fn.call(gradients.whole);
  if (gradients.rows) fn.op(I.end);
  fn.i32(tape.p);
  for (const offset of [offsets.values, offsets.adjoints]) {
    fn.get(P);
    fn.i32(offset);
    fn.op(I.i32Add);
  }
  rest.forEach((_, i) => {
    fn.get(3 + i);
  });
  fn.callImport(update, { params: [i32, i32, i32, ...rest], results: [] });
}

export function sweepOf(tape: Tape, { values }: Offsets): FlatSweep {
  const k = new Ssa();
  return new FlatSweep(k, tape, { value: (slot) => k.load(P, values + slot * F64) });
}

/** Outputs, but for those that are inputs or are never computed at a call: they are where they belong already. */
function outputStores(sweep: FlatSweep, { values }: Offsets): Store[] {
  const { k, tape } = sweep;
  const stores = [...new Set(tape.outputs)].map((slot) => ({ node: sweep.valueOf(slot), offset: values + slot * F64 }));
  return stores.filter(({ node, offset }) => !(k.op[node] === NODE.load && k.b[node] === offset));
}

export function evaluate(fn: Fn, tape: Tape, offsets: Offsets): void {
  const sweep = sweepOf(tape, offsets);
  sweep.forward();
  const result = sweep.valueOf(tape.outputs[0]!);
  const emitter = emitAll(fn, sweep.k, outputStores(sweep, offsets), [result]);
  emitter.number(result);
}

/** @param gated where a NaN leads: a function that knows of gates; default: the core's. 'nowhere' if gates would change nothing. */
export function gradient(fn: Fn, tape: Tape, offsets: Offsets, gated: Fn | 'core' | 'nowhere' = 'core'): void {
  const { p } = tape;
  const sweep = sweepOf(tape, offsets);
  const { k } = sweep;
  sweep.forward();
  sweep.reverse();
  const result = sweep.valueOf(tape.outputs[0]!);
  const stores = adjointStores(sweep.adjoint.subarray(0, p), k, offsets);
  const emitter = emitAll(fn, k, [...outputStores(sweep, offsets), ...stores], [result]);
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
