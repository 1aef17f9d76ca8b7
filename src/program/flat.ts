/** The state of a program without loops: a flat tape, at a single point or over rows of data. */
import { load } from '../engine/choose.ts';
import type { RowMachine, RowReduce } from '../engine/engine.ts';
import type { Model } from '../explain/model.ts';
import { patternOfTape } from '../sparsity/flat.ts';
import type { Pattern } from '../sparsity/sets.ts';
import { toBytes } from '../tape/bytes.ts';
import type { Tape } from '../tape/layout.ts';
import type { LoopPort } from '../tape/loops/layout.ts';
import { print } from '../tape/print.ts';
import { type Feed, manyRows, oneRow } from './feed.ts';
import { checkFlat, checkValue, type Place, placesOf, type Values } from './marshal.ts';
import { byPort, type Shaped } from './outputs.ts';
import type { ProgramOptions } from './options.ts';
import { type Instance, POINT, SEVERAL, type Start, State, type Taken } from './state.ts';
import { flatModule, type WasmOptions } from './standalone.ts';
import { type Sweep, stepsOf } from './steps.ts';

export class FlatState extends State {
  readonly tape: Tape;
  override readonly machine: RowMachine;
  override readonly lengths: readonly string[] = [];
  override readonly lanes = true;
  override readonly parameters: readonly Place[];
  override readonly data: readonly Place[];
  readonly #feed: Feed;
  readonly #model: () => Model;
  #steps: ReturnType<typeof stepsOf> | undefined;

  /** @param model the graph as written, or as read from the tape */
  constructor(tape: Tape, model: () => Model, options: ProgramOptions, feed: Feed = oneRow, reduce: RowReduce = 'mean') {
    super(tape.signature, options, reduce);
    this.tape = tape;
    this.#feed = feed;
    this.#model = model;
    this.parameters = placesOf(tape.signature.inputs, false);
    this.data = placesOf(tape.signature.inputs, true);
    if (tape.outputs.length > 1) this.blocked |= SEVERAL;
    this.machine = load(tape, options.engine ?? 'auto', options.fastMath);
    this.adopt(this.machine);
  }

  /** Made by over(). */
  get isOverRows(): boolean {
    return this.#feed !== oneRow;
  }

  override over(reduce: RowReduce, rows: number | undefined): FlatState {
    const copy = new FlatState(this.tape, this.#model, this.options, manyRows(rows), reduce);
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

  override forward(): number {
    return this.rows === 0 ? this.machine.forward() : this.machine.forwardRows(this.rows, this.reduce);
  }

  override gradient(): number {
    return this.rows === 0 ? this.machine.gradient() : this.machine.gradientRows(this.rows, this.reduce);
  }

  override tangent(direction: Float64Array): number {
    return this.machine.tangentRows(this.rows, this.reduce, direction);
  }

  override tangents(direction: Float64Array): (number | Float64Array)[] {
    const tangents = this.machine.tangent(direction);
    return this.#outputs((i) => tangents[i]!);
  }

  override values(): (number | Float64Array)[] {
    return this.#outputs((i) => this.machine.output(i));
  }

  #outputs(number: (i: number) => number): (number | Float64Array)[] {
    return byPort(this.tape.signature.outputs, number);
  }

  override pattern(): Pattern {
    return patternOfTape(this.tape);
  }

  override patternKey(): object {
    return this.tape;
  }

  override shapes(): readonly Shaped[] {
    return this.tape.signature.outputs;
  }

  override steps(sweep: Sweep): number {
    this.#steps ??= stepsOf(this.tape);
    return this.#steps(sweep, this.rows);
  }

  override rowOutputs(): Float64Array {
    return this.machine.rowOutputs.subarray(0, this.rows);
  }

  override *instances(): Generator<Instance> {
    const { machine, tape, rows } = this;
    const { q, signature } = tape;
    const model = this.#model();
    const point = machine.point.slice();
    if (rows === 0) yield { model, signature, point, data: machine.data.slice(), where: '' };
    for (let row = 0; row < rows; row++) {
      const data = machine.reserve(rows).slice(row * q, (row + 1) * q);
      yield { model, signature, point, data, where: `, in row ${row}` };
    }
  }

  override print(): string {
    return print(this.tape);
  }

  override toBytes(): Uint8Array {
    return toBytes(this.tape);
  }

  override toWasm(options: WasmOptions): Uint8Array<ArrayBuffer> {
    return flatModule(this, this.unbound, options);
  }

  override describe(): string {
    return `${this.tape.nodes} nodes`;
  }

  protected override outputList(): string {
    const { outputs } = this.tape.signature;
    return outputs.map(({ name, shape }) => (shape.length ? `${name} (${shape.join(' × ')})` : name)).join(', ');
  }

  protected override take(what: string, values: Values, given: readonly LoopPort[], parameters: boolean): Taken {
    const writeParameters = parameters ? this.checkParameters(what, values, this.parameters) : undefined;
    const places = this.data.filter(({ name }) => given.some((port) => port.name === name));
    const writeData = places.length > 0 || !parameters ? this.#feed(this, values, places) : undefined;
    const write = (): void => {
      writeData?.();
      writeParameters?.(this.machine.point);
    };
    return { places: this.parameters, outputs: () => this.shapes(), write };
  }

  protected override bound(ports: readonly LoopPort[]): void {
    super.bound(ports);
    if (this.unbound.size === 0 && this.rows === 0) this.machine.bound();
  }

  override startAt(start: unknown): Start {
    const isFlat = Array.isArray(start) || ArrayBuffer.isView(start);
    if (isFlat) checkValue('start', start, [this.tape.p]);
    const flat = isFlat ? Float64Array.from(start as ArrayLike<number>) : this.flat('start', start);
    return { flat, lengths: new Map(), begin: () => {} };
  }

  override fit(flat: unknown, what: string = POINT): void {
    checkFlat(what, flat, this.tape.p);
  }
}
