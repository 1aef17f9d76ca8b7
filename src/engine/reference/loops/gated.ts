/**
 * The careful form of an op's adjoints, for the sweep after one that ended in a NaN (../gated.ts says why). No flags
 * are kept: an adjoint is −0 as long as no open path has reached it, for every contribution that is added and is zero is +0.
 * What only passes adjoints on (load, store, copy, sum) needs no careful form: a −0 changes nothing it is added to.
 */
import { GATE, pullRun } from '../../../ops/kernels.ts';
import { adjointAt, type Frames, step, valueAt } from './frames.ts';
import { add } from './reverse.ts';

/** d · p, or −0 where nothing comes through. */
export function through(d: number, p: number, gate: number): number {
  if (Object.is(d, -0) || (gate !== 0 && p === 0)) return -0;
  const c = d * p;
  return c === 0 ? 0 : c;
}

/** An op's contributions to operand j, lane by lane: its adjoints lie in x from d on, its targets in g from t on. */
// biome-ignore format: one signature, one line
export function pullOp(m: Frames, at: number, j: number, x: Float64Array, d: number, g: Float64Array, t: number, ts: number): void {
  const { code } = m;
  const a = code[at + 2]!;
  const b = code[at + 3]!;
  const c = code[at + 4]!;
  const o = valueAt(m, code[at + 1]!);
  pullRun((code[at]! >> 8) & 255, j, m.lanes, m.v, o, x, d, valueAt(m, a), step(m, a), valueAt(m, b), step(m, b), valueAt(m, c), step(m, c), g, t, ts);
}

/** Into m.chunk: the partials of an op with respect to operand j, lane by lane. */
export function partials(m: Frames, at: number, j: number): void {
  m.chunk.fill(-0, 0, m.lanes);
  pullOp(m, at, j, m.ones, 0, m.chunk, 0, 1);
}

export function gatedOp(m: Frames, at: number): void {
  const { code, v, chunk, lanes } = m;
  const head = code[at]!;
  const gate = GATE[(head >> 8) & 255]!;
  const d = adjointAt(m, code[at + 1]!);
  for (let j = 0; j < 3; j++) {
    if (!((head >>> (16 + j)) & 1)) continue;
    const t = adjointAt(m, code[at + 2 + j]!);
    const ts = step(m, code[at + 2 + j]!);
    partials(m, at, j);
    for (let l = 0; l < lanes; l++) chunk[l] = through(v[d + l]!, chunk[l]!, gate);
    add(lanes, chunk, 0, 1, v, t, ts);
  }
}
