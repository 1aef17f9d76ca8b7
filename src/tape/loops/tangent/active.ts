/** Which values and arrays depend on parameters: only these have tangents. */
import { OP } from '../../../ops/vocabulary.ts';
import { ARG_MAX, ARG_MIN, type Instruction, type LoopTape } from '../layout.ts';

export interface Activity {
  /** 1: depends on a parameter. */
  readonly values: Uint8Array;
  readonly arrays: Uint8Array;
}

/** What a scan carries goes round, so this goes over the program until nothing is new. O(instructions · loops in loops) */
export function activityOf({ bodies, blocks, values: count }: LoopTape): Activity {
  const values = new Uint8Array(count);
  const arrays = Uint8Array.from(blocks, ({ kind }) => Number(kind === 'param'));
  let isNew = true;
  const mark = (of: Uint8Array, i: number, by: number | undefined): void => {
    if (!by || of[i]) return;
    of[i] = 1;
    isNew = true;
  };
  const visit = (it: Instruction): void => {
    switch (it.kind) {
      case 'op':
        mark(values, it.out, Math.max(...activeArguments(it).map((j) => values[it.args[j]!]!), 0));
        break;
      case 'load':
        mark(values, it.out, arrays[it.from.array]);
        break;
      case 'store':
        mark(arrays, it.into.array, values[it.a]);
        break;
      case 'copy':
        mark(arrays, it.into.from.array, arrays[it.from.from.array]);
        break;
      case 'reduce':
        if (it.op !== ARG_MIN && it.op !== ARG_MAX) mark(values, it.out, arrays[it.a.from.array]! | (it.b ? arrays[it.b.from.array]! : 0)); // biome-ignore format: one line
        break;
      case 'contract':
        mark(arrays, it.array, arrays[it.a.from.array]! | arrays[it.b.from.array]!);
        break;
      case 'scatter':
        mark(arrays, it.array, arrays[it.from.from.array]);
        break;
      case 'region':
      case 'scan':
        for (const c of it.kind === 'scan' ? it.carries : [])
          if (c.kind === 'number') mark(values, c.in, values[c.init]! | values[c.next]!);
          else mark(arrays, c.in, arrays[c.init.from.array]! | arrays[c.next.from.array]!);
        for (const inner of bodies[it.body]!.code) visit(inner);
        for (const { value, out } of it.sums) mark(values, out, values[value]);
        for (const stack of it.stacks)
          mark(arrays, stack.into, 'view' in stack ? arrays[stack.view.from.array] : values[stack.value]);
        for (const c of it.kind === 'scan' ? it.carries : [])
          if (c.kind === 'number') mark(values, c.out, values[c.init]! | values[c.next]!);
          else mark(arrays, c.out, arrays[c.init.from.array]! | arrays[c.next.from.array]!);
    }
  };
  while (isNew) {
    isNew = false;
    for (const it of bodies[0]!.code) visit(it);
  }
  return { values, arrays };
}

/** Operands that an op has derivatives by: none of stop, of attach the one whose slope is given. */
export function activeArguments({ op, args }: Extract<Instruction, { kind: 'op' }>): number[] {
  if (op === OP.stop) return [];
  return op === OP.attach ? [1] : args.map((_, j) => j);
}
