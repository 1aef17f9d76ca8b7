// Linked code in memory, as src/link/code.ts draws it; the numbers of its enums HEAD, BODY and DO stand here again.
//
// REGISTERS: for each, where its body's values lie, where their adjoints or tangents lie, the iteration its body is in,
// and the bytes from one lane's number to the next: 8 in lanes, 0 where there is one number for all. The second 128 are
// the first ones again, but never in lanes: for numbers that are the same in all of them, which instructions with the bit ONCE
// compute.

export const OPERATION: u32 = 0;
export const LOAD: u32 = 1;
export const STORE: u32 = 2;
export const CHECK: u32 = 3;
export const INDEX: u32 = 4;
export const COPY: u32 = 5;
export const REDUCE: u32 = 6;
export const CONTRACT: u32 = 7;
export const REGION: u32 = 8;
export const TOTAL: u32 = 9;
export const SCATTER: u32 = 10;

/** In word 0: computed once for all lanes. */
export const ONCE: u32 = 1 << 24;
/** From a register to the one for the same frame that is not wide. */
const NARROW: usize = 128 << 4;

export const ARG_MIN: u32 = 250;
export const ARG_MAX: u32 = 251;

const REGISTERS = memory.data(4096, 16);

/** Where the words of the code in force begin, and the doubles of its memory. */
export let C: usize = 0;
export let M: usize = 0;

/** Was there a NaN among adjoints that a product settled? */
export let hasNaN = false;
export function noteNaN(): void { hasNaN = true; }

/** Makes a program the one in force. */
export function enter(code: usize, memory: usize): void {
  C = code;
  M = memory;
  hasNaN = false;
  const main = registerOf(0), data = registerOf(1);
  setRegister(main, memory, memory + bytes(head(ADJOINTS)), 0);
  setRegister(data, memory + bytes(head(DATA)), 0, 0);
}

export const MAIN: usize = 0, PRE: usize = 1, FUSED: usize = 2, ALL: usize = 3, DATA: usize = 4, ADJOINTS: usize = 5, CLEAR: usize = 6, SCRATCH: usize = 7, OUTPUT: usize = 9, CLEARS: usize = 10, SETTLES: usize = 11;

// @ts-ignore: decorator
@inline export function bytes(doubles: i32): usize { return <usize>doubles << 3; }
/** Word i from address I on. */
// @ts-ignore: decorator
@inline export function word(I: usize, i: usize): i32 { return load<i32>(I + (i << 2)); }
// @ts-ignore: decorator
@inline export function head(i: usize): i32 { return load<i32>(C + (i << 2)); }
/** Address of the words that begin at index i of the code. */
// @ts-ignore: decorator
@inline export function wordsAt(i: i32): usize { return C + (<usize>i << 2); }
/** Room for lists and contractions. */
// @ts-ignore: decorator
@inline export function scratch(): usize { return M + bytes(head(SCRATCH)); }

// Registers by address.
// @ts-ignore: decorator
@inline export function registerOf(r: i32): usize { return REGISTERS + (<usize>r << 4); }
/** The register of an operand. */
// @ts-ignore: decorator
@inline export function registerIn(operand: u32): usize { return REGISTERS + ((operand >>> 20) & 0xff0); }
// @ts-ignore: decorator
@inline export function frame(r: usize): usize { return load<usize>(r); }
// @ts-ignore: decorator
@inline export function adjointFrame(r: usize): usize { return load<usize>(r, 4); }
// @ts-ignore: decorator
@inline export function iteration(r: usize): i32 { return load<i32>(r, 8); }
// @ts-ignore: decorator
@inline export function setFrame(r: usize, f: usize, t: i32): void {
  store<usize>(r, f);
  store<usize>(r + NARROW, f);
  store<i32>(r, t, 8);
}
export function setRegister(r: usize, f: usize, g: usize, lane: usize): void {
  store<usize>(r, f);
  store<usize>(r, g, 4);
  store<i32>(r, 0, 8);
  store<usize>(r, lane, 12);
  store<usize>(r + NARROW, f);
  store<usize>(r + NARROW, g, 4);
}

// Operands: where their numbers lie, where their adjoints do, and how far apart the lanes are.
// @ts-ignore: decorator
@inline export function valueOf(operand: u32): usize { return load<usize>(registerIn(operand)) + (<usize>(operand << 8) >>> 5); }
// @ts-ignore: decorator
@inline export function adjointOf(operand: u32): usize { return load<usize>(registerIn(operand), 4) + (<usize>(operand << 8) >>> 5); }
/** The same where a call does not matter, and a smaller core does. */
export function valueAt(operand: u32): usize { return valueOf(operand); }
export function adjointAt(operand: u32): usize { return adjointOf(operand); }
// @ts-ignore: decorator
@inline export function laneOf(operand: u32): usize { return load<usize>(registerIn(operand), 12); }

/** Address of the number at an access, for lane 0. */
export function placeAt(access: i32): usize {
  let p = wordsAt(access), at = load<i32>(p, 4);
  const f = frame(registerOf(load<i32>(p)));
  let terms = load<i32>(p, 12), picks = load<i32>(p, 16);
  for (p += 20; terms > 0; terms--, p += 8) at += iteration(registerOf(load<i32>(p))) * load<i32>(p, 4);
  for (; picks > 0; picks--, p += 8) at += <i32>load<f64>(valueOf(load<u32>(p))) * load<i32>(p, 4);
  return f + bytes(at);
}
/** Bytes from there to the number's adjoint. */
export function toAdjoint(access: i32): usize {
  const r = registerOf(load<i32>(wordsAt(access)));
  return adjointFrame(r) - frame(r);
}
/** Bytes from lane to lane. */
export function laneAt(access: i32): usize { return bytes(load<i32>(wordsAt(access), 8)); }

/** Does each lane have a place of its own, which a pick computed? */
export function hasWidePick(access: i32): bool {
  const p = wordsAt(access);
  let picks = load<i32>(p, 16), q = p + 20 + (<usize>load<i32>(p, 12) << 3);
  for (; picks > 0; picks--, q += 8) if (laneOf(load<u32>(q))) return true;
  return false;
}

/** How far the place of lane l is from that of lane 0: as the wide picks and the lane stride say. */
export function pickOf(access: i32, l: i32): usize {
  const p = wordsAt(access), e = <usize>l << 3;
  let at = load<i32>(p, 8) * l, picks = load<i32>(p, 16), q = p + 20 + (<usize>load<i32>(p, 12) << 3);
  for (; picks > 0; picks--, q += 8) {
    const operand = load<u32>(q);
    if (laneOf(operand)) at += (<i32>load<f64>(valueOf(operand) + e) - <i32>load<f64>(valueOf(operand))) * load<i32>(q, 4);
  }
  return bytes(at);
}

// Words of a body B.
// @ts-ignore: decorator
@inline export function bodyRegister(B: usize): usize { return registerOf(load<i32>(B)); }
// @ts-ignore: decorator
@inline export function iterations(B: usize): i32 { return load<i32>(B, 4); }
// @ts-ignore: decorator
@inline export function tileOf(B: usize): i32 { return load<i32>(B, 8); }
// @ts-ignore: decorator
@inline export function widthOf(B: usize): i32 { return load<i32>(B, 12); }
/** Where the frame of its first iteration lies, and the bytes to that of the next tile. */
// @ts-ignore: decorator
@inline export function firstFrame(B: usize): usize { return frame(registerOf(load<i32>(B, 16))) + bytes(load<i32>(B, 20)); }
// @ts-ignore: decorator
@inline export function frameStride(B: usize): usize { return bytes(load<i32>(B, 24)); }
// @ts-ignore: decorator
@inline export function bodyAdjoints(B: usize): usize { return adjointFrame(REGISTERS) + bytes(load<i32>(B, 28)); }
// @ts-ignore: decorator
@inline export function clearCount(B: usize): i32 { return load<i32>(B, 32); }
// @ts-ignore: decorator
@inline export function list(B: usize): usize { return wordsAt(load<i32>(B, 36)); }
// @ts-ignore: decorator
@inline export function mainEnd(B: usize): i32 { return load<i32>(B, 40); }
// @ts-ignore: decorator
@inline export function carriedEnd(B: usize): i32 { return load<i32>(B, 44); }
// @ts-ignore: decorator
@inline export function allEnd(B: usize): i32 { return load<i32>(B, 48); }
// @ts-ignore: decorator
@inline export function isScan(B: usize): bool { return load<i32>(B, 52) != 0; }
// @ts-ignore: decorator
@inline export function cells(B: usize): usize { return M + bytes(load<i32>(B, 56)); }
// @ts-ignore: decorator
@inline export function cellBytes(B: usize): usize { return bytes(load<i32>(B, 60)); }
// @ts-ignore: decorator
@inline export function saved(B: usize): usize { return M + bytes(load<i32>(B, 64)); }
// @ts-ignore: decorator
@inline export function snapshots(B: usize): i32 { return load<i32>(B, 68); }
// @ts-ignore: decorator
@inline export function marks(B: usize): usize { return M + bytes(load<i32>(B, 72)); }
// @ts-ignore: decorator
@inline export function sums(B: usize): i32 { return load<i32>(B, 76); }
/** Doubles of its adjoints in all. */
// @ts-ignore: decorator
@inline export function ownCount(B: usize): i32 { return load<i32>(B, 80); }
