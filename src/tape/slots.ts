/** Gives every input, constant and live node its slot, as drawn in layout.ts. */
import { type Inputs, MARK } from './live.ts';
import { ARITY, type Nodes } from './nodes.ts';
import { appendOperand, firstElement, operandCount, operandLength } from './operands.ts';
import type { Plan } from './plan.ts';
import { type Pool, placeOne, placeRun, pool, poolValues } from './pool.ts';
import { words } from './words.ts';

export interface Slots {
  /** Slot of each node; −1 for dead ones. */
  readonly slot: Int32Array;
  readonly constants: Float64Array;
  readonly rowStart: number;
  readonly slots: number;
  /** Operand j of record r, if it is a run of constants: its first slot and node stride at 2·(3r + j), else −1. */
  readonly runs: Int32Array;
}

/** Groups from this size on start at an even slot, so that pairs of f64 are aligned: at most one slot in 16 is lost. */
const ALIGN_FROM = 16;

export function assignSlots(nodes: Nodes, mark: Uint8Array, plan: Plan, inputs: Inputs, outputs: Int32Array): Slots {
  const slot = new Int32Array(nodes.size).fill(-1);
  const k = pool(nodes);
  numberConstants(nodes, mark, k, slot);
  const runs = placeConstants(nodes, mark, plan, k, slot, inputs.params.length);
  for (const x of outputs) if (slot[x]! >= 0) placeOne(k, slot[x]!);
  slotConstants(nodes, mark, k, slot, inputs.params.length);

  inputs.params.forEach((x, i) => {
    slot[x] = i;
  });
  let next = inputs.params.length + k.content.size;
  next = slotRecords(plan, 0, plan.segments[2]!, slot, next);
  const rowStart = next;
  inputs.data.forEach((x, i) => {
    slot[x] = rowStart + i;
  });
  const slots = slotRecords(plan, plan.segments[2]!, plan.segments[4]!, slot, rowStart + inputs.data.length);
  return { slot, constants: poolValues(k, nodes.constantValues), rowStart, slots, runs };
}

function isLiveConstant(mark: number): boolean {
  return (mark & (MARK.leaf | MARK.segment | MARK.live)) === (MARK.leaf | MARK.live);
}

/** Until the pool is filled, `slot` of a constant holds its number there. */
function numberConstants(nodes: Nodes, mark: Uint8Array, k: Pool, slot: Int32Array): void {
  for (let i = 0; i < nodes.size; i++) if (isLiveConstant(mark[i]!)) slot[i] = k.same[nodes.a[i]!]!;
}

function slotConstants(nodes: Nodes, mark: Uint8Array, k: Pool, slot: Int32Array, p: number): void {
  for (let i = 0; i < nodes.size; i++) if (isLiveConstant(mark[i]!)) slot[i] = p + k.place[slot[i]!]!;
}

/** Fills the pool in the order of the tape; returns where groups have runs of their own. */
function placeConstants(nodes: Nodes, mark: Uint8Array, plan: Plan, k: Pool, number: Int32Array, p: number): Int32Array {
  const { sequence, starts, strip } = plan;
  const runs = new Int32Array(6 * strip.length).fill(-1);
  const list = words();
  for (let r = 0; r < strip.length; r++) {
    const start = starts[r]!;
    const end = starts[r + 1]!;
    if (strip[r]) {
      for (let i = start; i < end; i++) placeOperands(nodes, k, sequence[i]!, number);
      continue;
    }
    const node = sequence[start]!;
    const op = nodes.op[node]!;
    for (let j = 0; j < operandCount(op); j++) {
      const first = firstElement(nodes, node, j);
      if (first < 0 || (ARITY[op] && mark[first]! & MARK.segment)) continue; // operands of a group agree in segment
      list.size = 0;
      appendOperand(nodes, sequence, start, end, j, number, list);
      const length = operandLength(nodes, node);
      const run = constantsOf(k, list.data, end - start, length);
      if (run >= 0) {
        runs[2 * (3 * r + j)] = p + (run >> 1);
        runs[2 * (3 * r + j) + 1] = run & 1 ? 0 : length;
      }
    }
  }
  return runs;
}

function placeOperands(nodes: Nodes, k: Pool, node: number, number: Int32Array): void {
  const a = nodes.a[node]!;
  const b = nodes.b[node]!;
  if (number[a]! >= 0) placeOne(k, number[a]!);
  if (ARITY[nodes.op[node]!]! > 1 && number[b]! >= 0) placeOne(k, number[b]!);
}

/** Places the numbers of n nodes with k each (−1: no constant). A run: 2·place, +1 if one list serves all nodes; else −1. */
function constantsOf(pool: Pool, list: Int32Array, n: number, k: number): number {
  const count = n * k;
  let isRun = true;
  let isOne = true;
  let isRepeated = n > 1;
  for (let i = 0; i < count; i++) {
    if (list[i]! < 0) isRun = false;
    if (list[i] !== list[0]) isOne = false;
    if (isRepeated && list[i] !== list[i % k]) isRepeated = false;
  }
  if (isRun && !isOne) return 2 * placeRun(pool, list, isRepeated ? k : count) + (isRepeated ? 1 : 0);
  for (let i = 0; i < count; i++) if (list[i]! >= 0) placeOne(pool, list[i]!);
  return -1;
}

function slotRecords({ starts, strip, sequence }: Plan, from: number, to: number, slot: Int32Array, first: number): number {
  let next = first;
  for (let r = from; r < to; r++) {
    const end = starts[r + 1]!;
    if (end - starts[r]! >= ALIGN_FROM && !strip[r]) next += next & 1;
    for (let i = starts[r]!; i < end; i++) slot[sequence[i]!] = next++;
  }
  return next;
}
