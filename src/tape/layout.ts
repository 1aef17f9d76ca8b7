/**
 * The tape as it lies in memory, mirrored by assembly/tape.ts.
 *
 * A tape is a list of *records*; a record computes `count` nodes at once. Nodes live in *slots*, one f64 each:
 *
 *     slot 0                                     rowStart (S)
 *     │ parameters │ constants │ nodes │ nodes   │ data │ nodes │ nodes │
 *     │ p          │           │ const │ param   │ q    │ data  │ mixed │
 *     └─ shared: one value for all rows ─────────┴─ row: one value per row ──┘
 *
 * What a node depends on decides its segment, and the segment decides when it runs:
 *
 *     segment 0  constants only        once, when the tape is loaded
 *     segment 1  parameters            every call
 *     segment 2  data only             when data is bound (every row)
 *     segment 3  parameters and data   every call (every row)
 *
 * Only segments 1 and 3 have derivatives. Within the tape, operands always lie in lower slots than results.
 *
 * A record is twelve 32-bit words:
 *
 *     word  0     1      2    3   4  5   6   7  8   9   10 11
 *          head  count  out   k   a  as  ak  b  bs  bk  c  cs
 *           │     │      │    │   └──┴─ operand a: node i reads slot a + i·as (as = 1 contiguous, 0 broadcast)
 *           │     │      │    └ list ops: operands per node; node i's element j is slot a + i·as + j·ak
 *           │     │      └ node i is written to slot out + i
 *           │     └ number of nodes
 *           └ bits 0–7 opcode, 8–15 kind, 16–18 active operands (bit j: operand j depends on parameters)
 *
 *     as = GATHER: operand i (list ops: element j of node i) is slot indices[a + i] (indices[a + i·k + j])
 *
 * kind RUN    an op of one to three operands over `count` independent nodes
 *      STRIP  `count` single nodes, each may use the one before: triples (head, a, b) from strips[a] on, node i to slot out + i;
 *             only ops of one or two operands
 *      LIST   an op over lists: sum mean prod minOf maxOf norm logsumexp read list a; dot reads lists a and b
 *
 * All slots of one operand of a RUN or LIST record lie on the same side of rowStart.
 */
export const RECORD_WORDS = 12;

/** Offsets of the words in a record. (Enums, here and below, because bundlers put their numbers in place: 0.35 KB less than objects.) */
// biome-ignore format: one line
export enum W { head, count, out, k, a, as, ak, b, bs, bk, c, cs }

// biome-ignore format: one line
export enum KIND { run, strip, list }

/** A stride that says: look the slot up in `indices`. */
export const GATHER = -0x80000000;

/** Words per entry of a strip. */
export const STRIP_WORDS = 3;

export { SUM_BLOCK } from '../ops/sums.ts';

/** Segments, by what their nodes depend on. */
// biome-ignore format: one line
export enum SEGMENT { constant, parameter, data, mixed }

export function head(op: number, kind: number, active: number): number {
  return op | (kind << 8) | (active << 16);
}

/** Shape of one input or output as the user wrote it: [] scalar, [n] vector, [m, n] matrix. */
export interface Port {
  readonly name: string;
  readonly shape: readonly number[];
  readonly data: boolean;
}

/** What flows in and out, by name, in flat order. */
export interface Signature {
  readonly inputs: readonly Port[]; // in the order written; flat parameters are the ports with data: false, in this order
  readonly outputs: readonly { readonly name: string; readonly shape: readonly number[] }[];
  readonly single: boolean; // the function returned one bare expression
}

/** A laid-out program: everything an engine needs, nothing it has to look up elsewhere. */
export interface Tape {
  readonly signature: Signature;
  readonly p: number; // differentiated inputs, slots 0 … p-1
  readonly q: number; // data inputs, slots rowStart … rowStart+q-1
  readonly slots: number; // all slots
  readonly rowStart: number; // first slot that differs from row to row
  readonly constants: Float64Array; // slots p … p+constants.length-1
  readonly segments: Int32Array; // 5 record numbers: segment s is records segments[s] … segments[s+1]-1
  readonly records: Int32Array; // RECORD_WORDS each
  readonly indices: Int32Array; // gather lists
  readonly strips: Int32Array; // STRIP_WORDS per entry
  readonly outputs: Int32Array; // slot of each flat output
  readonly nodes: number; // computed nodes (leaves not counted)
  readonly names: readonly (readonly [slot: number, name: string])[];
}
