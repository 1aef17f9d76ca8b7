/** Reverse accumulation over loops, as a graph: gradients in programs against the sweeps of the engines. */
import { describe, expect, it } from 'vitest';
import { PROGRAMS } from '../conformance/loops-programs.ts';
import { evaluateLoops } from '../support/loop-eval.ts';
import { expectNear, filled, writtenOut } from '../support/loop-sweeps.ts';
import { gradientOf, tangentOf } from '../support/derived.ts';

const some = <T>(all: readonly T[]): T[] => all.filter((_, i) => i % 3 === 1 || all.length < 4).slice(0, 3);

describe.each(PROGRAMS)('$name', ({ signature, fn, tape, lengths, fill }) => {
  it('has the gradient of a reverse sweep', () => {
    const derived = gradientOf(signature, fn);
    for (const at of some(lengths)) {
      const { seeded } = writtenOut(filled(tape(), at, fill));
      const { lengths: given, point, data } = filled(derived, at, fill);
      const found = evaluateLoops(derived, given, point, data).flatMap((output) => [...output]);
      expectNear(found, seeded, `lengths ${JSON.stringify(at)}`, 1e-9);
    }
  });
  it('has the tangents of a tangent sweep', () => {
    const derived = tangentOf(signature, fn);
    for (const at of some(lengths)) {
      const { tangent } = writtenOut(filled(tape(), at, fill));
      const { lengths: given, point, data } = filled(derived, at, fill);
      const found = evaluateLoops(derived, given, point, data).flatMap((output) => [...output]);
      expectNear(found, tangent, `lengths ${JSON.stringify(at)}`, 1e-9);
    }
  });
});

void expect;
