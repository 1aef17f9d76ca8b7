/**
 * A program with loops in the container of ../bytes.ts. Its sections:
 *
 *     text        1   all strings, each once, UTF-8, one after the other
 *     strings     4   bytes of each
 *     numbers     8   of the constants, in their order
 *     program     1   everything else in the order of codec.ts, whole numbers; strings by number
 *
 * A whole number x is written as 2x, or −2x − 1 if it is negative, seven bits a byte, lowest first, the highest bit
 * saying that more follow. Most take one byte.
 */
import { fail } from '../../errors.ts';
import type { Cursor, Writer } from '../sections.ts';
import { program, type Stream } from './codec.ts';
import type { LoopTape } from './layout.ts';
import { validateLoops } from './validate.ts';

/** Bytes of the largest number below 2⁵⁴. */
const MOST_BYTES = 8;

/** Writes the sections of a tape. O(what was written down) */
export function writeLoops(out: Writer, tape: LoopTape): void {
  const strings = new Map<string, number>();
  const lengths: number[] = [];
  const numbers: number[] = [];
  const bytes: number[] = [];
  const int = (x = 0): number => {
    let rest = x < 0 ? -2 * x - 1 : 2 * x;
    for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
    bytes.push(rest);
    return x;
  };
  program(
    {
      writes: true,
      int,
      count: int,
      text(x = '') {
        let at = strings.get(x);
        if (at === undefined) {
          strings.set(x, (at = strings.size));
          lengths.push(out.text(x));
        }
        int(at);
        return x;
      },
      number: (x = 0) => numbers.push(Number.isNaN(x) ? Number.NaN : x),
      refuse: (fault) => fail('BadTape', fault),
    },
    tape,
  );
  out.texts();
  out.words(lengths);
  out.numbers(Float64Array.from(numbers));
  out.raw(bytes);
}

/** The tape that {@link writeLoops} wrote, checked. @throws BadTape. O(bytes) */
export function readLoops(from: Cursor, bodies: number): LoopTape {
  from.texts();
  const strings = Array.from(from.words(), (length) => from.text(length));
  const numbers = from.numbers();
  const bytes = from.raw();
  from.end();
  let at = 0;
  let numbersRead = 0;
  const refuse = (fault: string): never => fail('BadTape', fault);
  const int = (): number => {
    let x = 0;
    for (let i = 0, weight = 1; i < MOST_BYTES; i++, weight *= 128) {
      if (at >= bytes.length) refuse('the program is cut short');
      const byte = bytes[at++]!;
      x += (byte & 127) * weight;
      if (byte < 128) return x % 2 === 0 ? x / 2 : -(x + 1) / 2;
    }
    return refuse(`a whole number of more than ${MOST_BYTES} bytes`);
  };
  const stream: Stream = {
    writes: false,
    int,
    count() {
      const n = int(); // whatever is in a list takes a byte at least
      return n >= 0 && n <= bytes.length - at ? n : refuse(`a list of ${n}, but ${bytes.length - at} bytes are left`);
    },
    text() {
      const i = int();
      return strings[i] ?? refuse(`string ${i} of ${strings.length}`);
    },
    number() {
      if (numbersRead === numbers.length) refuse(`more constants than the ${numbers.length} numbers there are`);
      return numbers[numbersRead++]!;
    },
    refuse,
  };
  const tape = program(stream);
  if (at !== bytes.length) refuse(`${bytes.length - at} bytes follow the program`);
  if (numbersRead !== numbers.length) refuse(`${numbers.length - numbersRead} numbers belong to no constant`);
  if (tape.bodies.length !== bodies) refuse(`the tape says it has ${bodies} bodies, but it has ${tape.bodies.length}`);
  validateLoops(tape);
  return tape;
}
