/** What depends on parameters, and so has adjoints: values and arrays. Scans carry dependence round, so this is a fixed point. */
import { ARG_MIN, type Instruction } from '../tape/loops/layout.ts';
import type { Nest } from './nest.ts';

export interface Active {
  readonly values: Uint8Array;
  readonly arrays: Uint8Array;
}

export function activeIn({ tape }: Nest): Active {
  const values = new Uint8Array(tape.values);
  const arrays = Uint8Array.from(tape.blocks, ({ kind }) => Number(kind === 'param'));
  let changed = true;

  const value = (v: number, is: number): void => {
    if (is && !values[v]) {
      values[v] = 1;
      changed = true;
    }
  };
  const array = (a: number, is: number): void => {
    if (is && !arrays[a]) {
      arrays[a] = 1;
      changed = true;
    }
  };

  const visit = (it: Instruction): void => {
    switch (it.kind) {
      case 'op':
        for (const arg of it.args) value(it.out, values[arg]!);
        return;
      case 'load':
        return value(it.out, arrays[it.from.array]!);
      case 'store':
        return array(it.into.array, values[it.a]!);
      case 'copy':
        return array(it.into.from.array, arrays[it.from.from.array]!);
      case 'reduce':
        if (it.op < ARG_MIN) value(it.out, arrays[it.a.from.array]! | (it.b ? arrays[it.b.from.array]! : 0));
        return;
      case 'contract':
        return array(it.array, arrays[it.a.from.array]! | arrays[it.b.from.array]!);
      case 'scatter':
        return array(it.array, arrays[it.from.from.array]!);
      case 'region':
      case 'scan':
        if (it.kind === 'scan') {
          for (const carry of it.carries) {
            if (carry.kind === 'number') {
              value(carry.in, values[carry.init]! | values[carry.next]!);
              value(carry.out, values[carry.init]! | values[carry.next]!);
            } else {
              const is = arrays[carry.init.from.array]! | arrays[carry.next.from.array]!;
              array(carry.in, is);
              array(carry.out, is);
            }
          }
        }
        run(it.body);
        for (const sum of it.sums) value(sum.out, values[sum.value]!);
        for (const stack of it.stacks)
          array(stack.into, 'value' in stack ? values[stack.value]! : arrays[stack.view.from.array]!);
    }
  };
  const run = (body: number): void => tape.bodies[body]!.code.forEach(visit); // as deep as the nest

  while (changed) {
    changed = false;
    run(0);
  }
  return { values, arrays };
}
