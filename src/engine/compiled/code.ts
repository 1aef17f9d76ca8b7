/** Code of flat tapes, put to work in a core once for all programs that it serves. */
import type { Tape } from '../../tape/layout.ts';
import type { Core, Exports } from '../interpreter/core.ts';
import { isKnown, KIND, type Kept, type Key, keptNow, keptSoon, type Made } from './cache.ts';
import { flatModule, type Offsets } from './flat.ts';

/** What a generated module does in place of the core. */
export interface FlatCode extends Pick<Exports, 'evaluate' | 'gradient'> {
  /** Over n rows of data; absent where rows are interpreted. */
  forwardRows?(P: number, n: number, mean: number): number;
  gradientRows?(P: number, n: number, mean: number): number;
}

/** All that decides what the code is. Constants and names are not in it: they are in memory, or nowhere. */
function keyOf(tape: Tape, { values, adjoints }: Offsets, isRelaxed: boolean): Key {
  const { p, q, slots, rowStart, constants, segments, records, indices, strips, outputs } = tape;
  const kind = isRelaxed ? KIND.relaxedFlat : KIND.flat;
  const sizes = Int32Array.of(kind, p, q, slots, rowStart, constants.length, values, adjoints);
  return [sizes, segments, records, indices, strips, outputs];
}

const made = (tape: Tape, offsets: Offsets, isRelaxed: boolean) => (): Made => ({
  bytes: flatModule(tape, offsets, isRelaxed),
  room: 0,
});

function work(one: Kept & { readonly module: WebAssembly.Module }, core: Core): FlatCode {
  if (one.core !== core || !one.code) {
    one.code = new WebAssembly.Instance(one.module, { core: core.imports }).exports;
    one.core = core;
  }
  return one.code as FlatCode;
}

/** Was code made for this tape before, or loaded? */
export function hasCode(tape: Tape, offsets: Offsets, isRelaxed: boolean): boolean {
  return isKnown(() => keyOf(tape, offsets, isRelaxed));
}

/** The code of a tape, at once. @throws what `new WebAssembly.Module` throws where code may not be generated, or not at once */
export function codeNow(tape: Tape, offsets: Offsets, core: Core, isRelaxed: boolean): FlatCode {
  return work(keptNow(keyOf(tape, offsets, isRelaxed), made(tape, offsets, isRelaxed)), core);
}

/** The same, while the program goes on. */
export async function codeSoon(tape: Tape, offsets: Offsets, core: Core, isRelaxed: boolean): Promise<FlatCode> {
  return work(await keptSoon(keyOf(tape, offsets, isRelaxed), made(tape, offsets, isRelaxed)), core);
}
