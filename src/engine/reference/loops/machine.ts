/** A program with loops in typed arrays, behind the interface `LoopMachine`. One memory serves all lengths. */
import { fail } from '../../../errors.ts';
import type { Linked } from '../../../link/code.ts';
import type { LoopTape } from '../../../tape/loops/layout.ts';
import type { LoopMachine } from '../../engine.ts';
import { eachRow } from '../../colours.ts';
import { stepper } from '../stepper.ts';
import { type Frames, frames, settle } from './frames.ts';
import { directional, evaluate, gradient, pullBack } from './sweeps.ts';

/** Linked codes that are remembered. */
const REMEMBERED = 4;

/** @param link the code for lengths in the order of tape.lengths */
export function loopMachine(tape: LoopTape, link: (lengths: readonly number[]) => Linked): LoopMachine {
  const known: { readonly lengths: readonly number[]; readonly m: Frames }[] = []; // the one in force first
  let memory = new Float64Array(0);
  let isCounting = false;
  let steps = 0;
  let isAlive = true;

  const current = (): Frames => {
    if (!isAlive) fail('Disposed', 'this program was disposed');
    return known[0]?.m ?? fail('DataMissing', `the lengths ${tape.lengths.join(', ')} are not known yet`);
  };
  const count = (elements: number): void => {
    if (isCounting) steps += elements;
  };
  const first = ({ v, linked }: Frames): number => {
    const output = linked.outputs.find(({ count }) => count > 0);
    return output ? v[output.offset]! : Number.NaN;
  };
  const view = (begin: number, length: number): Float64Array => memory.subarray(begin, begin + length);
  const point = (): Float64Array => view(0, current().linked.p);
  const adjoint = (): Float64Array => view(current().linked.adjoints, current().linked.p);
  const outputCount = (): number => current().linked.outputs.reduce((sum, output) => sum + output.count, 0);
  const gradientHere = (): number => {
    const m = current();
    count(m.linked.steps.gradient);
    gradient(m);
    return first(m);
  };
  const resize = (lengths: readonly number[]): void => {
    if (!isAlive) fail('Disposed', 'this program was disposed');
    const place = known.findIndex((one) => one.lengths.every((length, i) => length === lengths[i]));
    if (place === 0) return;
    const next = place > 0 ? known[place]! : { lengths: [...lengths], m: frames(link(lengths)) };
    if (next.m.linked.size > memory.length) memory = room(next.m.linked.size);
    if (place > 0) known.splice(place, 1);
    known.unshift(next);
    known.length = Math.min(known.length, REMEMBERED);
    settle(next.m, memory);
  };
  if (tape.lengths.length === 0) resize([]);

  return {
    tape,
    get linked() {
      return known[0]?.m.linked;
    },
    resize,
    get point() {
      return point();
    },
    get data() {
      const { data, q } = current().linked;
      return view(data, q);
    },
    get adjoint() {
      return adjoint();
    },
    bound() {
      current(); // nothing is computed before a sweep
    },
    forward() {
      const m = current();
      count(m.linked.steps.forward);
      evaluate(m);
      return first(m);
    },
    outputCount,
    output(i) {
      const { linked, v } = current();
      for (const { offset, count } of linked.outputs) {
        if (i < count) return v[offset + i]!;
        i -= count;
      }
      return Number.NaN;
    },
    readOutputs(out) {
      const { linked, v } = current();
      let i = 0;
      for (const { offset, count } of linked.outputs) for (let e = 0; e < count; e++) out[i++] = v[offset + e]!;
    },
    readOutput(k) {
      const { linked, v } = current();
      const { offset, count } = linked.outputs[k]!;
      return v.slice(offset, offset + count);
    },
    reverse(seeds) {
      const m = current();
      count(m.linked.steps.gradient - m.linked.steps.forward);
      pullBack(m, seeds);
    },
    gradient: gradientHere,
    tangent(direction) {
      const m = current();
      count(m.linked.steps.forward);
      return directional(m, direction);
    },
    directions: 1,
    jacobianColumns(out, compression) {
      const m = current();
      const count = compression?.count ?? m.linked.p;
      if (count === 0) evaluate(m);
      eachRow(m.linked.p, compression, (direction, c) => {
        directional(m, direction).forEach((x, i) => {
          out[i * count + c] = x;
        });
      });
    },
    jacobianRows(out, compression) {
      const m = current();
      evaluate(m);
      eachRow(outputCount(), compression, (seeds, c) => {
        pullBack(m, seeds);
        out.set(adjoint(), c * m.linked.p);
      });
    },
    stepper(rule) {
      current();
      return stepper(rule, point, adjoint, gradientHere);
    },
    countSteps(on) {
      isCounting = on;
      steps = 0;
    },
    steps: () => steps,
    dispose() {
      isAlive = false;
      memory = new Float64Array(0);
      known.length = 0;
    },
  };
}

function room(size: number): Float64Array<ArrayBuffer> {
  try {
    return new Float64Array(size);
  } catch (cause) {
    fail('OutOfMemory', `no room for ${size} numbers: ${(cause as Error).message}`);
  }
}
