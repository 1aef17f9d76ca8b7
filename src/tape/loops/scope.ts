/** Which values and arrays exist where validation stands, and what is known of them. */
import { fail } from '../../errors.ts';
import type { Access, Affine, LoopTape, View, View2 } from './layout.ts';

/** Bodies in bodies in bodies. */
const DEEPEST = 200;

/** Of an array: nothing is in it, some elements are stored, it is read (so it is complete), it was written as a whole. */
// biome-ignore format: one line
enum ARRAY { empty, partial, read, whole }

export function isIndex(x: number, count: number): boolean {
  return Number.isInteger(x) && x >= 0 && x < count;
}

export class Scope {
  /** What is looked at, for messages. */
  at = 'the tape';
  readonly #tape: LoopTape;
  /** Body of each value that is defined, else −1. */
  readonly #home: Int32Array;
  readonly #isChecked: Uint8Array;
  readonly #arrays: ARRAY[];
  /** Depth of each body that was entered, else −1. */
  readonly #depth: Int32Array;
  /** The bodies around, from main to the one at hand. */
  readonly #path: number[] = [];

  constructor(tape: LoopTape) {
    this.#tape = tape;
    this.#home = new Int32Array(tape.values).fill(-1);
    this.#isChecked = new Uint8Array(tape.values);
    this.#arrays = tape.blocks.map(({ kind }, i) => (kind !== 'local' || this.#isNothing(i) ? ARRAY.read : ARRAY.empty));
    this.#depth = new Int32Array(tape.bodies.length).fill(-1);
  }

  refuse(fault: string): never {
    fail('BadTape', `${this.at}: ${fault}`);
  }

  enter(body: number, around: number): void {
    const { bodies } = this.#tape;
    if (!isIndex(body, bodies.length)) this.refuse(`body ${body} of ${bodies.length}`);
    if (this.#depth[body] !== -1) this.refuse(`body ${body} is run a second time`);
    if (bodies[body]!.parent !== around) this.refuse(`body ${body} says that it lies in body ${bodies[body]!.parent}`);
    if (this.#path.length > DEEPEST) this.refuse(`loops lie in loops more than ${DEEPEST} deep`);
    this.#depth[body] = this.#path.push(body) - 1;
  }
  leave(): void {
    this.#path.pop();
  }
  /** A body that was never entered, or −1. */
  left(): number {
    return this.#depth.indexOf(-1);
  }

  size(id: number): void {
    const { length } = this.#tape.sizes;
    if (!isIndex(id, length)) this.refuse(`size ${id} of ${length}`);
  }

  define(value: number, body: number): void {
    this.#value(value);
    if (this.#home[value] !== -1) this.refuse(`v${value} is defined a second time`);
    this.#home[value] = body;
  }
  use(value: number): void {
    this.#value(value);
    const home = this.#home[value]!;
    if (home === -1) this.refuse(`v${value} is not defined before`);
    if (!this.#isAround(home)) this.refuse(`v${value} belongs to body ${home}, which is not around`);
  }
  checked(value: number): void {
    this.#isChecked[value] = 1;
  }

  /** Elements of an array of this body are written, or all of it at once. Whoever reads it comes later. */
  fill(array: number, body: number, isWhole: boolean): void {
    const { kind, body: owner } = this.#block(array);
    if (kind !== 'local' || owner !== body) this.refuse(`writes array ${array}, which is not local to body ${body}`);
    if (this.#isNothing(array)) return;
    const state = this.#arrays[array]!;
    if (state === ARRAY.read) this.refuse(`writes array ${array}, which is read before`);
    if (state === ARRAY.whole || (isWhole && state !== ARRAY.empty)) this.refuse(`writes array ${array} a second time`);
    this.#arrays[array] = isWhole ? ARRAY.whole : ARRAY.partial;
  }
  /** An array as a whole is used. */
  filled(array: number): void {
    const { body } = this.#block(array);
    if (this.#arrays[array] === ARRAY.empty) this.refuse(`array ${array} is not filled before`);
    if (!this.#isAround(body)) this.refuse(`array ${array} belongs to body ${body}, which is not around`);
    if (this.#arrays[array] === ARRAY.partial) this.#arrays[array] = ARRAY.read;
  }

  read({ array, ...from }: Access): void {
    this.filled(array);
    this.#place(from, true);
  }
  view({ from, by }: View): void {
    this.read(from);
    this.size(by);
  }
  view2({ from, rowBy, colBy }: View2): void {
    this.read(from);
    this.size(rowBy);
    this.size(colBy);
  }
  store(into: Access, body: number): void {
    this.#place(into, false);
    this.fill(into.array, body, false);
  }

  #place({ at, checks }: Omit<Access, 'array'>, mayPick: boolean): void {
    this.#affine(at, mayPick);
    for (const check of checks) {
      this.#affine(check.at, false);
      this.size(check.extent);
    }
  }
  #affine({ base, terms, picks }: Affine, mayPick: boolean): void {
    this.size(base);
    for (const { body, by } of terms) {
      this.size(by);
      if (body === 0 || !this.#isAround(body)) this.refuse(`an index follows body ${body}, which is no loop around`);
    }
    if (picks.length > 0 && !mayPick) this.refuse('has a computed index where none may be');
    for (const { value, by } of picks) {
      this.size(by);
      this.use(value);
      if (!this.#isChecked[value]) this.refuse(`v${value} is used as an index, but is not checked`);
    }
  }

  #value(value: number): void {
    const { values } = this.#tape;
    if (!isIndex(value, values)) this.refuse(`value ${value} of ${values}`);
  }
  #block(array: number): LoopTape['blocks'][number] {
    const { blocks } = this.#tape;
    return isIndex(array, blocks.length) ? blocks[array]! : this.refuse(`array ${array} of ${blocks.length}`);
  }
  /** A body that is running is at its depth in the path. */
  #isAround(body: number): boolean {
    return isIndex(body, this.#depth.length) && this.#path[this.#depth[body]!] === body;
  }
  /** An array that never has elements needs nobody to fill it. */
  #isNothing(array: number): boolean {
    const size = this.#tape.sizes[this.#tape.blocks[array]!.size]!;
    return size.op === 'const' && size.value === 0;
  }
}
