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
import { GATHER, KIND, RECORD_WORDS, SEGMENT, type Tape, W } from '../../tape/layout.ts';
import { ARITY, LISTS } from '../../tape/nodes.ts';
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
  /** Programs of up to so many nodes are never cut. */
  readonly whole: number;
  /** Nodes of a straight piece; and of a program that is not cut unless it is nearly all lanes. */
  readonly straight: number;
  /** Elements of a list record that is unrolled. */
  readonly list: number;
  /** Instructions for single nodes and for records of few nodes, altogether. */
  readonly unrolled: number;
}

/**
 * Measured on irregular graphs, unrolled against interpreted, ns per node: 1,000 nodes 2.1 against 6.5, 4,000 2.7 against 4.5,
 * 8,000 3.8 against 4.2, 16,000 5.4 against 3.9, 65,000 more than 40 against 4: code that does not stay in the cache.
 */
export const LIMITS: Limits = { lanesFrom: 8, whole: 200, straight: 1500, list: 64, unrolled: 5000 };

/** A loop over this many lanes costs little per lane, whatever its code costs. */
const MANY_LANES = 64;
/** A loop of so many records is worth having for few lanes, too. */
const TOGETHER = 4;

/** Nodes that run at every call, lists counted by their elements. */
export function nodesOf(tape: Tape): number {
  return elementsOf(tape, SEGMENT.parameter) + elementsOf(tape, SEGMENT.mixed);
}

/** Nodes of a segment, lists counted by their elements. */
export function elementsOf({ segments, records }: Tape, segment: SEGMENT): number {
  return elementsBetween(records, segments[segment]!, segments[segment + 1]!);
}

/** Nodes of records `first` to `end`, lists counted by their elements. */
function elementsBetween(records: Int32Array, first: number, end: number): number {
  let nodes = 0;
  for (let at = first * RECORD_WORDS; at < end * RECORD_WORDS; at += RECORD_WORDS) {
    const isList = ((records[at]! >> 8) & 255) === KIND.list;
    nodes += records[at + W.count]! * (isList ? records[at + W.k]! * LISTS[records[at]! & 255]! : 1);
  }
  return nodes;
}

export function cut(tape: Tape, limits: Limits = LIMITS): Piece[] {
  const pieces = cutInto(new Cutter(tape, limits), tape, limits);
  const ways = new Uint8Array(tape.records.length / RECORD_WORDS);
  let size = 0;
  for (const piece of pieces) {
    const isLone = piece.kind === 'lanes' && isLoneGroup(tape, piece.group);
    const more = isLone ? piece.group.n * (piece.group.end - piece.group.first) : sizeOf(piece);
    const isTooMuch = more > 0 && size + more > limits.unrolled;
    if (!isTooMuch) size += more;
    if (isTooMuch || isLone) for (const record of recordsOf(piece)) ways[record] = isTooMuch ? WAY.core : WAY.unrolled;
  }
  if (ways.every((way) => way === WAY.any)) return pieces;
  const better = cutInto(new Cutter(tape, limits), tape, limits, ways);
  const byCore = better.reduce(
    (sum, piece) => sum + (piece.kind === 'core' ? elementsBetween(tape.records, piece.first, piece.end) : 0),
    0,
  );
  return byCore > MOSTLY * nodesOf(tape) ? cutInto(new Cutter(tape, limits), tape, limits, ways.fill(WAY.core)) : better;
}

/**
 * Where the core computes more than this part of a program, it computes all of it: going to and fro costs more than the rest
 * gains. Irregular graphs, code for 5,000 nodes and the core for the others: 8,000 nodes 0.9 of the time that the core alone
 * takes, 16,000 1.06, 65,000 1.1.
 */
const MOSTLY = 0.35;

/**
 * Whether loops over lanes compute nearly all of a program, sums of what they compute included. Then they pay from few lanes on:
 * Rosenbrock with sum([…]) of 32 terms takes 0.4 of the time of straight code, which keeps all terms alive until they are
 * added, of 100 terms 0.5; with one addition after another, of 30 terms 1.17, of 50 as much, of 100 0.8, of 180 0.7.
 */
export function areNearlyAllLanes(tape: Tape, pieces: readonly Piece[]): boolean {
  const nodes = pieces.reduce(
    (sum, piece) =>
      piece.kind === 'lanes' && piece.group.n >= FEW_LANES
        ? sum + elementsBetween(tape.records, piece.group.first, piece.group.end)
        : sum,
    0,
  );
  return nodes > 0.95 * nodesOf(tape);
}

const FEW_LANES = 32;

/** What is decided about a record. */
enum WAY { any, unrolled, core } // biome-ignore format: one line

/** Instructions that each run for a node or few. */
function sizeOf(piece: Piece): number {
  if (piece.kind === 'straight') return piece.size;
  return piece.kind === 'lanes' && piece.group.n < MANY_LANES ? 2 * (piece.group.end - piece.group.first) : 0;
}

/** A loop with little in it that looks its operands up gains nothing on the core's. */
function isLoneGroup({ records }: Tape, { first, end, n }: LaneGroup): boolean {
  if (end - first >= TOGETHER) return false;
  if (n < MANY_LANES) return true;
  for (let at = first * RECORD_WORDS; at < end * RECORD_WORDS; at += RECORD_WORDS)
    for (let j = 0; ((records[at]! >> 8) & 255) === KIND.run && j < ARITY[records[at]! & 255]!; j++)
      if (records[at + W.as + 3 * j] === GATHER) return true;
  return false;
}

function recordsOf(piece: Piece): readonly number[] {
  if (piece.kind === 'straight') return piece.parts.map(({ record }) => record);
  if (piece.kind === 'repeat') return [piece.repeat.record];
  const [first, end] = piece.kind === 'core' ? [piece.first, piece.end] : [piece.group.first, piece.group.end];
  return Array.from({ length: end - first }, (_, i) => first + i);
}

function cutInto(to: Cutter, tape: Tape, limits: Limits, ways?: Uint8Array): Piece[] {
  const { segments, records } = tape;
  for (const segment of [SEGMENT.parameter, SEGMENT.mixed])
    for (let r = segments[segment]!; r < segments[segment + 1]!; r++) {
      const kind = (records[r * RECORD_WORDS]! >> 8) & 255;
      const count = records[r * RECORD_WORDS + W.count]!;
      const way = ways?.[r] ?? WAY.any;
      if (way === WAY.core) to.core(r);
      else if (kind === KIND.strip) to.strip(r, count);
      else if (kind === KIND.list) {
        if (to.sum(r)) continue;
        const size = count * records[r * RECORD_WORDS + W.k]! * LISTS[records[r * RECORD_WORDS]! & 255]!;
        if (size > limits.list) to.core(r);
        else to.straight({ record: r, from: 0, to: count }, size);
      } else if (count < limits.lanesFrom || way === WAY.unrolled) to.straight({ record: r, from: 0, to: count }, count);
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
    let from = this.#chain(record); // what is before is in pieces
    for (let e = from; e < count; ) {
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

  /** How many entries are part of the loop before. */
  #chain(record: number): number {
    const last = this.pieces.at(-1);
    return last?.kind === 'lanes' && last.group.end === record && last.group.takeChain() ? last.group.n - 1 : 0;
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

  /** Can a sum be part of the loop before it, or is it long enough for one of its own? */
  sum(record: number): boolean {
    const last = this.pieces.at(-1);
    if (last?.kind === 'lanes' && last.group.end === record && last.group.takeSum()) return true;
    const k = this.#tape.records[record * RECORD_WORDS + W.k]!;
    if (k <= this.#limits.list || k < this.#limits.lanesFrom) return false;
    const group = new LaneGroup(this.#tape, record, k);
    if (!group.takeSum()) return false;
    this.pieces.push({ kind: 'lanes', group });
    return true;
  }

  core(record: number): void {
    const last = this.pieces.at(-1);
    if (last?.kind === 'core' && last.end === record) last.end++;
    else this.pieces.push({ kind: 'core', first: record, end: record + 1 });
  }

  lanes(record: number, count: number): void {
    const last = this.pieces.at(-1);
    if (last?.kind === 'lanes' && last.group.end === record && last.group.take()) return;
    const group = new LaneGroup(this.#tape, record, count);
    if (group.take()) this.pieces.push({ kind: 'lanes', group });
    else if (count <= this.#limits.list) this.straight({ record, from: 0, to: count }, count);
    else this.core(record); // its own contributions come in an order that no loop over lanes has
  }
}
