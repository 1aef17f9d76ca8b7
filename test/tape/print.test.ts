/** Tapes as text, and lifted back to graphs. */
import { describe, expect, it } from 'vitest';
import { OP } from '../../src/ops/vocabulary.ts';
import { lift } from '../../src/tape/lift.ts';
import { print } from '../../src/tape/print.ts';
import { tapeBuilder } from '../../src/tape/builder.ts';
import { moons } from './networks.ts';

describe('print', () => {
  it('shows inputs, constants, groups, strips and names', () => {
    const t = tapeBuilder();
    const [w, b, x] = [t.input('w', 4), t.input('b'), t.data('x')];
    const products = w.map((wi) => t.op('mul', wi, x));
    const z = t.name(t.op('add', t.op('dot', products, w), b), 'z');
    const tape = t.build({ y: t.op('clamp', z, t.constant(-0), t.constant(1.5)), w });
    expect(print(tape)).toBe(
      `v0 = input w[0]
v1 = input w[1]
v2 = input w[2]
v3 = input w[3]
v4 = input b
v5 = -0
v6 = 1.5
v7 = data x
parameters and data: every call
  mul × 4
    v8 = mul v0 v7
    v9 = mul v1 v7
    v10 = mul v2 v7
    v11 = mul v3 v7
  dot × 1, lists of 4
    v12 = dot [v8 v9 v10 v11] [v0 v1 v2 v3]
  strip of 1
    v13 = add v12 v4  # z
  clamp × 1
    v14 = clamp v13 v5 v6
output v14 v0 v1 v2 v3`,
    );
  });
  it('leaves out the middle of what is long', () => {
    const { g, output } = moons(20);
    const text = print(g.tape(output), 60);
    expect(text).toContain(
      '  mul × 20\n    v400 = mul v0 v337\n    v401 = mul v0 v338\n    v402 = mul v0 v339\n    … 16 more\n    v419 = mul v0 v356\n',
    );
    expect(text.split('\n').length).toBeLessThan(80);
    expect(text).toMatch(/\n {2}… \d+ more records\noutput v\d+$/);
  });
});

describe('lift', () => {
  it('gives back the graph, with copies for the rows undone', () => {
    const t = tapeBuilder();
    const [w, x] = [t.input('w'), t.data('x')];
    const tape = t.build({ y: t.op('sum', [t.op('mul', w, x), w, t.constant(2)]), also: t.op('sin', w) });
    expect(tape.nodes).toBe(5);
    const { graph, params, data, outputs, nodeOf } = lift(tape);
    expect(graph.op.subarray(0, graph.size)).toEqual(
      Uint8Array.of(OP.input, OP.input, OP.constant, OP.constant, OP.sin, OP.mul, OP.sum),
    );
    expect([params, data, outputs]).toEqual([Int32Array.of(0), Int32Array.of(1), Int32Array.of(6, 4)]);
    const list = graph.lists.subarray(0, 3);
    expect([...list].map((id) => graph.op[id])).toEqual([OP.mul, OP.input, OP.constant]);
    expect(nodeOf.length).toBe(tape.slots);
  });
  it('keeps names', () => {
    const t = tapeBuilder();
    const x = t.input('x');
    const tape = t.build(t.name(t.name(t.op('exp', x), 'e'), 'growth'));
    expect([...lift(tape).graph.names]).toEqual([[1, ['e', 'growth']]]);
  });
});
