/** The decoder against the runtime's own: each knows an instruction, and how long it is, exactly where the other does. */
import { describe, expect, test } from 'vitest';
import { Reader, Writer } from '../../src/wasm/link/bytes.ts';
import { scan } from '../../src/wasm/link/instructions.ts';
import { code } from '../support/code.ts';
import { moduleOf } from '../support/wasm.ts';

const UNREACHABLE = 0;
const END = 0x0b;
/** Immediates that may follow an opcode: none, small numbers, memory arguments, constants. Blocks bring the END they need. */
const TAILS: readonly (readonly number[])[] = [
  [],
  [0],
  [0, 0],
  [0, 0, 0],
  Array(4).fill(0),
  Array(8).fill(0),
  Array(16).fill(0),
  [0x40, END],
  [0, END], // br_table with no labels but the default: 0 labels, label 0 is written [0, 0]
  [1, 0x7c], // select of f64
  [0x70], // ref.null
];

/** Nothing is known of the stack behind `unreachable`, so any instruction is valid there if it exists. */
function isValid(instruction: readonly number[]): boolean {
  const body = [1, 1, 0x7c, UNREACHABLE, ...instruction, UNREACHABLE, END];
  // local 0 is an f64, type 0 a function of nothing, global 0 mutable, memory 0 there
  return [0x7f, 0x7e, 0x7d, 0x7c].some((type) => WebAssembly.validate(moduleOf({ bodies: [body], global: type })));
}

/** The decoder takes it as one whole instruction. */
function isKnown(instruction: readonly number[]): boolean {
  const expression = Uint8Array.from([...instruction, UNREACHABLE, END]);
  const from = new Reader(expression);
  const outcome = code(() => void scan(from, () => {}));
  return outcome === 'returned undefined' && !from.isMore;
}

const prefixed = (prefix: number, number: number): number[] => [...new Writer().byte(prefix).u32(number).bytes()];

/** What the runtime knows, and we refuse: tables, references, exceptions, passive data. */
const REFUSED = new Set(
  [[0x06], [0x07], [0x08], [0x09], [0x11], [0x13], [0x18], [0x19], [0x25], [0x26], [0xd2]]
    .concat([8, 9, 12, 13, 14, 15, 16, 17].map((number) => prefixed(0xfc, number)))
    .map(String),
);

function check(opcode: readonly number[]): void {
  for (const tail of TAILS) {
    const instruction = [...opcode, ...tail];
    const valid = isValid(instruction);
    if (REFUSED.has(String(opcode))) expect(isKnown(instruction), `${instruction} is refused`).toBe(false);
    else if (valid) expect(isKnown(instruction), `${instruction} is valid`).toBe(true);
  }
  if (REFUSED.has(String(opcode))) return;
  const known = TAILS.some((tail) => isKnown([...opcode, ...tail]));
  const exists = TAILS.some((tail) => isValid([...opcode, ...tail]));
  expect(known, `opcode ${opcode} exists: ${exists}`).toBe(exists);
}

describe('every opcode', () => {
  // else and end change the block structure; return_call (0x12) came to runtimes later than Node 20
  const others = new Set([0x05, END, 0x12, 0xfb, 0xfc, 0xfd, 0xfe]);
  test('of one byte', () => {
    for (let opcode = 0; opcode < 256; opcode++) if (!others.has(opcode)) check([opcode]);
  });

  test('behind 0xfc', () => {
    for (let number = 0; number < 32; number++) check(prefixed(0xfc, number));
  });

  test('behind 0xfd', () => {
    for (let number = 0; number < 256; number++) check(prefixed(0xfd, number));
  });

  test('of prefixes with threads and garbage collection is refused', () => {
    for (const prefix of [0xfb, 0xfe])
      for (let number = 0; number < 80; number++) expect(isKnown([...prefixed(prefix, number), 2, 0])).toBe(false);
  });
});

describe('indices', () => {
  const indicesIn = (bytes: readonly number[]): string[] => {
    const found: string[] = [];
    scan(new Reader(Uint8Array.from(bytes)), (space, index, from, to) => found.push(`${space} ${index} at ${from}–${to}`));
    return found;
  };

  test('are those of functions, globals and types, wherever constants look like them', () => {
    const body = [
      0x41,
      0x10, // i32.const 16: looks like call
      0x44,
      0x23,
      1,
      0x24,
      1,
      0x10,
      1,
      0x23,
      1, // f64.const
      0xfd,
      0x0c,
      ...Array(8).fill(0x10),
      ...Array(8).fill(0x23), // v128.const
      0x10,
      0x85,
      0x01, // call 133
      0x23,
      3, // global.get 3
      0x24,
      0x80,
      0x00, // global.set 0, written longer than needed
      0x02,
      0x7f, // block with one i32
      0x03,
      0x07, // loop of type 7
      0x0e,
      2,
      0x10,
      1,
      0, // br_table
      END,
      END,
      END,
    ];
    expect(indicesIn(body)).toEqual(['function 133 at 30–32', 'global 3 at 33–34', 'global 0 at 35–37', 'type 7 at 40–41']);
  });

  test('of memories other than the first are refused', () => {
    const bodies = [
      [0x28, 0x42, 1, 0, END], // i32.load, memory 1
      [0x3f, 1, END], // memory.size
      [0xfc, 10, 0, 1, END], // memory.copy
      [0xfd, 84, 0x40, 1, 0, 0, END], // v128.load8_lane
    ];
    for (const body of bodies) expect(code(() => indicesIn(body))).toBe('BadModule');
  });
});

test('code that is cut short anywhere is refused', () => {
  const whole = [0x41, 0xff, 0x01, 0x28, 2, 8, 0x44, ...Array(8).fill(1), 0x0e, 1, 0, 0, 0xfd, 0x0d, ...Array(16).fill(0), END];
  const scanned = (bytes: number[]) => code(() => void scan(new Reader(Uint8Array.from(bytes)), () => {}));
  expect(scanned(whole)).toBe('returned undefined');
  for (let end = 0; end < whole.length; end++) expect(scanned(whole.slice(0, end))).toBe('BadModule');
});

test('numbers are read as they are written', () => {
  const edges = [0, 1, 63, 64, 127, 128, 8191, 8192, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1];
  for (const value of edges) {
    expect(new Reader(new Writer().u32(value).bytes()).u32()).toBe(value);
  }
  for (const value of edges.filter((edge) => edge < 2 ** 31))
    for (const signed of [value, -1 - value]) {
      const from = new Reader(new Writer().s32(signed).bytes());
      expect(from.s33()).toBe(signed);
      expect(from.isMore).toBe(false);
    }
  expect(new Reader(Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0x0f)).s33()).toBe(2 ** 32 - 1);
  for (const long of [
    [0xff, 0xff, 0xff, 0xff, 0x1f],
    [0x80, 0x80, 0x80, 0x80, 0x80, 0],
  ])
    expect(code(() => new Reader(Uint8Array.from(long)).u32())).toBe('BadModule');
  expect(code(() => new Reader(new Uint8Array(11).fill(0x80)).leb())).toBe('BadModule');
});
