/**
 * Where values lie. A graph of values is written on *sheets*, one after another:
 *
 *     leaf w ──┬──────────────┬─────────────┐         leaves live in objects of their own, and are copied in
 *              ▼              ▼             ▼
 *     sheet 1 │w│x│…│h│    sheet 2 │w│h│…│    sheet 3 │w│…    ◄─ the open one
 *                    └───────────────▲ a value of an older sheet is copied in as well
 *
 * The open sheet is closed by backward(), and when it is full. What is computed afterwards begins a new one, so a sheet,
 * an ordinary array, is garbage as soon as nobody holds a value on it or on one that was computed from it: a loop that
 * trains or merely predicts needs no more memory than its graph, and nothing has to be said about when a graph ends.
 */
import { HeapMemory } from '../record/heap.ts';
import { NUMBERS } from '../record/memory.ts';
import { Sheet } from '../record/sheet.ts';
import { sweeper } from './sweeper.ts';
import { Value } from './value.ts';

/** Slots after which a sheet counts as full. */
const FULL = 1 << 16;

let opened = 0;
let current: ValueSheet | undefined;

/** The sheet on which results are written now. */
export function openSheet(): ValueSheet {
  return current === undefined || current.size >= FULL ? (current = new ValueSheet()) : current;
}

/** A graph has ended: the next result begins a new sheet. */
export function closeSheet(): void {
  current = undefined;
}

export class ValueSheet extends Sheet<Value> {
  /** Later sheets have greater numbers, and only they use values of earlier ones. */
  readonly serial = ++opened;
  /** Values that were copied in, and their slots here. */
  readonly copied: Value[] = [];
  readonly copiedTo: number[] = [];
  /** Derivatives that were added up, as far as there are any. */
  #grads: Float64Array = NUMBERS;

  constructor() {
    super(new HeapMemory(sweeper()));
  }

  made(slot: number): Value {
    return new Value(0, this, slot);
  }

  own(x: Value): number {
    return x.home === this ? x.slot : this.#copy(x);
  }

  slotOf(x: Value, op: number): number {
    return x instanceof Value ? this.own(x) : this.wrong(x, op);
  }

  #copy(x: Value): number {
    const slot = this.parameter(x.data);
    this.copied.push(x);
    this.copiedTo.push(slot);
    if (x.leaf) {
      x.home = this;
      x.slot = slot;
    }
    return slot;
  }

  gradOf(slot: number): number {
    return this.#grads[slot] ?? 0;
  }

  setGrad(slot: number, grad: number): void {
    this.#room(slot + 1);
    this.#grads[slot] = grad;
  }

  /** The grads that are there, or undefined. */
  get grads(): Float64Array | undefined {
    return this.#grads.length > 0 ? this.#grads : undefined;
  }

  /** Takes over the adjoints of a sweep; −0 means not reached, and leaves a grad as it was. */
  keep(adjoints: Float64Array): void {
    if (this.#grads.length === 0) {
      this.#grads = adjoints;
      return;
    }
    this.#room(adjoints.length);
    for (let i = 0; i < adjoints.length; i++) if (!Object.is(adjoints[i], -0)) this.#grads[i] = adjoints[i]!;
  }

  #room(length: number): void {
    if (this.#grads.length >= length) return;
    const grads = new Float64Array(length);
    grads.set(this.#grads);
    this.#grads = grads;
  }
}
