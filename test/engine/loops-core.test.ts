/** Linked code in the core: every instruction, in and out of lanes, against one node an operation, and bit for bit against the reference engine. */
import { describe, expect, it } from 'vitest';
import type { LoopMachine } from '../../src/engine/engine.ts';
import { core } from '../../src/engine/interpreter/core.ts';
import { InterpreterLoopMachine } from '../../src/engine/interpreter/loops.ts';
import { loopMachine } from '../../src/engine/reference/loops/machine.ts';
import { HEAD } from '../../src/link/code.ts';
import { ARITY } from '../../src/ops/kernels.ts';
import { FIRST_LIST_OP, OP, type OpName, VOCABULARY } from '../../src/ops/vocabulary.ts';
import {
  type Assembled,
  assemble,
  type Block,
  type Body,
  type LoopOptions,
  mainBody,
  place,
  type Value,
} from '../support/linked.ts';
import { randomProgram } from '../support/linked-random.ts';
import { unrolled } from '../support/linked-unrolled.ts';
import { generator } from '../tape/networks.ts';

/** A machine whose memory is full of NaN where nothing has been written. */
function load({ linked, tape }: Assembled, params: readonly number[], data: readonly number[] = []): LoopMachine {
  const machine = new InterpreterLoopMachine(core(), tape, () => linked);
  const { buffer, byteOffset } = machine.point;
  const memory = new Float64Array(buffer, byteOffset, linked.size).fill(Number.NaN);
  for (const [offset, value] of linked.constants) memory[offset] = value;
  machine.point.set(params);
  machine.data.set(data);
  machine.bound();
  return machine;
}

function close(actual: ArrayLike<number>, expected: readonly number[], what: string): void {
  expect(actual.length, what).toBe(expected.length);
  expected.forEach((x, i) => {
    const error = Math.abs(actual[i]! - x) / Math.max(1, Math.abs(x));
    if (!Object.is(actual[i], x) && !(error < 1e-10)) expect(Array.from(actual), `${what} [${i}]`).toEqual(expected);
  });
}

const seedsOf = (machine: LoopMachine): Float64Array =>
  Float64Array.from({ length: machine.outputCount() }, (_, i) => (i % 3) - 0.5);
const directionOf = (params: readonly number[]): Float64Array => Float64Array.from(params, (_, i) => Math.cos(3 * i));

/** All sweeps of a program, against one node an operation. */
function check(program: Assembled, params: readonly number[], data: readonly number[] = []): void {
  const expected = unrolled(program, params, data);
  const machine = load(program, params, data);
  machine.forward();
  close(
    expected.outputs.map((_, i) => machine.output(i)),
    expected.outputs,
    'outputs',
  );
  const seeds = seedsOf(machine);
  for (const again of ['reverse', 'reverse again']) {
    machine.reverse(seeds);
    close(machine.adjoint, expected.gradient(Array.from(seeds)), again);
  }
  const direction = directionOf(params);
  close(machine.tangent(direction), expected.tangent(Array.from(direction)), 'tangent');
  machine.dispose();
  const fresh = load(program, params, data);
  close([fresh.gradient()], [expected.outputs[0]!], 'value');
  close(fresh.adjoint, expected.gradient(), 'gradient');
  fresh.dispose();
}

/** Everything a machine can say of a program. */
function story(machine: LoopMachine, params: readonly number[]): number[] {
  const said = [machine.forward()];
  for (let i = 0; i < machine.outputCount(); i++) said.push(machine.output(i));
  machine.reverse(seedsOf(machine));
  said.push(...machine.adjoint);
  said.push(...machine.tangent(directionOf(params)), machine.gradient(), ...machine.adjoint);
  machine.dispose();
  return said;
}

/** Both engines, bit for bit. */
function sameBits(program: Assembled, params: readonly number[], data: readonly number[] = []): void {
  const reference = loopMachine(program.tape, () => program.linked);
  reference.point.set(params);
  reference.data.set(data);
  expect(story(load(program, params, data), params)).toEqual(story(reference, params));
}

describe('random programs', () => {
  for (let seed = 1; seed <= 200; seed++)
    it(`program ${seed}`, () => {
      for (const isExact of [false, true]) {
        const next = generator(1000 + seed);
        const { program, params, data } = randomProgram(() => (next() + 1) / 2, isExact);
        if (isExact) sameBits(program, params, data);
        else check(program, params, data);
      }
    });
});

const LOOPS: readonly LoopOptions[] = [
  { n: 5 },
  { n: 5, kept: true },
  { n: 5, tile: 8 },
  { n: 19, tile: 8, kept: true },
  { n: 17, tile: 16 }, // a last tile of one
  { n: 140, tile: 128 },
];
const wave = (n: number, phase = 0.3): number[] =>
  Array.from({ length: n }, (_, i) => 0.2 + 0.6 * Math.sin(2.3 * i + phase) ** 2);

/** Σ over a loop of what `each` makes, stacked as well. */
function mapped(loop: LoopOptions, prepare: (main: Body) => void, each: (body: Body) => Value): Assembled {
  const main = mainBody();
  prepare(main);
  const stack = main.array(loop.n);
  let total: Value | undefined;
  main.region(loop, (body) => {
    const value = each(body);
    body.part = 2;
    body.store(value, place(stack, 0, [[body, 1]]));
    total = body.sum(value);
  });
  return assemble(main, [total!, stack]);
}

describe.each(LOOPS.map((loop) => ({ loop, title: `${loop.n}, ${loop.tile ?? 1} at once${loop.kept ? ', kept' : ''}` })))(
  'a loop of $title',
  ({ loop }) => {
    const { n } = loop;

    it('has every op, of operands in it and around it', () => {
      for (const name of VOCABULARY) {
        if (OP[name] < OP.add || OP[name] >= FIRST_LIST_OP || name === 'polygamma') continue; // its first operand is a whole number
        for (let where = 0; where < 1 << ARITY[OP[name]]!; where++) {
          let arrays: Block[] = [];
          let around: Value[] = [];
          const program = mapped(
            loop,
            (main) => {
              arrays = [0, 1, 2].map(() => main.array(n, 'param'));
              around = arrays.map((array) => main.load(place(array, 1)));
            },
            (body) => {
              const inside = arrays.map((array) => body.load(place(array, 0, [[body, 1]])));
              const operands = inside.map((value, j) => ((where >> j) & 1 ? around[j]! : value));
              return body.op(name as OpName, ...operands.slice(0, ARITY[OP[name]]!));
            },
          );
          check(
            program,
            wave(3 * n).map((x) => (name === 'acosh' ? x + 1.5 : x)),
          );
        }
      }
    });

    it('has list ops over rows, columns, windows, one list for all, its own, and nothing', () => {
      for (const name of ['sum', 'mean', 'prod', 'dot', 'minOf', 'maxOf', 'norm', 'logsumexp'] as const)
        for (const k of [0, 1, 9, 20])
          for (const [kind, lane, by] of [
            ['rows', k, 1],
            ['columns', 1, n],
            ['windows', 1, 1],
            ['backwards', 1, -1],
            ['one', 0, 1],
            ['own', 1, 1],
          ] as const)
            for (const other of [0, k, 1]) {
              let [x, y]: (Block | undefined)[] = [];
              const program = mapped(
                loop,
                (main) => {
                  x = main.array((k + 1) * n + k, 'param');
                  y = main.array((k + 1) * n + k, 'param');
                },
                (body) => {
                  const own = body.array(k);
                  if (kind === 'own')
                    for (let e = 0; e < k; e++) body.store(body.load(place(x!, 2 * e, [[body, 1]])), place(own, e));
                  const a = kind === 'own' ? place(own) : place(x!, by < 0 ? k : 0, lane ? [[body, lane]] : []);
                  const list = body.reduce(
                    name,
                    k,
                    a,
                    by,
                    place(y!, 1, other ? [[body, other]] : []),
                    other === 1 ? Math.max(n, 2) : 1,
                  );
                  return body.op('tanh', list);
                },
              );
              if (name === 'dot' || other === 0) check(program, wave(2 * ((k + 1) * n + k)));
              if (name === 'dot' && n < 100) sameBitsOfSums(program, wave(2 * ((k + 1) * n + k)));
            }
    });

    it('has products of factors that differ from iteration to iteration or not, also where elements of one are shared', () => {
      for (const [m, c, k] of [
        [2, 3, 4],
        [1, 1, 9],
        [3, 1, 8],
        [1, 5, 2],
        [5, 4, 1],
        [2, 2, 0],
      ] as const)
        for (const laneA of [0, 1, m * k])
          for (const laneB of [0, 1, c * k])
            for (const isWindow of [false, true]) {
              let [x, y]: (Block | undefined)[] = [];
              const program = mapped(
                loop,
                (main) => {
                  x = main.array(m * k * n + n + m + k, 'param');
                  y = main.array(c * k * n + n + c + k, 'param');
                },
                (body) => {
                  const product = body.array(m * c);
                  const [am, ak, bk, bn] = isWindow ? [1, 1, 1, 1] : [k, 1, 1, k];
                  const a = place(x!, 0, laneA ? [[body, laneA]] : []);
                  body.contract(m, c, k, a, am, ak, place(y!, 0, laneB ? [[body, laneB]] : []), bk, bn, place(product), c, 1);
                  return body.op('square', body.reduce('sum', m * c, place(product)));
                },
              );
              const params = wave((m + c) * k * n + 2 * n + m + c + 2 * k);
              check(program, params);
              if (n < 100) sameBits(program, params);
            }
    });

    it('copies and gathers, from places that several iterations share too', () => {
      let [x, which]: (Block | undefined)[] = [];
      const program = mapped(
        loop,
        (main) => {
          x = main.array(n + 9, 'param');
          which = main.array(n, 'data');
        },
        (body) => {
          const own = body.array(8);
          body.copy(4, place(x!, 3, [[body, 1]]), -1, place(own), 1); // windows
          body.copy(2, place(x!, 1), 3, place(own, 7), -1); // the same for all
          body.copy(2, place(x!, 0, [[body, 1]]), 0, place(own, 4), 1); // one number twice
          const i = body.check(body.load(place(which!, 0, [[body, 1]])), 3);
          const picked = body.load(place(x!, 1, [[body, 1]], [[i, 2]]));
          const chosen = body.load(place(x!, 0, [], [[i, 1]]));
          const scale = body.op('add', body.index(), picked);
          return body.op('mul', body.reduce('norm', 8, place(own)), body.op('mul', scale, chosen));
        },
      );
      check(
        program,
        wave(n + 9),
        Array.from({ length: n }, (_, i) => (i * i) % 3),
      );
    });

    it('has a loop in it, with sums of more and of fewer than eight iterations', () => {
      for (const inner of [0, 1, 7, 8, 9, 1030])
        for (const kept of [false, true]) {
          if (inner > 1000 && n > 19) continue;
          let x: Block | undefined;
          const program = mapped(
            loop,
            (main) => {
              x = main.array(n + inner + 1, 'param');
            },
            (body) => {
              let out: Value | undefined;
              const u = body.load(place(x!, 0, [[body, 1]]));
              body.region({ n: inner, kept: kept || loop.kept === true }, (each) => {
                const window = place(x!, 0, [
                  [body, 1],
                  [each, 1],
                ]);
                const product = each.op('mul', each.load(window), each.load(place(x!, 0, [[each, 1]])));
                out = each.sum(each.op('div', product, each.op('add', each.index(), u)));
              });
              return out!;
            },
          );
          check(program, wave(n + inner + 1));
          sameBits(program, wave(n + inner + 1));
        }
    });

    it('lets nothing through closed gates', () => {
      let [x, w]: (Block | undefined)[] = [];
      const program = mapped(
        loop,
        (main) => {
          x = main.array(n, 'param');
          w = main.array(6, 'param');
        },
        (body) => {
          const u = body.load(place(x!, 0, [[body, 1]]));
          const shared = body.load(place(w!, 0));
          const root = body.op('sqrt', body.op('sub', u, shared)); // at 0: an infinite slope
          const own = body.array(2);
          body.store(body.op('mul', root, shared), place(own, 0));
          body.store(body.op('neg', root), place(own, 1));
          const product = body.array(2);
          body.contract(2, 1, 2, place(w!, 1), 2, 1, place(own), 1, 1, place(product), 1, 1);
          const listed = body.op(
            'add',
            body.reduce('dot', 2, place(product), 1, place(w!, 2), 1),
            body.reduce('mean', 2, place(own)),
          );
          const chosen = body.op('select', body.op('gt', u, shared), listed, u);
          return body.op(
            'add',
            chosen,
            body.op('mul', body.reduce('maxOf', 3, place(w!, 1)), body.reduce('sum', 2, place(w!, 4))),
          );
        },
      );
      const params = [...wave(n).map((v, i) => (i % 3 === 0 ? 0.5 : 0.6 + v)), 0.5, 0.1, 0.7, 0.3, 0.2, 0.4];
      expect(unrolled(program, params, []).gradient().every(Number.isFinite)).toBe(true);
      check(program, params);
      sameBits(program, params);
    });

    it('gives values and adjoints in one go', () => {
      const build = (isFused: boolean): Assembled => {
        const main = mainBody();
        const w = main.array(3, 'param');
        const x = main.array(2 * n, 'data');
        const scale = main.op('square', main.load(place(w, 2)));
        let a: Value | undefined;
        main.region(loop, (body) => {
          const dot = body.reduce('dot', 2, place(w), 1, place(x, 0, [[body, 2]]));
          a = body.sum(body.op('square', body.op('sub', dot, scale)));
        });
        return assemble(main, [main.op('mul', a!, main.value(0.5))], isFused ? { pre: 2, fused: 3 } : {});
      };
      const [params, data] = [[0.3, -0.2, 0.9], wave(2 * n, 1)];
      check(build(true), params, data);
      sameBits(build(true), params, data);
      const [fused, plain] = [load(build(true), params, data), load(build(false), params, data)];
      expect(fused.gradient()).toBe(plain.gradient());
      expect(Array.from(fused.adjoint)).toEqual(Array.from(plain.adjoint));
      fused.dispose();
      plain.dispose();
    });
  },
);

/** The engines' tanh differ by an ulp; what lies before it does not. */
function sameBitsOfSums(program: Assembled, params: readonly number[]): void {
  const { code, ...rest } = program.linked;
  const exact = code.slice();
  for (let at = 0; at < exact.length; at++)
    if ((exact[at]! & 0xffff) === OP.tanh << 8) exact[at] = (exact[at]! & ~0xffff) | (OP.square << 8);
  sameBits({ ...program, linked: { ...rest, code: exact } }, params);
}

describe('scans', () => {
  /** x ← x·w + 1/(i + x), y ← x, n times, in lanes if there is a tile; the last x and y, and the sum of all. */
  const swing = (n: number, loop: Partial<LoopOptions>, tile = 1): Assembled => {
    const main = mainBody();
    const w = main.array(2, 'param');
    let total: Value | undefined;
    main.region({ n: 11, tile }, (body) => {
      const cells = body.array(2, 'cells');
      const start = body.op('add', body.load(place(w, 0)), body.index());
      body.store(start, place(cells), true);
      body.store(start, place(cells, 1), true);
      let out: Value | undefined;
      body.region({ n, scan: true, cells, ...loop }, (step) => {
        const x = step.load(place(cells));
        const y = step.load(place(cells, 1));
        const next = step.op(
          'add',
          step.op('mul', x, step.load(place(w, 1))),
          step.op('reciprocal', step.op('add', step.index(), y)),
        );
        step.part = 1;
        step.store(next, place(cells), true);
        step.store(x, place(cells, 1), true);
        step.part = 2;
        out = step.sum(next);
      });
      const last = body.op('mul', body.load(place(cells)), body.load(place(cells, 1)));
      total = body.sum(body.op('add', last, out!));
    });
    return assemble(main, [total!]);
  };

  it('have the same bits whether their steps are kept or computed again, in lanes and not', () => {
    for (const tile of [1, 8])
      for (const n of [0, 1, 2, 3, 10, 40]) {
        const kept = load(swing(n, { kept: true }, tile), [0.3, 0.7]);
        const value = kept.gradient();
        check(swing(n, { kept: true }, tile), [0.3, 0.7]);
        sameBits(swing(n, { kept: true }, tile), [0.3, 0.7]);
        for (const snapshots of [1, 2, 3, 7, 100]) {
          const again = load(swing(n, { snapshots }, tile), [0.3, 0.7]);
          expect(again.gradient()).toBe(value);
          expect(Array.from(again.adjoint)).toEqual(Array.from(kept.adjoint));
          again.reverse();
          again.reverse(Float64Array.of(1));
          expect(Array.from(again.adjoint)).toEqual(Array.from(kept.adjoint));
          again.dispose();
        }
        kept.dispose();
      }
  });

  it('of 1,000 steps go back with three snapshots', () => {
    const [kept, again] = [load(swing(1000, { kept: true }), [0.3, 0.7]), load(swing(1000, { snapshots: 3 }), [0.3, 0.7])];
    expect(again.gradient()).toBe(kept.gradient());
    expect(Array.from(again.adjoint)).toEqual(Array.from(kept.adjoint));
    check(swing(1000, { snapshots: 3 }), [0.3, 0.7]);
    kept.dispose();
    again.dispose();
  });
});

describe('the machine', () => {
  /** Σ x[index], with a check of every index. */
  const gather = (n: number, loop: Omit<LoopOptions, 'n'>, options = {}): Assembled => {
    const main = mainBody();
    const x = main.array(4, 'param');
    const indices = main.array(n, 'data');
    let out: Value | undefined;
    main.region({ n, ...loop }, (body) => {
      const i = body.check(body.load(place(indices, 0, [[body, 1]])), 4, 'x.at(i)');
      out = body.sum(body.load(place(x, 0, [], [[i, 1]])));
    });
    return assemble(main, [out!], options);
  };

  it('stops at an index outside, names it, and goes on afterwards', () => {
    const fused = { pre: 0, fused: 1 };
    for (const [loop, options] of [[{}, {}], [{ tile: 8 }, {}], [{ kept: true }, {}], [{ tile: 8 }, fused]] as const) // biome-ignore format: a list
      for (const bad of [4, -1, 0.5, Number.NaN, Number.POSITIVE_INFINITY]) {
        const machine = load(gather(12, loop, options), [1, 2, 4, 8], Array.from({ length: 12 }, (_, i) => (i === 9 ? bad : i % 4))); // biome-ignore format: one line
        const stepper = machine.stepper({ kind: 'momentum', rate: 1, momentum: 0 });
        // biome-ignore format: a list
        for (const sweep of [() => machine.forward(), () => machine.gradient(), () => machine.tangent(new Float64Array(4)), () => stepper.step(1, 0, 'sum')])
          expect(sweep).toThrow(new RegExp(`^x\\.at\\(i\\): ${bad} is no index into 4 elements \\[OutOfRange\\]$`));
        expect(Array.from(machine.point)).toEqual([1, 2, 4, 8]);
        machine.data[9] = 1;
        expect(machine.gradient()).toBe(45);
        expect(Array.from(machine.adjoint)).toEqual([3, 3, 3, 3]);
        stepper.dispose();
        machine.dispose();
      }
  });

  it('finds the smallest and the largest, the first NaN if there is one, but none of nothing', () => {
    const build = (name: 'argMin' | 'argMax', k: number, loop: Omit<LoopOptions, 'n'>): Assembled => {
      const main = mainBody();
      const x = main.array(k, 'data');
      const stack = main.array(2);
      main.region({ n: 2, ...loop }, (body) => {
        const at = body.reduce(name, k, place(x));
        body.part = 2;
        body.store(at, place(stack, 0, [[body, 1]]));
      });
      return assemble(main, [stack]);
    };
    const at = (name: 'argMin' | 'argMax', x: readonly number[], loop = {}): number =>
      load(build(name, x.length, loop), [], x).forward();
    for (const loop of [{}, { tile: 8 }]) {
      expect(at('argMin', [3, 1, 2, 1], loop)).toBe(1);
      expect(at('argMax', [3, 1, 3, 1], loop)).toBe(0);
      expect(at('argMax', [3, Number.NaN, 7, Number.NaN], loop)).toBe(1);
      expect(() => at('argMin', [], loop)).toThrow('argMin: there is no element in an empty list [OutOfRange]');
      expect(() => at('argMax', [], loop)).toThrow('argMax');
    }
  });

  it('links for lengths as they come, remembers four, and serves all from one block', () => {
    const linkings: number[] = [];
    const { arena } = core();
    const before = arena.used();
    const machine = new InterpreterLoopMachine(core(), { ...gather(1, {}).tape, lengths: ['n'] }, ([n]) => {
      linkings.push(n!);
      return gather(n!, { tile: 8 }).linked;
    });
    expect(machine.linked).toBeUndefined();
    expect(() => machine.forward()).toThrow('DataMissing');
    for (const n of [3, 40, 3, 3, 9, 5, 40, 3, 100, 9]) {
      machine.resize([n]);
      expect(machine.data.length).toBe(n);
      machine.point.set([1, 2, 4, 8]);
      machine.data.fill(2);
      expect(machine.gradient()).toBe(4 * n);
      expect(Array.from(machine.adjoint)).toEqual([0, 0, n, 0]);
    }
    expect(linkings).toEqual([3, 40, 9, 5, 100, 9]);
    machine.point[0] = 17;
    machine.resize([9]);
    expect(machine.point[0]).toBe(17);
    machine.dispose();
    machine.dispose();
    expect(arena.used()).toBe(before);
    expect(() => machine.forward()).toThrow('Disposed');
    expect(() => machine.resize([3])).toThrow('Disposed');
  });

  it('goes on after lengths for which there is no room', () => {
    const machine = new InterpreterLoopMachine(core(), { ...gather(1, {}).tape, lengths: ['n'] }, ([n]) => {
      const { linked } = gather(Math.min(n!, 5), {});
      return { ...linked, size: n! > 5 ? n! : linked.size };
    });
    machine.resize([5]);
    expect(() => machine.resize([2 ** 30])).toThrow('OutOfMemory');
    expect(() => machine.forward()).toThrow('DataMissing');
    machine.resize([5]);
    machine.point.set([1, 2, 4, 8]);
    machine.data.fill(3);
    expect(machine.forward()).toBe(40);
    machine.dispose();
  });

  it('reads its views again after memory has grown', () => {
    const machine = load(gather(3, {}), [1, 2, 4, 8], [0, 1, 2]);
    const { point, adjoint } = machine;
    const { arena } = core();
    const taken: number[] = [];
    while (point.length > 0) taken.push(arena.take(1 << 24));
    expect(machine.gradient()).toBe(7);
    expect(adjoint.length).toBe(0);
    expect(Array.from(machine.point)).toEqual([1, 2, 4, 8]);
    expect(Array.from(machine.adjoint)).toEqual([1, 1, 1, 0]);
    for (const block of taken) arena.give(block);
    machine.dispose();
  });

  it('reads outputs one by one and by port, data and empty ones among them', () => {
    const main = mainBody();
    const [x, y, none] = [main.array(2, 'param'), main.array(3, 'data'), main.array(0)];
    const sum = main.op('add', main.load(place(x)), main.load(place(y)));
    const machine = load(assemble(main, [none, sum, y, x]), [1, 2], [3, 4, 5]);
    expect(machine.gradient()).toBe(4);
    expect(Array.from(machine.adjoint)).toEqual([1, 0]);
    expect(machine.outputCount()).toBe(6);
    expect([0, 1, 2, 3, 4, 5].map((i) => machine.output(i))).toEqual([4, 3, 4, 5, 1, 2]);
    expect([0, 1, 2, 3].map((k) => Array.from(machine.readOutput(k)))).toEqual([[], [4], [3, 4, 5], [1, 2]]);
    machine.reverse(Float64Array.of(1, 7, 7, 7, 0, 10));
    expect(Array.from(machine.adjoint)).toEqual([1, 10]);
    expect(Array.from(machine.tangent(Float64Array.of(2, 3)))).toEqual([2, 0, 0, 0, 2, 3]);
    machine.dispose();
    const constant = mainBody();
    constant.array(1, 'param');
    const given = load(assemble(constant, [constant.array(1, 'data')]), [1], [9]);
    expect(given.gradient()).toBe(9);
    expect(Array.from(given.adjoint)).toEqual([0]);
    given.dispose();
  });

  it('counts the steps that linking foresees', () => {
    const program = gather(3, {});
    const machine = load(program, [1, 2, 4, 8], [0, 0, 0]);
    const { forward, gradient } = program.linked.steps;
    machine.forward();
    expect(machine.steps()).toBe(0);
    machine.countSteps(true);
    machine.forward();
    machine.reverse();
    expect(machine.steps()).toBe(gradient);
    machine.tangent(new Float64Array(4));
    expect(machine.steps()).toBe(gradient + forward);
    machine.dispose();
  });

  it('descends with momentum and Adam as the reference engine does, also when its memory has moved', () => {
    const build = (n: number): Assembled => {
      const main = mainBody();
      const x = main.array(3, 'param');
      main.array(n, 'data');
      return assemble(main, [main.reduce('dot', 3, place(x), 1, place(x), 1)]);
    };
    for (const rule of [
      { kind: 'momentum', rate: 0.1, momentum: 0.5 },
      { kind: 'adam', rate: 0.1, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
    ] as const) {
      const tape = { ...build(1).tape, lengths: ['n'] };
      const link = ([n]: readonly number[]) => build(n!).linked;
      const [mine, theirs] = [new InterpreterLoopMachine(core(), tape, link), loopMachine(tape, link)].map((machine) => {
        machine.resize([1]);
        machine.point.set([2, -1, 0.5]);
        const stepper = machine.stepper(rule);
        const said = [stepper.step(0.1, 0, 'sum'), stepper.step(0.1, 0, 'sum')];
        const kept = machine.point.slice();
        machine.resize([1000]);
        machine.point.set(kept);
        said.push(stepper.step(0.05, 0, 'sum'), ...machine.point);
        stepper.dispose();
        expect(() => stepper.step(0.1, 0, 'sum')).toThrow('Disposed');
        machine.dispose();
        return said;
      });
      expect(mine![0]).toBe(5.25);
      expect(mine).toEqual(theirs);
    }
  });

  it('gives its core up after a trap', () => {
    const program = gather(3, {});
    const good = load(program, [1, 2, 4, 8], [0, 0, 0]);
    const broken = { ...program.linked, code: program.linked.code.slice() };
    broken.code[HEAD.data] = 0x0fffffff; // data far outside the memory
    const bad = new InterpreterLoopMachine(core(), program.tape, () => broken);
    expect(() => bad.forward()).toThrow('EnginePoisoned');
    expect(() => good.gradient()).toThrow('EnginePoisoned');
    const next = load(program, [1, 2, 4, 8], [0, 0, 0]);
    expect(next.forward()).toBe(3);
    next.dispose();
  });
});
