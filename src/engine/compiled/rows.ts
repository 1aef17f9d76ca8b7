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
 * What the way back needs of the way forward is written into a frame, the same for each turn, and read from there: kept in
 * locals, V8 computes all of the one only when the other needs it, and has more alive than there are registers (FRAME).
 * Frame and cells take the place of the interpreter's values and adjoints of a tile, for which there is room already.
 */
import { KIND, RECORD_WORDS, SEGMENT, type Tape, W } from '../../tape/layout.ts';
import { operandSlot } from '../../tape/lift.ts';
import { ARITY, LISTS } from '../../tape/nodes.ts';
import { OP } from '../../ops/vocabulary.ts';
import { countUses } from './emit.ts';
import { FlatSweep } from './flat-sweep.ts';
import type { Effect } from './lane-loop.ts';
import { F64, type Offsets, P } from './ledger.ts';
import { elementsOf } from './pieces.ts';
import { NODE, Ssa } from './ssa.ts';

export const CELL = 64;

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
export interface Use {
  readonly slot: number;
  readonly node: number;
}

/** The sweeps of a row: contributions to shared slots are kept apart, those of a record go operand by operand. */
class RowSweep extends FlatSweep {
  readonly uses: Use[] = [];
  /** Nodes in the frame, in their order. */
  readonly frame: { readonly node: number; readonly kept: number; readonly at: number }[] = [];

  /** From here on computed values are read from the frame, at the address in a local. */
  keepValues(base: number): void {
    const { tape, k, value } = this;
    const keptAs = new Map<number, number>();
    for (let slot = tape.rowStart + tape.q; slot < tape.slots; slot++) {
      const node = value[slot]!;
      if (node < 0 || k.op[node]! >= NODE.load || !k.wide[node]) continue;
      let kept = keptAs.get(node);
      if (kept === undefined) {
        const at = this.frame.length * 2 * F64;
        kept = k.kept(base, at);
        keptAs.set(node, kept);
        this.frame.push({ node, kept, at });
      }
      value[slot] = kept;
    }
  }

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

/** What a row computes, for functions of parameters P, data, output, scratch and scale, in this order. */
export interface Row {
  readonly k: Ssa;
  readonly effects: readonly Effect[];
  readonly uses: readonly Use[];
  readonly scratch: number;
  /** Where the cells begin, in bytes from scratch, and where they end. */
  readonly cells: number;
  readonly bytes: number;
}

const [DATA, OUTPUT, SCRATCH, SCALE] = [1, 2, 3, 4];

export function rowOf(tape: Tape, offsets: Offsets, isGradient: boolean): Row {
  const { segments, outputs, rowStart, q } = tape;
  const k = new Ssa();
  const sweep = new RowSweep(k, tape, {
    value: (slot) => {
      if (slot < rowStart) return k.load(P, offsets.values + slot * F64);
      return k.load(DATA, (slot - rowStart) * F64, q * F64);
    },
  });
  for (const segment of [SEGMENT.data, SEGMENT.mixed])
    for (let r = segments[segment]!; r < segments[segment + 1]!; r++) sweep.forwardRecord(r);
  const z = outputs[0]!;
  const effects: Effect[] = [{ kind: 'store', node: sweep.valueOf(z), at: 0, base: OUTPUT }];
  if (isGradient) {
    sweep.keepValues(SCRATCH);
    sweep.adjoint[z] = k.local(SCALE);
    for (let r = segments[SEGMENT.mixed + 1]! - 1; r >= segments[SEGMENT.mixed]!; r--) sweep.reverseRecord(r);
    const read = countUses(k, sweep.uses.map(({ node }) => node)); // biome-ignore format: one line
    for (const { node, kept, at } of sweep.frame) if (read[kept]! > 0) effects.push({ kind: 'keep', node, base: SCRATCH, at });
    for (const { node } of sweep.uses) effects.push({ kind: 'reduce', node });
  }
  const cells = Math.ceil((sweep.frame.length * 2 * F64) / CELL) * CELL;
  return { k, effects, uses: sweep.uses, scratch: SCRATCH, cells, bytes: cells + sweep.uses.length * CELL };
}
