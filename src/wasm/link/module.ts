/** A module of WebAssembly, taken apart as far as linking needs it: whatever it cannot carry over is refused. */
import { bad, KIND, MAGIC, Reader, SECTION } from './bytes.ts';
import { scan } from './instructions.ts';

/** What is imported: from which module, under which name, and what it has to be. */
export interface Import {
  readonly module: string;
  readonly name: string;
  readonly kind: KIND.function | KIND.memory | KIND.global;
  /** Of a function: its type's index. Of a memory: its least pages. Of a global: its type, and 1 if it is mutable, as bytes. */
  readonly type: number;
}

/** A function or a global, imported or its own. */
export type Item<T> = { readonly from: Import } | { readonly from?: undefined; readonly own: T };

export interface OwnFunction {
  readonly type: number;
  /** Its locals and instructions. */
  readonly code: Uint8Array;
}

export interface OwnGlobal {
  /** Value type and mutability. */
  readonly type: Uint8Array;
  readonly start: Uint8Array;
}

export interface Module {
  /** As they are written; equal types have equal bytes. */
  readonly types: readonly Uint8Array[];
  readonly functions: readonly Item<OwnFunction>[];
  readonly globals: readonly Item<OwnGlobal>[];
  /** Least pages; 0 without a memory. */
  readonly pages: number;
  readonly exports: readonly { readonly name: string; readonly kind: KIND; readonly index: number }[];
  readonly start: number | undefined;
  readonly data: readonly { readonly at: number; readonly bytes: Uint8Array }[];
}

const FUNCTION_TYPE = 0x60;
const I32_CONST = 0x41;
const END = 0x0b;

/** @throws BadModule for what is no module, or has a table, elements, passive data, several memories, an instruction unknown here */
export function readModule(bytes: Uint8Array): Module {
  const from = new Reader(bytes);
  if (bytes.length < 8 || MAGIC.some((byte) => from.byte() !== byte)) bad('it does not begin as WebAssembly does');
  const types: Uint8Array[] = [];
  const functions: Item<OwnFunction>[] = [];
  const globals: Item<OwnGlobal>[] = [];
  const exports: { name: string; kind: KIND; index: number }[] = [];
  const data: { at: number; bytes: Uint8Array }[] = [];
  let declared: number[] = [];
  let pages = 0;
  let memories = 0;
  let start: number | undefined;

  while (from.isMore) {
    const id = from.byte();
    const size = from.u32();
    const section = new Reader(bytes, from.at, from.at + size);
    from.skip(size);
    switch (id) {
      case SECTION.custom: // names, producers …
      case SECTION.dataCount: // needed for passive data only
        continue;
      case SECTION.type:
        types.push(...section.list(() => readType(section)));
        break;
      case SECTION.import:
        for (const item of section.list(() => readImport(section)))
          if (item.kind === KIND.function) functions.push({ from: item });
          else if (item.kind === KIND.global) globals.push({ from: item });
          else {
            memories++;
            pages = item.type;
          }
        break;
      case SECTION.function:
        declared = section.list(() => section.u32());
        break;
      case SECTION.memory:
        for (const least of section.list(() => readLimits(section))) {
          memories++;
          pages = least;
        }
        break;
      case SECTION.global:
        globals.push(...section.list(() => ({ own: { type: section.take(2), start: expression(section) } })));
        break;
      case SECTION.export:
        exports.push(...section.list(() => ({ name: section.name(), kind: section.byte() as KIND, index: section.u32() })));
        break;
      case SECTION.start:
        start = section.u32();
        break;
      case SECTION.code: {
        const codes = section.list(() => section.take(section.u32()));
        if (codes.length !== declared.length) bad(`it declares ${declared.length} functions and has ${codes.length}`);
        functions.push(...codes.map((code, i) => ({ own: { type: declared[i]!, code } })));
        break;
      }
      case SECTION.data:
        data.push(...section.list(() => readData(section)));
        break;
      default:
        bad(id === SECTION.table || id === SECTION.element ? 'it has a table' : `section ${id} is not supported`);
    }
    if (section.isMore) bad(`there is more in section ${id} than it says`);
  }
  if (memories > 1) bad('it has more than one memory');
  return { types, functions, globals, pages, exports, start, data };
}

function readType(section: Reader): Uint8Array {
  const from = section.at;
  if (section.byte() !== FUNCTION_TYPE) bad('it has types of other things than functions');
  for (let side = 0; side < 2; side++) section.skip(section.u32());
  return section.bytes.subarray(from, section.at);
}

function readImport(section: Reader): Import {
  const module = section.name();
  const name = section.name();
  const kind = section.byte();
  switch (kind) {
    case KIND.function:
      return { module, name, kind, type: section.u32() };
    case KIND.memory:
      return { module, name, kind, type: readLimits(section) };
    case KIND.global:
      return { module, name, kind, type: section.byte() * 256 + section.byte() };
    default:
      return bad(`it imports '${name}', which is no function, memory or global`);
  }
}

/** Least pages. */
function readLimits(section: Reader): number {
  const flags = section.byte();
  if (flags > 1) bad('its memory is shared or has 64 bits');
  const least = section.u32();
  if (flags === 1) section.u32();
  return least;
}

function expression(section: Reader): Uint8Array {
  const from = section.at;
  scan(section, () => {});
  return section.bytes.subarray(from, section.at);
}

function readData(section: Reader): { at: number; bytes: Uint8Array } {
  if (section.u32() !== 0) bad('it has passive data');
  if (section.byte() !== I32_CONST) bad('the place of its data is computed');
  const at = section.s33();
  if (section.byte() !== END) bad('the place of its data is computed');
  return { at: at >>> 0, bytes: section.take(section.u32()) };
}
