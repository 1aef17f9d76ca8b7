/** The pattern of a flat tape's Jacobian: which parameters each output depends on. */
import { FIRST_LIST_OP } from '../ops/vocabulary.ts';
import { KIND, RECORD_WORDS, SEGMENT, STRIP_WORDS, type Tape, W } from '../tape/layout.ts';
import { listSlots, operandSlot } from '../tape/lift.ts';
import { passes } from './passes.ts';
import { type Pattern, Sets } from './sets.ts';

/** O(nodes + elements of lists), and what {@link Sets.pattern} takes. */
export function patternOfTape(tape: Tape): Pattern {
  const { p, slots, records, strips, segments, outputs } = tape;
  const sets = new Sets(p);
  const of = new Int32Array(slots); // set by slot
  for (let i = 0; i < p; i++) of[i] = sets.single(i);
  for (const segment of [SEGMENT.parameter, SEGMENT.mixed]) {
    for (let r = segments[segment]!; r < segments[segment + 1]!; r++) {
      const at = r * RECORD_WORDS;
      const head = records[at]!;
      const kind = (head >> 8) & 255;
      const out = records[at + W.out]!;
      for (let i = 0, n = records[at + W.count]!; i < n; i++) {
        let set = 0;
        if (kind === KIND.strip) {
          const s = (records[at + W.a]! + i) * STRIP_WORDS;
          const entry = strips[s]!;
          for (let j = 0; j < 2; j++)
            if ((entry >> (16 + j)) & 1 && passes(entry & 255, j)) set = sets.union(set, of[strips[s + 1 + j]!]!);
        } else {
          const op = head & 255;
          for (let j = 0; j < 3; j++) {
            if (!((head >> (16 + j)) & 1) || !passes(op, j)) continue;
            if (op < FIRST_LIST_OP) set = sets.union(set, of[operandSlot(tape, at, j, i)]!);
            else for (const slot of listSlots(tape, at, j, i)) set = sets.union(set, of[slot]!);
          }
        }
        of[out + i] = set;
      }
    }
  }
  return sets.pattern(Int32Array.from(outputs, (slot) => of[slot]!));
}
