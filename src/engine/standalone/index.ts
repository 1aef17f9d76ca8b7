/**
 * A standalone module: a program, what it needs of the core, and memory, in one WebAssembly module without imports, for hosts
 * of any kind. entry.ts says what it exports. It has a custom section `wengert` that describes it, as JSON ({@link Description}).
 */
import { fail } from '../../errors.ts';
import { roundUp } from '../../wasm/arena.ts';
import { coreBytes } from '../../wasm/core.ts';
import { MAX_BYTES } from '../../wasm/arena.ts';
import { Reader, SECTION, Writer } from '../../wasm/link/bytes.ts';
import { linkModules } from '../../wasm/link/index.ts';
import { readModule } from '../../wasm/link/module.ts';
import type { Body } from './body.ts';
import { entryModule } from './entry.ts';

export { flatBody, loopBody, type Rows } from './interpreted.ts';
export type { Body } from './body.ts';

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

/**
 * Writes the module.
 *
 * @param place the program, in memory from an address on
 * @param data numbers for its data; without: NaN, until the host writes some
 * @throws OutOfMemory if it does not fit into 4 GiB
 */
export function standalone(
  place: (base: number) => Body,
  description: Description,
  data: Float64Array | undefined,
): Uint8Array<ArrayBuffer> {
  const core = coreBytes();
  const body = place(heapBase(core));
  if (body.end > MAX_BYTES) fail('OutOfMemory', 'toWasm: a module of more than 4 GiB of memory is not possible');
  const numbers = description.outputs.reduce((sum, { shape }) => sum + shape.reduce((n, extent) => n * extent, 1), 0);
  const entry = entryModule(body, { hasSeveralOutputs: numbers !== 1, ...(data && { data }) });
  const linked = linkModules({ entry, core, ...(body.program && { program: body.program }) }, 'entry');
  const section = new Writer().name(DESCRIPTION).raw(new TextEncoder().encode(JSON.stringify(description)));
  return new Writer().raw(linked).byte(SECTION.custom).sized(section.bytes()).bytes();
}

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

/** Everything below belongs to the core: what its function heapBase returns, read in its code, so that no runtime is needed. */
function heapBase(core: Uint8Array): number {
  const { exports, functions } = readModule(core);
  const { index } = exports.find(({ name }) => name === 'heapBase')!;
  const code = new Reader((functions[index] as { own: { code: Uint8Array } }).own.code);
  code.skip(2); // no locals, i32.const
  return roundUp(code.s33(), 64);
}
