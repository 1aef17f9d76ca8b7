/** Bytes of WebAssembly, read and written: LEB128 numbers, names, sections. */
import { fail } from '../../errors.ts';
import { Bytes } from '../encode/bytes.ts';

/** What precedes all sections: `\0asm`, version 1. */
export const MAGIC = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];

/** Ids of sections, in the binary format's numbering. */
// biome-ignore format: one line
export enum SECTION { custom, type, import, function, table, memory, global, export, start, element, code, data, dataCount }

/** What imports and exports are. */
// biome-ignore format: one line
export enum KIND { function, table, memory, global }

/** Reads forward; every read is checked. */
export class Reader {
  readonly bytes: Uint8Array;
  readonly end: number;
  at: number;

  constructor(bytes: Uint8Array, from = 0, end = bytes.length) {
    this.bytes = bytes;
    this.at = from;
    this.end = end;
  }

  get isMore(): boolean {
    return this.at < this.end;
  }

  byte(): number {
    if (this.at >= this.end) bad(`it ends too early, at byte ${this.at}`);
    return this.bytes[this.at++]!;
  }

  skip(count: number): void {
    if (this.at + count > this.end) bad(`it ends too early, at byte ${this.end}`);
    this.at += count;
  }

  /** An unsigned number of up to 32 bits. */
  u32(): number {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.byte();
      value += (byte & 127) * 2 ** shift;
      if (byte < 128) return value < 2 ** 32 ? value : bad(`a number of more than 32 bits before byte ${this.at}`);
    }
    return bad(`a number of more than 32 bits before byte ${this.at}`);
  }

  /** A signed number of up to 33 bits: what a 32-bit constant is, and a block type. */
  s33(): number {
    let value = 0;
    for (let factor = 1; factor < 2 ** 35; factor *= 128) {
      const byte = this.byte();
      value += (byte & 127) * factor;
      if (byte < 128) return byte < 64 ? value : value - factor * 128;
    }
    return bad(`a number of more than 33 bits before byte ${this.at}`);
  }

  /** Over a number of any size. */
  leb(): void {
    for (let i = 0; this.byte() >= 128; i++) if (i === 9) bad(`a number of more than 64 bits before byte ${this.at}`);
  }

  name(): string {
    return new TextDecoder().decode(this.take(this.u32()));
  }

  /** The next bytes, as a view. */
  take(count: number): Uint8Array {
    const from = this.at;
    this.skip(count);
    return this.bytes.subarray(from, this.at);
  }

  /** So many items. */
  list<T>(item: (i: number) => T): T[] {
    const items: T[] = [];
    for (let i = 0, n = this.u32(); i < n; i++) items.push(item(i));
    return items;
  }
}

/** Bytes that are written one behind the other, in a chain of calls. */
export class Writer {
  readonly #to = new Bytes();

  byte(value: number): this {
    this.#to.byte(value);
    return this;
  }

  raw(bytes: ArrayLike<number>): this {
    this.#to.append(bytes);
    return this;
  }

  /** An unsigned number of up to 32 bits. */
  u32(value: number): this {
    this.#to.unsigned(value);
    return this;
  }

  /** A signed number of up to 32 bits. */
  s32(value: number): this {
    this.#to.signed(value);
    return this;
  }

  name(text: string): this {
    this.#to.name(text);
    return this;
  }

  /** Bytes behind their number. */
  sized(bytes: Uint8Array): this {
    return this.u32(bytes.length).raw(bytes);
  }

  /** A section of items, or nothing if there are none. */
  section<T>(id: SECTION, items: readonly T[], item: (out: Writer, item: T, i: number) => void): this {
    if (items.length === 0) return this;
    const body = new Writer().u32(items.length);
    items.forEach((one, i) => {
      item(body, one, i);
    });
    return this.byte(id).sized(body.bytes());
  }

  /** What was written: a copy. */
  bytes(): Uint8Array<ArrayBuffer> {
    return this.#to.view().slice();
  }
}

/** @throws BadModule */
export function bad(what: string): never {
  fail('BadModule', `this WebAssembly module cannot be linked: ${what}`);
}
