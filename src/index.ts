/**
 * Values and exact derivatives of numeric functions.
 *
 * @example
 * import { compile, data, scalar } from 'wengert';
 *
 * const J = compile(
 *   { w: scalar, b: scalar, x: data(scalar), y: data(scalar) },
 *   ({ w, b, x, y }) => w.mul(x).add(b).sub(y).square().mul(0.5),
 * );
 * J.gradient({ w: 2, b: 8, x: -2, y: 2 }); // { value: 2, gradient: { w: -4, b: 2 } }
 *
 * const point = new Float64Array([2.001, 8]); // flat: w, b
 * J.evaluate(point); // 1.996002
 *
 * @module
 */
// first, so that the core's text begins a bundle and does not part code from code like it: gzip looks 32 KB back (0.3 KB less)
export { type InitOptions, init } from './wasm/core.ts';

export { type Derivative, derivative } from './derivative.ts';
export type { EngineChoice } from './engine/choose.ts';
export type { EngineName, RowReduce } from './engine/engine.ts';
export { loadCode, saveCode } from './engine/compiled/saved.ts';
export { type ErrorCode, WengertError } from './errors.ts';
export type { ExplainedNode, ExplainOptions, Explanation } from './explain/explanation.ts';
export { type CheckedDerivative, type Gradcheck, type GradcheckOptions, gradcheck } from './gradcheck.ts';
export { Expr, type Scalar } from './graph/expression.ts';
export type { Carried, Carryable, Carrying, LoopIndex, Stackable, Stacked } from './graph/types.ts';
export { type Length, Matrix, Vector } from './graph/vector.ts';
export * from './graph/vocabulary.ts';
export type { Derivatives, Jacobian, SparseJacobian } from './program/derivatives.ts';
export type { JacobianOptions } from './program/jacobian.ts';
export type { RowsProgram } from './program/rows.ts';
export type { Hessian, SecondOrder, SparseHessian } from './program/second-order.ts';
export type { Runnable } from './program/runnable.ts';
export {
  type Data,
  type DataRows,
  type Declared,
  data,
  type Gradient,
  type Handles,
  type Inputs,
  type Kind,
  type MatrixValue,
  matrix,
  type Output,
  type Outputs,
  type Parameters,
  type Point,
  type RowsPoint,
  scalar,
  type Value,
  vector,
  type Weights,
} from './program/signature.ts';
export type { CallOptions, ProgramOptions } from './program/options.ts';
export type { WasmOptions } from './program/standalone.ts';
export { type RecordOptions, type Recording, record } from './record/record.ts';
export { Recorded, RecordedMatrix, RecordedVector } from './record/recorded.ts';
export type { RecordedHandles, RecordedOutput, RecordedOutputs, RecordedValue } from './record/types.ts';
export { compile, type OverOptions, Program } from './program.ts';
export type { Pattern } from './sparsity/sets.ts';
export type { Extent } from './tape/loops/layout.ts';
