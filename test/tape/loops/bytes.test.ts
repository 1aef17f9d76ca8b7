/** Programs with loops as bytes: there and back, and whatever else someone hands in. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { WengertError } from '../../../src/errors.ts';
import { fromBytes, toBytes } from '../../../src/tape/bytes.ts';
import { isLoopTape, type LoopTape } from '../../../src/tape/loops/layout.ts';
import { overRows } from '../../../src/tape/loops/over.ts';
import { print } from '../../../src/tape/loops/print.ts';
import { unroll } from '../../../src/tape/loops/unroll.ts';
import { validateLoops } from '../../../src/tape/loops/validate.ts';
import { tapeBuilder } from '../../../src/tape/builder.ts';
import { loopTape } from '../../support/loop-tapes.ts';
import { everything, randomProgram, regression } from './programs.ts';

describe('there and back', () => {
  it('keeps every instruction', () => {
    const tape = everything();
    expect(fromBytes(toBytes(tape))).toStrictEqual(tape);
    expect(isLoopTape(fromBytes(toBytes(tape)))).toBe(true);
  });
  it('keeps random programs', () => {
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const { tape } = randomProgram(seed);
        expect(fromBytes(toBytes(tape))).toStrictEqual(tape);
        const { tape: rows } = overRows(tape, 'mean');
        expect(fromBytes(toBytes(rows))).toStrictEqual(rows);
      }),
      { numRuns: 300 },
    );
  });
  it('keeps constants to the bit, and all NaNs are one', () => {
    const t = loopTape();
    const other = new Float64Array(Uint32Array.of(1, 0xfff00001).buffer)[0]!;
    const given = [0, -0, 5e-324, -Infinity, 0.1, Number.NaN, other];
    const array = t.main.list(...given.map((x) => t.main.constant(x)));
    const bytes = toBytes(t.tape({ x: { array, shape: [given.length] } }));
    const again = fromBytes(bytes) as LoopTape;
    expect(again.bodies[0]!.code.flatMap((it) => (it.kind === 'constant' ? [it.value] : []))).toEqual(given);
    expect(bytes).toEqual(toBytes(again));
    const canonical = given.map((x) => (Number.isNaN(x) ? Number.NaN : x));
    const u = loopTape();
    const same = u.main.list(...canonical.map((x) => u.main.constant(x)));
    expect(bytes).toEqual(toBytes(u.tape({ x: { array: same, shape: [given.length] } })));
  });
  it('keeps sizes up to 2⁵² and names in any script', () => {
    const t = loopTape();
    const x = t.param('θ₀ 重み 🙂', ['длина']);
    const far = [2 ** 52, -(2 ** 52), 2 ** 31, -1, 63, 64, -64, -65, 8191, 8192].map((n) => t.main.number(n));
    const tape = t.tape(t.name(t.main.load(x, far.length), '\ufeff'));
    expect(fromBytes(toBytes(tape))).toStrictEqual(tape);
  });
  it('takes what was written and not what it runs over, every string once', () => {
    const rows = (n: number): number => {
      const t = loopTape();
      const X = t.data('X', [n, 10]);
      return toBytes(t.tape(t.main.region(n, (i) => ({ sums: [i.reduce('norm', 10, i.view(X, 1, 0, [i, 10]))] })).sums[0]!))
        .length;
    };
    expect(rows(1_000_000) - rows(1000)).toBeLessThanOrEqual(8);
    expect(toBytes(regression()).length).toBeLessThan(250);
    const named = (what: string): number => {
      const t = loopTape();
      const x = t.param('x');
      for (let i = 0; i < 9; i++) t.main.check(t.main.load(x), 1, what);
      return toBytes(t.tape(0)).length;
    };
    expect(named('x'.repeat(808)) - named('x'.repeat(8))).toBe(800);
  });
  it('leaves flat tapes as they were', () => {
    const t = tapeBuilder();
    const x = t.input('x');
    const bytes = toBytes(t.build({ y: t.op('sin', x) }));
    expect([...bytes.subarray(8, 16)]).toEqual([3, 0, 0, 0, 1, 0, 0, 0]);
    expect(bytes.length).toBe(256);
  });
});

describe('what is no tape is refused', () => {
  const bytes = toBytes(everything());
  const view = (copy: Uint8Array): DataView => new DataView(copy.buffer, copy.byteOffset);
  const sectionAt = (k: number): number => {
    let at = 24;
    for (; k > 0; k--) at += 8 + Math.ceil((view(bytes).getUint32(at, true) * view(bytes).getUint32(at + 4, true)) / 8) * 8;
    return at + 8;
  };
  const changed = (at: number, ...values: number[]): Uint8Array => {
    const copy = bytes.slice();
    copy.set(values, at);
    return copy;
  };
  it.each<[string, Uint8Array, RegExp]>([
    ['another version', changed(8, 5), /tape version 5; this is wengert for versions 3 and 4/],
    ['another number of bodies', changed(12, 9), /the tape says it has 9 bodies, but it has \d/],
    ['strings that are longer than the text', changed(sectionAt(1), 255), /a name of 255 bytes runs past the text/],
    ['a list longer than the tape', changed(sectionAt(3), 0xfe, 0x7f), /a list of 8191, but \d+ bytes are left/],
    ['a list of less than nothing', changed(sectionAt(3), 1), /a list of -1, but/],
    ['a string that is not there', changed(sectionAt(3) + 1, 0x7e), /string 63 of \d+/],
    ['a whole number without an end', changed(sectionAt(3), ...Array.from({ length: 9 }, () => 0xff)), /more than 8 bytes/],
    ['neither true nor false', changed(sectionAt(3) + 7, 4), /2 where 0 to 1 was expected/],
  ])('%s', (_, given, message) => {
    expect(() => fromBytes(given)).toThrow(message);
    expect(() => fromBytes(given)).toThrow(/\[BadTape\]$/);
  });
  it('a tape cut anywhere', () => {
    for (let n = 0; n < bytes.length; n += 4) {
      const cut = bytes.slice(0, n);
      if (n >= 24) view(cut).setUint32(16, n, true); // and made to look whole
      expect(() => fromBytes(cut)).toThrow(WengertError);
    }
  });
  it('constants too many or too few', () => {
    const t = loopTape();
    const tape = t.tape(t.main.constant(2));
    const two = { ...tape, values: 2, bodies: [{ ...tape.bodies[0]!, code: [...tape.bodies[0]!.code, { kind: 'constant', out: 1, value: 3 } as const] }] }; // biome-ignore format: one line
    const [short, long] = [toBytes(tape), toBytes(two)];
    expect(short.length).toBeLessThan(long.length);
    // the program of one, the numbers of the other
    const splice = (from: Uint8Array, program: Uint8Array): Uint8Array => {
      const at = (b: Uint8Array): number => 24 + [0, 1, 2].reduce((sum) => sum + 8 + Math.ceil((view(b).getUint32(24 + sum, true) * view(b).getUint32(28 + sum, true)) / 8) * 8, 0); // biome-ignore format: one line
      const joined = Uint8Array.from([...from.subarray(0, at(from)), ...program.subarray(at(program))]);
      view(joined).setUint32(16, joined.length, true);
      return joined;
    };
    expect(() => fromBytes(splice(long, short))).toThrow(/1 numbers belong to no constant/);
    expect(() => fromBytes(splice(short, long))).toThrow(/more constants than the 1 numbers there are/);
  });
});

it('bytes that were changed are refused, or are a sound program', () => {
  let accepted = 0;
  const flip = fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 }), fc.boolean());
  fc.assert(
    fc.property(fc.nat(), fc.array(flip, { minLength: 1, maxLength: 3 }), (seed, flips) => {
      const { tape: written, lengths } = randomProgram(seed);
      const bytes = toBytes(written);
      for (const [place, value, isFlip] of flips) {
        const at = place % bytes.length;
        bytes[at] = isFlip ? bytes[at]! ^ (1 << (value & 7)) : value;
      }
      let tape: LoopTape;
      try {
        tape = fromBytes(bytes) as LoopTape;
      } catch (error) {
        expect((error as WengertError).code).toBe('BadTape');
        return;
      }
      if (!isLoopTape(tape)) return;
      accepted++;
      validateLoops(tape);
      expect(print(tape).length).toBeLessThan(100_000);
      expect(fromBytes(toBytes(tape))).toStrictEqual(tape);
      try {
        unroll(tape, lengths, { limit: 10_000 });
      } catch (error) {
        expect(error).toBeInstanceOf(WengertError);
      }
    }),
    { numRuns: 4000 },
  );
  expect(accepted).toBeGreaterThan(100); // other constants, other ops of the same arity …
});
