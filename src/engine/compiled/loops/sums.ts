/** Sums over the iterations of a loop, in the one order: assembly/loops/totals.ts has the picture. */
import { I, TYPE } from '../../../wasm/encode/instructions.ts';
import type { Fn, Signature } from '../../../wasm/encode/module.ts';
import type { Body, Instruction } from './read.ts';
import { clear } from '../clear.ts';
import { M, type Scope } from './scope.ts';

const { i32 } = TYPE;
const F64 = 8;

/** Iterations whose sums are complete before they are added to the total. */
export const BLOCK = 1024;

const TOTAL: Signature = { params: [i32, i32, i32, i32], results: [] };

/** n numbers from so many bytes of MEMORY on become −0. */
export function clearNumbers(fn: Fn, bytes: number, n: number): void {
  clear(fn, M, bytes, n);
}

/** At the first iteration of a block but the first one: the block before is complete. */
export function endBlock(scope: Scope, body: Body, sum: Instruction): void {
  const { fn } = scope;
  const iteration = scope.iterations.get(body.register)!;
  const sums = scope.code.word(sum, 3) * F64;
  fn.get(iteration);
  fn.i32(BLOCK - 1);
  fn.op(I.i32And);
  fn.op(I.i32Eqz);
  fn.get(iteration);
  fn.i32(0);
  fn.op(I.i32Ne);
  fn.op(I.i32And);
  fn.open(I.if);
  fn.i32(body.at);
  count(scope);
  fn.get(M);
  fn.i32(sums);
  fn.op(I.i32Add);
  fn.get(iteration);
  fn.i32(BLOCK);
  fn.op(I.i32Sub);
  fn.callImport('loopCombine', TOTAL);
  clearNumbers(fn, sums, 8 * body.width);
  fn.op(I.end);
}

function count({ fn, lanes }: Scope): void {
  if (lanes >= 0) fn.get(lanes);
  else fn.i32(1);
}

/** The total of a loop, into the body around. */
export function storeTotal(scope: Scope, body: Body, sum: Instruction, lanes: number): void {
  const { fn } = scope;
  const sums = scope.code.word(sum, 3) * F64;
  const { base, offset } = scope.value(scope.code.word(sum, 2));
  if (body.tile > 1 && body.n > 0) {
    fn.get(base);
    fn.get(M);
    fn.memory(I.f64Load, sums);
    fn.memory(I.f64Store, offset);
    return;
  }
  if (body.width === 1 && body.n <= BLOCK && body.n > 0) {
    fn.get(base);
    const load = (i: number): void => {
      fn.get(M);
      fn.memory(I.f64Load, sums + i * F64);
    };
    const pair = (i: number): void => {
      load(i);
      load(i + 4);
      fn.op(I.f64Add);
    };
    for (const i of [0, 1]) {
      pair(i);
      pair(i + 2);
      fn.op(I.f64Add);
    }
    fn.op(I.f64Add);
    fn.memory(I.f64Store, offset);
    return;
  }
  fn.i32(body.at);
  if (body.tile === 1 && lanes >= 0) fn.get(lanes);
  else fn.i32(1);
  fn.get(M);
  fn.i32(sums);
  fn.op(I.i32Add);
  fn.get(base);
  fn.i32(offset);
  fn.op(I.i32Add);
  fn.callImport('loopTotal', TOTAL);
}
