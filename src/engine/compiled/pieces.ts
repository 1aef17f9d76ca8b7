/**
 * A program in pieces: what is too long for one function of straight-line code.
 *
 *     records   ▤▤▤▤▤▤▤▤▤▤▤▤▤▤ ─── ▤▤▤▤▤▤▤▤▤ ═════════ ▪▪▪
 *     pieces    │ lanes        │s │ lanes    │ core    │s │      evaluate(P): 1 2 3 4 5
 *                 1             2   3          4        5        gradient(P): 1 2 3 4 5 · seed · 5 4 3 2 1
 *
 *     lanes      a loop over the nodes of records of one count (lane-group.ts)
 *     straight   strips, small records, short lists (straight.ts)
 *     repeat     strips that repeat themselves, as loops (strip-loop.ts)
 *     core       what is as fast in the interpreter: long lists, and what would be too much unrolled code
 *
 * Within a piece numbers are in locals; between pieces they are where the interpreter has them, values in V, adjoints in G.
 */
import { KIND, RECORD_WORDS, SEGMENT, type Tape, W } from '../../tape/layout.ts';
import { LISTS } from '../../tape/nodes.ts';
import { LaneGroup } from './lane-group.ts';
import type { Part } from './straight.ts';
import { type Repeat, repeatAt } from './strip-loop.ts';

export type Piece =
  | { readonly kind: 'lanes'; readonly group: LaneGroup }
  | { readonly kind: 'straight'; readonly parts: Part[]; size: number }
  | { readonly kind: 'repeat'; readonly repeat: Repeat }
  | { readonly kind: 'core'; readonly first: number; end: number };

/** Where one kind of piece gives way to another. */
export interface Limits {
  /** Records of fewer nodes are unrolled. */
  readonly lanesFrom: number;
  /** Nodes of a straight piece. */
  readonly straight: number;
  /** Elements of a list record that is unrolled. */
  readonly list: number;
  /** Nodes in straight pieces, altogether. */
  readonly unrolled: number;
}

export const LIMITS: Limits = { lanesFrom: 8, straight: 1500, list: 64, unrolled: 20_000 };

/** Nodes that run at every call, lists counted by their elements. */
export function nodesOf({ segments, records }: Tape): number {
  let nodes = 0;
  for (const segment of [SEGMENT.parameter, SEGMENT.mixed])
    for (let r = segments[segment]!; r < segments[segment + 1]!; r++) {
      const at = r * RECORD_WORDS;
      const isList = ((records[at]! >> 8) & 255) === KIND.list;
      nodes += records[at + W.count]! * (isList ? records[at + W.k]! * LISTS[records[at]! & 255]! : 1);
    }
  return nodes;
}

export function cut(tape: Tape, limits: Limits = LIMITS): Piece[] {
  const { segments, records } = tape;
  const to = new Cutter(tape, limits);
  for (const segment of [SEGMENT.parameter, SEGMENT.mixed])
    for (let r = segments[segment]!; r < segments[segment + 1]!; r++) {
      const kind = (records[r * RECORD_WORDS]! >> 8) & 255;
      const count = records[r * RECORD_WORDS + W.count]!;
      if (kind === KIND.strip) to.strip(r, count);
      else if (kind === KIND.list) {
        const size = count * records[r * RECORD_WORDS + W.k]! * LISTS[records[r * RECORD_WORDS]! & 255]!;
        if (size > limits.list) to.core(r);
        else to.straight({ record: r, from: 0, to: count }, size);
      } else if (count < limits.lanesFrom) to.straight({ record: r, from: 0, to: count }, count);
      else to.lanes(r, count);
    }
  return to.pieces;
}

class Cutter {
  readonly pieces: Piece[] = [];
  readonly #tape: Tape;
  readonly #limits: Limits;

  constructor(tape: Tape, limits: Limits) {
    this.#tape = tape;
    this.#limits = limits;
  }

  straight(part: Part, size: number): void {
    const last = this.pieces.at(-1);
    if (last?.kind === 'straight' && last.size + size <= this.#limits.straight) {
      last.parts.push(part);
      last.size += size;
    } else this.pieces.push({ kind: 'straight', parts: [part], size });
  }

  strip(record: number, count: number): void {
    let from = 0; // what is before is in pieces
    for (let e = 0; e < count; ) {
      const found = repeatAt(this.#tape, record, e, count);
      if (typeof found === 'number') e += found;
      else {
        this.#unroll(record, from, e);
        this.pieces.push({ kind: 'repeat', repeat: found });
        from = e += found.perTurn * found.turns;
      }
    }
    this.#unroll(record, from, count);
  }

  #unroll(record: number, first: number, end: number): void {
    const { straight } = this.#limits;
    for (let from = first; from < end; ) {
      const last = this.pieces.at(-1);
      const room = last?.kind === 'straight' && last.size < straight ? straight - last.size : straight;
      const to = Math.min(end, from + room);
      this.straight({ record, from, to }, to - from);
      from = to;
    }
  }

  core(record: number): void {
    const last = this.pieces.at(-1);
    if (last?.kind === 'core' && last.end === record) last.end++;
    else this.pieces.push({ kind: 'core', first: record, end: record + 1 });
  }

  lanes(record: number, count: number): void {
    const last = this.pieces.at(-1);
    if (last?.kind === 'lanes' && last.group.end === record && last.group.take()) return;
    const group = new LaneGroup(this.#tape, record);
    if (group.take()) this.pieces.push({ kind: 'lanes', group });
    else if (count <= this.#limits.list) this.straight({ record, from: 0, to: count }, count);
    else this.core(record); // its own contributions come in an order that no loop over lanes has
  }
}
