/**
 * Tapes by themselves: built by hand, printed, turned into bytes and back, checked, and run by either engine. A program
 * is a flat `Tape`, or a `LoopTape`, which is linked for given lengths before it runs.
 *
 * @example
 * import { fromBytes, interpreter, isLoopTape, tapeBuilder, toBytes } from 'wengert/tape';
 *
 * const t = tapeBuilder();
 * const x = t.input('x', 3);
 * const bytes = toBytes(t.build(t.op('prod', x)));
 *
 * const tape = fromBytes(bytes); // elsewhere, later
 * const machine = isLoopTape(tape) ? interpreter.loadLoops(tape) : interpreter.load(tape);
 * machine.point.set([2, 3, 4]);
 * machine.gradient(); // 24
 * machine.adjoint; // Float64Array [12, 8, 6]
 *
 * @module
 */
export type { Engine, EngineName, LoopMachine, Machine, RowMachine, RowReduce, Stepper, UpdateRule } from '../engine/engine.ts';
export { interpreter } from '../engine/interpreter/index.ts';
export { reference } from '../engine/reference/index.ts';
export { type Linked, link } from '../link/index.ts';
export type { OpName } from '../ops/vocabulary.ts';
export { type BuilderOutputs, type Node, type TapeBuilder, tapeBuilder } from './builder.ts';
export { fromBytes, toBytes } from './bytes.ts';
export type { Port, Signature, Tape } from './layout.ts';
export { type Lifted, lift } from './lift.ts';
export type {
  Access,
  Affine,
  Block,
  Body,
  Carry,
  Extent,
  Instruction,
  LoopPort,
  LoopTape,
  OutputFrom,
  Size,
  SizeId,
  Stack,
  Sum,
  View,
  View2,
} from './loops/layout.ts';
export { ARG_MAX, ARG_MIN, isLoopTape, sizesOf } from './loops/layout.ts';
export { type OverRows, overRows } from './loops/over.ts';
export { tangentLoops } from './loops/tangent/index.ts';
export { type Unrolled, type UnrollOptions, unroll } from './loops/unroll.ts';
export { validateLoops } from './loops/validate.ts';
export { print } from './print.ts';
export { validate } from './validate.ts';
