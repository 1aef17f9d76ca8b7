/** What a standalone module says of itself, in a custom section, as JSON: for whoever writes a host for it. */
import { fail } from '../../errors.ts';
import { Reader, SECTION } from '../../wasm/link/bytes.ts';

/** An input or output in the memory of a standalone module. */
export interface PlacedPort {
  readonly name: string;
  readonly shape: readonly number[];
  /** Its first number, counted from the first of `point`, `data` or `output`. */
  readonly offset: number;
}

/** What is in the section `wengert`. */
export interface Description {
  readonly version: 1;
  /** Differentiated inputs, in `point` and `gradient`. */
  readonly inputs: readonly PlacedPort[];
  /** Inputs that are not differentiated, in `data`; of a program over rows, `rows` times what is said here, row after row. */
  readonly data: readonly PlacedPort[];
  /** Outputs, in `output` where there are several numbers. */
  readonly outputs: readonly PlacedPort[];
  readonly rows?: number;
  /** By name, what lengths are in this module. */
  readonly lengths: Readonly<Record<string, number>>;
  /** Why a sweep may stop: `fault()` is 1 for the first of them. */
  readonly checks: readonly { readonly what: string; readonly extent: number }[];
}

/** The name of the custom section. */
export const DESCRIPTION = 'wengert';

/** What a standalone module says of itself. @throws BadModule if it is none */
export function describe(bytes: Uint8Array): Description {
  const from = new Reader(bytes, 8);
  while (from.isMore) {
    const id = from.byte();
    const section = new Reader(from.take(from.u32()));
    if (id !== SECTION.custom || section.name() !== DESCRIPTION) continue;
    return JSON.parse(new TextDecoder().decode(section.take(section.end - section.at)));
  }
  return fail('BadModule', 'this is no module that toWasm wrote');
}
