/** Generated code for programs with loops: the suite, and the interpreter's bits, whatever the program and its lengths. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { core } from '../../src/engine/interpreter/core.ts';
import { interpreter } from '../../src/engine/interpreter/index.ts';
import { InterpreterLoopMachine } from '../../src/engine/interpreter/loops.ts';
import * as w from '../../src/graph/vocabulary.ts';
import { data, vector } from '../../src/program/signature.ts';
import { CompiledLoopMachine, compiledLoops } from '../support/compiled-loops.ts';
import { gradientOf, tangentOf } from '../support/derived.ts';
import { randomProgram } from '../support/linked-random.ts';
import { type Case, filled, swept, traced } from '../support/loop-sweeps.ts';
import { randomCase } from '../support/random-loops.ts';
import { sameBits } from '../support/ulp.ts';
import { generator } from '../tape/networks.ts';
import { loops } from './loops.ts';
import { loopFaults } from './loops-faults.ts';
import { PROGRAMS } from './loops-programs.ts';
import { loopSemantics } from './loops-semantics.ts';

/** @param isGated an adjoint that is NaN may be another number with gates: then the call is left to the interpreter */
function expectSameBits(program: Case, isGated = false): void {
  const a = swept(interpreter, program);
  const { left } = CompiledLoopMachine;
  const b = swept(compiledLoops, program);
  if (!isGated && !a.gradient.some(Number.isNaN)) expect(CompiledLoopMachine.left, 'calls left to the interpreter').toBe(left);
  for (const what of ['outputs', 'gradient', 'seeded', 'again', 'tangent'] as const)
    if (!sameBits(a[what], b[what])) expect(b[what], what).toEqual(a[what]);
  expect(Object.is(a.value, b.value)).toBe(true);
}

describe('compiled', () => {
  loops(compiledLoops);
  loopSemantics(compiledLoops);
  loopFaults(compiledLoops);
});

describe('the bits of the interpreter', () => {
  it.each(PROGRAMS)('$name', ({ tape, lengths, fill }) => {
    for (const one of lengths) expectSameBits(filled(tape(), one, fill));
  });

  it.each(PROGRAMS)('$name, its gradient and tangent as programs', ({ signature, fn, lengths, fill }) => {
    for (const tape of [gradientOf(signature, fn), tangentOf(signature, fn)])
      for (const one of lengths.slice(2, 6)) expectSameBits(filled(tape, one, fill), true);
  });

  it('random programs', () => {
    const options = fc.constantFrom({}, { exact: true }, { awkward: true });
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 31 }), options, (seed, how) =>
        expectSameBits(randomCase({ seed, ...how }, 10_000), 'awkward' in how),
      ),
      { numRuns: 400 },
    );
  });

  it('every length from 0 to 300', () => {
    const signature = { x: vector('n'), a: vector(2), y: data(vector('n')) };
    for (let n = 0; n <= 300; n++) {
      expectSameBits(
        traced(
          signature,
          ({ x, a, y }) => ({
            loss: w.sum(x.length, (i) =>
              x
                .at(i)
                .mul(a.at(0))
                .sub(y.at(i))
                .square()
                .add(a.at(1).mul(y.at(i)).exp()),
            ),
            mapped: w.map(x.length, (i) => x.at(i).tanh().mul(a.at(1))),
            carried: w.scan(x.length, a.at(0), (c, i) => c.mul(x.at(i)).sin().add(a.at(1))).carry,
          }),
          { n },
        ),
      );
    }
  });

  it('neighbours in one loop, and places that are computed', () => {
    const signature = { x: vector('n'), t: vector(7), place: data(vector('n')) };
    const fill = { place: (e: number): number => (5 * e) % 7 };
    for (const n of [3, 4, 9, 17, 130, 1300]) {
      expectSameBits(
        traced(
          signature,
          ({ x, t, place }) =>
            w.sum(x.length.sub(2), (i) =>
              x
                .at(i.add(2))
                .mul(t.at(place.at(i)))
                .sub(x.at(i.add(1)).square())
                .mul(x.at(i))
                .add(t.at(place.at(i)).mul(t.at(3))),
            ),
          { n },
          fill,
        ),
      );
    }
  });

  it('linked code that no program has, its memory spoilt', () => {
    for (let seed = 0; seed < 200; seed++)
      for (const isExact of [false, true]) {
        const next = generator(5000 + seed);
        const { program, params, data: given } = randomProgram(() => (next() + 1) / 2, isExact);
        const { left } = CompiledLoopMachine;
        const [a, b] = [InterpreterLoopMachine, CompiledLoopMachine].map((Machine) => {
          const machine = new Machine(core(), program.tape, () => program.linked);
          machine.point.set(params);
          machine.data.set(given);
          const outputs = (): number[] => program.outputs.map((_, i) => machine.output(i));
          const said = [machine.gradient(), ...machine.adjoint, ...outputs(), machine.forward(), ...outputs()];
          machine.dispose();
          return said;
        });
        expect(b, `seed ${seed}`).toEqual(a);
        if (!a!.some(Number.isNaN)) expect(CompiledLoopMachine.left, `seed ${seed}: calls left to the interpreter`).toBe(left);
      }
  });
});
