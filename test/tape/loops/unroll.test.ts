/** A program with loops written out computes what it says. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { liveNodes, primal } from '../../../src/explain/model.ts';
import { OP } from '../../../src/ops/vocabulary.ts';
import { unroll, type UnrollOptions } from '../../../src/tape/loops/unroll.ts';
import { validateLoops } from '../../../src/tape/loops/validate.ts';
import { evaluateLoops } from '../../support/loop-eval.ts';
import { loopTape } from '../../support/loop-tapes.ts';
import { type Example, everythingExample, randomProgram, regression } from './programs.ts';

function writtenOut({ tape, lengths, point, data }: Example, options: UnrollOptions = { point, data }): number[] {
  const model = unroll(tape, lengths, options);
  const values = primal(model, liveNodes(model), point, data);
  return Array.from(model.outputs, (id) => values[id]!);
}

function expectClose(found: readonly number[], expected: readonly number[]): void {
  expect(found.length).toBe(expected.length);
  found.forEach((x, i) => {
    if (x !== expected[i]) expect(Math.abs(x - expected[i]!)).toBeLessThanOrEqual(1e-9 * Math.max(1, Math.abs(expected[i]!)));
  });
}

const flat = ({ tape, lengths, point, data }: Example): number[] =>
  evaluateLoops(tape, lengths, point, data).flatMap((output) => [...output]);

describe('unroll', () => {
  it('writes every iteration out', () => {
    const { graph, params, data, outputs, signature } = unroll(regression(), [2]);
    expect([params.length, data.length, outputs.length]).toEqual([3, 8, 1]);
    expect(signature.inputs.map(({ shape }) => shape)).toEqual([[3], [2, 3], [2]]);
    expect([...graph.op.subarray(11, graph.size)]).toEqual([OP.dot, OP.sub, OP.square, OP.dot, OP.sub, OP.square, OP.sum]);
    expect([...graph.names.values()]).toEqual([['off[0]'], ['off[1]']]);
  });
  it('of every instruction', () => {
    const example = everythingExample();
    validateLoops(example.tape);
    const model = unroll(example.tape, example.lengths, example);
    expect(model.signature.outputs.map(({ shape }) => shape)).toEqual([[], [2, 3], [2], [3], [2, 3], [2]]);
    expectClose(writtenOut(example), flat(example));
  });
  it('of no iterations', () => {
    const example = { tape: regression(), lengths: [0], point: Float64Array.of(1, 2, 3), data: new Float64Array(0) };
    expect(writtenOut(example)).toEqual([0]);
  });
  it('of random programs', () => {
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const example = randomProgram(seed);
        validateLoops(example.tape);
        expectClose(writtenOut(example), flat(example));
      }),
      { numRuns: 1000 },
    );
  });
});

describe('unroll refuses', () => {
  const gather = (): Example => {
    const t = loopTape();
    const [w, k] = [t.param('w', [3]), t.data('k')];
    const tape = t.tape(t.main.load(w, 0, [t.main.check(t.main.load(k), 3, 'w'), 1]));
    return { tape, lengths: [], point: Float64Array.of(5, 6, 7), data: Float64Array.of(2) };
  };
  const code = (fault: string) => expect.objectContaining({ code: fault });

  it('an index that nobody knows', () => {
    const { tape, point, data } = gather();
    expect(() => unroll(tape, [], { point })).toThrow('w: an index depends on inputs, so it takes their values');
    expect(() => unroll(tape, [], { point })).toThrow(code('BadOption'));
    expect(writtenOut(gather(), { data })).toEqual([7]);
  });
  it('an index outside its array', () => {
    expect(() => unroll(gather().tape, [], { data: Float64Array.of(3) })).toThrow('w: 3 is no index into 3 elements');
    expect(() => unroll(gather().tape, [], { data: Float64Array.of(0.5) })).toThrow(code('OutOfRange'));
    const t = loopTape();
    const x = t.param('x', ['n']);
    const last = t.checked(t.access(x, 2), 'n', 'x', 2);
    const tape = t.tape(t.main.load(last));
    expect(() => unroll(tape, [2])).toThrow('x: 2 is no index into 2 elements');
    expect(unroll(tape, [3]).outputs).toEqual(Int32Array.of(2));
  });
  it('a place outside its array', () => {
    const t = loopTape();
    const tape = t.tape(t.main.load(t.param('x', ['n']), 2));
    expect(() => unroll(tape, [2])).toThrow('place 2 of an array of 2 elements');
  });
  it('a length below 0', () => {
    const t = loopTape();
    const x = t.param('x', ['n']);
    const tape = t.tape(t.main.reduce('sum', t.minus('n', 3), t.main.view(x)));
    expect(() => unroll(tape, [2])).toThrow('the length -1');
  });
  it('more nodes than the limit, whether in inputs, loops, lists or nothing at all', () => {
    expect(() => unroll(regression(), [1e6], { limit: 1000 })).toThrow('more than 1000 nodes');
    expect(() => unroll(regression(), [400], { limit: 1000 })).toThrow(code('BadOption'));
    expect(unroll(regression(), [100], { limit: 1000 }).outputs.length).toBe(1);
    const t = loopTape();
    const one = t.main.constant(1);
    t.main.region(1e9, () => ({}));
    expect(() => unroll(t.tape(one), [])).toThrow('more than 1000000 nodes');
    const u = loopTape();
    const x = u.param('x');
    const far = { shape: [1e5, 1e5], array: u.main.contract(1e5, 1e5, 0, u.main.view2(x, 0, 0), u.main.view2(x, 0, 0)) };
    expect(() => unroll(u.tape({ far }), [])).toThrow('more than 1000000 nodes');
  });
  it('an element that was never written', () => {
    const t = loopTape();
    const array = t.main.local(2);
    t.main.store(t.main.constant(1), array, 0);
    const tape = t.tape(t.main.load(array, 1));
    expect(() => unroll(tape, [])).toThrow('element 1 of array 0 is read, but nothing wrote it');
    const u = loopTape();
    const half = u.main.local(2);
    u.main.store(u.main.constant(1), half, 0);
    expect(() => unroll(u.tape({ half: { array: half, shape: [2] } }), [])).toThrow('output half has not the elements');
  });
});
