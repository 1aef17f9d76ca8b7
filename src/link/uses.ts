/** The values that an instruction uses itself: operands, and computed places in arrays; not those of the body it runs. */
import type { Access, Instruction } from '../tape/loops/layout.ts';

export function usesOf(it: Instruction): number[] {
  switch (it.kind) {
    case 'op':
      return [...it.args];
    case 'check':
      return [it.a];
    case 'load':
      return picks(it.from);
    case 'store':
      return [it.a, ...picks(it.into)];
    case 'copy':
      return [...picks(it.from.from), ...picks(it.into.from)];
    case 'reduce':
      return [...picks(it.a.from), ...(it.b ? picks(it.b.from) : [])];
    case 'contract':
      return [...picks(it.a.from), ...picks(it.b.from)];
    case 'scatter':
      return [...picks(it.from.from), ...picks(it.at.from)];
    case 'region':
    case 'scan': {
      const used = it.sums.map(({ value }) => value);
      for (const stack of it.stacks) used.push(...('value' in stack ? [stack.value] : picks(stack.view.from)));
      if (it.kind === 'region') return used;
      for (const carry of it.carries) {
        if (carry.kind === 'number') used.push(carry.init, carry.next);
        else used.push(...picks(carry.init.from), ...picks(carry.next.from));
      }
      return used;
    }
    default:
      return [];
  }
}

function picks({ at }: Access): number[] {
  return at.picks.map(({ value }) => value);
}
