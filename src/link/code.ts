/**
 * Linked code: a program with loops for given lengths, with everything decided. Both engines run this same code, so
 * they add in the same order.
 *
 * MEMORY is one array of doubles. Everything is found through *registers*: a body at depth d of the nest (main: 0) has
 * its numbers in a *frame*, and its frame in register d + 1, or 0 for main; register 1 is the data.
 *
 *     │ params │ main's values │ main's arrays │ cells │ frames of the bodies │  adjoints of all these │ data │ scratch │
 *     └ F[0] = 0 ─────────────────────────────────────────────────────────────┘                       └ F[1]
 *
 * For every register there are F[r], where its values lie, and G[r], where its adjoints (or tangents) lie, both as
 * indices of doubles, and I[r], the iteration its body is in (of a laned body: of lane 0).
 *
 * LANES. One loop of a nest may run `tile` iterations at once, side by side: its body, and all bodies in it, hold
 * `tile` numbers per value: lane l of the value at offset o is F[r] + o + l. Bodies around it hold one. The last tile
 * may be shorter; L is the number of lanes in use (1 outside). A body's values lie `tile` apart; an element of a local array
 * is as wide as a value.
 *
 * OPERAND: register << 24 | offset. Lane l is at F[register] + offset + (wide ? l : 0), a register being wide inside lanes.
 * What is the same in all lanes (a parameter that an inner loop goes over) is there once: register r + NARROW is the same
 * frame as r, but never wide, and an instruction with the bit ONCE computes such a value, as if there was one lane.
 *
 * ACCESS: a place in an array, found anew each time; it is an index into `code` where these words lie:
 *
 *     register, base, lane, terms, picks, (register, by) × terms, (operand, by) × picks
 *
 *     place = F[register] + base + Σ by·I[register] + Σ by·value(operand);   lane l: place + l·lane
 *
 * A pick is a whole number computed by the program. If its operand is wide, every lane has a place of its own (only in LOAD).
 *
 * Instructions are words; word 0 is kind | op << 8 | mask << 16 (| ONCE). In the mask, bit j says that operand j has an adjoint,
 * bit 3 + j that its contribution is the first to reach that adjoint in a reverse sweep: it is stored, not added. (Of products
 * only where they reach all of an array; whoever clears all adjoints may add it as well.)
 */

export const NARROW = 128;
export const ONCE = 1 << 24;

// biome-ignore format: one line a kind
export enum DO {
  /** op(a, b, c): word 0, out, a, b, c. An operand that is not wide in lanes gets the sum over the lanes (the one order), added once. */
  op,
  /** out = the number at access: word 0, out, access. Reverse: adds to the place, lanes ascending; lane = 0: the sum over the lanes, added once. */
  load,
  /**
   * access = a: word 0, a, access, move. Bit 0 of the mask: a has an adjoint; bit 1: the place has one. Reverse: a's adjoint gets
   * the place's; then, if move, the place's becomes −0. A tangent sweep writes −0 to a place that has one where a has none.
   */
  store,
  /** out = a if that is a whole number in 0 … extent − 1, else 0 and a fault: word 0, out, a, extent, number of the check */
  check,
  /** out = I + lane: word 0, out */
  index,
  /** n elements: word 0, n, from (access), fromBy, into (access), intoBy, move; mask as for store */
  copy,
  /**
   * list op: word 0, out, n, a (access), aBy, b (access), bBy, kept. Inside lanes each lane has its own list. kept, where it is
   * not 0: from F[0] + kept on there are n + 1 doubles in which a logsumexp may leave its exponentials for the reverse sweep.
   */
  reduce,
  /**
   * C = A·B: word 0, m, n, k, A (access), Am, Ak, B (access), Bk, Bn, C (access), Cm, Cn. Strides in doubles. Adjoints: of A
   * (bit 0) and of B (bit 1). Bits of op: those of A, or of B, are handed out as they are stored: +0 is added, and a NaN noted.
   */
  contract,
  /** runs a body: word 0, where its BODY words lie in `code`; bit 0 of the mask: some result has an adjoint */
  region,
  /** out (of the body around) += a over all iterations: word 0, a, out, sums (offset from F[0] of 9 × width doubles, and behind them as many for tangents), see ARCHITECTURE "One order" */
  sum,
  /** C = 0, then C[at[e]] += from[e] for e < n, where that is an index into its m numbers: word 0, m, n, from (access), fromBy, at (access), atBy, C (access), Cby. Lanes ascending in each element. Bit 0 of the mask: from has an adjoint. */
  scatter,
}

/** Words of a body; n, tile and the like are plain numbers, offsets are in doubles. */
// biome-ignore format: a table
export enum BODY {
  /** its register */
  register,
  /** iterations */
  n,
  /** iterations at once: 1, or a multiple of 8 where this loop is the one that runs in lanes */
  tile,
  /** numbers per value: 1, or the tile of the loop in lanes that it is or lies in */
  width,
  /** its frame lies at F[base] + frame + (iteration / tile) · stride; stride 0: one frame for all, so its values have to be computed again for the reverse sweep */
  base, frame, stride,
  /** its adjoints lie at G[0] + adjoint; the first `clear` doubles of them start as −0 in each iteration */
  adjoint, clear,
  /** where in `code` its list of instructions (indices into `code`) begins; the first `main` of them compute its values, up to `carried` hand on what is carried, up to `all` stack and sum */
  list, main, carried, all,
  /** a scan? (0 or 1): iterations in order, the reverse sweep in descending order; a map's reverse sweep goes in ascending order too */
  scan,
  /** of a scan that is not kept (stride 0): `cellCount` doubles at F[0] + cells hold what is carried, `snapshots` copies of them fit from F[0] + saved on, and the iterations they belong to, one double each, from F[0] + marks on */
  cells, cellCount, saved, snapshots, marks,
  /** number of SUM instructions among its last ones */
  sums,
  /** doubles of its adjoints in all: what a gated sweep clears instead of `clear`, as it adds every contribution */
  own,
  /** words in all */
  words,
}

/** Words at the start of `code`. */
// biome-ignore format: a table
export enum HEAD {
  /** BODY words of main: n = 1, width 1, no frame of its own to place */
  main,
  /** main's instructions are [0, pre): before; [pre, fused): regions whose adjoints depend on no value computed after `pre`; [fused, all): what follows from them */
  pre, fused, all,
  /** F[1]: where the data lie; and G[0]: where the adjoints begin, F[0] being 0 */
  data, adjoints,
  /** doubles at G[0] that are main's: to clear before a reverse sweep, unless `clears` says that fewer will do */
  clear,
  /** from here to the end there is room for intermediate results: 4 × the longest list for each lane, and what a contraction packs */
  scratch,
  /** doubles in all */
  size,
  /** where the first output lies, in MEMORY */
  output,
  /** where in `code` pairs of numbers lie, a first double from G[0] on and how many, their count before them: what a gradient has to clear; and parameters' adjoints that have +0 added in the end */
  clears, settles,
  words,
}

/** A linked program. */
export interface Linked {
  readonly code: Int32Array;
  readonly p: number; // parameters, at doubles 0 … p − 1; their adjoints at `adjoints` … adjoints + p − 1
  readonly q: number; // data
  readonly data: number; // where they lie
  readonly adjoints: number;
  readonly size: number; // doubles in all
  readonly sizes: Float64Array; // by SizeId
  /** Numbers written once: constants and sizes in main's frame. */
  readonly constants: readonly (readonly [offset: number, value: number])[];
  /** Where the outputs lie: `count` doubles from `offset` in MEMORY on; their adjoints `adjoints` further on, but for outputs that are inputs of data. */
  readonly outputs: readonly { readonly offset: number; readonly count: number; readonly data: boolean }[];
  /** Of check instruction i: what its index is, and how long that is. */
  readonly checks: readonly { readonly what: string; readonly extent: number }[];
  /** Elements processed by one forward sweep, and by one gradient. */
  readonly steps: { readonly forward: number; readonly gradient: number };
}
