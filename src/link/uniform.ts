/**
 * What is the same in all lanes: parameters that an inner loop goes over, what is computed from these, arrays of such
 * numbers, and inner loops that compute nothing else. They are held and computed once.
 */
import type { Access, Instruction } from '../tape/loops/layout.ts';
import type { Lanes } from './lanes.ts';
import type { Nest } from './nest.ts';

export interface Uniform {
  /** 1 for each value in lanes that is the same in all of them. */
  readonly values: Uint8Array;
  /** Numbers per element of each array. */
  readonly width: Int32Array;
  /** 1 for each body in lanes of which all is the same in all lanes. */
  readonly bodies: Uint8Array;
}

/** Also narrows the bodies, in `lanes`, that are the same in all lanes. */
export function uniformIn(nest: Nest, { width, tile }: Lanes): Uniform {
  const { tape, home, inputs } = nest;
  const values = new Uint8Array(tape.values);
  const bodies = new Uint8Array(tape.bodies.length);
  const wide = new Uint8Array(tape.blocks.length);
  const narrow = (value: number): boolean => width[home[value]!] === 1 || values[value] === 1;
  const same = ({ array, at }: Access): boolean =>
    wide[array] === 0 && at.terms.every((term) => tile[term.body] === 1) && at.picks.every(({ value }) => narrow(value));

  /** Is what an instruction makes the same in all lanes? */
  const isSame = (it: Instruction, body: number): boolean => {
    switch (it.kind) {
      case 'op':
        return it.args.every(narrow);
      case 'load':
        return same(it.from);
      case 'check':
        return narrow(it.a);
      case 'index':
        return tile[body] === 1;
      case 'store':
        return narrow(it.a) && same(it.into);
      case 'copy':
        return same(it.from.from) && same(it.into.from);
      case 'reduce':
        return same(it.a.from) && (!it.b || same(it.b.from));
      case 'contract':
        return same(it.a.from) && same(it.b.from);
      case 'scatter':
        return same(it.from.from) && same(it.at.from);
      case 'region':
        return tile[it.body] === 1 && walk(it.body);
      default:
        return false; // a scan's cells are in lanes
    }
  };

  /** Goes through a body in lanes. Returns whether all of it is the same in all lanes; then it is narrow. */
  const walk = (body: number): boolean => {
    let all = tile[body] === 1;
    for (const it of tape.bodies[body]!.code) {
      const is = isSame(it, body);
      if (!is) all = false;
      if (it.kind === 'scan') {
        for (const carry of it.carries) if (carry.kind === 'array') wide[carry.in] = wide[carry.out] = 1;
        for (const { into } of it.stacks) wide[into] = 1;
        walk(it.body);
      } else if (it.kind === 'region') {
        for (const { out } of it.sums) values[out] = Number(is);
        for (const { into } of it.stacks) wide[into] = Number(!is);
      } else if ('out' in it) values[it.out] = Number(is && !inputs.aliases.has(it.out));
      else if (!is) wide[it.kind === 'store' ? it.into.array : it.kind === 'copy' ? it.into.from.array : it.array] = 1;
    }
    const run = nest.runs[body]!;
    for (const { value } of run.sums) all &&= narrow(value);
    for (const stack of run.stacks) all &&= 'value' in stack ? narrow(stack.value) : same(stack.view.from);
    all &&= run.kind === 'region';
    if (all) width[body] = bodies[body] = 1;
    return all;
  };

  const start = (body: number): void => {
    for (const it of tape.bodies[body]!.code) {
      if (it.kind !== 'region' && it.kind !== 'scan') continue;
      if (width[it.body] === 1) start(it.body);
      else walk(it.body);
    }
  };
  start(0);
  for (let value = 0; value < values.length; value++)
    if (home[value]! >= 0 && bodies[home[value]!] && !inputs.aliases.has(value)) values[value] = 1;
  return { values, width: Int32Array.from(tape.blocks, ({ body }, i) => (wide[i] ? width[body]! : 1)), bodies };
}
