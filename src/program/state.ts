/** What stands behind a program: a loaded tape, where its inputs lie, and whether it may be called. */
import { type EngineChoice, load } from '../engine/choose.ts';
import type { Machine, RowReduce } from '../engine/engine.ts';
import { fail } from '../errors.ts';
import type { Model } from '../explain/model.ts';
import type { Tape } from '../tape/layout.ts';
import { type Feed, oneRow } from './feed.ts';
import { checkNames, checkValue, copyValue, type Place, placesOf, type Values } from './marshal.ts';

/** How programs are made and run. */
export interface ProgramOptions {
  /** Default 'auto': WebAssembly where it is allowed, else plain JavaScript. */
  readonly engine?: EngineChoice;
  /** 'nan': every evaluation whose value or gradient is not finite throws NonFinite, naming the node where it began. */
  readonly check?: 'nan';
}

/** Frees the memory of programs that were dropped without dispose(). */
const dropped =
  typeof FinalizationRegistry === 'undefined' ? undefined : new FinalizationRegistry<Machine>((machine) => machine.dispose());

// reasons why a call is refused, as bits, so that the hot path tests one number
const DISPOSED = 1;
export const BUSY = 2;
export const UNBOUND = 4; // data is missing
export const SEVERAL = 8; // outputs, where one is needed

export class State {
  readonly tape: Tape;
  readonly machine: Machine;
  readonly options: ProgramOptions;
  readonly parameters: readonly Place[];
  readonly data: readonly Place[];
  /** Rows of data, 0 for a plain program; and how their outputs become one. */
  rows = 0;
  readonly reduce: RowReduce;
  blocked = 0;
  /** Every result is looked at: check: 'nan'. */
  readonly checked: boolean;
  readonly #feed: Feed;
  readonly #unbound: Set<string>;
  readonly #model: () => Model;

  constructor(tape: Tape, model: () => Model, options: ProgramOptions, feed: Feed = oneRow, reduce: RowReduce = 'mean') {
    this.tape = tape;
    this.options = options;
    this.checked = options.check === 'nan';
    this.#feed = feed;
    this.reduce = reduce;
    this.#model = model;
    this.parameters = placesOf(tape.signature.inputs, false);
    this.data = placesOf(tape.signature.inputs, true);
    this.#unbound = new Set(this.data.map((place) => place.name));
    if (this.data.length > 0) this.blocked |= UNBOUND;
    if (tape.outputs.length > 1) this.blocked |= SEVERAL;
    this.machine = load(tape, options.engine ?? 'auto');
    dropped?.register(this, this.machine, this);
  }

  /** The graph as written, or as read from the tape. */
  get model(): Model {
    return this.#model();
  }

  /** The same tape, loaded once more, with data of another form. */
  copy(feed: Feed, reduce: RowReduce, rows: number | undefined): State {
    const copy = new State(this.tape, this.#model, this.options, feed, reduce);
    if (rows === undefined) return copy;
    try {
      copy.machine.reserve(rows);
    } catch (error) {
      copy.dispose();
      throw error;
    }
    copy.rows = rows;
    return copy;
  }

  /** @throws Disposed */
  requireAlive(): void {
    if (this.blocked & DISPOSED) this.refuse();
  }

  /** @throws Disposed, Reentrant, and unless ignored SeveralOutputs, DataMissing */
  require(ignored = 0): void {
    if ((this.blocked & ~ignored) !== 0) this.refuse(ignored);
  }

  refuse(ignored = 0): never {
    const blocked = this.blocked & ~ignored;
    if (blocked & DISPOSED) fail('Disposed', 'this program was disposed; compile it again');
    if (blocked & BUSY)
      fail('Reentrant', 'this program is running; inside its own callback only its point and adjoint can be read');
    if (blocked & SEVERAL) {
      const names = this.tape.signature.outputs.map(({ name, shape }) =>
        shape.length ? `${name} (${shape.join(' × ')})` : name,
      );
      fail('SeveralOutputs', `one output is needed here, this program has ${this.tape.outputs.length}: ${names.join(', ')}`);
    }
    const missing = [...this.#unbound].join(', ');
    return fail('DataMissing', `no data for ${missing}; call bind({ ${missing} }) first`);
  }

  /**
   * Takes what a point gives by name: all parameters, and data if there is any in it. Nothing is written before
   * everything is checked.
   */
  assign(what: string, point: unknown, ignored = 0): void {
    this.require(ignored | UNBOUND);
    checkNames(what, point, [...this.parameters, ...this.data]);
    const writeParameters = this.#parameters(what, point);
    const given = this.data.filter(({ name }) => Object.hasOwn(point, name));
    const missing = this.data.find(({ name }) => this.#unbound.has(name) && !Object.hasOwn(point, name));
    if (missing)
      fail('DataMissing', `${what}: no data for ${missing.name}; give it here or call bind({ ${missing.name} }) first`);
    if (given.length > 0) this.#feed(this, point, given)();
    writeParameters(this.machine.point);
    if (given.length > 0) this.#bound(given);
  }

  /** Takes data by name; what is not given stays as it is. */
  bind(values: unknown): void {
    this.require(UNBOUND | SEVERAL);
    checkNames('bind', values, this.data);
    const given = this.data.filter(({ name }) => Object.hasOwn(values, name));
    this.#feed(this, values, given)();
    this.#bound(given);
  }

  /** A flat copy of parameters given by name. */
  flat(what: string, values: unknown): Float64Array {
    checkNames(what, values, this.parameters);
    const flat = new Float64Array(this.tape.p);
    this.#parameters(what, values)(flat);
    return flat;
  }

  forward(): number {
    return this.rows === 0 ? this.machine.forward() : this.machine.forwardRows(this.rows, this.reduce);
  }

  gradient(): number {
    return this.rows === 0 ? this.machine.gradient() : this.machine.gradientRows(this.rows, this.reduce);
  }

  /** The bound data of one row. */
  rowData(row: number): Float64Array {
    const { q } = this.tape;
    return this.rows === 0 ? this.machine.data.slice() : this.machine.reserve(this.rows).slice(row * q, (row + 1) * q);
  }

  /**
   * While an optimiser runs, calls are refused; returns what ends that.
   *
   * @param bringsData the optimiser writes rows of its own
   * @throws Disposed, Reentrant, SeveralOutputs, DataMissing
   */
  hold(bringsData = false): () => void {
    this.require(bringsData ? UNBOUND : 0);
    this.blocked |= BUSY;
    return () => {
      this.blocked &= ~BUSY;
    };
  }

  /** Checks all parameters, and returns what copies them. */
  #parameters(what: string, values: Values): (target: Float64Array) => void {
    for (const { name, shape } of this.parameters) {
      if (!Object.hasOwn(values, name)) fail('MissingName', `${what}: the input '${name}' is missing`);
      checkValue(name, values[name], shape);
    }
    return (target) => {
      for (const { name, shape, offset } of this.parameters) copyValue(values[name], shape, target, offset);
    };
  }

  /** The data of these places was written. */
  #bound(places: readonly Place[]): void {
    for (const { name } of places) this.#unbound.delete(name);
    if (this.#unbound.size > 0) return;
    this.blocked &= ~UNBOUND;
    if (this.rows === 0) this.machine.bound();
  }

  dispose(): void {
    if (this.blocked & DISPOSED) return;
    this.require(UNBOUND | SEVERAL);
    this.blocked |= DISPOSED;
    dropped?.unregister(this);
    this.machine.dispose();
  }
}

/** Where a program keeps its {@link State}; a symbol, so that editors do not offer it. */
export const STATE: unique symbol = Symbol('wengert.state');
