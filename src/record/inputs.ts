/** What a call of a recorded function is given: shapes are found, values checked, data kept until it is bound again. */
import { fail } from '../errors.ts';
import { Lengths, sized } from '../program/lengths.ts';
import { checkFlat, checkNames, checkValue, copyValue, type Place, placesOf, type Values } from '../program/marshal.ts';
import { type Inputs as Declared, portsOf, sizeOf } from '../program/signature.ts';
import type { LoopPort } from '../tape/loops/layout.ts';

interface Bound {
  readonly shape: readonly number[];
  readonly numbers: Float64Array;
}

export class Inputs {
  readonly ports: readonly LoopPort[];
  /** Where the inputs of the last call lie: the parameters from slot 0 on, the data behind them. */
  parameters: readonly Place[] = [];
  data: readonly Place[] = [];
  p = 0;
  q = 0;
  readonly #bound = new Map<string, Bound>();
  readonly #named: boolean;
  #settled = false;

  constructor(signature: Declared) {
    this.ports = portsOf(signature);
    this.#named = this.ports.some(({ shape }) => shape.some((extent) => typeof extent === 'string'));
  }

  /** Takes data by name; what is not given stays as it is. */
  bind(given: unknown): void {
    const data = this.ports.filter((port) => port.data);
    checkNames('bind', given, data);
    const ports = data.filter(({ name }) => Object.hasOwn(given, name));
    this.#keep(this.#checked(given, ports));
  }

  /** Takes a point: all parameters, and data if there is any in it. Returns what writes it to the first slots. */
  take(what: string, point: unknown): (values: Float64Array) => void {
    checkNames(what, point, this.ports);
    for (const { name, data } of this.ports) {
      if (Object.hasOwn(point, name) || (data && this.#bound.has(name))) continue;
      if (data) fail('DataMissing', `${what}: no data for ${name}; give it here or call bind({ ${name} }) first`);
      fail('MissingName', `${what}: the input '${name}' is missing`);
    }
    const given = this.ports.filter(({ name }) => Object.hasOwn(point, name));
    const settled = this.#checked(point, given);
    this.#keep(settled);
    this.#settle(settled.lengths);
    return (values) => {
      for (const { name, shape, offset } of this.parameters) copyValue(point[name], shape, values, offset);
      this.#writeData(values);
    };
  }

  /** Takes a flat point; lengths are those of the data, or of the last call. */
  takeFlat(what: string, flat: ArrayLike<number>): (values: Float64Array) => void {
    const missing = this.ports.filter(({ name, data }) => data && !this.#bound.has(name)).map(({ name }) => name);
    if (missing.length > 0)
      fail('DataMissing', `${what}: no data for ${missing.join(', ')}; call bind({ ${missing.join(', ')} }) first`);
    if (!this.#settled || this.#named) this.#settle(this.#lengths([], {}), what);
    checkFlat(`${what}: the point`, flat, this.p);
    return (values) => {
      for (let i = 0; i < this.p; i++) values[i] = flat[i]!;
      this.#writeData(values);
    };
  }

  /** A direction, flat: one number for every parameter. */
  direction(what: string, given: unknown): Float64Array {
    checkNames(what, given, this.parameters);
    const flat = new Float64Array(this.p);
    for (const { name, shape, offset } of this.parameters) {
      if (!Object.hasOwn(given, name)) fail('MissingName', `${what}: the input '${name}' is missing`);
      checkValue(name, given[name], shape);
      copyValue(given[name], shape, flat, offset);
    }
    return flat;
  }

  /** The shapes of what is given, all of it checked. */
  #checked(given: Values, ports: readonly LoopPort[]) {
    const lengths = this.#lengths(ports, given);
    const places = sized(ports, lengths);
    for (const { name, shape } of places) checkValue(name, given[name], shape);
    return { given, places, lengths };
  }

  #lengths(ports: readonly LoopPort[], given: Values): ReadonlyMap<string, number> {
    const lengths = new Lengths();
    if (!this.#named) return lengths.finish();
    for (const port of ports) lengths.given(port, given[port.name]);
    for (const port of this.ports) {
      const bound = this.#bound.get(port.name);
      if (bound && !ports.includes(port)) lengths.bound(port, bound.shape);
    }
    return lengths.finish();
  }

  #keep({
    given,
    places,
  }: {
    given: Values;
    places: readonly { name: string; data: boolean; shape: readonly number[] }[];
  }): void {
    for (const { name, data, shape } of places) {
      if (!data) continue;
      const size = sizeOf(shape);
      const before = this.#bound.get(name)?.numbers;
      const numbers = before?.length === size ? before : new Float64Array(size);
      copyValue(given[name], shape, numbers, 0);
      this.#bound.set(name, { shape, numbers });
    }
  }

  #settle(lengths: ReadonlyMap<string, number>, flat?: string): void {
    if (this.#settled && !this.#named) return;
    const before = this.parameters;
    const ports = sized(this.ports, lengths);
    this.parameters = placesOf(ports, false).map((place, i) => {
      const open = place.shape.some((n) => n === undefined);
      if (!open) return place;
      return before[i] ?? fail('WrongLength', `${flat}: nothing says how long ${place.name} is; call gradient or value first`);
    });
    this.data = placesOf(ports, true);
    this.p = this.parameters.reduce((sum, { size }) => sum + size, 0);
    this.q = this.data.reduce((sum, { size }) => sum + size, 0);
    this.#settled = true;
  }

  #writeData(values: Float64Array): void {
    for (const { name, offset } of this.data) values.set(this.#bound.get(name)!.numbers, this.p + offset);
  }
}
