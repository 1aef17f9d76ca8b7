/**
 * Forward mode: beside every value its tangent, where the reverse sweep has its adjoint. A tangent is Σ partial · tangent over
 * the operands that have one. In the gated form −0 is the tangent of what no open path leads to, as in gated.ts.
 */
import { BODY, DO } from '../../../link/code.ts';
import { GATE } from '../../../ops/kernels.ts';
import { listPull } from '../../../ops/list-kernels.ts';
import { dot, sum } from '../../../ops/sums.ts';
import { OP } from '../../../ops/vocabulary.ts';
import { tangentOfContraction } from './contraction.ts';
import { inLanes, instruction, move } from './forward.ts';
import { adjointAt, adjointIn, type Frames, laneOf, reach, scatters, step, valueAt, valueIn } from './frames.ts';
import { partials, through } from './gated.ts';
import { addTangentToSum, region } from './regions.ts';
import { clear } from './reverse.ts';
import { tangentOfScatter } from './scatter.ts';

/** Values and tangents of some instructions of a body. */
export function tangent(m: Frames, B: number, from: number, to: number): void {
  const { code } = m;
  const list = code[B + BODY.list]!;
  for (let k = list + from; k < list + to; k++) {
    const at = code[k]!;
    inLanes(m, at, (code[at]! & 255) === DO.region ? tangentLoop : withTangent);
  }
}

function tangentLoop(m: Frames, at: number): void {
  region(m, m.code[at + 1]!, tangent, true);
}

function withTangent(m: Frames, at: number): void {
  const { code } = m;
  const kind = code[at]! & 255;
  instruction(m, at);
  if (((code[at]! >>> 16) & 7) === 0) return;
  if (kind === DO.store) tangentOfStore(m, at);
  else if (kind === DO.copy) tangentOfCopy(m, at);
  else if (kind === DO.op) tangentOfOp(m, at);
  else if (kind === DO.load) tangentOfLoad(m, at);
  else if (kind === DO.reduce) tangentOfReduce(m, at);
  else if (kind === DO.contract) tangentOfContraction(m, at);
  else if (kind === DO.scatter) tangentOfScatter(m, at);
  else if (kind === DO.sum) addTangentToSum(m, at);
}

function tangentOfOp(m: Frames, at: number): void {
  const { code, v, chunk, lanes } = m;
  const head = code[at]!;
  const gate = GATE[(head >> 8) & 255]!;
  const t = adjointAt(m, code[at + 1]!);
  clear(v, lanes, t, 1);
  for (let j = 0; j < 3; j++) {
    if (!((head >>> (16 + j)) & 1)) continue;
    const x = adjointAt(m, code[at + 2 + j]!);
    const xs = step(m, code[at + 2 + j]!);
    partials(m, at, j);
    if (m.gated) for (let l = 0; l < lanes; l++) v[t + l]! += through(v[x + l * xs]!, chunk[l]!, gate);
    else for (let l = 0; l < lanes; l++) v[t + l]! += chunk[l]! * v[x + l * xs]!;
  }
}

function tangentOfLoad(m: Frames, at: number): void {
  const { code, v, lanes } = m;
  const t = adjointAt(m, code[at + 1]!);
  const access = code[at + 2]!;
  const lane = laneOf(m, access);
  if (scatters(m, access)) {
    const first = m.G[code[access]!]!;
    for (let l = 0; l < lanes; l++) v[t + l] = v[first + reach(m, access, l) + l * lane]!;
  } else move(v, lanes, adjointIn(m, access), lane, t, 1);
}

/** What has no tangent overwrites one all the same where the array has some: a cell may have held another value's. */
function tangentOfStore(m: Frames, at: number): void {
  const { code, v, lanes } = m;
  const a = code[at + 1]!;
  const access = code[at + 2]!;
  const t = adjointIn(m, access);
  if ((code[at]! >>> 16) & 1) move(v, lanes, adjointAt(m, a), step(m, a), t, laneOf(m, access));
  else clear(v, lanes, t, laneOf(m, access));
}

function tangentOfCopy(m: Frames, at: number): void {
  const { code, v, lanes } = m;
  const isActive = ((code[at]! >>> 16) & 1) !== 0;
  const [n, from, by, into, intoBy] = [code[at + 1]!, code[at + 2]!, code[at + 3]!, code[at + 4]!, code[at + 5]!];
  let x = isActive ? adjointIn(m, from) : 0;
  let t = adjointIn(m, into);
  for (let e = 0; e < n; e++, x += by, t += intoBy)
    if (isActive) move(v, lanes, x, laneOf(m, from), t, laneOf(m, into));
    else clear(v, lanes, t, laneOf(m, into));
}

/** Lane by lane, and of each list a sum in the one order. */
function tangentOfReduce(m: Frames, at: number): void {
  const { code, v, chunk, work, lanes } = m;
  const head = code[at]!;
  const op = (head >> 8) & 255;
  const gate = GATE[op]!;
  const k = code[at + 2]!;
  const z = valueAt(m, code[at + 1]!);
  const t = adjointAt(m, code[at + 1]!);
  clear(v, lanes, t, 1);
  for (let j = 0; j < 2; j++) {
    if (!((head >>> (16 + j)) & 1)) continue;
    const own = at + 3 + 2 * j;
    const other = op === OP.dot ? at + 5 - 2 * j : own;
    const [xs, ys] = [code[own + 1]!, code[other + 1]!];
    const [x, y, tx] = [valueIn(m, code[own]!), valueIn(m, code[other]!), adjointIn(m, code[own]!)];
    const [lx, ly] = [laneOf(m, code[own]!), laneOf(m, code[other]!)];
    for (let l = 0; l < lanes; l++) {
      chunk.fill(-0, 0, k);
      listPull(op, k, 1, v[z + l]!, v, x + l * lx, xs, y + l * ly, ys, chunk, 0, 1, work);
      if (m.gated) {
        for (let e = 0; e < k; e++) chunk[e] = through(v[tx + l * lx + e * xs]!, chunk[e]!, gate);
        v[t + l]! += sum(k, chunk, 0, 1);
      } else v[t + l]! += dot(k, chunk, 0, 1, v, tx + l * lx, xs);
    }
  }
}
