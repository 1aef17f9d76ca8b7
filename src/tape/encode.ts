/** Writes the records of a plan: for each operand the strides where they are constant, a list of slots where not. */
import { listSegment, MARK } from './live.ts';
import { GATHER, head, KIND, RECORD_WORDS, STRIP_WORDS, W } from './layout.ts';
import { ARITY, LISTS, type Nodes } from './nodes.ts';
import { appendOperand, firstElement, operandCount, operandLength } from './operands.ts';
import type { Plan } from './plan.ts';
import type { Slots } from './slots.ts';
import { reserve, taken, type Words, words } from './words.ts';

export interface Code {
  readonly records: Int32Array;
  readonly indices: Int32Array;
  readonly strips: Int32Array;
}

/** Offset of the three words of operand a, b or c in a record; c has no word for lists. */
const OPERAND = [W.a, W.b, W.c] as const;

export function encode(nodes: Nodes, mark: Uint8Array, plan: Plan, slots: Slots): Code {
  const { sequence, starts, strip } = plan;
  const records = new Int32Array(RECORD_WORDS * strip.length);
  const indices = words();
  const strips = words();
  for (let r = 0; r < strip.length; r++) {
    const start = starts[r]!;
    const end = starts[r + 1]!;
    const node = sequence[start]!;
    const at = RECORD_WORDS * r;
    records[at + W.count] = end - start;
    records[at + W.out] = slots.slot[node]!;
    if (strip[r]) {
      records[at + W.head] = head(0, KIND.strip, 0);
      records[at + W.a] = strips.size / STRIP_WORDS;
      encodeStrip(nodes, mark, plan, start, end, slots.slot, strips);
      continue;
    }
    const op = nodes.op[node]!;
    const isList = LISTS[op]! > 0;
    records[at + W.head] = head(op, isList ? KIND.list : KIND.run, activeOperands(nodes, mark, node));
    if (isList) records[at + W.k] = nodes.b[node]!;
    for (let j = 0; j < operandCount(op); j++) {
      const word = at + OPERAND[j]!;
      const run = 2 * (3 * r + j);
      if (slots.runs[run]! >= 0) {
        records[word] = slots.runs[run]!;
        records[word + 1] = slots.runs[run + 1]!;
        if (isList) records[word + 2] = 1;
        continue;
      }
      const from = indices.size;
      appendOperand(nodes, sequence, start, end, j, slots.slot, indices);
      if (isAffine(indices.data, from, end - start, operandLength(nodes, node), isList, records, word)) indices.size = from;
    }
    if (ARITY[op] === 2) gatherBoth(nodes, plan, start, end, slots.slot, records, at, indices);
  }
  return { records, indices: taken(indices), strips: taken(strips) };
}

/**
 * Where one of two operands is gathered and the other is no single slot, that is listed, too: node by node the loops for
 * gathers are twice as fast as any that have to tell what each operand is.
 */
function gatherBoth(
  nodes: Nodes,
  { sequence }: Plan,
  start: number,
  end: number,
  slot: Int32Array,
  records: Int32Array,
  at: number,
  indices: Words,
): void {
  const [as, bs] = [records[at + W.as]!, records[at + W.bs]!];
  if ((as === GATHER) === (bs === GATHER) || as === 0 || bs === 0) return;
  const j = as === GATHER ? 1 : 0;
  records[at + OPERAND[j]!] = indices.size;
  records[at + OPERAND[j]! + 1] = GATHER;
  appendOperand(nodes, sequence, start, end, j, slot, indices);
}

/** Bit j: operand j depends on a parameter. All nodes of a group agree. */
function activeOperands(nodes: Nodes, mark: Uint8Array, node: number): number {
  const { op, a, b, lists } = nodes;
  let active = 0;
  for (let j = 0; j < operandCount(op[node]!); j++) {
    const k = b[node]!;
    const depends = ARITY[op[node]!] ? mark[firstElement(nodes, node, j)]! : listSegment(lists, mark, a[node]! + j * k, k);
    if (depends & MARK.parameter) active |= 1 << j;
  }
  return active;
}

/** Writes operand words for the n·k slots from `from` on: strides if they have any (true), else where they lie. */
function isAffine(
  slot: Int32Array,
  from: number,
  n: number,
  k: number,
  isList: boolean,
  records: Int32Array,
  word: number,
): boolean {
  const first = k > 0 ? slot[from]! : 0;
  const as = n > 1 && k > 0 ? slot[from + k]! - first : 0;
  const ak = k > 1 ? slot[from + 1]! - first : 1;
  let isSo = true;
  if (k === 1) {
    for (let i = 1; i < n && isSo; i++) isSo = slot[from + i] === first + i * as;
  } else {
    for (let i = 0, s = from; i < n && isSo; i++)
      for (let j = 0; j < k && isSo; j++) isSo = slot[s++] === first + i * as + j * ak;
  }
  records[word] = isSo ? first : from;
  records[word + 1] = isSo ? as : GATHER;
  if (isList) records[word + 2] = isSo ? ak : 0;
  return isSo;
}

function encodeStrip(
  nodes: Nodes,
  mark: Uint8Array,
  { sequence }: Plan,
  start: number,
  end: number,
  slot: Int32Array,
  strips: Words,
): void {
  const { op, a, b } = nodes;
  reserve(strips, STRIP_WORDS * (end - start));
  const { data } = strips;
  let to = strips.size;
  for (let i = start; i < end; i++) {
    const node = sequence[i]!;
    const o = op[node]!;
    const x = a[node]!;
    let active = mark[x]! & MARK.parameter;
    let y = 0;
    if (ARITY[o] === 2) {
      active |= (mark[b[node]!]! & MARK.parameter) << 1;
      y = slot[b[node]!]!;
    }
    data[to++] = head(o, 0, active);
    data[to++] = slot[x]!;
    data[to++] = y;
  }
  strips.size = to;
}
