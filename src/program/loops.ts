/** The state of a program with loops: its lengths are taken from the arrays of each call. */
import { loadLoops } from '../engine/choose.ts';
import type { LoopMachine, RowReduce } from '../engine/engine.ts';
import { fail, WengertError } from '../errors.ts';
import { computesPlaces, patternOfLoops } from '../sparsity/loops.ts';
import type { Pattern } from '../sparsity/sets.ts';
import { toBytes } from '../tape/bytes.ts';
import { type LoopPort, type LoopTape, sizesOf } from '../tape/loops/layout.ts';
import { overRows } from '../tape/loops/over.ts';
import { type Unrolled, unroll } from '../tape/loops/unroll.ts';
import { print } from '../tape/print.ts';
import { Binding, type LengthsByName } from './binding.ts';
import { fitted } from './fit.ts';
import { Lengths, sized } from './lengths.ts';
import { checkNames, checkValue, copyValue, placesOf, type Values } from './marshal.ts';
import { byPort, type Shaped } from './outputs.ts';
import { constantSize, fixLength, sizeText } from './sizes.ts';
import type { ProgramOptions } from './options.ts';
import { type Instance, MOST_NODES, POINT, SEVERAL, type Start, State, type Taken, UNSIZED } from './state.ts';
import { loopModule, type WasmOptions } from './standalone.ts';
import type { Sweep } from './steps.ts';

/** The length that counts rows in a program made by over(), and how many there have to be. */
export interface Rows {
  readonly name: string;
  readonly fixed: number | undefined;
}

type GivenValue = readonly [LoopPort, unknown];

export class LoopState extends State {
  readonly tape: LoopTape;
  override readonly machine: LoopMachine;
  override readonly lengths: readonly string[];
  override readonly lanes = false;
  readonly binding: Binding;
  readonly #rows: Rows | undefined;
  /** What depends on what depends on data. */
  readonly #readsData: boolean;
  #key: { readonly lengths: LengthsByName | undefined; readonly data: number } = { lengths: undefined, data: 0 };

  /** @throws OutOfRange, OutOfMemory, EngineUnavailable */
  constructor(tape: LoopTape, options: ProgramOptions, rows?: Rows, reduce: RowReduce = 'mean') {
    super(tape, options, reduce);
    this.tape = tape;
    this.lengths = tape.lengths.filter((name) => name !== rows?.name);
    this.#rows = rows;
    this.#readsData = computesPlaces(tape);
    const ports = rows ? tape.outputs.slice(0, 1) : tape.outputs; // those of single rows come second
    const numbers = ports.map(({ shape }) => shape.reduce((n, size) => n * constantSize(tape, size), 1));
    if (numbers.reduce((sum, n) => sum + n, 0) !== 1) this.blocked |= SEVERAL; // NaN, too: as many as the lengths say
    this.machine = loadLoops(tape, options.engine ?? 'auto', options.fastMath);
    this.adopt(this.machine);
    this.binding = new Binding(this.machine);
    this.blocked |= UNSIZED;
    try {
      this.#resize(this.#lengthsOf([]));
    } catch (error) {
      this.dispose();
      throw error;
    }
  }

  /** Made by over(). */
  get isOverRows(): boolean {
    return this.#rows !== undefined;
  }

  /** Rows that over() asked for. */
  get fixedRows(): number | undefined {
    return this.#rows?.fixed;
  }

  /** Puts lengths in force if all are known. @param written data that will be overwritten anyway */
  #resize(lengths: LengthsByName, written?: readonly LoopPort[]): void {
    if (!this.tape.lengths.every((name) => lengths.has(name))) return;
    try {
      this.binding.resize(lengths, written);
    } finally {
      if (this.binding.lengths) this.blocked &= ~UNSIZED;
      else this.blocked |= UNSIZED;
    }
    this.parameters = this.binding.parameters;
    this.data = this.binding.data;
    if (this.#rows) this.rows = lengths.get(this.#rows.name) ?? 0;
  }

  protected override take(_what: string, values: Values, given: readonly LoopPort[], withPoint: boolean): Taken {
    const parameters = withPoint ? this.inputs.filter((port) => !port.data) : [];
    const lengths = this.#lengthsOf([...parameters, ...given].map((port) => [port, values[port.name]] as const));
    // binding changes no length that parameters alone carry
    if (!withPoint) for (const [name, n] of this.binding.lengths ?? []) if (!lengths.has(name)) lengths.set(name, n);
    const point = sized(parameters, lengths);
    const data = sized(given, lengths);
    for (const { name, shape } of [...point, ...data]) checkValue(name, values[name], shape);
    const places = placesOf(point, false);
    const write = (): void => {
      this.#resize(lengths, given);
      this.binding.bind(data, values);
      for (const { name, shape, offset } of places) copyValue(values[name], shape, this.machine.point, offset);
    };
    return { places, outputs: () => this.#shapesAt(lengths), write };
  }

  /** What arrays given now, and data bound before and not given now, say of the lengths. @param isDealt in batches of at most fixedRows */
  #lengthsOf(values: readonly GivenValue[], isDealt = false): Map<string, number> {
    const rows = this.#rows;
    const lengths = new Lengths(rows?.name);
    if (rows?.fixed !== undefined && !isDealt) lengths.set(rows.name, rows.fixed, 'over()', ' asked for');
    for (const port of this.inputs) {
      const shape = values.some(([given]) => given === port) ? undefined : this.binding.shapeOf(port.name);
      if (shape) lengths.bound(port, shape);
    }
    for (const [port, value] of values) lengths.given(port, value);
    return lengths.finish();
  }

  protected override bound(ports: readonly LoopPort[]): void {
    super.bound(ports);
    if (this.unbound.size > 0 || this.blocked & UNSIZED || !this.binding.isStale) return;
    this.machine.bound();
    this.binding.isStale = false;
  }

  override fit(flat: unknown, what: string = POINT): void {
    const lengths = this.#fitted(what, flat, this.#lengthsOf([]));
    this.#resize(lengths);
    this.bound([]);
  }

  #fitted(what: string, flat: unknown, lengths: LengthsByName): LengthsByName {
    return fitted(what, flat, this.tape, lengths, this.binding.lengths);
  }

  override startAt(start: unknown, data?: Values): Start {
    if (!data) this.require(UNSIZED | SEVERAL);
    const arrays = this.inputs.filter((port) => port.data && data && Object.hasOwn(data, port.name));
    const values = arrays.map((port) => [port, data![port.name]] as const);
    if (Array.isArray(start) || ArrayBuffer.isView(start)) {
      const lengths = this.#fitted('start', start, this.#lengthsOf(values, data !== undefined));
      return { flat: Float64Array.from(start as ArrayLike<number>), lengths, begin: () => this.#resize(lengths) };
    }
    const parameters = this.inputs.filter((port) => !port.data);
    checkNames('start', start, parameters);
    for (const { name } of parameters)
      if (!Object.hasOwn(start, name)) fail('MissingName', `start: the input '${name}' is missing`);
    const lengths = this.#lengthsOf(
      [...parameters.map((port) => [port, start[port.name]] as const), ...values],
      data !== undefined,
    );
    const flat = this.flatten('start', start, placesOf(sized(parameters, lengths), false));
    return { flat, lengths, begin: () => this.#resize(lengths) };
  }

  /** For minibatches: puts lengths in force; `dealt` is to be written by whoever asks. */
  resizeRows(lengths: LengthsByName, dealt: readonly LoopPort[]): void {
    this.#resize(lengths, dealt);
  }

  /** The same, and binds other data, which was checked. */
  bindBeside(lengths: LengthsByName, dealt: readonly LoopPort[], others: Values): void {
    const ports = this.inputs.filter(({ name }) => Object.hasOwn(others, name));
    this.#resize(lengths, [...dealt, ...ports]);
    this.binding.bind(sized(ports, lengths), others);
    super.bound(ports);
  }

  override forward(): number {
    return this.machine.forward();
  }

  override gradient(): number {
    return this.machine.gradient();
  }

  override tangent(direction: Float64Array): number {
    return this.machine.tangent(direction)[0]!;
  }

  override values(): (number | Float64Array)[] {
    return this.tape.outputs.map(({ shape }, k) => {
      const numbers = this.machine.readOutput(k);
      return shape.length === 0 ? numbers[0]! : numbers;
    });
  }

  override tangents(direction: Float64Array): (number | Float64Array)[] {
    const tangents = this.machine.tangent(direction);
    return byPort(this.shapes(), (i) => tangents[i]!);
  }

  override pattern(): Pattern {
    return patternOfLoops(this.tape, this.#lengthsInForce(), this.machine.data);
  }

  override patternKey(): object {
    const { lengths } = this.binding;
    const data = this.#readsData ? this.dataVersion : 0;
    if (this.#key.lengths !== lengths || this.#key.data !== data) this.#key = { lengths, data };
    return this.#key;
  }

  #lengthsInForce(): number[] {
    return this.tape.lengths.map((name) => this.binding.lengths!.get(name)!);
  }

  override shapes(): Shaped[] {
    return shaped(this.tape, this.machine.linked!.sizes);
  }

  #shapesAt(lengths: LengthsByName): Shaped[] {
    return shaped(
      this.tape,
      sizesOf(
        this.tape,
        this.tape.lengths.map((name) => lengths.get(name)!),
      ),
    );
  }

  override steps(sweep: Sweep): number {
    const { forward, gradient } = this.machine.linked!.steps;
    return sweep === 'gradient' ? gradient : sweep === 'value' ? forward : 2 * forward;
  }

  override rowOutputs(): Float64Array {
    return this.machine.readOutput(1);
  }

  override over(reduce: RowReduce, fixed: number | undefined): LoopState {
    const { tape, rows } = overRows(this.tape, reduce);
    const hasData = tape.inputs.some((port) => port.data);
    return new LoopState(hasData ? tape : fixLength(tape, rows, fixed!), this.options, { name: rows, fixed }, reduce);
  }

  override *instances(): Generator<Instance> {
    if (this.machine.point.length + this.machine.data.length > MOST_NODES) return;
    const point = this.machine.point.slice();
    const data = this.machine.data.slice();
    const lengths = this.#lengthsInForce();
    let unrolled: Unrolled;
    try {
      unrolled = unroll(this.tape, lengths, { point, data, limit: MOST_NODES });
    } catch (error) {
      if (error instanceof WengertError && error.code === 'BadOption') return;
      throw error;
    }
    const { signature, ...model } = unrolled;
    yield { model, signature, point, data, where: '' };
  }

  override print(): string {
    return print(this.tape);
  }

  override toBytes(): Uint8Array {
    return toBytes(this.tape);
  }

  override toWasm(options: WasmOptions): Uint8Array<ArrayBuffer> {
    return loopModule(this, this.unbound, options);
  }

  override describe(): string {
    const instructions = this.tape.bodies.reduce((sum, { code }) => sum + code.length, 0);
    const loops = this.tape.bodies.length - 1;
    return `${instructions} instructions${loops > 0 ? `, ${loops} loop${loops > 1 ? 's' : ''}` : ''}`;
  }

  protected override outputList(): string {
    const shapes = this.tape.outputs.map(({ shape }) => shape.map((size) => sizeText(this.tape, size)).join(' × '));
    return this.outputs.map(({ name }, k) => (shapes[k] ? `${name} (${shapes[k]})` : name)).join(', ');
  }
}

/** The outputs with numbers for shapes. */
function shaped({ outputs }: LoopTape, sizes: Float64Array): Shaped[] {
  return outputs.map(({ name, shape }) => ({ name, shape: shape.map((size) => sizes[size]!) }));
}
