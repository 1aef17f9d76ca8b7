/**
 * A standalone module: a program, what it needs of the core, and memory, in one WebAssembly module without imports, for hosts
 * of any kind. entry.ts says what it exports. It has a custom section `wengert` that describes it, as JSON ({@link Description}).
 */
import { fail } from '../../errors.ts';
import { MAX_BYTES, roundUp } from '../../wasm/arena.ts';
import { coreBytes } from '../../wasm/core.ts';
import { Reader, SECTION, Writer } from '../../wasm/link/bytes.ts';
import { linkModules } from '../../wasm/link/index.ts';
import { readModule } from '../../wasm/link/module.ts';
import type { Body } from './body.ts';
import { type Description, DESCRIPTION } from './description.ts';
import { entryModule } from './entry.ts';

export type { Description, PlacedPort } from './description.ts';
export { generatedBody, generatedLoops } from './generated.ts';
export { flatBody, loopBody, type Rows } from './interpreted.ts';

/**
 * Writes the module.
 *
 * @param place the program, in memory from an address on
 * @param data numbers for its data; without: NaN, until the host writes some
 * @throws OutOfMemory if it does not fit into 4 GiB; EngineUnavailable where the core cannot be unpacked
 */
export function standalone(
  place: (base: number) => Body,
  description: Description,
  data: Float64Array | undefined,
): Uint8Array<ArrayBuffer> {
  const core = bytesOfCore();
  const body = place(heapBase(core));
  if (body.end > MAX_BYTES) fail('OutOfMemory', 'toWasm: a module of more than 4 GiB of memory is not possible');
  const numbers = description.outputs.reduce((sum, { shape }) => sum + shape.reduce((n, extent) => n * extent, 1), 0);
  const entry = entryModule(body, { hasSeveralOutputs: numbers !== 1, ...(data && { data }) });
  const linked = linkModules(
    { entry, core, ...(body.program && { program: body.program }), ...(body.loops && { loops: body.loops }) },
    'entry',
  );
  const section = new Writer().name(DESCRIPTION).raw(new TextEncoder().encode(JSON.stringify(description)));
  return new Writer().raw(linked).byte(SECTION.custom).sized(section.bytes()).bytes();
}

/** It is unpacked by a module of its own, which a runtime may refuse. */
function bytesOfCore(): Uint8Array {
  try {
    return coreBytes();
  } catch (cause) {
    return fail(
      'EngineUnavailable',
      `toWasm: the core cannot be unpacked here: ${cause instanceof Error ? cause.message : cause}`,
    );
  }
}

/** Everything below belongs to the core: what its function heapBase returns, read in its code. */
function heapBase(core: Uint8Array): number {
  const { exports, functions } = readModule(core);
  const { index } = exports.find(({ name }) => name === 'heapBase')!;
  const code = new Reader((functions[index] as { own: { code: Uint8Array } }).own.code);
  code.skip(2); // no locals, i32.const
  return roundUp(code.s33(), 64);
}
