/** What handles stand on while a tape is being recorded: appends nodes, and hands out a handle for each. */
import { fail } from '../errors.ts';
import { show } from '../graph/show.ts';
import { ARITY } from '../ops/kernels.ts';
import type { Applying } from '../ops/sheet.ts';
import { OP, VOCABULARY } from '../ops/vocabulary.ts';
import { ACTIVE, CONSTANT, INPUT, NODE_WORDS } from './layout.ts';
import { COPIES, type Memory, NUMBERS, WORDS } from './memory.ts';

/** A list of operands: an array of handles and numbers, or a vector of handles. */
export type Items<H> = ArrayLike<H | number> | Slots<H>;

/** Handles that are not made yet: their slots on a sheet. */
export interface Slots<H> {
  readonly length: number;
  /** @internal */
  readonly sheet: Sheet<H>;
  /** @internal */
  readonly slots: Int32Array;
}

const LEAST = 256;

/** H: the handles. */
export abstract class Sheet<H> implements Applying {
  values: Float64Array = NUMBERS;
  code: Int32Array = WORDS;
  size = 0;
  /** Slots there is room for. */
  capacity = 0;
  /** The value of an op; of the engine that will sweep. */
  readonly value: Memory['value'];
  #listSize = 0;

  constructor(readonly memory: Memory) {
    this.value = memory.value;
  }

  /** A handle for a node. */
  abstract made(slot: number): H;
  /** The slot of a handle whose sheet this is. */
  abstract own(x: H): number;
  /** The slot of what is given as an operand. @throws ForeignNode, WrongType */
  abstract slotOf(x: H, op: number): number;

  /** The slot of an operand; a number becomes a constant. */
  slot(x: H | number, op: number): number {
    return typeof x === 'number' ? this.constant(x) : this.slotOf(x, op);
  }

  constant(x: number): number {
    const slot = this.size;
    if (slot >= this.capacity) this.grow();
    this.values[slot] = x;
    this.code[NODE_WORDS * slot] = CONSTANT;
    this.size = slot + 1;
    return slot;
  }

  /** An input that is differentiated. */
  parameter(x: number): number {
    const slot = this.constant(x);
    this.code[NODE_WORDS * slot] = INPUT | ACTIVE;
    return slot;
  }

  /** Appends a node of one operand whose value is z. */
  unary(op: number, a: number, z: number): H {
    const active = this.code[NODE_WORDS * a]! >>> 24;
    return this.append(active === 0 ? op : op | (1 << 16) | ACTIVE, a, a, z);
  }

  /** Appends a node of two operands whose value is z. */
  binary(op: number, a: number, b: number, z: number): H {
    const { code } = this;
    const active = (code[NODE_WORDS * a]! >>> 24) | ((code[NODE_WORDS * b]! >>> 24) << 1);
    return this.append(active === 0 ? op : op | (active << 16) | ACTIVE, a, b, z);
  }

  append(head: number, a: number, b: number, z: number): H {
    const slot = this.size;
    if (slot >= this.capacity) this.grow();
    const { code } = this;
    const q = NODE_WORDS * slot;
    code[q] = head;
    code[q + 1] = a;
    code[q + 2] = b;
    this.values[slot] = z;
    this.size = slot + 1;
    return this.made(slot);
  }

  /** Any op of one to three operands. */
  apply(op: number, x: H | number, y?: H | number, w?: H | number): never {
    const arity = ARITY[op]!;
    const a = this.slot(x, op);
    const b = arity > 1 ? this.slot(y!, op) : a;
    const c = arity > 2 ? this.slot(w!, op) : a;
    const { values, code } = this;
    const z = this.value(op, values[a]!, values[b]!, values[c]!);
    if (arity === 1) return this.unary(op, a, z) as never;
    if (arity === 2) return this.binary(op, a, b, z) as never;
    const active = (code[NODE_WORDS * a]! >>> 24) | ((code[NODE_WORDS * b]! >>> 24) << 1) | ((code[NODE_WORDS * c]! >>> 24) << 2);
    const at = this.#listSize;
    this.#needList(at + 2);
    this.memory.lists[at] = b;
    this.memory.lists[at + 1] = c;
    return this.append(op | (active << 16) | (active === 0 ? 0 : ACTIVE), a, at, z) as never;
  }

  /** An op over one list or two. */
  reduce(op: number, x: Items<H>, y?: Items<H>): never {
    const k = x.length;
    if (op === OP.dot && y?.length !== k) fail('WrongLength', `dot: the vectors have ${k} and ${y?.length} elements`);
    const { memory } = this;
    if (this.size >= this.capacity) this.grow();
    if (memory.scratch.length < COPIES * k || memory.scratch.length === 0) memory.reserve('scratch', COPIES * 2 * (k + 8));
    const at = this.#listSize;
    this.#needList(at + (y ? 2 : 1) * k);
    let active = this.#list(op, x, at, 0);
    if (y) active |= this.#list(op, y, at + k, k);
    const z = memory.list(op, k);
    return this.append(active === 0 ? op : op | (1 << 16) | ACTIVE, at, k, z) as never;
  }

  /** Writes slots of a list, and its values to scratch; returns 1 if any depends on parameters. */
  #list(op: number, x: Items<H>, at: number, to: number): number {
    const slots = 'slots' in x ? this.slotsOf(x, op) : undefined;
    const items = x as ArrayLike<H | number>;
    let active = 0;
    for (let i = 0, k = x.length; i < k; i++) {
      const slot = slots ? slots[i]! : this.slot(items[i]!, op);
      const { memory } = this;
      memory.lists[at + i] = slot;
      memory.scratch[to + i] = this.values[slot]!;
      active |= this.code[NODE_WORDS * slot]! >>> 24;
    }
    return active;
  }

  /** The slots of a vector of handles. @throws ForeignNode */
  slotsOf(x: Slots<H>, op: number): Int32Array {
    return x.sheet === this ? x.slots : this.foreign(x, op);
  }

  #needList(length: number): void {
    if (this.size >= this.capacity) this.grow(); // refused where a recording has ended: its lists are another's now
    if (this.memory.lists.length < length) this.memory.reserve('lists', Math.max(LEAST, 2 * length));
    this.#listSize = length;
  }

  /** Room for more nodes. @throws OutOfMemory, with nothing lost */
  grow(): void {
    const capacity = Math.max(LEAST, 2 * this.capacity);
    if (this.memory.values.length < capacity) this.memory.reserve('values', capacity);
    if (this.memory.code.length < NODE_WORDS * capacity) this.memory.reserve('code', NODE_WORDS * capacity);
    this.refresh();
  }

  /** Takes over the memory's views. */
  refresh(): void {
    this.values = this.memory.values;
    this.code = this.memory.code;
    this.capacity = Math.min(this.values.length, Math.floor(this.code.length / NODE_WORDS));
  }

  foreign(x: object, op: number): never {
    return fail('ForeignNode', `${VOCABULARY[op]}: ${x} was recorded elsewhere; use its .value, a plain number, instead`);
  }

  wrong(x: unknown, op: number): never {
    return fail('WrongType', `${VOCABULARY[op]}: expected recorded values or numbers, got ${show(x)}`);
  }
}
