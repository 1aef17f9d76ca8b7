/** Tapes written by hand. */
import { describe, expect, it } from 'vitest';
import { reference } from '../../src/engine/reference/index.ts';
import type { OpName } from '../../src/ops/vocabulary.ts';
import { tapeBuilder } from '../../src/tape/builder.ts';
import { tileRows } from '../../src/tape/tile.ts';

describe('tapeBuilder', () => {
  it('makes tapes that run', () => {
    const t = tapeBuilder();
    const [a, x] = [t.input('a'), t.input('x', 3)];
    const tape = t.build({ loss: t.op('pow', t.op('sum', x), a), x });
    expect(tape.signature).toEqual({
      inputs: [
        { name: 'a', shape: [], data: false },
        { name: 'x', shape: [3], data: false },
      ],
      outputs: [
        { name: 'loss', shape: [] },
        { name: 'x', shape: [3] },
      ],
      single: false,
    });
    const m = reference.load(tape);
    m.point.set([2, 1, 2, 3]);
    expect(m.gradient()).toBe(36);
    expect([...m.adjoint]).toEqual([36 * Math.log(6), 12, 12, 12]);
    expect([1, 2, 3].map((i) => m.output(i))).toEqual([1, 2, 3]);
  });
  it('can go on after a build', () => {
    const t = tapeBuilder();
    const x = t.input('x');
    const first = t.build(x);
    const second = t.build(t.op('sin', t.op('exp', x)));
    expect([first.nodes, first.signature.single, second.nodes]).toEqual([0, true, 2]);
  });
  it.each<[string, (t: ReturnType<typeof tapeBuilder>, x: number) => unknown, RegExp]>([
    ['an unknown op', (t, x) => t.op('sinus' as OpName, x), /op: sinus is no op \[WrongType\]/],
    ['a leaf as an op', (t, x) => t.op('input' as OpName, x), /there are input, data and constant for it \[WrongType\]/],
    ['too few operands', (t, x) => t.op('mul', x), /mul takes 2 operands, not 1 \[WrongLength\]/],
    ['too many', (t, x) => t.op('sin', x, x), /sin takes 1 operands, not 2 \[WrongLength\]/],
    ['a list for a node', (t, x) => t.op('sin', [x]), /expected a node, got a list \[WrongType\]/],
    ['a node for a list', (t, x) => t.op('sum', x), /sum: expected a list of nodes \[WrongType\]/],
    ['lists of two lengths', (t, x) => t.op('dot', [x], []), /dot: lists of 1 and 0 nodes \[WrongLength\]/],
    ['a node from elsewhere', (t) => t.op('sin', 17), /node 17 was not made by this builder \[ForeignNode\]/],
    ['half a node', (t) => t.op('sin', 0.5), /node 0.5 was not made/],
    ['an order that varies', (t, x) => t.op('polygamma', x, x), /polygamma: the order is a constant \[NotConstant\]/],
    ['a name twice', (t) => t.data('x'), /there is one named x already \[BadSignature\]/],
    ['no name', (t) => t.input(''), /expected a name \[WrongType\]/],
    ['half a length', (t) => t.input('y', 1.5), /input y: expected a length, got 1.5 \[WrongType\]/],
    [
      'a constant that is none',
      (t) => t.constant('1' as unknown as number),
      /constant: expected a number, got string \[WrongType\]/,
    ],
    ['no output', (t) => t.build({}), /expected at least one output \[NoOutput\]/],
    ['an output from elsewhere', (t) => t.build(99), /node 99 was not made by this builder \[ForeignNode\]/],
  ])('refuses %s', (_, use, message) => {
    const t = tapeBuilder();
    const x = t.input('x');
    expect(() => use(t, x)).toThrow(message);
  });
});

describe('tileRows', () => {
  const rows = (rowSlots: number): number => tileRows({ slots: 100 + rowSlots, rowStart: 100 });
  it('lets values and adjoints of a tile fit two megabytes, from 8 to 128 rows, by halves', () => {
    expect([0, 1, 1024, 1025, 2048, 2049, 8192, 8193, 1e7].map(rows)).toEqual([128, 128, 128, 64, 64, 32, 16, 8, 8]);
  });
});
