/**
 * Finds the loops the user unrolled. Nodes of a window get classes in one of two ways:
 *
 *  - by structure: the op and the classes of its operands. A model written out for a hundred data points gives a
 *    hundred nodes to each class, and operands of a class are one slot for all or slots side by side;
 *  - by op: the op, its level in the window, and what its operands depend on. For what has no structure to find; its
 *    operands are looked up one by one.
 *
 * In both, operands of one class agree in segment, so a group is uniform in side (shared or row) and activity.
 */
import { type Classes, intern, mix } from './classes.ts';
import { listSegment, MARK } from './live.ts';
import { ARITY, LISTS, type Nodes } from './nodes.ts';

export interface Survey {
  readonly nodes: Nodes;
  readonly mark: Uint8Array;
  readonly uses: Uint16Array;
  /** Class number of each node that has one. */
  readonly cls: Int32Array;
  /** Scratch of readers.ts: which group reads each node, and as which operand. */
  readonly reader: Int32Array;
  readonly k: Classes;
  /** From this many uses on, leaves and results of elsewhere keep their identity; found by sharing.ts. */
  sharedFrom: number;
}

/** Part of a segment: nodes members[lo] … members[hi-1], in creation order. */
export interface Window {
  readonly segment: number;
  readonly members: Int32Array;
  readonly lo: number;
  readonly hi: number;
}

// Words that stand for an operand in a class key: the class number of a node of the same window, or
const FOREIGN = 1 << 29; // + class number: a node of elsewhere
const OWN = 1 << 30; // + node: used so often that it will be broadcast
const LEAF = -1; // − segment: any constant, any parameter, any data input

// Tags beside the opcode in the first word of a key.
const BY_OP = 1 << 8;
const PAIR = 2 << 8;
const HASH = 3 << 8;

function word(x: number, s: Survey, segment: number, first: number): number {
  const m = s.mark[x]!;
  const depends = m & MARK.segment;
  const isLeaf = m & MARK.leaf;
  if (!isLeaf && depends === segment && x >= first) return s.cls[x]!;
  if (m & MARK.shared && s.uses[x]! >= s.sharedFrom && (!isLeaf || depends)) return OWN | x;
  return isLeaf ? LEAF - depends : FOREIGN | s.cls[x]!;
}

function levelOf(operand: number, k: Classes): number {
  return operand >= 0 && operand < FOREIGN ? k.level[operand - k.base]! : 0;
}

/** Classes by structure for nodes members[from] … members[to-1]; those of the window before `from` have theirs. */
export function structureOf(s: Survey, w: Window, from: number, to: number): void {
  const { cls, k, nodes } = s;
  const { op, a, b, c } = nodes;
  const { segment, members } = w;
  const first = members[w.lo]!;
  for (let i = from; i < to; i++) {
    const node = members[i]!;
    const o = op[node]!;
    const arity = ARITY[o]!;
    let id: number;
    if (arity === 0) id = listClass(s, w, node);
    else {
      let y = word(a[node]!, s, segment, first);
      let level = levelOf(y, k);
      let z = 0;
      if (arity > 1) {
        z = word(b[node]!, s, segment, first);
        level = Math.max(level, levelOf(z, k));
      }
      if (arity > 2) {
        y = intern(k, PAIR, y, z, 0);
        z = word(c[node]!, s, segment, first);
        level = Math.max(level, levelOf(z, k));
      }
      id = intern(k, o, y, z, level + 1);
    }
    k.count[id]!++;
    cls[node] = k.base + id;
  }
}

/** A list's class: op, length, level, what it depends on, and 64 bits of hash for the sequence of its elements. */
function listClass(s: Survey, w: Window, node: number): number {
  const { mark, k, nodes } = s;
  const { op, a, b, lists } = nodes;
  const o = op[node]!;
  const n = b[node]!;
  const from = a[node]!;
  const first = w.members[w.lo]!;
  let h1 = 0;
  let h2 = 1;
  let level = 0;
  for (let j = from; j < from + LISTS[o]! * n; j++) {
    const element = word(lists[j]!, s, w.segment, first);
    level = Math.max(level, levelOf(element, k));
    h1 = mix(h1, element, 17);
    h2 = mix(h2, 29, element);
  }
  const list = intern(k, HASH, intern(k, PAIR, h1, h2, 0), n, 0);
  return intern(k, o | HASH | (listSegments(lists, mark, o, from, n) << 16), list, level, level + 1);
}

/** What list a (bits 0–1) and list b (bits 2–3) depend on. */
function listSegments(lists: Int32Array, mark: Uint8Array, op: number, from: number, n: number): number {
  const list = listSegment(lists, mark, from, n);
  return LISTS[op] === 2 ? list | (listSegment(lists, mark, from + n, n) << 2) : list;
}

/** Class of a node by its op, given its level. */
export function opClass(s: Survey, node: number, level: number): number {
  const { mark, k, nodes } = s;
  const { op, a, b, c, lists } = nodes;
  const o = op[node]!;
  const arity = ARITY[o]!;
  let sides: number;
  if (arity === 0) sides = listSegments(lists, mark, o, a[node]!, b[node]!);
  else {
    sides = mark[a[node]!]! & MARK.segment;
    if (arity > 1) sides |= (mark[b[node]!]! & MARK.segment) << 2;
    if (arity > 2) sides |= (mark[c[node]!]! & MARK.segment) << 4;
  }
  return intern(k, o | BY_OP | (sides << 16), arity === 0 ? b[node]! : -1, level, level);
}

/** Classes by op and level for a whole window. */
export function byOp(s: Survey, w: Window): void {
  const { mark, cls, k, nodes } = s;
  const { op, a, b, c, lists } = nodes;
  const { segment, members, lo, hi } = w;
  const first = members[lo]!;
  const above = (x: number): number => {
    const m = mark[x]!;
    return (m & MARK.segment) === segment && x >= first && !(m & MARK.leaf) ? k.level[cls[x]! - k.base]! : 0;
  };
  for (let i = lo; i < hi; i++) {
    const node = members[i]!;
    const o = op[node]!;
    const arity = ARITY[o]!;
    let level = 0;
    if (arity === 0)
      for (let j = a[node]!, end = j + LISTS[o]! * b[node]!; j < end; j++) level = Math.max(level, above(lists[j]!));
    else {
      level = above(a[node]!);
      if (arity > 1) level = Math.max(level, above(b[node]!));
      if (arity > 2) level = Math.max(level, above(c[node]!));
    }
    const id = opClass(s, node, level + 1);
    k.count[id]!++;
    cls[node] = k.base + id;
  }
}
