/**
 * Linked code in the core's memory: one block.
 *
 *     block ─► words of the code │ address of the room for generated code │ doubles: as src/link/code.ts draws them
 */
import { BODY, DO, HEAD, type Linked } from '../../link/code.ts';
import { roundUp } from '../../wasm/arena.ts';
import { F64 } from './block.ts';

const I32 = 4;
const ACTIVE = 1 << 16; // operand a has an adjoint

/** Code as the core takes it. */
export interface Prepared {
  readonly linked: Linked;
  readonly words: Int32Array;
  readonly bytes: number;
}

/** Code in its place. */
export interface Loaded {
  readonly linked: Linked;
  /** Addresses. */
  readonly code: number;
  readonly memory: number;
  /** Flat outputs. */
  readonly outputs: number;
  /** Adjoints to clear before a sweep. */
  readonly clear: number;
}

/** Where the word with the address of the room lies, and where the doubles begin, in bytes from the block. */
export const roomAt = ({ code }: Linked): number => code.length * I32;
export const doublesAt = ({ code }: Linked): number => roundUp((code.length + 1) * I32, 64);

/** Code for the core. A loop through which adjoints flow is marked, bit 0 of its mask: a reverse sweep leaves out all others. */
export function prepared(linked: Linked): Prepared {
  const words = linked.code.slice();
  /** @returns whether adjoints flow through body B */
  const visit = (B: number): boolean => {
    const list = words[B + BODY.list]!;
    let isActive = false;
    for (let k = list; k < list + words[B + BODY.all]!; k++) {
      const at = words[k]!;
      const kind = words[at]! & 255;
      if (kind === DO.region && visit(words[at + 1]!)) words[at]! |= ACTIVE;
      const operands = kind === DO.store || kind === DO.copy ? ACTIVE : 7 * ACTIVE;
      isActive ||= (words[at]! & operands) !== 0;
    }
    return isActive;
  };
  visit(words[HEAD.main]!);
  words[HEAD.output] = linked.outputs.find(({ count }) => count > 0)?.offset ?? linked.data; // where no adjoint is
  return { linked, words, bytes: doublesAt(linked) + roundUp((linked.size + 2) * F64, 64) };
}

/** The block may have served other code before. */
export function write(memory: { readonly buffer: ArrayBufferLike }, block: number, { linked, words }: Prepared): Loaded {
  const doubles = block + doublesAt(linked);
  new Int32Array(memory.buffer, block, words.length).set(words);
  const numbers = new Float64Array(memory.buffer, doubles, linked.adjoints);
  for (const [offset, value] of linked.constants) numbers[offset] = value;
  return {
    linked,
    code: block,
    memory: doubles,
    outputs: linked.outputs.reduce((sum, { count }) => sum + count, 0),
    clear: words[HEAD.clear]!,
  };
}
