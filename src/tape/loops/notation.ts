/** How sizes, places and views of a program with loops are written. */
import type { Access, Affine, LoopTape, SizeId, View, View2 } from './layout.ts';

/** Longer sizes are written by their number. */
const LONGEST = 80;
const LETTERS = 'ijklmn';

export interface Notation {
  size(id: SizeId): string;
  /** The index of a body's loop. */
  index(body: number): string;
  array(array: number): string;
  /** `X[3·i + v4]`; just the name for an array of one. */
  place(access: Access): string;
  /** `X[3·i …]`, `X[i … by 3]` */
  view(view: View): string;
  /** `X[3·i … by 3, 1]` */
  view2(view: View2): string;
}

/** Names in one line, whatever is in them. */
export function plain(name: string): string {
  return name.replace(/\p{C}/gu, ' ');
}

export function notation(tape: LoopTape): Notation {
  const { inputs, lengths, blocks, bodies } = tape;
  const sizes = sizeTexts(tape);
  const size = (id: SizeId): string => sizes[id]!.text;
  const isConst = (id: SizeId, x: number): boolean => {
    const it = tape.sizes[id]!;
    return it.op === 'const' && it.value === x;
  };
  const names = inputs.map(({ name }, i) => (/^(?![av]\d+$)[\p{L}_][\p{L}\p{N}_]*$/u.test(name) ? name : `a${i}`));
  const taken = new Set([...names, ...lengths]);
  const letters = [...LETTERS].filter((letter) => !taken.has(letter));
  const depth = depths(bodies);
  const index = (body: number): string => letters[depth[body]! - 1] ?? `i${depth[body]}`;
  const array = (i: number): string => names[i] ?? `a${i}`;
  const term = (by: SizeId, of: string): string => {
    if (isConst(by, 1)) return of;
    return isConst(by, -1) ? `-${of}` : `${within(sizes[by]!, PRODUCT)}·${of}`;
  };
  const affine = ({ base, terms, picks }: Affine): string => {
    const parts = [...terms.map(({ body, by }) => term(by, index(body))), ...picks.map(({ value, by }) => term(by, `v${value}`))];
    if (!isConst(base, 0) || parts.length === 0) parts.push(size(base));
    return parts.join(' + ').replaceAll('+ -', '- ');
  };
  return {
    size,
    index,
    array,
    place: (from) => (isConst(blocks[from.array]!.size, 1) ? array(from.array) : `${array(from.array)}[${affine(from.at)}]`),
    view: ({ from, by }) => `${array(from.array)}[${affine(from.at)} …${isConst(by, 1) ? '' : ` by ${size(by)}`}]`,
    view2: ({ from, rowBy, colBy }) => `${array(from.array)}[${affine(from.at)} … by ${size(rowBy)}, ${size(colBy)}]`,
  };
}

const [SUM, PRODUCT, ATOM] = [0, 1, 2];
const SIGNS = { add: ' + ', sub: ' - ', mul: '·' };

interface SizeText {
  readonly text: string;
  readonly level: number;
}

/** In parentheses if it binds less than what is around. */
function within({ text, level }: SizeText, around: number): string {
  return level < around ? `(${text})` : text;
}

function sizeTexts({ sizes, lengths }: LoopTape): SizeText[] {
  const texts: SizeText[] = [];
  for (const it of sizes) {
    let next: SizeText;
    if (it.op === 'const') next = { text: String(it.value), level: it.value < 0 ? PRODUCT : ATOM };
    else if (it.op === 'length') next = { text: plain(lengths[it.length]!), level: ATOM };
    else {
      const level = it.op === 'mul' ? PRODUCT : SUM;
      const second = it.op === 'sub' ? PRODUCT : level;
      next = { text: `${within(texts[it.a]!, level)}${SIGNS[it.op]}${within(texts[it.b]!, second)}`, level };
    }
    texts.push(next.text.length <= LONGEST ? next : { text: `size ${texts.length}`, level: SUM });
  }
  return texts;
}

/** How many loops each body is in, its own counted. */
function depths(bodies: LoopTape['bodies']): Int32Array {
  const depth = new Int32Array(bodies.length);
  const todo = [0];
  for (let body: number | undefined; (body = todo.pop()) !== undefined; )
    for (const it of bodies[body]!.code) {
      if (it.kind !== 'region' && it.kind !== 'scan') continue;
      depth[it.body] = depth[body]! + 1;
      todo.push(it.body);
    }
  return depth;
}
