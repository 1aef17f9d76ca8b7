/**
 * The sweeps of a flat tape, run over nodes instead of numbers: what they leave is the program as straight-line code. The
 * order of every addition is that of assembly/forward.ts and reverse.ts (ARCHITECTURE, "One order"), so the bits are, too.
 */
import { OP } from '../../ops/vocabulary.ts';
import { KIND, RECORD_WORDS, SEGMENT, STRIP_WORDS, type Tape, W } from '../../tape/layout.ts';
import { listSlots, operandSlot } from '../../tape/lift.ts';
import { ARITY, LISTS } from '../../tape/nodes.ts';
import { listPulls, listValue } from './list-nodes.ts';
import type { Ssa } from './ssa.ts';
import { sumOf } from './sum-nodes.ts';

/** A program's values and adjoints, as nodes. */
export class FlatSweep {
  readonly k: Ssa;
  readonly tape: Tape;
  /** Node of each slot, −1 before it is asked for. */
  readonly value: Int32Array;
  /** Node of each slot's adjoint, −1 while nothing has reached it. */
  readonly adjoint: Int32Array;
  readonly #load: (slot: number) => number;

  /** @param load the node of a slot that is in memory already: a parameter, a constant, data, or what depends on data alone */
  constructor(k: Ssa, tape: Tape, load: (slot: number) => number) {
    this.k = k;
    this.tape = tape;
    this.value = new Int32Array(tape.slots).fill(-1);
    this.adjoint = new Int32Array(tape.slots).fill(-1);
    this.#load = load;
  }

  valueOf(slot: number): number {
    const node = this.value[slot]!;
    return node >= 0 ? node : (this.value[slot] = this.#load(slot));
  }

  /** Values of the segments that run at every call. */
  forward(): void {
    const { segments } = this.tape;
    for (const segment of [SEGMENT.parameter, SEGMENT.mixed])
      for (let r = segments[segment]!; r < segments[segment + 1]!; r++) this.#forwardRecord(r * RECORD_WORDS);
  }

  #forwardRecord(at: number): void {
    const { tape, k, value } = this;
    const { records, strips } = tape;
    const op = records[at]! & 255;
    const kind = (records[at]! >> 8) & 255;
    const out = records[at + W.out]!;
    const n = records[at + W.count]!;
    for (let i = 0; i < n; i++) {
      if (kind === KIND.list) {
        const [a, b] = this.#lists(at, i);
        value[out + i] = listValue(k, op, a!, b);
      } else if (kind === KIND.strip) {
        const s = (records[at + W.a]! + i) * STRIP_WORDS;
        const o = strips[s]! & 255;
        const x = this.valueOf(strips[s + 1]!);
        value[out + i] = k.node(o, x, ARITY[o]! > 1 ? this.valueOf(strips[s + 2]!) : x);
      } else {
        const arity = ARITY[op]!;
        const x = this.valueOf(operandSlot(tape, at, 0, i));
        const y = arity > 1 ? this.valueOf(operandSlot(tape, at, 1, i)) : x;
        value[out + i] = k.node(op, x, y, arity > 2 ? this.valueOf(operandSlot(tape, at, 2, i)) : y);
      }
    }
  }

  #lists(at: number, i: number): number[][] {
    const op = this.tape.records[at]! & 255;
    return Array.from({ length: LISTS[op]! }, (_, j) => listSlots(this.tape, at, j, i).map((slot) => this.valueOf(slot)));
  }

  /** Adjoints, for a seed of 1 at the first output. */
  reverse(): void {
    const { segments, outputs } = this.tape;
    this.adjoint[outputs[0]!] = this.k.literal(1);
    for (const segment of [SEGMENT.mixed, SEGMENT.parameter])
      for (let r = segments[segment + 1]! - 1; r >= segments[segment]!; r--) this.#reverseRecord(r * RECORD_WORDS);
  }

  /** Adds to an adjoint. The first contribution is added to −0, which is the contribution. */
  #give(slot: number, d: number): void {
    const before = this.adjoint[slot]!;
    this.adjoint[slot] = before < 0 ? d : this.k.node(OP.add, before, d);
  }

  #reverseRecord(at: number): void {
    const { records } = this.tape;
    const kind = (records[at]! >> 8) & 255;
    if (kind === KIND.strip) this.#reverseStrip(at);
    else if (kind === KIND.list) this.#reverseList(at);
    else this.#reverseRun(at);
  }

  #reverseStrip(at: number): void {
    const { records, strips } = this.tape;
    const out = records[at + W.out]!;
    for (let i = records[at + W.count]! - 1; i >= 0; i--) {
      const s = (records[at + W.a]! + i) * STRIP_WORDS;
      const active = strips[s]! >> 16;
      const shares = this.#shares(strips[s]! & 255, [strips[s + 1]!, strips[s + 2]!, 0], out + i, active);
      shares?.forEach((share, j) => {
        if ((active >> j) & 1) this.#give(strips[s + 1 + j]!, share);
      });
    }
  }

  #reverseRun(at: number): void {
    const { tape } = this;
    const { records } = tape;
    const op = records[at]! & 255;
    const active = (records[at]! >> 16) & 7;
    const n = records[at + W.count]!;
    const out = records[at + W.out]!;
    const arity = ARITY[op]!;
    const slots = (i: number): number[] => [0, 1, 2].map((j) => (j < arity ? operandSlot(tape, at, j, i) : 0));
    const shares = Array.from({ length: n }, (_, i) => this.#shares(op, slots(i), out + i, active));
    const isGathered = [0, 1, 2].every((j) => j >= arity || records[at + W.as + 3 * j] === GATHERED);
    if (isGathered && arity < 3) {
      // node by node, operand a then b
      shares.forEach((share, i) => {
        for (let j = 0; j < arity; j++) if (share && (active >> j) & 1) this.#give(operandSlot(tape, at, j, i), share[j]!);
      });
      return;
    }
    for (let j = 0; j < arity; j++) {
      if (!((active >> j) & 1)) continue;
      if (records[at + W.as + 3 * j] !== 0)
        for (let i = 0; i < n; i++) {
          if (shares[i]) this.#give(operandSlot(tape, at, j, i), shares[i]![j]!);
        }
      else {
        // one number for all: their sum, added once
        const terms = shares.map((share) => (share ? share[j]! : this.k.literal(-0)));
        if (shares.some((share) => share)) this.#give(records[at + W.a + 3 * j]!, sumOf(this.k, terms));
      }
    }
  }

  /** d·p for each operand; undefined where nothing has reached the node. */
  #shares(op: number, slots: readonly number[], out: number, active: number): readonly number[] | undefined {
    const { k } = this;
    const d = this.adjoint[out]!;
    if (d < 0) return undefined;
    if (op === OP.add) return [d, d];
    if (op === OP.sub) return [d, (active & 2) !== 0 ? k.node(OP.neg, d) : d];
    const arity = ARITY[op]!;
    const x = this.valueOf(slots[0]!);
    const y = arity > 1 ? this.valueOf(slots[1]!) : x;
    const w = arity > 2 ? this.valueOf(slots[2]!) : y;
    const partials = k.partials(op, x, y, w, this.valueOf(out));
    return partials.map((p, j) => ((active >> j) & 1 ? k.node(OP.mul, d, p) : d));
  }

  #reverseList(at: number): void {
    const { tape, k } = this;
    const { records } = tape;
    const op = records[at]! & 255;
    const active = (records[at]! >> 16) & 7;
    const out = records[at + W.out]!;
    for (let j = 0; j < LISTS[op]!; j++) {
      if (!((active >> j) & 1)) continue;
      for (let i = 0; i < records[at + W.count]!; i++) {
        const d = this.adjoint[out + i]!;
        if (d < 0) continue;
        const lists = this.#lists(at, i);
        const shares = listPulls(k, op, j, d, this.valueOf(out + i), lists[0]!, lists[1]);
        listSlots(tape, at, j, i).forEach((slot, e) => {
          this.#give(slot, shares[e]!);
        });
      }
    }
  }
}

const GATHERED = -0x80000000;
