/**
 * A rule is written once over an abstract number `T`; each reader of the table is one choice of `T`: plain numbers
 * (numbers.ts: what tests compare engines with), source text (print/: the core and kernels.ts).
 */
import type { OpName } from './vocabulary.ts';

export type ListOp = 'sum' | 'mean' | 'prod' | 'dot' | 'minOf' | 'maxOf' | 'norm' | 'logsumexp';
export type Ternary = 'clamp' | 'select' | 'attach';
export type Binary =
  | 'add' | 'sub' | 'mul' | 'div' | 'pow' | 'atan2' | 'hypot' | 'min' | 'max' | 'rem' | 'mod' | 'polygamma'
  | 'lt' | 'le' | 'gt' | 'ge' | 'eq' | 'ne' | 'expDifference'; // biome-ignore format: a list
export type Unary = Exclude<OpName, ListOp | Ternary | Binary>;

/** The operations a rule may use: literals and every op of one to three operands. */
export type Algebra<T> = { lit(x: number): T } & { [K in Unary]: (x: T) => T } & { [K in Binary]: (x: T, y: T) => T } & {
  [K in Ternary]: (x: T, y: T, w: T) => T;
};

/** What tests, documentation and the explorer read of every row. */
export interface Facts {
  /** One line: what it computes. */
  readonly doc: string;
  /** Where it is defined, as text; outside it the value and the derivative are NaN. */
  readonly domain?: string;
  /** The choice at a kink, jump or pole (SEMANTICS), as text. */
  readonly convention?: string;
  /** Points, one list of operands each, inside the domain and away from kinks: where the generic tests look. */
  readonly at: readonly (readonly number[])[];
  /** A partial of 0 is a closed gate: nothing passes, not even NaN. */
  readonly gate?: boolean;
  /** Jumps or kinks: operand values (as functions of the operands) whose zero crossing is one; tests keep 1e-6 away. */
  readonly breaks?: (...x: number[]) => number;
}

export interface ElementRow extends Facts {
  readonly arity: 1 | 2 | 3;
  /** The value in terms of simpler ops; absent where the algebra's own op is the definition (sin, exp …). */
  readonly value?: <T>(k: Algebra<T>, x: T, y: T, w: T) => T;
  /** ∂/∂operand for each operand, from the operands and the result z. */
  readonly partials: <T>(k: Algebra<T>, x: T, y: T, w: T, z: T) => readonly T[];
}

/** Over lists: plain numbers only, as the definition that engines are tested against. */
export interface ListRow extends Facts {
  readonly arity: 'list';
  /** Number of lists of equal length: 1, or 2 for dot. */
  readonly lists: 1 | 2;
  readonly of: (x: readonly number[], y: readonly number[]) => number;
  /** ∂/∂x_i, and ∂/∂y_i for dot, from operands and result. */
  readonly partialsOf: (x: readonly number[], y: readonly number[], z: number) => readonly [readonly number[], readonly number[]];
}

export type Row = ElementRow | ListRow;
