/**
 * The functions that run rows in lanes (rows.ts).
 *
 *     gradientRows(P, n, mean) ─► for each tile: turns(P, data, outputs, scratch, scale, lanes)   two rows a turn
 *                                                last(P, data, outputs, scratch, scale, lane)     the last of an odd number
 *
 * The turns are a function of their own: beside calls and loops around them V8 had most of what they compute in memory.
 */
import { SEGMENT, type Tape } from '../../tape/layout.ts';
import { tileRows } from '../../tape/tile.ts';
import { I, TYPE, V } from '../../wasm/encode/instructions.ts';
import type { Fn, ModuleWriter, Signature } from '../../wasm/encode/module.ts';
import { countUses, Emitter } from './emit.ts';
import { body, hoist } from './lane-loop.ts';
import { pushSum, Sum } from './lane-sum.ts';
import { F64, type Offsets, P } from './ledger.ts';
import { CELL, type Row, rowOf } from './rows.ts';

const { f64, i32 } = TYPE;
const ROWS: Signature = { params: [i32, i32, i32], results: [f64] };
const TURNS: Signature = { params: [i32, i32, i32, i32, f64, i32], results: [] };
const LANE = 5; // of TURNS: 8 × the number of lanes, or of the lane
const CORE_ROWS: Signature = { params: [i32, i32, i32, i32], results: [f64] };
const PART: Signature = { params: [i32, i32, i32], results: [] };
const RANGE: Signature = { params: [i32, i32], results: [] };
const TEST: Signature = { params: [i32, i32], results: [i32] };
const SUM: Signature = { params: [i32, i32], results: [f64] };
const [N, MEAN] = [1, 2]; // of ROWS
/** Words of a program's block (interpreter/block.ts), in bytes: the tile's numbers, the data, the outputs. */
const [ROW_VALUES, ROW_DATA, ROW_OUTPUTS] = [80, 92, 96];

/** Writes `forwardRows` and `gradientRows`, which do what the core's `rows` does, and returns the latter. */
export function rowsModule(module: ModuleWriter, tape: Tape, offsets: Offsets): Fn {
  const forward = module.fn(ROWS, 'forwardRows');
  const gradient = module.fn(ROWS, 'gradientRows');
  rows(module, forward, tape, offsets, false);
  rows(module, gradient, tape, offsets, true);
  return gradient;
}

function rows(module: ModuleWriter, fn: Fn, tape: Tape, offsets: Offsets, isGradient: boolean): void {
  const { segments, rowStart, p } = tape;
  const row = rowOf(tape, offsets, isGradient);
  if (row.bytes > 2 * (tape.slots - rowStart) * tileRows(tape) * F64) return leave(fn, isGradient); // many uses of few slots
  const [data, output, scratch, scale] = [fn.local(i32), fn.local(i32), fn.local(i32), fn.local(f64)];
  const words: readonly (readonly [number, number])[] = [[ROW_DATA, data], [ROW_OUTPUTS, output], [ROW_VALUES, scratch]]; // biome-ignore format: one line
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
  tiles(
    fn,
    tape,
    offsets,
    row,
    [data, output, scratch, scale],
    [turns(module.fn(TURNS), row, true), turns(module.fn(TURNS), row, false)],
  );
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

/** All pairs of lanes up to LANE, or one lane by itself. */
function turns(fn: Fn, { k, effects, scratch, cells }: Row, inPairs: boolean): Fn {
  const uses = countUses(k, effects.flatMap((effect) => ('node' in effect ? [effect.node] : []))); // biome-ignore format: one line
  const lane = inPairs ? fn.local(i32) : LANE;
  const [pairs, single] = [new Emitter(fn, k, uses, true, lane), new Emitter(fn, k, uses, false, lane)];
  hoist(fn, k, uses, pairs, single);
  const sums = effects.filter(({ kind }) => kind === 'reduce').map((_, i) => new Sum(fn, cells + i * CELL, scratch));
  const cell = fn.local(i32);
  if (inPairs) fn.open(I.loop);
  fn.get(lane);
  fn.i32(inPairs ? 48 : 56);
  fn.op(I.i32And);
  fn.get(scratch);
  fn.op(I.i32Add);
  fn.set(cell);
  body(inPairs ? pairs : single, effects, sums, cell);
  if (!inPairs) return fn;
  fn.get(lane);
  fn.i32(2 * F64);
  fn.op(I.i32Add);
  fn.tee(lane);
  fn.get(LANE);
  fn.op(I.i32LtU);
  fn.branch(I.brIf, 0);
  fn.op(I.end);
  return fn;
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

/** The loop over tiles; `locals`: data, output, scratch and scale. */
function tiles(fn: Fn, tape: Tape, offsets: Offsets, row: Row, locals: readonly number[], [pairs, single]: readonly Fn[]): void {
  const [left, c] = [fn.local(i32), fn.local(i32)];
  const [data, output, scratch] = locals as [number, number, number];
  const size = tileRows(tape);
  fn.get(N);
  fn.set(left);
  fn.open(I.block);
  fn.open(I.loop);
  fn.get(left);
  fn.i32(0);
  fn.op(I.i32LeS);
  fn.branch(I.brIf, 1);
  clear(fn, row.cells, scratch, row.uses.length * (CELL / F64));
  // the tile's rows
  fn.i32(size);
  fn.get(left);
  fn.i32(size);
  fn.get(left);
  fn.op(I.i32LtS);
  fn.op(I.select);
  fn.tee(c);
  fn.i32(1);
  fn.op(I.i32GtS);
  fn.open(I.if);
  turn(fn, locals, pairs!, () => {
    fn.get(c);
    fn.i32(-2);
    fn.op(I.i32And);
  });
  fn.op(I.end);
  fn.get(c);
  fn.i32(1);
  fn.op(I.i32And);
  fn.open(I.if);
  turn(fn, locals, single!, () => {
    fn.get(c);
    fn.i32(1);
    fn.op(I.i32Sub);
  });
  fn.op(I.end);
  row.uses.forEach(({ slot }, i) => {
    fn.get(P);
    fn.get(P);
    fn.memory(I.f64Load, offsets.adjoints + slot * F64);
    pushSum(fn, (pair) => {
      fn.get(scratch);
      fn.vectorMemory(V.load, row.cells + i * CELL + 16 * pair);
    });
    fn.op(I.f64Add);
    fn.memory(I.f64Store, offsets.adjoints + slot * F64);
  });
  const steps: readonly (readonly [number, number])[] = [[data, tape.q * F64], [output, F64]]; // biome-ignore format: one line
  for (const [local, bytes] of steps) {
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

function turn(fn: Fn, locals: readonly number[], to: Fn, lane: () => void): void {
  fn.get(P);
  for (const local of locals) fn.get(local);
  lane();
  fn.i32(3);
  fn.op(I.i32Shl);
  fn.call(to);
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
