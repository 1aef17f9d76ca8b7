/** What instructions are made of, for those who read or rewrite programs without caring for each kind. */
import type { Access, Instruction, View, View2 } from './layout.ts';

/** How the parts of an instruction are replaced. Views of a loop's results belong to the end of its body. */
export interface Rewrite {
  place(from: Access): Access;
  view(view: View, n: number): View;
  view2(view: View2, rows: number, cols: number): View2;
  /** Of what a loop stacks and carries on. */
  last(view: View, n: number): View;
}

/** The instruction with its places and views replaced; what it runs is left as it is. */
export function rewritten(it: Instruction, to: Rewrite): Instruction {
  switch (it.kind) {
    case 'load':
      return { ...it, from: to.place(it.from) };
    case 'store':
      return { ...it, into: to.place(it.into) };
    case 'copy':
      return { ...it, from: to.view(it.from, it.n), into: { ...it.into, from: to.place(it.into.from) } };
    case 'reduce':
      return { ...it, a: to.view(it.a, it.n), ...(it.b && { b: to.view(it.b, it.n) }) };
    case 'contract':
      return { ...it, a: to.view2(it.a, it.m, it.k), b: to.view2(it.b, it.k, it.n) };
    case 'scatter':
      return { ...it, from: to.view(it.from, it.n), at: to.view(it.at, it.n) };
    case 'region':
    case 'scan': {
      const stacks = it.stacks.map((stack) => ('view' in stack ? { ...stack, view: to.last(stack.view, stack.n) } : stack));
      if (it.kind === 'region') return { ...it, stacks };
      const carries = it.carries.map((c) =>
        c.kind === 'array' ? { ...c, init: to.view(c.init, c.n), next: to.last(c.next, c.n) } : c,
      );
      return { ...it, stacks, carries };
    }
    default:
      return it;
  }
}

/** All places that an instruction reads or writes; not those in the body that it runs. */
export function placesIn(it: Instruction): Access[] {
  const places: Access[] = [];
  const place = (from: Access): Access => {
    places.push(from);
    return from;
  };
  const view = <V extends View | View2>(given: V): V => {
    places.push(given.from);
    return given;
  };
  rewritten(it, { place, view, view2: view, last: view });
  return places;
}

/** Values that an instruction takes, indices left out; of a loop also those that its body hands out. */
export function operandsOf(it: Instruction): number[] {
  if (it.kind === 'op') return [...it.args];
  if (it.kind === 'check' || it.kind === 'store') return [it.a];
  if (it.kind !== 'region' && it.kind !== 'scan') return [];
  const values = it.sums.map(({ value }) => value);
  for (const stack of it.stacks) if ('value' in stack) values.push(stack.value);
  if (it.kind === 'scan') for (const c of it.carries) if (c.kind === 'number') values.push(c.init, c.next);
  return values;
}

export interface Results {
  readonly values: readonly number[];
  readonly arrays: readonly number[];
}

/** What an instruction gives to the body in which it stands. */
export function resultsOf(it: Instruction): Results {
  if ('out' in it) return { values: [it.out], arrays: [] };
  if (it.kind === 'store') return { values: [], arrays: [it.into.array] };
  if (it.kind === 'copy') return { values: [], arrays: [it.into.from.array] };
  if (it.kind === 'contract' || it.kind === 'scatter') return { values: [], arrays: [it.array] };
  const values = it.sums.map(({ out }) => out);
  const arrays = it.stacks.map(({ into }) => into);
  if (it.kind === 'scan') for (const { kind, out } of it.carries) (kind === 'number' ? values : arrays).push(out);
  return { values, arrays };
}
