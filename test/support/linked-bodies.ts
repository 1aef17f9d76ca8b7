/** Bodies, values and arrays of linked programs as tests write them; linked.ts makes code of them. */
import { OP, type OpName } from '../../src/ops/vocabulary.ts';
import { ARG_MAX, ARG_MIN } from '../../src/tape/loops/layout.ts';

export interface Value {
  readonly body: Body;
  active: boolean;
  /** A number of main that is written once. */
  readonly constant?: number;
  /** In lanes, and the same in all of them: there once. */
  uniform: boolean;
  at: number;
}

export interface Block {
  /** Whose frame it lies in; cells lie in main's, with the numbers of their owner's lanes. */
  readonly owner: Body;
  readonly kind: 'param' | 'data' | 'local' | 'cells';
  readonly size: number;
  active: boolean;
  at: number;
}

/** base + Σ by·(iteration) + Σ by·(value). */
export interface Place {
  readonly array: Block;
  readonly base: number;
  readonly terms: readonly (readonly [Body, number])[];
  readonly picks: readonly (readonly [Value, number])[];
}

export interface LoopOptions {
  readonly n: number;
  readonly tile?: number;
  readonly kept?: boolean;
  readonly scan?: boolean;
  /** Of a scan: what is carried, and how many snapshots it has room for. */
  readonly cells?: Block;
  readonly snapshots?: number;
}

// biome-ignore format: one line a kind
export type Instruction =
  | { kind: 'op'; op: number; out: Value; args: Value[] }
  | { kind: 'load'; out: Value; from: Place }
  | { kind: 'store'; a: Value; into: Place; move: boolean }
  | { kind: 'check'; out: Value; a: Value; extent: number; what: string }
  | { kind: 'index'; out: Value }
  | { kind: 'copy'; n: number; from: Place; fromBy: number; into: Place; intoBy: number; move: boolean }
  | { kind: 'reduce'; op: number; out: Value; n: number; a: Place; aBy: number; b: Place; bBy: number }
  | { kind: 'contract'; m: number; n: number; k: number; a: Place; am: number; ak: number; b: Place; bk: number; bn: number; c: Place; cm: number; cn: number }
  | { kind: 'region'; body: Body }
  | { kind: 'sum'; a: Value; out: Value };

export function place(array: Block, base = 0, terms: Place['terms'] = [], picks: Place['picks'] = []): Place {
  return { array, base, terms, picks };
}

export class Body {
  readonly parent: Body | undefined;
  readonly loop: LoopOptions;
  readonly values: Value[] = [];
  readonly arrays: Block[] = [];
  /** Computed, handed on, stacked and summed. */
  readonly parts: [Instruction[], Instruction[], Instruction[]] = [[], [], []];
  part = 0;
  words = 0; // where its BODY words lie
  frame = 0;
  adjoint = 0;
  clear = 0;
  own = 0; // doubles of its values and arrays
  whole = 0; // with the kept frames of bodies in it

  constructor(parent: Body | undefined, loop: LoopOptions) {
    this.parent = parent;
    this.loop = loop;
  }

  get register(): number {
    return this.parent ? Math.max(this.parent.register, 1) + 1 : 0;
  }
  get tile(): number {
    return this.loop.tile ?? 1;
  }
  /** Numbers per value. */
  get width(): number {
    return Math.max(this.tile, this.parent?.width ?? 1);
  }
  /** The loop whose iterations are the lanes here. */
  get laned(): Body | undefined {
    return this.tile > 1 ? this : this.parent?.laned;
  }
  get instructions(): Instruction[] {
    return this.parts.flat();
  }

  value(constant?: number): Value {
    const value: Value = { body: this, active: false, constant, uniform: false, at: 0 };
    this.values.push(value);
    return value;
  }
  array(size: number, kind: Block['kind'] = 'local'): Block {
    const block: Block = { owner: this, kind, size, active: kind === 'param', at: 0 };
    this.arrays.push(block);
    return block;
  }
  #add(instruction: Instruction): void {
    this.parts[this.part]!.push(instruction);
  }
  op(name: OpName, ...args: Value[]): Value {
    const out = this.value();
    this.#add({ kind: 'op', op: OP[name], out, args });
    return out;
  }
  load(from: Place): Value {
    const out = this.value();
    this.#add({ kind: 'load', out, from });
    return out;
  }
  store(a: Value, into: Place, move = false): void {
    this.#add({ kind: 'store', a, into, move });
  }
  check(a: Value, extent: number, what = 'x.at(i)'): Value {
    const out = this.value();
    this.#add({ kind: 'check', out, a, extent, what });
    return out;
  }
  index(): Value {
    const out = this.value();
    this.#add({ kind: 'index', out });
    return out;
  }
  copy(n: number, from: Place, fromBy: number, into: Place, intoBy: number, move = false): void {
    this.#add({ kind: 'copy', n, from, fromBy, into, intoBy, move });
  }
  reduce(name: OpName | 'argMin' | 'argMax', n: number, a: Place, aBy = 1, b = a, bBy = aBy): Value {
    const out = this.value();
    const op = name === 'argMin' ? ARG_MIN : name === 'argMax' ? ARG_MAX : OP[name];
    this.#add({ kind: 'reduce', op, out, n, a, aBy, b, bBy });
    return out;
  }
  // biome-ignore format: one line a matrix
  contract(
    m: number, n: number, k: number,
    a: Place, am: number, ak: number,
    b: Place, bk: number, bn: number,
    c: Place, cm: number, cn: number,
  ): void {
    this.#add({ kind: 'contract', m, n, k, a, am, ak, b, bk, bn, c, cm, cn });
  }
  region(loop: LoopOptions, fill: (body: Body) => void): void {
    const body = new Body(this, loop);
    this.#add({ kind: 'region', body });
    fill(body);
  }
  /** Σ over iterations, a value of the body around. */
  sum(a: Value): Value {
    this.part = 2;
    const out = this.parent!.value();
    this.#add({ kind: 'sum', a, out });
    return out;
  }
}

export function mainBody(): Body {
  return new Body(undefined, { n: 1 });
}
