/**
 * Which loops run in lanes. One loop of a nest can: its body and all bodies in it then work on `tile` iterations at once,
 * so that finding out what to do next is paid for once a tile. Outer loops make more of their bodies cheap, inner ones read
 * neighbours; what is better follows from what an instruction costs, measured on the core.
 */
import type { Instruction, View, View2 } from '../tape/loops/layout.ts';
import { type Nest, within } from './nest.ts';

// nanoseconds
const EACH = 14; // an instruction, whatever it does
const NUMBER = 0.45; // a number in a lane
const ALONE = 4; // a number outside lanes
const STRIDED = 1; // a number that is not beside its neighbour
const SCATTERED = 3; // a number added at a place of its own
const PRODUCT = 0.12; // a multiplication and addition of a contraction

const WIDEST = 128;
const CACHE = 24 * 1024; // doubles that the frames of a nest in lanes may take, values and adjoints: they should stay near the processor

export interface Lanes {
  /** Iterations at once, by body; 1 outside lanes, and for loops in a loop in lanes. */
  readonly tile: Int32Array;
  /** Numbers per value, by body. */
  readonly width: Int32Array;
}

export function lanesOf(nest: Nest): Lanes {
  const { tape, count } = nest;
  const bodies = tape.bodies.length;
  const tile = new Int32Array(bodies).fill(1);
  const width = new Int32Array(bodies).fill(1);
  const numbers = numbersIn(nest);

  /** Cost of running a body once with `lanes` lanes (1: outside lanes). Decides for the loops in it when outside. */
  const cost = (body: number, lanes: number): number => {
    let total = 0;
    for (const it of tape.bodies[body]!.code) {
      if (it.kind !== 'region' && it.kind !== 'scan') total += price(nest, it, lanes);
      else total += EACH + count[it.body]! * EACH + loop(it, lanes);
    }
    return total;
  };

  const loop = (it: Extract<Instruction, { kind: 'region' | 'scan' }>, lanes: number): number => {
    const n = count[it.body]!;
    if (n === 0) return 0;
    const narrow = n * cost(it.body, lanes);
    if (lanes > 1 || it.kind === 'scan' || n < 2 || !canRunInLanes(nest, it.body)) return narrow;
    const fit = Math.max(8, Math.floor(CACHE / (2 * Math.max(numbers[it.body]!, 1))) & -8);
    const width = Math.min(WIDEST, fit, (n + 7) & -8);
    const wide = Math.ceil(n / width) * cost(it.body, Math.min(width, n));
    if (wide >= narrow) return narrow;
    forget(it.body);
    tile[it.body] = width;
    return wide;
  };

  /** The loops in a loop that runs in lanes do not. */
  const forget = (body: number): void => {
    tile[body] = 1;
    for (const it of tape.bodies[body]!.code) if (it.kind === 'region' || it.kind === 'scan') forget(it.body);
  };

  cost(0, 1);
  const spread = (body: number, lanes: number): void => {
    width[body] = lanes;
    for (const it of tape.bodies[body]!.code)
      if (it.kind === 'region' || it.kind === 'scan') spread(it.body, Math.max(lanes, tile[it.body]!));
  };
  spread(0, 1);
  return { tile, width };
}

/** Numbers that a body and all bodies in it hold for one iteration each. */
function numbersIn({ tape, sizes, home }: Nest): Float64Array {
  const numbers = new Float64Array(tape.bodies.length);
  for (const body of home) if (body >= 0) numbers[body]!++;
  for (const { kind, body, size } of tape.blocks) if (kind === 'local') numbers[body]! += sizes[size]!;
  const add = (body: number): number => {
    for (const it of tape.bodies[body]!.code) if (it.kind === 'region' || it.kind === 'scan') numbers[body]! += add(it.body);
    return numbers[body]!;
  };
  add(0);
  return numbers;
}

function price({ sizes }: Nest, it: Instruction, lanes: number): number {
  const number = lanes > 1 ? lanes * NUMBER : ALONE;
  switch (it.kind) {
    case 'load': {
      const beside = lanes === 1 || it.from.at.picks.length > 0 ? 0 : STRIDED;
      return EACH + number + (strided(it.from.at.terms.map(({ by }) => sizes[by]!)) ? lanes * beside : 0);
    }
    case 'copy':
      return EACH + sizes[it.n]! * lanes * NUMBER;
    case 'reduce':
      return EACH + 2 * sizes[it.n]! * lanes * NUMBER;
    case 'contract':
      return EACH * 2 + sizes[it.m]! * sizes[it.n]! * sizes[it.k]! * lanes * PRODUCT;
    case 'scatter':
      return EACH + sizes[it.n]! * lanes * SCATTERED;
    default:
      return EACH + number;
  }
}

/** Some loop goes over it in steps larger than one: a guess, for which loop runs in lanes is being decided. */
function strided(by: readonly number[]): boolean {
  return by.length > 0 && by.every((step) => Math.abs(step) > 1);
}

/** Only a load can go to a place of its own in each lane. */
function canRunInLanes(nest: Nest, around: number): boolean {
  const { tape, home } = nest;
  const varies = ({ from }: View | View2): boolean => from.at.picks.some(({ value }) => within(nest, home[value]!, around));
  const fits = (body: number): boolean =>
    tape.bodies[body]!.code.every((it) => {
      if (it.kind === 'copy') return !varies(it.from) && !varies(it.into);
      if (it.kind === 'reduce') return !varies(it.a) && !(it.b && varies(it.b));
      if (it.kind === 'contract') return !varies(it.a) && !varies(it.b);
      if (it.kind === 'scatter') return !varies(it.from) && !varies(it.at);
      if (it.kind === 'store') return !varies({ from: it.into, by: 0 });
      if (it.kind !== 'region' && it.kind !== 'scan') return true;
      if (it.stacks.some((stack) => 'view' in stack && varies(stack.view))) return false;
      if (it.kind === 'scan' && it.carries.some((c) => c.kind === 'array' && (varies(c.init) || varies(c.next)))) return false;
      return fits(it.body);
    });
  const run = nest.runs[around]!;
  return fits(around) && !run.stacks.some((stack) => 'view' in stack && varies(stack.view));
}
