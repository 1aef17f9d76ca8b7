/** A machine for programs with loops, and what is in it: which lengths are in force, which data is bound, and what stays when lengths change. */
import type { LoopMachine } from '../engine/engine.ts';
import type { Port } from '../tape/layout.ts';
import { sized } from './lengths.ts';
import { copyValue, type Place, placesOf, type Values } from './marshal.ts';

/** One length for each name. */
export type LengthsByName = ReadonlyMap<string, number>;

/** Data that was bound: in which shape, and, until all lengths are known, the numbers themselves. */
interface Bound {
  readonly shape: readonly number[];
  readonly waiting?: Float64Array;
}

interface Saved {
  readonly point: Float64Array;
  readonly data: ReadonlyMap<string, Float64Array>;
}

export class Binding {
  readonly machine: LoopMachine;
  /** The lengths in force; undefined until all are known. */
  lengths: LengthsByName | undefined;
  /** Where inputs lie at these lengths. */
  parameters: readonly Place[] = [];
  data: readonly Place[] = [];
  /** Data was written since the machine was last told. */
  isStale = false;
  readonly #bound = new Map<string, Bound>();

  constructor(machine: LoopMachine) {
    this.machine = machine;
    if (machine.tape.lengths.length === 0) this.#settle(new Map());
  }

  /** The shape of data that is bound. */
  shapeOf(name: string): readonly number[] | undefined {
    return this.#bound.get(name)?.shape;
  }

  /**
   * Puts lengths in force, one for each name. Data that is bound is carried over, and so is the point if its shape stays.
   *
   * @param written data that will be overwritten anyway
   * @throws OutOfRange, OutOfMemory, and then all is as it was
   */
  resize(lengths: LengthsByName, written: readonly { readonly name: string }[] = []): void {
    const { machine, lengths: before } = this;
    const names = machine.tape.lengths;
    if (before && names.every((name) => lengths.get(name) === before.get(name))) return;
    const saved = before && this.#save();
    const { linked } = machine;
    try {
      machine.resize(names.map((name) => lengths.get(name)!));
    } catch (error) {
      if (saved && machine.linked !== linked) this.#restore(saved);
      throw error;
    }

    const sizes = this.parameters.map(({ size }) => size);
    this.#settle(lengths);
    this.isStale = true;
    for (const { name, shape, offset } of this.data) {
      const bound = this.#bound.get(name);
      if (!bound) continue;
      this.#bound.set(name, { shape });
      if (written.some((port) => port.name === name)) continue;
      const values = bound.waiting ?? saved?.data.get(name);
      if (values) machine.data.set(values, offset);
    }
    const isSamePoint = saved && this.parameters.every(({ size }, i) => size === sizes[i]);
    if (isSamePoint) machine.point.set(saved.point);
    else machine.point.fill(0);
  }

  /** Copies of what is in the machine. */
  #save(): Saved {
    const { point, data } = this.machine;
    const bound = this.data.filter(({ name }) => this.#bound.has(name));
    return {
      point: point.slice(),
      data: new Map(bound.map(({ name, offset, size }) => [name, data.slice(offset, offset + size)])),
    };
  }

  /** After a failure that emptied the machine: what was in it goes back, or waits until there is room. */
  #restore({ point, data }: Saved): void {
    const { machine, lengths } = this;
    try {
      machine.resize(machine.tape.lengths.map((name) => lengths!.get(name)!));
      machine.point.set(point);
      for (const { name, offset } of this.data) if (data.has(name)) machine.data.set(data.get(name)!, offset);
      machine.bound();
    } catch {
      this.lengths = undefined;
      for (const [name, waiting] of data) this.#bound.set(name, { shape: this.#bound.get(name)!.shape, waiting });
    }
  }

  /** Copies checked data to where it belongs, or keeps it until that is known. */
  bind(ports: readonly Port[], values: Values): void {
    for (const { name, shape } of ports) {
      const place = this.lengths && this.data.find((place) => place.name === name);
      if (place) {
        copyValue(values[name], shape, this.machine.data, place.offset);
        this.#bound.set(name, { shape });
        this.isStale = true;
      } else {
        const waiting = new Float64Array(shape.reduce((product, n) => product * n, 1));
        copyValue(values[name], shape, waiting, 0);
        this.#bound.set(name, { shape, waiting });
      }
    }
  }

  #settle(lengths: LengthsByName): void {
    const ports = sized(this.machine.tape.inputs, lengths);
    this.lengths = new Map(lengths);
    this.parameters = placesOf(ports, false);
    this.data = placesOf(ports, true);
  }
}
