/**
 * Generated modules: made once for each program, whatever its constants, and kept; put to work in a core once for all
 * programs that they serve. What is kept is found again by everything on the tape that decides what the code is.
 */
import type { Tape } from '../../tape/layout.ts';
import type { Core, Exports } from '../interpreter/core.ts';
import { flatModule, type Offsets } from './flat.ts';

/** What a generated module does in place of the core. */
export type FlatCode = Pick<Exports, 'evaluate' | 'gradient' | 'stepMomentum' | 'stepAdam'>;

interface Kept {
  readonly key: Key;
  readonly module: WebAssembly.Module;
  /** At work in this core. */
  core?: Core;
  code?: FlatCode;
}

type Key = readonly Int32Array[];

/** By hash. The modules of programs made over and over (a model per minibatch size) are few. */
const kept = new Map<number, Kept[]>();
let count = 0;
const MOST = 256;

/** Compiled programs may be forgotten; those at work go on. */
export function forget(): void {
  kept.clear();
  count = 0;
}

/** All that decides what the code is. Constants and names are not in it: they are in memory, or nowhere. */
function keyOf(tape: Tape, { values, adjoints }: Offsets): Key {
  const { p, q, slots, rowStart, constants, segments, records, indices, strips, outputs } = tape;
  const sizes = Int32Array.of(p, q, slots, rowStart, constants.length, values, adjoints);
  return [sizes, segments, records, indices, strips, outputs];
}

function hashOf(key: Key): number {
  let h = 0;
  for (const words of key) {
    h = Math.imul(h ^ words.length, 0x85ebca6b);
    for (let i = 0; i < words.length; i++) h = Math.imul((h << 13) | (h >>> 19), 5) + Math.imul(words[i]!, 0xcc9e2d51);
  }
  return h;
}

function equal(a: Key, b: Key): boolean {
  return a.every((words, k) => words.length === b[k]!.length && words.every((word, i) => word === b[k]![i]));
}

function find(key: Key, hash: number): Kept | undefined {
  return kept.get(hash)?.find((one) => equal(one.key, key));
}

function keep(key: Key, hash: number, module: WebAssembly.Module): Kept {
  if (count >= MOST) forget();
  const one: Kept = { key, module };
  const others = kept.get(hash);
  if (others) others.push(one);
  else kept.set(hash, [one]);
  count++;
  return one;
}

const imports = new WeakMap<Core, WebAssembly.ModuleImports>();

/** What generated code imports: the core's own functions. The loader wraps them in some of JavaScript, which can pass no vectors and takes longer. */
export function importsOf(core: Core): WebAssembly.ModuleImports {
  let known = imports.get(core);
  if (!known) {
    const own = (value: unknown) =>
      (value as { original?: WebAssembly.ImportValue } | undefined)?.original ?? (value as WebAssembly.ImportValue);
    known = Object.fromEntries(Object.entries(core.exports).map(([name, value]) => [name, own(value)]));
    imports.set(core, known);
  }
  return known;
}

function work(one: Kept, core: Core): FlatCode {
  if (one.core !== core || !one.code) {
    const { exports } = new WebAssembly.Instance(one.module, { core: importsOf(core) });
    one.core = core;
    one.code = exports as unknown as FlatCode;
  }
  return one.code;
}

/** The code of a tape, at once. @throws what `new WebAssembly.Module` throws where code may not be generated, or not at once */
export function codeNow(tape: Tape, offsets: Offsets, core: Core): FlatCode {
  const key = keyOf(tape, offsets);
  const hash = hashOf(key);
  const one = find(key, hash) ?? keep(key, hash, new WebAssembly.Module(flatModule(tape, offsets)));
  return work(one, core);
}

/** The same, while the program goes on. */
export async function codeSoon(tape: Tape, offsets: Offsets, core: Core): Promise<FlatCode> {
  const key = keyOf(tape, offsets);
  const hash = hashOf(key);
  const known = find(key, hash);
  if (known) return work(known, core);
  const module = await WebAssembly.compile(flatModule(tape, offsets));
  return work(find(key, hash) ?? keep(key, hash, module), core);
}
