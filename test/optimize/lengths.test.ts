/** Minibatches along a named length: the rows of a program with loops are dealt like those of one made by over(). */
import { describe, expect, it } from 'vitest';
import type { LoopMachine } from '../../src/engine/engine.ts';
import { compile, data, type EngineName, Program, vector } from '../../src/index.ts';
import { adam, adamSync, gradientDescentSync } from '../../src/optimize/index.ts';
import { LoopState } from '../../src/program/loops.ts';
import { STATE } from '../../src/program/state.ts';
import { ENGINES } from '../support/engines.ts';
import { type LoopTapeBuilder, loopTape } from '../support/loop-tapes.ts';

// biome-ignore lint/suspicious/noExplicitAny: the signature of a program made by hand is not known here
type Loose = any;

const code = (of: string) => expect.objectContaining({ code: of });

function load(engine: EngineName, write: (t: LoopTapeBuilder) => number, options: object = {}): Loose {
  const t = loopTape();
  return new Program(new LoopState(t.tape(write(t)), { engine, ...options }));
}

/** mean over rows of scale · (w · Xᵢ − yᵢ)², X being n × d; scale is data of fixed size. */
const model = (t: LoopTapeBuilder): number => {
  const w = t.param('w', ['d']);
  const X = t.data('X', ['n', 'd']);
  const scale = t.data('scale');
  const y = t.data('y', ['n']);
  const { sums } = t.main.region('n', (row) => {
    const product = row.reduce('dot', 'd', row.view(X, 1, 0, [row, 'd']), row.view(w));
    return { sums: [row.op('square', row.op('sub', product, row.load(y, 0, [row, 1])))] };
  });
  return t.main.op('mul', t.main.op('div', sums[0]!, t.main.number('n')), t.main.load(scale));
};

const X = Array.from({ length: 100 }, (_, i) => [Math.sin(i), Math.cos(2 * i), 1]);
const y = X.map(([a, b]) => 2 * a! - b! + 0.5);
const rows: Loose = { X, y, scale: 1 };
const start: Loose = { w: [0, 0, 0] };

describe.each(ENGINES)('%s', (engine) => {
  const twin = () =>
    compile({ w: vector(3), X: data(vector(3)), y: data(vector(1)) }, ({ w, X, y }) => w.dot(X).sub(y.at(0)).square(), {
      engine,
    });

  it('takes the same steps as a program over rows, the last batch of an epoch being smaller', async () => {
    const options = { start, rate: 0.05, batch: 32, epochs: 3, seed: 7, history: true };
    const found = adamSync(load(engine, model), { ...options, data: rows });
    const same = adamSync(twin().over(), { ...options, data: { X, y } });
    expect(found.steps).toBe(12);
    expect(found.stopped).toBe('done');
    expect(found.value).toBeCloseTo(same.value, 10);
    for (let i = 0; i < 12; i++) expect(found.history![i]).toBeCloseTo(same.history![i]!, 10);
    for (let i = 0; i < 3; i++) expect(found.flat[i]).toBeCloseTo(same.flat[i]!, 10);
    expect(found.point.w).toEqual(found.flat);
    expect((await adam(load(engine, model), { ...options, data: rows })).flat).toEqual(found.flat);
    expect(adamSync(load(engine, model), { ...options, data: { ...rows, X: X.flat() } }).flat).toEqual(found.flat);
  });

  it('learns', () => {
    const fit: Loose = adamSync(load(engine, model), { start, rate: 0.05, data: rows, batch: 16, epochs: 60 });
    expect(fit.point.w[0]).toBeCloseTo(2, 2);
    expect(fit.point.w[1]).toBeCloseTo(-1, 2);
    const bound = load(engine, model).bind(rows);
    const whole: Loose = gradientDescentSync(bound, { start: [0, 0, 0], rate: 0.4, momentum: 0.5, steps: 2000, tolerance: 1e-9 });
    expect(whole.stopped).toBe('converged');
    expect(whole.point.w[2]).toBeCloseTo(0.5, 6);
    expect(bound.value({ w: whole.point.w })).toBeCloseTo(0, 12);
  });

  it('takes all rows at once without a batch, with other data bound before or given', () => {
    const f = load(engine, model).bind({ scale: 2 });
    const seen: number[] = [];
    const { steps, history } = adamSync(f, {
      start: [0, 0, 0],
      data: { X, y },
      epochs: 3,
      history: true,
      progress: ({ epoch }) => seen.push(epoch),
    });
    expect([steps, ...seen]).toEqual([3, 1, 2, 3]);
    const g = load(engine, model);
    expect(history![0]).toBeCloseTo(2 * g.value({ w: [0, 0, 0], ...rows }), 12);
  });

  it('links twice, for batches and for the last of them, and steps in one crossing', () => {
    const f = load(engine, model);
    const machine: LoopMachine = f[STATE].machine;
    const linked = new Set<unknown>();
    adamSync(f, { start, data: rows, batch: 32, epochs: 5, progress: () => linked.add(machine.linked) });
    expect(linked.size).toBe(2);
  });

  it('leaves a program that had no data without, and the last rows where there was some', () => {
    const f = load(engine, model);
    adamSync(f, { start, data: rows, batch: 32, seed: false });
    expect(() => f.value({ w: [0, 0, 0] })).toThrow(code('DataMissing'));
    expect(f.value({ w: [2, -1, 0.5], X, y })).toBeCloseTo(0, 12);
    adamSync(f, { start, data: rows, batch: 32, seed: false });
    expect(f.value({ w: [0, 0, 0] })).toBeCloseTo(y.slice(96).reduce((s, e) => s + e * e, 0) / 4, 12);
    expect(f.gradient({ w: [2, -1, 0.5], X, y }).value).toBeCloseTo(0, 12);
  });

  it('trains what over() made of a program with loops', () => {
    const one = (t: LoopTapeBuilder): number => {
      const w = t.param('w', [3]);
      const x = t.data('x', [3]);
      const { sums } = t.main.region(3, (i) => ({ sums: [i.op('mul', i.load(w, 0, [i, 1]), i.load(x, 0, [i, 1]))] }));
      return t.main.op('square', t.main.op('sub', sums[0]!, t.main.load(t.data('y'))));
    };
    const f = load(engine, one);
    const options = { start, rate: 0.05, epochs: 2, seed: 3, history: true, data: { x: X, y } };
    const free = adamSync(f.over(), { ...options, batch: 32 });
    const same = adamSync(twin().over(32), { ...options, data: { X, y } });
    for (let i = 0; i < 8; i++) expect(free.history![i]).toBeCloseTo(same.history![i]!, 10);
    expect(adamSync(f.over(32), options).flat).toEqual(free.flat);
    expect(() => adamSync(f.over(32), { ...options, batch: 33 })).toThrow(code('BadOption'));
    const sum = f.over({ reduce: 'sum' });
    const { value } = adamSync(sum, { ...options, rate: 0, batch: 32, epochs: 1 });
    expect(value).toBeCloseTo(
      y.reduce((s, e) => s + e * e, 0),
      9,
    );
  });

  it('refuses what cannot be dealt', () => {
    const go = (f: Loose, options: object) => () => adamSync(f, { start, data: rows, ...options });
    const f = load(engine, model);
    expect(go(f, { data: { X, scale: 1 } })).toThrow(code('MissingName'));
    expect(go(f, { data: { X, y } })).toThrow(code('MissingName'));
    expect(go(f, { data: { ...rows, z: 1 } })).toThrow(code('UnknownName'));
    expect(go(f, { data: { ...rows, y: y.slice(1) } })).toThrow(code('LengthConflict'));
    expect(go(f, { data: { ...rows, y: [] , X: [] } })).toThrow(code('WrongLength')); // biome-ignore format: one line
    expect(go(f, { data: { ...rows, scale: 'x' } })).toThrow(code('WrongType'));
    expect(go(f, { data: { ...rows, X: X.map((row, i) => (i === 7 ? [1] : row)) } })).toThrow(code('WrongLength'));
    expect(go(f, { start: { w: [0, 0] } })).toThrow(code('LengthConflict'));
    expect(go(f, { start: [0, 0] })).toThrow(code('WrongLength'));
    expect(go(f, { start: {} })).toThrow(code('MissingName'));
    expect(go(f, { batch: 0 })).toThrow(code('BadOption'));
    expect(go(f, { tolerance: 1 })).toThrow(code('BadOption'));
    expect(go(f, { data: undefined })).toThrow(code('DataMissing'));
    expect(f.value({ w: [2, -1, 0.5], ...rows })).toBeCloseTo(0, 12);

    const square = load(engine, (t) => t.main.reduce('sum', 'n', t.main.view(t.data('K', ['n', 'n']), t.plus('n', 1))));
    expect(go(square, { start: {}, data: { K: [[1, 2], [3, 4]] } })).toThrow(/along n, for K is n × n/); // biome-ignore format: one line
    const fixed = load(engine, (t) => t.main.op('mul', t.main.load(t.param('w')), t.main.load(t.data('x'))));
    expect(go(fixed, { start: { w: 1 }, data: { x: 1 } })).toThrow(/named length/);
    const limited = load(engine, model, { maxSteps: 200 });
    expect(go(limited, { batch: 32 })).toThrow(code('StepLimit'));
    expect(limited.gradient({ w: [1, 1, 1], X: X.slice(2, 4), y: [1, 1], scale: 1 }).value).toBeGreaterThan(0);
  });
});
