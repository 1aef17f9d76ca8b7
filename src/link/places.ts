/** Places in arrays as words of code: each different one once. */
import { fail } from '../errors.ts';
import type { Access } from '../tape/loops/layout.ts';
import { type Frames, registerOf } from './frames.ts';
import type { Lanes } from './lanes.ts';
import type { Nest } from './nest.ts';
import type { Uniform } from './uniform.ts';

export class Places {
  readonly #known = new Map<string, number>();

  constructor(
    readonly code: number[],
    readonly nest: Nest,
    readonly frames: Frames,
    readonly lanes: Lanes,
    readonly uniform: Uniform,
  ) {}

  /** The place an access goes to from instructions of `body`; also how far apart elements of its array are. */
  of(access: Access, body: number): [place: number, element: number] {
    const { tape, sizes } = this.nest;
    const { kind, body: owner } = tape.blocks[access.array]!;
    const element = this.uniform.width[access.array]!;
    const register = kind === 'data' ? 1 : kind === 'param' ? 0 : registerOf(this.nest, owner);
    const by = new Map<number, number>(); // by body
    for (const term of access.at.terms) by.set(term.body, (by.get(term.body) ?? 0) + sizes[term.by]! * element);
    const base = this.frames.array[access.array]! + sizes[access.at.base]! * element;
    const picks = access.at.picks.flatMap(({ value, by }) => [this.frames.operand[value]!, sizes[by]! * element]);
    return [this.place(register, base, this.#lane(body, element > 1, by), by, picks), element];
  }

  /** Numbers of `body` beside each other at a fixed place of main: what a scan carries. */
  fixed(offset: number, body: number): number {
    return this.place(0, offset, Number(this.lanes.width[body]! > 1), new Map(), []);
  }

  place(register: number, base: number, lane: number, by: ReadonlyMap<number, number>, picks: readonly number[]): number {
    const terms = [...by].filter(([, step]) => step !== 0).map(([body, step]) => [registerOf(this.nest, body), step]);
    const words = [register, base, lane, terms.length, picks.length / 2, ...terms.flat(), ...picks];
    for (const word of words)
      if (word !== (word | 0)) fail('OutOfMemory', 'an array is too large to be reached by the steps of this program');
    const key = words.join();
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const place = this.code.length;
    this.code.push(...words);
    this.#known.set(key, place);
    return place;
  }

  /** From one lane to the next, seen from `body`: a step of the loop in lanes, and of numbers that lie side by side. */
  #lane(body: number, isWide: boolean, by: ReadonlyMap<number, number>): number {
    const { width, tile } = this.lanes;
    if (width[body] === 1) return 0;
    let around = body;
    while (tile[around] === 1) around = this.nest.tape.bodies[around]!.parent;
    return (by.get(around) ?? 0) + Number(isWide);
  }
}
