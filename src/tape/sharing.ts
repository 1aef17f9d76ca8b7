/** Classes by structure for a whole window: which leaves keep their identity is found out by trying. */
import { type Classes, restart } from './classes.ts';
import { type Survey, structureOf, type Window } from './classify.ts';
import { MARK, SHARED_FROM } from './live.ts';
import { ARITY, LISTS } from './nodes.ts';

/** Nodes at the beginning of a window that show whether it has structure: what repeats eight times repeats in here. */
const PROBE = 65536;
/** Nodes on which a sharing is sought first. */
const SEARCH = 16384;

/**
 * Classes by structure; returns how many nodes lie in classes of at least `enough`. 0, and no classes that mean anything,
 * where a look at the first {@link PROBE} nodes promises none: a chain of 10⁷ nodes takes 1.8 s instead of 2.3.
 */
export function byStructure(s: Survey, w: Window, enough: number): number {
  const probed = Math.min(w.hi, w.lo + PROBE);
  if (!findSharing(s, w, probed)) return 0;
  structureOf(s, w, probed, w.hi);
  return nodesIn(s.k, enough, Number.POSITIVE_INFINITY);
}

/**
 * Classes of nodes members[lo] … members[to-1], for a sharing under which few stand alone; false if there is none.
 *
 * A weight is used once for each data point, and a data point by each neuron. One of the two must keep its identity (it is
 * broadcast) and the other must not (its fellows lie side by side): with both, no two products are alike. So where all
 * leaves of eight uses are too many, the bound rises until nodes repeat.
 */
function findSharing(s: Survey, w: Window, to: number): boolean {
  const known = s.sharedFrom;
  if (alone(s, w, SHARED_FROM, to) <= 0.25) return true;
  if (known !== SHARED_FROM && alone(s, w, known, to) <= 0.25) return true;
  const bounds = sharings(s, w, to);
  const first = least(s, w, bounds, Math.min(to, w.lo + SEARCH));
  if (first > 0 && alone(s, w, first, to) <= 0.25) return true;
  if (alone(s, w, bounds.at(-1)!, to) > 0.5) return first > 0 && alone(s, w, first, to) <= 0.75; // little repeats in any case
  const best = least(s, w, bounds, to);
  return best > 0 && alone(s, w, best, to) <= 0.75;
}

/** The least bound under which a quarter of the nodes at most stand alone; or that with the fewest, if most do not; or 0. */
function least(s: Survey, w: Window, bounds: readonly number[], to: number): number {
  let best = 0;
  let fewest = 0.75;
  for (const from of bounds) {
    const share = alone(s, w, from, to);
    if (share <= 0.25) return from;
    if (share > 0.9 * fewest) continue;
    best = from;
    fewest = share;
  }
  return best;
}

/** Classes of the nodes up to `to` where leaves of `from` uses on keep their identity; returns what part stands alone. */
function alone(s: Survey, w: Window, from: number, to: number): number {
  s.sharedFrom = from;
  restart(s.k);
  structureOf(s, w, w.lo, to);
  return nodesIn(s.k, 1, 1) / (to - w.lo);
}

/** Bounds that make a difference among the leaves and results of elsewhere that nodes up to `to` share: not too many of them. */
function sharings({ nodes, mark, uses }: Survey, { members, lo, segment }: Window, to: number): number[] {
  const { op, a, b, c, lists } = nodes;
  const first = members[lo]!;
  const isUsed = new Uint8Array(65536);
  let most = 0;
  const look = (x: number): void => {
    const m = mark[x]!;
    const isInside = !(m & MARK.leaf) && (m & MARK.segment) === segment && x >= first;
    if (!(m & MARK.shared) || isInside) return;
    isUsed[uses[x]!] = 1;
    most = Math.max(most, uses[x]!);
  };
  for (let i = lo; i < to; i++) {
    const node = members[i]!;
    const arity = ARITY[op[node]!]!;
    if (arity > 0) look(a[node]!);
    if (arity > 1) look(b[node]!);
    if (arity > 2) look(c[node]!);
    if (arity === 0) for (let j = a[node]!, end = j + LISTS[op[node]!]! * b[node]!; j < end; j++) look(lists[j]!);
  }
  const bounds = [SHARED_FROM];
  for (let n = SHARED_FROM; n <= most; n++) if (isUsed[n] && (n === most || n + 1 > 1.2 * bounds.at(-1)!)) bounds.push(n + 1);
  return bounds;
}

/** Nodes in classes of `from` to `to` nodes. */
function nodesIn({ size, count }: Classes, from: number, to: number): number {
  let sum = 0;
  for (let id = 0; id < size; id++) if (count[id]! >= from && count[id]! <= to) sum += count[id]!;
  return sum;
}
