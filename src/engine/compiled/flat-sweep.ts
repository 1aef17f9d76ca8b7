/**
 * The sweeps of a flat tape, run over nodes instead of numbers: what they leave is the program as straight-line code. The
 * order of every addition is that of assembly/forward.ts and reverse.ts (ARCHITECTURE, "One order"), so the bits are, too.
 */
import { OP } from '../../ops/vocabulary.ts';
import { GATHER, KIND, RECORD_WORDS, SEGMENT, STRIP_WORDS, type Tape, W } from '../../tape/layout.ts';
import { listSlots, operandSlot } from '../../tape/lift.ts';
import { ARITY, LISTS } from '../../tape/nodes.ts';
import { listPulls, listValue } from './list-nodes.ts';
import type { Ssa } from './ssa.ts';
import { sumOf } from './sum-nodes.ts';

/** Where a sweep finds what is in memory: the node of a slot's value, and of the adjoint it has so far (−1: nothing has reached it). */
export interface Memory {
  value(slot: number): number;
  adjoint?(slot: number): number;
}

/** A program's values and adjoints, as nodes. */
export class FlatSweep {
  k: Ssa;
  readonly tape: Tape;
  /** Node of each slot, −1 before it is asked for. */
  readonly value: Int32Array;
  /** Node of each slot's adjoint, −1 while nothing has reached it. */
  readonly adjoint: Int32Array;
  /** Slots whose adjoint has been changed. */
  reached: number[] = [];
  readonly #memory: Memory;
  #known: number[] = [];
  #read: number[] = []; // slots whose adjoint may have come from memory

  /** @param memory of slots whose values are in memory already: parameters, constants, data, what depends on data alone, other pieces */
  constructor(k: Ssa, tape: Tape, memory: Memory) {
    this.k = k;
    this.tape = tape;
    this.value = new Int32Array(tape.slots).fill(-1);
    this.adjoint = new Int32Array(tape.slots).fill(-1);
    this.#memory = memory;
  }

  /** Forgets all nodes: what follows is another piece. O(slots met since) */
  restart(k: Ssa): void {
    this.k = k;
    for (const slot of this.#known) this.value[slot] = -1;
    for (const slot of this.#read) this.adjoint[slot] = -1;
    [this.#known, this.#read, this.reached] = [[], [], []];
  }

  valueOf(slot: number): number {
    const node = this.value[slot]!;
    return node >= 0 ? node : this.#learn(slot, this.#memory.value(slot));
  }

  #learn(slot: number, node: number): number {
    this.#known.push(slot);
    return (this.value[slot] = node);
  }

  adjointOf(slot: number): number {
    const node = this.adjoint[slot]!;
    if (node >= 0 || !this.#memory.adjoint) return node;
    this.#read.push(slot);
    return (this.adjoint[slot] = this.#memory.adjoint(slot));
  }

  /** Values of the segments that run at every call, or of others. */
  forward(which: readonly SEGMENT[] = [SEGMENT.parameter, SEGMENT.mixed]): void {
    const { segments } = this.tape;
    for (const segment of which) for (let r = segments[segment]!; r < segments[segment + 1]!; r++) this.forwardRecord(r);
  }

  /** Values of nodes `from` to `to` of a record. */
  forwardRecord(record: number, from = 0, to: number = this.tape.records[record * RECORD_WORDS + W.count]!): void {
    const { tape, k } = this;
    const { records, strips } = tape;
    const at = record * RECORD_WORDS;
    const op = records[at]! & 255;
    const kind = (records[at]! >> 8) & 255;
    const out = records[at + W.out]!;
    for (let i = from; i < to; i++) {
      if (kind === KIND.list) {
        const [a, b] = this.lists(at, i);
        this.#learn(out + i, listValue(k, op, a!, b));
      } else if (kind === KIND.strip) {
        const s = (records[at + W.a]! + i) * STRIP_WORDS;
        const o = strips[s]! & 255;
        const x = this.valueOf(strips[s + 1]!);
        this.#learn(out + i, k.node(o, x, ARITY[o]! > 1 ? this.valueOf(strips[s + 2]!) : x));
      } else {
        const arity = ARITY[op]!;
        const x = this.valueOf(operandSlot(tape, at, 0, i));
        const y = arity > 1 ? this.valueOf(operandSlot(tape, at, 1, i)) : x;
        this.#learn(out + i, k.node(op, x, y, arity > 2 ? this.valueOf(operandSlot(tape, at, 2, i)) : y));
      }
    }
  }

  /** The lists that node i of a LIST record reads. */
  lists(at: number, i: number): number[][] {
    const op = this.tape.records[at]! & 255;
    return Array.from({ length: LISTS[op]! }, (_, j) => listSlots(this.tape, at, j, i).map((slot) => this.valueOf(slot)));
  }

  /** Adjoints, for a seed of 1 at the first output. */
  reverse(): void {
    const { segments, outputs } = this.tape;
    this.adjoint[outputs[0]!] = this.k.literal(1);
    for (const segment of [SEGMENT.mixed, SEGMENT.parameter])
      for (let r = segments[segment + 1]! - 1; r >= segments[segment]!; r--) this.reverseRecord(r);
  }

  /** Adds to an adjoint. The first contribution is added to −0, which is the contribution. */
  give(slot: number, d: number): void {
    const before = this.adjointOf(slot);
    this.adjoint[slot] = before < 0 ? d : this.k.node(OP.add, before, d);
    this.reached.push(slot);
  }

  /** Contributions of nodes `from` to `to` of a record. */
  reverseRecord(record: number, from = 0, to: number = this.tape.records[record * RECORD_WORDS + W.count]!): void {
    const { records } = this.tape;
    const at = record * RECORD_WORDS;
    const kind = (records[at]! >> 8) & 255;
    if (kind === KIND.strip) this.#reverseStrip(at, from, to);
    else if (kind === KIND.list) this.#reverseList(at);
    else this.reverseRun(at);
  }

  #reverseStrip(at: number, from: number, to: number): void {
    const { records, strips } = this.tape;
    const out = records[at + W.out]!;
    for (let i = to - 1; i >= from; i--) {
      const s = (records[at + W.a]! + i) * STRIP_WORDS;
      const active = strips[s]! >> 16;
      const shares = this.shares(strips[s]! & 255, strips[s + 1]!, strips[s + 2]!, 0, out + i, active);
      if (!shares) continue;
      if (active & 1) this.give(strips[s + 1]!, shares[0]!);
      if (active & 2) this.give(strips[s + 2]!, shares[1]!);
    }
  }

  protected reverseRun(at: number): void {
    const { tape } = this;
    const { records } = tape;
    const op = records[at]! & 255;
    const active = (records[at]! >> 16) & 7;
    const n = records[at + W.count]!;
    const arity = ARITY[op]!;
    const shares = this.sharesOfRun(at);
    const isGathered = [0, 1, 2].every((j) => j >= arity || records[at + W.as + 3 * j] === GATHER);
    if (isGathered && arity < 3) {
      // node by node, operand a then b
      for (let i = 0; i < n; i++)
        for (let j = 0; j < arity; j++) {
          if (shares[i] && (active >> j) & 1) this.give(operandSlot(tape, at, j, i), shares[i]![j]!);
        }
      return;
    }
    for (let j = 0; j < arity; j++) {
      if (!((active >> j) & 1)) continue;
      if (records[at + W.as + 3 * j] !== 0)
        for (let i = 0; i < n; i++) {
          if (shares[i]) this.give(operandSlot(tape, at, j, i), shares[i]![j]!);
        }
      else {
        // one number for all: their sum, added once
        const terms = shares.map((share) => (share ? share[j]! : this.k.literal(-0)));
        if (shares.some((share) => share)) this.give(records[at + W.a + 3 * j]!, sumOf(this.k, terms));
      }
    }
  }

  protected sharesOfRun(at: number): (readonly number[] | undefined)[] {
    const { tape } = this;
    const { records } = tape;
    const op = records[at]! & 255;
    const arity = ARITY[op]!;
    const [out, active] = [records[at + W.out]!, (records[at]! >> 16) & 7];
    const shares: (readonly number[] | undefined)[] = [];
    for (let i = 0; i < records[at + W.count]!; i++) {
      const b = arity > 1 ? operandSlot(tape, at, 1, i) : 0;
      const c = arity > 2 ? operandSlot(tape, at, 2, i) : 0;
      shares.push(this.shares(op, operandSlot(tape, at, 0, i), b, c, out + i, active));
    }
    return shares;
  }

  /** d·p for each operand; undefined where nothing has reached the node. */
  protected shares(op: number, a: number, b: number, c: number, out: number, active: number): readonly number[] | undefined {
    const d = this.adjointOf(out);
    if (d < 0) return undefined;
    if (op === OP.add || op === OP.sub) return sharesOf(this.k, op, active, d, 0, 0, 0, 0);
    const arity = ARITY[op]!;
    const z = this.valueOf(out);
    const x = op === OP.relu ? z : this.valueOf(a);
    const y = arity > 1 ? this.valueOf(b) : x;
    return sharesOf(this.k, op, active, d, x, y, arity > 2 ? this.valueOf(c) : y, z);
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
        const d = this.adjointOf(out + i);
        if (d < 0) continue;
        const lists = this.lists(at, i);
        const shares = listPulls(k, op, j, d, this.valueOf(out + i), lists[0]!, lists[1]);
        listSlots(tape, at, j, i).forEach((slot, e) => {
          this.give(slot, shares[e]!);
        });
      }
    }
  }
}

/**
 * d·p for each active operand of an op of operands x, y, w and result z. The partial of relu depends on whether x is
 * positive, negative, 0 or a NaN only; z in its place tells the same, and saves keeping both.
 */
export function sharesOf(
  k: Ssa,
  op: number,
  active: number,
  d: number,
  x: number,
  y: number,
  w: number,
  z: number,
): readonly number[] {
  if (op === OP.add) return [d, d];
  if (op === OP.sub) return [d, (active & 2) !== 0 ? k.node(OP.neg, d) : d];
  if (op === OP.mul) return [(active & 1) !== 0 ? k.node(OP.mul, d, y) : d, (active & 2) !== 0 ? k.node(OP.mul, d, x) : d];
  const arity = ARITY[op]!;
  const p = (active & 1) !== 0 ? k.partial(op, 0, x, y, w, z) : -1;
  const q = arity > 1 && (active & 2) !== 0 ? k.partial(op, 1, x, y, w, z) : -1;
  const r = arity > 2 && (active & 4) !== 0 ? k.partial(op, 2, x, y, w, z) : -1;
  const first = p >= 0 ? k.node(OP.mul, d, p) : d;
  if (arity === 1) return [first];
  const second = q >= 0 ? k.node(OP.mul, d, q) : d;
  return arity === 2 ? [first, second] : [first, second, r >= 0 ? k.node(OP.mul, d, r) : d];
}
