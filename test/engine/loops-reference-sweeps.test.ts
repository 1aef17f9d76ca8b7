/** Linked code in the reference engine: loops and sweeps as wholes, and the machine around them. */
import { describe, expect, it } from 'vitest';
import type { LoopMachine } from '../../src/engine/engine.ts';
import { advance } from '../../src/engine/reference/loops/checkpoint.ts';
import { loopMachine } from '../../src/engine/reference/loops/machine.ts';
import { WengertError } from '../../src/errors.ts';
import { type Assembled, assemble, type LoopOptions, mainBody, place, type Value } from '../support/linked.ts';
import { check, LOOPS, load, named, wave } from '../support/linked-check.ts';

describe('sums over iterations', () => {
  /** ARCHITECTURE.md, "One order": eight partial sums, blocks of 1,024. */
  const oneOrder = (x: readonly number[]): number => {
    let total = -0;
    for (let block = 0; block < x.length; block += 1024) {
      const s = Array.from({ length: 8 }, () => -0);
      for (let i = block; i < Math.min(block + 1024, x.length); i++) s[i % 8]! += x[i]!;
      total += s[0]! + s[4]! + (s[2]! + s[6]!) + (s[1]! + s[5]! + (s[3]! + s[7]!));
    }
    return total;
  };
  const total = (x: readonly number[], loop: Omit<LoopOptions, 'n'>): number => {
    const main = mainBody();
    const list = main.array(x.length, 'data');
    let out: Value | undefined;
    main.region({ n: x.length, ...loop }, (body) => {
      out = body.sum(body.load(place(list, 0, [[body, 1]])));
    });
    return load(assemble(main, [out!]), [], x).forward();
  };

  it('have one order, alone and in lanes', () => {
    for (const n of [1, 7, 8, 1023, 1024, 1025, 3000]) {
      const x = wave(n).map((v, i) => v * 10 ** (i % 5));
      for (const loop of [{}, { kept: true }, { scan: true, kept: true }]) expect(total(x, loop)).toBe(oneOrder(x));
      const tiles: number[] = [];
      for (let t = 0; t < n; t += 64) tiles.push(oneOrder(x.slice(t, t + 64)));
      expect(total(x, { tile: 64 })).toBe(tiles.reduce((sum, one) => sum + one));
    }
  });

  it('of no iterations are 0, and −0 stays', () => {
    for (const loop of [{}, { tile: 8 }]) {
      expect(total([], loop)).toBe(0);
      expect(total([-0, -0], loop)).toBe(-0);
    }
  });

  it('count what lies around the loop once an iteration', () => {
    for (const loop of LOOPS) {
      const main = mainBody();
      const x = main.array(1, 'param');
      const value = main.op('square', main.load(place(x)));
      let out: Value | undefined;
      main.region(loop, (body) => {
        out = body.sum(value);
      });
      check(assemble(main, [out!]), [1.25], []);
    }
  });
});

describe('scans', () => {
  /** x ← sin(x + w·i), n times; the last x, and the sum of all. */
  const swing = (n: number, loop: Partial<LoopOptions>): Assembled => {
    const main = mainBody();
    const w = main.array(2, 'param');
    const cells = main.array(1, 'cells');
    main.store(main.load(place(w, 0)), place(cells), true);
    let out: Value | undefined;
    main.region({ n, scan: true, cells, ...loop }, (body) => {
      const x = body.load(place(cells));
      const next = body.op('sin', body.op('add', x, body.op('mul', body.load(place(w, 1)), body.index())));
      body.part = 1;
      body.store(next, place(cells), true);
      out = body.sum(next);
    });
    return assemble(main, [main.op('add', main.load(place(cells)), out!)]);
  };

  it('have the same bits whether their steps are kept or computed again', () => {
    for (const n of [0, 1, 2, 3, 10, 100]) {
      const kept = load(swing(n, { kept: true }), [0.3, 0.7], []);
      kept.gradient();
      check(swing(n, { kept: true }), [0.3, 0.7], []);
      for (const snapshots of [1, 2, 3, 7, 200]) {
        const again = load(swing(n, { snapshots }), [0.3, 0.7], []);
        expect(again.gradient()).toBe(kept.forward());
        kept.reverse();
        expect(Array.from(again.adjoint)).toEqual(Array.from(kept.adjoint));
        again.reverse();
        again.reverse(Float64Array.of(1));
        expect(Array.from(again.adjoint)).toEqual(Array.from(kept.adjoint));
      }
    }
  });

  it('advance so that the fewest steps are run again', () => {
    const least = new Map<string, number>();
    /** Steps to run again for m steps from a snapshot, with room for `free` more. */
    const best = (m: number, free: number): number => {
      if (m <= 1) return 0;
      if (free === 0) return (m * (m - 1)) / 2;
      const key = `${m} ${free}`;
      if (!least.has(key)) {
        let fewest = Number.POSITIVE_INFINITY;
        for (let go = 1; go < m; go++) fewest = Math.min(fewest, go + best(m - go, free - 1) + best(go, free));
        least.set(key, fewest);
      }
      return least.get(key)!;
    };
    for (let m = 2; m < 60; m++)
      for (let free = 0; free < 6; free++) {
        const go = advance(m, free);
        const steps = free === 0 ? best(m, 0) : go + best(m - go, free - 1) + best(go, free);
        expect(steps, `${m} steps, ${free} free`).toBe(best(m, free));
      }
  });
});

describe('values and adjoints in one go', () => {
  for (const loop of LOOPS)
    it(`give the same bits: ${named(loop)}`, () => {
      const build = (isFused: boolean): Assembled => {
        const main = mainBody();
        const w = main.array(3, 'param');
        const x = main.array(2 * loop.n, 'data');
        const scale = main.op('square', main.load(place(w, 2)));
        let [a, b]: (Value | undefined)[] = [];
        main.region(loop, (body) => {
          const residual = body.op('sub', body.reduce('dot', 2, place(w), 1, place(x, 0, [[body, 2]])), scale);
          a = body.sum(body.op('square', residual));
        });
        main.region({ n: 5 }, (body) => {
          b = body.sum(body.op('exp', body.load(place(x, 0, [[body, 1]]))));
        });
        const out = main.op('sub', main.op('mul', a!, main.value(0.5)), b!);
        return assemble(main, [out], isFused ? { pre: 2, fused: 4 } : {});
      };
      const data = wave(2 * loop.n + 0, 1);
      check(build(true), [0.3, -0.2, 0.9], data);
      const [fused, plain] = [load(build(true), [0.3, -0.2, 0.9], data), load(build(false), [0.3, -0.2, 0.9], data)];
      expect(fused.gradient()).toBe(plain.gradient());
      expect(Array.from(fused.adjoint)).toEqual(Array.from(plain.adjoint));
    });
});

describe('the machine', () => {
  /** x[i[0]] + …, with a check of every index. */
  const gather = (n: number, loop: Omit<LoopOptions, 'n'>): Assembled => {
    const main = mainBody();
    const x = main.array(4, 'param');
    const indices = main.array(n, 'data');
    let out: Value | undefined;
    main.region({ n, ...loop }, (body) => {
      const i = body.check(body.load(place(indices, 0, [[body, 1]])), 4, 'x.at(i)');
      out = body.sum(body.load(place(x, 0, [], [[i, 1]])));
    });
    return assemble(main, [out!]);
  };

  it('stops at an index outside, names it, and goes on afterwards', () => {
    for (const loop of [{}, { tile: 8 }, { kept: true }])
      for (const bad of [4, -1, 0.5, Number.NaN, Number.POSITIVE_INFINITY]) {
        const machine = load(
          gather(12, loop),
          [1, 2, 4, 8],
          Array.from({ length: 12 }, (_, i) => (i === 9 ? bad : i % 4)),
        );
        for (const sweep of [() => machine.forward(), () => machine.gradient(), () => machine.tangent(new Float64Array(4))])
          expect(sweep).toThrow(new RegExp(`^x\\.at\\(i\\): ${bad} is no index into 4 elements \\[OutOfRange\\]$`));
        machine.data[9] = 1;
        expect(machine.gradient()).toBe(45);
        expect(Array.from(machine.adjoint)).toEqual([3, 3, 3, 3]);
      }
  });

  it('knows no smallest of nothing', () => {
    const main = mainBody();
    const x = main.array(1, 'param');
    const program = assemble(main, [main.reduce('argMin', 0, place(x))]);
    expect(() => load(program, [1], []).forward()).toThrow(WengertError);
  });

  const withLengths = (): { machine: LoopMachine; linkings: number[] } => {
    const linkings: number[] = [];
    const { tape } = gather(1, {});
    const machine = loopMachine({ ...tape, lengths: ['n'] }, ([n]) => {
      linkings.push(n!);
      return gather(n!, { tile: 8 }).linked;
    });
    return { machine, linkings };
  };

  it('links for lengths as they come, and remembers four', () => {
    const { machine, linkings } = withLengths();
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
  });

  it('reads outputs one by one and by port, data among them', () => {
    const main = mainBody();
    const [x, y] = [main.array(2, 'param'), main.array(3, 'data')];
    const machine = load(assemble(main, [main.op('add', main.load(place(x)), main.load(place(y))), y, x]), [1, 2], [3, 4, 5]);
    expect(machine.forward()).toBe(4);
    expect(machine.outputCount()).toBe(6);
    expect([0, 1, 2, 3, 4, 5].map((i) => machine.output(i))).toEqual([4, 3, 4, 5, 1, 2]);
    expect([0, 1, 2].map((k) => Array.from(machine.readOutput(k)))).toEqual([[4], [3, 4, 5], [1, 2]]);
    machine.reverse(Float64Array.of(1, 7, 7, 7, 0, 10));
    expect(Array.from(machine.adjoint)).toEqual([1, 10]);
  });

  it('counts the steps that linking foresees', () => {
    const machine = load(gather(3, {}), [1, 2, 4, 8], [0, 0, 0]);
    machine.forward();
    expect(machine.steps()).toBe(0);
    machine.countSteps(true);
    machine.forward();
    machine.reverse();
    expect(machine.steps()).toBe(25);
    machine.gradient();
    expect(machine.steps()).toBe(50);
  });

  it('descends with momentum and Adam, also when its memory has moved', () => {
    const build = (n: number): Assembled => {
      const main = mainBody();
      const x = main.array(1, 'param');
      main.array(n, 'data');
      return assemble(main, [main.op('square', main.load(place(x)))]);
    };
    const machine = loopMachine({ ...build(1).tape, lengths: ['n'] }, ([n]) => build(n!).linked);
    machine.resize([1]);
    machine.point[0] = 2;
    const momentum = machine.stepper({ kind: 'momentum', rate: 0.1, momentum: 0.5 });
    expect(momentum.step(0.1, 0, 'sum')).toBe(4);
    machine.resize([1000]);
    machine.point[0] = 1.6;
    expect(momentum.step(0.1, 0, 'sum')).toBeCloseTo(2.56, 12);
    expect(machine.point[0]).toBeCloseTo(1.6 - 0.1 * (0.5 * 4 + 3.2), 12);
    const adam = machine.stepper({ kind: 'adam', rate: 0.1, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 });
    machine.point[0] = 3;
    adam.step(0.1, 0, 'sum');
    expect(machine.point[0]).toBeCloseTo(2.9, 6);
  });

  it('is of no use once disposed', () => {
    const machine = load(gather(3, {}), [1, 2, 4, 8], [0, 0, 0]);
    machine.dispose();
    expect(() => machine.forward()).toThrow('Disposed');
    expect(() => machine.resize([])).toThrow('Disposed');
  });
});
