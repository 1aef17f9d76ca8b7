/** Reverse accumulation over loops, as a graph: gradients in programs against the sweeps of the engines. */
import fc from 'fast-check';
import { describe, it } from 'vitest';
import { viewOf } from '../../src/graph/array.ts';
import { Expr } from '../../src/graph/expression.ts';
import { data, type Handles, matrix, scalar, vector } from '../../src/program/signature.ts';
import type { LoopTape } from '../../src/tape/loops/layout.ts';
import { raised } from '../../src/tape/loops/raise.ts';
import { PROGRAMS } from '../conformance/loops-programs.ts';
import { evaluateLoops } from '../support/loop-eval.ts';
import { expectNear, filled, writtenOut } from '../support/loop-sweeps.ts';
import { randomCase } from '../support/random-loops.ts';
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

/** A random program and its gradient as a program: awkward ones at awkward points, where gates are closed and slopes infinite. */
describe('random programs', () => {
  const signature = { a: scalar, w: vector('k'), M: matrix('n', 'k'), x: data(matrix('n', 'k')), place: data(vector('n')) };
  const inOrder = (tape: LoopTape, lengths: readonly number[], order: readonly string[]): number[] =>
    order.map((name) => lengths[tape.lengths.indexOf(name)] ?? 1);

  /** Some places of such a scatter are none: graphs have only scatters all of whose places are indices. */
  const isShort = ({ blocks, sizes }: LoopTape, array: number): boolean => sizes[blocks[array]!.size]!.op === 'const';

  it.each(['smooth', 'awkward'] as const)('%s', (kind) => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 31 }), (seed) => {
        const program = randomCase({ seed, awkward: kind === 'awkward' }, 4_000);
        fc.pre(
          !program.tape.bodies.some(({ code }) => code.some((it) => it.kind === 'scatter' && isShort(program.tape, it.array))),
        );
        const fn = ({ a, w, M, x, place }: Handles<typeof signature>): Expr => {
          const { graph } = a;
          const views = [w, M.flat(), x.flat(), place].map((v) => viewOf(graph, v.source));
          return new Expr(graph, raised(graph, program.tape, [a.id, ...views]));
        };
        const { gradient, tangent } = writtenOut(program);
        const scale = Math.max(1, ...gradient.filter(Number.isFinite).map(Math.abs));
        for (const [tape, expected] of [
          [gradientOf(signature, fn), gradient],
          [tangentOf(signature, fn), tangent],
        ] as const) {
          const lengths = inOrder(program.tape, program.lengths, tape.lengths);
          const found = evaluateLoops(tape, lengths, program.point, program.data).flatMap((output) => [...output]);
          expectNear(found.map((d) => d / scale), expected.map((d) => d / scale), `seed ${seed}`, 1e-9); // biome-ignore format: one line
        }
      }),
      { numRuns: 300 },
    );
  });
});
