/** `record`: a function whose control flow depends on values is run afresh at every call, and differentiated as it ran. */
import { checkEngine, type EngineChoice } from '../engine/choose.ts';
import { fail, WengertError } from '../errors.ts';
import { INSPECT } from '../graph/show.ts';
import { checkFlat, readValue } from '../program/marshal.ts';
import type { Data, Gradient, Inputs as Signature, Parameters, Point } from '../program/signature.ts';
import type { Port } from '../tape/layout.ts';
import { HeapMemory } from './heap.ts';
import { Inputs } from './inputs.ts';
import { clearAdjoints, type Memory } from './memory.ts';
import { NativeMemory } from './native.ts';
import { type FlatOutputs, outputsOf, structured } from './outputs.ts';
import { Recorded, RecordedMatrix, RecordedVector, RecordSheet } from './recorded.ts';
import type { RecordedHandles, RecordedOutputs, RecordedValue } from './types.ts';

/** How functions are recorded. There is no `fastMath` here: what ran is differentiated as it ran. */
export interface RecordOptions {
  /** Default 'auto': WebAssembly where it is allowed, else plain JavaScript. */
  readonly engine?: EngineChoice;
}

// Node 20.3 and older browsers lack Symbol.dispose; compilers that translate `using` look for the registered one there.
const DISPOSE: typeof Symbol.dispose = Symbol.dispose ?? (Symbol.for('Symbol.dispose') as typeof Symbol.dispose);

/** The memory of a recording, apart from it, so that a recording that was dropped can be found out. */
interface Holder {
  memory: Memory | undefined;
}

const dropped =
  typeof FinalizationRegistry === 'undefined' ? undefined : new FinalizationRegistry<Holder>(({ memory }) => memory?.dispose());

/**
 * A function that is recorded at every call: values, gradients, directional derivatives. Made by {@link record}.
 *
 * Its tape is written anew each time, into memory that is kept from call to call.
 */
export class Recording<S extends Signature = Signature, R extends RecordedOutputs = RecordedOutputs> {
  readonly #inputs: Inputs;
  readonly #fn: (inputs: RecordedHandles<S>) => R;
  readonly #engine: EngineChoice;
  readonly #holder: Holder = { memory: undefined };
  #slots: readonly Int32Array[] = [];
  #isRunning = false;
  #isDisposed = false;
  #nodes = 0;

  /** @internal */
  constructor(signature: S, fn: (inputs: RecordedHandles<S>) => R, options: RecordOptions) {
    checkEngine(options.engine ?? 'auto');
    this.#inputs = new Inputs(signature);
    if (typeof fn !== 'function') fail('WrongType', 'record: expected a function of the inputs after the signature');
    this.#fn = fn;
    this.#engine = options.engine ?? 'auto';
    this.#holder.memory = memoryOf(this.#engine);
    dropped?.register(this, this.#holder, this);
  }

  /**
   * The value, in the structure the function returned: a number, or arrays and numbers by place or by name.
   *
   * @param point every differentiated input by name, and data, which stays bound afterwards
   * @throws UnknownName, MissingName, DataMissing, WrongType, WrongLength, LengthConflict, NoOutput, ForeignNode, Disposed,
   *   Reentrant; and whatever the function throws
   *
   * @example
   * import { record, scalar } from 'wengert';
   * const halvings = record({ x: scalar }, ({ x }) => {
   *   let [z, n] = [x, 0];
   *   for (; z.value > 1; n++) z = z.mul(0.5);
   *   return { z, n };
   * });
   * halvings.value({ x: 12 }); // { z: 0.75, n: 4 }
   */
  value(point: Point<S>): RecordedValue<R> {
    return this.#run(
      () => this.#inputs.take('value', point),
      (memory, outputs) => structured<R>(outputs, (slot) => memory.values[slot]!),
    );
  }

  /**
   * Value and gradient of what the function computed at this point, in the shapes of the inputs.
   *
   * @param point every differentiated input by name, and data, which stays bound afterwards
   * @throws SeveralOutputs unless the function returned exactly one number; and whatever {@link value} throws
   *
   * @example
   * import { data, record, scalar } from 'wengert';
   * // the square root of x by Newton's method, and its derivative through however many steps that took
   * const root = record({ x: scalar, tolerance: data(scalar) }, ({ x, tolerance }) => {
   *   let y = x;
   *   while (Math.abs(y.value ** 2 - x.value) > tolerance.value) y = y.add(x.div(y)).mul(0.5);
   *   return y;
   * });
   * root.gradient({ x: 4, tolerance: 1e-15 }); // { value: 2, gradient: { x: 0.25 } }
   */
  gradient(point: Point<S>): { value: number; gradient: Gradient<S> } {
    return this.#run(
      () => this.#inputs.take('gradient', point),
      (memory, outputs) => {
        const value = memory.values[this.#only(outputs)]!;
        const adjoint = this.#adjoint(memory, outputs.slots[0]!);
        const gradient = Object.fromEntries(this.#inputs.parameters.map((place) => [place.name, readValue(place, adjoint)]));
        return { value, gradient: gradient as Gradient<S> };
      },
    );
  }

  /**
   * The derivative along a direction, by the tangent sweep over what was recorded.
   *
   * @param direction one value for every differentiated input, in its shape
   * @returns value and tangent, both in the structure of {@link value}
   *
   * @example
   * import { record, scalar } from 'wengert';
   * const f = record({ x: scalar, y: scalar }, ({ x, y }) => x.mul(y));
   * f.jvp({ x: 3, y: 2 }, { x: 1, y: 10 }); // { value: 6, tangent: 32 }
   */
  jvp(point: Point<S>, direction: Parameters<S>): { value: RecordedValue<R>; tangent: RecordedValue<R> } {
    let along: Float64Array;
    return this.#run(
      () => {
        const write = this.#inputs.take('jvp', point);
        along = this.#inputs.direction('jvp: the direction', direction);
        return write;
      },
      (memory, outputs) => {
        const tangents = this.#tangents(memory, outputs, along);
        return {
          value: structured<R>(outputs, (slot) => memory.values[slot]!),
          tangent: structured<R>(outputs, (slot) => tangents[slot]! + 0), // never −0
        };
      },
    );
  }

  /**
   * The value at a flat point and, if a buffer is given for it, the gradient: what optimisers call. Data has to be bound.
   *
   * @param flat the differentiated inputs, in the order of the signature, matrices row by row
   * @param gradientOut where the gradient goes, in the same order
   *
   * @example
   * import { record, scalar } from 'wengert';
   * const f = record({ x: scalar, y: scalar }, ({ x, y }) => (x.value > y.value ? x.square().mul(y) : y));
   * const gradient = new Float64Array(2);
   * f.evaluate([3, 2], gradient); // 18
   * gradient; // Float64Array [12, 9]
   */
  evaluate(flat: ArrayLike<number>, gradientOut?: Float64Array | number[]): number {
    return this.#run(
      () => {
        const write = this.#inputs.takeFlat('evaluate', flat);
        if (gradientOut !== undefined) checkFlat('evaluate: the gradient', gradientOut, this.#inputs.p);
        return write;
      },
      (memory, outputs) => {
        const value = memory.values[this.#only(outputs)]!;
        if (gradientOut === undefined) return value;
        const adjoint = this.#adjoint(memory, outputs.slots[0]!);
        for (let i = 0; i < adjoint.length; i++) gradientOut[i] = adjoint[i]!;
        return value;
      },
    );
  }

  /**
   * Copies data in, to be used by every call until it is bound again. Data not named stays as it is.
   *
   * @example
   * import { data, record, vector } from 'wengert';
   * const f = record({ w: vector(2), x: data(vector(2)) }, ({ w, x }) => w.dot(x));
   * f.bind({ x: [3, 4] }).gradient({ w: [1, 1] }); // { value: 7, gradient: { w: Float64Array [3, 4] } }
   */
  bind(values: Data<S>): this {
    this.#requireFree();
    this.#inputs.bind(values);
    return this;
  }

  /** How many operations the last call recorded, constants among them. */
  get nodes(): number {
    return this.#nodes;
  }

  /** Frees the tape's memory at once; dropping the recording does so at some time. Anything but a second dispose() throws then. */
  dispose(): void {
    if (this.#isDisposed) return;
    this.#requireFree();
    this.#isDisposed = true;
    dropped?.unregister(this);
    this.#holder.memory?.dispose();
    this.#holder.memory = undefined;
  }

  /** For `using f = record(…)`. */
  [DISPOSE](): void {
    this.dispose();
  }

  /** What a console shows: `Recording of x, w[3]`. */
  toString(): string {
    const names = this.#inputs.ports.map(({ name, shape }) => (shape.length > 0 ? `${name}[${shape.join('×')}]` : name));
    return `Recording of ${names.join(', ') || 'no inputs'}`;
  }

  /** @internal */
  [INSPECT](): string {
    return this.toString();
  }

  #requireFree(): void {
    if (this.#isDisposed) fail('Disposed', 'this recording was disposed; record the function again');
    if (this.#isRunning) fail('Reentrant', 'this recording is running; its function cannot call it');
  }

  /** Checks, runs the function on a fresh sheet, and reads the results before the next call writes over them. */
  #run<T>(take: () => (values: Float64Array) => void, read: (memory: Memory, outputs: FlatOutputs) => T): T {
    this.#requireFree();
    const write = take();
    const memory = this.#ready();
    const sheet = new RecordSheet(memory);
    const moved = memory instanceof NativeMemory ? memory.moved : undefined;
    const renew = (): void => {
      memory.renew();
      sheet.refresh();
    };
    this.#isRunning = true;
    moved?.add(renew);
    try {
      write(sheet.start(this.#inputs.p, this.#inputs.q));
      const outputs = outputsOf(sheet, this.#fn(this.#handles(sheet)));
      this.#nodes = sheet.size - this.#inputs.p - this.#inputs.q;
      return read(memory, outputs);
    } finally {
      moved?.delete(renew);
      sheet.end();
      this.#isRunning = false;
    }
  }

  /** The memory, its views renewed; a new one if the core was lost. */
  #ready(): Memory {
    const memory = this.#holder.memory!;
    if (memory instanceof NativeMemory && memory.lost) return (this.#holder.memory = memoryOf(this.#engine));
    memory.renew();
    return memory;
  }

  #handles(sheet: RecordSheet): RecordedHandles<S> {
    const { ports, parameters, data, p } = this.#inputs;
    let [nextParameter, nextData] = [0, 0];
    const handles = ports.map((port, i) => {
      const place = port.data ? data[nextData++]! : parameters[nextParameter++]!;
      return [port.name, this.#handle(sheet, i, place, place.offset + (port.data ? p : 0), place.size)];
    });
    return Object.fromEntries(handles) as RecordedHandles<S>;
  }

  #handle(
    sheet: RecordSheet,
    i: number,
    { shape }: Port,
    first: number,
    size: number,
  ): Recorded | RecordedVector | RecordedMatrix {
    if (shape.length === 0) return new Recorded(sheet, first);
    let slots = this.#slots[i];
    if (slots?.length !== size || slots[0] !== first) {
      slots = Int32Array.from({ length: size }, (_, e) => first + e);
      this.#slots = Object.assign([...this.#slots], { [i]: slots });
    }
    return shape.length === 1 ? new RecordedVector(sheet, slots) : new RecordedMatrix(sheet, slots, shape[0]!, shape[1]!);
  }

  /** The slot of the one output. @throws SeveralOutputs */
  #only({ outputs, slots }: FlatOutputs): number {
    if (slots.length === 1) return slots[0]!;
    const names = outputs.map(({ name, shape }) => (shape.length > 0 ? `${name} (${shape.join(' × ')})` : name));
    return fail('SeveralOutputs', `one output is needed here, the function returned ${slots.length}: ${names.join(', ')}`);
  }

  /** The parameters' adjoints; gated if the plain sweep leaves a NaN there. A view. */
  #adjoint(memory: Memory, last: number): Float64Array {
    const { p } = this.#inputs;
    for (const gated of [false, true]) {
      clearAdjoints(memory, Math.max(p, last + 1))[last] = 1;
      memory.pull(last, gated, false);
      const adjoint = memory.adjoints.subarray(0, p);
      let nan = false;
      for (let i = 0; i < p; i++) {
        const d = adjoint[i]! + 0;
        adjoint[i] = d;
        nan ||= d !== d;
      }
      if (!nan) break;
    }
    return memory.adjoints.subarray(0, p);
  }

  /** Tangents by slot; gated if one of the outputs' is a NaN. */
  #tangents(memory: Memory, { slots }: FlatOutputs, along: Float64Array): Float64Array {
    const last = slots.reduce((a, b) => Math.max(a, b), 0);
    const { p, q } = this.#inputs;
    for (const gated of [false, true]) {
      const tangents = clearAdjoints(memory, Math.max(p + q, last + 1));
      for (let i = 0; i < p; i++) if (along[i] !== 0) tangents[i] = along[i]!;
      memory.push(p + q, last, gated);
      if (!slots.some((slot) => Number.isNaN(tangents[slot]))) break;
    }
    return memory.adjoints;
  }
}

/** @throws EngineUnavailable if the engine asked for by name cannot run here */
function memoryOf(engine: EngineChoice): Memory {
  if (engine === 'reference') return new HeapMemory();
  try {
    return new NativeMemory();
  } catch (error) {
    if (engine === 'auto' && error instanceof WengertError && error.code === 'EngineUnavailable') return new HeapMemory();
    throw error;
  }
}

/**
 * Records a function at every call, for functions whose control flow depends on values. Inside it every number has its
 * `value` already; each operation is computed at once and appended to a tape, over which the derivatives are swept.
 * Where the control flow is always the same, `compile` is many times as fast.
 *
 * @param signature the inputs by name: scalar, vector(n), matrix(m, n), or data(…) of these
 * @param fn returns one recorded value, an array of such and vectors, or a record of them
 * @throws BadSignature, WrongType, BadOption, EngineUnavailable
 *
 * @example
 * import { record, scalar } from 'wengert';
 * const f = record({ x: scalar, y: scalar }, ({ x, y }) => {
 *   let z = x;
 *   while (z.value > 1) z = z.mul(0.5).add(y);
 *   return z;
 * });
 * f.gradient({ x: 4, y: 0.25 }); // { value: 0.9375, gradient: { x: 0.125, y: 1.75 } }
 */
export function record<S extends Signature, const R extends RecordedOutputs>(
  signature: S,
  fn: (inputs: RecordedHandles<S>) => R,
  options: RecordOptions = {},
): Recording<S, R> {
  return new Recording<S, R>(signature, fn, options);
}
