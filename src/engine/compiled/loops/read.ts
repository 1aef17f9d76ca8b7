/** Linked code (src/link/code.ts) read back: bodies with their instructions, operands and places. */
import { arityOf } from '../ssa.ts';
import { BODY, DO, HEAD, type Linked, NARROW, ONCE } from '../../../link/code.ts';
import { ARG_MIN } from '../../../tape/loops/layout.ts';
import { OP } from '../../../ops/vocabulary.ts';

/** A place in an array: base + Σ by·(iteration of register) + Σ by·(value of operand) + lane·(number of the lane), in doubles. */
export interface Place {
  readonly at: number;
  /** The same for places that have the same terms. */
  readonly steps: string;
  readonly register: number;
  readonly base: number;
  readonly lane: number;
  readonly terms: readonly (readonly [register: number, by: number])[];
  readonly picks: readonly (readonly [operand: number, by: number])[];
}

export interface Instruction {
  readonly kind: DO;
  readonly op: number;
  /** Operand j has an adjoint: bit j; its contribution is the first: bit 3 + j. */
  readonly mask: number;
  readonly once: boolean;
  /** Its place in the list of its body, and where its words are. */
  readonly index: number;
  readonly at: number;
  /** Of a region. */
  readonly body?: Body;
}

export interface Body {
  /** Where its words are. */
  readonly at: number;
  readonly parent: Body | undefined;
  readonly register: number;
  readonly n: number;
  readonly tile: number;
  readonly width: number;
  readonly base: number;
  readonly frame: number;
  readonly stride: number;
  readonly adjoint: number;
  readonly clear: number;
  readonly list: readonly Instruction[];
  /** The first of them compute values, up to `carried` they hand on what is carried. */
  readonly main: number;
  readonly carried: number;
  readonly isScan: boolean;
  /** Of a scan whose steps are not kept: how many snapshots of what is carried there is room for. */
  readonly snapshots: number;
  /** Number of SUMs, its last instructions. */
  readonly sums: number;
  /** Do adjoints flow through it? */
  readonly isActive: boolean;
}

export class Code {
  readonly linked: Linked;
  readonly words: Int32Array;
  readonly main: Body;
  /** First and one past the last double of the cells of each scan. */
  readonly cells: (readonly [from: number, to: number])[] = [];
  readonly #places = new Map<number, Place>();

  constructor(linked: Linked) {
    this.linked = linked;
    this.words = linked.code;
    this.main = this.#body(this.words[HEAD.main]!, undefined);
  }

  #body(at: number, parent: Body | undefined): Body {
    const { words } = this;
    const word = (i: BODY): number => words[at + i]!;
    const list: Instruction[] = [];
    const body: Mutable<Body> = {
      at,
      parent,
      register: word(BODY.register),
      n: word(BODY.n),
      tile: word(BODY.tile),
      width: word(BODY.width),
      base: word(BODY.base),
      frame: word(BODY.frame),
      stride: word(BODY.stride),
      adjoint: word(BODY.adjoint),
      clear: word(BODY.clear),
      list,
      main: word(BODY.main),
      carried: word(BODY.carried),
      isScan: word(BODY.scan) !== 0,
      snapshots: word(BODY.scan) !== 0 && word(BODY.stride) === 0 ? word(BODY.snapshots) : 0,
      sums: word(BODY.sums),
      isActive: false,
    };
    const cells = word(BODY.cells);
    if (word(BODY.cellCount) > 0) this.cells.push([cells, cells + word(BODY.cellCount)]);
    for (let index = 0; index < word(BODY.all); index++) {
      const I = words[word(BODY.list) + index]!;
      const head = words[I]!;
      const it: Mutable<Instruction> = {
        kind: head & 255,
        op: (head >>> 8) & 255,
        mask: (head >>> 16) & 63,
        once: (head & ONCE) !== 0,
        index,
        at: I,
      };
      if (it.kind === DO.region) it.body = this.#body(words[I + 1]!, body);
      list.push(it);
      const operands = it.kind === DO.store || it.kind === DO.copy ? 1 : 7;
      body.isActive ||= it.body ? it.body.isActive : (it.mask & operands) !== 0;
    }
    return body;
  }

  /** Word i of an instruction. */
  word(it: Instruction, i: number): number {
    return this.words[it.at + i]!;
  }

  place(at: number): Place {
    let place = this.#places.get(at);
    if (!place) {
      const { words } = this;
      const pairs = (from: number, n: number): [number, number][] =>
        Array.from({ length: n }, (_, i) => [words[from + 2 * i]!, words[from + 2 * i + 1]!]);
      const terms = words[at + 3]!;
      place = {
        at,
        steps: words.subarray(at + 5, at + 5 + 2 * terms).join(),
        register: words[at]!,
        base: words[at + 1]!,
        lane: words[at + 2]!,
        terms: pairs(at + 5, terms),
        picks: pairs(at + 5 + 2 * terms, words[at + 4]!),
      };
      this.#places.set(at, place);
    }
    return place;
  }

  /** The values an instruction itself reads, and whether it passes adjoints on to them. */
  reads(it: Instruction): readonly (readonly [operand: number, isActive: boolean])[] {
    const picks = (...words: number[]): [number, boolean][] =>
      words.flatMap((word) => this.place(this.word(it, word)).picks.map(([operand]): [number, boolean] => [operand, false]));
    switch (it.kind) {
      case DO.op:
        return Array.from({ length: arityOf(it.op) }, (_, j) => [this.word(it, 2 + j), ((it.mask >> j) & 1) !== 0]);
      case DO.load:
        return picks(2);
      case DO.store:
        return [[this.word(it, 1), (it.mask & 1) !== 0], ...picks(2)];
      case DO.check:
        return [[this.word(it, 2), false]];
      case DO.copy:
        return picks(2, 4);
      case DO.reduce:
        return it.op === OP.dot ? picks(3, 5) : picks(3);
      case DO.contract:
        return picks(4, 7, 10);
      case DO.scatter:
        return picks(3, 5, 7);
      case DO.sum:
        return [[this.word(it, 1), (it.mask & 1) !== 0]];
      default:
        return [];
    }
  }

  /** Can it end a sweep? */
  mayFail(it: Instruction): boolean {
    if (it.body) return it.body.list.some((inner) => this.mayFail(inner));
    return it.kind === DO.check || (it.kind === DO.reduce && it.op >= ARG_MIN && this.word(it, 2) === 0);
  }
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** Key of a value among those of the bodies around an instruction: its register and offset. */
export function keyOf(operand: number): number {
  return operand & 0x7fffffff;
}

export function registerIn(operand: number): number {
  return (operand >>> 24) & (NARROW - 1);
}

export function offsetIn(operand: number): number {
  return operand & 0xffffff;
}

/** The body of a register, seen from a body. */
export function bodyOf(body: Body, register: number): Body | undefined {
  for (let b: Body | undefined = body; b; b = b.parent) if (b.register === register) return b;
  return undefined;
}

/** Does an operand differ from lane to lane? */
export function isWide(body: Body, operand: number): boolean {
  if (operand >>> 24 >= NARROW) return false;
  const home = bodyOf(body, registerIn(operand));
  return home !== undefined && home.width > 1;
}
