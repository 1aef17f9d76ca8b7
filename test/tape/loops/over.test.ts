/** A program over rows is that program for every row, summed or averaged. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LoopTape } from '../../../src/tape/loops/layout.ts';
import { overRows } from '../../../src/tape/loops/over.ts';
import { print } from '../../../src/tape/loops/print.ts';
import { validateLoops } from '../../../src/tape/loops/validate.ts';
import { evaluateLoops } from '../../support/loop-eval.ts';
import { loopTape } from '../../support/loop-tapes.ts';
import { type Example, randomProgram, regression } from './programs.ts';

/** Data of many rows: each input's rows one after the other. */
function asRows({ tape, lengths }: Example, rows: readonly Float64Array[]): Float64Array {
  const all: number[] = [];
  let at = 0;
  for (const { data, shape } of tape.inputs) {
    if (!data) continue;
    const size = shape.reduce<number>(
      (n, extent) => n * (typeof extent === 'number' ? extent : lengths[tape.lengths.indexOf(extent)]!),
      1,
    );
    for (const row of rows) all.push(...row.subarray(at, at + size));
    at += size;
  }
  return Float64Array.from(all);
}

function expectRows(example: Example, rows: readonly Float64Array[]): void {
  const { tape, lengths, point } = example;
  const each = rows.map((data) => evaluateLoops(tape, lengths, point, data)[0]![0]!);
  for (const reduce of ['sum', 'mean'] as const) {
    const over = overRows(tape, reduce);
    validateLoops(over.tape);
    expect(over.tape.lengths.at(-1)).toBe(over.rows);
    const [value, values] = evaluateLoops(over.tape, [...lengths, rows.length], point, asRows(example, rows));
    expect(values).toEqual(Float64Array.from(each));
    const sum = each.reduce((s, x) => s + x, 0);
    expect(value![0]).toBe(reduce === 'sum' ? sum : sum / rows.length);
  }
}

const shifted = (data: Float64Array, row: number): Float64Array => data.map((x) => (Number.isInteger(x) ? x : x + row / 8));

describe('over rows', () => {
  it('puts what depends on data into a loop and leaves the rest where it was', () => {
    const t = loopTape();
    const w = t.param('w', [3]);
    const x = t.data('x', [3]);
    const { main } = t;
    const size = main.reduce('norm', 3, main.view(w));
    const guess = main.op('tanh', main.reduce('dot', 3, main.view(w), main.view(x)));
    const { tape, rows } = overRows(t.tape(main.op('div', guess, size)), 'mean');
    expect(rows).toBe('rows');
    expect(print(tape)).toBe(
      `w = input [3]
x = data [rows × 3]
v0 = norm w[0 …] × 3
v4 a2 = map i < rows
  v1 = dot w[0 …] x[3·i …] × 3
  v2 = tanh v1
  v3 = div v2 v0
  sum v3 → v4
  stack v3 → a2
v5 = rows
v6 = div v4 v5
output 0 = v6
output rows = a2 [rows]`,
    );
  });
  it('loads what is viewed at an index that differs from row to row', () => {
    const t = loopTape();
    const M = t.param('M', ['k', 2]);
    const at = t.data('at');
    const { main } = t;
    const row = main.check(main.load(at), 'k', 'row of M');
    const tape = t.tape(main.reduce('sum', 2, main.view(M, 1, 0, [row, 2])));
    expect(print(overRows(tape, 'sum').tape)).toBe(
      `M = input [k × 2]
at = data [rows]
v4 a3 = map i < rows
  v0 = at[i]
  v1 = check v0 < k, row of M
  a2 = map j < 2
    v3 = M[j + 2·v1]
    stack v3 → a2
  v2 = sum a2[0 …] × 2
  sum v2 → v4
  stack v2 → a3
output 0 = v4
output rows = a3 [rows]`,
    );
    const example = { tape, lengths: [3], point: Float64Array.of(1, 2, 3, 4, 5, 6), data: Float64Array.of(0) };
    expectRows(example, [Float64Array.of(2), Float64Array.of(0), Float64Array.of(2), Float64Array.of(1)]);
  });
  it('contracts matrices that begin at such an index', () => {
    const t = loopTape();
    const M = t.param('M', [8]);
    const at = t.data('at');
    const { main } = t;
    const from = main.check(main.load(at), 5);
    const square = main.contract(2, 2, 2, main.view2(M, 2, 1, 0, [from, 1]), main.view2(M, 1, 2, 0, [from, 1]));
    const tape = t.tape(main.reduce('prod', 4, main.view(square)));
    const example = { tape, lengths: [], point: Float64Array.of(1, 2, 3, 4, 5, 6, 7, 8), data: Float64Array.of(0) };
    expectRows(example, [Float64Array.of(4), Float64Array.of(1), Float64Array.of(0)]);
  });
  it('of a loop with a loop of its own', () => {
    const data = [1, 2, 3, 4].map((row) => Float64Array.from({ length: 8 }, (_, i) => Math.sin(row * 8 + i)));
    expectRows({ tape: regression(), lengths: [2], point: Float64Array.of(0.5, -1, 2), data: data[0]! }, data);
  });
  it('of an input that is the output', () => {
    const t = loopTape();
    t.param('w');
    const y = t.data('y');
    const tape = t.tape({ y: { array: y } });
    expectRows({ tape, lengths: [], point: Float64Array.of(1), data: Float64Array.of(0) }, [1.5, 2, 4].map((x) => Float64Array.of(x))); // biome-ignore format: one line
  });
  it('of a function that uses no data, and of an array that is stored in part from data', () => {
    const t = loopTape();
    const [w, x] = [t.param('w'), t.data('x')];
    const { main } = t;
    const known = main.load(w);
    const list = main.list(known, main.load(x), main.op('sin', known));
    const tape = t.tape(main.reduce('norm', 3, main.view(list)));
    const rows = [1.5, -2, 4].map((x) => Float64Array.of(x));
    expectRows({ tape, lengths: [], point: Float64Array.of(1), data: rows[0]! }, rows);
    const constant = { ...tape, outputs: [{ ...tape.outputs[0]!, from: { value: known } }] };
    expectRows({ tape: constant, lengths: [], point: Float64Array.of(1), data: rows[0]! }, rows);
  });
  it('of random programs', () => {
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 1, max: 4 }), (seed, rows) => {
        const example = randomProgram(seed);
        expectRows(example, Array.from({ length: rows }, (_, row) => shifted(example.data, row))); // biome-ignore format: one line
      }),
      { numRuns: 500 },
    );
  });
  it('finds a name for the length and for the output that is free', () => {
    const t = loopTape();
    const x = t.data('x', ['rows']);
    const tape: LoopTape = t.tape({ rows: { value: t.main.reduce('sum', 'rows', t.main.view(x)) } });
    const over = overRows(tape, 'sum');
    expect([over.rows, over.tape.inputs[0]!.shape]).toEqual(['rows2', ['rows2', 'rows']]);
    expect(over.tape.outputs.map(({ name }) => name)).toEqual(['rows', 'rows2']);
    validateLoops(over.tape);
  });
  it('takes one output, a number', () => {
    const t = loopTape();
    const x = t.data('x', [2]);
    const one = t.main.load(x);
    expect(() => overRows(t.tape({ x: { array: x, shape: [2] } }), 'sum')).toThrow('exactly one output');
    expect(() => overRows(t.tape({ a: { value: one }, b: { value: one } }), 'sum')).toThrow(/\[SeveralOutputs\]$/);
  });
});
