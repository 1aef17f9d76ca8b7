/**
 * Arrays that are made only to become part of another one lie in it from the start, and nothing is copied: what `concat`
 * puts together, where it comes from a loop.
 */
import type { Instruction, View } from '../tape/loops/layout.ts';
import { placesIn } from '../tape/loops/parts.ts';
import type { Active } from './active.ts';
import type { Nest } from './nest.ts';
import type { Uniform } from './uniform.ts';

export interface Merged {
  /** Where an array lies in another one of its body. */
  readonly arrays: ReadonlyMap<number, { readonly into: number; readonly at: number }>;
  /** Copies that there need not be. */
  readonly copies: ReadonlySet<Instruction>;
}

export function mergedIn({ tape, sizes }: Nest, active: Active, { width }: Uniform): Merged {
  const arrays = new Map<number, { into: number; at: number }>();
  const copies = new Set<Instruction>();
  const reads = readsIn(tape.bodies.flatMap(({ code }) => code));
  for (const { from } of tape.outputs) if ('array' in from) reads.set(from.array, 2);

  const isWhole = ({ from, by }: View, n: number): boolean =>
    sizes[from.at.base] === 0 && isFixed(from) && (sizes[by] === 1 || n === 1) && sizes[tape.blocks[from.array]!.size] === n;
  const isFixed = ({ at }: View['from']): boolean => at.terms.length + at.picks.length === 0;

  tape.bodies.forEach(({ code }, body) => {
    for (const it of code) {
      if (it.kind !== 'copy') continue;
      const n = sizes[it.n]!;
      const [a, b] = [it.from.from.array, it.into.from.array];
      const isOwn = tape.blocks[a]!.kind === 'local' && tape.blocks[a]!.body === body && reads.get(a) === 1;
      const isAlike = width[a] === width[b] && active.arrays[a] === active.arrays[b];
      if (!isOwn || !isAlike || !isWhole(it.from, n) || !isFixed(it.into.from) || sizes[it.into.by] !== 1) continue;
      arrays.set(a, { into: b, at: sizes[it.into.from.at.base]! });
      copies.add(it);
    }
  });
  return { arrays, copies };
}

/** How often arrays are read. */
function readsIn(code: readonly Instruction[]): Map<number, number> {
  const reads = new Map<number, number>();
  for (const it of code) {
    const written = it.kind === 'store' ? it.into : it.kind === 'copy' ? it.into.from : undefined;
    for (const place of placesIn(it)) if (place !== written) reads.set(place.array, (reads.get(place.array) ?? 0) + 1);
  }
  return reads;
}
