/** The vocabulary as functions; expression.ts, vector.ts and matrix.ts have it as methods. */
export type { Carried, Carrying, LoopIndex, Stackable, Stacked } from './types.ts';
export * from './vocabulary/arithmetic.ts';
export * from './vocabulary/arrays.ts';
export * from './vocabulary/conditions.ts';
export * from './vocabulary/derivatives.ts';
export type { BinaryFunction, Extreme, Reduction, TernaryFunction, Total, UnaryFunction } from './vocabulary/forms.ts';
export * from './vocabulary/loops.ts';
export * from './vocabulary/reductions.ts';
export * from './vocabulary/statistics.ts';
export * from './vocabulary/transcendental.ts';
