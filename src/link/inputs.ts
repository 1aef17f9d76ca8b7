/** Where the inputs lie, one after the other, and which of their elements are read there. */
import type { LoopTape } from '../tape/loops/layout.ts';

export const FAR = 1 << 24; // offsets of operands lie below

export interface Inputs {
  /** Numbers of parameters, and of data. */
  readonly p: number;
  readonly q: number;
  /** Offset of each input among them, by array; 0 for others. */
  readonly offset: Float64Array;
  /** Loads of an element that is always the same: the operand word of where it lies. These values need no place of their own. */
  readonly aliases: ReadonlyMap<number, number>;
}

export function inputsOf(tape: LoopTape, sizes: Float64Array): Inputs {
  const offset = new Float64Array(tape.blocks.length);
  let p = 0;
  let q = 0;
  tape.blocks.forEach(({ kind, size }, i) => {
    if (kind === 'local') return;
    offset[i] = kind === 'param' ? p : q;
    if (kind === 'param') p += sizes[size]!;
    else q += sizes[size]!;
  });
  const aliases = new Map<number, number>();
  for (const { code } of tape.bodies)
    for (const it of code) {
      if (it.kind !== 'load' || it.from.at.terms.length > 0 || it.from.at.picks.length > 0) continue;
      const { kind } = tape.blocks[it.from.array]!;
      const at = offset[it.from.array]! + sizes[it.from.at.base]!;
      if (kind !== 'local' && at < FAR) aliases.set(it.out, (Number(kind === 'data') << 24) | at);
    }
  return { p, q, offset, aliases };
}
