/** Hand-made WebAssembly modules for tests. */
import { type KIND, MAGIC, SECTION, Writer } from '../../src/wasm/link/bytes.ts';

export interface Parts {
  /** Value types: parameters and results. Default: one type, of nothing. */
  readonly types?: readonly (readonly [parameters: readonly number[], results: readonly number[]])[];
  readonly imports?: readonly {
    readonly module: string;
    readonly name: string;
    readonly kind: KIND;
    readonly type: readonly number[];
  }[];
  /** Type of each function. Default 0. */
  readonly functions?: readonly number[];
  /** Pages. Default 1; none: 0. */
  readonly memory?: number;
  /** Value type of a mutable global that is 0. */
  readonly global?: number;
  readonly exports?: readonly { readonly name: string; readonly kind: KIND; readonly index: number }[];
  readonly start?: number;
  /** Locals and instructions. */
  readonly bodies: readonly (readonly number[])[];
  readonly data?: readonly { readonly at: number; readonly bytes: readonly number[] }[];
  /** Sections by id with their bytes, put in the order of the format. */
  readonly others?: readonly (readonly [id: number, bytes: readonly number[]])[];
}

const ZEROS: Record<number, readonly number[]> = {
  127: [0x41, 0],
  126: [0x42, 0],
  125: [0x43, 0, 0, 0, 0],
  124: [0x44, 0, 0, 0, 0, 0, 0, 0, 0],
};

export function moduleOf(parts: Parts): Uint8Array<ArrayBuffer> {
  const { types = [[[], []]], imports = [], bodies, memory = 1, global, exports = [], start, data = [], others = [] } = parts;
  const functions = parts.functions ?? bodies.map(() => 0);
  const sections: [order: number, bytes: Uint8Array][] = others.map(([id, bytes]) => [
    id,
    new Writer().byte(id).sized(Uint8Array.from(bytes)).bytes(),
  ]);
  const section = <T>(id: SECTION, items: readonly T[], item: (out: Writer, item: T) => void): void => {
    sections.push([id, new Writer().section(id, items, item).bytes()]);
  };
  section(SECTION.type, types, (out, [from, to]) => out.byte(0x60).sized(Uint8Array.from(from)).sized(Uint8Array.from(to)));
  section(SECTION.import, imports, (out, { module, name, kind, type }) => out.name(module).name(name).byte(kind).raw(type));
  section(SECTION.function, functions, (out, type) => out.u32(type));
  section(SECTION.memory, memory > 0 ? [memory] : [], (out, pages) => out.byte(0).u32(pages));
  section(SECTION.global, global === undefined ? [] : [global], (out, type) =>
    out.byte(type).byte(1).raw(ZEROS[type]!).byte(0x0b),
  );
  section(SECTION.export, exports, (out, { name, kind, index }) => out.name(name).byte(kind).u32(index));
  if (start !== undefined)
    sections.push([SECTION.start, new Writer().byte(SECTION.start).sized(new Writer().u32(start).bytes()).bytes()]);
  section(SECTION.code, bodies, (out, body) => out.sized(Uint8Array.from(body)));
  section(SECTION.data, data, (out, { at, bytes }) => out.byte(0).byte(0x41).s32(at).byte(0x0b).sized(Uint8Array.from(bytes)));
  const out = new Writer().raw(MAGIC);
  for (const [, bytes] of sections.sort(([a], [b]) => a - b)) out.raw(bytes);
  return out.bytes();
}
