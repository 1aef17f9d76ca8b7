/**
 * Rows in lanes: what one row computes, value and gradient, as the body of a loop over the rows of a tile, two at a time.
 *
 *     gradientRows(P, n, mean)    parameters alone: the core
 *                                 for each tile of rows (src/tape/tile.ts):
 *                                   cells ← −0
 *                                   for each pair of rows: data ─► values ─► adjoints, all in locals │ output │ uses into cells
 *                                   for each use of a shared slot, in order: its adjoint ← its adjoint + the use's cell
 *                                 parameters alone, backward: the core
 *
 * A use is a contribution to a shared slot: one reduction over the tile's rows, added once (ARCHITECTURE, "One order", 5).
 * The cells take the place of the interpreter's values and adjoints of a tile, for which there is room already.
 */
import { KIND, RECORD_WORDS, SEGMENT, type Tape, W } from '../../tape/layout.ts';
import { operandSlot } from '../../tape/lift.ts';
import { ARITY, LISTS } from '../../tape/nodes.ts';
import { tileRows } from '../../tape/tile.ts';
import { OP } from '../../ops/vocabulary.ts';
import { I, TYPE } from '../../wasm/encode/instructions.ts';
import type { Fn, ModuleWriter, Signature } from '../../wasm/encode/module.ts';
import { countUses, Emitter } from './emit.ts';
import { FlatSweep } from './flat-sweep.ts';
import { body, type Effect, hoist } from './lane-loop.ts';
import { Sum } from './lane-sum.ts';
import { F64, type Offsets, P } from './ledger.ts';
import { elementsOf } from './pieces.ts';
import { Ssa } from './ssa.ts';

const { f64, i32 } = TYPE;
const ROWS: Signature = { params: [i32, i32, i32], results: [f64] };
const CORE_ROWS: Signature = { params: [i32, i32, i32, i32], results: [f64] };
const PART: Signature = { params: [i32, i32, i32], results: [] };
const RANGE: Signature = { params: [i32, i32], results: [] };
const TEST: Signature = { params: [i32, i32], results: [i32] };
const SUM: Signature = { params: [i32, i32], results: [f64] };
const [N, MEAN] = [1, 2]; // the other parameters
/** Words of a program's block (interpreter/block.ts), in bytes: the tile's numbers, the data, the outputs. */
const [ROW_VALUES, ROW_DATA, ROW_OUTPUTS] = [80, 92, 96];
const CELL = 64;

/** Nodes and elements of a row; longer rows are interpreted. */
const LONGEST_ROW = 2000;

/** Can the rows of this tape be generated? */
export function hasRows(tape: Tape): boolean {
  const { slots, rowStart, q, outputs } = tape;
  if (q === 0 || outputs.length === 0 || outputs[0]! < rowStart) return false;
  if (elementsOf(tape, SEGMENT.data) + elementsOf(tape, SEGMENT.mixed) > LONGEST_ROW) return false;
  return slots > rowStart && sharesOnlySums(tape);
}

/** Elements of lists that are the same in all rows get one sum over the rows each, if the list is a sum or a dot; other ops go row by row. */
function sharesOnlySums(tape: Tape): boolean {
  const { records, segments, rowStart, indices } = tape;
  for (let r = segments[SEGMENT.mixed]!; r < segments[SEGMENT.mixed + 1]!; r++) {
    const at = r * RECORD_WORDS;
    const op = records[at]! & 255;
    if (((records[at]! >> 8) & 255) !== KIND.list || op === OP.sum || op === OP.dot) continue;
    for (let j = 0; j < LISTS[op]!; j++) {
      const base = records[at + W.a + 3 * j]!;
      const first = records[at + W.as + 3 * j]! === -0x80000000 ? indices[base]! : base;
      if (first < rowStart && ((records[at]! >> (16 + j)) & 1) === 1) return false;
    }
  }
  return true;
}

/** A contribution to a shared slot. */
interface Use {
  readonly slot: number;
  readonly node: number;
}

/** The sweeps of a row: contributions to shared slots are kept apart, those of a record go operand by operand. */
class RowSweep extends FlatSweep {
  readonly uses: Use[] = [];

  override give(slot: number, d: number): void {
    if (slot < this.tape.rowStart) this.uses.push({ slot, node: d });
    else super.give(slot, d);
  }

  protected override reverseRun(at: number): void {
    const { tape } = this;
    const active = (tape.records[at]! >> 16) & 7;
    const shares = this.sharesOfRun(at);
    for (let j = 0; j < ARITY[tape.records[at]! & 255]!; j++) {
      if (!((active >> j) & 1)) continue;
      shares.forEach((share, i) => {
        if (share) this.give(operandSlot(tape, at, j, i), share[j]!);
      });
    }
  }
}

/** Writes `forwardRows` and `gradientRows`, which do what the core's `rows` does. */
export function rowsModule(module: ModuleWriter, tape: Tape, offsets: Offsets): void {
  rows(module.fn(ROWS, 'forwardRows'), tape, offsets, false);
  rows(module.fn(ROWS, 'gradientRows'), tape, offsets, true);
}

function rows(fn: Fn, tape: Tape, offsets: Offsets, isGradient: boolean): void {
  const { segments, outputs, rowStart, q, p } = tape;
  const [data, output, cells, scale] = [fn.local(i32), fn.local(i32), fn.local(i32), fn.local(f64)];
  const k = new Ssa();
  const sweep = new RowSweep(k, tape, {
    value: (slot) => {
      if (slot < rowStart) return k.load(P, offsets.values + slot * F64);
      return k.load(data, (slot - rowStart) * F64, q * F64);
    },
  });
  for (const segment of [SEGMENT.data, SEGMENT.mixed])
    for (let r = segments[segment]!; r < segments[segment + 1]!; r++) sweep.forwardRecord(r);
  const z = outputs[0]!;
  const effects: Effect[] = [{ kind: 'store', node: sweep.valueOf(z), at: 0, base: output }];
  if (isGradient) {
    sweep.adjoint[z] = k.local(scale);
    for (let r = segments[SEGMENT.mixed + 1]! - 1; r >= segments[SEGMENT.mixed]!; r--) sweep.reverseRecord(r);
    for (const { node } of sweep.uses) effects.push({ kind: 'reduce', node });
  }
  const room = 2 * (tape.slots - rowStart) * tileRows(tape) * F64;
  const inMemory = sweep.uses.length * CELL <= room;
  if (!inMemory) return leave(fn, isGradient); // many uses of few slots

  const words: readonly (readonly [number, number])[] = [[ROW_DATA, data], [ROW_OUTPUTS, output], [ROW_VALUES, cells]]; // biome-ignore format: one line
  for (const [word, local] of words) {
    fn.get(P);
    fn.memory(I.i32Load, word);
    fn.set(local);
  }
  fn.f64(1);
  fn.get(N);
  fn.op(I.f64ConvertI32S);
  fn.op(I.f64Div);
  fn.f64(1);
  fn.get(MEAN);
  fn.op(I.select);
  fn.set(scale);
  part(fn, 'forwardPart', segments);
  if (isGradient) clear(fn, offsets.adjoints, P, rowStart);
  tiles(fn, k, tape, effects, { data, output, cells }, (sums) => {
    sweep.uses.forEach(({ slot }, i) => {
      fn.get(P);
      fn.get(P);
      fn.memory(I.f64Load, offsets.adjoints + slot * F64);
      fn.get(sums[i]!);
      fn.op(I.f64Add);
      fn.memory(I.f64Store, offsets.adjoints + slot * F64);
    });
  });
  if (isGradient) {
    part(fn, 'reversePart', segments);
    fn.i32(p);
    fn.get(P);
    fn.i32(offsets.adjoints);
    fn.op(I.i32Add);
    fn.callImport('settle', TEST);
    fn.open(I.if); // a NaN: the interpreter knows of gates
    leave(fn, true);
    fn.op(I.return);
    fn.op(I.end);
  }
  total(fn);
}

/** The core's own `rows`. */
function leave(fn: Fn, isGradient: boolean): void {
  for (const parameter of [P, N, MEAN]) fn.get(parameter);
  fn.i32(Number(isGradient));
  fn.callImport('rows', CORE_ROWS);
}

/** Records of the parameters alone. */
function part(fn: Fn, name: 'forwardPart' | 'reversePart', segments: Int32Array): void {
  const [first, end] = [segments[SEGMENT.parameter]!, segments[SEGMENT.parameter + 1]!];
  if (first === end) return;
  fn.get(P);
  fn.i32(first);
  fn.i32(end);
  fn.callImport(name, PART);
}

function clear(fn: Fn, at: number, base: number, count: number): void {
  if (count === 0) return;
  fn.get(base);
  fn.i32(at);
  fn.op(I.i32Add);
  fn.i32(count);
  fn.callImport('clear', RANGE);
}

interface Places {
  readonly data: number;
  readonly output: number;
  readonly cells: number;
}

function tiles(
  fn: Fn,
  k: Ssa,
  tape: Tape,
  effects: readonly Effect[],
  { data, output, cells }: Places,
  added: (sums: readonly number[]) => void,
): void {
  const [left, c, end, lane, cell] = [fn.local(i32), fn.local(i32), fn.local(i32), fn.local(i32), fn.local(i32)];
  const uses = countUses(k, effects.flatMap((effect) => ('node' in effect ? [effect.node] : []))); // biome-ignore format: one line
  const [pairs, single] = [new Emitter(fn, k, uses, true, lane), new Emitter(fn, k, uses, false, lane)];
  hoist(fn, k, uses, pairs, single);
  const sums = effects.flatMap(({ kind }) => kind).filter((kind) => kind === 'reduce').map((_, i) => new Sum(fn, i * CELL, cells)); // biome-ignore format: one line
  const turn = (emitter: Emitter): void => {
    fn.get(lane);
    fn.i32(emitter.inLanes ? 48 : 56);
    fn.op(I.i32And);
    fn.get(cells);
    fn.op(I.i32Add);
    fn.set(cell);
    body(emitter, effects, sums, cell);
  };
  fn.get(N);
  fn.set(left);
  fn.open(I.block);
  fn.open(I.loop);
  fn.get(left);
  fn.i32(0);
  fn.op(I.i32LeS);
  fn.branch(I.brIf, 1);
  clear(fn, 0, cells, sums.length * (CELL / F64));
  // the tile's rows
  fn.i32(tileRows(tape));
  fn.get(left);
  fn.i32(tileRows(tape));
  fn.get(left);
  fn.op(I.i32LtS);
  fn.op(I.select);
  fn.tee(c);
  fn.i32(-2);
  fn.op(I.i32And);
  fn.i32(3);
  fn.op(I.i32Shl);
  fn.set(end);
  fn.i32(0);
  fn.set(lane);
  fn.get(end);
  fn.open(I.if);
  fn.open(I.loop);
  turn(pairs);
  fn.get(lane);
  fn.i32(2 * F64);
  fn.op(I.i32Add);
  fn.tee(lane);
  fn.get(end);
  fn.op(I.i32LtU);
  fn.branch(I.brIf, 0);
  fn.op(I.end);
  fn.op(I.end);
  fn.get(c);
  fn.i32(1);
  fn.op(I.i32And);
  fn.open(I.if);
  turn(single);
  fn.op(I.end);
  for (const sum of sums) {
    fn.f64(-0);
    fn.set(sum.total);
    sum.combine(0);
  }
  added(sums.map(({ total: local }) => local));
  for (const [local, bytes] of [
    [data, tape.q * F64],
    [output, F64],
  ] as const) {
    // biome-ignore format: one line
    fn.get(local);
    fn.get(c);
    fn.i32(bytes);
    fn.op(I.i32Mul);
    fn.op(I.i32Add);
    fn.set(local);
  }
  fn.get(left);
  fn.get(c);
  fn.op(I.i32Sub);
  fn.set(left);
  fn.branch(I.br, 0);
  fn.op(I.end);
  fn.op(I.end);
}

/** Pushes the sum or mean of the outputs. */
function total(fn: Fn): void {
  const sum = fn.local(f64);
  fn.get(N);
  fn.get(P);
  fn.memory(I.i32Load, ROW_OUTPUTS);
  fn.callImport('sum', SUM);
  fn.f64(0);
  fn.op(I.f64Add);
  fn.set(sum);
  fn.get(sum);
  fn.get(N);
  fn.op(I.f64ConvertI32S);
  fn.op(I.f64Div);
  fn.get(sum);
  fn.get(MEAN);
  fn.op(I.select);
}
