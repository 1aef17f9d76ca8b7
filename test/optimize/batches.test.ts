import { describe, expect, it } from 'vitest';
import { Batches } from '../../src/optimize/batches.ts';
import { placesOf } from '../../src/program/marshal.ts';

const places = placesOf([{ name: 'w', shape: [2], data: false }, { name: 'x', shape: [2], data: true }, { name: 'y', shape: [], data: true }], true); // biome-ignore format: a table
const columns = { x: [[1, 2], [3, 4], [5, 6], [7, 8], [9, 10]], y: [-1, -2, -3, -4, -5] }; // biome-ignore format: a table

function epoch(batches: Batches, size: number): number[][] {
  const rows: number[][] = [];
  do {
    const view = new Float64Array(size * 3);
    const count = batches.deal(view, size);
    for (let r = 0; r < count; r++) rows.push([...view.subarray(r * 3, r * 3 + 3)]);
  } while (!batches.fresh);
  return rows;
}

describe('Batches', () => {
  const inOrder = [[1, 2, -1], [3, 4, -2], [5, 6, -3], [7, 8, -4], [9, 10, -5]]; // biome-ignore format: a table

  it('deals rows in order when not shuffled, the last batch with what is left', () => {
    const batches = new Batches(places, columns, false);
    expect(batches.count).toBe(5);
    const view = new Float64Array(6);
    expect([batches.deal(view, 2), batches.deal(view, 2), batches.deal(view, 2), batches.fresh]).toEqual([2, 2, 1, true]);
    expect([...view.subarray(0, 3)]).toEqual([9, 10, -5]);
    expect(epoch(batches, 2)).toEqual(inOrder);
  });

  it('deals every row once an epoch, in another order each, reproducibly', () => {
    const [one, two] = [new Batches(places, columns, 7), new Batches(places, columns, 7)];
    const first = epoch(one, 2);
    const second = epoch(one, 2);
    expect([...first].sort((a, b) => a[0]! - b[0]!)).toEqual(inOrder);
    expect(first.map((row) => row[0])).toEqual([3, 7, 5, 1, 9]);
    expect(second).not.toEqual(first);
    expect([...second].sort((a, b) => a[0]! - b[0]!)).toEqual(inOrder);
    expect([epoch(two, 3), epoch(two, 3)]).toEqual([first, second]); // whatever the batch size
  });

  it('reads flat arrays of any type where they lie', () => {
    const flat = { x: Uint8Array.from([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]), y: Float32Array.from([-1, -2, -3, -4, -5]) };
    expect(epoch(new Batches(places, flat, false), 4)).toEqual(inOrder);
    expect(epoch(new Batches(places, { x: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10], y: columns.y }, false), 4)).toEqual(inOrder);
  });

  it.each<[string, string, unknown]>([
    ['UnknownName', 'z', { ...columns, z: [1] }],
    ['UnknownName', 'w', { ...columns, w: [1, 2] }],
    ['MissingName', 'y', { x: columns.x }],
    ['WrongLength', 'x', { ...columns, x: [1, 2, 3] }],
    ['WrongLength', 'y', { ...columns, y: [1, 2] }],
    ['WrongLength', 'row', { x: [], y: [] }],
    ['WrongLength', 'x[1]', { ...columns, x: [[1, 2], [3], [4, 5, 6], [7, 8], [9, 10]] }],
    ['WrongType', 'x', { ...columns, x: 5 }],
    ['WrongType', 'x', { ...columns, x: [['1', '2']] }],
    ['WrongType', 'y', { ...columns, y: new BigInt64Array(5) }],
    ['WrongType', 'by name', [1, 2, 3]],
    ['DetachedBuffer', 'y', { ...columns, y: detached() }],
  ])('refuses with %s (%s)', (code, named, given) => {
    const make = () => new Batches(places, given, 0);
    expect(make).toThrow(expect.objectContaining({ code }));
    expect(make).toThrow(named);
  });
});

function detached(): Float64Array {
  const array = new Float64Array(5);
  structuredClone(array, { transfer: [array.buffer] });
  return array;
}
