/** A LoopTape run naively, in plain numbers: no lanes, no frames, sums from the first to the last. What programs with loops mean. */
import { fail } from '../../src/errors.ts';
import { listOpValue, opValue } from '../../src/ops/single.ts';
import {
  type Access,
  type Affine,
  ARG_MAX,
  ARG_MIN,
  type Instruction,
  type LoopTape,
  type Stack,
  sizesOf,
  type View,
  type View2,
} from '../../src/tape/loops/layout.ts';

/** The outputs, flat, for these lengths (in the order of tape.lengths), parameters and data. @throws OutOfRange */
export function evaluateLoops(
  tape: LoopTape,
  lengths: readonly number[],
  point: ArrayLike<number>,
  data: ArrayLike<number>,
): Float64Array[] {
  const sizes = sizesOf(tape, lengths);
  const values = new Float64Array(tape.values).fill(Number.NaN);
  const iteration = new Float64Array(tape.bodies.length);
  const next = { param: 0, data: 0 };
  const arrays = tape.blocks.map(({ kind, size }) => {
    const n = sizes[size]!;
    if (kind === 'local') return new Float64Array(n).fill(Number.NaN);
    const from = next[kind];
    next[kind] += n;
    return Float64Array.from({ length: n }, (_, i) => (kind === 'param' ? point : data)[from + i]!);
  });

  const place = ({ base, terms, picks }: Affine): number =>
    sizes[base]! +
    terms.reduce((sum, { body, by }) => sum + sizes[by]! * iteration[body]!, 0) +
    picks.reduce((sum, { value, by }) => sum + sizes[by]! * values[value]!, 0);
  const inside = (x: number, extent: number, what: string): number =>
    Number.isInteger(x) && x >= 0 && x < extent ? x : fail('OutOfRange', `${what}: index ${x} of ${extent}`);
  const start = ({ at, checks }: Access): number => {
    for (const check of checks) inside(place(check.at), sizes[check.extent]!, check.what);
    return place(at);
  };
  const get = (array: number, at: number): number => arrays[array]![inside(at, arrays[array]!.length, `array ${array}`)]!;
  const set = (array: number, at: number, x: number): void => {
    arrays[array]![inside(at, arrays[array]!.length, `array ${array}`)] = x;
  };
  const elements = ({ from, by }: View, n: number): number[] => {
    const first = n > 0 ? start(from) : 0;
    return Array.from({ length: n }, (_, e) => get(from.array, first + e * sizes[by]!));
  };
  const matrix = ({ from, rowBy, colBy }: View2, m: number, n: number): number[][] => {
    const first = m * n > 0 ? start(from) : 0;
    return Array.from({ length: m }, (_, i) =>
      Array.from({ length: n }, (_, j) => get(from.array, first + i * sizes[rowBy]! + j * sizes[colBy]!)),
    );
  };
  const stack = (given: Stack, i: number): void => {
    if ('value' in given) return set(given.into, i, values[given.value]!);
    const n = sizes[given.n]!;
    for (const [e, x] of elements(given.view, n).entries()) set(given.into, i * n + e, x);
  };

  const loop = (instruction: Extract<Instruction, { kind: 'region' | 'scan' }>): void => {
    const { body, sums, stacks } = instruction;
    const carries = instruction.kind === 'scan' ? instruction.carries : [];
    const totals = sums.map(() => (sizes[tape.bodies[body]!.count]! > 0 ? -0 : 0)); // the sum of −0 is −0
    let carried = carries.map((c) => (c.kind === 'number' ? [values[c.init]!] : elements(c.init, sizes[c.n]!)));
    for (let i = 0; i < sizes[tape.bodies[body]!.count]!; i++) {
      iteration[body] = i;
      carries.forEach((c, j) => {
        if (c.kind === 'number') values[c.in] = carried[j]![0]!;
        else arrays[c.in]!.set(carried[j]!);
      });
      run(body);
      sums.forEach(({ value }, j) => {
        totals[j]! += values[value]!;
      });
      for (const given of stacks) stack(given, i);
      carried = carries.map((c) => (c.kind === 'number' ? [values[c.next]!] : elements(c.next, sizes[c.n]!)));
    }
    sums.forEach(({ out }, j) => {
      values[out] = totals[j]!;
    });
    carries.forEach((c, j) => {
      if (c.kind === 'number') values[c.out] = carried[j]![0]!;
      else arrays[c.out]!.set(carried[j]!);
    });
  };

  const run = (body: number): void => {
    for (const x of tape.bodies[body]!.code) {
      if (x.kind === 'constant') values[x.out] = x.value;
      else if (x.kind === 'size') values[x.out] = sizes[x.size]!;
      else if (x.kind === 'index') values[x.out] = iteration[body]!;
      else if (x.kind === 'op')
        values[x.out] = opValue(x.op, values[x.args[0]!]!, values[x.args[1] ?? 0]!, values[x.args[2] ?? 0]!);
      else if (x.kind === 'load') values[x.out] = get(x.from.array, start(x.from));
      else if (x.kind === 'check') values[x.out] = inside(values[x.a]!, sizes[x.extent]!, x.what);
      else if (x.kind === 'store') set(x.into.array, start(x.into), values[x.a]!);
      else if (x.kind === 'copy') {
        const first = sizes[x.n]! > 0 ? start(x.into.from) : 0;
        for (const [e, value] of elements(x.from, sizes[x.n]!).entries())
          set(x.into.from.array, first + e * sizes[x.into.by]!, value);
      } else if (x.kind === 'reduce') {
        const n = sizes[x.n]!;
        values[x.out] = reduction(x.op, elements(x.a, n), x.b && elements(x.b, n));
      } else if (x.kind === 'contract') {
        const [m, n, k] = [sizes[x.m]!, sizes[x.n]!, sizes[x.k]!];
        const a = matrix(x.a, m, k);
        const b = matrix(x.b, k, n);
        for (let i = 0; i < m; i++)
          for (let j = 0; j < n; j++)
            set(
              x.array,
              i * n + j,
              a[i]!.reduce((sum, y, l) => sum + y * b[l]![j]!, k > 0 ? -0 : 0), // of −0 it is −0
            );
      } else if (x.kind === 'scatter') {
        const m = sizes[tape.blocks[x.array]!.size]!;
        const sums = new Array<number>(m).fill(0);
        const from = elements(x.from, sizes[x.n]!);
        for (const [e, i] of elements(x.at, sizes[x.n]!).entries()) if (i in sums) sums[i]! += from[e]!;
        for (const [i, sum] of sums.entries()) set(x.array, i, sum);
      } else loop(x);
    }
  };

  run(0);
  return tape.outputs.map(({ from }) => ('value' in from ? Float64Array.of(values[from.value]!) : arrays[from.array]!));
}

/** A list op, or the place of the smallest or largest element: the first of them, or the first NaN. */
function reduction(op: number, a: readonly number[], b: readonly number[] = []): number {
  if (op !== ARG_MIN && op !== ARG_MAX) return listOpValue(op, a.length, Float64Array.of(...a, ...b));
  if (a.length === 0) fail('OutOfRange', 'argMin or argMax of an empty list');
  let best = 0;
  for (let i = 0; i < a.length && !Number.isNaN(a[best]!); i++)
    if (Number.isNaN(a[i]!) || (op === ARG_MIN ? a[i]! < a[best]! : a[i]! > a[best]!)) best = i;
  return best;
}
