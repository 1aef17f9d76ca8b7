/**
 * Loops whose sums are only added up and scaled afterwards, as the loss of a model over its data is: how the result
 * depends on them is known before they run. A gradient runs each tile of them forward and at once in reverse, and nothing has
 * to be kept or computed twice.
 *
 * Main is put in the order: what comes before, those loops, what follows from them.
 */
import { OP } from '../ops/vocabulary.ts';
import type { Instruction, LoopTape } from '../tape/loops/layout.ts';
import { usesOf } from './uses.ts';

export interface Order {
  readonly code: readonly Instruction[];
  readonly pre: number;
  readonly fused: number;
  /** Bodies of the loops among them. */
  readonly bodies: ReadonlySet<number>;
}

export function fuse(tape: LoopTape, isActive: ArrayLike<number>): Order {
  const { code } = tape.bodies[0]!;
  const candidates = new Set(code.filter((it) => it.kind === 'region' && it.stacks.length === 0 && it.sums.length > 0));
  for (;;) {
    const follows = new Set<Instruction>();
    const spoilt = spoilers(tape, isActive, code, candidates, follows);
    if (spoilt.size === 0) {
      const fused = code.filter((it) => candidates.has(it));
      if (fused.length === 0) return { code, pre: code.length, fused: code.length, bodies: new Set() };
      const before = code.filter((it) => !candidates.has(it) && !follows.has(it));
      const after = code.filter((it) => follows.has(it));
      return {
        code: [...before, ...fused, ...after],
        pre: before.length,
        fused: before.length + fused.length,
        bodies: new Set(fused.map((it) => (it as { body: number }).body)),
      };
    }
    for (const it of spoilt) candidates.delete(it);
  }
}

/** Candidates on which something depends in another way; fills in what follows from the others. */
function spoilers(
  tape: LoopTape,
  isActive: ArrayLike<number>,
  code: readonly Instruction[],
  candidates: ReadonlySet<Instruction>,
  follows: Set<Instruction>,
): Set<Instruction> {
  const from = new Map<number, Set<Instruction>>(); // candidates that a value of main depends on
  const spoilt = new Set<Instruction>();
  const spoil = (values: Iterable<number>): void => {
    for (const value of values) for (const it of from.get(value) ?? []) spoilt.add(it);
  };
  for (const it of code) {
    if (it.kind === 'op') {
      const dependent = it.args.filter((arg) => from.has(arg));
      if (dependent.length === 0) continue;
      if (
        !linear(
          it.op,
          it.args,
          (arg) => from.has(arg),
          (arg) => isActive[arg] !== 0,
        )
      )
        spoil(dependent);
      follows.add(it);
      from.set(it.out, new Set(dependent.flatMap((arg) => [...from.get(arg)!])));
    } else {
      spoil(allUses(tape, it));
      if (candidates.has(it))
        for (const { out } of (it as { sums: readonly { out: number }[] }).sums) from.set(out, new Set([it]));
    }
  }
  return spoilt;
}

/** Are the partials known without the dependent operands: theirs, and those of the others that are differentiated? */
function linear(
  op: number,
  args: readonly number[],
  depends: (arg: number) => boolean,
  isActive: (arg: number) => boolean,
): boolean {
  if (op === OP.add || op === OP.sub || op === OP.neg) return true;
  if (op === OP.mul) return args.some((arg) => !depends(arg) && !isActive(arg));
  return op === OP.div && !depends(args[1]!) && !isActive(args[1]!);
}

/** All values that an instruction uses, those in the bodies it runs included. */
function allUses(tape: LoopTape, it: Instruction): number[] {
  const used = usesOf(it);
  if (it.kind === 'region' || it.kind === 'scan')
    for (const inner of tape.bodies[it.body]!.code) used.push(...allUses(tape, inner));
  return used;
}
