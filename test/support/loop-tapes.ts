/**
 * Programs with loops by hand, for tests. Places and extents are numbers, names of lengths, or sizes made of these:
 *
 *     const t = loopTape();
 *     const w = t.param('w', [3]);
 *     const X = t.data('X', ['n', 3]);
 *     const rows = t.main.region('n', (row) => {
 *       const products = row.region(3, (col) => ({ stacks: [col.op('mul', col.load(X, 0, [row, 3], [col, 1]), col.load(w, 0, [col, 1]))] }));
 *       return { sums: [row.reduce('sum', 3, row.view(products.stacks[0]!))] };
 *     });
 *     const tape = t.tape(rows.sums[0]!);
 */
import { OP, type OpName } from '../../src/ops/vocabulary.ts';
import { ARG_MAX, ARG_MIN } from '../../src/tape/loops/layout.ts';
import type {
  Access,
  Affine,
  Block,
  Body,
  Carry,
  Extent,
  Instruction,
  LoopPort,
  LoopTape,
  OutputFrom,
  Size,
  SizeId,
  Stack,
  View,
  View2,
} from '../../src/tape/loops/layout.ts';

/** A size: a number, the name of a length, or what `plus`, `minus` and `times` made. */
export type S = number | string | { readonly size: SizeId };
/** by · (iteration of a loop), or by · (a checked value). */
export type Term = readonly [of: Loop | number, by: S];
export type ReduceName = 'sum' | 'mean' | 'prod' | 'dot' | 'minOf' | 'maxOf' | 'norm' | 'logsumexp' | 'argMin' | 'argMax';

/** A value (its number) or a view with its length, in the body just built. */
export type Stacked = number | { readonly view: View; readonly n: S };
export interface Results {
  readonly sums?: readonly number[];
  readonly stacks?: readonly Stacked[];
}
export interface ScanResults extends Results {
  /** One for each carry: the value, or the view, that goes to the next iteration. */
  readonly next: readonly (number | View)[];
}

export class LoopTapeBuilder {
  readonly inputs: LoopPort[] = [];
  readonly lengths: string[] = [];
  readonly sizes: Size[] = [];
  readonly blocks: Block[] = [];
  readonly bodies: { parent: number; count: SizeId; code: Instruction[] }[] = [];
  readonly names: [number, string][] = [];
  values = 0;
  readonly main: Loop;
  readonly #known = new Map<string, SizeId>();

  constructor() {
    this.main = new Loop(this, -1, this.size(1));
  }

  /** An input, an array in row-major order. @returns its array */
  param(name: string, shape: readonly Extent[] = []): number {
    return this.#input(name, shape, false);
  }
  data(name: string, shape: readonly Extent[] = []): number {
    return this.#input(name, shape, true);
  }

  plus(a: S, b: S): S {
    return { size: this.#size({ op: 'add', a: this.size(a), b: this.size(b) }) };
  }
  minus(a: S, b: S): S {
    return { size: this.#size({ op: 'sub', a: this.size(a), b: this.size(b) }) };
  }
  times(a: S, b: S): S {
    return { size: this.#size({ op: 'mul', a: this.size(a), b: this.size(b) }) };
  }
  size(s: S): SizeId {
    if (typeof s === 'object') return s.size;
    if (typeof s === 'number') return this.#size({ op: 'const', value: s });
    if (!this.lengths.includes(s)) this.lengths.push(s);
    return this.#size({ op: 'length', length: this.lengths.indexOf(s) });
  }

  affine(base: S, ...terms: readonly Term[]): Affine {
    const result = {
      base: this.size(base),
      terms: [] as { body: number; by: SizeId }[],
      picks: [] as { value: number; by: SizeId }[],
    };
    for (const [of, by] of terms) {
      if (typeof of === 'number') result.picks.push({ value: of, by: this.size(by) });
      else result.terms.push({ body: of.body, by: this.size(by) });
    }
    return result;
  }
  access(array: number, base: S, ...terms: readonly Term[]): Access {
    return { array, at: this.affine(base, ...terms), checks: [] };
  }
  /** The same place, with one more index that has to lie in 0 … extent − 1. */
  checked(place: Access, extent: S, what: string, base: S, ...terms: readonly Term[]): Access {
    return { ...place, checks: [...place.checks, { at: this.affine(base, ...terms), extent: this.size(extent), what }] };
  }

  local(body: number, size: S): number {
    return this.blocks.push({ kind: 'local', body, size: this.size(size) }) - 1;
  }
  name(value: number, name: string): number {
    this.names.push([value, name]);
    return value;
  }

  /** The tape: one bare value, or outputs by name. */
  tape(outputs: number | Readonly<Record<string, { shape?: readonly S[] } & OutputFrom>>): LoopTape {
    const isSingle = typeof outputs === 'number';
    const ports = isSingle
      ? [{ name: '0', shape: [] as SizeId[], from: { value: outputs } as OutputFrom }]
      : Object.entries(outputs).map(([name, { shape = [], ...from }]) => ({
          name,
          shape: shape.map((s) => this.size(s)),
          from: from as OutputFrom,
        }));
    return {
      inputs: this.inputs,
      outputs: ports,
      single: isSingle,
      lengths: this.lengths,
      sizes: this.sizes,
      blocks: this.blocks,
      bodies: this.bodies as readonly Body[],
      values: this.values,
      names: this.names,
    };
  }

  #input(name: string, shape: readonly Extent[], data: boolean): number {
    this.inputs.push({ name, shape, data });
    const size = shape.reduce<S>((product, extent, i) => (i === 0 ? extent : this.times(product, extent)), 1);
    return this.blocks.push({ kind: data ? 'data' : 'param', body: 0, size: this.size(size) }) - 1;
  }

  #size(size: Size): SizeId {
    const key = JSON.stringify(size);
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    this.#known.set(key, this.sizes.length);
    return this.sizes.push(size) - 1;
  }
}

/** One body being written. Values are numbers, as in the tape. */
export class Loop {
  readonly body: number;
  readonly code: Instruction[] = [];

  constructor(
    readonly tape: LoopTapeBuilder,
    parent: number,
    count: SizeId,
  ) {
    this.body = tape.bodies.push({ parent, count, code: this.code }) - 1;
  }

  constant(value: number): number {
    return this.#out((out) => ({ kind: 'constant', out, value }), this.tape.main);
  }
  /** A size as a value. */
  number(size: S): number {
    return this.#out((out) => ({ kind: 'size', out, size: this.tape.size(size) }), this.tape.main);
  }
  index(): number {
    return this.#out((out) => ({ kind: 'index', out }));
  }
  op(op: OpName, ...args: readonly number[]): number {
    return this.#out((out) => ({ kind: 'op', op: OP[op], out, args }));
  }
  load(from: number | Access, base: S = 0, ...terms: readonly Term[]): number {
    return this.#out((out) => ({ kind: 'load', out, from: this.#place(from, base, terms) }));
  }
  check(a: number, extent: S, what = 'index'): number {
    return this.#out((out) => ({ kind: 'check', out, a, extent: this.tape.size(extent), what }));
  }
  /** A new array of this body, filled from values one by one. */
  list(...values: readonly number[]): number {
    const array = this.local(values.length);
    values.forEach((a, i) => this.store(a, array, i));
    return array;
  }
  local(size: S): number {
    return this.tape.local(this.body, size);
  }
  store(a: number, into: number | Access, base: S = 0, ...terms: readonly Term[]): void {
    this.code.push({ kind: 'store', a, into: this.#place(into, base, terms) });
  }
  copy(n: S, from: View, into: View): void {
    this.code.push({ kind: 'copy', n: this.tape.size(n), from, into });
  }
  /** Elements `by` apart. */
  view(from: number | Access, by: S = 1, base: S = 0, ...terms: readonly Term[]): View {
    return { from: this.#place(from, base, terms), by: this.tape.size(by) };
  }
  view2(from: number | Access, rowBy: S, colBy: S, base: S = 0, ...terms: readonly Term[]): View2 {
    return { from: this.#place(from, base, terms), rowBy: this.tape.size(rowBy), colBy: this.tape.size(colBy) };
  }
  reduce(op: ReduceName, n: S, a: View, b?: View): number {
    const code = op === 'argMin' ? ARG_MIN : op === 'argMax' ? ARG_MAX : OP[op];
    const rest = { n: this.tape.size(n), a, ...(b && { b }) };
    return this.#out((out) => ({ kind: 'reduce', op: code, out, ...rest }));
  }
  contract(m: S, n: S, k: S, a: View2, b: View2): number {
    const { tape } = this;
    const array = this.local(tape.times(m, n));
    this.code.push({ kind: 'contract', array, m: tape.size(m), n: tape.size(n), k: tape.size(k), a, b });
    return array;
  }

  /** An array of `size`: from[e] is added to its element at[e], for e < n. */
  scatter(size: S, n: S, from: View, at: View): number {
    const array = this.local(size);
    this.code.push({ kind: 'scatter', array, n: this.tape.size(n), from, at });
    return array;
  }

  /** A loop over independent iterations. @returns values of the sums, arrays of the stacks */
  region(count: S, write: (body: Loop) => Results): { sums: number[]; stacks: number[] } {
    const body = new Loop(this.tape, this.body, this.tape.size(count));
    const results = this.#results(count, write(body));
    this.code.push({ kind: 'region', body: body.body, sums: results.sums, stacks: results.stacks });
    return { sums: results.sums.map(({ out }) => out), stacks: results.stacks.map(({ into }) => into) };
  }

  /** A loop that carries: `init` of each carry is a value, or a view and its length; the body is given their `in`s. */
  scan(
    count: S,
    inits: readonly Stacked[],
    write: (body: Loop, ...carried: number[]) => ScanResults,
  ): { sums: number[]; stacks: number[]; carries: number[] } {
    const { tape } = this;
    const body = new Loop(tape, this.body, tape.size(count));
    const ins = inits.map((init) => (typeof init === 'number' ? tape.values++ : body.local(init.n)));
    const given = write(body, ...ins);
    const results = this.#results(count, given);
    const carries = inits.map((init, i): Carry => {
      const next = given.next[i]!;
      return typeof init === 'number'
        ? { kind: 'number', init, in: ins[i]!, next: next as number, out: tape.values++ }
        : { kind: 'array', n: tape.size(init.n), init: init.view, in: ins[i]!, next: next as View, out: this.local(init.n) };
    });
    this.code.push({ kind: 'scan', body: body.body, sums: results.sums, stacks: results.stacks, carries });
    return {
      sums: results.sums.map(({ out }) => out),
      stacks: results.stacks.map(({ into }) => into),
      carries: carries.map(({ out }) => out),
    };
  }

  #results(count: S, { sums = [], stacks = [] }: Results): { sums: { value: number; out: number }[]; stacks: Stack[] } {
    return {
      sums: sums.map((value) => ({ value, out: this.tape.values++ })),
      stacks: stacks.map((given) =>
        typeof given === 'number'
          ? { value: given, into: this.local(count) }
          : { view: given.view, n: this.tape.size(given.n), into: this.local(this.tape.times(count, given.n)) },
      ),
    };
  }

  #place(from: number | Access, base: S, terms: readonly Term[]): Access {
    return typeof from === 'number' ? this.tape.access(from, base, ...terms) : from;
  }

  #out(instruction: (out: number) => Instruction, into: Loop = this): number {
    const out = this.tape.values++;
    into.code.push(instruction(out));
    return out;
  }
}

export function loopTape(): LoopTapeBuilder {
  return new LoopTapeBuilder();
}
