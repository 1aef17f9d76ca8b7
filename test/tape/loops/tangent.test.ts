/** The derivative of a program along a direction, as a program with the same loops. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compiled } from '../../../src/engine/compiled/index.ts';
import type { Engine } from '../../../src/engine/engine.ts';
import { interpreter } from '../../../src/engine/interpreter/index.ts';
import { reference } from '../../../src/engine/reference/index.ts';
import { productOf } from '../../../src/tape/gradient.ts';
import { print } from '../../../src/tape/loops/print.ts';
import { tangentLoops } from '../../../src/tape/loops/tangent/index.ts';
import { unroll } from '../../../src/tape/loops/unroll.ts';
import { validateLoops } from '../../../src/tape/loops/validate.ts';
import { type Case, directionOf, expectNear } from '../../support/loop-sweeps.ts';
import { loopTape } from '../../support/loop-tapes.ts';
import { randomCase } from '../../support/random-loops.ts';
import { everythingExample, regression } from './programs.ts';

/** Tangent, value, Hessian times direction and gradient, by a reverse sweep over the tangent's program. */
function byLoops({ tape, lengths, point, data }: Case, direction: Float64Array, engine: Engine): number[] {
  const along = tangentLoops(tape);
  validateLoops(along);
  const machine = engine.loadLoops(along);
  machine.resize(lengths);
  machine.point.set([...point, ...direction]);
  machine.data.set(data);
  machine.bound();
  const tangent = machine.gradient();
  const all = [tangent, machine.output(1), ...machine.adjoint];
  machine.dispose();
  return all;
}

/** The same of the program written out. */
function writtenOut({ tape, lengths, point, data }: Case, direction: Float64Array): number[] {
  const machine = interpreter.load(productOf(unroll(tape, lengths, { data, point })));
  machine.point.set([...point, ...direction]);
  machine.data.set(data);
  machine.bound();
  const value = machine.forward();
  const all = new Float64Array(machine.outputCount());
  machine.readOutputs(all);
  machine.dispose();
  const [gradient, product] = [all.subarray(1, 1 + point.length), all.subarray(1 + point.length)];
  return [gradient.reduce((sum, d, i) => sum + d * direction[i]!, 0), value, ...product, ...gradient];
}

/** The program with one output, which is a number; none if it has no such output. */
function ofOneNumber(example: Case): Case | undefined {
  const output = example.tape.outputs.find(({ shape }) => shape.length === 0);
  return output && { ...example, tape: { ...example.tape, outputs: [output] } };
}

function check(example: Case, engine: Engine, what: string): void {
  const direction = directionOf(example.point.length);
  const expected = writtenOut(example, direction);
  const scale = Math.max(1, ...expected.map(Math.abs).filter(Number.isFinite));
  expectNear(byLoops(example, direction, engine).map((x) => x / scale), expected.map((x) => x / scale), what, 1e-11); // biome-ignore format: one line
}

test('beside each value that depends on a parameter stands its tangent', () => {
  expect(print(tangentLoops(regression()))).toBe(
    `w = input [3]
X = data [n × 3]
y = data [n]
a3 = input [3]  # →w
v4 v8 = map i < n
  v0 = dot X[3·i …] w[0 …] × 3
  v5 = dot X[3·i …] a3[0 …] × 3
  v1 = y[i]
  v2 = sub v0 v1  # off
  v3 = square v2
  v6 = add v2 v2
  v7 = mul v5 v6
  sum v3 → v4
  sum v7 → v8
output tangent = v8
output value = v4`,
  );
});

test('what has no tangent', () => {
  const t = loopTape();
  t.param('w', [2]);
  const x = t.data('x', ['n']);
  const tape = tangentLoops(t.tape(t.main.reduce('sum', 'n', t.main.view(x))));
  expect(print(tape)).toBe(
    `w = input [2]
x = data [n]
a2 = input [2]  # →w
v1 = 0
v0 = sum x[0 …] × n
output tangent = v1
output value = v0`,
  );
});

describe.each([['interpreter', interpreter], ['compiled', compiled], ['reference', reference]] as const)('%s', (_, engine) => {
  test('every kind of instruction', () => {
    const example = everythingExample();
    check(ofOneNumber(example)!, engine, 'everything');
  });

  test.each(['sum', 'mean', 'prod', 'norm', 'logsumexp', 'minOf', 'maxOf', 'dot'] as const)('%s of a list', (name) => {
    const t = loopTape();
    const x = t.param('x', ['n']);
    const { main } = t;
    const twice = main.region('n', (i) => ({ stacks: [i.op('sin', i.load(x, 0, [i, 1]))] })).stacks[0]!;
    const lists = name === 'dot' ? [main.view(twice), main.view(x)] : [main.view(twice)];
    const tape = t.tape(main.op('exp', main.reduce(name, 'n', ...(lists as [ReturnType<typeof main.view>]))));
    const numbers = (n: number): Float64Array => Float64Array.from({ length: n }, (_, i) => Math.cos(2 * i) + 0.2);
    for (const n of [1, 2, 7, 40]) check({ tape, lengths: [n], point: numbers(n), data: new Float64Array() }, engine, `${name} of ${n}`); // biome-ignore format: one line
  });

  test('random programs', () => {
    let count = 0;
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e9 }), (seed) => {
        const example = ofOneNumber(randomCase({ seed }, 3000));
        if (!example) return;
        count++;
        check(example, engine, `program ${seed}`);
      }),
      { numRuns: 150, seed: 7 },
    );
    expect(count).toBeGreaterThan(50);
  });
}); // biome-ignore format: the table above
