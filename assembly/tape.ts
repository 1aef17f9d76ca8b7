// The tape in memory, as src/tape/layout.ts draws it, and the block of a loaded program:
//
//     P ─► 32-bit words, written by src/engine/interpreter.ts (PROGRAM there has the same order)
//          values  adjoints  tangents  records  indices  strips  segments[5]  rowStart  slots  p  q
//          outputs  m  scratch  flags  tile  rowValues  rowAdjoints  rowTangents  rowData  rowOutputs
//          clears  clearsEnd  rowClears  rowClearsEnd  laneAdjoints
//
// All addresses are bytes. A slot's value lies at V + 8·slot; where rows are processed `tile` at a time, a row slot
// owns `tile` neighbouring numbers instead (lanes.ts).

export const RUN: u32 = 0;
export const STRIP: u32 = 1;
export const LIST: u32 = 2;
export const GATHER: i32 = i32.MIN_VALUE;
export const IN_PLACE: u32 = 8; // in `form`
export const GATHERED: u32 = 128;
export const RECORD_BYTES: usize = 48;
export const STRIP_BYTES: usize = 12;

// @ts-ignore: decorator
@inline export function values(P: usize): usize { return load<u32>(P); }
// @ts-ignore: decorator
@inline export function adjoints(P: usize): usize { return load<u32>(P, 4); }
// @ts-ignore: decorator
@inline export function tangents(P: usize): usize { return load<u32>(P, 8); }
// @ts-ignore: decorator
@inline export function indices(P: usize): usize { return load<u32>(P, 16); }
// @ts-ignore: decorator
@inline export function strips(P: usize): usize { return load<u32>(P, 20); }
/** First record of segment s; of segment s + 1: one past its last. */
// @ts-ignore: decorator
@inline export function segment(P: usize, s: usize): usize { return <usize>load<u32>(P, 12) + <usize>load<u32>(P + (s << 2), 24) * RECORD_BYTES; }
/** Record i of the tape. */
export function record(P: usize, i: i32): usize { return <usize>load<u32>(P, 12) + <usize>i * RECORD_BYTES; }
// @ts-ignore: decorator
@inline export function rowStart(P: usize): i32 { return load<i32>(P, 44); }
// @ts-ignore: decorator
@inline export function slots(P: usize): i32 { return load<i32>(P, 48); }
// @ts-ignore: decorator
@inline export function parameters(P: usize): i32 { return load<i32>(P, 52); }
// @ts-ignore: decorator
@inline export function dataInputs(P: usize): i32 { return load<i32>(P, 56); }
/** Slot of output i. */
// @ts-ignore: decorator
@inline export function output(P: usize, i: i32): i32 { return load<i32>(<usize>load<u32>(P, 60) + (<usize>i << 2)); }
// @ts-ignore: decorator
@inline export function outputCount(P: usize): i32 { return load<i32>(P, 64); }
/** Room for three copies of the longest list. */
// @ts-ignore: decorator
@inline export function scratch(P: usize): usize { return load<u32>(P, 68); }
/** One byte per slot, for the gated sweeps. */
// @ts-ignore: decorator
@inline export function flags(P: usize): usize { return load<u32>(P, 72); }
/** Rows processed at once. */
// @ts-ignore: decorator
@inline export function tileRows(P: usize): i32 { return load<i32>(P, 76); }
// @ts-ignore: decorator
@inline export function rowValues(P: usize): usize { return load<u32>(P, 80); }
// @ts-ignore: decorator
@inline export function rowAdjoints(P: usize): usize { return load<u32>(P, 84); }
// @ts-ignore: decorator
@inline export function rowTangents(P: usize): usize { return load<u32>(P, 88); }
/** Rows of data as the user gave them, row-major. */
// @ts-ignore: decorator
@inline export function rowData(P: usize): usize { return load<u32>(P, 92); }
/** The first output of each row. */
// @ts-ignore: decorator
@inline export function rowOutputs(P: usize): usize { return load<u32>(P, 96); }

/** Slots to be cleared before a reverse sweep, as pairs (first slot, count); and among row slots alone. */
// @ts-ignore: decorator
@inline export function clears(P: usize): usize { return load<u32>(P, 100); }
// @ts-ignore: decorator
@inline export function clearsEnd(P: usize): usize { return load<u32>(P, 104); }
// @ts-ignore: decorator
@inline export function rowClears(P: usize): usize { return load<u32>(P, 108); }
// @ts-ignore: decorator
@inline export function rowClearsEnd(P: usize): usize { return load<u32>(P, 112); }

// Words of a record R.
// @ts-ignore: decorator
@inline export function opcode(R: usize): u32 { return load<u8>(R); }
// @ts-ignore: decorator
@inline export function kind(R: usize): u32 { return load<u8>(R, 1); }
/** Added at loading (shortcuts.ts): bit j: operand j is the first contribution to its slots; bit 3: all strides are 0 or 1; bit 4 + j: operand j is passed on; bit 7: one or two operands, all gathered. */
// @ts-ignore: decorator
@inline export function form(R: usize): u32 { return load<u8>(R, 3); }
/** Bit j: operand j depends on parameters. */
// @ts-ignore: decorator
@inline export function active(R: usize): u32 { return load<u8>(R, 2) & 7; }
// @ts-ignore: decorator
@inline export function count(R: usize): i32 { return load<i32>(R, 4); }
// @ts-ignore: decorator
@inline export function out(R: usize): i32 { return load<i32>(R, 8); }
/** Elements per list. */
// @ts-ignore: decorator
@inline export function length(R: usize): i32 { return load<i32>(R, 12); }
/** The slot with the adjoint of a run's first node, put where lists have their length; usually `out` (shortcuts.ts). */
// @ts-ignore: decorator
@inline export function adjointSlot(R: usize): i32 { return load<i32>(R, 12); }
/** Operands that get contributions: active ones that are not passed on. */
// @ts-ignore: decorator
@inline export function pulled(R: usize): u32 { return active(R) & ~(form(R) >> 4); }
/** The same for a tile of rows, where more can be passed on: bits 3–5 of the byte of `active`. */
// @ts-ignore: decorator
@inline export function pulledInLanes(R: usize): u32 { return active(R) & ~(<u32>load<u8>(R, 2) >> 3); }
/** In a tile: a list of the slots with the adjoints of a run's nodes, or 0 where they are neighbours from adjointSlot. */
export function laneAdjoints(P: usize, R: usize): usize {
  const lists = <usize>load<u32>(P, 116), first = load<i32>(lists + (((R - <usize>load<u32>(P, 12)) / RECORD_BYTES) << 2));
  return first < 0 ? 0 : lists + (<usize>first << 2);
}
/** Operand j: base slot (or index offset), stride over nodes, stride over list elements. */
// @ts-ignore: decorator
@inline export function base(R: usize, j: u32): i32 { return load<i32>(R + <usize>j * 12, 16); }
// @ts-ignore: decorator
@inline export function stride(R: usize, j: u32): i32 { return load<i32>(R + <usize>j * 12, 20); }
// @ts-ignore: decorator
@inline export function elementStride(R: usize, j: u32): i32 { return load<i32>(R + <usize>j * 12, 24); }

/** Slot that operand j of node i reads. */
export function slotOf(P: usize, R: usize, j: u32, i: i32): i32 {
  const s = stride(R, j), at = base(R, j);
  return s == GATHER ? load<i32>(indices(P) + (<usize>(at + i) << 2)) : at + i * s;
}

/** Address of a slot's number. */
// @ts-ignore: decorator
@inline export function at(V: usize, slot: i32): usize { return V + (<usize>slot << 3); }
