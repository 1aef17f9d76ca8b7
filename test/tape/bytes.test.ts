/** Tapes as bytes: there and back, and whatever else someone hands in. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { interpreter } from '../../src/engine/interpreter/index.ts';
import { reference } from '../../src/engine/reference/index.ts';
import { WengertError } from '../../src/errors.ts';
import { fromBytes, toBytes } from '../../src/tape/bytes.ts';
import { isLoopTape } from '../../src/tape/loops/layout.ts';
import { KIND, RECORD_WORDS, STRIP_WORDS, type Tape, W } from '../../src/tape/layout.ts';
import { listSlots, operandSlot } from '../../src/tape/lift.ts';
import { ARITY, LISTS } from '../../src/tape/nodes.ts';
import { EXACT_LISTS, patchwork, SUMS } from './patchwork.ts';

function sample(seed: number): Tape {
  const { g, outputs } = patchwork({ seed, pattern: 12, copies: 20, tangled: 30, lists: [...EXACT_LISTS, ...SUMS] });
  return g.tape(...outputs);
}

/** What validate promises, looked at slot by slot. */
function checkEverySlot(tape: Tape): void {
  const { records, strips, rowStart } = tape;
  for (let at = 0; at < records.length; at += RECORD_WORDS) {
    const op = records[at]! & 255;
    const kind = (records[at]! >> 8) & 255;
    for (let i = 0; i < records[at + W.count]!; i++) {
      const out = records[at + W.out]! + i;
      const q = (records[at + W.a]! + i) * STRIP_WORDS;
      const operands =
        kind === KIND.list
          ? Array.from({ length: LISTS[op]! }, (_, j) => listSlots(tape, at, j, i))
          : kind === KIND.strip
            ? Array.from({ length: ARITY[strips[q]! & 255]! }, (_, j) => [strips[q + 1 + j]!])
            : Array.from({ length: ARITY[op]! }, (_, j) => [operandSlot(tape, at, j, i)]);
      if (!operands.flat().every((slot) => slot >= 0 && slot < out && out < tape.slots)) throw new Error(`slot ${out}`);
      if (!operands.every((list) => new Set(list.map((slot) => slot < rowStart)).size <= 1))
        throw new Error(`sides of slot ${out}`);
    }
  }
}

/** Elements of all records. */
function work({ records }: Tape): number {
  let n = 0;
  for (let at = 0; at < records.length; at += RECORD_WORDS) n += records[at + W.count]! * Math.max(1, records[at + W.k]!);
  return n;
}

/** Loads and runs what was accepted, in both engines. */
function run(tape: Tape): void {
  for (const engine of [reference, interpreter]) {
    const m = engine.load(tape);
    m.bound();
    m.gradient();
    m.tangent(new Float64Array(tape.p).fill(1));
    m.reserve(3);
    if (tape.outputs.length) m.gradientRows(3, 'mean');
    m.dispose();
  }
}

describe('there and back', () => {
  it('keeps everything, bit by bit', () => {
    const tape = sample(4);
    const constants = Float64Array.from(tape.constants);
    constants.set([-0, Number.NaN, 5e-324, -Infinity].slice(0, constants.length));
    expect(fromBytes(toBytes({ ...tape, constants }))).toEqual({ ...tape, constants });
  });
  it('keeps names in any script', () => {
    const tape = sample(5);
    const [port, ...rest] = tape.signature.inputs;
    const named = { ...tape, signature: { ...tape.signature, inputs: [{ ...port!, name: 'θ₀ 重み 🙂' }, ...rest] }, names: [[3, '\ufeffx'], [3, '']] as const }; // biome-ignore format: a row
    expect(fromBytes(toBytes(named))).toEqual(named);
  });
  it('reads from the middle of a buffer', () => {
    const bytes = toBytes(sample(6));
    const shifted = new Uint8Array(bytes.length + 3);
    shifted.set(bytes, 3);
    expect(fromBytes(shifted.subarray(3))).toEqual(sample(6));
  });
  it('is aligned to 8 bytes throughout', () => {
    expect(toBytes(sample(7)).length % 8).toBe(0);
  });
});

describe('what is no tape is refused', () => {
  const bytes = toBytes(sample(8));
  const changed = (at: number, byte: number): Uint8Array => {
    const copy = bytes.slice();
    copy[at] = byte;
    return copy;
  };
  it.each<[string, Uint8Array, RegExp]>([
    ['nothing', new Uint8Array(0), /no wengert tape \[BadTape\]/],
    ['something else', new TextEncoder().encode('{"tape": "I say so, and this is long enough"}'), /no wengert tape/],
    ['another version', changed(8, 5), /tape version 5; this is wengert for versions 3 and 4/],
    ['several bodies', changed(12, 2), /a tape of 2 bodies/],
    ['a tape cut short', bytes.subarray(0, bytes.length - 8), /bytes long, but \d+ are here/],
    ['a tape with something behind it', new Uint8Array([...bytes, 0, 0, 0, 0, 0, 0, 0, 0]), /bytes long, but \d+ are here/],
    ['an item size that is another', changed(28, 4), /4-byte items where 1 were expected/],
    ['text that is no UTF-8', changed(32, 0xff), /no UTF-8/],
  ])('%s', (_, given, message) => {
    expect(() => fromBytes(given)).toThrow(message);
    expect(() => fromBytes(given)).toThrow(WengertError);
  });
  it('what is not even bytes', () => {
    expect(() => fromBytes('tape' as unknown as Uint8Array)).toThrow(/expected a Uint8Array \[WrongType\]/);
  });
  it('a tape cut anywhere', () => {
    for (let n = 0; n < bytes.length; n += 4) {
      const cut = bytes.slice(0, n);
      if (n >= 24) new DataView(cut.buffer).setUint32(16, n, true); // and made to look whole
      expect(() => fromBytes(cut)).toThrow(WengertError);
    }
  });
});

it('bytes with words changed at random are refused, or run without harm', () => {
  let accepted = 0;
  const word = fc.oneof(
    fc.integer(),
    fc.integer({ min: -3, max: 300 }),
    fc.constantFrom(-0x80000000, 0x7fffffff, 1 << 16, 1 << 30),
  );
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 1000 }),
      fc.array(fc.tuple(fc.nat(), word, fc.boolean()), { minLength: 1, maxLength: 4 }),
      (seed, changes) => {
        const bytes = toBytes(sample(seed));
        const view = new DataView(bytes.buffer);
        for (const [place, value, isFlip] of changes) {
          const at = 4 * (place % (bytes.length / 4));
          view.setInt32(at, isFlip ? view.getInt32(at, true) ^ (1 << (value & 31)) : value, true);
        }
        let tape: Tape;
        try {
          const read = fromBytes(bytes);
          if (isLoopTape(read)) return; // the version was changed
          tape = read;
        } catch (error) {
          expect(error).toBeInstanceOf(WengertError);
          return;
        }
        if (work(tape) > 1e6) return;
        accepted++;
        checkEverySlot(tape);
        run(tape);
      },
    ),
    { numRuns: 3000 },
  );
  expect(accepted).toBeGreaterThan(100); // changed constants, other ops of the same arity …
});
