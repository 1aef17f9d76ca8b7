/**
 * Where every value and array lies for these lengths (the picture is in code.ts), and which bodies keep what they
 * computed for the reverse sweep.
 *
 * A body that keeps has a frame for every tile of its loop. One that does not has a single frame, and its reverse sweep
 * computes each tile again. What is kept is small enough to stay in the cache, or a scan, whose iterations cannot be
 * computed again one by one without going through all before.
 */
import { fail } from '../errors.ts';
import { OP } from '../ops/vocabulary.ts';
import type { Instruction } from '../tape/loops/layout.ts';
import type { Active } from './active.ts';
import { NARROW } from './code.ts';
import type { First } from './first.ts';
import { FAR } from './inputs.ts';
import type { Lanes } from './lanes.ts';
import type { Merged } from './merge.ts';
import type { Nest } from './nest.ts';
import type { Uniform } from './uniform.ts';

const KEPT = 24 * 1024; // doubles a map may keep for its reverse sweep: they should stay in the cache
const KEPT_BY_SCANS = 4 * 1024 * 1024; // doubles a scan may keep: 32 MiB
const KEPT_LIST = 1024 * 1024; // exponentials a logsumexp may keep: 8 MiB
const SNAPSHOTS = 1024 * 1024; // doubles of snapshots of a scan that does not keep: 8 MiB

export interface Frames {
  /** Operand word of each value. */
  readonly operand: Int32Array;
  /** Offset of each array in its register. */
  readonly array: Float64Array;
  readonly p: number;
  readonly q: number;
  /** Doubles of main that have adjoints. */
  readonly mirror: number;
  readonly adjoints: number;
  readonly data: number;
  readonly bodies: readonly Frame[];
  readonly size: number; // without scratch
  /** Where a logsumexp of main keeps its exponentials: computing them again would cost as much as all else. */
  readonly lists: ReadonlyMap<Instruction, number>;
}

export interface Frame {
  base: number; // register
  frame: number;
  stride: number;
  adjoint: number;
  clear: number;
  own: number;
  /** Offsets from F[0], of the sums of each SUM and of what a scan carries, one by one. */
  readonly sums: number[];
  readonly carries: number[];
  cells: number;
  cellCount: number;
  saved: number;
  snapshots: number;
  marks: number;
}

/** Register of a body. */
export function registerOf(nest: Nest, body: number): number {
  return body === 0 ? 0 : nest.depth[body]! + 1;
}

const EMPTY = {
  base: 0,
  frame: 0,
  stride: 0,
  adjoint: 0,
  clear: 0,
  own: 0,
  cells: 0,
  cellCount: 0,
  saved: 0,
  snapshots: 0,
  marks: 0,
};

export function framesOf(
  nest: Nest,
  active: Active,
  first: First,
  lanes: Lanes,
  uniform: Uniform,
  merged: Merged,
  fused: ReadonlySet<number>,
): Frames {
  const { tape, sizes, home, inputs } = nest;
  const { p, q, aliases } = inputs;
  const operand = new Int32Array(tape.values);
  const array = inputs.offset.slice();
  const frames: Frame[] = tape.bodies.map(() => ({ ...EMPTY, sums: [], carries: [] }));
  const size = (block: number): number => sizes[tape.blocks[block]!.size]!;
  for (const [value, word] of aliases) operand[value] = word;

  const visible = new Set<number>(); // outputs: seeds are written to their adjoints, whether anything depends on them or not
  for (const { from } of tape.outputs) visible.add('value' in from ? from.value : -1 - from.array);
  const has = (v: number): boolean => active.values[v] === 1 || visible.has(v);
  const hasArray = (i: number): boolean => active.arrays[i] === 1 || visible.has(-1 - i);
  const values = tape.bodies.map((): number[] => []);
  for (let v = 0; v < tape.values; v++) if (home[v]! >= 0 && !aliases.has(v)) values[home[v]!]!.push(v);
  const blocks = tape.bodies.map((): number[] => []);
  tape.blocks.forEach(({ kind, body }, i) => kind === 'local' && !merged.arrays.has(i) && blocks[body]!.push(i));

  let at = 0; // where the next number of the body at hand lies
  const place = (body: number, list: readonly number[]): void => {
    const width = lanes.width[body]!;
    for (const once of [0, 1]) {
      for (const v of list) {
        if (uniform.values[v] !== once) continue;
        if (at + width > FAR) fail('OutOfMemory', `a loop of this program holds more than ${FAR} numbers`);
        operand[v] = ((registerOf(nest, body) + NARROW * once) << 24) | at;
        at += once ? 1 : width;
      }
    }
    at = even(at);
  };
  const placeArrays = (list: readonly number[]): void => {
    for (const i of list) {
      array[i] = at;
      at += size(i) * uniform.width[i]!;
    }
  };

  // main: what has adjoints, with the cells of all scans, then the rest
  at = p;
  place(0, values[0]!);
  placeArrays(blocks[0]!.filter(hasArray));
  tape.bodies.forEach((_, body) => {
    const run = nest.runs[body];
    if (run?.kind !== 'scan') return;
    const frame = frames[body]!;
    frame.cells = at;
    for (const carry of run.carries) {
      frame.carries.push(at);
      at += lanes.width[body]! * (carry.kind === 'number' ? 1 : sizes[carry.n]!);
    }
    frame.cellCount = at - frame.cells;
  });
  const mirror = at;
  Object.assign(frames[0]!, { clear: mirror, own: mirror });
  placeArrays(blocks[0]!.filter((i) => !hasArray(i)));
  let end = even(at);

  // from the inside out: what a frame holds, and whether there is one for every tile
  const inside = tape.bodies.map((): number[] => []);
  tape.bodies.forEach(({ parent }, body) => parent >= 0 && nest.runs[body] && inside[parent]!.push(body));
  const length = new Float64Array(tape.bodies.length); // of a frame
  const total = new Float64Array(tape.bodies.length); // of all frames
  const kept = new Uint8Array(tape.bodies.length);
  const measure = (body: number): void => {
    const mine = values[body]!;
    at = 0;
    place(
      body,
      mine.filter((v) => has(v) && !first.values[v]),
    );
    placeArrays(blocks[body]!.filter(hasArray));
    frames[body]!.clear = at;
    place(
      body,
      mine.filter((v) => has(v) && first.values[v]),
    );
    frames[body]!.own = at;
    place(
      body,
      mine.filter((v) => !has(v)),
    );
    placeArrays(blocks[body]!.filter((i) => !hasArray(i)));
    let here = Math.max(even(at), 2); // never empty: a stride of 0 means that nothing is kept
    let keep = !fused.has(body);
    for (const child of inside[body]!) {
      measure(child);
      if (!kept[child]) keep = false;
      else {
        frames[child]!.frame = here;
        here += total[child]!;
      }
    }
    length[body] = here;
    total[body] = here * Math.ceil(nest.count[body]! / lanes.tile[body]!);
    kept[body] = Number(keep && total[body]! <= (nest.runs[body]!.kind === 'scan' ? KEPT_BY_SCANS : KEPT));
  };
  for (const body of inside[0]!) measure(body);
  const lieIn = (i: number): number => {
    const place = merged.arrays.get(i);
    return place ? lieIn(place.into) + place.at * uniform.width[i]! : array[i]!;
  };
  for (const i of merged.arrays.keys()) array[i] = lieIn(i);

  // frames kept for a body that is not main lie in the frame of that body; all others follow each other
  const settle = (body: number): void => {
    const frame = frames[body]!;
    const { parent } = tape.bodies[body]!;
    const run = nest.runs[body]!;
    if (kept[body]) frame.stride = length[body]!;
    if (kept[body] && parent > 0) frame.base = registerOf(nest, parent);
    else {
      frame.frame = end;
      end += kept[body] ? total[body]! : length[body]!;
    }
    for (let i = 0; i < run.sums.length; i++) {
      frame.sums.push(end);
      end += 18 * lanes.width[body]!;
    }
    if (run.kind === 'scan' && !kept[body]) {
      frame.snapshots = Math.max(2, Math.min(nest.count[body]!, Math.floor(SNAPSHOTS / Math.max(frame.cellCount, 1))));
      frame.saved = end;
      frame.marks = end + frame.snapshots * frame.cellCount;
      end = even(frame.marks + frame.snapshots);
    }
    for (const child of inside[body]!) settle(child);
  };
  for (const body of inside[0]!) settle(body);

  const lists = new Map<Instruction, number>();
  for (const it of tape.bodies[0]!.code) {
    if (it.kind !== 'reduce' || it.op !== OP.logsumexp || !active.values[it.out] || sizes[it.n]! > KEPT_LIST) continue;
    lists.set(it, end);
    end += even(sizes[it.n]! + 1);
  }

  const adjoints = end;
  let next = even(mirror);
  tape.bodies.forEach((_, body) => {
    if (body === 0 || !nest.runs[body]) return;
    frames[body]!.adjoint = next;
    next += even(frames[body]!.own);
  });
  const data = adjoints + next;
  return { operand, array, p, q, mirror, adjoints, data, bodies: frames, size: data + even(q), lists };
}

/** The next multiple of 128 bits. */
function even(n: number): number {
  return n + (n & 1);
}
