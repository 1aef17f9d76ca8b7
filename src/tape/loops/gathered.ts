/**
 * Views at computed indices that come to differ from iteration to iteration of a loop: only a load may have such an index
 * in lanes, so their elements are loaded one by one into an array of their own, and that is viewed.
 */
import type { Access, Affine, Instruction, SizeId, View, View2 } from './layout.ts';
import type { Draft } from './over.ts';
import type { Rewrite } from './parts.ts';

/** Rewrites an instruction of `body`, whose code so far is `code`; what it runs ends with `lastBody`, `lastCode`. */
export type Gathered = (body: number, code: Instruction[], lastBody: number, lastCode: Instruction[]) => Rewrite;

interface Constants {
  readonly nothing: SizeId;
  readonly one: SizeId;
}

/** @param shift what becomes of every place, @param varying values that differ from iteration to iteration, as indices */
export function gatheredViews(
  draft: Draft,
  { nothing, one }: Constants,
  shift: (from: Access) => Access,
  varying: ReadonlySet<number>,
  multiply: (a: SizeId, b: SizeId) => SizeId,
): Gathered {
  const isGathered = ({ at }: Access): boolean => at.picks.some(({ value }) => varying.has(value));
  const start: Affine = { base: nothing, terms: [], picks: [] };

  /** An array of the elements that `place` gives for each of n iterations of a new loop in `body`. */
  const loaded = (body: number, code: Instruction[], n: SizeId, place: (loop: number) => Access): number => {
    const loop = draft.bodies.length;
    const into = draft.blocks.push({ kind: 'local', body, size: n }) - 1;
    const out = draft.values++;
    draft.bodies.push({ parent: body, count: n, code: [{ kind: 'load', out, from: place(loop) }] });
    code.push({ kind: 'region', body: loop, sums: [], stacks: [{ value: out, into }] });
    return into;
  };
  const along = (from: Access, loop: number, by: SizeId): Access => ({
    ...from,
    at: { ...from.at, terms: [...from.at.terms, { body: loop, by }] },
  });
  const view = (body: number, code: Instruction[], given: View, n: SizeId): View => {
    const from = shift(given.from);
    if (!isGathered(from)) return { ...given, from };
    const array = loaded(body, code, n, (loop) => along(from, loop, given.by));
    return { from: { array, at: start, checks: [] }, by: one };
  };
  const view2 = (body: number, code: Instruction[], given: View2, rows: SizeId, cols: SizeId): View2 => {
    const from = shift(given.from);
    if (!isGathered(from)) return { ...given, from };
    const loop = draft.bodies.length;
    const inner: Instruction[] = [];
    draft.bodies.push({ parent: body, count: rows, code: inner });
    const row = loaded(loop, inner, cols, (column) => along(along(from, loop, given.rowBy), column, given.colBy));
    const array = draft.blocks.push({ kind: 'local', body, size: multiply(rows, cols) }) - 1;
    const stack = { view: { from: { array: row, at: start, checks: [] }, by: one }, n: cols, into: array };
    code.push({ kind: 'region', body: loop, sums: [], stacks: [stack] });
    return { from: { array, at: start, checks: [] }, rowBy: cols, colBy: one };
  };
  return (body, code, lastBody, lastCode) => ({
    place: shift,
    view: (given, n) => view(body, code, given, n),
    view2: (given, rows, cols) => view2(body, code, given, rows, cols),
    last: (given, n) => view(lastBody, lastCode, given, n),
  });
}
