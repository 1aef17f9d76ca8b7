/** Modules of linked code, made once and kept: programs of the same words need no other, nor do lengths that come again. */
import type { Linked } from '../../../link/code.ts';
import { type LoopModule, loopModule } from './module.ts';

export interface KeptModule {
  readonly module: WebAssembly.Module;
  /** Bytes of room that its functions need. */
  readonly room: number;
}

interface Kept extends KeptModule {
  readonly linked: Linked;
}

const kept = new Map<number, Kept[]>();
let count = 0;
const MOST = 256;

function hashOf({ code }: Linked): number {
  let h = code.length;
  for (const word of code) h = Math.imul((h << 13) | (h >>> 19), 5) + Math.imul(word, 0xcc9e2d51);
  return h;
}

/** Is everything the same that decides what the module is? */
function isSame(a: Linked, b: Linked): boolean {
  return (
    a.p === b.p &&
    a.data === b.data &&
    a.adjoints === b.adjoints &&
    a.code.length === b.code.length &&
    a.code.every((word, i) => word === b.code[i]) &&
    a.constants.length === b.constants.length &&
    a.constants.every(([offset, value], i) => offset === b.constants[i]![0] && Object.is(value, b.constants[i]![1])) &&
    a.outputs.length === b.outputs.length &&
    a.outputs.every(({ offset, count }, i) => offset === b.outputs[i]!.offset && count === b.outputs[i]!.count)
  );
}

function find(linked: Linked, hash: number): Kept | undefined {
  return kept.get(hash)?.find((one) => one.linked === linked || isSame(one.linked, linked));
}

function keep(linked: Linked, hash: number, module: WebAssembly.Module, { room }: LoopModule): Kept {
  if (count >= MOST) {
    kept.clear();
    count = 0;
  }
  const one: Kept = { linked, module, room };
  const others = kept.get(hash);
  if (others) others.push(one);
  else kept.set(hash, [one]);
  count++;
  return one;
}

/** The module of linked code, at once. @throws what `new WebAssembly.Module` throws where code may not be generated, or not at once */
export function moduleNow(linked: Linked): KeptModule {
  const hash = hashOf(linked);
  const known = find(linked, hash);
  if (known) return known;
  const made = loopModule(linked);
  return keep(linked, hash, new WebAssembly.Module(made.bytes), made);
}

/** The same, while the program goes on. */
export async function moduleSoon(linked: Linked): Promise<KeptModule> {
  const hash = hashOf(linked);
  const known = find(linked, hash);
  if (known) return known;
  const made = loopModule(linked);
  const module = await WebAssembly.compile(made.bytes);
  return find(linked, hash) ?? keep(linked, hash, module, made);
}
