/**
 * Linked code as a module: one function for the values, one for values and adjoints.
 *
 *     forward(C, M, W) ─► 0, or 1 if a check failed
 *     gradient(C, M, W) ─► 0, or 1 if a check failed or the adjoint of a parameter is NaN
 *
 * C and M are the addresses of the code's words and of MEMORY (interpreter/loop-block.ts), W that of `room` bytes for partial
 * sums. After a 1 the interpreter does the call again: it says what failed, and it knows of gates. What is left in MEMORY is
 * less than what the interpreter leaves: outputs, and adjoints of parameters.
 */
import { HEAD, type Linked } from '../../../link/code.ts';
import { I, TYPE } from '../../../wasm/encode/instructions.ts';
import type { Fn, Signature } from '../../../wasm/encode/module.ts';
import { leave } from './nodes.ts';
import { Plan } from './plan.ts';
import { Code } from './read.ts';
import { Regions } from './regions.ts';
import { C, M, Scope } from './scope.ts';

const { i32 } = TYPE;
const F64 = 8;
const SWEEP: Signature = { params: [i32, i32, i32], results: [i32] };
const ENTER: Signature = { params: [i32, i32], results: [] };
const SETTLE: Signature = { params: [i32, i32], results: [i32] };

export interface LoopModule {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Bytes of room that its functions need. */
  readonly room: number;
}

/** O(instructions), whatever the lengths. */
export function loopModule(linked: Linked): LoopModule {
  const code = new Code(linked);
  const plan = new Plan(code);
  const regions = new Regions(code, plan);
  const pieces = plan.pieces.get(code.main)!;
  const [pre, fused, all] = [HEAD.pre, HEAD.fused, HEAD.all].map((word) => code.words[word]!) as [number, number, number];
  const between = (from: number, to: number): typeof pieces =>
    pieces.filter(({ instructions: [it] }) => it!.index >= from && it!.index < to);

  const begin = (name: string): Scope => {
    const fn = regions.module.fn(SWEEP, name);
    // totals, snapshots and single instructions are the core's: it looks words up in the program that it was told last
    fn.get(C);
    fn.get(M);
    fn.callImport('loopEnter', ENTER);
    return new Scope(fn, code, code.main);
  };

  const values = begin('forward');
  regions.forward(values, pieces, all, false);
  values.fn.i32(0);

  const scope = begin('gradient');
  const { fn } = scope;
  regions.forward(scope, between(0, pre), pre, true);
  seed(fn, linked);
  regions.reverse(scope, between(fused, all));
  for (const piece of between(pre, fused)) regions.both(scope, piece.instructions[0]!);
  regions.forward(scope, between(fused, all), all, true);
  regions.reverse(scope, between(0, pre));
  fn.i32(linked.p);
  adjoints(fn, linked);
  fn.callImport('settle', SETTLE);
  leave(fn);
  fn.i32(0);
  return { bytes: regions.module.bytes(), room: 64 * regions.totals };
}

function adjoints(fn: Fn, linked: Linked): void {
  fn.get(M);
  fn.i32(linked.adjoints * F64);
  fn.op(I.i32Add);
}

/** Adjoints of main become −0, that of the first output 1, if it has one. */
function seed(fn: Fn, linked: Linked): void {
  adjoints(fn, linked);
  fn.i32(linked.code[HEAD.clear]!);
  fn.callImport('clear', ENTER);
  const output = linked.outputs.find(({ count }) => count > 0);
  if (!output || output.offset >= linked.adjoints) return;
  fn.get(M);
  fn.f64(1);
  fn.memory(I.f64Store, (linked.adjoints + output.offset) * F64);
}
