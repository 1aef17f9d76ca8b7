/**
 * Adjoints: the instructions of a body in descending order, operand a, then b, then c, lanes ascending. What lanes share gets
 * the sum over the lanes, added once. Where a contribution is the first, the adjoint is cleared before it: −0 + x is x.
 */
import { BODY, DO, HEAD } from '../../../link/code.ts';
import { GATE } from '../../../ops/kernels.ts';
import { listPull } from '../../../ops/list-kernels.ts';
import { dot, sum } from '../../../ops/sums.ts';
import { OP } from '../../../ops/vocabulary.ts';
import { pullArithmetic } from '../arithmetic.ts';
import { reverseContraction } from './contraction.ts';
import { inLanes } from './forward.ts';
import { adjointAt, adjointIn, type Frames, laneOf, reach, scatters, step, valueAt, valueIn } from './frames.ts';
import { gatedOp, pullOp, through } from './gated.ts';
import { reverseScatter } from './scatter.ts';
import { reverseRegion } from './undo.ts';

export function reverse(m: Frames, B: number, from: number, to: number): void {
  const { code } = m;
  const list = code[B + BODY.list]!;
  for (let k = list + to - 1; k >= list + from; k--) {
    const at = code[k]!;
    if (((code[at]! >>> 16) & 7) === 0) continue;
    inLanes(m, at, pullBack);
  }
}

function pullBack(m: Frames, at: number): void {
  const { code, v } = m;
  const kind = code[at]! & 255;
  if (kind === DO.region) reverseRegion(m, code[at + 1]!);
  else if (kind === DO.store) reverseStore(m, at);
  else if (kind === DO.copy) reverseCopy(m, at);
  else if (kind === DO.op) (m.gated ? gatedOp : reverseOp)(m, at);
  else if (kind === DO.load) reverseLoad(m, at);
  else if (kind === DO.reduce) reverseReduce(m, at);
  else if (kind === DO.contract) reverseContraction(m, at);
  else if (kind === DO.scatter) reverseScatter(m, at);
  else if (kind === DO.sum) {
    const [a, out] = [code[at + 1]!, code[at + 2]!];
    add(m.lanes, v, adjointAt(m, out), step(m, out), v, adjointAt(m, a), step(m, a));
  }
}

/** n numbers from d on are added to those from t on; to a single one (ts = 0) their sum. */
// biome-ignore format: one signature, one line
export function add(n: number, x: Float64Array, d: number, ds: number, v: Float64Array, t: number, ts: number): void {
  if (n === 1) v[t]! += x[d]!;
  else if (ts === 0) v[t]! += sum(n, x, d, ds);
  else for (; n > 0; n--, d += ds, t += ts) v[t]! += x[d]!;
}

/** Fills with −0 what {@link add} would add to. */
export function clear(v: Float64Array, n: number, t: number, ts: number): void {
  if (ts === 0) v[t] = -0;
  else for (; n > 0; n--, t += ts) v[t] = -0;
}

function reverseOp(m: Frames, at: number): void {
  const { code, v, lanes } = m;
  const head = code[at]!;
  const op = (head >> 8) & 255;
  const d = adjointAt(m, code[at + 1]!);
  for (let j = 0; j < 3; j++) {
    if (!((head >>> (16 + j)) & 1)) continue;
    const word = code[at + 2 + j]!;
    const t = adjointAt(m, word);
    const ts = step(m, word);
    if ((head >>> (19 + j)) & 1) clear(v, lanes, t, ts);
    if (op <= OP.mul) {
      const other = code[at + 3 - j]!;
      if (lanes > 1) pullElement(m, op, j, d, t, ts, valueAt(m, other), step(m, other));
      else if (op === OP.mul) v[t]! += v[d]! * v[valueAt(m, other)]!;
      else v[t]! += op === OP.sub && j === 1 ? -v[d]! : v[d]!;
    } else if (lanes === 1 || ts === 1) pullOp(m, at, j, v, d, v, t, ts);
    else {
      m.chunk.fill(-0, 0, lanes);
      pullOp(m, at, j, v, d, m.chunk, 0, 1);
      v[t]! += sum(lanes, m.chunk, 0, 1);
    }
  }
}

/** Operand j of add, sub or mul over the lanes; the other operand lies at y. */
function pullElement(m: Frames, op: number, j: number, d: number, t: number, ts: number, y: number, ys: number): void {
  const { v, lanes } = m;
  if (ts !== 0) return pullArithmetic(op, j, lanes, v, v, d, t, ts, y, ys);
  const total = op === OP.mul ? dot(lanes, v, d, 1, v, y, ys) : sum(lanes, v, d, 1);
  v[t]! += op === OP.sub && j === 1 ? -total : total;
}

function reverseLoad(m: Frames, at: number): void {
  const { code, v, lanes } = m;
  const d = adjointAt(m, code[at + 1]!);
  const access = code[at + 2]!;
  if (lanes === 1) {
    v[adjointIn(m, access)]! += v[d]!;
    return;
  }
  const lane = laneOf(m, access);
  if (scatters(m, access)) {
    const first = m.G[code[access]!]!;
    for (let l = 0; l < lanes; l++) v[first + reach(m, access, l) + l * lane]! += v[d + l]!;
    return;
  }
  const t = adjointIn(m, access);
  add(lanes, v, d, 1, v, t, lane);
}

function reverseStore(m: Frames, at: number): void {
  const { code, v, lanes } = m;
  const head = code[at]!;
  const access = code[at + 2]!;
  const d = adjointIn(m, access);
  const lane = laneOf(m, access);
  if ((head >>> 16) & 1) {
    const a = code[at + 1]!;
    const t = adjointAt(m, a);
    add(lanes, v, d, lane, v, t, step(m, a));
  }
  if (code[at + 3] !== 0) clear(v, lanes, d, lane);
}

/** Element after element, and of each all lanes. */
function reverseCopy(m: Frames, at: number): void {
  const { code, v, lanes } = m;
  const head = code[at]!;
  const isActive = ((head >>> 16) & 1) !== 0;
  const isMove = code[at + 6] !== 0;
  const [n, from, by, into, intoBy] = [code[at + 1]!, code[at + 2]!, code[at + 3]!, code[at + 4]!, code[at + 5]!];
  const ts = laneOf(m, from);
  const ds = laneOf(m, into);
  let t = isActive ? adjointIn(m, from) : 0;
  let d = adjointIn(m, into);
  for (let e = 0; e < n; e++, t += by, d += intoBy) {
    if (isActive) add(lanes, v, d, ds, v, t, ts);
    if (isMove) clear(v, lanes, d, ds);
  }
}

/**
 * Lane by lane, each adding to its own list. One list for all lanes gets, element by element, the sum of their contributions;
 * so it is collected first, in scratch, as it is where not everything is let through.
 */
function reverseReduce(m: Frames, at: number): void {
  const { code, v, work, lanes } = m;
  const head = code[at]!;
  const op = (head >> 8) & 255;
  const k = code[at + 2]!;
  const z = valueAt(m, code[at + 1]!);
  const d = adjointAt(m, code[at + 1]!);
  for (let j = 0; j < 2; j++) {
    if (!((head >>> (16 + j)) & 1)) continue;
    const own = at + 3 + 2 * j;
    const other = op === OP.dot ? at + 5 - 2 * j : own;
    const [xs, ys] = [code[own + 1]!, code[other + 1]!];
    const [x, y, t] = [valueIn(m, code[own]!), valueIn(m, code[other]!), adjointIn(m, code[own]!)];
    const [lx, ly] = [laneOf(m, code[own]!), laneOf(m, code[other]!)];
    const isShared = lanes > 1 && lx === 0;
    if (!m.gated && !isShared)
      for (let l = 0; l < lanes; l++)
        listPull(op, k, v[d + l]!, v[z + l]!, v, x + l * lx, xs, y + l * ly, ys, v, t + l * lx, xs, work);
    else if (!m.gated && op === OP.dot) for (let e = 0; e < k; e++) v[t + e * xs]! += dot(lanes, v, d, 1, v, y + e * ys, ly);
    else {
      const rows = code[HEAD.scratch]!; // element e of lane l: rows + e·lanes + l
      for (let l = 0; l < lanes; l++) {
        contributions(m, op, k, v[d + l]!, v[z + l]!, x + l * lx, xs, y + l * ly, ys);
        if (isShared) for (let e = 0; e < k; e++) v[rows + e * lanes + l] = m.chunk[e]!;
        else for (let e = 0; e < k; e++) v[t + l * lx + e * xs]! += m.chunk[e]!;
      }
      if (isShared) for (let e = 0; e < k; e++) v[t + e * xs]! += sum(lanes, v, rows + e * lanes, 1);
    }
  }
}

/** What one lane's list gets, into m.chunk. */
// biome-ignore format: one signature, one line
function contributions({ v, chunk, work, gated }: Frames, op: number, k: number, d: number, z: number, x: number, xs: number, y: number, ys: number): void {
  chunk.fill(-0, 0, k);
  listPull(op, k, gated ? 1 : d, z, v, x, xs, y, ys, chunk, 0, 1, work);
  if (gated) for (let e = 0; e < k; e++) chunk[e] = through(d, chunk[e]!, GATE[op]!);
}
