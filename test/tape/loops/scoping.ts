/**
 * What validate promises, said in another way: everything has a place in the program, a body and a number in it, and a use
 * is sound if its definition stands before it in its body, or before the loop that runs this body, or that one's …
 */
import type { Access, Instruction, LoopTape } from '../../../src/tape/loops/layout.ts';

interface Place {
  readonly body: number;
  readonly at: number;
}

/** What is used where it does not exist; undefined if nothing is. Bodies, arrays and values that are not there throw. */
export function findFault(tape: LoopTape): string | undefined {
  const runs: Place[] = tape.bodies.map(() => ({ body: -1, at: -1 }));
  const defined = new Map<number, Place>();
  const checked = new Set<number>();
  const fills: Place[][] = tape.blocks.map(({ kind }) => (kind === 'local' ? [] : [{ body: 0, at: -1 }]));
  const isEmpty = (array: number): boolean => {
    const size = tape.sizes[tape.blocks[array]!.size]!;
    return size.op === 'const' && size.value === 0; // no element of it is ever read
  };
  const each = (visit: (it: Instruction, place: Place) => void): void =>
    tape.bodies.forEach(({ code }, body) => code.forEach((it, at) => visit(it, { body, at })));

  const define = (value: number, place: Place): void => {
    if (defined.has(value)) throw new Error(`v${value} twice`);
    defined.set(value, place);
  };
  each((it, place) => {
    if ('out' in it) define(it.out, place);
    if (it.kind === 'check') checked.add(it.out);
    if (it.kind === 'store') fills[it.into.array]!.push(place);
    if (it.kind === 'copy') fills[it.into.from.array]!.push(place);
    if (it.kind === 'contract') fills[it.array]!.push(place);
    if (it.kind !== 'region' && it.kind !== 'scan') return;
    runs[it.body] = place;
    for (const { out } of it.sums) define(out, place);
    for (const { into } of it.stacks) fills[into]!.push(place);
    for (const c of it.kind === 'scan' ? it.carries : []) {
      const start = { body: it.body, at: -1 };
      if (c.kind === 'number') {
        define(c.in, start);
        define(c.out, place);
      } else {
        fills[c.in]!.push(start);
        fills[c.out]!.push(place);
      }
    }
  });

  /** The place as it is seen from another body: of the loop in that body which it lies in. */
  const isBefore = (first: Place, later: Place): boolean => {
    for (let seen = later; seen.body >= 0; seen = runs[seen.body]!) if (seen.body === first.body) return first.at < seen.at;
    return false;
  };
  const faults: string[] = [];
  const use = (value: number, place: Place): void => {
    const from = defined.get(value);
    if (!from || !isBefore(from, place)) faults.push(`v${value} at ${place.body}:${place.at}`);
  };
  const read = ({ array, at, checks }: Access, place: Place): void => {
    const { body } = tape.blocks[array]!;
    if (!isBefore({ body, at: -2 }, place)) faults.push(`array ${array} is not around ${place.body}:${place.at}`);
    if (fills[array]!.length === 0 && !isEmpty(array)) faults.push(`array ${array} is empty`);
    for (const fill of isEmpty(array) ? [] : fills[array]!) {
      if (fill.at >= 0 && fill.body !== body) faults.push(`array ${array} is filled elsewhere`);
      if (!isBefore(fill, place)) faults.push(`array ${array} at ${place.body}:${place.at}`);
    }
    affine(at, place);
    for (const check of checks) affine(check.at, place);
  };
  const affine = ({ terms, picks }: Access['at'], place: Place): void => {
    for (const { body } of terms) if (body === 0 || !isBefore({ body, at: -2 }, place)) faults.push(`loop ${body}`);
    for (const { value } of picks) {
      use(value, place);
      if (!checked.has(value)) faults.push(`v${value} is not checked`);
    }
  };
  each((it, place) => {
    if (it.kind === 'op') for (const value of it.args) use(value, place);
    if (it.kind === 'load') read(it.from, place);
    if (it.kind === 'check' || it.kind === 'store') use(it.a, place);
    if (it.kind === 'store') affine(it.into.at, place);
    if (it.kind === 'copy') read(it.from.from, place);
    if (it.kind === 'reduce') for (const view of [it.a, ...(it.b ? [it.b] : [])]) read(view.from, place);
    if (it.kind === 'contract') for (const view of [it.a, it.b]) read(view.from, place);
    if (it.kind !== 'region' && it.kind !== 'scan') return;
    const end = { body: it.body, at: Number.POSITIVE_INFINITY };
    for (const { value } of it.sums) use(value, end);
    for (const stack of it.stacks) {
      if ('view' in stack) read(stack.view.from, end);
      else use(stack.value, end);
    }
    for (const c of it.kind === 'scan' ? it.carries : []) {
      if (c.kind === 'number') {
        use(c.init, place);
        use(c.next, end);
      } else {
        read(c.init.from, place);
        read(c.next.from, end);
      }
    }
  });
  const end = { body: 0, at: Number.POSITIVE_INFINITY };
  for (const { from } of tape.outputs) {
    if ('value' in from) use(from.value, end);
    else read({ array: from.array, at: { base: 0, terms: [], picks: [] }, checks: [] }, end);
  }
  for (let value = 0; value < tape.values; value++) if (!defined.has(value)) faults.push(`v${value} is missing`);
  return faults[0];
}
