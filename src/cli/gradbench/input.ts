/** The input of an evaluate message, read by name: what is missing or wrong ends in a sentence. */
import type { Input } from '../../../examples/gradbench/eval.ts';
import { isNumbers, type Json, type JsonObject, type Numbers } from './json.ts';

/** What an eval asked for cannot be answered; the message says why. */
export class BadInput extends Error {}

export class JsonInput implements Input {
  readonly #itself: Json;
  readonly #name: string;

  /** @param name of the whole, for sentences */
  constructor(itself: Json, name = 'input') {
    this.#itself = itself;
    this.#name = name;
  }

  number(name: string): number {
    const value = this.#field(name);
    if (typeof value !== 'number') return this.#expected(name, 'a number', value);
    return value;
  }

  alone(): number {
    if (typeof this.#itself !== 'number') throw new BadInput(`${this.#name}: expected a number, got ${described(this.#itself)}`);
    return this.#itself;
  }

  whole(name: string): number {
    const value = this.#field(name);
    if (!Number.isSafeInteger(value) || (value as number) < 0) this.#expected(name, 'a whole number', value);
    return value as number;
  }

  flag(name: string): boolean {
    const value = this.#field(name);
    if (typeof value !== 'boolean') return this.#expected(name, 'true or false', value);
    return value;
  }

  numbers(name: string, ...shape: readonly (number | string)[]): Numbers {
    const value = this.#field(name);
    const wanted = () => `numbers (${shape.join(' × ')})`;
    if (!isNumbers(value)) return this.#expected(name, wanted(), value);
    const fits = value.shape.length === shape.length && shape.every((n, i) => typeof n === 'string' || n === value.shape[i]);
    if (fits) return value;
    // an empty list is an empty list of anything
    const extents = shape.map((n) => (typeof n === 'string' ? 0 : n));
    if (value.values.length === 0 && extents.includes(0) && value.shape[0] === extents[0])
      return { shape: extents, values: value.values };
    return this.#expected(name, wanted(), value);
  }

  record(name: string): Input {
    const value = this.#field(name);
    if (!isRecord(value)) this.#expected(name, 'a record', value);
    return new JsonInput(value, `${this.#name}.${name}`);
  }

  has(name: string): boolean {
    return isRecord(this.#itself) && Object.hasOwn(this.#itself, name);
  }

  #field(name: string): Json {
    if (!isRecord(this.#itself))
      throw new BadInput(`${this.#name}: expected a record with ${name}, got ${described(this.#itself)}`);
    if (!Object.hasOwn(this.#itself, name)) throw new BadInput(`${this.#name}: ${name} is missing`);
    return this.#itself[name]!;
  }

  #expected(name: string, what: string, value: Json): never {
    throw new BadInput(`${this.#name}.${name}: expected ${what}, got ${described(value)}`);
  }
}

export function isRecord(value: Json): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isNumbers(value);
}

/** As sentences name it. */
export function described(value: Json | undefined): string {
  if (value === undefined) return 'nothing';
  if (isNumbers(value)) return `numbers (${value.shape.join(' × ')})`;
  if (Array.isArray(value)) return `an array of ${value.length}, not all of one kind`;
  if (isRecord(value)) return 'a record';
  const text = JSON.stringify(value);
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}
