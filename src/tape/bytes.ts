/**
 * A tape as bytes, little-endian, every section at a multiple of 8:
 *
 *      0  'wengert' 0     8 bytes
 *      8  version         word       12  bodies    word
 *     16  length          two words: bytes in all, low and high
 *     24  sections
 *
 *     section:  ┌──────────┬───────────────┬──────────────────────────┬───────────┐
 *               │ count    │ bytes of each │ items                    │ 0 … to 8  │
 *               │ word     │ word: 1, 4, 8 │                          │           │
 *               └──────────┴───────────────┴──────────────────────────┴───────────┘
 *
 * Version 4 is a program with loops, its sections are those of loops/bytes.ts. Version 3 is flat and has one body:
 *
 *     text        1   all names, UTF-8, one after the other
 *     signature   4   inputs, outputs, single; per input: bytes of its name, data, rank, extents …; per output:
 *                     bytes of its name, rank, extents …
 *     constants   8
 *     sizes       4   slots, rowStart, nodes
 *     outputs     4
 *     segments    4
 *     records     4
 *     indices     4
 *     strips      4
 *     names       4   pairs: slot, bytes of the name
 */
import { fail } from '../errors.ts';
import type { Tape } from './layout.ts';
import { readLoops, writeLoops } from './loops/bytes.ts';
import { isLoopTape, type LoopTape } from './loops/layout.ts';
import { type Cursor, cursor, type Writer, writer } from './sections.ts';
import { validate } from './validate.ts';

const MAGIC = [0x676e6577, 0x00747265]; // 'weng', 'ert' 0
// 1 and 2 were before the words stop, attach and expDifference
const FLAT = 3;
const LOOPS = 4;
const HEADER_BYTES = 24;

/**
 * The bytes of a tape, to keep or to send; {@link fromBytes} reads them back.
 *
 * @returns a new array, a copy of everything. O(size of the tape)
 * @example
 * const t = tapeBuilder();
 * const x = t.input('x');
 * toBytes(t.build({ y: t.op('sin', x) })).length; // 256
 */
export function toBytes(tape: Tape | LoopTape): Uint8Array<ArrayBuffer> {
  const out = writer(HEADER_BYTES);
  const isLoops = isLoopTape(tape);
  if (isLoops) writeLoops(out, tape);
  else writeFlat(out, tape);
  const bytes = out.bytes();
  const header = new DataView(bytes.buffer);
  const kind = isLoops ? [LOOPS, tape.bodies.length] : [FLAT, 1];
  const words = [...MAGIC, ...kind, bytes.length % 2 ** 32, Math.floor(bytes.length / 2 ** 32)];
  words.forEach((word, i) => header.setUint32(4 * i, word, true));
  return bytes;
}

function writeFlat(out: Writer, tape: Tape): void {
  const { inputs, outputs, single } = tape.signature;
  const names: number[] = [];
  const signature: number[] = [inputs.length, outputs.length, Number(single)];
  for (const { name, data, shape } of inputs) signature.push(out.text(name), Number(data), shape.length, ...shape);
  for (const { name, shape } of outputs) signature.push(out.text(name), shape.length, ...shape);
  for (const [slot, name] of tape.names) names.push(slot, out.text(name));
  out.texts();
  out.words(signature);
  out.numbers(tape.constants);
  for (const section of [
    [tape.slots, tape.rowStart, tape.nodes],
    tape.outputs,
    tape.segments,
    tape.records,
    tape.indices,
    tape.strips,
    names,
  ])
    out.words(section);
}

/**
 * The tape that {@link toBytes} wrote, checked throughout: bytes that pass are safe to run.
 *
 * @param bytes copied, nothing of it is kept
 * @throws BadTape for anything that is not a sound tape of this version; WrongType if it is no Uint8Array. O(bytes)
 * @example
 * const t = tapeBuilder();
 * const x = t.input('x');
 * const again = fromBytes(toBytes(t.build({ y: t.op('sin', x) })));
 * print(again).split('\n')[0]; // 'v0 = input x'
 */
export function fromBytes(bytes: Uint8Array): Tape | LoopTape {
  if (!(bytes instanceof Uint8Array)) fail('WrongType', 'bytes: expected a Uint8Array');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < HEADER_BYTES || MAGIC.some((word, i) => view.getUint32(4 * i, true) !== word))
    fail('BadTape', 'these bytes are no wengert tape');
  const version = view.getUint32(8, true);
  const bodies = view.getUint32(12, true);
  if (version !== FLAT && version !== LOOPS)
    fail('BadTape', `tape version ${version}; this is wengert for versions ${FLAT} and ${LOOPS}`);
  if (version === FLAT && bodies !== 1) fail('BadTape', `a tape of ${bodies} bodies; version ${FLAT} has one`);
  const length = view.getUint32(16, true) + view.getUint32(20, true) * 2 ** 32;
  if (length !== bytes.length) fail('BadTape', `the tape is ${length} bytes long, but ${bytes.length} are here`);
  const from = cursor(view, HEADER_BYTES);
  return version === FLAT ? readFlat(from) : readLoops(from, bodies);
}

function readFlat(from: Cursor): Tape {
  from.texts();
  const s = from.list();
  const signature = {
    inputs: [] as { name: string; data: boolean; shape: number[] }[],
    outputs: [] as { name: string; shape: number[] }[],
    single: false,
  };
  const [inputs, outputs] = [s.next(), s.next()];
  signature.single = s.flag();
  for (let i = 0; i < inputs; i++) signature.inputs.push({ name: from.text(s.next()), data: s.flag(), shape: s.many(s.next()) });
  for (let i = 0; i < outputs; i++) signature.outputs.push({ name: from.text(s.next()), shape: s.many(s.next()) });
  s.end();

  const constants = from.numbers();
  const [slots, rowStart, nodes] = from.words(3) as unknown as [number, number, number];
  const body = {
    outputs: from.words(),
    segments: from.words(5),
    records: from.words(),
    indices: from.words(),
    strips: from.words(),
  };
  const names: [number, string][] = [];
  const n = from.list();
  while (n.isMore()) names.push([n.next(), from.text(n.next())]);
  from.end();

  const sizes = sizesOf(signature.inputs);
  const tape: Tape = { signature, ...sizes, slots, rowStart, nodes, constants, ...body, names };
  validate(tape);
  return tape;
}

function sizesOf(inputs: readonly { data: boolean; shape: readonly number[] }[]): { p: number; q: number } {
  const size = (data: boolean): number =>
    inputs.filter((port) => port.data === data).reduce((sum, { shape }) => sum + shape.reduce((n, extent) => n * extent, 1), 0);
  return { p: size(false), q: size(true) };
}
