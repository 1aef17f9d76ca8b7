/**
 * A tape in the core's memory: one block of words, numbers and code.
 *
 *     P ─► program words │ outputs │ values │ adjoints │ seeds │ scratch │ flags │ records │ indices │ strips │ clears
 */
import { FIRST_LIST_OP } from '../../ops/vocabulary.ts';
import { KIND, RECORD_WORDS, type Tape, W } from '../../tape/layout.ts';
import { tileRows } from '../../tape/tile.ts';
import { roundUp } from '../../wasm/arena.ts';
import { shortcuts } from './shortcuts.ts';

/** Words of a program, in the order of assembly/tape.ts. */
// biome-ignore format: as drawn there
export const PROGRAM = {
  values: 0, adjoints: 1, tangents: 2, records: 3, indices: 4, strips: 5, segments: 6, rowStart: 11, slots: 12, p: 13, q: 14,
  outputs: 15, m: 16, scratch: 17, flags: 18, tile: 19, rowValues: 20, rowAdjoints: 21, rowTangents: 22, rowData: 23, rowOutputs: 24,
  clears: 25, clearsEnd: 26, rowClears: 27, rowClearsEnd: 28, laneAdjoints: 29,
} as const;
export const PROGRAM_WORDS = 32;

export const F64 = 8;
const I32 = 4;

/** Memory in which blocks can be taken: a core's, or a copy of what will be one. */
export interface Room {
  readonly exports: { readonly memory: { readonly buffer: ArrayBufferLike } };
  readonly arena: { take(bytes: number): number };
}

/** Addresses of the parts that the machine itself reads and writes. */
export interface Block {
  readonly program: number;
  readonly values: number;
  readonly adjoints: number;
  readonly seeds: number;
}

/** Takes a block and writes the tape into it. @throws OutOfMemory, with nothing changed */
export function writeBlock({ exports: { memory }, arena }: Room, tape: Tape): Block {
  const { slots, outputs } = tape;
  const { forms, adjoints, lanePassed, laneAdjoints, clears, rowClears } = shortcuts(tape);
  let bytes = 0;
  const part = (size: number): number => {
    const at = bytes;
    bytes = roundUp(bytes + size, 64);
    return at;
  };
  const at = {
    program: part(PROGRAM_WORDS * I32),
    outputs: part(outputs.length * I32),
    values: part((slots + 2) * F64), // two to spare: loops over pairs may read past an odd end
    adjoints: part((slots + 2) * F64),
    seeds: part(outputs.length * F64),
    scratch: part((4 * longestList(tape) + 8) * F64),
    flags: part(slots),
    records: part(tape.records.length * I32),
    indices: part(tape.indices.length * I32),
    strips: part(tape.strips.length * I32),
    clears: part(clears.length * I32),
    rowClears: part(rowClears.length * I32),
    laneAdjoints: part(laneAdjoints.length * I32),
  };
  const base = arena.take(bytes);
  const ints = (offset: number, from: Int32Array): void => new Int32Array(memory.buffer, base + offset, from.length).set(from);
  ints(at.outputs, outputs);
  ints(at.records, tape.records);
  ints(at.indices, tape.indices);
  ints(at.strips, tape.strips);
  ints(at.clears, clears);
  ints(at.rowClears, rowClears);
  ints(at.laneAdjoints, laneAdjoints);
  const records = new Int32Array(memory.buffer, base + at.records, tape.records.length);
  for (let i = 0, r = 0; i < forms.length; i++, r += RECORD_WORDS) {
    records[r + W.head]! |= (forms[i]! << 24) | (lanePassed[i]! << 19);
    if (((records[r + W.head]! >> 8) & 255) === KIND.run) records[r + W.k] = adjoints[i]!;
  }
  new Float64Array(memory.buffer, base + at.values, slots).set(tape.constants, tape.p);

  const words = new Int32Array(memory.buffer, base, PROGRAM_WORDS);
  for (const name of ['values', 'adjoints', 'records', 'indices', 'strips', 'outputs', 'scratch', 'flags'] as const)
    words[PROGRAM[name]] = base + at[name];
  words.set(tape.segments, PROGRAM.segments);
  words[PROGRAM.rowStart] = tape.rowStart;
  words[PROGRAM.slots] = slots;
  words[PROGRAM.p] = tape.p;
  words[PROGRAM.q] = tape.q;
  words[PROGRAM.m] = outputs.length;
  words[PROGRAM.tile] = tileRows(tape);
  words[PROGRAM.laneAdjoints] = base + at.laneAdjoints;
  words[PROGRAM.clears] = base + at.clears;
  words[PROGRAM.clearsEnd] = base + at.clears + clears.length * I32;
  words[PROGRAM.rowClears] = base + at.rowClears;
  words[PROGRAM.rowClearsEnd] = base + at.rowClears + rowClears.length * I32;
  return { program: base, values: base + at.values, adjoints: base + at.adjoints, seeds: base + at.seeds };
}

/** Rows of data in memory: as they are given, the output of each, and a tile of values and adjoints. */
export interface RowsLayout {
  readonly data: number;
  readonly outputs: number;
  readonly values: number;
  readonly adjoints: number;
  readonly bytes: number;
}

/** Where these parts lie in a block for so many rows, beginning at 0. */
export function rowsLayout(tape: Tape, rows: number): RowsLayout {
  const outputs = roundUp(rows * tape.q * F64, 64);
  const values = outputs + roundUp(rows * F64, 64);
  const tile = tileBytes(tape);
  return { data: 0, outputs, values, adjoints: values + tile, bytes: values + 2 * tile };
}

/** Room for one number per row slot and row of a tile. */
export function tileBytes(tape: Tape): number {
  return roundUp((tape.slots - tape.rowStart) * tileRows(tape) * F64, 64);
}

/** Tells a program where its rows are. */
export function placeRows(words: Int32Array, at: number, layout: RowsLayout): void {
  words[PROGRAM.rowData] = at + layout.data;
  words[PROGRAM.rowOutputs] = at + layout.outputs;
  words[PROGRAM.rowValues] = at + layout.values;
  words[PROGRAM.rowAdjoints] = at + layout.adjoints;
}

/** Elements of the longest list on the tape; the core's scratch holds four of them. */
function longestList({ records }: Tape): number {
  let longest = 0;
  for (let r = 0; r < records.length; r += RECORD_WORDS) {
    const head = records[r + W.head]!;
    if ((head & 255) >= FIRST_LIST_OP && ((head >> 8) & 255) === KIND.list) longest = Math.max(longest, records[r + W.k]!);
  }
  return longest;
}
