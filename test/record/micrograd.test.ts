/** `wengert/micrograd` against micrograd's own two tests, its ways, and the contestant of the benchmarks. */
import { describe, expect, it, vi } from 'vitest';
import { moons } from '../../bench/problems/network.ts';
import { irregular } from '../../bench/problems/irregular.ts';
import { micrograd } from '../../bench/contestants/micrograd.ts';
import { values } from '../../bench/contestants/recorded.ts';
import { core } from '../../src/engine/interpreter/core.ts';
import { exp, max, sum, type WengertError } from '../../src/index.ts';
import { Layer, MLP, Neuron, Value } from '../../src/micrograd/index.ts';
import { Random } from '../../src/optimize/random.ts';

describe("micrograd's own tests", () => {
  it('sanity check', () => {
    const x = new Value(-4);
    const z = x.mul(2).add(2).add(x);
    const q = z.relu().add(z.mul(x));
    const h = z.mul(z).relu();
    const y = h.add(q).add(q.mul(x));
    y.backward();
    expect(y.data).toBe(-20);
    expect(x.grad).toBe(46);
  });

  it('more ops', () => {
    const [a, b] = [new Value(-4), new Value(2)];
    let c = a.add(b);
    let d = a.mul(b).add(b.pow(3));
    c = c.add(c.add(1));
    c = c.add(new Value(1).add(c).add(a.neg()));
    d = d.add(d.mul(2).add(b.add(a).relu()));
    d = d.add(d.mul(3).add(b.sub(a).relu()));
    const e = c.sub(d);
    const f = e.pow(2);
    let g = f.div(2);
    g = g.add(new Value(10).div(f));
    g.backward();
    expect(g.data).toBeCloseTo(24.70408163265306, 13);
    expect(a.grad).toBeCloseTo(138.83381924198252, 11);
    expect(b.grad).toBeCloseTo(645.5772594752186, 11);
  });
});

describe('Value', () => {
  it('has grads at every value, the root 1', () => {
    const x = new Value(3);
    const y = x.mul(2);
    const z = y.square();
    expect([x.grad, y.grad, z.grad]).toEqual([0, 0, 0]);
    z.backward();
    expect([x.grad, y.grad, z.grad]).toEqual([24, 12, 1]);
    expect(String(x)).toBe('Value(data=3, grad=24)');
    expect(String(z)).toBe('Value(data=36, grad=1)');
    x.backward();
    expect(x.grad).toBe(1);
  });

  it('adds up grads of leaves until they are set to 0', () => {
    const x = new Value(3);
    for (const expected of [6, 12]) {
      x.square().backward();
      expect(x.grad).toBe(expected);
    }
    x.grad = 0;
    x.mul(5).backward();
    expect(x.grad).toBe(5);
  });

  it('passes on what an earlier backward left at intermediate values, as micrograd does', () => {
    const a = new Value(2);
    const b = a.mul(3);
    const c = b.mul(4);
    c.backward();
    expect([a.grad, b.grad, c.grad]).toEqual([12, 4, 1]);
    c.backward();
    expect([a.grad, b.grad, c.grad]).toEqual([36, 8, 1]);
    const d = b.mul(10); // on a later sheet
    d.backward();
    expect([a.grad, b.grad, c.grad]).toEqual([36 + 3 * 18, 18, 1]);
    b.grad = 0;
    a.grad = 0;
    d.backward();
    expect([a.grad, b.grad]).toEqual([30, 10]);
  });

  it('goes back through values of earlier graphs', () => {
    const [x, y] = [new Value(2), new Value(5)];
    const h = x.mul(y);
    const first = h.add(1);
    first.backward();
    x.grad = y.grad = h.grad = 0;
    const second = h.mul(h).add(x);
    new Value(1).add(1).backward();
    const third = second.mul(first).mul(y); // (x²y² + x)(xy + 1)y
    third.backward();
    expect(third.data).toBe((100 + 2) * 11 * 5);
    const [a, b] = [2, 5];
    // first.grad is 1 from before, and so counts once more: ∂first/∂x = y, ∂first/∂y = x
    expect(x.grad).toBeCloseTo((2 * a * b * b + 1) * 11 * 5 + 102 * b * 5 + b, 9);
    expect(y.grad).toBeCloseTo(2 * a * a * b * 11 * 5 + 102 * a * 5 + 102 * 11 + a, 9);
  });

  it('keeps what was computed before its data changed', () => {
    const x = new Value(3);
    const before = x.square();
    x.data = 10;
    const after = x.square();
    expect([before.data, after.data]).toEqual([9, 100]);
    before.backward();
    expect(x.grad).toBe(6);
    x.grad = 0;
    after.backward();
    expect(x.grad).toBe(20);
    const product = x.mul(2);
    product.data = 7; // not a leaf: only what comes later sees it
    expect(product.add(1).data).toBe(8);
  });

  it('takes numbers, and the functions of the vocabulary', () => {
    const x = new Value(0.5);
    const y = exp(x)
      .add(max(x, 0.1))
      .add(sum([x, x, 1]));
    y.backward();
    expect(y.data).toBe(Math.exp(0.5) + 0.5 + 2);
    expect(x.grad).toBeCloseTo(Math.exp(0.5) + 3, 15);
    expect(new Value(0.3).tanh().data).toBeCloseTo(Math.tanh(0.3), 15);
    expect(new Value(2).pow(-1).data).toBe(0.5);
    expect(sum([new Value(1), new Value(2)]).data).toBe(3);
  });

  it('refuses operators of JavaScript, and what is no number', () => {
    const code = (run: () => unknown): string => {
      try {
        run();
      } catch (error) {
        return (error as WengertError).code;
      }
      return 'nothing';
    };
    const x = new Value(1);
    expect(code(() => (x as unknown as number) + 1)).toBe('WrongType');
    expect(code(() => new Value('1' as never))).toBe('WrongType');
    expect(code(() => x.add('1' as never))).toBe('WrongType');
    expect(code(() => (x.data = '1' as never))).toBe('WrongType');
    expect(code(() => sum([x, undefined as never]))).toBe('WrongType');
    expect(`${x}`).toBe('Value(data=1, grad=0)');
  });

  it('keeps gates closed, across sheets too', () => {
    const x = new Value(-1);
    const h = x.relu();
    new Value(1).add(1).backward(); // ends the sheet
    const y = h.sqrt().add(x);
    y.backward();
    expect(x.grad).toBe(1);
  });

  it('agrees with the contestant, over one sheet and many', () => {
    for (const problem of [moons(3), moons(3, 'tanh'), irregular(3000), moons(250)]) {
      const [mine, theirs] = [new Float64Array(problem.point.length), new Float64Array(problem.point.length)];
      const value = values(problem)(problem.point, mine);
      expect(value).toBeCloseTo(micrograd(problem)(problem.point, theirs), 10);
      const size = Math.max(...theirs.map(Math.abs));
      mine.forEach((d, i) => expect(Math.abs(d - theirs[i]!)).toBeLessThan(1e-12 * size));
    }
  });

  it('is not limited by depth', () => {
    const x = new Value(1);
    let y = x;
    for (let i = 0; i < 1_000_000; i++) y = y.add(x);
    y.backward();
    expect([y.data, x.grad]).toEqual([1_000_001, 1_000_001]);
  });

  it('needs no more memory of the core than one sheet', () => {
    const x = new Value(1);
    const run = (): void => {
      let y = x;
      for (let i = 0; i < 200_000; i++) y = y.mul(0.5).add(x);
      y.backward();
    };
    run();
    const used = core().arena.used();
    for (let i = 0; i < 5; i++) run();
    expect(core().arena.used()).toBe(used);
  });
});

describe('networks', () => {
  it('are the same for the same seed', () => {
    const weights = (seed: number) => new MLP(2, [3, 1], { seed }).parameters().map((p) => p.data);
    expect(weights(1)).toEqual(weights(1));
    expect(weights(1)).not.toEqual(weights(2));
    expect(weights(1).length).toBe(13);
    expect(weights(1).every((w) => Math.abs(w) < 1)).toBe(true);
    expect(new Neuron(2).w[0]!.data).not.toBe(new Neuron(2).w[0]!.data);
  });

  it('describe themselves as in micrograd', () => {
    expect(String(new MLP(1, [2, 1]))).toBe('MLP of [Layer of [ReLUNeuron(1), ReLUNeuron(1)], Layer of [LinearNeuron(2)]]');
    expect(String(new Layer(3, 1, false))).toBe('Layer of [LinearNeuron(3)]');
  });

  it('learn the two moons', () => {
    const random = new Random(5);
    const points = Array.from({ length: 60 }, (_, i) => {
      const [angle, label] = [Math.PI * random.uniform(), i % 2 === 0 ? 1 : -1];
      const [x, y] = label > 0 ? [Math.cos(angle), Math.sin(angle)] : [1 - Math.cos(angle), 0.5 - Math.sin(angle)];
      return { x: [x + 0.1 * random.normal(), y + 0.1 * random.normal()], label };
    });
    const model = new MLP(2, [16, 16, 1], { seed: 3 });
    const scores = (): Value[] => points.map(({ x }) => model.forward(x)[0]!);
    const losses: number[] = [];
    for (let step = 0; step < 60; step++) {
      const hinges = scores().map((score, i) => score.mul(-points[i]!.label).add(1).relu());
      const squares = model.parameters().map((p) => p.square());
      const loss = sum(hinges).div(points.length).add(sum(squares).mul(1e-4));
      model.zero_grad();
      loss.backward();
      for (const p of model.parameters()) p.data -= (1 - 0.9 * (step / 60)) * 0.5 * p.grad;
      losses.push(loss.data);
    }
    const right = scores().filter((score, i) => Math.sign(score.data) === points[i]!.label).length;
    expect(losses.at(-1)).toBeLessThan(0.25 * losses[0]!);
    expect(right).toBeGreaterThanOrEqual(58);
  });
});

it('works where there is no WebAssembly', async () => {
  const run = async (): Promise<number[]> => {
    vi.resetModules();
    const { MLP, Value } = await import('../../src/micrograd/index.ts');
    const model = new MLP(3, [8, 8, 1], { seed: 4 });
    const loss = model
      .forward([0.5, new Value(-1), 2])[0]!
      .sub(1)
      .square();
    loss.backward();
    return [loss.data, ...model.parameters().map((p) => p.grad)];
  };
  const expected = await run();
  vi.stubGlobal('WebAssembly', undefined);
  try {
    expect(await run()).toEqual(expected);
  } finally {
    vi.unstubAllGlobals();
    vi.resetModules();
  }
});
