/**
 * The gate every tape from outside passes: one linear pass that refuses whatever could make an engine read or write out
 * of bounds, read what is not computed yet, or leave out a derivative. Engines trust a tape that passed.
 *
 * What a slot depends on follows from where it lies, so that minimum and maximum of an operand's slots tell all:
 *
 *     0         p          first of segment 1   rowStart     first of segment 3    slots
 *     │ active  │ inactive │ active             │ inactive   │ active              │
 */
import { fail } from '../errors.ts';
import { KIND, RECORD_WORDS, SEGMENT, STRIP_WORDS, type Tape, W } from './layout.ts';
import { ARITY, LISTS, nameOf } from './nodes.ts';
import { activeBounds, type Bounds, checkReach, operandReach, refuse } from './reach.ts';
import { checkSignature } from './signature.ts';

/** More slots than 4 GB of memory could hold, values and adjoints. */
const MOST_SLOTS = 2 ** 28;

/**
 * Returns if the tape is sound. O(records + gathered slots + strips), about 1 ns per word.
 * @throws BadTape, naming the record and the fault
 */
export function validate(tape: Tape): void {
  checkSignature(tape);
  checkSizes(tape);
  const { records, segments } = tape;
  const bounds = activeBounds(tape);
  let nodes = 0;
  let end = tape.p + tape.constants.length; // where the last nodes end
  for (let segment = 0; segment < 4; segment++) {
    if (segment === SEGMENT.data) {
      if (end !== tape.rowStart) fail('BadTape', `shared slots end at ${end}, but rowStart = ${tape.rowStart}`);
      end += tape.q;
    }
    for (let r = segments[segment]!; r < segments[segment + 1]!; r++) {
      const out = records[r * RECORD_WORDS + W.out]!;
      const count = records[r * RECORD_WORDS + W.count]!;
      if (count < 1) refuse(r, `has ${count} nodes`);
      if (out < end || out > end + 1) refuse(r, `writes slot ${out}, but the next free one is ${end}, or one more for alignment`);
      end = out + count;
      if (end > (segment < SEGMENT.data ? tape.rowStart : tape.slots))
        refuse(r, `writes up to slot ${end - 1}, past the end of its segment`);
      checkRecord(tape, bounds, r, segment);
      nodes += count;
    }
  }
  if (end !== tape.slots) fail('BadTape', `the tape says it has ${tape.slots} slots, but its records end at ${end}`);
  if (nodes !== tape.nodes) fail('BadTape', `the tape says it has ${tape.nodes} nodes, but its records have ${nodes}`);
}

function isCount(x: number): boolean {
  return Number.isInteger(x) && x >= 0;
}

function checkSizes({ p, q, slots, rowStart, constants, segments, records, outputs, names }: Tape): void {
  if (![p, q, slots, rowStart].every(isCount)) fail('BadTape', 'p, q, slots and rowStart are whole numbers from 0 on');
  if (slots > MOST_SLOTS) fail('BadTape', `the tape asks for ${slots} slots; ${MOST_SLOTS} is the most`);
  if (p + constants.length > rowStart)
    fail('BadTape', `${p} parameters and ${constants.length} constants do not fit below rowStart = ${rowStart}`);
  if (rowStart + q > slots) fail('BadTape', `${q} data inputs do not fit between rowStart = ${rowStart} and slots = ${slots}`);
  if (records.length % RECORD_WORDS !== 0) fail('BadTape', `${records.length} words are no whole number of records`);
  if (segments.length !== 5 || segments[0] !== 0 || segments[4] !== records.length / RECORD_WORDS)
    fail('BadTape', `segments must run from 0 to the ${records.length / RECORD_WORDS} records there are`);
  for (let s = 0; s < 4; s++) if (segments[s]! > segments[s + 1]!) fail('BadTape', `segment ${s} ends before it starts`);
  for (const slot of outputs) if (!(slot >= 0 && slot < slots)) fail('BadTape', `output slot ${slot} does not exist`);
  for (const [slot, name] of names)
    if (!(Number.isInteger(slot) && slot >= 0 && slot < slots) || typeof name !== 'string')
      fail('BadTape', `a name stands on slot ${slot}, which does not exist`);
}

function checkRecord(tape: Tape, bounds: Bounds, r: number, segment: number): void {
  const { records } = tape;
  const at = r * RECORD_WORDS;
  const head = records[at]!;
  const op = head & 255;
  const kind = (head >> 8) & 255;
  if (head >>> 19) refuse(r, 'has bits set that mean nothing');
  if (kind === KIND.strip) {
    if (op !== 0 || head >>> 16) refuse(r, 'is a strip with an op of its own');
    checkUnused(records, r, W.k, W.k);
    checkUnused(records, r, W.as, W.cs);
    return checkStrip(tape, bounds, r, segment);
  }
  const isList = kind === KIND.list;
  if (!isList && kind !== KIND.run) refuse(r, `is of kind ${kind}, which does not exist`);
  const operands = isList ? LISTS[op]! : ARITY[op]!;
  if (operands === 0) refuse(r, `computes ${nameOf(op)} as a ${isList ? 'list' : 'run'}, which it is not`);
  const k = records[at + W.k]!;
  if (isList ? k < 0 : k !== 0) refuse(r, `has lists of ${k} elements`);
  if (records[at + W.count]! * k >= 2 ** 31) refuse(r, 'has more than 2³¹ elements');
  for (let j = 0; j < 3; j++) {
    const word = W.a + 3 * j;
    if (j >= operands) {
      checkUnused(records, r, word, Math.min(word + 2, W.cs));
      if (head & (0x10000 << j)) refuse(r, `marks operand ${j} active, which ${nameOf(op)} does not have`);
      continue;
    }
    if (!isList && word + 2 <= W.cs) checkUnused(records, r, word + 2, word + 2);
    const { low, high } = operandReach(tape, r, j, isList ? k : 1);
    checkReach(tape, bounds, r, segment, records[at + W.out]!, low, high, (head & (0x10000 << j)) !== 0, j);
  }
}

/** Words without a meaning are 0: engines may load what they point at. */
function checkUnused(records: Int32Array, r: number, from: number, to: number): void {
  for (let w = from; w <= to; w++)
    if (records[r * RECORD_WORDS + w] !== 0) refuse(r, `has ${records[r * RECORD_WORDS + w]} in word ${w}, which must be 0`);
}

function checkStrip(tape: Tape, bounds: Bounds, r: number, segment: number): void {
  const { records, strips } = tape;
  const out = records[r * RECORD_WORDS + W.out]!;
  const count = records[r * RECORD_WORDS + W.count]!;
  const first = records[r * RECORD_WORDS + W.a]!;
  if (first < 0 || (first + count) * STRIP_WORDS > strips.length)
    refuse(r, `is a strip of ${count} entries from ${first} on, but there are ${strips.length / STRIP_WORDS}`);
  for (let i = 0, q = first * STRIP_WORDS; i < count; i++, q += STRIP_WORDS) {
    const head = strips[q]!;
    const arity = ARITY[head & 255]!;
    const bits = head >> 16;
    if (head & 0xff00 || head >>> 18 || arity === 0 || arity === 3)
      refuse(r, `entry ${i}: ${nameOf(head & 255)} cannot stand in a strip`);
    const a = strips[q + 1]!;
    const b = strips[q + 2]!;
    checkReach(tape, bounds, r, segment, out + i, a, a, (bits & 1) !== 0, 0, i);
    if (arity === 2) checkReach(tape, bounds, r, segment, out + i, b, b, (bits & 2) !== 0, 1, i);
    else if (b !== 0 || bits & 2) refuse(r, `entry ${i}: ${nameOf(head & 255)} has no operand 1`);
  }
}
