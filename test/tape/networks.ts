/** Seeded graphs as users build them: scalar networks over data points, Rosenbrock's valley, chains, tangles. */
import { OP } from '../../src/ops/vocabulary.ts';
import { type StandIn, standIn } from './standin.ts';

/** Linear congruential generator: numbers in [-1, 1). */
export function generator(seed = 42): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state / 4294967296) * 2 - 1;
  };
}

export interface Problem {
  readonly g: StandIn;
  readonly output: number;
  readonly point: Float64Array;
}

/** The moons network of 2-16-16-1 neurons, hinge loss over `points` data points, as micrograd writes it; or with the points as inputs. */
export function moons(points: number, act: 'relu' | 'tanh' = 'relu', known: 'constant' | 'data' | 'param' = 'constant'): Problem {
  const g = standIn(700 * points + 1000);
  const random = generator();
  const layers = [[2, 16], [16, 16], [16, 1]] as const; // biome-ignore format: a list
  const start: number[] = [];
  const input = (value: number): number => {
    start.push(value);
    return g.param();
  };
  const given = (value: number): number =>
    known === 'constant' ? g.constant(value) : known === 'data' ? g.data() : input(value);
  const neurons = layers.map(([n, m]) =>
    Array.from({ length: m }, () => ({ w: Array.from({ length: n }, () => input(random())), b: input(0) })),
  );
  let total = -1;
  for (let i = 0; i < points; i++) {
    let h = [given(random()), given(random())];
    const y = given(random() > 0 ? 1 : -1);
    neurons.forEach((layer, depth) => {
      h = layer.map(({ w, b }) => {
        let s = b;
        w.forEach((wi, k) => {
          s = g.node(OP.add, s, g.node(OP.mul, wi, h[k]!));
        });
        return depth < 2 ? g.node(OP[act], s) : s;
      });
    });
    const loss = g.node(OP.relu, g.node(OP.sub, g.constant(1), g.node(OP.mul, y, h[0]!)));
    total = total < 0 ? loss : g.node(OP.add, total, loss);
  }
  let decay = -1;
  for (const x of g.params.slice(0, 337)) {
    const s = g.node(OP.square, x);
    decay = decay < 0 ? s : g.node(OP.add, decay, s);
  }
  const output = g.node(OP.add, g.node(OP.mul, total, g.constant(1 / points)), g.node(OP.mul, decay, g.constant(1e-4)));
  return { g, output, point: Float64Array.from(start) };
}

/** Rosenbrock's function in n dimensions. */
export function rosenbrock(n: number): Problem {
  const g = standIn(8 * n);
  const random = generator();
  const x = Array.from({ length: n }, () => g.param());
  let total = -1;
  for (let i = 0; i + 1 < n; i++) {
    const u = g.node(OP.square, g.node(OP.sub, x[i + 1]!, g.node(OP.square, x[i]!)));
    const v = g.node(OP.square, g.node(OP.sub, g.constant(1), x[i]!));
    const s = g.node(OP.add, g.node(OP.mul, g.constant(100), u), v);
    total = total < 0 ? s : g.node(OP.add, total, s);
  }
  return { g, output: total, point: Float64Array.from(x, random) };
}

/** x + x + x + … : n additions, each reading the one before. */
export function chain(n: number): Problem {
  const g = standIn(n + 1);
  const x = g.param();
  let s = x;
  for (let i = 0; i < n; i++) s = g.node(OP.add, s, x);
  return { g, output: s, point: Float64Array.of(1 / 3) };
}

/** n nodes of add, sub, mul by a small constant, tanh over operands drawn from the `near` latest: no structure at all. */
export function tangle(n: number, near = 1000): Problem {
  const g = standIn(n + 100);
  const random = generator(7);
  const p = 64;
  for (let i = 0; i < p; i++) g.param();
  const half = g.constant(0.5);
  let size = p + 1;
  const pick = (): number => Math.max(0, size - 1 - Math.floor(Math.abs(random()) * Math.min(size, near)));
  while (size < n + p + 1) {
    const r = Math.abs(random());
    if (r < 0.3) g.node(OP.add, pick(), pick());
    else if (r < 0.5) g.node(OP.sub, pick(), pick());
    else if (r < 0.8) g.node(OP.mul, half, pick());
    else g.node(OP.tanh, pick());
    size++;
  }
  // keep everything alive: what nothing reads goes into one sum
  const graph = g.graph();
  const read = new Uint8Array(size);
  for (let i = 0; i < size; i++) {
    if (graph.op[i]! <= OP.constant) continue;
    read[graph.a[i]!] = 1;
    if (graph.op[i] !== OP.tanh) read[graph.b[i]!] = 1;
  }
  const loose: number[] = [];
  for (let i = p + 1; i < size; i++) if (!read[i]) loose.push(i);
  return { g, output: g.list(OP.sum, loose), point: Float64Array.from({ length: p }, random) };
}
