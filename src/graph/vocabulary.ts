/** The vocabulary as functions; expression.ts and vector.ts have it as methods. */
export * from './vocabulary/arithmetic.ts';
export * from './vocabulary/conditions.ts';
export type { BinaryFunction, Extreme, Reduction, TernaryFunction, UnaryFunction } from './vocabulary/forms.ts';
export * from './vocabulary/reductions.ts';
export * from './vocabulary/statistics.ts';
export * from './vocabulary/transcendental.ts';
