/**
 * The order of the tape: segments, in them windows, in them levels, in them groups and then what is left over.
 *
 *     window of 262,144 nodes         level 1   2   3   4      ▓ group: one record, a loop
 *     (level = longest way in         ▓▓▓▓    ▓▓▓▓  ▓▓▓▓       · left over: waits until a group needs it,
 *      from outside the window)       ▓▓▓      ·     ·    ·      so that ···· becomes one strip
 *
 * Windows keep the operands of a group near in memory: a whole tape of 10⁷ nodes ordered by level alone runs at 7.5 ns per
 * node instead of 3.3. They are long, because short windows have short groups: with 65,536 nodes the network of 5·10⁶
 * takes 1.5 ns per node, with 262,144 1.1. A window without structure is cut into smaller ones, whose values fit the
 * first-level cache.
 */
import { type Classes, classes, restart } from './classes.ts';
import { byOp, opClass, type Survey, type Window } from './classify.ts';
import { MARK, type Marks, SHARED_FROM } from './live.ts';
import { ARITY, LISTS, type Nodes } from './nodes.ts';
import { byStructure } from './sharing.ts';
import { splitByReader } from './readers.ts';
import { WINDOW, windowEnds } from './windows.ts';
import { push, reserve, taken, type Words, words } from './words.ts';

const SMALL_WINDOW = 4096;
/** Structure pays if half of a window's nodes lie in groups of this size. */
const WELL_GROUPED = 8;
/** Fewer nodes than this go into strips. The core is as fast with 2, 4 or 8; few small records are less memory. */
const SMALLEST_GROUP = 4;

export interface Plan {
  /** Computed nodes in tape order; record r is sequence[starts[r]] … sequence[starts[r+1]-1]. */
  readonly sequence: Int32Array;
  readonly starts: Int32Array;
  /** 1 where the record is a strip. */
  readonly strip: Int32Array;
  /** Record numbers, as in the tape. */
  readonly segments: Int32Array;
}

interface Writer {
  readonly nodes: Nodes;
  readonly mark: Uint8Array;
  readonly sequence: Int32Array;
  size: number;
  readonly starts: Words;
  readonly strip: Words;
  /** Left over and not yet written, all of one window. */
  readonly waiting: Words;
  firstRecord: number; // of the segment
}

/** O(n); about 100 ns per node, most of it looking up classes. */
export function plan(nodes: Nodes, { mark, uses }: Marks): Plan {
  const sizes = segmentSizes(nodes, mark);
  const total = sizes.reduce((s, n) => s + n, 0);
  const w: Writer = {
    nodes,
    mark,
    sequence: new Int32Array(total),
    size: 0,
    starts: words(),
    strip: words(),
    waiting: words(),
    firstRecord: 0,
  };
  const longest = Math.max(...sizes);
  const k = classes(Math.min(longest, 2 * WINDOW));
  const s: Survey = {
    nodes,
    mark,
    uses,
    cls: new Int32Array(nodes.size),
    reader: new Int32Array(nodes.size),
    k,
    sharedFrom: SHARED_FROM,
  };
  const members = new Int32Array(longest);
  const segments = new Int32Array(5);
  for (let segment = 0; segment < 4; segment++) {
    s.sharedFrom = SHARED_FROM;
    const n = collect(nodes, mark, segment, members);
    let lo = 0;
    for (const hi of windowEnds(nodes, members.subarray(0, n))) {
      if (hi > lo) planWindow(w, s, { segment, members, lo, hi });
      lo = hi;
    }
    flush(w);
    w.firstRecord = segments[segment + 1] = w.starts.size;
  }
  push(w.starts, w.size);
  return { sequence: w.sequence, starts: taken(w.starts), strip: taken(w.strip), segments };
}

function segmentSizes(nodes: Nodes, mark: Uint8Array): number[] {
  const sizes = [0, 0, 0, 0];
  for (let i = 0; i < nodes.size; i++) if ((mark[i]! & (MARK.live | MARK.leaf)) === MARK.live) sizes[mark[i]! & MARK.segment]!++;
  return sizes;
}

/** The computed live nodes of a segment in creation order; returns their number. */
function collect(nodes: Nodes, mark: Uint8Array, segment: number, members: Int32Array): number {
  const wanted = MARK.live | segment;
  let n = 0;
  for (let i = 0; i < nodes.size; i++) if ((mark[i]! & (MARK.live | MARK.leaf | MARK.segment)) === wanted) members[n++] = i;
  return n;
}

function planWindow(w: Writer, s: Survey, window: Window): void {
  const { lo, hi, members } = window;
  const { k, cls } = s;
  restart(k);
  if (2 * byStructure(s, window, WELL_GROUPED) >= hi - lo) {
    const group = new Int32Array(hi - lo);
    for (let i = lo; i < hi; i++) {
      let id = cls[members[i]!]! - k.base;
      if (k.count[id]! < SMALLEST_GROUP) {
        k.count[id]!--;
        id = opClass(s, members[i]!, k.level[id]!);
        k.count[id]!++;
      }
      group[i - lo] = id;
    }
    splitByReader(s, window, group);
    arrange(w, k, window, group, true, false);
    return;
  }
  const parts = Math.max(1, Math.round((hi - lo) / SMALL_WINDOW));
  for (let i = 0; i < parts; i++) {
    const part = { ...window, lo: lo + Math.floor((i * (hi - lo)) / parts), hi: lo + Math.floor(((i + 1) * (hi - lo)) / parts) };
    restart(k);
    byOp(s, part);
    const group = new Int32Array(part.hi - part.lo);
    for (let j = part.lo; j < part.hi; j++) group[j - part.lo] = cls[members[j]!]! - k.base;
    arrange(w, k, part, group, i === 0, true);
  }
}

/** Sorts a window's nodes by level and class (two counting sorts) and writes its groups. */
function arrange(w: Writer, k: Classes, { members, lo, hi }: Window, group: Int32Array, isNew: boolean, isByOp: boolean): void {
  let levels = 0;
  for (let id = 0; id < k.size; id++) if (k.count[id]! && k.level[id]! > levels) levels = k.level[id]!;
  const levelStart = new Int32Array(levels + 2);
  for (let id = 0; id < k.size; id++) if (k.count[id]!) levelStart[k.level[id]! + 1]!++;
  for (let l = 1; l < levelStart.length; l++) levelStart[l]! += levelStart[l - 1]!;
  const next = levelStart.slice();
  const order = new Int32Array(levelStart[levels + 1]!);
  for (let id = 0; id < k.size; id++) if (k.count[id]!) order[next[k.level[id]!]!++] = id;

  // classes by op: the same order in every level, so that the processor foresees which loop is next (an irregular graph: a tenth)
  if (isByOp) {
    const opOf = (id: number): number => k.x[id]! & 255;
    for (let l = 1; l <= levels; l++)
      order.subarray(levelStart[l]!, levelStart[l + 1]!).sort((x, y) => opOf(x) - opOf(y) || x - y);
  }

  const place = new Int32Array(k.size);
  let sum = 0;
  for (const id of order) {
    place[id] = sum;
    sum += k.count[id]!;
  }
  const sorted = new Int32Array(hi - lo);
  for (let i = lo; i < hi; i++) sorted[place[group[i - lo]!]!++] = members[i]!;

  let mustFlush = isNew; // what waits from the window before may not wait past a group of this one
  for (let l = 1; l <= levels; l++) {
    const to = levelStart[l + 1]!;
    for (let r = levelStart[l]!; r < to; r++) {
      const end = place[order[r]!]!;
      const start = end - k.count[order[r]!]!;
      if (!isGroup(w.nodes, sorted[start]!, end - start)) continue;
      if (mustFlush || anyWaits(w, sorted, start, end)) flush(w);
      mustFlush = false;
      writeGroup(w, sorted, start, end);
    }
    for (let r = levelStart[l]!; r < to; r++) {
      const end = place[order[r]!]!;
      const start = end - k.count[order[r]!]!;
      if (!isGroup(w.nodes, sorted[start]!, end - start)) leave(w, sorted, start, end);
    }
  }
}

/** Ops of three operands and over lists are never in strips. */
function isGroup(nodes: Nodes, node: number, count: number): boolean {
  const arity = ARITY[nodes.op[node]!]!;
  return count >= SMALLEST_GROUP || arity === 0 || arity === 3;
}

function writeGroup(w: Writer, list: Int32Array, start: number, end: number): void {
  push(w.starts, w.size);
  push(w.strip, 0);
  for (let i = start; i < end; i++) w.sequence[w.size++] = list[i]!;
}

function leave(w: Writer, list: Int32Array, start: number, end: number): void {
  reserve(w.waiting, end - start);
  for (let i = start; i < end; i++) {
    w.waiting.data[w.waiting.size++] = list[i]!;
    w.mark[list[i]!]! |= MARK.waiting;
  }
  if (w.waiting.size >= WINDOW) flush(w);
}

/** Writes what waits, as a new strip or at the end of the last one. */
function flush(w: Writer): void {
  const { waiting, mark, strip } = w;
  if (waiting.size === 0) return;
  const isOpen = strip.size > w.firstRecord && strip.data[strip.size - 1] === 1;
  if (!isOpen) {
    push(w.starts, w.size);
    push(strip, 1);
  }
  for (let i = 0; i < waiting.size; i++) {
    const node = waiting.data[i]!;
    mark[node]! &= ~MARK.waiting;
    w.sequence[w.size++] = node;
  }
  waiting.size = 0;
}

/** Does a node of the group read one that waits? */
function anyWaits({ nodes, mark, waiting }: Writer, list: Int32Array, start: number, end: number): boolean {
  if (waiting.size === 0) return false;
  const { op, a, b, c, lists } = nodes;
  const arity = ARITY[op[list[start]!]!]!;
  const lengths = LISTS[op[list[start]!]!]!;
  let any = 0;
  for (let i = start; i < end; i++) {
    const node = list[i]!;
    if (arity === 0) for (let j = a[node]!, stop = j + lengths * b[node]!; j < stop; j++) any |= mark[lists[j]!]!;
    else {
      any |= mark[a[node]!]!;
      if (arity > 1) any |= mark[b[node]!]!;
      if (arity > 2) any |= mark[c[node]!]!;
    }
  }
  return (any & MARK.waiting) !== 0;
}
