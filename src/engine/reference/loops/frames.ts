/** Where the numbers of linked code lie while it runs (src/link/code.ts): registers, lanes, and room for contributions. */
import { BODY, DO, HEAD, type Linked, NARROW } from '../../../link/code.ts';

export interface Frames {
  readonly linked: Linked;
  readonly code: Int32Array;
  /** Values and adjoints (or tangents), one memory of at least linked.size doubles. */
  v: Float64Array;
  /** By register: where its values lie, where its adjoints lie, and the iteration its body is in. */
  readonly F: Int32Array;
  readonly G: Int32Array;
  readonly I: Int32Array;
  /** The body that runs: where its BODY words lie. */
  body: number;
  /** Lanes in use, 1 outside; and the first register that is wide, {@link NONE} outside. */
  lanes: number;
  wide: number;
  /** The sweep follows only open gates (gated.ts). */
  gated: boolean;
  /** The SUM instructions of a body, by where its words lie. */
  readonly sums: ReadonlyMap<number, readonly number[]>;
  /** Contributions on their way to a sum, ones for the kernels to pull with, and what a list op needs: a tile or a list long. */
  readonly chunk: Float64Array;
  readonly ones: Float64Array;
  readonly work: Float64Array;
}

/** Above all registers. */
export const NONE = 256;

const NOTHING = new Float64Array(0);

/** Linked code, ready to run once it is given its memory. */
export function frames(linked: Linked): Frames {
  const { code } = linked;
  const sums = new Map<number, number[]>();
  const room = survey(code, code[HEAD.main]!, sums, 1);
  const m: Frames = {
    linked,
    code,
    v: NOTHING,
    F: new Int32Array(NONE),
    G: new Int32Array(NONE),
    I: new Int32Array(NONE),
    body: 0,
    lanes: 1,
    wide: NONE,
    gated: false,
    sums,
    chunk: new Float64Array(room),
    ones: new Float64Array(room).fill(1),
    work: new Float64Array(room),
  };
  m.F[1] = linked.data;
  m.G[0] = linked.adjoints;
  return m;
}

/** Whatever is in `v` may stay. */
export function settle(m: Frames, v: Float64Array): void {
  m.v = v;
  for (const [offset, value] of m.linked.constants) v[offset] = value;
}

/** Enters the sums of all bodies; returns the most numbers that one instruction has to hold aside. */
function survey(code: Int32Array, B: number, sums: Map<number, number[]>, room: number): number {
  const list = code[B + BODY.list]!;
  const mine: number[] = [];
  sums.set(B, mine);
  room = Math.max(room, code[B + BODY.tile]!);
  for (let k = list; k < list + code[B + BODY.all]!; k++) {
    const at = code[k]!;
    const kind = code[at]! & 255;
    if (kind === DO.region) room = survey(code, code[at + 1]!, sums, room);
    else if (kind === DO.reduce) room = Math.max(room, code[at + 2]!);
    else if (kind === DO.sum) mine.push(at);
  }
  return room;
}

/** Back in main, where every sweep begins: also after one that a fault ended. */
export function home(m: Frames): number {
  m.lanes = 1;
  m.wide = NONE;
  m.body = m.code[HEAD.main]!;
  return m.body;
}

const OFFSET = 0xffffff;

/** Place of an operand's value, of lane 0. */
export function valueAt({ F }: Frames, operand: number): number {
  return F[operand >>> 24]! + (operand & OFFSET);
}

/** Place of its adjoint, or tangent. */
export function adjointAt({ G }: Frames, operand: number): number {
  return G[operand >>> 24]! + (operand & OFFSET);
}

/** From lane to lane: 1, or 0 for a number that all lanes share. */
export function step({ wide }: Frames, operand: number): number {
  const register = operand >>> 24;
  return register < wide || register >= NARROW ? 0 : 1;
}

/** Where an access leads, from its register on; lane 0, with the picks of lane `l`. */
export function reach(m: Frames, access: number, l = 0): number {
  const { code, F, I, v } = m;
  let place = code[access + 1]!;
  let word = access + 5;
  for (let terms = code[access + 3]!; terms > 0; terms--, word += 2) place += Math.imul(code[word + 1]!, I[code[word]!]!);
  for (let picks = code[access + 4]!; picks > 0; picks--, word += 2) {
    const pick = code[word]!;
    place += code[word + 1]! * v[F[pick >>> 24]! + (pick & OFFSET) + l * step(m, pick)]!;
  }
  return place | 0;
}

/** Does every lane pick a place of its own? */
export function scatters(m: Frames, access: number): boolean {
  const { code } = m;
  let word = access + 5 + 2 * code[access + 3]!;
  for (let picks = code[access + 4]!; picks > 0; picks--, word += 2) if (step(m, code[word]!) === 1) return true;
  return false;
}

/** Place of an accessed value, of lane 0. */
export function valueIn(m: Frames, access: number): number {
  return m.F[m.code[access]!]! + reach(m, access);
}

/** Place of its adjoint, or tangent. */
export function adjointIn(m: Frames, access: number): number {
  return m.G[m.code[access]!]! + reach(m, access);
}

/** From lane to lane of an access; 0 outside lanes. */
export function laneOf({ code, wide }: Frames, access: number): number {
  return wide === NONE ? 0 : code[access + 2]!;
}
