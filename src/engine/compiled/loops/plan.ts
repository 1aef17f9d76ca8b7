/**
 * What generated code is cut into. A *segment* is a stretch of instructions that compute, read and write single numbers: in
 * lanes it becomes one loop over pairs of lanes, its values in locals. Everything else stands between segments.
 *
 * Of each value it is found out whether other pieces see it: only then it is stored where link has given it a place.
 */
import { DO, HEAD } from '../../../link/code.ts';
import { OP } from '../../../ops/vocabulary.ts';
import { type Body, bodyOf, type Code, type Instruction, isWide, keyOf, type Place, registerIn } from './read.ts';

/** Instructions of a segment: functions of more than some 2,000 nodes run slower per node, and a reverse sweep has about three per instruction. */
const LONGEST = 400;

export interface Piece {
  readonly body: Body;
  readonly isSegment: boolean;
  readonly instructions: readonly Instruction[];
  /**
   * Loads whose adjoints cannot be handed on lane by lane, for other adjoints of the same places are handed on in other
   * lanes, and an instruction comes after all lanes of the one after it.
   */
  readonly deferred: Set<Instruction>;
}

export interface Value {
  /** What computes it; undefined for what a scan carries, totals and results of reductions: they are in memory. */
  readonly by: Instruction | undefined;
  readonly piece: Piece | undefined;
  /** Other pieces read it. */
  escapes: boolean;
  /** Other pieces add to its adjoint. */
  isFed: boolean;
  /** Kept for the reverse sweep: computing it again would cost more than reading it. */
  isSaved: boolean;
}

/** Ops that cost less than a store and a load. */
const CHEAP = new Set(
  (['add', 'sub', 'mul', 'neg', 'abs', 'sign', 'square', 'min', 'max', 'relu', 'clamp', 'floor', 'ceil', 'trunc', 'lt', 'le', 'gt', 'ge', 'eq', 'ne', 'select'] as const).map((word) => OP[word]), // biome-ignore format: a list
);

export class Plan {
  readonly code: Code;
  readonly pieces = new Map<Body, readonly Piece[]>();
  readonly values = new Map<Body, Map<number, Value>>();

  constructor(code: Code) {
    this.code = code;
    this.#cut(code.main);
    this.#readers(code.main);
    for (const pieces of this.pieces.values()) for (const piece of pieces) if (piece.body.width > 1) this.#defer(piece);
    const { outputs, data } = code.linked;
    for (const [key, value] of this.values.get(code.main)!)
      if (outputs.some(({ offset, count }) => key >= offset && key < offset + count && offset < data))
        value.escapes = value.isFed = true;
  }

  valueOf(body: Body, operand: number): Value | undefined {
    const home = bodyOf(body, registerIn(operand));
    return home && this.values.get(home)!.get(keyOf(operand));
  }

  #cut(body: Body): void {
    const { code } = this;
    const values = new Map<number, Value>();
    this.values.set(body, values);
    const pieces: Piece[] = [];
    let list: Instruction[] = [];
    const flush = (): void => {
      if (list.length > 0) pieces.push({ body, isSegment: true, instructions: list, deferred: new Set() });
      list = [];
    };
    const isMain = body === code.main;
    const breaks = isMain ? [code.words[HEAD.pre], code.words[HEAD.fused]] : [];
    for (const it of body.list) {
      const isSimple = it.kind <= DO.index || it.kind === DO.sum;
      if (
        !isSimple ||
        breaks.includes(it.index) ||
        list.length >= LONGEST ||
        list.some((before) => this.#mustPart(body, before, it))
      )
        flush();
      if (isSimple) list.push(it);
      else pieces.push({ body, isSegment: false, instructions: [it], deferred: new Set() });
      if (it.kind === DO.op || it.kind === DO.load || it.kind === DO.check || it.kind === DO.index)
        values.set(keyOf(code.word(it, 1)), { by: it, piece: undefined, escapes: false, isFed: false, isSaved: false });
    }
    flush();
    for (const piece of pieces)
      for (const it of piece.instructions) {
        const value = it.kind <= DO.index && it.kind !== DO.store ? values.get(keyOf(code.word(it, 1))) : undefined;
        if (!value) continue;
        (value as { piece: Piece }).piece = piece;
        value.isSaved = this.#isCarried(it); // by the time of the reverse sweep another iteration's is there
      }
    this.pieces.set(body, pieces);
    for (const { body: inner } of body.list) if (inner) this.#cut(inner);
  }

  /** A number that is written must not be read before or after in the same loop over lanes, but in the very lane that writes it. */
  #mustPart(body: Body, before: Instruction, it: Instruction): boolean {
    const { code } = this;
    const writes = it.kind === DO.store || before.kind === DO.store;
    if (!writes || !places(it) || !places(before)) return false;
    const [p, q] = [code.place(code.word(before, 2)), code.place(code.word(it, 2))];
    const isRead = it.kind === DO.load;
    if (!isRead && p.at === q.at && this.#isWideMove(body, before) === this.#isWideMove(body, it)) return false;
    return this.mayMeet(body, p, q);
  }

  #isWideMove(body: Body, it: Instruction): boolean {
    return body.width > 1 && !it.once && isWide(body, this.code.word(it, 1));
  }

  /** May two places be the same, in whatever lanes of the tile at hand? */
  mayMeet(body: Body, p: Place, q: Place): boolean {
    if (p.register !== q.register) return false;
    const lanes = lanesOf(body);
    if (p.picks.length + q.picks.length === 0 && p.lane === q.lane && p.steps === q.steps) {
      const apart = q.base - p.base;
      return p.lane === 0 ? apart === 0 : apart % p.lane === 0 && Math.abs(apart / p.lane) < lanes;
    }
    if (isBeside(p, q)) return false;
    const [a, b] = [this.#range(body, p, lanes), this.#range(body, q, lanes)];
    return a[0] <= b[1] && b[0] <= a[1];
  }

  /** From where to where the places of an access lie, whatever the iteration. */
  #range(body: Body, { base, lane, terms, picks }: Place, lanes: number): [least: number, most: number] {
    let [least, most] = [base, base];
    const widen = (by: number, times: number): void => {
      least += Math.min(0, by * times);
      most += Math.max(0, by * times);
    };
    widen(lane, lanes - 1);
    for (const [register, by] of terms) {
      const { n, tile } = bodyOf(body, register)!;
      widen(by, Math.max(0, Math.ceil(n / tile) - 1) * tile);
    }
    for (const [operand, by] of picks) {
      const check = this.valueOf(body, operand)?.by;
      widen(by, check?.kind === DO.check ? this.code.word(check, 3) - 1 : Number.POSITIVE_INFINITY);
    }
    return [least, most];
  }

  /** May the place, or the one after it, be this double of MEMORY, whatever the iteration? */
  mayReach(body: Body, place: Place, double: number): boolean {
    if (place.register !== 0) return true;
    const [least, most] = this.#range(body, place, lanesOf(body));
    return least <= double && double <= most + 1;
  }

  /** Does each lane have a place of its own? */
  isSpread(body: Body, it: Instruction): boolean {
    if (body.width === 1 || it.once) return false;
    const { lane, picks } = this.code.place(this.code.word(it, 2));
    return lane !== 0 || picks.some(([operand]) => isWide(body, operand));
  }

  #defer({ body, instructions, deferred }: Piece): void {
    const { code } = this;
    const loads = instructions.filter((it) => it.kind === DO.load && it.mask & 1);
    const spread = loads.filter((it) => this.isSpread(body, it));
    if (spread.length === 0) return;
    const shared: Place[] = []; // parameters that are read where they lie
    for (const it of instructions)
      if (it.kind !== DO.load)
        for (const [operand, isActive] of code.reads(it))
          if (isActive && registerIn(operand) === 0 && keyOf(operand) < code.linked.p) shared.push(fixed(keyOf(operand)));
    for (const it of spread) {
      const p = code.place(code.word(it, 2));
      const meets = (other: Instruction): boolean => {
        const q = code.place(code.word(other, 2));
        const isSame = p.at === q.at && p.picks.length === 0 && this.isSpread(body, other);
        return !isSame && this.mayMeet(body, p, q);
      };
      if (!loads.some((other) => other !== it && meets(other)) && !shared.some((q) => this.mayMeet(body, p, q))) continue;
      deferred.add(it);
      for (const [operand] of p.picks) {
        const value = this.valueOf(body, operand);
        if (value) value.escapes = true; // the core reads it in memory
      }
    }
  }

  #readers(body: Body): void {
    const { code } = this;
    for (const piece of this.pieces.get(body)!) {
      for (const it of piece.instructions) {
        for (const [operand, isActive] of code.reads(it)) {
          const value = this.valueOf(body, operand);
          if (!value?.by) continue;
          if (value.piece !== piece) {
            value.escapes = true;
            value.isFed ||= isActive;
          } else if (it.kind === DO.op && it.mask & 7) this.#save(value);
        }
        const own = it.kind === DO.op || it.kind === DO.load ? this.values.get(body)!.get(keyOf(code.word(it, 1))) : undefined;
        if (own && it.mask & 7) this.#save(own);
        if (it.body) this.#readers(it.body);
      }
    }
  }

  #save(value: Value): void {
    const { by } = value;
    if (by?.kind === DO.op) value.isSaved = !CHEAP.has(by.op);
  }

  /** Does it load what a scan carries? */
  #isCarried(it: Instruction): boolean {
    if (it.kind !== DO.load) return false;
    const { register, base } = this.code.place(this.code.word(it, 2));
    return register === 0 && this.code.cells.some(([from, to]) => base >= from && base < to);
  }
}

/** Iterations side by side, seen from a body. */
export function lanesOf(body: Body): number {
  for (let b: Body | undefined = body; b; b = b.parent) if (b.tile > 1) return Math.min(b.tile, b.n);
  return 1;
}

/** All steps of two places are multiples of a number of which their distance is none: columns of a matrix whose rows are picked. */
function isBeside(p: Place, q: Place): boolean {
  let step = greatest(p.lane, q.lane);
  for (const { terms, picks } of [p, q]) for (const [, by] of [...terms, ...picks]) step = greatest(step, by);
  return step > 1 && (q.base - p.base) % step !== 0;
}

/** The greatest common divisor (Euclid). */
function greatest(a: number, b: number): number {
  while (b !== 0) [a, b] = [b, a % b];
  return Math.abs(a);
}

function places(it: Instruction): boolean {
  return it.kind === DO.load || it.kind === DO.store;
}

function fixed(base: number): Place {
  return { at: -1, steps: '', register: 0, base, lane: 0, terms: [], picks: [] };
}
