/** toWasm: a module without imports that has the bits of the program it was made from. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { interpreter } from '../../src/engine/interpreter/index.ts';
import { flatBody, generatedLoops, loopBody, standalone } from '../../src/engine/standalone/index.ts';
import { link } from '../../src/link/index.ts';
import { describe as describeModule } from '../../src/engine/standalone/description.ts';
import {
  compile,
  data,
  dot,
  logsumexp,
  type MatrixValue,
  matrix,
  Program,
  scalar,
  select,
  sum,
  vector,
} from '../../src/index.ts';
import type { FlatState } from '../../src/program/flat.ts';
import { STATE } from '../../src/program/state.ts';
import { toBytes } from '../../src/tape/bytes.ts';
import { randomCase } from '../support/random-loops.ts';
import { PROGRAMS } from '../conformance/loops-programs.ts';
import { code } from '../support/code.ts';
import { loaded, filled } from '../support/loop-sweeps.ts';
import { ARITHMETIC, EVERYTHING, expressions, random, randomFunction } from '../support/random-graph.ts';
import { Alone } from '../support/standalone.ts';
import { sameBits } from '../support/ulp.ts';

const seeds = fc.integer({ min: 0, max: 2 ** 31 });
const AWKWARD = [0, -0, 1, -1, 1e300, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN];

/** Modules of a flat program: as toWasm writes it, and run by the core's sweeps whatever its size. */
function both(program: Program): Alone[] {
  const { tape } = program[STATE] as FlatState;
  const outputs = tape.signature.outputs.map(({ name, shape }) => ({ name, shape, offset: 0 }));
  const description = { version: 1, inputs: [], data: [], outputs, lengths: {}, checks: [] } as const;
  return [new Alone(program.toWasm()), new Alone(standalone((base) => flatBody(tape, base), description, undefined))];
}

/** The program and its module come to the same at a point. */
function expectSame(program: Program, alone: Alone, points: readonly (readonly number[])[]): void {
  const gradient = new Float64Array(program.point.length);
  for (const point of points) {
    const value = program.evaluate(point, gradient);
    alone.point.set(point);
    expect(sameBits([alone.valueAndGradient(), ...alone.gradient], [value, ...gradient]), `${point}`).toBe(true);
    expect(sameBits([alone.value()], [value]), `value at ${point}`).toBe(true);
    expect([...alone.point]).toEqual(point);
  }
}

describe('a flat program', () => {
  it.each([
    ['arithmetic', ARITHMETIC],
    ['everything', EVERYTHING],
  ])('of random %s has the bits of the program, at points that are awkward, too', (_, ops) => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 6 }), (seed, length, copies) => {
        const f = randomFunction(seed, length, ops);
        // copies make groups, and a sum over them; the last shares a number between all
        const program = compile({ x: vector(f.p * copies), s: scalar }, ({ x, s }) => {
          const parts = Array.from({ length: copies }, (_, k) => expressions(f, [...x].slice(k * f.p, (k + 1) * f.p)).mul(s));
          return sum(parts);
        });
        const next = random(seed);
        const point = Array.from({ length: f.p * copies + 1 }, (_, i) => (f.point[i % f.p] ?? 1) + next() * 1e-3);
        const odd = point.map((x) => (next() < 0.4 ? AWKWARD[Math.floor(next() * AWKWARD.length)]! : x));
        for (const alone of both(program as unknown as Program))
          expectSame(program as unknown as Program, alone, [point, odd, point]);
        program.dispose();
      }),
      { numRuns: 60 },
    );
  });

  it('with lists, gates and poles', () => {
    const program = compile({ x: vector(9) }, ({ x }) => {
      const [a, b] = x;
      const guarded = select(a!.gt(0), a!.log(), b!.relu().sqrt());
      return logsumexp([...x])
        .add(dot([...x], [...x].reverse()))
        .add(x.slice(0, 3).prod())
        .add(guarded)
        .add(x.max())
        .add(x.norm());
    });
    const usual = [0.5, 1, 2, -1, 0.25, 3, -2, 1.5, 1];
    const closed = [0, -1, 2, -1, 0.25, 3, -2, 1.5, 1]; // log(0) behind a closed gate
    for (const alone of both(program as unknown as Program))
      expectSame(program as unknown as Program, alone, [usual, closed, usual.map(() => 0), usual.map(() => 1), usual]);
  });

  it('takes data, and computes what depends on it alone at every call', () => {
    const program = compile({ w: scalar, x: data(vector(3)), y: data(scalar) }, ({ w, x, y }) =>
      x.exp().sum().mul(w).add(y.sin()),
    );
    const alone = new Alone(program.toWasm());
    expect(alone.valueAndGradient()).toBeNaN(); // nothing was written yet: nobody takes that for a result
    for (const x of [
      [1, 2, 3],
      [0, 0.5, -1],
    ]) {
      alone.data.set([...x, 2]);
      program.bind({ x, y: 2 });
      expectSame(program as unknown as Program, alone, [[2], [-3]]);
    }
  });

  it('carries the data that is bound, but not that which is not', () => {
    const program = compile({ w: scalar, x: data(vector(2)), y: data(scalar) }, ({ w, x, y }) =>
      x.at(0).sub(x.at(1)).mul(w).add(y),
    );
    expect([...new Alone(program.bind({ x: [5, 3] }).toWasm()).data]).toEqual([5, 3, Number.NaN]);
    expect([...new Alone(program.bind({ y: 7 }).toWasm()).data]).toEqual([5, 3, 7]);
    expect([...new Alone(program.toWasm({ data: false })).data]).toEqual([Number.NaN, Number.NaN, Number.NaN]);
    const alone = new Alone(program.toWasm());
    expectSame(program as unknown as Program, alone, [[1], [2]]);
  });

  it('with several outputs has them side by side, and no gradient', () => {
    const program = compile({ x: vector(3), y: scalar }, ({ x, y }) => ({ y, e: x.exp(), zero: 0, again: y, s: x.sum().mul(y) }));
    const alone = new Alone(program.toWasm());
    expect(alone.exports.valueAndGradient).toBeUndefined();
    expect(alone.exports.gradient).toBeUndefined();
    alone.point.set([1, 2, 3, 4]);
    const { y, e, s } = program.value({ x: [1, 2, 3], y: 4 });
    expect(alone.value()).toBe(y);
    expect([...alone.output]).toEqual([y, ...e, 0, y, s]);
    expect(describeModule(alone.bytes).outputs).toEqual([
      { name: 'y', shape: [], offset: 0 },
      { name: 'e', shape: [3], offset: 1 },
      { name: 'zero', shape: [], offset: 4 },
      { name: 'again', shape: [], offset: 5 },
      { name: 's', shape: [], offset: 6 },
    ]);
  });

  it('without parameters, without data, of constants', () => {
    const alone = new Alone(compile({}, () => 3).toWasm());
    expect([alone.value(), alone.valueAndGradient(), alone.number('pointLength'), alone.number('dataLength')]).toEqual([
      3, 3, 0, 0,
    ]);
  });

  it('over rows', () => {
    for (const reduce of ['sum', 'mean'] as const)
      for (const rows of [1, 7, 300]) {
        const next = random(rows);
        const program = compile({ w: vector(2), b: scalar, x: data(vector(2)), y: data(scalar) }, ({ w, b, x, y }) =>
          w.dot(x).add(b).tanh().sub(y).square().add(w.at(0).exp()),
        ).over({ reduce });
        const x = Array.from({ length: rows }, () => [next(), next()]);
        const y = Array.from({ length: rows }, next);
        program.bind({ x, y });
        const alone = new Alone(program.toWasm());
        expect(describeModule(alone.bytes)).toMatchObject({ rows, outputs: [{ shape: [] }] });
        const points = [
          [0.1, 0.2, 0.3],
          [1, -2, 0.5],
          [Number.POSITIVE_INFINITY, 0, 0],
        ];
        expectSame(program as unknown as Program, alone, points);
        const empty = new Alone(program.toWasm({ data: false }));
        empty.data.set(x.flatMap((row, i) => [...row, y[i]!]));
        expectSame(program as unknown as Program, empty, points);
      }
  });

  it('is small where it is short, and takes of the core what it calls', () => {
    const J = compile({ w: scalar, b: scalar, x: data(scalar), y: data(scalar) }, ({ w, b, x, y }) =>
      w.mul(x).add(b).sub(y).square(),
    );
    expect(J.toWasm().length).toBeLessThan(1024);
    const gated = compile({ x: scalar }, ({ x }) => x.relu().sqrt());
    expect(gated.toWasm().length).toBeLessThan(1024);
    expectSame(gated as unknown as Program, new Alone(gated.toWasm()), [[4], [-1], [0]]); // at −1 behind a closed gate: 0
    expect(compile({ x: scalar }, ({ x }) => x.exp()).toWasm().length).toBeLessThan(8192); // with all tables
  });

  it('of 20,000 nodes, in groups and irregular', () => {
    const next = random(5);
    const irregular = compile({ x: vector(50) }, ({ x }) => {
      const nodes = [...x];
      while (nodes.length < 20_000) {
        const [a, b] = [nodes[nodes.length - 1 - Math.floor(next() * 40)]!, nodes[nodes.length - 1 - Math.floor(next() * 40)]!];
        nodes.push(next() < 0.5 ? a.mul(b).mul(0.5) : a.sub(b).sin());
      }
      return sum(nodes.slice(-9));
    });
    expectSame(irregular as unknown as Program, new Alone(irregular.toWasm()), [
      Array.from({ length: 50 }, next),
      Array(50).fill(0),
    ]);
  });
});

describe('a program with loops', () => {
  it.each(PROGRAMS.map((written) => [written.name, written] as const))('%s', (_, { tape, lengths, fill }) => {
    for (const named of lengths.filter((_, i) => i % 3 === 1)) {
      const loopTape = tape();
      const inputs = filled(loopTape, named, fill);
      const machine = loaded(interpreter, inputs);
      const program = Program.fromBytes(toBytes(loopTape));
      const alone = new Alone(
        program.toWasm({ lengths: Object.fromEntries(loopTape.lengths.map((name, i) => [name, inputs.lengths[i]!])) }),
      );
      alone.point.set(inputs.point);
      alone.data.set(inputs.data);
      const value = machine.forward();
      expect(sameBits([alone.value()], [value])).toBe(true);
      expect(alone.exports.fault!()).toBe(0);
      const count = machine.outputCount();
      if (count === 1) {
        machine.gradient();
        expect(sameBits([alone.valueAndGradient(), ...alone.gradient], [value, ...machine.adjoint])).toBe(true);
      } else {
        const outputs = Array.from({ length: count }, (_, i) => machine.output(i));
        expect(sameBits([...alone.output], outputs)).toBe(true);
      }
      machine.dispose();
      program.dispose();
    }
  });

  it('at random, with awkward numbers', () => {
    fc.assert(
      fc.property(seeds, fc.constantFrom({}, { awkward: true }), (seed, options) => {
        const { tape, lengths, point, data: numbers } = randomCase({ seed, ...options }, 10_000);
        const machine = loaded(interpreter, { tape, lengths, point, data: numbers });
        const program = Program.fromBytes(toBytes(tape));
        const alone = new Alone(
          program.toWasm({ lengths: Object.fromEntries(tape.lengths.map((name, i) => [name, lengths[i]!])) }),
        );
        alone.point.set(point);
        alone.data.set(numbers);
        for (let i = 0; i < 2; i++) {
          const value = machine.gradient();
          expect(sameBits([alone.valueAndGradient(), ...alone.gradient], [value, ...machine.adjoint])).toBe(true);
        }
        machine.dispose();
        program.dispose();
      }),
      { numRuns: 40 },
    );
  });

  it('is generated code, and where that returns 1 the loops of the core', () => {
    const { tape, lengths, fill } = PROGRAMS.find(({ name }) => name === 'three deep')!;
    const inputs = filled(tape(), lengths[6]!, fill);
    const linked = link(inputs.tape, inputs.lengths);
    const { loops, value, gradientSweep, end } = generatedLoops(linked, 0);
    expect(WebAssembly.validate(loops as BufferSource)).toBe(true);
    expect([value, gradientSweep].map(([call]) => [call!.module, call!.name, call!.otherwise!.module])).toEqual([
      ['loops', 'forward', 'core'],
      ['loops', 'gradient', 'core'],
    ]);
    expect(end).toBeGreaterThanOrEqual(loopBody(linked, 0).end);
    const description = { version: 1, inputs: [], data: [], outputs: [{ name: 'value', shape: [], offset: 0 }], lengths: {}, checks: [] } as const; // biome-ignore format: one line
    const results = [generatedLoops, loopBody].map((body) => {
      const alone = new Alone(standalone((base) => body(linked, base), description, undefined));
      alone.point.set(inputs.point);
      alone.data.set(inputs.data);
      return [alone.valueAndGradient(), alone.value(), ...alone.gradient];
    });
    expect(sameBits(results[0]!, results[1]!)).toBe(true);
  });

  const regression = () =>
    compile({ w: vector(2), X: data(matrix('n', 2)), label: data(vector('n')) }, ({ w, X, label }) =>
      sum(X.rows, (i) =>
        X.row(i)
          .dot(w)
          .sub(w.at(label.at(i)))
          .square(),
      ).div(X.rows),
    );
  const X: MatrixValue = [
    [1, 0],
    [1, 1],
    [2, 3],
  ];

  it('has the lengths and the data that are in force, or others', () => {
    const program = regression();
    expect(code(() => program.toWasm())).toBe('DataMissing');
    program.bind({ X, label: [0, 1, 1] });
    const alone = new Alone(program.toWasm());
    expectSame(program as unknown as Program, alone, [
      [1, 2],
      [0.5, -1],
    ]);
    expect(describeModule(alone.bytes)).toMatchObject({
      lengths: { n: 3 },
      data: [
        { name: 'X', shape: [3, 2], offset: 0 },
        { name: 'label', offset: 6 },
      ],
    });

    const other = new Alone(program.toWasm({ lengths: { n: 5 } }));
    expect([...other.data]).toEqual(Array(15).fill(Number.NaN));
    expect(program.lengths).toEqual(['n']);
    expectSame(program as unknown as Program, alone, [[1, 2]]); // the program is as it was
  });

  it('says when an index leaves its array, leaves NaN, and goes on', () => {
    const program = regression().bind({ X, label: [0, 1, 1] });
    const alone = new Alone(program.toWasm());
    alone.point.set([1, 2]);
    const before = [alone.valueAndGradient(), ...alone.gradient];
    alone.data[7] = 2;
    for (const sweep of [() => alone.value(), () => alone.valueAndGradient()]) {
      expect(sweep()).toBeNaN();
      expect(alone.exports.fault!()).toBe(1);
      expect(alone.exports.faultIndex!()).toBe(2);
      expect([...alone.gradient]).toEqual([Number.NaN, Number.NaN]);
      expect(describeModule(alone.bytes).checks[0]).toEqual({ what: 'w.at: index', extent: 2 });
      alone.data[7] = 1;
      expect([alone.valueAndGradient(), ...alone.gradient]).toEqual(before);
      expect(alone.exports.fault!()).toBe(0);
      alone.data[7] = 2;
    }
  });

  it('over rows', () => {
    const loss = compile({ w: vector(3), x: data(vector(3)), y: data(scalar) }, ({ w, x, y }) =>
      sum(3, (i) => w.at(i).mul(x.at(i)).sin())
        .sub(y)
        .square(),
    );
    for (const program of [loss.over({ reduce: 'sum' }), loss.over(2)]) {
      expect(code(() => program.toWasm())).toMatch(program.rows > 0 ? 'returned' : 'DataMissing');
      program.bind({
        x: [
          [1, 2, 3],
          [4, 5, 6],
        ],
        y: [0, 1],
      });
      expectSame(program as unknown as Program, new Alone(program.toWasm()), [
        [1, 2, 3],
        [-1, 0, 0.5],
      ]);
    }
  });
});

describe('errors', () => {
  const program = compile({ x: vector('n'), A: data(matrix('m', 'n')) }, ({ x, A }) => A.row(0).dot(x));

  it('name what is missing or wrong', () => {
    const options = (lengths: object) => code(() => program.toWasm({ lengths } as never));
    expect(options({ n: 2 })).toBe('DataMissing');
    expect(options({ n: 2, k: 3 })).toBe('UnknownName');
    expect(options({ n: 2, m: 1.5 })).toBe('BadOption');
    expect(options({ n: 2, m: -1 })).toBe('BadOption');
    expect(options({ n: '2', m: 1 })).toBe('BadOption');
    expect(options({ n: 2, m: 0 })).toBe('OutOfRange');
    expect(options({ n: 2 ** 28, m: 4 })).toBe('OutOfMemory');
    expect(options({ n: 2, m: 1 })).toMatch(/^returned/);
    expect(code(() => program.toWasm({ data: 1 } as never))).toBe('BadOption');
  });

  it('after dispose', () => {
    const gone = compile({ x: scalar }, ({ x }) => x.exp());
    gone.dispose();
    expect(code(() => gone.toWasm())).toBe('Disposed');
  });

  it('rows that are not known', () => {
    const rows = compile({ w: scalar, x: data(scalar) }, ({ w, x }) => w.mul(x)).over();
    expect(code(() => rows.toWasm())).toBe('DataMissing');
  });

  it('programs of any engine make modules', () => {
    const written = compile({ x: scalar }, ({ x }) => x.exp(), { engine: 'reference' });
    expect(new Alone(written.toWasm()).exports.memory.buffer.byteLength).toBeGreaterThan(0);
    expect(written[STATE].machine.point.length).toBe(1);
  });
});
