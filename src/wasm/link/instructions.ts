/**
 * Instructions of WebAssembly, as far as a linker has to understand them: how long each is, and which of its numbers
 * are indices that change when modules become one. It knows the core specification 2.0 (what AssemblyScript emits, with SIMD
 * and bulk memory), tail calls and relaxed SIMD, and refuses what it does not know, rather than to skip a wrong number of bytes.
 *
 * Tables (call_indirect, ref.func and the like), exceptions, atomics and copies from passive data are refused too: neither the
 * core nor generated code has any.
 */
import { bad, type Reader } from './bytes.ts';

/** What an index in the code counts. */
export type Space = 'function' | 'global' | 'type';

/** Told of every index: where it is written, and what it is. */
export type Visit = (space: Space, index: number, from: number, to: number) => void;

// how an instruction goes on after its opcode
const NONE = 0;
const UNKNOWN = 1;
const BLOCK = 2; // a block type
const LEB = 3; // a label, a local, an integer
const FUNCTION = 4;
const GLOBAL = 5;
const MEMORY_ARGUMENT = 6;
const LANE = 7; // one byte
const MEMORY_LANE = 8;
const F32 = 9;
const F64 = 10;
const V128 = 11; // 16 bytes
const LABELS = 12;
const TYPES = 13; // of select
const ZERO = 14; // memory 0
const TWO_ZEROS = 15;

/** Forms of the first 256 opcodes; ranges are inclusive. */
const plain = () =>
  forms(256, [
    [0x00, 0x01, NONE], // unreachable, nop
    [0x02, 0x04, BLOCK], // block, loop, if
    [0x05, 0x05, NONE], // else
    [0x0b, 0x0b, NONE], // end
    [0x0c, 0x0d, LEB], // br, br_if
    [0x0e, 0x0e, LABELS], // br_table
    [0x0f, 0x0f, NONE], // return
    [0x10, 0x10, FUNCTION], // call
    [0x12, 0x12, FUNCTION], // return_call
    [0x1a, 0x1b, NONE], // drop, select
    [0x1c, 0x1c, TYPES], // select t
    [0x20, 0x22, LEB], // local.get, set, tee
    [0x23, 0x24, GLOBAL],
    [0x28, 0x3e, MEMORY_ARGUMENT], // loads and stores
    [0x3f, 0x40, ZERO], // memory.size, memory.grow
    [0x41, 0x42, LEB], // i32.const, i64.const
    [0x43, 0x43, F32],
    [0x44, 0x44, F64],
    [0x45, 0xc4, NONE], // comparisons, arithmetic, conversions, sign extensions
    [0xd0, 0xd0, LANE], // ref.null
    [0xd1, 0xd1, NONE], // ref.is_null
  ]);

/** Behind the prefix 0xfc. */
const miscellaneous = () =>
  forms(18, [
    [0, 7, NONE], // saturating conversions
    [10, 10, TWO_ZEROS], // memory.copy
    [11, 11, ZERO], // memory.fill
  ]);

/** Numbers that the specification leaves out behind the prefix 0xfd. */
const NO_SIMD = [
  0x9a, 0xa2, 0xa5, 0xa6, 0xaf, 0xb0, 0xb2, 0xb3, 0xb4, 0xbb, 0xc2, 0xc5, 0xc6, 0xcf, 0xd0, 0xd2, 0xd3, 0xd4, 0xe2, 0xee,
];

/** Behind the prefix 0xfd; opcodes from 0x100 on are relaxed SIMD. */
const simd = () =>
  forms(0x114, [
    [0, 11, MEMORY_ARGUMENT],
    [12, 13, V128], // v128.const, i8x16.shuffle
    [14, 20, NONE], // swizzle, splats
    [21, 34, LANE], // lanes in and out
    [35, 83, NONE],
    [84, 91, MEMORY_LANE],
    [92, 93, MEMORY_ARGUMENT], // loads into one lane, the others 0
    [94, 0x113, NONE],
    ...NO_SIMD.map((code) => [code, code, UNKNOWN] as const),
  ]);
/** All of them, made when first needed. */
let tables: Readonly<Record<'plain' | 'miscellaneous' | 'simd', Uint8Array>> | undefined;

function forms(count: number, ranges: readonly (readonly [from: number, to: number, form: number])[]): Uint8Array {
  const table = new Uint8Array(count).fill(UNKNOWN);
  for (const [from, to, form] of ranges) table.fill(form, from, to + 1);
  return table;
}

/**
 * Goes over an expression (what ends with the `end` that belongs to no block in it), and tells of its indices. O(bytes).
 *
 * @returns whether it touches memory
 * @throws BadModule for an instruction that is not known here
 */
export function scan(code: Reader, visit: Visit): boolean {
  let touches = false;
  tables ??= { plain: plain(), miscellaneous: miscellaneous(), simd: simd() };
  for (let depth = 0; ; ) {
    const from = code.at;
    const opcode = code.byte();
    const [table, number] =
      opcode === 0xfc ? [tables.miscellaneous, code.u32()] : opcode === 0xfd ? [tables.simd, code.u32()] : [tables.plain, opcode];
    const form = table[number] ?? UNKNOWN;
    if (form === UNKNOWN) bad(`instruction ${named(opcode, number)} at byte ${from} is not supported`);
    touches ||= form === MEMORY_ARGUMENT || form === MEMORY_LANE || form === ZERO || form === TWO_ZEROS;
    immediates(code, form, visit);
    if (form === BLOCK) depth++;
    else if (opcode === 0x0b && depth-- === 0) return touches;
  }
}

function immediates(code: Reader, form: number, visit: Visit): void {
  const from = code.at;
  switch (form) {
    case BLOCK: {
      const type = code.s33(); // an index, or a value type below 0
      if (type >= 0) visit('type', type, from, code.at);
      return;
    }
    case LEB:
      return code.leb();
    case FUNCTION:
    case GLOBAL: {
      const index = code.u32();
      return visit(form === FUNCTION ? 'function' : 'global', index, from, code.at);
    }
    case MEMORY_ARGUMENT:
      return memoryArgument(code);
    case LANE:
      return code.skip(1);
    case MEMORY_LANE:
      memoryArgument(code);
      return code.skip(1);
    case F32:
      return code.skip(4);
    case F64:
      return code.skip(8);
    case V128:
      return code.skip(16);
    case LABELS:
      for (let left = code.u32() + 1; left > 0; left--) code.leb();
      return;
    case TYPES:
      return code.skip(code.u32());
    case ZERO:
      return zero(code);
    case TWO_ZEROS:
      zero(code);
      return zero(code);
  }
}

function memoryArgument(code: Reader): void {
  if (code.u32() >= 64) bad(`before byte ${code.at} there is an access to a second memory`);
  code.leb();
}

function zero(code: Reader): void {
  if (code.byte() !== 0) bad(`before byte ${code.at} there is an access to a second memory`);
}

/** `0xfd 0x0c` */
function named(opcode: number, number: number): string {
  const hex = (n: number): string => `0x${n.toString(16).padStart(2, '0')}`;
  return opcode === number ? hex(opcode) : `${hex(opcode)} ${hex(number)}`;
}
