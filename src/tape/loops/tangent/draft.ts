/** A program that gets tangents, while it is written. */
import { OP } from '../../../ops/vocabulary.ts';
import type { Access, Block, Body, Instruction, LoopTape, Size, SizeId, View, View2 } from '../layout.ts';
import { rewritten } from '../parts.ts';
import type { Activity } from './active.ts';

/** What the direction of an input is called, behind all inputs. */
export function directionName(parameter: string): string {
  return `→${parameter}`;
}

export class Draft {
  readonly tape: LoopTape;
  readonly activity: Activity;
  readonly sizes: Size[];
  readonly blocks: Block[];
  readonly bodies: Body[];
  values: number;
  /** Sizes 0 and 1. */
  readonly nothing: SizeId;
  readonly one: SizeId;
  /** Tangent of each value that has one; values that a scan carries get theirs before it runs. */
  readonly tangents = new Map<number, number>();
  readonly #arrays = new Map<number, number>();
  /** What main begins with. */
  readonly #first: Instruction[] = [];
  readonly #constants = new Map<string, number>();
  readonly #sizeIds = new Map<string, SizeId>();
  readonly #parameters: readonly number[];
  #zeros = -1;

  constructor(tape: LoopTape, activity: Activity) {
    this.tape = tape;
    this.activity = activity;
    this.sizes = [...tape.sizes];
    this.bodies = [...tape.bodies];
    this.values = tape.values;
    const inputs = tape.inputs.length;
    this.#parameters = tape.inputs.flatMap(({ data }, i) => (data ? [] : [i]));
    this.blocks = [
      ...tape.blocks.slice(0, inputs),
      ...this.#parameters.map((i) => tape.blocks[i]!),
      ...tape.blocks.slice(inputs),
    ];
    this.#parameters.forEach((i, k) => this.#arrays.set(i, inputs + k));
    tape.sizes.forEach((size, id) => {
      this.#sizeIds.set(JSON.stringify(size), id);
    });
    this.nothing = this.size({ op: 'const', value: 0 });
    this.one = this.size({ op: 'const', value: 1 });
  }

  size(size: Size): SizeId {
    const key = JSON.stringify(size);
    let id = this.#sizeIds.get(key);
    if (id === undefined) {
      id = this.sizes.push(size) - 1;
      this.#sizeIds.set(key, id);
    }
    return id;
  }

  /** Directions stand between the inputs and all other arrays. */
  array(array: number): number {
    return array < this.tape.inputs.length ? array : array + this.#parameters.length;
  }

  /** The array of the tangents of an array of the tape, or none. */
  tangentOf(array: number): number | undefined {
    if (!this.activity.arrays[array]) return undefined;
    let tangents = this.#arrays.get(array);
    if (tangents === undefined) {
      tangents = this.blocks.push(this.blocks[this.array(array)]!) - 1;
      this.#arrays.set(array, tangents);
    }
    return tangents;
  }

  constant(x: number): number {
    const key = Object.is(x, -0) ? '-0' : String(x);
    let value = this.#constants.get(key);
    if (value === undefined) {
      value = this.values++;
      this.#constants.set(key, value);
      this.#first.push({ kind: 'constant', out: value, value: x });
    }
    return value;
  }

  /** The tangent of a value, 0 where it has none. */
  tangent(value: number): number {
    return this.tangents.get(value) ?? this.constant(0);
  }

  place({ array, ...rest }: Access): Access {
    return { ...rest, array: this.array(array) };
  }

  /** Where the tangent of an element lies; nowhere if its array has none. */
  tangentPlace({ array, ...rest }: Access): Access | undefined {
    const tangents = this.tangentOf(array);
    return tangents === undefined ? undefined : { ...rest, array: tangents };
  }

  /** The tangents of a view; zeros if it has none. */
  tangentView({ from, by }: View): View {
    const place = this.tangentPlace(from);
    return place ? { from: place, by } : { from: this.#zero(), by: this.nothing };
  }

  tangentView2({ from, ...by }: View2): View2 | undefined {
    const place = this.tangentPlace(from);
    return place && { ...by, from: place };
  }

  /** One element that is 0, to be read again and again. */
  #zero(): Access {
    const at = { base: this.nothing, terms: [], picks: [] };
    if (this.#zeros < 0) {
      this.#zeros = this.blocks.push({ kind: 'local', body: 0, size: this.one }) - 1;
      this.#first.push({ kind: 'store', a: this.constant(0), into: { array: this.#zeros, at, checks: [] } });
    }
    return { array: this.#zeros, at, checks: [] };
  }

  /** The program of these outputs, main being `code`. */
  finish(code: readonly Instruction[], outputs: LoopTape['outputs']): LoopTape {
    const { tape, sizes, blocks, bodies, values } = this;
    bodies[0] = { ...bodies[0]!, code: [...this.#first, ...code] };
    const directions = this.#parameters.map((i) => ({ ...tape.inputs[i]!, name: directionName(tape.inputs[i]!.name) }));
    return { ...tape, inputs: [...tape.inputs, ...directions], outputs, single: false, sizes, blocks, bodies, values };
  }
}

/** The code of a body as it is written. */
export class Code {
  readonly draft: Draft;
  readonly body: number;
  readonly list: Instruction[] = [];

  constructor(draft: Draft, body: number) {
    this.draft = draft;
    this.body = body;
  }

  /** An instruction of the tape, its arrays under their new numbers. */
  keep(it: Instruction): void {
    const { draft } = this;
    const view = ({ from, by }: View): View => ({ from: draft.place(from), by });
    const moved = rewritten(it, {
      place: (from) => draft.place(from),
      view,
      view2: ({ from, ...by }) => ({ ...by, from: draft.place(from) }),
      last: view,
    });
    if (moved.kind === 'contract' || moved.kind === 'scatter') this.list.push({ ...moved, array: draft.array(moved.array) });
    else if (moved.kind === 'region' || moved.kind === 'scan') {
      const stacks = moved.stacks.map((stack) => ({ ...stack, into: draft.array(stack.into) }));
      if (moved.kind === 'region') this.list.push({ ...moved, stacks });
      else {
        const carries = moved.carries.map((c) =>
          c.kind === 'array' ? { ...c, in: draft.array(c.in), out: draft.array(c.out) } : c,
        );
        this.list.push({ ...moved, stacks, carries });
      }
    } else this.list.push(moved);
  }

  op(op: number, ...args: number[]): number {
    const out = this.draft.values++;
    this.list.push({ kind: 'op', op, out, args });
    return out;
  }

  load(from: Access): number {
    const out = this.draft.values++;
    this.list.push({ kind: 'load', out, from });
    return out;
  }

  reduce(op: number, n: SizeId, a: View, b?: View): number {
    const out = this.draft.values++;
    this.list.push({ kind: 'reduce', op, out, n, a, ...(b && { b }) });
    return out;
  }

  /** A new loop of n iterations in this body; `write` gives the values that are summed up. Returns the sums. */
  sums(n: SizeId, write: (inner: Code) => readonly number[]): number[] {
    const { draft } = this;
    const inner = this.#loop(n);
    const sums = write(inner).map((value) => ({ value, out: draft.values++ }));
    this.list.push({ kind: 'region', body: inner.body, sums, stacks: [] });
    return sums.map(({ out }) => out);
  }

  /** A new loop of n iterations whose values become an array of this body. */
  stack(n: SizeId, into: number, write: (inner: Code) => number): void {
    const inner = this.#loop(n);
    const value = write(inner);
    this.list.push({ kind: 'region', body: inner.body, sums: [], stacks: [{ value, into }] });
  }

  /** A new loop of n iterations, one after the other, that carries numbers; returns what they come to. */
  scan(n: SizeId, init: readonly number[], write: (inner: Code, carried: readonly number[]) => readonly number[]): number[] {
    const { draft } = this;
    const inner = this.#loop(n);
    const carried = init.map(() => draft.values++);
    const next = write(inner, carried);
    const carries = init.map((from, i) => ({ kind: 'number' as const, init: from, in: carried[i]!, next: next[i]!, out: draft.values++ })); // biome-ignore format: one line
    this.list.push({ kind: 'scan', body: inner.body, sums: [], stacks: [], carries });
    return carries.map(({ out }) => out);
  }

  #loop(count: SizeId): Code {
    const inner = new Code(this.draft, this.draft.bodies.length);
    this.draft.bodies.push({ parent: this.body, count, code: inner.list });
    return inner;
  }

  /** The element of a view whose turn it is in this body, a loop over its elements. */
  element({ from, by }: View): number {
    const size = this.draft.sizes[by]!;
    if (size.op === 'const' && size.value === 0) return this.load(from);
    return this.load({ ...from, at: { ...from.at, terms: [...from.at.terms, { body: this.body, by }] } });
  }

  /** The sum of terms, the first first. */
  total(terms: readonly number[]): number {
    return terms.length === 0 ? this.draft.constant(0) : terms.reduce((sum, term) => this.op(OP.add, sum, term));
  }
}
