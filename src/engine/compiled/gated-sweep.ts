/**
 * The careful reverse sweep as nodes: what assembly/gated.ts does to numbers, operation by operation. Whether an open path
 * reaches a slot is a node, too; behind no gate it is the literal 1, and nothing is asked. A contribution that does not pass
 * is −0, the identity of addition.
 */
import type { ElementRow } from '../../ops/algebra.ts';
import { RULES } from '../../ops/rules.ts';
import { type OpName, VOCABULARY } from '../../ops/vocabulary.ts';
import { KIND, RECORD_WORDS, SEGMENT, STRIP_WORDS, W } from '../../tape/layout.ts';
import { listSlots, operandSlot } from '../../tape/lift.ts';
import { ARITY } from '../../tape/nodes.ts';
import type { FlatSweep } from './flat-sweep.ts';
import { listPulls } from './list-nodes.ts';

export class GatedSweep {
  /** Node of each slot's adjoint, −1 while nothing has reached it. */
  readonly adjoint: Int32Array;
  /** Node of whether an open path reaches a slot, −1 for no. */
  readonly #reached: Int32Array;
  readonly #sweep: FlatSweep;

  /** @param sweep whose values are there */
  constructor(sweep: FlatSweep) {
    this.#sweep = sweep;
    this.adjoint = new Int32Array(sweep.tape.slots).fill(-1);
    this.#reached = new Int32Array(sweep.tape.slots).fill(-1);
  }

  /** Adjoints, for a seed of 1 at the first output. */
  reverse(): void {
    const { k, tape } = this.#sweep;
    const { segments, outputs } = tape;
    this.adjoint[outputs[0]!] = this.#reached[outputs[0]!] = k.literal(1);
    for (const segment of [SEGMENT.mixed, SEGMENT.parameter])
      for (let r = segments[segment + 1]! - 1; r >= segments[segment]!; r--) this.#record(r * RECORD_WORDS);
  }

  #record(at: number): void {
    const { records } = this.#sweep.tape;
    const kind = (records[at]! >> 8) & 255;
    if (kind === KIND.strip) return this.#strip(at);
    const active = (records[at]! >> 16) & 7;
    const n = records[at + W.count]!;
    for (let j = 0; j < 3; j++)
      if ((active >> j) & 1)
        for (let i = 0; i < n; i++) {
          if (kind === KIND.list) this.#list(at, j, i);
          else this.#node(at, j, i);
        }
  }

  /** Adds d·p to a slot's adjoint, if node `out` is reached, unless the gate is closed. */
  #pass(slot: number, out: number, p: number, op: number): void {
    const { k } = this.#sweep;
    const n = k.algebra;
    const from = this.#reached[out]!;
    const isGate = (RULES[VOCABULARY[op] as OpName] as { gate?: boolean }).gate === true;
    const passes = isGate ? n.select(from, n.ne(p, n.lit(0)), n.lit(0)) : from;
    const share = n.select(passes, n.mul(this.adjoint[out]!, p), n.lit(-0));
    const [before, reached] = [this.adjoint[slot]!, this.#reached[slot]!];
    this.adjoint[slot] = before < 0 ? share : n.add(before, share);
    this.#reached[slot] = reached < 0 ? passes : n.select(reached, n.lit(1), passes);
  }

  #partial(op: number, slots: readonly number[], out: number, j: number): number {
    const sweep = this.#sweep;
    const arity = ARITY[op]!;
    const x = sweep.valueOf(slots[0]!);
    const y = arity > 1 ? sweep.valueOf(slots[1]!) : x;
    const w = arity > 2 ? sweep.valueOf(slots[2]!) : y;
    return (RULES[VOCABULARY[op] as OpName] as ElementRow).partials(sweep.k.algebra, x, y, w, sweep.valueOf(out))[j]!;
  }

  #node(at: number, j: number, i: number): void {
    const { tape } = this.#sweep;
    const op = tape.records[at]! & 255;
    const out = tape.records[at + W.out]! + i;
    if (this.#reached[out]! < 0) return;
    const slots = Array.from({ length: ARITY[op]! }, (_, e) => operandSlot(tape, at, e, i));
    this.#pass(slots[j]!, out, this.#partial(op, slots, out, j), op);
  }

  #strip(at: number): void {
    const { records, strips } = this.#sweep.tape;
    for (let i = records[at + W.count]! - 1; i >= 0; i--) {
      const out = records[at + W.out]! + i;
      if (this.#reached[out]! < 0) continue;
      const s = (records[at + W.a]! + i) * STRIP_WORDS;
      const op = strips[s]! & 255;
      const slots = [strips[s + 1]!, strips[s + 2]!];
      for (let j = 0; j < 2; j++)
        if ((strips[s]! >> (16 + j)) & 1) this.#pass(slots[j]!, out, this.#partial(op, slots, out, j), op);
    }
  }

  #list(at: number, j: number, i: number): void {
    const sweep = this.#sweep;
    const { k, tape } = sweep;
    const op = tape.records[at]! & 255;
    const out = tape.records[at + W.out]! + i;
    if (this.#reached[out]! < 0) return;
    const lists = sweep.lists(at, i);
    const partials = listPulls(k, op, j, k.literal(1), sweep.valueOf(out), lists[0]!, lists[1]);
    listSlots(tape, at, j, i).forEach((slot, e) => {
      this.#pass(slot, out, partials[e]!, op);
    });
  }
}
