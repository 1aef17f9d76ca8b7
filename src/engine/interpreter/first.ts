/**
 * Which contribution to an adjoint is the first? It can be stored instead of added, and its slots need no clearing: on
 * the moons network that is most of the traffic of the reverse sweep (measured: 1.39 → see bench/results.md). −0 + x is
 * x in every bit, so the result does not change.
 *
 * Found by walking the tape once in the order of the reverse sweep with a mark per slot. Only a whole run of neighbours
 * may be stored at once; everything else is added, and its slots are listed for clearing.
 */
import { FIRST_LIST_OP, OP } from '../../ops/vocabulary.ts';
import { GATHER, KIND, RECORD_WORDS, SEGMENT, STRIP_WORDS, type Tape, W } from '../../tape/layout.ts';

/** All strides are 0 or 1, as IN_PLACE in assembly/tape.ts. */
const IN_PLACE = 8;

export interface FirstContributions {
  /** Per record: bit j: operand j's contribution is the first; bit 3: all strides are 0 or 1. */
  readonly forms: Uint8Array;
  /** Pairs (slot, count), ascending: what must be −0 before a sweep; short gaps are cleared along. */
  readonly clears: Int32Array;
  /** The same among the row slots alone, for a tile of rows. */
  readonly rowClears: Int32Array;
}

export function firstContributions(tape: Tape): FirstContributions {
  const { records, indices, strips, segments, slots, outputs, p, rowStart } = tape;
  const forms = new Uint8Array(records.length / RECORD_WORDS);
  const touched = new Uint8Array(slots);
  const stored = new Uint8Array(slots);
  for (const slot of outputs) touched[slot] = 1; // the seeds

  const isRun = (r: number): boolean => ((records[r + W.head]! >> 8) & 255) === KIND.run;
  for (let r = 0; r < records.length; r += RECORD_WORDS) {
    const s = (records[r + W.as]! | records[r + W.bs]! | records[r + W.cs]!) >>> 1;
    if (isRun(r) && s === 0) forms[r / RECORD_WORDS] = IN_PLACE;
  }

  const markRun = (r: number, j: number): void => {
    const n = records[r + W.count]!;
    const base = records[r + W.a + 3 * j]!;
    const stride = records[r + W.as + 3 * j]!;
    if (stride === 1 && forms[r / RECORD_WORDS]! & IN_PLACE && !touched.subarray(base, base + n).includes(1)) {
      forms[r / RECORD_WORDS]! |= 1 << j;
      stored.fill(1, base, base + n);
      touched.fill(1, base, base + n);
    } else if (stride === 1) touched.fill(1, base, base + n);
    else if (stride === GATHER) for (let i = 0; i < n; i++) touched[indices[base + i]!] = 1;
    else for (let i = 0; i < n; i++) touched[base + i * stride] = 1;
  };
  const markList = (r: number, j: number): void => {
    const [n, k] = [records[r + W.count]!, records[r + W.k]!];
    const [base, stride, step] = [records[r + W.a + 3 * j]!, records[r + W.as + 3 * j]!, records[r + W.ak + 3 * j]!];
    for (let i = 0; i < n; i++)
      for (let e = 0; e < k; e++) touched[stride === GATHER ? indices[base + i * k + e]! : base + i * stride + e * step] = 1;
  };
  const markStrip = (r: number): void => {
    for (let i = 0, s = records[r + W.a]! * STRIP_WORDS; i < records[r + W.count]!; i++, s += STRIP_WORDS) {
      const active = (strips[s]! >> 16) & 7;
      if (active & 1) touched[strips[s + 1]!] = 1;
      if (active & 2) touched[strips[s + 2]!] = 1;
    }
  };

  for (const s of [SEGMENT.mixed, SEGMENT.parameter])
    for (let i = segments[s + 1]! - 1; i >= segments[s]!; i--) {
      const r = i * RECORD_WORDS;
      const head = records[r + W.head]!;
      const active = (head >> 16) & 7;
      if (((head >> 8) & 255) === KIND.strip) markStrip(r);
      else for (let j = 0; j < 3; j++) if ((active >> j) & 1) ((head & 255) >= FIRST_LIST_OP && (head & 255) <= OP.logsumexp ? markList : markRun)(r, j);
    }

  const all = ranges(stored, [[0, p], [p + tape.constants.length, rowStart], [rowStart + tape.q, slots]]);
  return { forms, clears: all, rowClears: ranges(stored, [[rowStart + tape.q, slots]]) };
}

/** Two short loops cost more than one that also clears what lies between. */
const GAP = 32;

/** The slots not stored first within `parts`: parameters and nodes; constants and data have no adjoints. */
function ranges(stored: Uint8Array, parts: readonly (readonly [number, number])[]): Int32Array {
  const out: number[] = [];
  for (const [from, to] of parts)
    for (let at = from; at < to; ) {
      const first = stored.indexOf(0, at);
      if (first < 0 || first >= to) break;
      let end = stored.indexOf(1, first);
      if (end < 0 || end > to) end = to;
      const before = out.length - 2;
      if (before >= 0 && first - (out[before]! + out[before + 1]!) < GAP) out[before + 1] = end - out[before]!;
      else out.push(first, end - first);
      at = end;
    }
  return Int32Array.from(out);
}
