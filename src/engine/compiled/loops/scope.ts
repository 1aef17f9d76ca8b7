/** Where things lie, for a function that works on an iteration of a body: addresses in locals, and bytes from there. */
import { I, TYPE } from '../../../wasm/encode/instructions.ts';
import type { Fn } from '../../../wasm/encode/module.ts';
import { type Body, bodyOf, type Code, offsetIn, type Place, registerIn } from './read.ts';

const F64 = 8;

/** The address in a local, and bytes from there. */
export interface Address {
  readonly base: number;
  readonly offset: number;
}

/** Parameters of every function: the addresses of the code's words, of MEMORY, and of room for partial sums. */
export const C = 0;
export const M = 1;
export const W = 2;

export class Scope {
  readonly fn: Fn;
  readonly code: Code;
  readonly body: Body;
  /** Locals by register: where the values of a body lie, and the iteration it is at. */
  readonly frames = new Map<number, number>();
  readonly iterations = new Map<number, number>();
  /** Local with the number of lanes in use; −1 outside lanes. */
  lanes = -1;
  readonly #bases = new Map<string, number>();

  constructor(fn: Fn, code: Code, body: Body) {
    this.fn = fn;
    this.code = code;
    this.body = body;
  }

  /** Locals that a function called from here gets, after C, M and W. */
  passed(): number[] {
    const list: number[] = [];
    for (const [register, local] of this.frames) list.push(local, this.iterations.get(register)!);
    if (this.lanes >= 0) list.push(this.lanes);
    return list;
  }

  /** The same places in a function that was given them. */
  inside(fn: Fn, body: Body): Scope {
    const scope = new Scope(fn, this.code, body);
    let at = W + 1;
    for (const register of this.frames.keys()) {
      scope.frames.set(register, at++);
      scope.iterations.set(register, at++);
    }
    if (this.lanes >= 0) scope.lanes = at;
    return scope;
  }

  /** Where the value of an operand lies; of lane 0. */
  value(operand: number): Address {
    const register = registerIn(operand);
    return this.#at(this.#root(register), this.#start(register) + offsetIn(operand));
  }

  adjoint(operand: number): Address {
    return this.#at(M, this.#adjointStart(registerIn(operand)) + offsetIn(operand));
  }

  /** Where a place lies in lane 0, without its picks. */
  place({ register, base, steps, terms }: Place): Address {
    return this.#at(this.#root(register), this.#start(register) + base, steps, terms);
  }

  adjointPlace({ register, base, steps, terms }: Place): Address {
    return this.#at(M, this.#adjointStart(register) + base, steps, terms);
  }

  /** A place of MEMORY that is always the same. */
  fixed(double: number): Address {
    return { base: M, offset: double * F64 };
  }

  /** One of eight rows of `width` numbers: the one whose turn it is in this iteration. */
  row(double: number, width: number): Address {
    const base = this.#base(`row ${width}`, () => {
      this.fn.get(this.iterations.get(this.body.register)!);
      this.fn.i32(7);
      this.fn.op(I.i32And);
      this.#times(width * F64);
      this.fn.get(M);
      this.fn.op(I.i32Add);
    });
    return { base, offset: double * F64 };
  }

  /** Local with the address from which the doubles of a register are counted; and where they start. */
  #root(register: number): number {
    return register <= 1 ? M : this.frames.get(register)!;
  }

  #start(register: number): number {
    return register === 1 ? this.code.linked.data : 0;
  }

  #adjointStart(register: number): number {
    const { adjoints } = this.code.linked;
    return register === 0 ? adjoints : adjoints + bodyOf(this.body, register)!.adjoint;
  }

  #at(root: number, doubles: number, steps = '', terms: Place['terms'] = []): Address {
    const bytes = doubles * F64;
    if (terms.length === 0 && bytes >= 0) return { base: root, offset: bytes };
    const below = Math.min(bytes, 0); // an offset of an instruction is never negative
    const base = this.#base(`${root} ${steps} ${below}`, () => {
      this.fn.get(root);
      for (const [register, by] of terms) {
        this.fn.get(this.iterations.get(register)!);
        this.#times(by * F64);
        this.fn.op(I.i32Add);
      }
      if (below < 0) {
        this.fn.i32(below);
        this.fn.op(I.i32Add);
      }
    });
    return { base, offset: bytes - below };
  }

  /** Computed here, once in an iteration. */
  #base(key: string, compute: () => void): number {
    let local = this.#bases.get(key);
    if (local === undefined) {
      compute();
      local = this.fn.local(TYPE.i32);
      this.fn.set(local);
      this.#bases.set(key, local);
    }
    return local;
  }

  #times(by: number): void {
    const shift = Math.log2(by);
    if (Number.isInteger(shift)) {
      this.fn.i32(shift);
      this.fn.op(I.i32Shl);
    } else {
      this.fn.i32(by);
      this.fn.op(I.i32Mul);
    }
  }
}
