/**
 * Random programs with loops, for tests: regions and scans in each other, in and out of lanes, places that are affine or
 * computed, lists and products. All values stay near 1 and all ops are smooth, so that differences are a fair judge.
 */
import type { OpName } from '../../src/ops/vocabulary.ts';
import { type LoopTape, sizesOf } from '../../src/tape/loops/layout.ts';
import type { Case } from './loop-sweeps.ts';
import { type Loop, loopTape, type S, type Stacked, type Term } from './loop-tapes.ts';

/** Numbers in [0, 1) from a seed (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

interface Known {
  readonly array: number;
  readonly shape: readonly S[];
}

interface Scope {
  readonly loop: Loop;
  readonly count: S;
  readonly around: Scope | undefined;
  readonly values: number[];
  readonly arrays: Known[];
}

export interface RandomOptions {
  readonly seed: number;
  /** Only ops that IEEE 754 rounds exactly, so that engines agree to the bit. */
  readonly exact?: boolean;
  /** Ops with gates and poles, too, and inputs of 0, −0, ∞, −∞ and NaN: exact ones. */
  readonly awkward?: boolean;
}

const SMOOTH: readonly OpName[] = ['add', 'sub', 'mul', 'sin', 'sigmoid', 'exp'];
const EXACT: readonly OpName[] = ['add', 'sub', 'mul', 'max', 'square'];
const GATES: readonly OpName[] = ['sqrt', 'relu', 'select', 'abs', 'div', 'floor', 'min', 'reciprocal'];
const OPERANDS: { readonly [op in OpName]?: number } = { add: 2, sub: 2, mul: 2, div: 2, max: 2, min: 2, select: 3 };

/** A program of parameters a (scalar), w (k), M (n × k), data x (n × k) and `place` (n whole numbers below k); one output. */
export function randomLoops({ seed, awkward = false, exact = awkward }: RandomOptions): LoopTape {
  const random = seeded(seed);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
  const t = loopTape();
  const [a, w, M, x, place] = [
    t.param('a'),
    t.param('w', ['k']),
    t.param('M', ['n', 'k']),
    t.data('x', ['n', 'k']),
    t.data('place', ['n']),
  ];
  const main: Scope = {
    loop: t.main,
    count: 1,
    around: undefined,
    values: [],
    arrays: [
      { array: w, shape: ['k'] },
      { array: M, shape: ['n', 'k'] },
      { array: x, shape: ['n', 'k'] },
    ],
  };
  main.values.push(t.main.load(a), t.main.constant(0.5));

  const visible = <K extends 'values' | 'arrays'>(scope: Scope, key: K): Scope[K] => {
    const all = [...scope[key]] as unknown[];
    for (let s = scope.around; s; s = s.around) all.push(...s[key]);
    return all as Scope[K];
  };
  /** Mostly of the innermost scope. */
  const value = (scope: Scope): number =>
    scope.values.length > 0 && random() < 0.7 ? pick(scope.values) : pick(visible(scope, 'values'));
  const loopsOver = (scope: Scope, extent: S): Loop[] => {
    const found: Loop[] = [];
    for (let s: Scope | undefined = scope; s?.around; s = s.around) if (s.count === extent) found.push(s.loop);
    return found;
  };

  /** The start of the last dimension of an array, the others being fixed somehow. */
  const rowOf = (scope: Scope, { shape }: Known, dims: number): [base: S, terms: Term[]] => {
    const terms: Term[] = [];
    for (let d = 0; d < dims; d++) {
      const by = shape.slice(d + 1).reduce<S>((product, extent) => (product === 1 ? extent : t.times(product, extent)), 1);
      const loops = loopsOver(scope, shape[d]!);
      const over = pick([...loops, ...loops, undefined]);
      if (over) terms.push([over, by]);
      else if (shape[d] === 'k' && random() < 0.3) {
        const row = loopsOver(scope, 'n')[0];
        if (row) terms.push([scope.loop.check(scope.loop.load(place, 0, [row, 1]), 'k'), by]);
      }
    }
    return [0, terms];
  };
  const calm = (scope: Scope, v: number): number =>
    scope.loop.op(exact ? 'clamp' : 'tanh', ...(exact ? [v, t.main.constant(-2), t.main.constant(2)] : [v]));

  const step = (scope: Scope, depth: number): void => {
    const { loop } = scope;
    const kind = random();
    if (kind < 0.35) {
      const word = pick(awkward && random() < 0.6 ? GATES : exact ? EXACT : SMOOTH);
      const args = Array.from({ length: OPERANDS[word] ?? 1 }, () => value(scope));
      const result = loop.op(word, ...args);
      scope.values.push(awkward && random() < 0.5 ? result : calm(scope, result));
    } else if (kind < 0.6) {
      const from = pick(visible(scope, 'arrays'));
      const [base, terms] = rowOf(scope, from, from.shape.length);
      scope.values.push(loop.load(from.array, base, ...terms));
    } else if (kind < 0.72) {
      const from = pick(visible(scope, 'arrays'));
      const [base, all] = rowOf(scope, from, from.shape.length - 1);
      const terms = all.filter(([of]) => typeof of !== 'number'); // only a load goes to computed places
      const op = pick(
        exact ? (['sum', 'dot', 'maxOf', 'prod'] as const) : (['sum', 'dot', 'norm', 'logsumexp', 'mean'] as const),
      );
      const view = loop.view(from.array, 1, base, ...terms);
      const last = from.shape[from.shape.length - 1]!;
      const second = last === 'k' ? loop.view(w) : view;
      scope.values.push(calm(scope, op === 'dot' ? loop.reduce(op, last, view, second) : loop.reduce(op, last, view)));
    } else if (kind < 0.78 && depth < 3 && random() < 0.4) {
      // a column of M or x, or w again and again, added up by places, some of which may be none
      const column = loopsOver(scope, 'k')[0];
      const from = random() < 0.2 ? loop.view(w, 0) : loop.view(pick([M, x]), 'k', 0, ...(column ? [[column, 1] as Term] : []));
      const extent = pick<S>(['k', 'k', 2]);
      scope.arrays.push({ array: loop.scatter(extent, 'n', from, loop.view(place)), shape: [extent] });
    } else if (kind < 0.78 && depth < 3) {
      const [rows, cols, rowBy, colBy] = pick([['n', 'k', 'k', 1], ['k', 'n', 1, 'k']] as const); // biome-ignore format: short
      const B = random() < 0.5 ? loop.view2(w, 1, 1) : undefined;
      const A = loop.view2(pick([M, x]), rowBy, colBy);
      if (B && cols === 'k') scope.arrays.push({ array: loop.contract(rows, 1, cols, A, B), shape: [rows] });
      else {
        const other = loop.view2(pick([M, x]), colBy, rowBy);
        const array = loop.contract(rows, rows, cols, A, other);
        scope.arrays.push({ array, shape: [rows, rows] });
      }
    } else if (depth < 3) nest(scope, depth);
  };

  const nest = (scope: Scope, depth: number): void => {
    const count = pick(['n', 'k', 'n', 3] as S[]);
    const fill = (loop: Loop, values: number[], arrays: Known[]): Scope => {
      const inner: Scope = { loop, count, around: scope, values, arrays };
      if (random() < 0.2) inner.values.push(loop.op('mul', loop.index(), t.main.constant(0.125)));
      for (let i = 0, steps = 3 + Math.floor(5 * random()); i < steps; i++) step(inner, depth + 1);
      if (inner.values.length === 0) inner.values.push(loop.op('mul', value(inner), value(inner)));
      return inner;
    };
    const vector = (inner: Scope): Known | undefined => inner.arrays.find(({ shape }) => shape.length === 1);
    const stacksOf = (inner: Scope): { stacked: Stacked[]; shapes: S[][] } => {
      const stacked: Stacked[] = random() < 0.6 ? [value(inner)] : [];
      const shapes: S[][] = stacked.map(() => [count]);
      const row = vector(inner);
      if (row && random() < 0.7) {
        stacked.push({ view: inner.loop.view(row.array), n: row.shape[0]! });
        shapes.push([count, row.shape[0]!]);
      }
      return { stacked, shapes };
    };
    let shapes: S[][] = [];
    if (random() < 0.6) {
      const { sums, stacks } = scope.loop.region(count, (loop) => {
        const inner = fill(loop, [], []);
        const results = stacksOf(inner);
        shapes = results.shapes;
        return { sums: random() < 0.8 || results.stacked.length === 0 ? [value(inner)] : [], stacks: results.stacked };
      });
      sums.forEach((v) => scope.values.push(calm(scope, v)));
      stacks.forEach((array, i) => scope.arrays.push({ array, shape: shapes[i]! }));
      return;
    }
    const carried = visible(scope, 'arrays').find(({ shape }) => shape.length === 1);
    const inits: Stacked[] = [value(scope)];
    if (carried && random() < 0.5) inits.push({ view: scope.loop.view(carried.array), n: carried.shape[0]! });
    const done = scope.loop.scan(count, inits, (loop, ...ins) => {
      const inner = fill(loop, [ins[0]!], inits.length > 1 ? [{ array: ins[1]!, shape: carried!.shape }] : []);
      const results = stacksOf(inner);
      shapes = results.shapes;
      const next: (number | ReturnType<Loop['view']>)[] = [
        calm(inner, loop.op('add', loop.op('mul', ins[0]!, t.main.constant(0.5)), value(inner))),
      ];
      if (inits.length > 1) {
        const same = inner.arrays.filter(({ shape }) => shape.length === 1 && shape[0] === carried!.shape[0]);
        next.push(loop.view(pick(same).array));
      }
      return { sums: random() < 0.5 ? [value(inner)] : [], stacks: results.stacked, next };
    });
    scope.values.push(done.carries[0]!);
    if (inits.length > 1) scope.arrays.push({ array: done.carries[1]!, shape: carried!.shape });
    done.sums.forEach((v) => scope.values.push(calm(scope, v)));
    done.stacks.forEach((array, i) => scope.arrays.push({ array, shape: shapes[i]! }));
  };

  for (let i = 0; i < 6; i++) step(main, 0);
  nest(main, 0);
  let out = main.values[0]!;
  for (const v of main.values.slice(1)) out = t.main.op('add', out, v);
  for (const { array, shape } of main.arrays.slice(3)) {
    const n = shape.reduce<S>((product, extent) => (product === 1 ? extent : t.times(product, extent)), 1);
    out = t.main.op('add', out, calm(main, t.main.reduce('sum', n, t.main.view(array))));
  }
  return t.tape(out);
}

/** Flat parameters and data for such a program. */
export function randomPoint(
  lengths: readonly string[],
  sizes: readonly number[],
  seed: number,
): { point: Float64Array; data: Float64Array } {
  const random = seeded(seed);
  const size = (name: string): number => sizes[lengths.indexOf(name)] ?? 1;
  const [n, k] = [size('n'), size('k')];
  const point = Float64Array.from({ length: 1 + k + n * k }, () => 2 * random() - 1);
  const data = Float64Array.from({ length: n * k + n }, (_, i) => (i < n * k ? 2 * random() - 1 : Math.floor(k * random())));
  return { point, data };
}

/** About how many instructions one forward sweep runs. */
export function effort(tape: LoopTape, lengths: readonly number[]): number {
  const sizes = sizesOf(tape, lengths);
  const times: number[] = [];
  return tape.bodies.reduce((sum, { parent, count, code }, body) => {
    times[body] = parent < 0 ? 1 : times[parent]! * sizes[count]!;
    const lists = code.reduce((total, it) => {
      if (it.kind === 'contract') return total + sizes[it.m]! * sizes[it.n]! * sizes[it.k]!;
      return total + (it.kind === 'reduce' || it.kind === 'copy' || it.kind === 'scatter' ? sizes[it.n]! : 1);
    }, 0);
    return sum + times[body]! * lists;
  }, 0);
}

const AWKWARD = [0, 0, 0, -0, 1, -1, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN];

/** A random program with inputs: the largest of some lengths that stay below `most` instructions. */
export function randomCase(options: RandomOptions, most: number): Case {
  const tape = randomLoops(options);
  for (const [n, k] of [
    [130, 2],
    [40, 3],
    [17, 3],
    [9, 4],
    [3, 4],
  ] as const) {
    const lengths = tape.lengths.map((name) => (name === 'n' ? n : k));
    if (n > 3 && effort(tape, lengths) > most) continue;
    const inputs = randomPoint(tape.lengths, lengths, options.seed);
    const random = seeded(options.seed + 1);
    const odd = (x: number): number => (options.awkward && random() < 0.3 ? AWKWARD[Math.floor(random() * AWKWARD.length)]! : x);
    const places = inputs.data.length - lengths[tape.lengths.indexOf('n')]!;
    return { tape, lengths, point: inputs.point.map(odd), data: inputs.data.map((x, i) => (i < places ? odd(x) : x)) };
  }
  throw new Error('unreachable');
}
