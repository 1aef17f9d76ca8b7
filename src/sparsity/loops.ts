/**
 * The pattern of the Jacobian of a program with loops: every iteration is gone through, with sets of parameters for numbers.
 * Indices that are computed from data are computed here, too, so what is gathered by them is known exactly; an index that
 * depends on parameters may be any, and what it picks depends on the whole array.
 */
import { fail } from '../errors.ts';
import { listOpValue, opValue } from '../ops/single.ts';
import { OP } from '../ops/vocabulary.ts';
import { ARG_MAX, ARG_MIN, type Access, type Instruction, type LoopTape, type SizeId, sizesOf, type View, type View2 } from '../tape/loops/layout.ts'; // biome-ignore format: one line
import { passes } from './passes.ts';
import { type Pattern, Sets } from './sets.ts';

type Loop = Extract<Instruction, { kind: 'region' | 'scan' }>;
type Result = Exclude<Extract<Instruction, { readonly out: number }>, { kind: 'region' | 'scan' }>;

/** Numbers side by side: what each depends on, and which number it is; NaN: not known. */
interface List {
  readonly sets: Int32Array;
  readonly numbers: Float64Array;
}

/** @param data the data that is bound, flat. O(steps of a forward sweep), about a hundred times what that takes */
export function patternOfLoops(tape: LoopTape, lengths: readonly number[], data: Float64Array): Pattern {
  return new Dependence(tape, lengths, data).run();
}

/** Does some place depend on numbers that are computed? */
export function computesPlaces({ bodies }: LoopTape): boolean {
  return bodies.some(({ code }) => code.some((it) => it.kind === 'check' || it.kind === 'scatter'));
}

class Dependence {
  readonly #tape: LoopTape;
  readonly #sizes: Float64Array;
  readonly #sets: Sets;
  /** By value. */
  readonly #of: Int32Array;
  readonly #number: Float64Array;
  readonly #arrays: List[];
  readonly #iteration: Float64Array;
  /** Local arrays by body. */
  readonly #locals: readonly number[][];
  /** Some place depends on computed numbers; otherwise there is no need to know them. */
  readonly #computes: boolean;

  constructor(tape: LoopTape, lengths: readonly number[], data: Float64Array) {
    this.#tape = tape;
    this.#sizes = sizesOf(tape, lengths);
    this.#of = new Int32Array(tape.values);
    this.#number = new Float64Array(tape.values).fill(Number.NaN);
    this.#iteration = new Float64Array(tape.bodies.length);
    this.#computes = computesPlaces(tape);
    this.#locals = tape.bodies.map((_, body) => tape.blocks.flatMap((block, i) => (block.kind === 'local' && block.body === body ? [i] : []))); // biome-ignore format: one line
    const sizeOf = (size: SizeId): number => this.#sizes[size]!;
    const params = tape.blocks.filter(({ kind }) => kind === 'param');
    this.#sets = new Sets(params.reduce((sum, { size }) => sum + sizeOf(size), 0));
    let [parameter, datum] = [0, 0];
    this.#arrays = tape.blocks.map(({ kind, size }) => {
      if (kind === 'local') return list(0);
      const array = list(sizeOf(size));
      if (kind === 'param') for (let e = 0; e < array.sets.length; e++) array.sets[e] = this.#sets.single(parameter++);
      else {
        array.numbers.set(data.subarray(datum, datum + array.sets.length));
        datum += array.sets.length;
      }
      return array;
    });
  }

  run(): Pattern {
    this.#enter(0);
    this.#run(0);
    const outputs = this.#tape.outputs.flatMap(({ from }) =>
      'value' in from ? [this.#of[from.value]!] : Array.from(this.#arrays[from.array]!.sets),
    );
    return this.#sets.pattern(outputs);
  }

  /** The arrays of a body are new in each iteration. */
  #enter(body: number): void {
    for (const array of this.#locals[body]!) {
      const n = this.#sizes[this.#tape.blocks[array]!.size]!;
      const { sets } = this.#arrays[array]!;
      if (sets.length !== n) this.#arrays[array] = list(n);
    }
  }

  /** One iteration of a body, or main. */
  #run(body: number): void {
    for (const it of this.#tape.bodies[body]!.code) {
      if (it.kind === 'region' || it.kind === 'scan') this.#loop(it);
      else if ('out' in it) this.#result(it, body);
      else this.#move(it);
    }
  }

  #loop(it: Loop): void {
    const { body, sums, stacks } = it;
    const carries = it.kind === 'scan' ? it.carries : [];
    const totals = sums.map(() => ({ set: 0, number: 0 }));
    let carried = carries.map((c) => (c.kind === 'number' ? this.#one(c.init) : this.#view(c.init, c.n)));
    for (let i = 0, n = this.#sizes[this.#tape.bodies[body]!.count]!; i < n; i++) {
      this.#iteration[body] = i;
      this.#enter(body);
      carries.forEach((c, j) => {
        if (c.kind === 'number') this.#set(c.in, carried[j]!.sets[0]!, carried[j]!.numbers[0]!);
        else this.#fill(c.in, 0, 1, carried[j]!);
      });
      this.#run(body);
      sums.forEach(({ value }, j) => {
        totals[j]!.set = this.#sets.union(totals[j]!.set, this.#of[value]!);
        totals[j]!.number += this.#number[value]!;
      });
      for (const stack of stacks) {
        const row = 'view' in stack ? this.#view(stack.view, stack.n) : this.#one(stack.value);
        this.#fill(stack.into, i * row.sets.length, 1, row);
      }
      carried = carries.map((c) => (c.kind === 'number' ? this.#one(c.next) : this.#view(c.next, c.n)));
    }
    sums.forEach(({ out }, j) => {
      this.#set(out, totals[j]!.set, totals[j]!.number);
    });
    carries.forEach((c, j) => {
      if (c.kind === 'number') this.#set(c.out, carried[j]!.sets[0]!, carried[j]!.numbers[0]!);
      else this.#fill(c.out, 0, 1, carried[j]!);
    });
  }

  #move(it: Extract<Instruction, { kind: 'store' | 'copy' | 'contract' | 'scatter' }>): void {
    if (it.kind === 'store') this.#fill(it.into.array, this.#inside(it.into), 1, this.#one(it.a));
    else if (it.kind === 'copy') {
      const row = this.#view(it.from, it.n);
      if (row.sets.length > 0) this.#fill(it.into.from.array, this.#inside(it.into.from), this.#sizes[it.into.by]!, row);
    } else if (it.kind === 'scatter') {
      const [row, at] = [this.#view(it.from, it.n), this.#view(it.at, it.n)];
      const { sets, numbers } = this.#arrays[it.array]!;
      sets.fill(0);
      let anywhere = 0; // what may come to any place
      at.numbers.forEach((place, e) => {
        if (Number.isNaN(place)) anywhere = this.#sets.union(anywhere, row.sets[e]!);
        else if (sets[place] !== undefined) sets[place] = this.#sets.union(sets[place], row.sets[e]!);
      });
      if (anywhere !== 0) for (let i = 0; i < sets.length; i++) sets[i] = this.#sets.union(sets[i]!, anywhere);
      numbers.fill(Number.NaN);
    } else {
      const [m, n, k] = [this.#sizes[it.m]!, this.#sizes[it.n]!, this.#sizes[it.k]!];
      const rows = this.#lines(it.a, m, it.a.rowBy, k, it.a.colBy);
      const columns = this.#lines(it.b, n, it.b.colBy, k, it.b.rowBy);
      const { sets, numbers } = this.#arrays[it.array]!;
      for (let i = 0; i < m; i++) for (let j = 0; j < n; j++) sets[i * n + j] = this.#sets.union(rows[i]!, columns[j]!);
      numbers.fill(Number.NaN, 0, m * n);
    }
  }

  /** What each of `count` rows of k elements (or columns) depends on. */
  #lines({ from }: View2, count: number, apart: SizeId, k: number, by: SizeId): Int32Array {
    const lines = new Int32Array(count);
    if (k === 0 || count === 0) return lines;
    const first = this.#place(from);
    const { sets } = this.#arrays[from.array]!;
    if (first < 0) return lines.fill(this.#anyOf(sets));
    for (let i = 0; i < count; i++)
      for (let e = 0; e < k; e++)
        lines[i] = this.#sets.union(lines[i]!, sets[first + i * this.#sizes[apart]! + e * this.#sizes[by]!]!);
    return lines;
  }

  #result(it: Result, body: number): void {
    switch (it.kind) {
      case 'constant':
        return this.#set(it.out, 0, it.value);
      case 'size':
        return this.#set(it.out, 0, this.#sizes[it.size]!);
      case 'index':
        return this.#set(it.out, 0, this.#iteration[body]!);
      case 'op': {
        let set = 0;
        it.args.forEach((value, j) => {
          if (passes(it.op, j)) set = this.#sets.union(set, this.#of[value]!);
        });
        return this.#set(it.out, set, this.#computes ? this.#known(it.op, it.args) : Number.NaN);
      }
      case 'load': {
        const { sets, numbers } = this.#arrays[it.from.array]!;
        const at = this.#place(it.from);
        return at < 0 ? this.#set(it.out, this.#anyOf(sets), Number.NaN) : this.#set(it.out, sets[at]!, numbers[at]!);
      }
      case 'check': {
        const x = this.#number[it.a]!;
        const isIndex = Number.isInteger(x) && x >= 0 && x < this.#sizes[it.extent]!;
        return this.#set(it.out, 0, isIndex ? x : Number.NaN);
      }
      case 'reduce': {
        const a = this.#view(it.a, it.n);
        const isPlace = it.op === ARG_MIN || it.op === ARG_MAX;
        if (isPlace) return this.#set(it.out, 0, this.#computes ? placeOf(it.op, a.numbers) : Number.NaN);
        const b = it.b && this.#view(it.b, it.n);
        const set = this.#sets.union(this.#anyOf(a.sets), b ? this.#anyOf(b.sets) : 0);
        return this.#set(it.out, set, this.#computes ? knownList(it.op, a.numbers, b?.numbers) : Number.NaN);
      }
    }
  }

  /** The value of an op on numbers that are known. */
  #known(op: number, [a, b, c]: readonly number[]): number {
    const x = this.#number[a!]!;
    const y = b === undefined ? 0 : this.#number[b]!;
    const w = c === undefined ? 0 : this.#number[c]!;
    return Number.isNaN(x + y + w) ? Number.NaN : opValue(op, x, y, w);
  }

  #set(value: number, set: number, number: number): void {
    this.#of[value] = set;
    this.#number[value] = number;
  }

  #one(value: number): List {
    return { sets: Int32Array.of(this.#of[value]!), numbers: Float64Array.of(this.#number[value]!) };
  }

  #view({ from, by }: View, n: SizeId): List {
    const length = this.#sizes[n]!;
    const row = list(length);
    if (length === 0) return row;
    const { sets, numbers } = this.#arrays[from.array]!;
    const first = this.#place(from);
    if (first < 0) row.sets.fill(this.#anyOf(sets));
    else
      for (let e = 0, at = first, step = this.#sizes[by]!; e < length; e++, at += step) {
        row.sets[e] = sets[at]!;
        row.numbers[e] = numbers[at]!;
      }
    return row;
  }

  #fill(array: number, from: number, by: number, row: List): void {
    const { sets, numbers } = this.#arrays[array]!;
    for (let e = 0, at = from; e < row.sets.length; e++, at += by) {
      sets[at] = row.sets[e]!;
      numbers[at] = row.numbers[e]!;
    }
  }

  #anyOf(sets: Int32Array): number {
    let any = 0;
    for (let e = 0; e < sets.length; e++) any = this.#sets.union(any, sets[e]!);
    return any;
  }

  /** Where something is written; lowering computes no such place. */
  #inside(into: Access): number {
    const at = this.#place(into);
    return at >= 0 ? at : fail('BadTape', `a place in array ${into.array} that is written to depends on parameters`);
  }

  /** A place in an array; −1 if it is not known. */
  #place({ at: { base, terms, picks } }: Access): number {
    let at = this.#sizes[base]!;
    for (const { body, by } of terms) at += this.#sizes[by]! * this.#iteration[body]!;
    for (const { value, by } of picks) at += this.#sizes[by]! * this.#number[value]!;
    return Number.isNaN(at) ? -1 : at;
  }
}

function list(n: number): List {
  return { sets: new Int32Array(n), numbers: new Float64Array(n).fill(Number.NaN) };
}

function knownList(op: number, a: Float64Array, b: Float64Array | undefined): number {
  if (a.some(Number.isNaN) || b?.some(Number.isNaN)) return Number.NaN;
  const x = new Float64Array(op === OP.dot ? 2 * a.length : a.length);
  x.set(a);
  if (b) x.set(b, a.length);
  return listOpValue(op, a.length, x);
}

/** Where the smallest or largest is, the first of equals. */
function placeOf(op: number, x: Float64Array): number {
  if (x.some(Number.isNaN)) return Number.NaN;
  let best = 0;
  for (let i = 1; i < x.length; i++) if (op === ARG_MIN ? x[i]! < x[best]! : x[i]! > x[best]!) best = i;
  return x.length > 0 ? best : Number.NaN;
}
