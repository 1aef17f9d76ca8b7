/** Programs with loops as text. */
import { describe, expect, it } from 'vitest';
import { print } from '../../../src/tape/loops/print.ts';
import { loopTape } from '../../support/loop-tapes.ts';
import { everything, regression } from './programs.ts';

describe('print', () => {
  it('shows loops with their bodies', () => {
    expect(print(regression())).toBe(
      `w = input [3]
X = data [n × 3]
y = data [n]
v4 = map i < n
  v0 = dot X[3·i …] w[0 …] × 3
  v1 = y[i]
  v2 = sub v0 v1  # off
  v3 = square v2
  sum v3 → v4
output v4`,
    );
  });
  it('shows every instruction', () => {
    expect(print(everything())).toBe(
      `A = input [m × n]
s = input
x = data [n]
pick = data [m]
a8 = array [n]
a9 = array [3]
v0 = 0.5
v1 = n
a4 = contract A[0 … by n, 1] x[0 … by 1, 1] m × n × 1
v16 a6 a7 = map i < m
  v2 = pick[i]
  v3 = check v2 < n, element of x
  v4 = x[v3]
  v10 a5 = map j < n
    v5 = A[n·i + j]
    v6 = mul v5 v4
    v7 = index
    v8 = add v5 v7
    v9 = sin v8
    sum v6 → v10
    stack v9 → a5
  v11 = argMin A[n·i …] × n
  v12 = check v11 < n, argMin
  v13 = a5[v12]
  v14 = add v10 v13
  v15 = mul v14 v0
  sum v15 → v16
  stack a5[0 …] × n → a6
  stack v14 → a7
a8[n - 1 … by -1] = x[0 …] × n
v17 = s
a9[0] = v17
a9[1] = v1
a9[2] = v0
v27 a12 v28 a13 = scan i < m
  v18 = carried, first v16
  a10 = carried, first a9[0 …] × 3
  a11 = array [3]
  v19 = a10[1]
  v20 = a10[2]
  v21 = a10[0]
  v22 = mul v21 v18
  a11[0] = v19
  a11[1] = v20
  a11[2] = v22
  v23 = a4[i]
  v24 = add v18 v23
  v25 = tanh v24  # state
  v26 = logsumexp a8[0 …] × n
  sum v26 → v27
  stack v25 → a12
  carry v25 → v18, last → v28
  carry a11[0 …] → a10, last → a13
v29 = add v28 v27  # end
output end = v29
output all = a6 [m × n]
output states = a12 [m]
output carried = a13 [3]
output A = A [m × n]
output totals = a7 [m]`,
    );
  });
  it('leaves out what is too long', () => {
    const lines = print(everything(), 12).split('\n');
    expect(lines.slice(9)).toEqual([
      'v16 a6 a7 = map i < m',
      '  v2 = pick[i]',
      '  v3 = check v2 < n, element of x',
      '  … 7 more instructions',
      '… 7 more instructions',
      ...['end = v29', 'all = a6 [m × n]', 'states = a12 [m]', 'carried = a13 [3]', 'A = A [m × n]', 'totals = a7 [m]'].map(
        (output) => `output ${output}`,
      ),
    ]);
  });
  it('gives arrays numbers whose names could be mistaken, and loops letters that are free', () => {
    const t = loopTape();
    const strange = t.param('a\nb', ['i']);
    const taken = t.param('v7', ['i']);
    const { sums } = t.main.region('i', (j) => {
      const inner = j.region(2, (k) => ({ sums: [k.load(strange, t.minus('i', 1), [j, -1], [k, t.plus('i', 2)])] }));
      return { sums: [j.op('add', inner.sums[0]!, j.load(taken, t.times(t.minus('i', t.minus(3, 1)), 2), [j, -3]))] };
    });
    expect(print(t.tape({ 'x\ty': { value: sums[0]! } }))).toBe(
      `a0 = input [i]  # a b
a1 = input [i]  # v7
v4 = map j < i
  v1 = map k < 2
    v0 = a0[-j + (i + 2)·k + i - 1]
    sum v0 → v1
  v2 = a1[-3·j + (i - (3 - 1))·2]
  v3 = add v1 v2
  sum v3 → v4
output x y = v4`,
    );
  });
  it('stays short whatever the sizes', () => {
    const t = loopTape();
    let size = t.plus('n', 1);
    for (let i = 0; i < 100; i++) size = t.times(size, size);
    t.param('x', ['n']);
    const text = print(t.tape(t.main.number(size)));
    expect(text).toMatch(/^x = input \[n\]\nv0 = size \d+.{0,80}\noutput v0$/);
  });
});
