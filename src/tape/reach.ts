/** Which slots an operand reads, and whether it may: the part of validate.ts that looks at slots. */
import { fail } from '../errors.ts';
import { GATHER, RECORD_WORDS, SEGMENT, type Tape, W } from './layout.ts';

/** Refuses a tape for the fault of record r. */
export function refuse(r: number, fault: string): never {
  fail('BadTape', `record ${r} ${fault}`);
}

/** Lowest and highest slot read; low > high for an empty list. */
export interface Reach {
  readonly low: number;
  readonly high: number;
}

/** Slots from `shared` (below rowStart) and from `row` on depend on parameters. */
export interface Bounds {
  readonly shared: number;
  readonly row: number;
}

export function activeBounds({ records, segments, rowStart, slots }: Tape): Bounds {
  const first = (s: number, none: number): number =>
    segments[s]! < segments[s + 1]! ? records[segments[s]! * RECORD_WORDS + W.out]! : none;
  return { shared: first(SEGMENT.parameter, rowStart), row: first(SEGMENT.mixed, slots) };
}

/** What operand j of record r reads, k slots per node. Both strides reach their extremes at the ends, so no sum cancels. */
export function operandReach({ records, indices }: Tape, r: number, j: number, k: number): Reach {
  const at = r * RECORD_WORDS;
  const n = records[at + W.count]!;
  const first = records[at + W.a + 3 * j]!;
  const stride = records[at + W.as + 3 * j]!;
  if (k === 0) return { low: 0, high: -1 };
  if (stride !== GATHER) {
    const nodes = (n - 1) * stride;
    const elements = k > 1 ? (k - 1) * records[at + W.ak + 3 * j]! : 0;
    return { low: first + Math.min(0, nodes) + Math.min(0, elements), high: first + Math.max(0, nodes) + Math.max(0, elements) };
  }
  const end = first + n * k;
  if (first < 0 || end > indices.length)
    refuse(r, `operand ${j} looks up indices ${first} to ${end - 1}, but there are ${indices.length}`);
  let low = indices[first]!;
  let high = low;
  for (let i = first + 1; i < end; i++) {
    const slot = indices[i]!;
    if (slot < low) low = slot;
    if (slot > high) high = slot;
  }
  return { low, high };
}

/**
 * May a node of `segment` at slot `out` read slots low to high as its operand j, and is it told rightly whether they depend
 * on parameters? For strips, `entry` says which.
 */
// biome-ignore format: one signature, one line
export function checkReach(tape: Tape, bounds: Bounds, r: number, segment: number, out: number, low: number, high: number, isMarked: boolean, j: number, entry = -1): void {
  const isActive = dependsOnParameters(tape, bounds, low, high);
  const isInReach = low >= 0 && high < out && (low < tape.rowStart) === (high < tape.rowStart);
  if (isInReach && low <= high && isActive === isMarked && (!isActive || segment & SEGMENT.parameter)) return;
  if (low > high && !isMarked) return;
  refuse(r, `${entry < 0 ? '' : `entry ${entry}, `}operand ${j} ${faultOf(tape, segment, out, low, high, isActive)}`);
}

function dependsOnParameters({ p, rowStart }: Tape, bounds: Bounds, low: number, high: number): boolean {
  return high >= rowStart ? high >= bounds.row : low < p || high >= bounds.shared;
}

function faultOf({ rowStart }: Tape, segment: number, out: number, low: number, high: number, isActive: boolean): string {
  if (low > high) return 'is marked active, but is an empty list';
  if (low < 0) return `reads slot ${low}`;
  if (high >= out) return `reads slot ${high}, which is not computed before slot ${out}`;
  if (low < rowStart && high >= rowStart) return `reads slots ${low} to ${high}, on both sides of rowStart = ${rowStart}`;
  if (isActive && !(segment & SEGMENT.parameter)) return `depends on parameters, which segment ${segment} must not`;
  return `${isActive ? 'depends' : 'does not depend'} on parameters, but is marked otherwise`;
}
