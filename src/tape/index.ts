/**
 * Tapes by themselves: built by hand, printed, turned into bytes and back, checked, and run by either engine.
 *
 * @example
 * import { fromBytes, interpreter, tapeBuilder, toBytes } from 'wengert/tape';
 *
 * const t = tapeBuilder();
 * const x = t.input('x', 3);
 * const bytes = toBytes(t.build(t.op('prod', x)));
 *
 * const machine = interpreter.load(fromBytes(bytes)); // elsewhere, later
 * machine.point.set([2, 3, 4]);
 * machine.gradient(); // 24
 * machine.adjoint; // Float64Array [12, 8, 6]
 *
 * @module
 */
export type { Engine, EngineName, Machine, RowReduce, Stepper, UpdateRule } from '../engine/engine.ts';
export { interpreter } from '../engine/interpreter/index.ts';
export { reference } from '../engine/reference/index.ts';
export type { OpName } from '../ops/vocabulary.ts';
export { type BuilderOutputs, type Node, type TapeBuilder, tapeBuilder } from './builder.ts';
export { fromBytes, toBytes } from './bytes.ts';
export type { Port, Signature, Tape } from './layout.ts';
export { type Lifted, lift } from './lift.ts';
export { print } from './print.ts';
export { validate } from './validate.ts';
