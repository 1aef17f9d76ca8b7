/** What only the WebAssembly core has: its memory, its views, and what happens when it runs out or traps. */
import { describe, expect, it } from 'vitest';
import { core } from '../../src/engine/interpreter/core.ts';
import { interpreter } from '../../src/engine/interpreter/index.ts';
import { InterpreterMachine } from '../../src/engine/interpreter/machine.ts';
import { W } from '../../src/tape/layout.ts';
import { machine } from '../conformance/machine.ts';

const square = () => machine(interpreter, 1, ([x]) => x!.square().mul(3));

describe('memory', () => {
  it('views are read again after growth', () => {
    const small = square();
    const before = small.point;
    const big = machine(interpreter, 1, ([x]) => Array.from({ length: 200_000 }, (_, i) => x!.mul(i)).reduce((s, e) => s.add(e)));
    const tapes = Array.from({ length: 40 }, () => interpreter.load(big.tape)); // until memory must have grown
    expect(before.length).toBe(0);
    small.point[0] = 2;
    expect(small.gradient()).toBe(12);
    expect([...small.adjoint]).toEqual([12]);
    for (const m of [small, big, ...tapes]) m.dispose();
  });

  it('a request that does not fit is refused, and all programs go on', () => {
    const m = machine(interpreter, 1, ([x], [y]) => x!.mul(y!), 1);
    m.point[0] = 3;
    const used = core().arena.used();
    expect(() => m.reserve(600_000_000)).toThrowError(expect.objectContaining({ code: 'OutOfMemory' }));
    expect(core().arena.used()).toBe(used);
    m.reserve(2).set([1, 2]);
    expect(m.gradientRows(2, 'sum')).toBe(9);
    expect([...m.adjoint]).toEqual([3]);
    m.dispose();
  });

  it('dispose gives everything back', () => {
    const used = core().arena.used();
    const m = machine(interpreter, 2, ([x, y], [z]) => x!.mul(y!).add(z!), 1);
    m.reserve(10);
    m.tangent(new Float64Array(2));
    m.tangentRows(10, 'sum', new Float64Array(2));
    const stepper = m.stepper({ kind: 'adam', rate: 0, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 });
    stepper.dispose();
    m.dispose();
    m.dispose();
    expect(core().arena.used()).toBe(used);
    expect(() => m.gradient()).toThrowError(expect.objectContaining({ code: 'Disposed' }));
  });

  it('a thousand programs come and go in the memory of a few', () => {
    const first = square();
    const used = core().arena.used();
    for (let i = 0; i < 1000; i++) square().dispose();
    expect(core().arena.used()).toBe(used);
    first.dispose();
  });
});

describe('a trap', () => {
  it('ends that core and its programs, not the page: the next program gets a fresh one', () => {
    const victim = square();
    const good = victim.tape;
    // a tape that reads far outside the memory: load() refuses it, so the machine is made behind its back
    const records = good.records.slice();
    records[W.a] = 0x0fffffff;
    expect(() => interpreter.load({ ...good, records })).toThrowError(expect.objectContaining({ code: 'BadTape' }));
    expect(victim.gradient()).toBe(0);
    const strips = good.strips.slice();
    strips[1] = 0x0fffffff;
    const bad = new InterpreterMachine(core(), {
      ...good,
      strips: good.strips.length ? strips : good.strips,
      records: good.strips.length ? good.records : records,
    });
    expect(() => bad.forward()).toThrowError(expect.objectContaining({ code: 'EnginePoisoned' }));
    expect(() => victim.gradient()).toThrowError(expect.objectContaining({ code: 'EnginePoisoned' }));
    const next = square();
    next.point[0] = 2;
    expect(next.gradient()).toBe(12);
    next.dispose();
  });
});

describe('steps', () => {
  it('counts elements, and nothing when off', () => {
    const m = machine(interpreter, 3, (x) => x[0]!.mul(x[1]!).add(x[2]!));
    m.countSteps(true);
    m.gradient();
    // 2 nodes forward and back, 3 parameters in and out
    expect(m.steps()).toBe(2 * (2 + 3));
    m.gradient();
    expect(m.steps()).toBe(4 * (2 + 3));
    m.countSteps(false);
    m.gradient();
    expect(m.steps()).toBe(0);
    m.dispose();
  });
});
