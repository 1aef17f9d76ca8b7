// Operands that do not lie side by side are brought side by side, a block at a time, so that the same loops serve them
// (element by element through the table's switch, an irregular graph took 15.9 ns per node instead of 8.4).
import { arity, MUL, SUB } from './rules';
import { pull, run } from './run';
import { sum } from './sum';
import { adjointSlot, at, base, count, form, GATHER, IN_PLACE, indices, opcode, out, stride } from './tape';

const BLOCK: i32 = 1024; // also the block of a sum (ARCHITECTURE.md, "One order")
const BYTES: usize = 8192;
const PACKED = memory.data(4 * 8192, 16); // operands a, b, c, and contributions

/** Operand j of nodes i … i + m − 1, side by side in its place of PACKED. */
function pack(P: usize, V: usize, R: usize, j: u32, i: i32, m: i32): void { packTo(P, V, R, j, i, m, PACKED + <usize>j * BYTES); }

function packTo(P: usize, V: usize, R: usize, j: u32, i: i32, m: i32, o: usize): void {
  const s = stride(R, j), first = base(R, j);
  const e = o + (<usize>m << 3);
  if (s == GATHER) for (let q = indices(P) + (<usize>(first + i) << 2); o < e; o += 8, q += 4) store<f64>(o, load<f64>(at(V, load<i32>(q))));
  else for (let a = at(V, first + i * s), step = <usize>(<isize>s << 3); o < e; o += 8, a += step) store<f64>(o, load<f64>(a));
}

/** Values of a run with gathered or strided operands. */
export function runPacked(P: usize, V: usize, R: usize): void {
  const op = opcode(R), operands = arity(op), o = at(V, out(R));
  for (let i = 0, n = count(R); i < n; i += BLOCK) {
    const m = min<i32>(n - i, BLOCK);
    for (let j: u32 = 0; j < operands; j++) pack(P, V, R, j, i, m);
    run(op, m, o + (<usize>i << 3), PACKED, 8, PACKED + BYTES, 8, PACKED + 2 * BYTES, 8);
  }
}

/** Contributions to operand j of such a run: pulled side by side, then added one by one, or as one sum where all nodes share it. */
export function pullPacked(P: usize, V: usize, G: usize, R: usize, j: u32): void {
  const op = opcode(R), operands = arity(op), s = stride(R, j), first = base(R, j), t = PACKED + 3 * BYTES;
  let total: f64 = -0.0;
  for (let i = 0, n = count(R); i < n; i += BLOCK) {
    const m = min<i32>(n - i, BLOCK), k = <usize>i << 3;
    for (let l: u32 = 0; l < operands; l++) pack(P, V, R, l, i, m);
    pull(op, j, m, at(V, out(R)) + k, at(G, adjointSlot(R)) + k, PACKED, 8, PACKED + BYTES, 8, PACKED + 2 * BYTES, 8, t, true);
    if (s == 0) total += sum(m, t);
    else if (s == GATHER) for (let q = indices(P) + (<usize>(first + i) << 2), p = t, e = t + (<usize>m << 3); p < e; p += 8, q += 4) add(at(G, load<i32>(q)), load<f64>(p));
    else for (let g = at(G, first + i * s), step = <usize>(<isize>s << 3), p = t, e = t + (<usize>m << 3); p < e; p += 8, g += step) add(g, load<f64>(p));
  }
  if (s == 0) add(at(G, first), total);
}

/** Numbers of operand j of m nodes from i on, values or tangents, side by side in one of the four places of PACKED. */
export function packed(P: usize, V: usize, R: usize, j: u32, i: i32, m: i32, place: u32): usize {
  const o = PACKED + <usize>place * BYTES;
  packTo(P, V, R, j, i, m, o);
  return o;
}

/** Contributions of m nodes from i on to operand j, for the adjoints at d, are added side by side at t; `first`: nothing is there yet. */
export function pullTo(P: usize, V: usize, R: usize, j: u32, i: i32, m: i32, d: usize, t: usize, first: bool): void {
  const op = opcode(R), o = at(V, out(R) + i);
  if (form(R) & IN_PLACE) {
    const sa = <usize>stride(R, 0) << 3, sb = <usize>stride(R, 1) << 3, sc = <usize>stride(R, 2) << 3, k = <usize>i;
    pull(op, j, m, o, d, at(V, base(R, 0)) + k * sa, sa, at(V, base(R, 1)) + k * sb, sb, at(V, base(R, 2)) + k * sc, sc, t, first);
    return;
  }
  if (op == MUL) pack(P, V, R, 1 - j, i, m);
  else if (op > SUB) for (let l: u32 = 0, operands = arity(op); l < operands; l++) pack(P, V, R, l, i, m);
  pull(op, j, m, o, d, PACKED, 8, PACKED + BYTES, 8, PACKED + 2 * BYTES, 8, t, first);
}

// @ts-ignore: decorator
@inline function add(g: usize, x: f64): void { store<f64>(g, load<f64>(g) + x); }
