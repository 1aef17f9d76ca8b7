/** What is bound outlives a machine that had to give its memory up: a fake one, that can be told to have no room. */
import { expect, it } from 'vitest';
import type { LoopMachine } from '../../src/engine/engine.ts';
import { fail } from '../../src/errors.ts';
import { Binding } from '../../src/program/binding.ts';
import { loopTape } from '../support/loop-tapes.ts';

class Fake {
  readonly tape;
  linked: object | undefined;
  point = new Float64Array(2);
  data = new Float64Array(0);
  room = 100;
  told = 0;

  constructor() {
    const t = loopTape();
    t.param('w', [2]);
    t.data('x', ['n']);
    t.data('z', [1]);
    this.tape = t.tape(t.main.constant(1));
  }

  bound(): void {
    this.told++;
  }

  resize([n]: readonly number[]): void {
    this.linked = undefined;
    if (n! > this.room) fail('OutOfMemory', 'no room');
    this.linked = {};
    this.point = new Float64Array(2).fill(Number.NaN);
    this.data = new Float64Array(n! + 1).fill(Number.NaN);
  }
}

const n = (length: number): Map<string, number> => new Map([['n', length]]);

function filled(): { fake: Fake; binding: Binding } {
  const fake = new Fake();
  const binding = new Binding(fake as unknown as LoopMachine);
  binding.bind([{ name: 'z', shape: [1], data: true }], { z: [9] });
  binding.resize(n(2));
  binding.bind([{ name: 'x', shape: [2], data: true }], { x: [1, 2] });
  fake.point.set([5, 6]);
  return { fake, binding };
}

it('goes back where it was, if there is room for that', () => {
  const { fake, binding } = filled();
  expect([...fake.data]).toEqual([1, 2, 9]);
  expect(() => binding.resize(n(101), [{ name: 'x' }])).toThrow(/no room/);
  expect([...fake.data, ...fake.point]).toEqual([1, 2, 9, 5, 6]);
  expect(fake.told).toBe(1);
  expect(binding.lengths).toEqual(n(2));
});

it('waits, if there is none, until lengths come for which there is', () => {
  const { fake, binding } = filled();
  fake.room = 1;
  expect(() => binding.resize(n(101))).toThrow(/no room/);
  expect(binding.lengths).toBeUndefined();
  expect(binding.shapeOf('x')).toEqual([2]);
  fake.room = 2;
  binding.resize(n(2));
  expect([...fake.data]).toEqual([1, 2, 9]);
});

it('is only what was bound', () => {
  const { fake, binding } = filled();
  binding.resize(n(3), [{ name: 'x' }]);
  expect([...fake.data]).toEqual([Number.NaN, Number.NaN, Number.NaN, 9]);
  expect([...fake.point]).toEqual([5, 6]);
  expect(binding.shapeOf('x')).toEqual([3]);
});
