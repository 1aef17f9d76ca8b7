/** Where a recorded tape lies, and what computes on it: in the core's memory (native.ts) or in the heap (heap.ts). */

/** Arrays that grow one by one; `adjoints` are tangents in a forward sweep. */
export type Part = 'values' | 'code' | 'lists' | 'scratch' | 'adjoints' | 'kept';

/** Scratch has room for so many copies of the longest list: operands, two of them for dot, partials, the kernels' own. */
export const COPIES = 4;

export abstract class Memory {
  values: Float64Array = NUMBERS;
  code: Int32Array = WORDS;
  lists: Int32Array = WORDS;
  scratch: Float64Array = NUMBERS;
  adjoints: Float64Array = NUMBERS;
  /** What an earlier sweep left at each node (micrograd). */
  kept: Float64Array = NUMBERS;

  /** The value of an op of one to three operands. */
  abstract readonly value: (op: number, x: number, y: number, w: number) => number;
  /** The value of an op over the first k numbers of scratch (dot: and the k behind them). */
  abstract list(op: number, k: number): number;

  /** Room for `length` elements of a part, what is there being kept. @throws OutOfMemory, with nothing changed */
  abstract reserve(part: Part, length: number): void;
  /** Adjoints of the nodes last … 0, from those that are there; −0 means not reached. */
  abstract pull(last: number, gated: boolean, kept: boolean): void;
  /** Tangents of the nodes first … last, from those before. */
  abstract push(first: number, last: number, gated: boolean): void;
  abstract dispose(): void;
  /** Makes the views anew if they were lost. */
  renew(): void {}

  /** Copies `count` numbers or words in; there is room for `length`. */
  take(part: Part, source: Float64Array | Int32Array, count: number, length = count): void {
    this.renew();
    if (this[part].length < length) this.reserve(part, 2 * length);
    (this[part] as Float64Array).set(source.subarray(0, count) as Float64Array);
  }
}

export const NUMBERS = new Float64Array(0);
export const WORDS = new Int32Array(0);

/** Adjoints that are all "not reached". */
export function clearAdjoints(memory: Memory, count: number): Float64Array {
  if (memory.adjoints.length < count) memory.reserve('adjoints', memory.values.length);
  return memory.adjoints.fill(-0, 0, count);
}
