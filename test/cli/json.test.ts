/** JSON from bytes: what JSON.parse reads is read, to the bit; what it refuses is refused, with a sentence. And back. */
import { Readable } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isNumbers, type Json, parse } from '../../src/cli/gradbench/json.ts';
import { type Line, lines } from '../../src/cli/gradbench/lines.ts';
import { text } from '../../src/cli/gradbench/write.ts';

const read = (json: string): Json => parse(Buffer.from(json));
const written = (value: Json): string => [...text(value)].join('');

/** Numbers as the arrays they were. */
function nested(x: unknown): unknown {
  if (isNumbers(x)) {
    const rows = (shape: readonly number[], values: Float64Array): unknown =>
      shape.length === 1
        ? Array.from(values)
        : Array.from({ length: shape[0]! }, (_, i) => {
            const size = values.length / shape[0]!;
            return rows(shape.slice(1), values.subarray(i * size, (i + 1) * size));
          });
    return rows(x.shape, x.values);
  }
  if (Array.isArray(x)) return x.map(nested);
  if (typeof x === 'object' && x !== null)
    return Object.fromEntries(Object.entries(x).map(([name, part]) => [name, nested(part)]));
  return x;
}

const number = fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.integer());
const matrix = fc.integer({ min: 0, max: 3 }).chain((n) => fc.array(fc.array(number, { minLength: n, maxLength: n })));

describe('reading', () => {
  test('any JSON there is', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.jsonValue(), matrix, fc.array(matrix), fc.array(fc.oneof(number, matrix, fc.string()))),
        (value) => {
          for (const json of [JSON.stringify(value), JSON.stringify(value, null, 2)]) {
            const found = nested(read(json));
            expect(found).toEqual(JSON.parse(json));
            expect(JSON.stringify(found)).toBe(JSON.stringify(JSON.parse(json)));
          }
        },
      ),
      { numRuns: 500 },
    );
  });

  test('numbers, to the bit, however they are written', () => {
    const forms = (x: number) => [
      String(x),
      x.toExponential(),
      x.toExponential(20),
      x.toPrecision(17),
      `${x.toFixed(3)}E+2`,
      x.toFixed(30),
    ];
    fc.assert(
      fc.property(
        fc.oneof(
          fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e20, max: 1e20 }),
          fc.double({ min: 0, max: 1, noNaN: true }),
        ),
        (x) => {
          for (const form of forms(x)) expect(read(form)).toBe(Number(form));
        },
      ),
      { numRuns: 2000 },
    );
    const hard = ['9007199254740993', '9007199254740992.5', '1e22', '1e23', '123456789e-30', '1e-400', '1e400', '2.2250738585072011e-308', '0.1e1', '-0', '-0.0e5']; // biome-ignore format: a list
    for (const form of hard) expect(read(form)).toBe(Number(form));
  });

  test('arrays of arrays of numbers as one array with a shape', () => {
    expect(read('[[[1,2],[3,4],[5,6]]]')).toEqual({ shape: [1, 3, 2], values: Float64Array.of(1, 2, 3, 4, 5, 6) });
    expect(read('[[],[]]')).toEqual({ shape: [2, 0], values: new Float64Array() });
    expect(read('[]')).toEqual({ shape: [0], values: new Float64Array() });
    expect(read('[[1,2],[3]]')).toEqual([{ shape: [2], values: Float64Array.of(1, 2) }, { shape: [1], values: Float64Array.of(3) }]); // biome-ignore format: a list
    expect(read('[1,[2,3],4]')).toEqual([1, { shape: [2], values: Float64Array.of(2, 3) }, 4]);
    expect(read('[[1,2],[3,4],"x",[5]]')).toEqual([...[[1, 2], [3, 4]].map((row) => ({ shape: [2], values: Float64Array.from(row) })), 'x', { shape: [1], values: Float64Array.of(5) }]); // biome-ignore format: a list
  });

  test.each([
    '',
    ' ',
    '{',
    '[',
    '[1',
    '[1,',
    '[1,]',
    '[,1]',
    '[1 2]',
    '{"a"}',
    '{"a":}',
    '{"a":1,}',
    '{a:1}',
    '01',
    '-',
    '-a',
    '1.',
    '.5',
    '1e',
    '1e+',
    '+1',
    '0x10',
    'NaN',
    'Infinity',
    'nul',
    'truex',
    '"',
    '"\\x"',
    '"a\nb"',
    '"\\',
    '1 2',
    '[1]]',
    '\u00e9',
  ])(
    // biome-ignore format: a list
    'not %j',
    (json) => {
      expect(() => JSON.parse(json)).toThrow(SyntaxError);
      expect(() => read(json)).toThrow(/^(expected .+ at byte \d+, found .+|.* inside each other, at byte \d+)$/);
    },
  );

  test('names of every object are names like others', () => {
    const found = read('{"__proto__": 1, "toString": 2}') as Record<string, Json>;
    expect(Object.keys(found)).toEqual(['__proto__', 'toString']);
    expect(Object.hasOwn(read('{}') as object, 'toString')).toBe(false);
  });
});

describe('writing', () => {
  test('as JSON.stringify does, numbers with a shape as arrays', () => {
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), matrix, fc.array(matrix)), (value) => {
        const json = JSON.stringify(value);
        expect(written(read(json))).toBe(JSON.stringify(JSON.parse(json)));
      }),
      { numRuns: 300 },
    );
  });

  test('what is not finite as null, what is undefined not at all', () => {
    expect(written({ a: Number.NaN, b: { shape: [2], values: Float64Array.of(Infinity, 1) }, c: undefined as never })).toBe(
      '{"a":null,"b":[null,1]}',
    );
  });

  test('long arrays in pieces', () => {
    const values = Float64Array.from({ length: 20_001 }, (_, i) => i / 7);
    const pieces = [...text({ shape: [20_001], values })];
    expect(pieces.length).toBeGreaterThan(5);
    expect(JSON.parse(pieces.join(''))).toEqual(Array.from(values));
  });
});

describe('lines', () => {
  const split = async (texts: readonly string[], most?: number): Promise<Line[]> => {
    const found: Line[] = [];
    for await (const line of lines(Readable.from(texts.map((text) => Buffer.from(text))), most)) found.push(line);
    return found;
  };
  const plain = async (...texts: string[]) => (await split(texts)).map(({ bytes, cut }) => bytes.toString() + (cut ? '…' : ''));

  test('wherever the stream is cut', async () => {
    expect(await plain('a\nbc\n\nd\n')).toEqual(['a', 'bc', '', 'd']);
    expect(await plain('a', '\n', 'b', 'c', '\n\n', 'd\n')).toEqual(['a', 'bc', '', 'd']);
    expect(await plain('a\nb', 'c')).toEqual(['a', 'bc…']);
    expect(await plain()).toEqual([]);
  });

  test('one that is too long is skipped, and known by its beginning', async () => {
    const found = await split(['{"id":', '1}\n{"id":2,', '"x":"', 'y'.repeat(50), 'z\n{"id":3}\n'], 20);
    expect(found.map(({ tooLong }) => tooLong)).toEqual([undefined, 64, undefined]);
    expect(found[1]!.bytes.toString()).toBe(`{"id":2,"x":"${'y'.repeat(50)}`);
    expect(found[2]!.bytes.toString()).toBe('{"id":3}');
  });
});
