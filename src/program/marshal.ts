/** Values in and out: numbers and arrays, flat or nested, checked before anything is overwritten, copied to flat memory. */
import { fail } from '../errors.ts';
import { show } from '../graph/show.ts';
import type { Port } from '../tape/layout.ts';
import { sizeOf } from './signature.ts';

/** Where the numbers of a port lie in the flat parameters, or in a row of the data. */
export interface Place extends Port {
  readonly size: number;
  readonly offset: number;
}

/** What a user gives by name, still to be checked. */
export type Values = Readonly<Record<string, unknown>>;

/** The places of the differentiated inputs, or of the data. */
export function placesOf(ports: readonly Port[], data: boolean): Place[] {
  let offset = 0;
  return ports
    .filter((port) => port.data === data)
    .map((port) => {
      const place = { ...port, size: sizeOf(port.shape), offset };
      offset += place.size;
      return place;
    });
}

/** @throws WrongType, WrongLength, DetachedBuffer unless `value` has this shape: flat, or nested at any level */
export function checkValue(name: string, value: unknown, shape: readonly number[]): void {
  if (shape.length === 0) {
    if (typeof value !== 'number') fail('WrongType', `${name}: expected a number, got ${show(value)}`);
    return;
  }
  if (!isList(value)) fail('WrongType', `${name}: expected an array of ${described(shape)}, got ${show(value)}`);
  checkAttached(name, value);
  if (isNested(value, shape)) {
    const inner = shape.slice(1);
    for (let i = 0; i < value.length; i++) checkValue(`${name}[${i}]`, value[i], inner);
    return;
  }
  const size = sizeOf(shape);
  if (value.length !== size) fail('WrongLength', `${name}: expected ${described(shape)}, got ${String(value.length)}`);
  checkNumbers(name, value);
}

/** Copies a checked value of this shape to `target`, from `at` on. */
export function copyValue(value: unknown, shape: readonly number[], target: Float64Array, at: number): void {
  if (shape.length === 0) {
    target[at] = value as number;
    return;
  }
  const list = value as ArrayLike<number>;
  if (!isNested(list, shape)) {
    copyNumbers(list, 0, sizeOf(shape), target, at);
    return;
  }
  const inner = shape.slice(1);
  const size = sizeOf(inner);
  for (let i = 0; i < list.length; i++) copyValue(list[i], inner, target, at + i * size);
}

const AFRESH = 'views of a program have to be read afresh';

/** Up to here a loop is quicker than set(). */
export const SHORT = 30;

/** `count` numbers of `source`, from `from` on, to `target`, from `at` on. */
export function copyNumbers(source: ArrayLike<number>, from: number, count: number, target: Float64Array, at: number): void {
  if (source.length < from + count) fail('DetachedBuffer', `an array was emptied while it was being read; ${AFRESH}`);
  if (count > SHORT && ArrayBuffer.isView(source)) {
    const typed = source as Float64Array;
    target.set(count === typed.length ? typed : typed.subarray(from, from + count), at);
  } else {
    for (let i = 0; i < count; i++) target[at + i] = source[from + i]!;
  }
}

/** The numbers of a place, from `source`, as the user sees them: a number, or a copy in an array of their own. */
export function readValue(place: Place, source: Float64Array): number | Float64Array {
  return place.shape.length === 0 ? source[place.offset]! : source.slice(place.offset, place.offset + place.size);
}

/** An object of values by name. @throws WrongType, UnknownName */
export function checkNames(
  what: string,
  given: unknown,
  places: readonly { readonly name: string }[],
  kind: 'input' | 'output' = 'input',
): asserts given is Values {
  if (typeof given !== 'object' || given === null || Array.isArray(given) || ArrayBuffer.isView(given)) {
    fail('WrongType', `${what}: expected values by name, as in { ${places[0]?.name ?? 'x'}: … }, got ${show(given)}`);
  }
  for (const name of Object.keys(given)) {
    if (places.some((place) => place.name === name)) continue;
    const known = places.map((place) => place.name).join(', ');
    fail('UnknownName', `${what}: there is no ${kind} '${name}' here, only ${known || 'none at all'}`);
  }
}

/** Is each element of the list one slice of the shape, rather than a number? */
export function isNested(list: ArrayLike<unknown>, shape: readonly number[]): boolean {
  return shape.length > 1 && list.length === shape[0] && typeof list[0] === 'object';
}

export function isList(x: unknown): x is ArrayLike<unknown> {
  return typeof x === 'object' && x !== null && typeof (x as ArrayLike<unknown>).length === 'number';
}

/** @throws DetachedBuffer */
export function checkAttached(name: string, list: ArrayLike<unknown>): void {
  if (list.length > 0 || !ArrayBuffer.isView(list)) return;
  try {
    new Uint8Array(list.buffer); // throws where the buffer is gone; ArrayBuffer.detached is not everywhere yet
  } catch {
    fail('DetachedBuffer', `${name}: the buffer of this array was transferred or has moved; ${AFRESH}`);
  }
}

/** A flat array of `length` numbers. @throws WrongType, WrongLength, DetachedBuffer */
export function checkFlat(what: string, flat: unknown, length: number): void {
  if (!isList(flat)) fail('WrongType', `${what}: expected a flat array of ${length} numbers, got ${show(flat)}`);
  checkAttached(what, flat);
  if (flat.length !== length) fail('WrongLength', `${what}: expected ${length} numbers, got ${String(flat.length)}`);
  checkNumbers(what, flat);
}

/** Every element is a number; NaN and infinities are. @throws WrongType */
export function checkNumbers(name: string, list: ArrayLike<unknown>): void {
  if (list instanceof Float64Array) return;
  for (let i = 0; i < list.length; i++) {
    if (typeof list[i] !== 'number') fail('WrongType', `${name}[${i}]: expected a number, got ${show(list[i])}`);
  }
}

/** `6 numbers (2 × 3)` */
function described(shape: readonly number[]): string {
  const size = sizeOf(shape);
  return `${size} number${size === 1 ? '' : 's'}${shape.length > 1 ? ` (${shape.join(' × ')})` : ''}`;
}
