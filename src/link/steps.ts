/** Elements processed: known before anything runs, as nothing in a program with loops decides how often they go round. */
import type { Instruction } from '../tape/loops/layout.ts';
import type { Frames } from './frames.ts';
import type { Merged } from './merge.ts';
import type { Nest } from './nest.ts';

export function stepsOf(
  nest: Nest,
  frames: Frames,
  { copies }: Merged,
  fused: ReadonlySet<number>,
): { forward: number; gradient: number } {
  const { tape, count } = nest;
  const { p } = frames;
  /** All instructions once, and the bodies they run; `back`: and what their reverse sweep computes again. */
  const through = (body: number, back: boolean): number => {
    let total = 0;
    for (const it of tape.bodies[body]!.code) {
      if (!copies.has(it)) total += elements(nest, it);
      if (it.kind !== 'region' && it.kind !== 'scan') continue;
      const n = count[it.body]!;
      total += n * (it.sums.length + it.stacks.length) + n * through(it.body, back);
      if (back && n > 0 && frames.bodies[it.body]!.stride === 0 && !fused.has(it.body))
        total += again(nest, it, frames) * through(it.body, false);
    }
    return total;
  };
  const forward = through(0, false);
  return { forward: forward + p, gradient: forward + through(0, true) + 2 * p };
}

function elements({ tape, sizes }: Nest, it: Instruction): number {
  switch (it.kind) {
    case 'op':
    case 'load':
    case 'store':
    case 'check':
      return 1;
    case 'copy':
    case 'reduce':
      return sizes[it.n]!;
    case 'contract':
      return sizes[it.m]! * sizes[it.n]! * sizes[it.k]!;
    case 'scatter':
      return sizes[it.n]! + sizes[tape.blocks[it.array]!.size]!;
    default:
      return 0;
  }
}

/**
 * How many iterations are computed again: each once for a map; for a scan with s snapshots r·n − C(s + r, r − 1) + 1, r being
 * the least number of repetitions with which they reach over all n, C(s + r, r) ≥ n (Griewank & Walther 2000), and at most r
 * more, as the forward sweep is over by then: those after the last snapshot. With a snapshot for each that is about n.
 */
function again({ count }: Nest, it: Extract<Instruction, { kind: 'region' | 'scan' }>, frames: Frames): number {
  const n = count[it.body]!;
  if (it.kind === 'region') return n;
  const { snapshots } = frames.bodies[it.body]!;
  let reach = 1;
  let r = 0;
  while (reach < n) reach *= (snapshots + ++r) / r;
  return Math.round(r * n - (reach * r) / (snapshots + 1)) + 1 + r;
}
