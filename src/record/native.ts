/** A recorded tape in the core's memory: written through views from here, swept there. */
import { type Core, core, poison } from '../engine/interpreter/core.ts';
import { Memory, NUMBERS, type Part, WORDS } from './memory.ts';

export class NativeMemory extends Memory {
  readonly #core: Core = core();
  readonly #at: Record<Part, number> = { values: 0, code: 0, lists: 0, scratch: 0, adjoints: 0, kept: 0 };
  readonly #length: Record<Part, number> = { ...this.#at };
  #buffer = this.#core.exports.memory.buffer;
  readonly value = this.#core.exports.recordedValue;

  /** The core is gone, and this memory with it. */
  get lost(): boolean {
    return this.#core.poisoned;
  }

  /** For whom views have to be renewed while it records: the arena's listeners. */
  get moved(): Set<() => void> {
    return this.#core.arena.moved;
  }

  reserve(part: Part, length: number): void {
    const words = part === 'code' || part === 'lists';
    const at = this.#core.arena.take(length * (words ? 4 : 8));
    this.renew();
    const buffer = this.#buffer;
    const view = words ? new Int32Array(buffer, at, length) : new Float64Array(buffer, at, length);
    view.set(this[part]);
    if (this.#at[part]) this.#core.arena.give(this.#at[part]);
    this.#at[part] = at;
    this.#length[part] = length;
    this[part] = view as never;
  }

  override renew(): void {
    const { buffer } = this.#core.exports.memory;
    if (buffer === this.#buffer) return;
    this.#buffer = buffer;
    for (const part of Object.keys(this.#at) as Part[]) {
      const words = part === 'code' || part === 'lists';
      const type = words ? Int32Array : Float64Array;
      this[part] = (this.#at[part] ? new type(buffer, this.#at[part], this.#length[part]) : words ? WORDS : NUMBERS) as never;
    }
  }

  list(op: number, k: number): number {
    return this.#core.exports.recordedList(op, k, this.#at.scratch);
  }

  pull(last: number, gated: boolean, kept: boolean): void {
    const { values, adjoints, code, lists, scratch, kept: before } = this.#at;
    try {
      this.#core.exports.pullRecorded(values, adjoints, code, lists, scratch, kept ? before : 0, last, gated);
    } catch (cause) {
      poison(this.#core, cause);
    }
  }

  push(first: number, last: number, gated: boolean): void {
    const { values, adjoints, code, lists, scratch } = this.#at;
    try {
      this.#core.exports.pushRecorded(values, adjoints, code, lists, scratch, first, last, gated);
    } catch (cause) {
      poison(this.#core, cause);
    }
  }

  dispose(): void {
    for (const part of Object.keys(this.#at) as Part[]) {
      if (this.#at[part]) this.#core.arena.give(this.#at[part]);
      this.#at[part] = 0;
      this.#length[part] = 0;
    }
    this.values = this.scratch = this.adjoints = this.kept = NUMBERS;
    this.code = this.lists = WORDS;
  }
}
