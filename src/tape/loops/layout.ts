/**
 * A program with loops, as it is kept and sent: bodies of instructions, each run for i = 0 … count − 1.
 *
 *     body 0 (main)          what runs once
 *       ├─ body 1            a region: runs once for every i of its own loop
 *       │    └─ body 2       a loop in the loop
 *       └─ body 3
 *
 * *Values* are single numbers, numbered through the whole program; every value is defined by one instruction. *Arrays*
 * are blocks of numbers: inputs, or local to the body that fills them. An instruction may use values and arrays of its
 * own body and of the bodies around it. How large anything is depends on the *lengths* that are bound at the call, so
 * sizes are expressions over lengths; where anything lies is decided only then, by src/link.
 *
 * Nothing here knows of lanes, tiles, frames or addresses.
 */

/** An index into `sizes`. */
export type SizeId = number;

/** A whole number that is known once the lengths are bound. Operands come earlier in the table. */
export type Size =
  | { readonly op: 'const'; readonly value: number }
  | { readonly op: 'length'; readonly length: number } // index into `lengths`
  | { readonly op: 'add' | 'sub' | 'mul'; readonly a: SizeId; readonly b: SizeId };

/** How an input is declared: a number, or the name of a length. */
export type Extent = number | string;

export interface LoopPort {
  readonly name: string;
  readonly shape: readonly Extent[];
  readonly data: boolean;
}

/** A block of numbers. The first arrays are the inputs, in the order of the signature; scalars are arrays of one. */
export interface Block {
  readonly kind: 'param' | 'data' | 'local';
  readonly body: number; // whose it is; 0 for inputs
  readonly size: SizeId;
}

/** base + Σ by·(iteration of loop) + Σ by·(value of pick); picks are the `out` of a 'check'. */
export interface Affine {
  readonly base: SizeId;
  readonly terms: readonly { readonly body: number; readonly by: SizeId }[];
  readonly picks: readonly { readonly value: number; readonly by: SizeId }[];
}

/** A place in an array. `checks`: affine indices (without picks) that have to lie in 0 … extent − 1 for every iteration. */
export interface Access {
  readonly array: number;
  readonly at: Affine;
  readonly checks: readonly { readonly at: Affine; readonly extent: SizeId; readonly what: string }[];
}

/** n elements from a place on, `by` apart. Only a load may have picks that differ from iteration to iteration of a loop over lanes; lowering copies all other views that would. */
export interface View {
  readonly from: Access;
  readonly by: SizeId;
}

/** Element (i, j) lies at from + i·rowBy + j·colBy. */
export interface View2 {
  readonly from: Access;
  readonly rowBy: SizeId;
  readonly colBy: SizeId;
}

export type Instruction =
  /** A number. Always in body 0. */
  | { readonly kind: 'constant'; readonly out: number; readonly value: number }
  /** A size as a number. Always in body 0. */
  | { readonly kind: 'size'; readonly out: number; readonly size: SizeId }
  /** The iteration number of this body. */
  | { readonly kind: 'index'; readonly out: number }
  /** An op of one to three operands (src/ops/vocabulary.ts). */
  | { readonly kind: 'op'; readonly op: number; readonly out: number; readonly args: readonly number[] }
  /** An element of an array. */
  | { readonly kind: 'load'; readonly out: number; readonly from: Access }
  /** out = a, once it is a whole number in 0 … extent − 1; else the sweep ends with OutOfRange. Has no derivative. */
  | { readonly kind: 'check'; readonly out: number; readonly a: number; readonly extent: SizeId; readonly what: string }
  /** A value becomes an element of a local array of this body. */
  | { readonly kind: 'store'; readonly a: number; readonly into: Access }
  /** n elements are copied into a local array of this body. */
  | { readonly kind: 'copy'; readonly n: SizeId; readonly from: View; readonly into: View }
  /** A list op (sum … logsumexp, or argMin, argMax) over n elements; dot has two views. */
  | {
      readonly kind: 'reduce';
      readonly op: number;
      readonly out: number;
      readonly n: SizeId;
      readonly a: View;
      readonly b?: View;
    }
  /** array (m × n, local to this body, row by row) = a (m × k) · b (k × n). matVec: n = 1. */
  | {
      readonly kind: 'contract';
      readonly array: number;
      readonly m: SizeId;
      readonly n: SizeId;
      readonly k: SizeId;
      readonly a: View2;
      readonly b: View2;
    }
  /**
   * array (local to this body) = 0, then array[at[e]] += from[e] for e = 0 … n − 1: the adjoint of loads from computed places.
   * What is no index into it is left out; `at` has no derivative.
   */
  | { readonly kind: 'scatter'; readonly array: number; readonly n: SizeId; readonly from: View; readonly at: View }
  /** Runs a body for i = 0 … count − 1; its iterations are independent of each other. */
  | { readonly kind: 'region'; readonly body: number; readonly sums: readonly Sum[]; readonly stacks: readonly Stack[] }
  /** Runs a body for i = 0 … count − 1, one after the other; what it carries goes from each to the next. */
  | {
      readonly kind: 'scan';
      readonly body: number;
      readonly sums: readonly Sum[];
      readonly stacks: readonly Stack[];
      readonly carries: readonly Carry[];
    };

/** out (of the body around) = Σ over iterations of `value` (of the body, or of one around it); 0 if there are none. */
export interface Sum {
  readonly value: number;
  readonly out: number;
}

/** Array `into` (of the body around) holds, iteration by iteration, a value or the first n elements of a view. */
export type Stack =
  | { readonly value: number; readonly into: number }
  | { readonly view: View; readonly n: SizeId; readonly into: number };

/**
 * One number or one array that is carried. `init` and `out` belong to the body around, `in` and `next` to the scan's body.
 * `in` of a number is a value that no instruction defines; `in` and `out` of an array are local arrays that none fills.
 */
export type Carry =
  | { readonly kind: 'number'; readonly init: number; readonly in: number; readonly next: number; readonly out: number }
  | {
      readonly kind: 'array';
      readonly n: SizeId;
      readonly init: View;
      readonly in: number;
      readonly next: View;
      readonly out: number;
    };

export interface Body {
  readonly parent: number; // −1 for main
  readonly count: SizeId; // of main: 1
  readonly code: readonly Instruction[]; // definitions before uses
}

export interface LoopTape {
  readonly inputs: readonly LoopPort[];
  readonly outputs: readonly { readonly name: string; readonly shape: readonly SizeId[]; readonly from: OutputFrom }[];
  readonly single: boolean; // the function returned one bare expression
  readonly lengths: readonly string[];
  readonly sizes: readonly Size[];
  readonly blocks: readonly Block[];
  readonly bodies: readonly Body[];
  readonly values: number; // how many
  readonly names: readonly (readonly [value: number, name: string])[];
}

/** An output is a value or an array of main, or a whole input array; row by row, without gaps. */
export type OutputFrom = { readonly value: number } | { readonly array: number };

/** List ops that only loops have: the place of the smallest or largest element, the first of them if there are several; no derivative. Above all opcodes of the vocabulary. */
export const ARG_MIN = 250;
export const ARG_MAX = 251;

export function isLoopTape(tape: object): tape is LoopTape {
  return 'bodies' in tape;
}

/** All sizes for these lengths. @returns by SizeId */
export function sizesOf(tape: LoopTape, lengths: readonly number[]): Float64Array {
  const result = new Float64Array(tape.sizes.length);
  tape.sizes.forEach((size, i) => {
    if (size.op === 'const') result[i] = size.value;
    else if (size.op === 'length') result[i] = lengths[size.length]!;
    else {
      const a = result[size.a]!;
      const b = result[size.b]!;
      result[i] = size.op === 'add' ? a + b : size.op === 'sub' ? a - b : a * b;
    }
  });
  return result;
}
