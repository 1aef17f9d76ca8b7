/**
 * Two loads of neighbours, x[i + 1] and then x[i]: their adjoints are handed on in one go, lane by lane (../lane-shift.ts has
 * the picture), and not after the loop, from arrays.
 */
import type { Place } from './read.ts';
import { M } from './scope.ts';
import type { Action } from './trace.ts';

const F64 = 8;

/**
 * Makes the first two hands among the actions from `first` on one shift, if nothing that comes before them in the list may reach
 * the same places.
 *
 * @param mayReach may a place or the one after it be this double of MEMORY?
 */
export function shiftNeighbours(actions: Action[], first: number, mayReach: (place: Place, double: number) => boolean): void {
  const [one, two] = actions.flatMap(({ kind }, i) => (i >= first && kind === 'hand' ? i : []));
  if (one === undefined || two === undefined) return;
  const [next, own] = [actions[one]!, actions[two]!];
  if (next.site.base !== own.site.base || next.site.offset !== own.site.offset + F64) return;
  if (next.site.step !== F64 || own.site.step !== F64) return;
  for (let i = first; i < two; i++) {
    const { kind, isWide, site } = actions[i]!;
    if (kind === 'pull') return;
    if (isWide || i === one) continue;
    if (site.base !== M || site.picks.length > 0 || mayReach(own.handed!.place, site.offset / F64)) return;
  }
  const shift: Action = { ...own, kind: 'shift', before: next.node, isWide: true, isLate: false };
  actions.splice(two, 1, shift, { ...own, kind: 'shiftEnd' });
  actions.splice(one, 1);
  const isKept = ({ kind, site }: Action): boolean => kind === 'store' && (site === next.handed!.own || site === own.handed!.own);
  for (let i = actions.length - 1; i >= first; i--) if (isKept(actions[i]!)) actions.splice(i, 1);
}
