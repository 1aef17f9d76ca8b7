// Many rows at once. The parameters are shared; a row slot holds `tile` neighbouring numbers, one per row:
//
//     shared slot s:  V + 8s              row slot s:  VR + s·width = ■■■■■■■■ … (lane 0, lane 1, …), width = 8·lanes
//
// A node over a tile of rows is a run over neighbours, so the loops are those of groups (run.ts): a row operand has
// stride 8, a shared one stride 0, and its adjoint gets one sum over the tile.
import { elementSlot } from './gated';
import { arithmetic, pullArithmetic, pullArithmeticShared, pullSumBoth } from './arithmetic';
import { listPull, listValue } from './lists';
import { ADD, arity, DOT, MEAN, MUL, SUB, SUM } from './rules';
import { clear, pull, pullShared, run } from './run';
import { tick } from './steps';
import { dotAndScale, dotPair, dotTwo } from './sum';
import { active, adjoints, adjointSlot, at, base, count, elementStride, form, GATHER, indices, kind, length, LIST, laneAdjoints, opcode, out, pulledInLanes, RECORD_BYTES, rowAdjoints, rowStart, rowValues, scratch, segment, slotOf, stride, STRIP, STRIP_BYTES, strips, tileRows, values } from './tape';

let c: i32 = 0; // rows in this tile
let S: i32 = 0;
let V: usize = 0, G: usize = 0, VR: usize = 0, GR: usize = 0;
let width: usize = 0;

/** Numbers a row slot owns when n rows are processed: a whole tile, or fewer where there are fewer rows, to stay in cache. */
export function laneCount(P: usize, n: i32): i32 { return min<i32>(tileRows(P), (n + 7) & ~7); }

/** Prepares a tile of `rows` rows with `lanes` numbers per row slot; row bases are those of slot 0. */
export function tilePlaces(P: usize, rows: i32, lanes: i32): void {
  c = rows;
  S = rowStart(P);
  V = values(P);
  G = adjoints(P);
  width = <usize>lanes << 3;
  VR = rowValues(P) - <usize>S * width;
  GR = rowAdjoints(P) - <usize>S * width;
}

// @ts-ignore: decorator
@inline export function placeOf(slot: i32): usize { return slot < S ? at(V, slot) : VR + <usize>slot * width; }
// @ts-ignore: decorator
@inline export function adjointOf(slot: i32): usize { return slot < S ? at(G, slot) : GR + <usize>slot * width; }
// @ts-ignore: decorator
@inline function lane(slot: i32): usize { return slot < S ? 0 : 8; }

export function forwardTile(P: usize, s: usize): void {
  for (let R = segment(P, s), end = segment(P, s + 1); R < end; R += RECORD_BYTES) {
    const k = kind(R), n = count(R);
    if (k == LIST) forwardLists(P, R);
    else if (k == STRIP) {
      tick(n * c);
      for (let i = 0, q = strips(P) + <usize>base(R, 0) * STRIP_BYTES; i < n; i++, q += STRIP_BYTES) {
        const a = load<i32>(q, 4), b = load<i32>(q, 8), pa = placeOf(a), pb = placeOf(b);
        run(load<u8>(q), c, placeOf(out(R) + i), pa, lane(a), pb, lane(b), pb, lane(b));
      }
    } else forwardGroup(P, R, n);
  }
}

/** One run over the rows per node. */
function forwardGroup(P: usize, R: usize, n: i32): void {
  const op = opcode(R), operands = arity(op);
  let o = placeOf(out(R));
  tick(n * c);
  const I = indices(P), sa = stride(R, 0), sb = stride(R, 1), fa = base(R, 0), fb = base(R, 1);
  for (let i = 0; i < n; i++, o += width) {
    const a = slotIn(I, fa, sa, i), b = slotIn(I, fb, sb, i);
    if (op <= MUL) arithmetic(op, c, o, placeOf(a), a >= S, placeOf(b), b >= S);
    else {
      const d = operands > 2 ? slotOf(P, R, 2, i) : b;
      run(op, c, o, placeOf(a), lane(a), placeOf(b), lane(b), placeOf(d), lane(d));
    }
  }
}

/** slotOf with the record's words at hand. */
// @ts-ignore: decorator
@inline function slotIn(I: usize, first: i32, s: i32, i: i32): i32 { return s == GATHER ? load<i32>(I + (<usize>(first + i) << 2)) : first + i * s; }

export function reverseTile(P: usize, s: usize): void {
  const first = segment(P, s);
  for (let R = segment(P, s + 1) - RECORD_BYTES; R >= first; R -= RECORD_BYTES) {
    const k = kind(R), n = count(R), o = out(R);
    if (k == STRIP) {
      tick(n * c);
      for (let i = n - 1; i >= 0; i--) {
        const q = strips(P) + <usize>(base(R, 0) + i) * STRIP_BYTES, a = load<i32>(q, 4), b = load<i32>(q, 8), m = load<u8>(q, 2), d = adjointOf(o + i);
        if (m & 1) pullLane(load<u8>(q), 0, o + i, d, a, b, b, a, false);
        if (m & 2) pullLane(load<u8>(q), 1, o + i, d, a, b, b, b, false);
      }
    } else if (k == LIST) {
      tick(n * length(R) * c);
      if (active(R) & 1) reverseLists(P, R, 0);
      if (active(R) & 2) reverseLists(P, R, 1);
    } else reverseGroup(P, R, n);
  }
}

/** Where the adjoint of node i of a run lies; L is the list of those slots, or 0 where they are neighbours. */
// @ts-ignore: decorator
@inline function seedOf(R: usize, L: usize, i: i32): usize { return adjointOf(L ? load<i32>(L + (<usize>i << 2)) : adjointSlot(R) + i); }

function reverseGroup(P: usize, R: usize, n: i32): void {
  const op = opcode(R), mask = pulledInLanes(R), L = laneAdjoints(P, R);
  tick(n * c);
  if (mask == 3 && op <= MUL && reverseBoth(P, R, op, L)) return;
  for (let j: u32 = 0; j < 3; j++) {
    if (!((mask >> j) & 1)) continue;
    const first = ((form(R) >> j) & 1) != 0;
    for (let i = 0; i < n; i++) {
      const a = slotOf(P, R, 0, i), b = slotOf(P, R, 1, i), t = j == 0 ? a : j == 1 ? b : slotOf(P, R, 2, i);
      pullLane(op, j, out(R) + i, seedOf(R, L, i), a, b, arity(op) > 2 ? slotOf(P, R, 2, i) : b, t, first);
    }
  }
}

/**
 * Both operands of add, sub and mul in one pass per node, where their targets cannot meet: a shared number times a row,
 * or two row groups apart from each other. False where they may.
 */
function reverseBoth(P: usize, R: usize, op: u32, L: usize): bool {
  const I = indices(P), n = count(R), sa = stride(R, 0), sb = stride(R, 1), fa = base(R, 0), fb = base(R, 1), f = form(R);
  const a0 = slotIn(I, fa, sa, 0), b0 = slotIn(I, fb, sb, 0), firstA = (f & 1) != 0, firstB = (f & 2) != 0;
  if (op == MUL) {
    if (a0 < S == b0 < S) return false;
    const rowIsA = a0 >= S, first = rowIsA ? firstA : firstB;
    for (let i = 0; i < n; i++) {
      const a = slotIn(I, fa, sa, i), b = slotIn(I, fb, sb, i), row = rowIsA ? a : b, one = at(G, rowIsA ? b : a);
      store<f64>(one, load<f64>(one) + dotAndScale(c, seedOf(R, L, i), placeOf(row), load<f64>(one - G + V), adjointOf(row), first));
    }
    return true;
  }
  if (a0 < S || b0 < S || sa < 0 || sb < 0 || (fa <= fb + (n - 1) * sb && fb <= fa + (n - 1) * sa)) return false;
  for (let i = 0; i < n; i++) pullSumBoth(c, seedOf(R, L, i), adjointOf(fa + i * sa), adjointOf(fb + i * sb), op == SUB, firstA, firstB);
  return true;
}

/** Contributions of one node over the tile to its operand j, in slot `target`; its adjoints lie at s. */
function pullLane(op: u32, j: u32, o: i32, s: usize, a: i32, b: i32, d: i32, target: i32, first: bool): void {
  const pa = placeOf(a), pb = placeOf(b), pd = placeOf(d);
  if (target >= S) pull(op, j, c, placeOf(o), s, pa, lane(a), pb, lane(b), pd, lane(d), adjointOf(target), first);
  else pullShared(op, j, c, placeOf(o), s, pa, lane(a), pb, lane(b), pd, lane(d), adjointOf(target));
}

function forwardLists(P: usize, R: usize): void {
  const op = opcode(R), n = count(R), k = length(R), T = scratch(P), two = op == DOT;
  tick(n * k * c);
  for (let i = 0; i < n; i++) {
    const o = placeOf(out(R) + i);
    let l = 0;
    if (op == SUM || op == DOT || op == MEAN) {
      const a = elementSlot(P, R, 0, i, 0), b = two ? elementSlot(P, R, 1, i, 0) : 0, scale = f64x2.splat(<f64>k);
      if (stride(R, 0) != GATHER && (!two || stride(R, 1) != GATHER))
        for (; l + 1 < c; l += 2) {
          const e = <usize>l << 3, wa = a < S, wb = b < S;
          const sa = wa ? <usize>elementStride(R, 0) << 3 : <usize>elementStride(R, 0) * width, sb = wb ? <usize>elementStride(R, 1) << 3 : <usize>elementStride(R, 1) * width;
          const pa = placeOf(a) + (wa ? 0 : e), pb = two ? placeOf(b) + (wb ? 0 : e) : 0;
          // the shared list first: products commute, and dotPair is unrolled for that case
          const z = two && wb && !wa ? dotPair(k, pb, sb, true, pa, sa, false) : dotPair(k, pa, sa, wa, pb, sb, wb);
          v128.store(o + e, op == MEAN ? f64x2.div(z, scale) : z);
        }
    }
    for (; l < c; l++) {
      const e = <usize>l << 3;
      gatherLane(P, R, 0, i, e, T);
      if (two) gatherLane(P, R, 1, i, e, T + (<usize>k << 3));
      store<f64>(o + e, listValue(op, k, T, 8, T + (<usize>k << 3), 8, T + (<usize>k << 4)));
    }
  }
}

/** List j of node i in the row at byte e of each lane group, side by side. */
function gatherLane(P: usize, R: usize, j: u32, i: i32, e: usize, T: usize): void {
  for (let x = 0, k = length(R); x < k; x++, T += 8) {
    const s = elementSlot(P, R, j, i, x);
    store<f64>(T, load<f64>(placeOf(s) + (s < S ? 0 : e)));
  }
}

/**
 * Sums and dots are pulled element by element over the whole tile: an element of a sum is pulled like an operand of add,
 * one of a dot like an operand of mul. The other ops go row by row.
 */
function reverseLists(P: usize, R: usize, j: u32): void {
  const op = opcode(R), n = count(R), k = length(R), T = scratch(P), bytes = <usize>k << 3;
  for (let i = 0; i < n; i++) {
    const o = out(R) + i, z = placeOf(o), d = adjointOf(o);
    if (op == SUM || op == DOT) {
      const other: u32 = op == DOT ? 1 - j : j, I = indices(P);
      const st = stride(R, j), sy = stride(R, other), dt = st == GATHER ? 1 : elementStride(R, j), dy = sy == GATHER ? 1 : elementStride(R, other);
      let t = base(R, j) + (st == GATHER ? i * k : i * st), y = base(R, other) + (sy == GATHER ? i * k : i * sy), e = 0;
      // the weights of a layer: contiguous and shared, against rows
      if (op == DOT && st != GATHER && dt == 1 && t + k <= S && sy != GATHER && y >= S && (c & 7) == 0) {
        const step = <usize>(<isize>dy) * width;
        let g = at(G, t), x = placeOf(y);
        for (; e < k - 1; e += 2, g += 16, x += step * 2) v128.store(g, f64x2.add(v128.load(g), dotTwo(c, d, x, x + step)));
        t += e;
        y += e * dy;
      }
      for (; e < k; e++, t += dt, y += dy) {
        const a = st == GATHER ? load<i32>(I + (<usize>t << 2)) : t, b = sy == GATHER ? load<i32>(I + (<usize>y << 2)) : y, g = adjointOf(a);
        const f: u32 = op == DOT ? MUL : ADD;
        if (a >= S) pullArithmetic(f, 0, c, d, placeOf(b), b >= S, g, false);
        else store<f64>(g, load<f64>(g) + pullArithmeticShared(f, 0, c, d, placeOf(b), b >= S));
      }
      continue;
    }
    for (let l = 0; l < c; l++) {
      const e = <usize>l << 3, p = T + bytes * 3;
      gatherLane(P, R, j, i, e, T);
      clear(p, k);
      listPull(op, k, load<f64>(d + e), load<f64>(z + e), T, 8, T + bytes, 8, p, 8, T + bytes * 2);
      for (let x = 0; x < k; x++) {
        const s = elementSlot(P, R, j, i, x), g = adjointOf(s) + (s < S ? 0 : e);
        store<f64>(g, load<f64>(g) + load<f64>(p + (<usize>x << 3)));
      }
    }
  }
}
