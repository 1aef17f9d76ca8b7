/** Linked code read for tests: the words of bodies by name, and the instructions of each body. */
import { BODY, DO, HEAD, type Linked } from '../../src/link/code.ts';

type Word = Exclude<keyof typeof BODY, number | 'words'>;
export type BodyWords = { readonly [word in Word]: number };

const WORDS = Object.keys(BODY).filter((name) => name !== 'words' && Number.isNaN(Number(name))) as Word[];

/** The words of a body, by its number in the tape. */
export function bodyOf({ code }: Linked, body: number): BodyWords {
  const at = HEAD.words + body * BODY.words;
  return Object.fromEntries(WORDS.map((word) => [word, code[at + BODY[word]]!])) as BodyWords;
}

export interface Words {
  readonly kind: keyof typeof DO;
  readonly word0: number;
  readonly words: readonly number[];
}

/** The instructions of a body, in the order of its list; `words` begin with word 0. */
export function instructionsOf(linked: Linked, body: number): Words[] {
  const { list, all } = bodyOf(linked, body);
  return Array.from(linked.code.subarray(list, list + all), (at) => {
    const word0 = linked.code[at]!;
    return { kind: DO[word0 & 255] as keyof typeof DO, word0, words: [...linked.code.subarray(at, at + 14)] };
  });
}

export function head({ code }: Linked): { pre: number; fused: number; all: number } {
  return { pre: code[HEAD.pre]!, fused: code[HEAD.fused]!, all: code[HEAD.all]! };
}
