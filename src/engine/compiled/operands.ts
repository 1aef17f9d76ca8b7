/** What records read. */
import { GATHER, KIND, RECORD_WORDS, STRIP_WORDS, type Tape, W } from '../../tape/layout.ts';
import { ARITY, LISTS } from '../../tape/nodes.ts';

/** The slots that nodes `from` to `to` of a record read, and whether adjoints flow there. */
export function eachOperand(
  { records, indices, strips }: Tape,
  record: number,
  from: number,
  to: number,
  visit: (slot: number, isActive: boolean) => void,
): void {
  const at = record * RECORD_WORDS;
  const op = records[at]! & 255;
  const kind = (records[at]! >> 8) & 255;
  if (kind === KIND.strip) {
    for (let s = (records[at + W.a]! + from) * STRIP_WORDS, end = s + (to - from) * STRIP_WORDS; s < end; s += STRIP_WORDS)
      for (let j = 0; j < ARITY[strips[s]! & 255]!; j++) visit(strips[s + 1 + j]!, ((strips[s]! >> (16 + j)) & 1) === 1);
    return;
  }
  const k = kind === KIND.list ? records[at + W.k]! : 1;
  for (let j = 0; j < (kind === KIND.list ? LISTS[op]! : ARITY[op]!); j++) {
    const base = records[at + W.a + 3 * j]!;
    const stride = records[at + W.as + 3 * j]!;
    const step = records[at + W.ak + 3 * j]!;
    const isActive = ((records[at]! >> (16 + j)) & 1) === 1;
    for (let i = from; i < to; i++)
      for (let e = 0; e < k; e++)
        visit(stride === GATHER ? indices[base + i * k + e]! : base + i * stride + (k > 1 ? e * step : 0), isActive);
  }
}
