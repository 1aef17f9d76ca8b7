/** Whole sweeps at a single point, and what sweeps over rows share with them. */
import { KIND, RECORD_WORDS, SEGMENT, type Tape, W } from '../../tape/layout.ts';
import { reverseGated } from './gated.ts';
import type { Places } from './places.ts';
import { reverse } from './reverse.ts';
import { tangents } from './tangent.ts';

/** Counts elements processed, if asked to (ARCHITECTURE.md, "Steps"). */
export interface Counter {
  isOn: boolean;
  steps: number;
}

/** Adjoints of the values at hand; with gates only if a parameter's came out NaN. */
export function pullBack(m: Places, seeds?: Float64Array): void {
  const adjoint = m.g.subarray(0, m.tape.p);
  m.g.fill(-0);
  seed(m, seeds);
  reverse(m, SEGMENT.mixed);
  reverse(m, SEGMENT.parameter);
  if (!finish(adjoint)) return;
  const reached = new Uint8Array(m.tape.slots);
  m.g.fill(-0);
  seed(m, seeds, reached);
  reverseGated(m, SEGMENT.mixed, reached);
  reverseGated(m, SEGMENT.parameter, reached);
  finish(adjoint);
}

/** Several outputs may be one node: seeds add up. A seed of 0 opens no path. */
function seed({ tape: { outputs }, g }: Places, seeds?: Float64Array, reached?: Uint8Array): void {
  for (let i = 0; i < (seeds ? outputs.length : Math.min(1, outputs.length)); i++) {
    const d = seeds ? seeds[i]! : 1;
    g[outputs[i]!]! += d;
    if (reached && d !== 0) reached[outputs[i]!] = 1;
  }
}

/** Makes −0 to 0; true if there is a NaN. */
export function finish(adjoint: Float64Array): boolean {
  let isNaNFree = true;
  for (let i = 0; i < adjoint.length; i++) {
    const d = adjoint[i]! + 0;
    adjoint[i] = d;
    isNaNFree &&= d === d;
  }
  return !isNaNFree;
}

/** One tangent per output, along `direction`. */
export function directional(m: Places, t: Float64Array, direction: Float64Array): Float64Array {
  const { p, slots, outputs } = m.tape;
  const result = new Float64Array(outputs.length);
  t.set(direction.subarray(0, p));
  tangents(m, t, SEGMENT.parameter, 1);
  tangents(m, t, SEGMENT.mixed, 1);
  outputs.forEach((slot, i) => {
    result[i] = t[slot]!;
  });
  if (!finish(result)) return result;
  const live = liveParameters(direction, p, slots);
  tangents(m, t, SEGMENT.parameter, 1, live);
  tangents(m, t, SEGMENT.mixed, 1, live);
  outputs.forEach((slot, i) => {
    result[i] = live[slot] ? t[slot]! + 0 : 0;
  });
  return result;
}

/** Live paths start at parameters with a direction other than 0. */
export function liveParameters(direction: Float64Array, p: number, slots: number): Uint8Array {
  const live = new Uint8Array(slots);
  for (let i = 0; i < p; i++) live[i] = direction[i] !== 0 ? 1 : 0;
  return live;
}

/** What a sweep over each segment processes: nodes, and elements of lists. */
export function elementsBySegment({ records, segments }: Tape): number[] {
  return [0, 1, 2, 3].map((s) => {
    let elements = 0;
    for (let at = segments[s]! * RECORD_WORDS; at < segments[s + 1]! * RECORD_WORDS; at += RECORD_WORDS) {
      const isList = ((records[at]! >> 8) & 255) === KIND.list;
      elements += records[at + W.count]! * (isList ? records[at + W.k]! : 1);
    }
    return elements;
  });
}
