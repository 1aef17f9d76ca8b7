/** Linked code in the reference engine: every instruction, in and out of lanes, kept and not, against one node an operation. */
import { describe, expect, it } from 'vitest';
import type { OpName } from '../../src/ops/vocabulary.ts';
import { type Assembled, assemble, type Body, type LoopOptions, mainBody, place, type Value } from '../support/linked.ts';
import { check, LOOPS, load, named, wave } from '../support/linked-check.ts';
import { randomProgram } from '../support/linked-random.ts';
import { unrolled } from '../support/linked-unrolled.ts';
import { generator } from '../tape/networks.ts';

describe('random programs', () => {
  for (let seed = 1; seed <= 300; seed++) {
    it(`program ${seed}`, () => {
      const next = generator(seed);
      const { program, params, data } = randomProgram(() => (next() + 1) / 2);
      check(program, params, data);
    });
  }
});

/** Σ over a loop of what `each` makes, stacked as well. */
function mapped(loop: LoopOptions, each: (body: Body, main: Body) => Value, prepare: (main: Body) => void = () => {}): Assembled {
  const main = mainBody();
  prepare(main);
  const stack = main.array(loop.n);
  let total: Value | undefined;
  main.region(loop, (body) => {
    const value = each(body, main);
    body.part = 2;
    body.store(value, place(stack, 0, [[body, 1]]));
    total = body.sum(value);
  });
  return assemble(main, [total!, stack]);
}

describe.each(LOOPS)('$n iterations', (loop) => {
  const n = loop.n;
  const UNARY: readonly OpName[] = ['neg', 'square', 'sqrt', 'exp', 'log', 'tanh', 'floor'];
  const BINARY: readonly OpName[] = ['add', 'sub', 'mul', 'div', 'pow', 'max'];

  it(`ops of values in the loop and around it: ${named(loop)}`, () => {
    for (const name of [...UNARY, ...BINARY]) {
      for (const [inA, inB] of [
        [1, 1],
        [1, 0],
        [0, 1],
        [0, 0],
      ] as const) {
        let [x, y]: (ReturnType<Body['array']> | undefined)[] = [];
        let [a, b]: (Value | undefined)[] = [];
        const program = mapped(
          loop,
          (body) => {
            const u = inA ? body.load(place(x!, 0, [[body, 1]])) : a!;
            const v = inB ? body.load(place(y!, 0, [[body, 1]])) : b!;
            return body.op(name, ...(UNARY.includes(name) ? [u] : [u, v]));
          },
          (main) => {
            x = main.array(n, 'param');
            y = main.array(n, 'param');
            [a, b] = [main.load(place(x, 1)), main.load(place(y, 2))];
          },
        );
        check(program, wave(2 * n), []);
      }
    }
  });

  it(`select and clamp: ${named(loop)}`, () => {
    for (const name of ['select', 'clamp'] as const) {
      let x: ReturnType<Body['array']> | undefined;
      let low: Value | undefined;
      const program = mapped(
        loop,
        (body) => {
          const u = body.load(place(x!, 0, [[body, 1]]));
          const v = body.load(place(x!, n - 1, [[body, -1]]));
          return name === 'clamp' ? body.op('clamp', u, low!, v) : body.op('select', body.op('gt', u, v), u, low!);
        },
        (main) => {
          x = main.array(n, 'param');
          low = main.load(place(x, 0));
        },
      );
      check(program, wave(n), []);
    }
  });

  it(`lists of the loop's own, of all iterations, and sliding windows: ${named(loop)}`, () => {
    for (const name of ['sum', 'mean', 'prod', 'dot', 'minOf', 'maxOf', 'norm', 'logsumexp'] as const) {
      for (const kind of ['rows', 'shared', 'windows', 'local', 'empty'] as const) {
        for (const other of [0, 1]) {
          let [x, y]: (ReturnType<Body['array']> | undefined)[] = [];
          const program = mapped(
            loop,
            (body) => {
              const own = body.array(3);
              if (kind === 'local') for (let e = 0; e < 3; e++) body.store(body.load(place(x!, e, [[body, 2]])), place(own, e));
              const k = kind === 'empty' ? 0 : 3;
              const by = kind === 'rows' ? 3 : kind === 'windows' ? 1 : 0;
              const a = kind === 'local' ? place(own) : place(x!, 0, by ? [[body, by]] : []);
              return body.op(
                'tanh',
                body.reduce(name, k, a, 1, other ? place(y!, 0, [[body, 3]]) : place(y!, 2), other ? 1 : -1),
              );
            },
            (main) => {
              x = main.array(3 * n, 'param');
              y = main.array(3 * n, 'param');
            },
          );
          check(program, wave(6 * n), []);
        }
      }
    }
  });

  it(`places of the smallest and largest: ${named(loop)}`, () => {
    for (const name of ['argMin', 'argMax'] as const) {
      let x: ReturnType<Body['array']> | undefined;
      const program = mapped(
        loop,
        (body) => body.load(place(x!, 0, [[body, 3]], [[body.check(body.reduce(name, 3, place(x!, 0, [[body, 3]])), 3), 1]])),
        (main) => {
          x = main.array(3 * n, 'param');
        },
      );
      check(
        program,
        wave(3 * n).map((v, i) => (i % 4 === 0 ? 0.5 : v)),
        [],
      );
    }
  });

  it(`products whose factors differ from iteration to iteration, or not: ${named(loop)}`, () => {
    for (const [m, c, k] of [
      [2, 3, 4],
      [1, 1, 9],
      [1, 3, 9],
      [3, 1, 8],
      [4, 4, 2],
    ] as const) {
      for (const [inA, inB] of [
        [1, 1],
        [1, 0],
        [0, 1],
        [0, 0],
      ] as const) {
        for (const transposed of [false, true]) {
          let [x, y]: (ReturnType<Body['array']> | undefined)[] = [];
          const program = mapped(
            loop,
            (body) => {
              const product = body.array(m * c);
              const [a, b] = [place(x!, 0, inA ? [[body, m * k]] : []), place(y!, 0, inB ? [[body, 1]] : [])];
              const [am, ak, bk, bn] = transposed ? [1, m, 1, k] : [k, 1, c, 1];
              body.contract(m, c, k, a, am, ak, b, bk, bn, place(product), c, 1);
              return body.op('tanh', body.reduce('norm', m * c, place(product)));
            },
            (main) => {
              x = main.array(m * k * n, 'param');
              y = main.array(c * k + n, 'param');
            },
          );
          check(program, wave(m * k * n + c * k + n), []);
        }
      }
    }
  });
});

describe('closed gates', () => {
  it('let nothing through, in lanes, lists, products and scans', () => {
    for (const loop of LOOPS) {
      const n = loop.n;
      let [x, w]: (ReturnType<Body['array']> | undefined)[] = [];
      const program = mapped(
        loop,
        (body) => {
          const u = body.load(place(x!, 0, [[body, 1]]));
          const shared = body.load(place(w!, 0));
          const root = body.op('sqrt', body.op('sub', u, shared)); // at 0: an infinite slope
          const own = body.array(2);
          body.store(body.op('mul', root, shared), place(own, 0));
          body.store(body.op('neg', root), place(own, 1));
          const product = body.array(2);
          body.contract(2, 1, 2, place(w!, 1), 2, 1, place(own), 1, 1, place(product), 1, 1);
          const listed = body.reduce('sum', 2, place(product));
          const chosen = body.op('select', body.op('gt', u, shared), listed, u);
          return body.op('add', chosen, body.reduce('maxOf', 2, place(w!, 1)));
        },
        (main) => {
          x = main.array(n, 'param');
          w = main.array(5, 'param');
        },
      );
      const params = [...wave(n).map((v, i) => (i % 3 === 0 ? 0.5 : 0.6 + v)), 0.5, 0.1, 0.7, 0.3, 0.2];
      const slopes = unrolled(program, params, []).gradient();
      expect(slopes.every(Number.isFinite)).toBe(true);
      check(program, params, []);
    }
  });

  it('are not those whose adjoint happens to be zero, of either sign', () => {
    for (const zero of [0, -0]) {
      const main = mainBody();
      const x = main.array(2, 'param');
      const root = main.op('sqrt', main.load(place(x, 0)));
      const program = assemble(main, [main.op('mul', main.op('mul', root, main.value(zero)), main.load(place(x, 1)))]);
      const machine = load(program, [0, 3], []);
      machine.gradient();
      expect(Array.from(machine.adjoint)).toEqual([Number.NaN, 0]);
      expect(Array.from(machine.tangent(Float64Array.of(1, 1)))).toEqual([Number.NaN]);
    }
  });

  it('stay closed for a direction of 0', () => {
    const main = mainBody();
    const x = main.array(2, 'param');
    const out = main.op('add', main.op('sqrt', main.load(place(x, 0))), main.load(place(x, 1)));
    const machine = load(assemble(main, [out]), [0, 3], []);
    expect(Array.from(machine.tangent(Float64Array.of(0, 2)))).toEqual([2]);
    expect(Array.from(machine.tangent(Float64Array.of(1, 2)))).toEqual([Number.POSITIVE_INFINITY]);
  });
});
