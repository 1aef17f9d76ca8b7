/** Programs with loops to test with: one of every kind of instruction, and random ones. */
import type { LoopTape } from '../../../src/tape/loops/layout.ts';
import { random } from '../../support/random-graph.ts';
import { type Loop, type LoopTapeBuilder, loopTape, type S } from '../../support/loop-tapes.ts';

export interface Example {
  readonly tape: LoopTape;
  readonly lengths: readonly number[];
  readonly point: Float64Array;
  readonly data: Float64Array;
}

/** Σ over rows of (X·w − y)², X n × 3. */
export function regression(): LoopTape {
  const t = loopTape();
  const w = t.param('w', [3]);
  const X = t.data('X', ['n', 3]);
  const y = t.data('y', ['n']);
  const { sums } = t.main.region('n', (row) => {
    const guess = row.reduce('dot', 3, row.view(X, 1, 0, [row, 3]), row.view(w));
    const off = t.name(row.op('sub', guess, row.load(y, 0, [row, 1])), 'off');
    return { sums: [row.op('square', off)] };
  });
  return t.tape(sums[0]!);
}

/** Every kind of instruction, nested loops, a scan that carries a number and an array, gathers. Lengths: m, n. */
export function everything(): LoopTape {
  const t = loopTape();
  const { main } = t;
  const A = t.param('A', ['m', 'n']);
  const s = t.param('s');
  const x = t.data('x', ['n']);
  const pick = t.data('pick', ['m']);
  const half = main.constant(0.5);
  const size = main.number('n');
  const product = main.contract('m', 1, 'n', main.view2(A, 'n', 1), main.view2(x, 1, 1)); // A·x
  const map = main.region('m', (i) => {
    const at = i.check(i.load(pick, 0, [i, 1]), 'n', 'element of x');
    const chosen = i.load(x, 0, [at, 1]);
    const place = t.checked(t.access(A, 0, [i, 'n']), 'm', 'row of A', 0, [i, 1]);
    const row = i.region('n', (j) => {
      const a = j.load(A, 0, [i, 'n'], [j, 1]);
      return { sums: [j.op('mul', a, chosen)], stacks: [j.op('sin', j.op('add', a, j.index()))] };
    });
    const best = i.check(i.reduce('argMin', 'n', i.view(place)), 'n', 'argMin');
    const total = i.op('add', row.sums[0]!, i.load(row.stacks[0]!, 0, [best, 1]));
    return { sums: [i.op('mul', total, half)], stacks: [{ view: i.view(row.stacks[0]!), n: 'n' }, total] };
  });
  const copied = main.local('n');
  main.copy('n', main.view(x), main.view(copied, -1, t.minus('n', 1)));
  const first = main.list(main.load(s), size, half);
  const scan = main.scan('m', [map.sums[0]!, { view: main.view(first), n: 3 }], (i, z, v) => {
    const turned = i.list(i.load(v, 1), i.load(v, 2), i.op('mul', i.load(v, 0), z));
    const next = t.name(i.op('tanh', i.op('add', z, i.load(product, 0, [i, 1]))), 'state');
    return { next: [next, i.view(turned)], stacks: [next], sums: [i.reduce('logsumexp', 'n', i.view(copied))] };
  });
  const end = main.op('add', scan.carries[0]!, scan.sums[0]!);
  return t.tape({
    end: { value: t.name(end, 'end') },
    all: { array: map.stacks[0]!, shape: ['m', 'n'] },
    states: { array: scan.stacks[0]!, shape: ['m'] },
    carried: { array: scan.carries[1]!, shape: [3] },
    A: { array: A, shape: ['m', 'n'] },
    totals: { array: map.stacks[1]!, shape: ['m'] },
  });
}

export function everythingExample(): Example {
  return {
    tape: everything(),
    lengths: [2, 3],
    point: Float64Array.of(0.3, -0.2, 0.9, 0.1, 0.8, -0.6, 1.25), // A, s
    data: Float64Array.of(0.5, -1.5, 2, 2, 0), // x, pick
  };
}

interface Known {
  readonly array: number;
  /** Elements are rows of `each`. */
  readonly rows: number | 'n';
  readonly each: number;
}

/**
 * A random program of one number: values, lists, loops in loops, scans, gathers by data and by argMin. Its arrays are read
 * within their bounds for every n ≥ 1.
 */
export function randomProgram(seed: number): Example {
  const next = random(seed);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(next() * list.length)]!;
  const t = loopTape();
  const inputs: Known[] = [
    { array: t.param('w', [3]), rows: 3, each: 1 },
    { array: t.param('M', ['n', 2]), rows: 'n', each: 2 },
    { array: t.param('s'), rows: 1, each: 1 },
    { array: t.data('x', ['n']), rows: 'n', each: 1 },
    { array: t.data('D', ['n', 3]), rows: 'n', each: 3 },
    { array: t.data('c'), rows: 1, each: 1 },
  ];
  const index = t.data('index', ['n']); // whole numbers below n
  const n = 1 + Math.floor(next() * 4);
  let left = 6 + Math.floor(next() * 30);

  const element = (b: Loop, scope: Scope, { array, rows, each }: Known): number => {
    const base = Math.floor(next() * each);
    const loops = scope.loops.filter(({ count }) => count === rows);
    if (next() < 0.3) {
      const [from, extent] = next() < 0.5 ? [index, 'n' as const] : [undefined, rows];
      const at = from === undefined ? b.reduce('argMax', rows, b.view(array, each, base)) : indexAt(b, scope);
      if (extent === rows) return b.load(array, base, [b.check(at, extent), each]);
    }
    if (loops.length > 0 && next() < 0.8) {
      const { loop } = pick(loops);
      return next() < 0.5
        ? b.load(array, base, [loop, each])
        : b.load(array, t.plus(t.times(t.minus(rows, 1), each), base), [loop, -each]); // from the end
    }
    return b.load(array, rows === 'n' ? base : base + each * Math.floor(next() * rows));
  };
  const indexAt = (b: Loop, scope: Scope): number => {
    const loops = scope.loops.filter(({ count }) => count === 'n');
    return loops.length > 0 ? b.load(index, 0, [pick(loops).loop, 1]) : b.load(index, 0);
  };
  const view = (b: Loop, scope: Scope, { array, rows, each }: Known): { view: ReturnType<Loop['view']>; n: S } => {
    const kind = next();
    if (kind < 0.3 && each > 1) {
      const at = b.check(indexAt(b, scope), 'n');
      if (rows === 'n') return { view: b.view(array, 1, 0, [at, each]), n: each };
    }
    if (kind < 0.5) return { view: b.view(array, -each, t.times(t.minus(rows, 1), each)), n: rows };
    if (kind < 0.8) return { view: b.view(array, each, Math.floor(next() * each)), n: rows };
    return { view: b.view(array), n: t.times(rows, each) };
  };

  const write = (b: Loop, scope: Scope): void => {
    for (let steps = 2 + Math.floor(next() * 5); steps > 0 && left > 0; steps--, left--) {
      const kind = next();
      const value = (): number => pick(scope.values);
      if (kind < 0.2) scope.values.push(b.op(pick(['add', 'sub', 'mul', 'min', 'max']), value(), value()));
      else if (kind < 0.3) scope.values.push(b.op(pick(['sin', 'tanh', 'neg', 'sigmoid']), value()));
      else if (kind < 0.5) scope.values.push(element(b, scope, pick(scope.arrays)));
      else if (kind < 0.6) {
        const { view: list, n } = view(b, scope, pick(scope.arrays));
        scope.values.push(b.reduce(pick(['sum', 'mean', 'prod', 'norm', 'logsumexp', 'maxOf']), n, list));
      } else if (kind < 0.65) scope.arrays.push({ array: b.list(value(), value()), rows: 2, each: 1 });
      else if (kind < 0.7) {
        const from = pick(scope.arrays);
        const array = b.local(t.times(from.rows, from.each));
        b.copy(t.times(from.rows, from.each), b.view(from.array), b.view(array));
        scope.arrays.push({ ...from, array });
      } else if (kind < 0.75) {
        const [p, q] = [pick(scope.arrays), pick(scope.arrays.filter(({ rows }) => rows !== 'n'))];
        const k = Math.min(p.each, q.rows as number); // p's first k columns by q's first k rows
        const array = b.contract(p.rows, q.each, k, b.view2(p.array, p.each, 1), b.view2(q.array, q.each, 1));
        scope.arrays.push({ array, rows: p.rows, each: q.each });
      } else if (scope.loops.length < 3) {
        const count = pick(['n', 'n', 2, 3, 0] as const);
        const inner = (loop: Loop): Scope => {
          const around = { values: [...scope.values], arrays: [...scope.arrays], loops: [...scope.loops, { loop, count }] };
          around.values.push(loop.index());
          return around;
        };
        if (kind < 0.9) {
          let listed: Known | undefined;
          const { sums, stacks } = b.region(count, (loop) => {
            const own = inner(loop);
            write(loop, own);
            listed = pick(own.arrays.filter(({ rows }) => rows !== 'n'));
            const size = (listed.rows as number) * listed.each;
            return { sums: [pick(own.values)], stacks: [pick(own.values), { view: loop.view(listed.array), n: size }] };
          });
          scope.values.push(sums[0]!);
          if (count !== 0) {
            scope.arrays.push({ array: stacks[0]!, rows: count, each: 1 });
            scope.arrays.push({ array: stacks[1]!, rows: count, each: (listed!.rows as number) * listed!.each });
          }
        } else {
          const from = pick(scope.arrays.filter(({ rows }) => rows !== 'n'));
          const size = (from.rows as number) * from.each;
          const { carries, stacks } = b.scan(count, [value(), { view: b.view(from.array), n: size }], (loop, z, v) => {
            const own = inner(loop);
            own.values.push(z, z);
            own.arrays.push({ array: v, rows: size, each: 1 });
            write(loop, own);
            const handed = own.arrays.filter(({ rows, each }) => rows !== 'n' && rows * each === size);
            const going = loop.op('tanh', pick(own.values));
            return { next: [going, loop.view(pick(handed).array)], stacks: [z] };
          });
          scope.values.push(carries[0]!);
          scope.arrays.push({ array: carries[1]!, rows: size, each: 1 });
          if (count !== 0) scope.arrays.push({ array: stacks[0]!, rows: count, each: 1 });
        }
      }
    }
  };
  const main: Scope = { values: [t.main.constant(0.5), t.main.number('n')], arrays: inputs, loops: [] };
  write(t.main, main);
  const out = main.values.slice(-3).reduce((sum, value) => t.main.op('add', sum, value));
  const numbers = (count: number): number[] => Array.from({ length: count }, () => next() * 2 - 1);
  return {
    tape: t.tape(t.name(out, 'out')),
    lengths: [n],
    point: Float64Array.from(numbers(3 + 2 * n + 1)),
    data: Float64Array.from([...numbers(n + 3 * n + 1), ...Array.from({ length: n }, () => Math.floor(next() * n))]),
  };
}

interface Scope {
  readonly values: number[];
  readonly arrays: Known[];
  readonly loops: readonly { readonly loop: Loop; readonly count: number | 'n' }[];
}

export type { LoopTapeBuilder };
