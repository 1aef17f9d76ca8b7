/** Whole sweeps over linked code. */
import { BODY, HEAD } from '../../../link/code.ts';
import { finish } from '../sweeps.ts';
import { forward } from './forward.ts';
import { type Frames, home } from './frames.ts';
import { reverse } from './reverse.ts';
import { tangent } from './tangent.ts';
import { fusedRegion } from './undo.ts';

export function evaluate(m: Frames): void {
  forward(m, home(m), 0, m.code[HEAD.all]!);
}

/** Adjoints of the values at hand; with gates only if a parameter's came out NaN. */
export function pullBack(m: Frames, seeds?: Float64Array): void {
  const B = begin(m, seeds);
  reverse(m, B, 0, m.code[HEAD.all]!);
  conclude(m, seeds);
}

/** Values and adjoints for a seed of 1 of the first output, in one go where the program allows it. */
export function gradient(m: Frames): void {
  const { code } = m;
  const [pre, fused, all] = [code[HEAD.pre]!, code[HEAD.fused]!, code[HEAD.all]!];
  if (pre === fused) {
    evaluate(m);
    return pullBack(m);
  }
  const list = code[home(m) + BODY.list]!;
  forward(m, m.body, 0, pre);
  const B = begin(m);
  reverse(m, B, fused, all);
  for (let k = list + pre; k < list + fused; k++) fusedRegion(m, code[code[k]! + 1]!);
  forward(m, B, fused, all);
  reverse(m, B, 0, pre);
  conclude(m);
}

/** How many of main's numbers have adjoints that may have to be cleared; a plain reverse sweep could do with less. */
function mirror({ code }: Frames): number {
  return code[code[HEAD.main]! + BODY.own]!;
}

/** Adjoints before a reverse sweep: −0, and the seeds. @returns main */
function begin(m: Frames, seeds?: Float64Array): number {
  const { v } = m;
  const { adjoints, outputs } = m.linked;
  v.fill(-0, adjoints, adjoints + mirror(m));
  let i = 0;
  for (const { offset, count, data } of outputs)
    for (let e = 0; e < count; e++, i++) {
      const d = seeds ? seeds[i]! : i === 0 ? 1 : 0;
      if (d !== 0 && !data) v[adjoints + offset + e]! += d; // several outputs may be one value; a seed of 0 opens no path
    }
  return home(m);
}

/** The parameters' adjoints are ready, or have to be found once more with gates. */
function conclude(m: Frames, seeds?: Float64Array): void {
  const { adjoints, p } = m.linked;
  const adjoint = m.v.subarray(adjoints, adjoints + p);
  if (!finish(adjoint)) return;
  m.gated = true;
  reverse(m, begin(m, seeds), 0, m.code[HEAD.all]!);
  m.gated = false;
  finish(adjoint);
}

/** One tangent per flat output, along `direction`. */
export function directional(m: Frames, direction: Float64Array): Float64Array {
  const { v } = m;
  const { adjoints, outputs, p } = m.linked;
  const result = new Float64Array(outputs.reduce((sum, { count }) => sum + count, 0));
  for (const isGated of [false, true]) {
    v.fill(-0, adjoints, adjoints + mirror(m));
    for (let i = 0; i < p; i++) v[adjoints + i] = isGated && direction[i] === 0 ? -0 : direction[i]!;
    m.gated = isGated;
    tangent(m, home(m), 0, m.code[HEAD.all]!);
    m.gated = false;
    let i = 0;
    for (const { offset, count, data } of outputs)
      for (let e = 0; e < count; e++) result[i++] = data ? 0 : v[adjoints + offset + e]!;
    if (!finish(result)) break;
  }
  return result;
}
