/** Flat points in programs whose parameters have named lengths: a flat point says how long it is, and that can settle one length. */
import { fail } from '../errors.ts';
import type { LoopTape } from '../tape/loops/layout.ts';
import type { LengthsByName } from './binding.ts';
import { sized } from './lengths.ts';
import { checkFlat, isList, placesOf } from './marshal.ts';

/**
 * The lengths at which the parameters make up this flat point.
 *
 * @param known what data says of the lengths
 * @param inForce the lengths before; they stay if the point fits
 * @throws WrongType, WrongLength, DetachedBuffer
 */
export function fitted(
  what: string,
  flat: unknown,
  { inputs, lengths: names }: LoopTape,
  known: LengthsByName,
  inForce: LengthsByName | undefined,
): LengthsByName {
  const parameters = inputs.filter((port) => !port.data);
  const total = (lengths: LengthsByName): number =>
    placesOf(sized(parameters, lengths), false).reduce((sum, { size }) => sum + size, 0);
  const open = names.filter((name) => !known.has(name));
  const before = new Map([...(inForce ?? []), ...known]);
  const isKnown = names.every((name) => before.has(name));
  const length = isList(flat) && Number.isSafeInteger(flat.length) ? flat.length : Number.NaN;
  const name = open[0];
  if (name === undefined || Number.isNaN(length) || (isKnown && total(before) === length)) {
    checkFlat(what, flat, isKnown ? total(before) : 0);
    return before;
  }
  const list = parameters.map(({ name, shape }) => (shape.length ? `${name} (${shape.join(' × ')})` : name)).join(', ');
  if (open.length > 1)
    fail('WrongLength', `${what}: ${length} numbers leave ${open.join(' and ')} open; give ${list} by name first`);
  const lengths = (n: number): LengthsByName => new Map([...known, [name, n]]);
  const found = lengths(least(length, (n) => total(lengths(n)) >= length));
  if (total(found) !== length) fail('WrongLength', `${what}: ${length} numbers do not make up ${list}, whatever ${name} is`);
  checkFlat(what, flat, length);
  return found;
}

/** The least n from 0 to `most` that is large enough, `most` if none is; by halves. */
function least(most: number, isEnough: (n: number) => boolean): number {
  let [low, high] = [0, most];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (isEnough(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
