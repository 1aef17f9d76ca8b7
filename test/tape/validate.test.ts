/** Each fault by its own sentence. */
import { describe, expect, it } from 'vitest';
import { OP } from '../../src/ops/vocabulary.ts';
import { GATHER, RECORD_WORDS, type Tape, W } from '../../src/tape/layout.ts';
import { validate } from '../../src/tape/validate.ts';
import { standIn } from './standin.ts';

/**
 * Records by number:
 *
 *     segment 1   0  mul ×4 (broadcast w, gathered x)   1  dot ×1 of 4   2  strip: sin, add, add
 *     segment 2   3  strip: sin of data
 *     segment 3   4  strip: mul
 */
function sample(): Tape {
  const g = standIn();
  const w = g.param();
  const x = Array.from({ length: 4 }, () => g.param());
  const [d, unused] = [g.data(), g.data()];
  const y = [1, 3, 0, 2].map((i) => g.node(OP.mul, w, x[i]!));
  const s = g.node(OP.sin, y[0]!);
  const dot = g.list(OP.dot, y, x);
  const t = g.node(OP.add, s, g.constant(2));
  const z = g.node(OP.mul, g.node(OP.add, dot, t), g.node(OP.sin, d));
  g.name(z, 'z');
  void unused;
  return g.tape(z, d);
}

const R = (r: number, word: number): number => r * RECORD_WORDS + word;

/** The sample with some words of its records, and other properties, replaced. */
function broken(words: readonly (readonly [at: number, word: number])[], other: Partial<Tape> = {}): Tape {
  const tape = sample();
  for (const [at, word] of words) tape.records[at] = word;
  return { ...tape, ...other };
}

function stripWord(at: number, word: number): Tape {
  const tape = sample();
  tape.strips[at] = word;
  return tape;
}

const head = (r: number): number => sample().records[R(r, W.head)]!;

it('a tape from layout passes', () => {
  const tape = sample();
  expect(() => validate(tape)).not.toThrow();
  expect(tape.records.length / RECORD_WORDS).toBe(5);
  expect(tape.records[R(0, W.bs)]).toBe(GATHER);
});

describe('of a record', () => {
  it.each<[string, Tape, RegExp]>([
    ['an opcode that is none', broken([[R(0, 0), (head(0) & ~255) | 200]]), /record 0 computes op 200 as a run, which it is not/],
    ['a leaf', broken([[R(0, 0), (head(0) & ~255) | OP.constant]]), /record 0 computes constant as a run/],
    ['a list op as a run', broken([[R(0, 0), (head(0) & ~255) | OP.sum]]), /record 0 computes sum as a run/],
    ['a kind that is none', broken([[R(0, 0), head(0) | 0x700]]), /record 0 is of kind 7/],
    ['bits without a meaning', broken([[R(0, 0), head(0) | (1 << 20)]]), /record 0 has bits set that mean nothing/],
    ['an op of its own on a strip', broken([[R(2, 0), head(2) | OP.add]]), /record 2 is a strip with an op of its own/],
    ['no nodes', broken([[R(0, W.count), 0]]), /record 0 has 0 nodes/],
    ['many nodes', broken([[R(0, W.count), 0x7fffffff]]), /record 0 writes up to slot \d+, past the end of its segment/],
    ['a slot that is taken', broken([[R(0, W.out), 4]]), /record 0 writes slot 4, but the next free one is 6/],
    ['a slot far off', broken([[R(0, W.out), 9]]), /record 0 writes slot 9/],
    [
      'an operand not yet computed',
      broken([[R(1, W.a), 7]]),
      /record 1 operand 0 reads slot 10, which is not computed before slot 10/,
    ],
    ['an operand below 0', broken([[R(0, W.a), -1]]), /record 0 operand 0 reads slot -1/],
    ['a stride below 0', broken([[R(0, W.as), -1]]), /record 0 operand 0 reads slot -3/],
    ['a stride that overflows', broken([[R(0, W.as), 0x40000000]]), /record 0 operand 0 reads slot 3221225472/],
    ['indices beyond the list', broken([[R(0, W.b), 1]]), /record 0 operand 1 looks up indices 1 to 4, but there are 4/],
    ['indices below the list', broken([[R(0, W.b), -2]]), /record 0 operand 1 looks up indices -2 to 1/],
    ['an operand it does not have', broken([[R(0, W.c), 3]]), /record 0 has 3 in word 10, which must be 0/],
    ['a list stride on a run', broken([[R(0, W.ak), 1]]), /record 0 has 1 in word 6/],
    ['lists on a run', broken([[R(0, W.k), 2]]), /record 0 has lists of 2 elements/],
    ['a list of negative length', broken([[R(1, W.k), -1]]), /record 1 has lists of -1 elements/],
    [
      'an active operand it does not have',
      broken([[R(0, 0), head(0) | (4 << 16)]]),
      /record 0 marks operand 2 active, which mul does not have/,
    ],
    [
      'a derivative left out',
      broken([[R(0, 0), head(0) & ~(1 << 16)]]),
      /record 0 operand 0 depends on parameters, but is marked otherwise/,
    ],
  ])('%s', (_, tape, message) => {
    expect(() => validate(tape)).toThrow(message);
    expect(() => validate(tape)).toThrow(/\[BadTape\]$/);
  });

  it('lists on both sides of rowStart', () => {
    const g = standIn();
    const [w, d] = [g.param(), Array.from({ length: 3 }, () => g.data())];
    const tape = g.tape(g.node(OP.mul, w, g.list(OP.sum, d)));
    tape.records[R(0, W.a)] = 0;
    expect(() => validate(tape)).toThrow(/record 0 operand 0 reads slots 0 to 2, on both sides of rowStart = 1/);
  });

  it('a parameter in what depends on data alone', () => {
    const g = standIn();
    const [w, d] = [g.param(), Array.from({ length: 4 }, () => g.data())];
    const tape = g.tape(g.node(OP.mul, w, g.list(OP.sum, d.map((x) => g.node(OP.sin, x))))); // biome-ignore format: one call
    tape.records[R(0, W.a)] = 0;
    tape.records[R(0, W.as)] = 0;
    expect(() => validate(tape)).toThrow(/record 0 operand 0 depends on parameters, which segment 2 must not/);
  });

  it('more elements than could be counted', () => {
    const g = standIn();
    const x = g.param();
    const tape = g.tape(g.list(OP.sum, Array.from({ length: 4 }, () => g.list(OP.prod, [x, x, x])))); // biome-ignore format: one call
    tape.records[R(0, W.k)] = 0x7fffffff;
    expect(() => validate(tape)).toThrow(/record 0 has more than 2³¹ elements/);
  });
});

describe('of a strip', () => {
  it.each<[string, Tape, RegExp]>([
    ['beyond the strips', broken([[R(2, W.a), 3]]), /record 2 is a strip of \d+ entries from 3 on/],
    ['before the strips', broken([[R(2, W.a), -1]]), /record 2 is a strip of \d+ entries from -1 on/],
    ['words without a meaning', broken([[R(2, W.b), 1]]), /record 2 has 1 in word 7/],
    ['a ternary op', stripWord(0, OP.select | (1 << 16)), /record 2 entry 0: select cannot stand in a strip/],
    ['a list op', stripWord(0, OP.sum | (1 << 16)), /record 2 entry 0: sum cannot stand in a strip/],
    ['bits without a meaning', stripWord(0, OP.sin | (1 << 12)), /record 2 entry 0: sin cannot stand in a strip/],
    ['an operand it does not have', stripWord(2, 1), /record 2 entry 0: sin has no operand 1/],
    ['its own result', stripWord(1, 11), /record 2 entry 0, operand 0 reads slot 11, which is not computed before slot 11/],
    ['a derivative left out', stripWord(0, OP.sin), /record 2 entry 0, operand 0 depends on parameters, but is marked otherwise/],
  ])('%s', (_, tape, message) => {
    expect(() => validate(tape)).toThrow(message);
  });
});

describe('of the whole', () => {
  const good = sample();
  it.each<[string, Partial<Tape>, RegExp]>([
    ['sizes that are none', { slots: 1.5 }, /whole numbers/],
    ['more slots than memory', { slots: 2 ** 29 }, /536870912 slots; 268435456 is the most/],
    [
      'constants beyond rowStart',
      { constants: new Float64Array(100) },
      /5 parameters and 100 constants do not fit below rowStart/,
    ],
    ['slots nobody owns', { slots: good.slots + 3 }, /the tape says it has \d+ slots, but its records end at \d+/],
    ['rowStart elsewhere', { rowStart: good.rowStart + 1, slots: good.slots + 1 }, /shared slots end at \d+, but rowStart = \d+/],
    ['half a record', { records: good.records.subarray(1) }, /59 words are no whole number of records/],
    ['segments that end early', { segments: Int32Array.of(0, 0, 3, 4, 4) }, /segments must run from 0 to the 5 records/],
    ['segments that go back', { segments: Int32Array.of(0, 4, 3, 4, 5) }, /segment 1 ends before it starts/],
    ['another number of nodes', { nodes: 1 }, /the tape says it has 1 nodes, but its records have \d+/],
    ['outputs beyond', { outputs: Int32Array.of(0, 1000) }, /output slot 1000 does not exist/],
    ['outputs below', { outputs: Int32Array.of(0, -1) }, /output slot -1 does not exist/],
    ['fewer outputs than listed', { outputs: Int32Array.of(0) }, /the signature has 2 outputs, the tape 1/],
    ['names of nothing', { names: [[1000, 'x']] }, /a name stands on slot 1000/],
    ['parameters nobody declared', { p: 4 }, /the signature has 5 differentiated inputs, the tape 4/],
    ['data nobody declared', { q: 3 }, /the signature has 2 data inputs, the tape 3/],
    [
      'a shape of many dimensions',
      { signature: { ...good.signature, inputs: [{ name: 'x', shape: [1, 1, 5], data: false }] } },
      /a shape of 3 dimensions/,
    ],
    [
      'an extent below 0',
      { signature: { ...good.signature, inputs: [{ name: 'x', shape: [-5], data: false }] } },
      /an extent of -5/,
    ],
    [
      'one name for two inputs',
      { signature: { ...good.signature, inputs: [...good.signature.inputs, { name: 'x', shape: [0], data: true }] } },
      /two inputs have the same name/,
    ],
    ['several single outputs', { signature: { ...good.signature, single: true } }, /a single output, but 2 are listed/],
  ])('%s', (_, change, message) => {
    expect(() => validate({ ...good, ...change })).toThrow(message);
    expect(() => validate({ ...good, ...change })).toThrow(/\[BadTape\]$/);
  });
});
