/**
 * Values in lanes that are the same in all of them: parameters that an inner loop goes over, and what is computed from
 * these. They are held and computed once.
 */
import type { Access } from '../tape/loops/layout.ts';
import type { Lanes } from './lanes.ts';
import type { Nest } from './nest.ts';

/** 1 for each value of a body in lanes that is the same in all lanes. */
export function uniformValues(nest: Nest, { width, tile }: Lanes): Uint8Array {
  const { tape, home } = nest;
  const uniform = new Uint8Array(tape.values);
  const narrow = (value: number): boolean => width[home[value]!] === 1 || uniform[value] === 1;
  const same = ({ array, at }: Access): boolean => {
    const { kind, body } = tape.blocks[array]!;
    if (kind === 'local' && width[body]! > 1) return false;
    return at.terms.every((term) => tile[term.body] === 1) && at.picks.every(({ value }) => narrow(value));
  };
  const walk = (body: number): void => {
    for (const it of tape.bodies[body]!.code) {
      if (it.kind === 'region' || it.kind === 'scan') {
        walk(it.body);
        continue;
      }
      if (width[body] === 1) continue;
      if (it.kind === 'op') uniform[it.out] = Number(it.args.every(narrow));
      else if (it.kind === 'load') uniform[it.out] = Number(same(it.from) && !nest.inputs.aliases.has(it.out));
      else if (it.kind === 'check') uniform[it.out] = Number(narrow(it.a));
      else if (it.kind === 'index') uniform[it.out] = Number(tile[body] === 1);
    }
  };
  walk(0);
  return uniform;
}
