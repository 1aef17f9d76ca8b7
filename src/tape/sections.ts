/** Writing and reading the sections of bytes.ts. Reading never trusts a count: what does not fit is refused. */
import { fail } from '../errors.ts';

const SECTION_HEADER = 8;
const padded = (bytes: number): number => Math.ceil(bytes / 8) * 8;

export interface Writer {
  /** Keeps a name for the text section; returns its length in bytes. */
  text(name: string): number;
  texts(): void;
  words(list: ArrayLike<number>): void;
  numbers(list: Float64Array): void;
  /** Bytes as they are. */
  raw(list: ArrayLike<number>): void;
  bytes(): Uint8Array<ArrayBuffer>;
}

export function writer(start: number): Writer {
  const encoder = new TextEncoder();
  const names: Uint8Array[] = [];
  const parts: { readonly itemBytes: number; readonly count: number; write(view: DataView, at: number): void }[] = [];
  return {
    text(name) {
      const bytes = encoder.encode(name);
      names.push(bytes);
      return bytes.length;
    },
    texts() {
      parts.push({
        itemBytes: 1,
        count: names.reduce((sum, name) => sum + name.length, 0),
        write(view, at) {
          for (const name of names) {
            new Uint8Array(view.buffer).set(name, at);
            at += name.length;
          }
        },
      });
    },
    words(list) {
      const write = (view: DataView, at: number): void => {
        for (let i = 0; i < list.length; i++) view.setInt32(at + 4 * i, list[i]!, true);
      };
      parts.push({ itemBytes: 4, count: list.length, write });
    },
    numbers(list) {
      const write = (view: DataView, at: number): void => {
        for (let i = 0; i < list.length; i++) view.setFloat64(at + 8 * i, list[i]!, true);
      };
      parts.push({ itemBytes: 8, count: list.length, write });
    },
    raw(list) {
      const write = (view: DataView, at: number): void => new Uint8Array(view.buffer).set(list, at);
      parts.push({ itemBytes: 1, count: list.length, write });
    },
    bytes() {
      const length = parts.reduce((sum, { itemBytes, count }) => sum + SECTION_HEADER + padded(itemBytes * count), start);
      const view = new DataView(new ArrayBuffer(length));
      let at = start;
      for (const { itemBytes, count, write } of parts) {
        view.setUint32(at, count, true);
        view.setUint32(at + 4, itemBytes, true);
        write(view, at + SECTION_HEADER);
        at += SECTION_HEADER + padded(itemBytes * count);
      }
      return new Uint8Array(view.buffer as ArrayBuffer);
    },
  };
}

/** Words read one after the other. */
export interface List {
  next(): number;
  flag(): boolean;
  many(n: number): number[];
  isMore(): boolean;
  end(): void;
}

export interface Cursor {
  texts(): void;
  /** The next name of the text section, `bytes` long. */
  text(bytes: number): string;
  words(expected?: number): Int32Array;
  numbers(): Float64Array;
  raw(): Uint8Array;
  list(): List;
  end(): void;
}

let decoder: TextDecoder | undefined; // made at its first use, for Node takes 0.6 ms to make it

export function cursor(view: DataView, start: number): Cursor {
  let at = start;
  let text: Uint8Array = new Uint8Array(0);
  let textAt = 0;

  /** Passes over a section; returns where its items are and how many. */
  const section = (itemBytes: number): [from: number, count: number] => {
    if (at + SECTION_HEADER > view.byteLength) fail('BadTape', 'the tape is cut short');
    const count = view.getUint32(at, true);
    if (view.getUint32(at + 4, true) !== itemBytes)
      fail('BadTape', `a section of ${view.getUint32(at + 4, true)}-byte items where ${itemBytes} were expected`);
    const from = at + SECTION_HEADER;
    at = from + padded(itemBytes * count);
    if (at > view.byteLength) fail('BadTape', `a section of ${count} items runs past the end of the tape`);
    return [from, count];
  };
  const words = (expected?: number): Int32Array => {
    const [from, count] = section(4);
    if (expected !== undefined && count !== expected)
      fail('BadTape', `a section of ${count} words where ${expected} were expected`);
    const list = new Int32Array(count);
    for (let i = 0; i < count; i++) list[i] = view.getInt32(from + 4 * i, true);
    return list;
  };
  const raw = (): Uint8Array => {
    const [from, count] = section(1);
    return new Uint8Array(view.buffer, view.byteOffset + from, count);
  };
  return {
    texts() {
      text = raw();
    },
    text(bytes) {
      if (bytes < 0 || textAt + bytes > text.length) fail('BadTape', `a name of ${bytes} bytes runs past the text`);
      textAt += bytes;
      try {
        decoder ??= new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
        return decoder.decode(text.subarray(textAt - bytes, textAt));
      } catch {
        fail('BadTape', 'a name is no UTF-8');
      }
    },
    words,
    numbers() {
      const [from, count] = section(8);
      const list = new Float64Array(count);
      for (let i = 0; i < count; i++) list[i] = view.getFloat64(from + 8 * i, true);
      return list;
    },
    raw,
    list: () => listOf(words()),
    end() {
      if (at !== view.byteLength) fail('BadTape', `${view.byteLength - at} bytes follow the last section`);
      if (textAt !== text.length) fail('BadTape', `${text.length - textAt} bytes of text belong to no name`);
    },
  };
}

function listOf(words: Int32Array): List {
  let at = 0;
  const next = (): number => {
    if (at >= words.length) fail('BadTape', 'the signature is cut short');
    return words[at++]!;
  };
  return {
    next,
    flag() {
      const word = next();
      if (word !== 0 && word !== 1) fail('BadTape', `${word} where 0 or 1 was expected`);
      return word === 1;
    },
    many(n) {
      if (n < 0 || n > words.length - at) fail('BadTape', `${n} numbers where ${words.length - at} are left`);
      return Array.from({ length: n }, next);
    },
    isMore: () => at < words.length,
    end() {
      if (at !== words.length) fail('BadTape', `${words.length - at} words too many in the signature`);
    },
  };
}
