/**
 * Generated modules: made once for each program, whatever its constants, and kept. What is kept is found again by all that
 * decides what the code is, word by word: a hash alone might be that of another program.
 */

/** What the first word of a key says: of what kind the program is, and whether its code is contracted (contract.ts). */
export enum KIND { flat, loops, relaxedFlat, relaxedLoops } // biome-ignore format: one line

/** Lists of words; the first word is a {@link KIND}. */
export type Key = readonly Int32Array[];

export interface Made {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Bytes of memory that its functions need beside the program's. */
  readonly room: number;
}

export interface Kept extends Made {
  readonly key: Key;
  module: WebAssembly.Module | undefined;
  /** At work in this core; both are their owner's. */
  core?: object;
  code?: unknown;
}

/** Programs made over and over (a model per minibatch size) are few. */
const MOST = 256;

const kept = new Map<number, Kept[]>(); // by hash
let count = 0;

function hashOf(key: Key): number {
  let h = 0;
  for (const words of key) {
    h = Math.imul(h ^ words.length, 0x85ebca6b);
    for (let i = 0; i < words.length; i++) h = Math.imul((h << 13) | (h >>> 19), 5) + Math.imul(words[i]!, 0xcc9e2d51);
  }
  return h;
}

function equal(a: Key, b: Key): boolean {
  return (
    a.length === b.length && a.every((words, k) => words.length === b[k]!.length && words.every((word, i) => word === b[k]![i]))
  );
}

/** Is there code for this? O(1) if there is none at all. */
export function isKnown(key: () => Key): boolean {
  return count > 0 && find(key()) !== undefined;
}

function find(key: Key, hash: number = hashOf(key)): Kept | undefined {
  return kept.get(hash)?.find((one) => equal(one.key, key));
}

/** Keeps code; it is compiled when it is needed. */
export function keep(key: Key, { bytes, room }: Made, module?: WebAssembly.Module): Kept {
  if (count >= MOST) {
    kept.clear(); // those at work go on
    count = 0;
  }
  const one: Kept = { key, bytes, room, module };
  const hash = hashOf(key);
  const others = kept.get(hash);
  if (others) others.push(one);
  else kept.set(hash, [one]);
  count++;
  return one;
}

export function* all(): Generator<Kept> {
  for (const list of kept.values()) yield* list;
}

/** What is kept under a key, or what `make` makes; compiled. @throws what `new WebAssembly.Module` throws where code may not be generated, or not at once */
export function keptNow(key: Key, make: () => Made): Kept & { readonly module: WebAssembly.Module } {
  let one = find(key);
  if (!one) {
    const made = make();
    one = keep(key, made, new WebAssembly.Module(made.bytes));
  }
  one.module ??= new WebAssembly.Module(one.bytes);
  return one as Kept & { readonly module: WebAssembly.Module };
}

/** The same, while the program goes on. */
export async function keptSoon(key: Key, make: () => Made): Promise<Kept & { readonly module: WebAssembly.Module }> {
  const known = find(key);
  const made = known ?? make();
  const module = known?.module ?? (await WebAssembly.compile(made.bytes));
  const one = find(key) ?? keep(key, made, module);
  one.module ??= module;
  return one as Kept & { readonly module: WebAssembly.Module };
}
