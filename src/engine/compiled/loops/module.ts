/**
 * Linked code as a module: one function for the values, one for values and adjoints.
 *
 *     forward(C, M, W) ─► 0, or 1 if a check failed
 *     gradient(C, M, W) ─► 0, or 1 if a check failed or the adjoint of a parameter is NaN
 *     run(C) ─► the first output, its gradient computed, too; NaN where `gradient` gives 1
 *
 * C and M are the addresses of the code's words and of MEMORY (interpreter/loop-block.ts), W that of `room` bytes for partial
 * sums. After a 1 the interpreter does the call again: it says what failed, and it knows of gates. What is left in MEMORY is
 * less than what the interpreter leaves: outputs, and adjoints of parameters.
 */
import { DO, HEAD, type Linked } from '../../../link/code.ts';
import { OP } from '../../../ops/vocabulary.ts';
import { I, TYPE, V } from '../../../wasm/encode/instructions.ts';
import type { Fn, Signature } from '../../../wasm/encode/module.ts';
import { clear } from '../clear.ts';
import { leave } from './nodes.ts';
import { doublesAt, roomAt } from '../../interpreter/loop-block.ts';
import { Plan } from './plan.ts';
import { Code, type Instruction } from './read.ts';
import { Regions } from './regions.ts';
import { C, M, Scope } from './scope.ts';

const { i32, f64, v128 } = TYPE;
const F64 = 8;
const SWEEP: Signature = { params: [i32, i32, i32], results: [i32] };
const ENTER: Signature = { params: [i32, i32], results: [] };
const CALL: Signature = { params: [i32], results: [f64] };
const FLAG: Signature = { params: [], results: [i32] };
const SETTLE: Signature = { params: [i32, i32], results: [i32] };

export interface LoopModule {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Bytes of room that its functions need. */
  readonly room: number;
}

/** O(instructions), whatever the lengths. @param isRelaxed with contraction (../contract.ts), where that is safe */
export function loopModule(linked: Linked, isRelaxed = false): LoopModule {
  const code = new Code(linked);
  const plan = new Plan(code);
  const regions = new Regions(code, plan, isRelaxed && !needsSameBits(plan));
  const pieces = plan.pieces.get(code.main)!;
  const [pre, fused, all] = [HEAD.pre, HEAD.fused, HEAD.all].map((word) => code.words[word]!) as [number, number, number];
  const between = (from: number, to: number): typeof pieces =>
    pieces.filter(({ instructions: [it] }) => it!.index >= from && it!.index < to);

  const begin = (name: string): Scope => {
    return new Scope(regions.module.fn(SWEEP, name), code, code.main);
  };
  const end = ({ fn }: Scope): void => {
    fn.i32(0);
    // the core looks words up in the program that it was told last
    if (!regions.module.imports.some(isOfLoops)) return;
    fn.prepend(() => {
      fn.get(C);
      fn.get(M);
      fn.callImport('loopEnter', ENTER);
    });
  };

  const values = begin('forward');
  regions.forward(values, pieces, all, false);

  const scope = begin('gradient');
  const { fn } = scope;
  regions.forward(scope, between(0, pre), pre, true);
  seed(fn, linked);
  regions.reverse(scope, between(fused, all));
  for (const piece of between(pre, fused)) regions.both(scope, piece.instructions[0]!);
  regions.forward(scope, between(fused, all), all, true);
  regions.reverse(scope, between(0, pre));
  settle(fn, linked);
  leave(fn);
  end(values);
  end(scope);
  run(regions.module.fn(CALL, 'run'), fn, linked);
  return { bytes: regions.module.bytes(), room: 64 * regions.totals };
}

/**
 * Numbers are computed forward and, some of them, in reverse again, or by the core, and contraction may round them differently
 * there. That must not be where they are places in arrays, which only the first time are checked, nor where they are compared
 * for equality, as what is a maximum is.
 */
function needsSameBits({ pieces }: Plan): boolean {
  const isSuch = ({ kind, op }: Instruction): boolean => kind === DO.check || (kind === DO.op && (op === OP.eq || op === OP.ne));
  return [...pieces.keys()].some(({ list }) => list.some(isSuch));
}

/** Functions of the core that know of bodies and instructions (assembly/loops/generated.ts). */
const isOfLoops = (name: string): boolean => name.startsWith('loop');

/** Up to so many adjoints are looked at without a call. */
const FEW = 16;

/** Adjoints of parameters have +0 added; pushes 1 if one is NaN. */
function settle(fn: Fn, linked: Linked): void {
  const { p, code } = linked;
  if (p > FEW && code[code[HEAD.settles]! + 2] !== p) {
    fn.callImport('loopSettle', FLAG);
    return;
  }
  if (p === 0 || p > FEW) {
    fn.i32(p);
    adjoints(fn, linked);
    fn.callImport('settle', SETTLE);
    return;
  }
  const [pair, unequal, one] = [fn.local(v128), fn.local(v128), fn.local(f64)];
  const at = (i: number): number => (linked.adjoints + i) * F64;
  for (let i = 0; i + 1 < p; i += 2) {
    fn.get(M);
    fn.get(M);
    fn.vectorMemory(V.load, at(i));
    fn.f64x2(0);
    fn.vector(V.f64Add);
    fn.tee(pair);
    fn.vectorMemory(V.store, at(i));
    fn.get(pair);
    fn.get(pair);
    fn.vector(V.f64Ne);
    if (i > 0) {
      fn.get(unequal);
      fn.vector(V.or);
    }
    fn.set(unequal);
  }
  if (p > 1) {
    fn.get(unequal);
    fn.vector(V.anyTrue);
  }
  if (p % 2 === 0) return;
  fn.get(M);
  fn.get(M);
  fn.memory(I.f64Load, at(p - 1));
  fn.f64(0);
  fn.op(I.f64Add);
  fn.tee(one);
  fn.memory(I.f64Store, at(p - 1));
  fn.get(one);
  fn.get(one);
  fn.op(I.f64Ne);
  if (p > 1) fn.op(I.i32Or);
}

function run(fn: Fn, gradient: Fn, linked: Linked): void {
  const first = linked.outputs.find(({ count }) => count > 0);
  const room = fn.local(i32);
  fn.get(C);
  fn.memory(I.i32Load, roomAt(linked));
  fn.set(room);
  fn.get(C);
  fn.get(C);
  fn.i32(doublesAt(linked));
  fn.op(I.i32Add);
  fn.get(room);
  fn.call(gradient);
  fn.open(I.if, f64);
  fn.f64(Number.NaN);
  fn.op(I.else);
  fn.get(C);
  fn.memory(I.f64Load, doublesAt(linked) + (first?.offset ?? 0) * F64);
  fn.op(I.end);
}

function adjoints(fn: Fn, linked: Linked): void {
  fn.get(M);
  fn.i32(linked.adjoints * F64);
  fn.op(I.i32Add);
}

/** Adjoints of main that are not stored first become −0, that of the first output 1, if it has one. */
function seed(fn: Fn, linked: Linked): void {
  const { code } = linked;
  const at = code[HEAD.clears]!;
  for (let r = at + 1; r < at + 1 + 2 * code[at]!; r += 2) clear(fn, M, (linked.adjoints + code[r]!) * F64, code[r + 1]!);
  const output = linked.outputs.find(({ count }) => count > 0);
  if (!output || output.offset >= linked.adjoints) return;
  fn.get(M);
  fn.f64(1);
  fn.memory(I.f64Store, (linked.adjoints + output.offset) * F64);
}
