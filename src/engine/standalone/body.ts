/** What a standalone module is made from: a program in its place in memory, and how the sweeps over it are called. */

/** So many doubles from an address on. */
export interface Stretch {
  readonly at: number;
  readonly length: number;
}

/** A call with fixed arguments, i32 each: into the core, or into code of the program's own, that of loops having other signatures. */
export interface Call {
  readonly module: 'core' | 'program' | 'loops';
  readonly name: string;
  readonly arguments: readonly number[];
  /** Done after it, and its result taken, if it returned 1; else the result is 0. */
  readonly otherwise?: Call;
}

/** What the last call of a sweep returns: the value; or 1 for a fault and else 0, and then the value lies at an address. */
export type Result = 'value' | { readonly first: number | undefined };

export interface Body {
  /** Code of its own, beside the core's. */
  readonly program?: Uint8Array;
  /** Of a program with loops. */
  readonly loops?: Uint8Array;
  /** What lies in memory from the beginning. */
  readonly memory: readonly { readonly at: number; readonly bytes: Uint8Array }[];
  /** First address that is not used. */
  readonly end: number;
  readonly point: Stretch;
  readonly gradient: Stretch;
  /** Of many rows: row after row. */
  readonly data: Stretch;
  /** Where flat outputs lie after a sweep, in their order. */
  readonly outputs: readonly Stretch[];
  /** Once, when the module is instantiated. */
  readonly start: readonly Call[];
  readonly value: readonly Call[];
  readonly gradientSweep: readonly Call[];
  readonly result: Result;
}
