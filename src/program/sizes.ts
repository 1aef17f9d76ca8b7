/** Sizes of a program with loops, before lengths are known: as numbers where they are, and as text. */
import type { LoopTape, SizeId } from '../tape/loops/layout.ts';

/** The size, NaN if it depends on a length. */
export function constantSize(tape: LoopTape, id: SizeId): number {
  const size = tape.sizes[id]!;
  if (size.op === 'const') return size.value;
  if (size.op === 'length') return Number.NaN;
  const [a, b] = [constantSize(tape, size.a), constantSize(tape, size.b)];
  return size.op === 'add' ? a + b : size.op === 'sub' ? a - b : a * b;
}

/** The tape with a number for its last length, which no input carries. */
export function fixLength(tape: LoopTape, name: string, value: number): LoopTape {
  const last = tape.lengths.indexOf(name);
  const sizes = tape.sizes.map((size) => (size.op === 'length' && size.length === last ? { op: 'const' as const, value } : size));
  return { ...tape, sizes, lengths: tape.lengths.slice(0, last) };
}

const SIGNS = { add: '+', sub: '−', mul: '·' } as const;

/** `n`, `n+1`, `2·n` */
export function sizeText(tape: LoopTape, id: SizeId): string {
  const size = tape.sizes[id]!;
  if (size.op === 'const') return String(size.value);
  if (size.op === 'length') return tape.lengths[size.length]!;
  return `${sizeText(tape, size.a)}${SIGNS[size.op]}${sizeText(tape, size.b)}`;
}
