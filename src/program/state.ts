/** What stands behind a program: a loaded tape, where its inputs lie, and whether it may be called. flat.ts and loops.ts have the two kinds. */
import type { Machine, RowReduce } from '../engine/engine.ts';
import { fail } from '../errors.ts';
import type { Model } from '../explain/model.ts';
import type { Pattern } from '../sparsity/sets.ts';
import type { Signature } from '../tape/layout.ts';
import type { LoopPort } from '../tape/loops/layout.ts';
import { checkNames, checkValue, copyValue, type Place, type Values } from './marshal.ts';
import type { CallOptions, ProgramOptions } from './options.ts';
import { flatWeights, type Shaped } from './outputs.ts';
import type { WasmOptions } from './standalone.ts';
import { checkSteps, type Sweep } from './steps.ts';

/** A program as a graph of single numbers, with the numbers that are in it: what tables are made of, and culprits found in. */
export interface Instance {
  readonly model: Model;
  readonly signature: Signature;
  readonly point: Float64Array;
  readonly data: Float64Array;
  /** What a sentence about it adds: `, in row 2` */
  readonly where: string;
}

/** Where an optimiser starts. */
export interface Start {
  readonly flat: Float64Array;
  /** The lengths this point, data bound and data given make; none in a flat program. */
  readonly lengths: ReadonlyMap<string, number>;
  /** Puts the lengths in force. */
  begin(): void;
}

/** Values that were checked. */
export interface Taken {
  /** Where parameters will lie. */
  readonly places: readonly Place[];
  /** The outputs with the shapes they will have. */
  outputs(): readonly Shaped[];
  write(): void;
}

/** Frees the memory of programs that were dropped without dispose(). */
const dropped =
  typeof FinalizationRegistry === 'undefined' ? undefined : new FinalizationRegistry<Machine>((machine) => machine.dispose());

/** Up to here a program with loops is looked at number by number. */
export const MOST_NODES = 10_000;

// reasons why a call is refused, as bits, so that the hot path tests one number
const DISPOSED = 1;
export const BUSY = 2;
export const UNBOUND = 4; // data is missing
export const SEVERAL = 8; // outputs, where one is needed
export const UNSIZED = 16; // lengths are not known yet

/** What evaluate is given, in sentences. */
export const POINT = 'evaluate: the point';

export abstract class State {
  abstract readonly machine: Machine;
  readonly options: ProgramOptions;
  /** The inputs, as declared. */
  readonly inputs: readonly LoopPort[];
  readonly outputs: readonly { readonly name: string }[];
  readonly single: boolean;
  /** Where inputs lie, for the lengths in force. */
  parameters: readonly Place[] = [];
  data: readonly Place[] = [];
  /** Rows of data, 0 for a plain program; and how their outputs become one. */
  rows = 0;
  readonly reduce: RowReduce;
  blocked = 0;
  /** Programs made for this one, freed with it. */
  readonly owned: { dispose(): void }[] = [];
  /** Counts how often data was bound. */
  dataVersion = 0;
  /** Every result is looked at: check: 'nan'. */
  readonly checked: boolean;
  /** Steps are looked at before a sweep, whoever asks for it. */
  readonly limited: boolean;
  /** Neither. */
  readonly isPlain: boolean;
  protected readonly unbound: Set<string>;

  constructor(
    { inputs, outputs, single }: Pick<State, 'inputs' | 'outputs' | 'single'>,
    options: ProgramOptions,
    reduce: RowReduce,
  ) {
    this.inputs = inputs;
    this.outputs = outputs;
    this.single = single;
    this.options = options;
    this.checked = options.check === 'nan';
    this.limited = options.maxSteps !== undefined;
    this.isPlain = !this.checked && !this.limited;
    this.reduce = reduce;
    this.unbound = new Set(inputs.filter((port) => port.data).map((port) => port.name));
    if (this.unbound.size > 0) this.blocked |= UNBOUND;
  }

  /** Rows run in lanes: the machine is told how many at each call. */
  abstract readonly lanes: boolean;
  /** Names of lengths, in the order in which they first appear. */
  abstract readonly lengths: readonly string[];
  /** The outputs of the last sweep, by port. */
  abstract values(): (number | Float64Array)[];
  /** Runs a sweep; returns the tangents along a direction, by port. */
  abstract tangents(direction: Float64Array): (number | Float64Array)[];
  /** Which parameters each output depends on, for the lengths and data in force. O(n), a hundred evaluations. */
  abstract pattern(): Pattern;
  /** Another object when {@link pattern} might be another. */
  abstract patternKey(): object;
  /** The outputs with the shapes they have now. */
  abstract shapes(): readonly Shaped[];
  /** Steps of a sweep, for the lengths and rows in force. */
  abstract steps(sweep: Sweep): number;
  abstract forward(): number;
  abstract gradient(): number;
  /** The sum's or mean's derivative along a direction. */
  abstract tangent(direction: Float64Array): number;
  /** The output of each row. */
  abstract rowOutputs(): Float64Array;
  /** The same over rows of data, loaded once more. */
  abstract over(reduce: RowReduce, rows: number | undefined): State;
  /** As single numbers, one for each row of a flat tape; none if that would be too many. */
  abstract instances(): Iterable<Instance>;
  abstract print(): string;
  abstract toBytes(): Uint8Array;
  /** A standalone module of it, for the lengths and rows in force. */
  abstract toWasm(options: WasmOptions): Uint8Array<ArrayBuffer>;
  /** How large it is, for a console. */
  abstract describe(): string;
  /** The outputs with their shapes, for a sentence. */
  protected abstract outputList(): string;

  /** Checks the data that is given and, if they are wanted, all parameters. Writes nothing yet. */
  protected abstract take(what: string, values: Values, given: readonly LoopPort[], parameters: boolean): Taken;

  /** A start, flat or by name, beside data that will be given; nothing is changed yet. */
  abstract startAt(start: unknown, data?: Values): Start;

  /** Makes the flat points that evaluate takes as long as this one, where a length can still be chosen. @throws WrongType, WrongLength */
  abstract fit(flat: unknown, what?: string): void;

  /** The machine is there: registers it, so that it is freed with the program. */
  protected adopt(machine: Machine): void {
    dropped?.register(this, machine, this);
  }

  /** @throws Disposed */
  requireAlive(): void {
    if (this.blocked & DISPOSED) this.refuse();
  }

  /** @throws Disposed, DataMissing */
  requireSize(): void {
    if (this.blocked & (DISPOSED | UNSIZED)) this.refuse(BUSY | UNBOUND | SEVERAL);
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
    if (blocked & SEVERAL)
      fail('SeveralOutputs', `one output is needed here, this program has several numbers: ${this.outputList()}`);
    const missing = [...this.unbound].join(', ');
    if (blocked & UNBOUND) fail('DataMissing', `no data for ${missing}; call bind({ ${missing} }) first`);
    return fail(
      'DataMissing',
      `${this.lengths.join(' and ')}: not known yet; lengths come with the arrays given to bind or gradient`,
    );
  }

  /**
   * Takes what a point gives by name: all parameters, and data if there is any in it. Nothing is written before
   * everything is checked.
   */
  assign(what: string, point: unknown, ignored = 0): void {
    this.#assign(what, point, ignored).write();
  }

  /** The same, and a flat copy of a direction in the shapes of this point. */
  assignWith(what: string, point: unknown, direction: unknown, ignored = 0): Float64Array {
    const { places, write } = this.#assign(what, point, ignored);
    const along = this.flatten(`${what}: the direction`, direction, places);
    write();
    return along;
  }

  /** The same, and a flat copy of weights in the structure of the outputs. */
  assignWeights(what: string, point: unknown, weights: unknown): Float64Array {
    const { outputs, write } = this.#assign(what, point, SEVERAL);
    const seeds = flatWeights(`${what}: the weights`, weights, this.single, outputs());
    write();
    return seeds;
  }

  #assign(what: string, point: unknown, ignored: number): Taken {
    this.require(ignored | UNBOUND | UNSIZED);
    checkNames(what, point, this.inputs);
    for (const { name, data } of this.inputs) {
      if (!data && !Object.hasOwn(point, name)) fail('MissingName', `${what}: the input '${name}' is missing`);
    }
    const given = this.inputs.filter(({ data, name }) => data && Object.hasOwn(point, name));
    const missing = this.inputs.find(({ name }) => this.unbound.has(name) && !Object.hasOwn(point, name));
    if (missing)
      fail('DataMissing', `${what}: no data for ${missing.name}; give it here or call bind({ ${missing.name} }) first`);
    const taken = this.take(what, point, given, true);
    const write = (): void => {
      taken.write();
      if (given.length > 0) this.bound(given);
    };
    return { ...taken, write };
  }

  /** Takes data by name; what is not given stays as it is. */
  bind(values: unknown): void {
    this.require(UNBOUND | SEVERAL | UNSIZED);
    const data = this.inputs.filter((port) => port.data);
    checkNames('bind', values, data);
    const given = data.filter(({ name }) => Object.hasOwn(values, name));
    this.take('bind', values, given, false).write();
    this.bound(given);
  }

  /** A flat copy of parameters given by name, in the shapes in force. */
  flat(what: string, values: unknown): Float64Array {
    return this.flatten(what, values, this.parameters);
  }

  protected flatten(what: string, values: unknown, places: readonly Place[]): Float64Array {
    checkNames(what, values, places);
    const flat = new Float64Array(places.reduce((sum, { size }) => sum + size, 0));
    this.checkParameters(what, values, places)(flat);
    return flat;
  }

  /** @throws StepLimit if a Jacobian of so many columns (or rows) takes more steps than the call allows, or else the program */
  limitJacobian(count: number, columns: boolean, options?: CallOptions): void {
    const most = options?.maxSteps ?? this.options.maxSteps;
    if (most === undefined) return;
    const forward = this.steps('value');
    const sweep = columns ? this.steps('tangent') - forward : this.steps('gradient') - forward;
    checkSteps(forward + count * sweep, most, 'Jacobian');
  }

  /** @throws StepLimit if such a sweep takes more steps than the call allows, or else the program */
  limit(sweep: Sweep, options?: CallOptions): void {
    const most = options?.maxSteps ?? this.options.maxSteps;
    if (most !== undefined) checkSteps(this.steps(sweep), most, sweep);
  }

  /**
   * While an optimiser runs, calls are refused; returns what ends that.
   *
   * @param ignored reasons that are none: an optimiser may write rows of its own, or want several outputs
   * @throws Disposed, Reentrant, SeveralOutputs, DataMissing
   */
  hold(ignored = 0): () => void {
    this.require(ignored);
    this.blocked |= BUSY;
    return () => {
      this.blocked &= ~BUSY;
    };
  }

  /** Checks all parameters, and returns what copies them. */
  protected checkParameters(what: string, values: Values, places: readonly Place[]): (target: Float64Array) => void {
    for (const { name, shape } of places) {
      if (!Object.hasOwn(values, name)) fail('MissingName', `${what}: the input '${name}' is missing`);
      checkValue(name, values[name], shape);
    }
    return (target) => {
      for (const { name, shape, offset } of places) copyValue(values[name], shape, target, offset);
    };
  }

  /** The data of these ports was written. */
  protected bound(ports: readonly LoopPort[]): void {
    if (ports.length > 0) this.dataVersion++;
    for (const { name } of ports) this.unbound.delete(name);
    if (this.unbound.size === 0) this.blocked &= ~UNBOUND;
  }

  dispose(): void {
    if (this.blocked & DISPOSED) return;
    this.require(UNBOUND | SEVERAL | UNSIZED);
    this.blocked |= DISPOSED;
    dropped?.unregister(this);
    this.machine.dispose();
    for (const state of this.owned) state.dispose();
  }
}

/** Where a program keeps its {@link State}; a symbol, so that editors do not offer it. */
export const STATE: unique symbol = Symbol('wengert.state');
