/** Which options there are, what they default to, and what is refused. */
import { describe, expect, it } from 'vitest';
import { compile, data, scalar } from '../../src/index.ts';
import { adam, adamSync, gradientDescentSync } from '../../src/optimize/index.ts';

const square = () => compile({ x: scalar }, ({ x }) => x.square());
const start = { x: 8 };
const code = (of: string) => expect.objectContaining({ code: of });

/** Mean over rows of (w − x)²: the minimum is the mean of x. */
const rowsOf = (rows?: number) => compile({ w: scalar, x: data(scalar) }, ({ w, x }) => w.sub(x).square()).over(rows);

describe('the shuffle', () => {
  const x = Array.from({ length: 100 }, (_, i) => i);
  const run = (seed?: number | false) =>
    adamSync(rowsOf(8), { start: { w: 0 }, data: { x }, epochs: 3, ...(seed !== undefined && { seed }), history: true });

  it('is repeatable, seeded with 0 unless told otherwise, and different for other seeds', () => {
    expect(run(7)).toEqual(run(7));
    expect(run()).toEqual(run(0));
    expect(run(8).history).not.toEqual(run(7).history);
    expect(run(false).history![0]).toBe((0 + 1 + 4 + 9 + 16 + 25 + 36 + 49) / 8);
  });

  it('may use any batch up to the rows of the program, and steps or epochs, whichever end first', () => {
    const steps = (options: object) => adamSync(rowsOf(8), { start: { w: 0 }, data: { x }, ...options }).steps;
    expect([steps({}), steps({ batch: 3 }), steps({ epochs: 2 }), steps({ steps: 40 }), steps({ steps: 5, epochs: 2 })]).toEqual([
      13, 34, 26, 40, 5,
    ]);
    expect(adamSync(rowsOf(), { start: { w: 0 }, data: { x }, epochs: 2 }).steps).toBe(2);
  });

  it('leaves a program that had no data without', () => {
    const rows = rowsOf(8);
    adamSync(rows, { start: { w: 0 }, data: { x } });
    expect(() => rows.value({ w: 0 })).toThrow(code('DataMissing'));
    expect(rows.bind({ x: x.slice(0, 8) }).value({ w: 0 })).toBe(17.5);
  });
});

describe('bad options', () => {
  const wrong: [string, object][] = [
    ['start', { start: undefined }],
    ['rate', { rate: -1 }],
    ['rate', { rate: Number.NaN }],
    ['rate', { rate: '0.1' }],
    ['rate(0)', { rate: () => Number.POSITIVE_INFINITY }],
    ['steps', { steps: 0 }],
    ['steps', { steps: 1.5 }],
    ['steps', { steps: null }],
    ['tolerance', { tolerance: -1 }],
    ['progress', { progress: 1 }],
    ['signal', { signal: {} }],
    ['beta1', { beta1: 1 }],
    ['beta2', { beta2: -0.1 }],
    ['epsilon', { epsilon: Number.NaN }],
    ['batch', { batch: 2 }],
    ['epochs', { epochs: 2 }],
    ['seed', { seed: 2 }],
    ['data', { data: {} }],
  ];
  it.each(wrong)('%s', async (name, options) => {
    const program = square();
    const call = () => adamSync(program, { start, ...options });
    expect(call).toThrow(code('BadOption'));
    expect(call).toThrow(name);
    await expect(adam(program, { start, ...options })).rejects.toThrow(code('BadOption'));
    expect(program.value({ x: 3 })).toBe(9);
  });

  const wrongRows: [string, string, object][] = [
    ['BadOption', 'batch', { batch: 0 }],
    ['BadOption', 'batch', { batch: 5 }],
    ['BadOption', 'epochs', { epochs: 0.5 }],
    ['BadOption', 'seed', { seed: -1 }],
    ['BadOption', 'seed', { seed: 'a' }],
    ['BadOption', 'tolerance', { tolerance: 1 }],
    ['UnknownName', 'z', { data: { x: [1], z: [1] } }],
    ['MissingName', 'x', { data: {} }],
  ];
  it.each(wrongRows)('%s: %s', (of, name, options) => {
    const call = () => adamSync(rowsOf(4), { start: { w: 0 }, data: { x: [1, 2, 3, 4, 5, 6] }, ...options });
    expect(call).toThrow(code(of));
    expect(call).toThrow(name);
  });

  it('momentum', () => {
    for (const momentum of [-0.1, 1, Number.NaN])
      expect(() => gradientDescentSync(square(), { start, momentum })).toThrow(code('BadOption'));
  });

  it.each<[string, object | number[]]>([
    ['UnknownName', { x: 1, y: 2 }],
    ['MissingName', {}],
    ['WrongType', { x: '1' }],
    ['WrongLength', [1, 2]],
  ])('%s in the start', (of, from) => {
    expect(() => adamSync(square(), { start: from as { x: number } })).toThrow(code(of));
  });

  it('programs that cannot be minimised now', () => {
    const two = compile({ x: scalar }, ({ x }) => [x, x.square()]);
    expect(() => adamSync(two, { start })).toThrow(code('SeveralOutputs'));
    const unbound = compile({ x: scalar, y: data(scalar) }, ({ x, y }) => x.mul(y));
    expect(() => adamSync(unbound, { start })).toThrow(code('DataMissing'));
    expect(() => adamSync(rowsOf(3), { start: { w: 1 } })).toThrow(code('DataMissing'));
    const gone = square();
    gone.dispose();
    expect(() => adamSync(gone, { start })).toThrow(code('Disposed'));
  });
});
