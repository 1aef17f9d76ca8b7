/** Values: the instructions of a body in order, each over all lanes in use. */
import { fail } from '../../../errors.ts';
import { BODY, DO, ONCE } from '../../../link/code.ts';
import { forwardRun } from '../../../ops/kernels.ts';
import { listValue } from '../../../ops/list-kernels.ts';
import { OP } from '../../../ops/vocabulary.ts';
import { ARG_MAX, ARG_MIN } from '../../../tape/loops/layout.ts';
import { forwardArithmetic } from '../arithmetic.ts';
import { contraction } from './contraction.ts';
import { type Frames, laneOf, reach, scatters, step, valueAt, valueIn } from './frames.ts';
import { addToSum, region } from './regions.ts';
import { forwardScatter } from './scatter.ts';

export function forward(m: Frames, B: number, from: number, to: number): void {
  const { code } = m;
  const list = code[B + BODY.list]!;
  for (let k = list + from; k < list + to; k++) {
    const at = code[k]!;
    inLanes(m, at, (code[at]! & 255) === DO.region ? forwardLoop : instruction);
  }
}

function forwardLoop(m: Frames, at: number): void {
  region(m, m.code[at + 1]!, forward, false);
}

/** Runs something over the lanes of an instruction: those in use, or one where it is done once for all. */
export function inLanes(m: Frames, at: number, run: (m: Frames, at: number) => void): void {
  const { lanes } = m;
  if ((m.code[at]! & ONCE) !== 0) m.lanes = 1;
  run(m, at);
  m.lanes = lanes;
}

/** Any instruction but a region. */
export function instruction(m: Frames, at: number): void {
  const { code, v } = m;
  switch (code[at]! & 255) {
    case DO.op:
      return op(m, at);
    case DO.load:
      return load(m, at);
    case DO.store: {
      const a = valueAt(m, code[at + 1]!);
      const access = code[at + 2]!;
      return move(v, m.lanes, a, step(m, code[at + 1]!), valueIn(m, access), laneOf(m, access));
    }
    case DO.check:
      return check(m, at);
    case DO.index: {
      const o = valueAt(m, code[at + 1]!);
      const i = m.I[code[m.body + BODY.register]!]!;
      const by = code[m.body + BODY.tile]! > 1 ? 1 : 0; // only where the lanes are iterations of this very loop
      for (let l = 0; l < m.lanes; l++) v[o + l] = i + l * by;
      return;
    }
    case DO.copy:
      return copy(m, at);
    case DO.reduce:
      return reduce(m, at);
    case DO.contract: {
      const [a, b, c] = [code[at + 4]!, code[at + 7]!, code[at + 10]!];
      return contraction(m, at, valueIn(m, a), valueIn(m, b), valueIn(m, c), false);
    }
    case DO.scatter:
      return forwardScatter(m, at);
    case DO.sum:
      return addToSum(m, at);
  }
}

function op(m: Frames, at: number): void {
  const { code, v, lanes } = m;
  const op = (code[at]! >> 8) & 255;
  const wa = code[at + 2]!;
  const wb = code[at + 3]!;
  const o = valueAt(m, code[at + 1]!);
  const a = valueAt(m, wa);
  const b = valueAt(m, wb);
  if (op > OP.mul) forwardRun(op, lanes, v, o, a, step(m, wa), b, step(m, wb), valueAt(m, code[at + 4]!), step(m, code[at + 4]!));
  else if (lanes > 1) forwardArithmetic(op, lanes, v, o, a, step(m, wa), b, step(m, wb));
  else if (op === OP.add) v[o] = v[a]! + v[b]!;
  else if (op === OP.sub) v[o] = v[a]! - v[b]!;
  else v[o] = v[a]! * v[b]!;
}

/** n numbers from a on become those from b on. */
export function move(v: Float64Array, n: number, a: number, as: number, b: number, bs: number): void {
  for (; n > 0; n--, a += as, b += bs) v[b] = v[a]!;
}

function load(m: Frames, at: number): void {
  const { code, F, v, lanes } = m;
  const o = valueAt(m, code[at + 1]!);
  const access = code[at + 2]!;
  if (lanes === 1) {
    v[o] = v[valueIn(m, access)]!;
    return;
  }
  const lane = laneOf(m, access);
  if (scatters(m, access)) {
    const first = F[code[access]!]!;
    for (let l = 0; l < lanes; l++) v[o + l] = v[first + reach(m, access, l) + l * lane]!;
  } else move(v, lanes, valueIn(m, access), lane, o, 1);
}

function check(m: Frames, at: number): void {
  const { code, v, lanes } = m;
  const o = valueAt(m, code[at + 1]!);
  const a = valueAt(m, code[at + 2]!);
  const as = step(m, code[at + 2]!);
  const extent = code[at + 3]!;
  for (let l = 0; l < lanes; l++) {
    const i = v[a + l * as]!;
    if (!(i >= 0 && i < extent && Number.isInteger(i))) {
      const { what } = m.linked.checks[code[at + 4]!]!;
      fail('OutOfRange', `${what}: ${i} is no index into ${extent} ${extent === 1 ? 'element' : 'elements'}`);
    }
    v[o + l] = i;
  }
}

/** Element after element, and of each all lanes. */
function copy(m: Frames, at: number): void {
  const { code, v, lanes } = m;
  const n = code[at + 1]!;
  const from = code[at + 2]!;
  const into = code[at + 4]!;
  const [as, bs] = [code[at + 3]!, code[at + 5]!];
  let a = valueIn(m, from);
  let b = valueIn(m, into);
  if (lanes === 1) return move(v, n, a, as, b, bs);
  for (let e = 0; e < n; e++, a += as, b += bs) move(v, lanes, a, laneOf(m, from), b, laneOf(m, into));
}

/** Lane by lane. */
function reduce(m: Frames, at: number): void {
  const { code, v, work, lanes } = m;
  const op = (code[at]! >> 8) & 255;
  const k = code[at + 2]!;
  const o = valueAt(m, code[at + 1]!);
  const [as, bs] = [code[at + 4]!, code[at + 6]!];
  const a = valueIn(m, code[at + 3]!);
  const la = laneOf(m, code[at + 3]!);
  if (op === ARG_MIN || op === ARG_MAX) {
    if (k === 0) fail('OutOfRange', `${op === ARG_MIN ? 'argMin' : 'argMax'}: there is no element in an empty list`);
    for (let l = 0; l < lanes; l++) v[o + l] = placeOfExtreme(op, k, v, a + l * la, as);
    return;
  }
  const b = op === OP.dot ? valueIn(m, code[at + 5]!) : 0;
  const lb = op === OP.dot ? laneOf(m, code[at + 5]!) : 0;
  for (let l = 0; l < lanes; l++) v[o + l] = listValue(op, k, v, a + l * la, as, b + l * lb, bs, work);
}

/** The first NaN, or the first of the smallest or largest. */
function placeOfExtreme(op: number, k: number, v: Float64Array, a: number, as: number): number {
  let best = 0;
  let z = v[a]!;
  for (let e = 1; e < k && z === z; e++) {
    const x = v[a + e * as]!;
    if (x !== x || (op === ARG_MIN ? x < z : x > z)) {
      best = e;
      z = x;
    }
  }
  return best;
}
