/** What plain programs and programs over rows have in common: the flat hot path, views, binding, disposal. */
import { fail } from '../errors.ts';
import { INSPECT, show } from '../graph/show.ts';
import { checkFinite } from './finite.ts';
import { checkAttached, copyNumbers, readValue, SHORT } from './marshal.ts';
import type { Gradient, Inputs } from './signature.ts';
import type { CallOptions } from './options.ts';
import type { WasmOptions } from './standalone.ts';
import { BUSY, SEVERAL, STATE, type State, UNBOUND, UNSIZED } from './state.ts';

// Node 20.3 and older browsers lack Symbol.dispose; compilers that translate `using` look for the registered one there.
const DISPOSE: typeof Symbol.dispose = Symbol.dispose ?? (Symbol.for('Symbol.dispose') as typeof Symbol.dispose);

/** A program that can be evaluated; see {@link Program} and {@link RowsProgram}. */
export abstract class Runnable<S extends Inputs> {
  /** @internal */
  readonly [STATE]: State;

  protected constructor(state: State) {
    this[STATE] = state;
  }

  /**
   * The differentiated inputs, flat: in the order of the signature, row by row. A view of the memory the program computes
   * in: write here and pass it to {@link evaluate} to skip the copy. Read it afresh each time, for memory moves when it grows.
   */
  get point(): Float64Array {
    this[STATE].requireSize();
    return this[STATE].machine.point;
  }

  /** The derivatives of the last gradient, flat like {@link point}. A view, too. */
  get adjoint(): Float64Array {
    this[STATE].requireSize();
    return this[STATE].machine.adjoint;
  }

  /**
   * The value at a flat point and, if a buffer is given for it, the gradient. Nothing is allocated. O(n + p).
   *
   * @param flat the differentiated inputs, in the order of the signature, matrices row by row
   * @param gradientOut where the gradient goes, in the same order
   * @throws DataMissing, SeveralOutputs, WrongLength, WrongType, DetachedBuffer, OutOfRange, StepLimit, Disposed, Reentrant
   *
   * @example
   * import { compile, scalar } from 'wengert';
   * const f = compile({ x: scalar, y: scalar }, ({ x, y }) => x.square().mul(y));
   * const gradient = new Float64Array(2);
   * f.evaluate(new Float64Array([3, 2]), gradient); // 18
   * gradient; // Float64Array [12, 9]
   */
  evaluate(flat: ArrayLike<number>, gradientOut?: Float64Array | number[]): number {
    const state = this[STATE];
    const { hot } = state.machine;
    // The loops stand here, for a function that others call too would not be compiled for these types: 75 ─► 20 ns; and no
    // methods of the machine on the way: 16 ns. Two numbers a turn: 0.65 of the time of one; four are so much code that nobody inlines this.
    if (
      hot !== undefined &&
      state.isPlain &&
      state.rows + state.blocked === 0 &&
      flat instanceof Float64Array &&
      gradientOut instanceof Float64Array
    ) {
      const { point, adjoint } = hot;
      const n = point.length;
      if (n > 0 && flat.length === n && gradientOut.length === n && !hot.core.poisoned) {
        if (n > SHORT) point.set(flat);
        else {
          let i = n & 1;
          if (i > 0) point[0] = flat[0]!;
          for (; i < n; i += 2) {
            point[i] = flat[i]!;
            point[i + 1] = flat[i + 1]!;
          }
        }
        const value = hot.run(hot.P);
        if (value !== value && !hot.isCertain) return this.#evaluate(flat, gradientOut);
        if (n > SHORT) gradientOut.set(adjoint);
        else {
          let i = n & 1;
          if (i > 0) gradientOut[0] = adjoint[0]!;
          for (; i < n; i += 2) {
            gradientOut[i] = adjoint[i]!;
            gradientOut[i + 1] = adjoint[i + 1]!;
          }
        }
        return value;
      }
    }
    return this.#evaluate(flat, gradientOut);
  }

  #evaluate(flat: ArrayLike<number>, gradientOut: Float64Array | number[] | undefined): number {
    const state = this[STATE];
    if (state.blocked !== 0) {
      state.require(UNSIZED);
      state.fit(flat);
    }
    const { machine } = state;
    let point = machine.point;
    if (flat !== point) {
      if (!(flat instanceof Float64Array) || flat.length !== point.length) {
        state.fit(flat);
        point = machine.point;
      }
      copyNumbers(flat, 0, point.length, point, 0);
    }
    if (gradientOut === undefined) {
      if (state.limited) state.limit('value');
      return state.checked ? checkFinite(state, state.forward(), false) : state.forward();
    }
    if (!(gradientOut instanceof Float64Array) || gradientOut.length !== point.length) checkBuffer(gradientOut, point.length);
    if (state.limited) state.limit('gradient');
    const value = state.gradient();
    const adjoint = machine.adjoint;
    if (gradientOut !== adjoint) {
      if (adjoint.length > SHORT && gradientOut instanceof Float64Array) gradientOut.set(adjoint);
      else for (let i = 0; i < adjoint.length; i++) gradientOut[i] = adjoint[i]!;
    }
    return state.checked ? checkFinite(state, value, true) : value;
  }

  /**
   * The program as a standalone WebAssembly module: no imports, memory inside, the math it needs linked in. It runs without
   * wengert, in any runtime that has SIMD, and has the bits that the program has here. O(program + data bound).
   *
   * It exports `memory`; `value()` and, of a program with one output, `valueAndGradient()`, both returning an f64; and as
   * constants the addresses (bytes) and lengths (doubles) of its buffers: `point`, `pointLength`, `gradient` (as long as the
   * point), `data`, `dataLength`, and `output`, `outputLength` of a program with several outputs. Numbers lie flat: in the
   * order of the signature, matrices row by row. What was never written is NaN. A program with loops also exports `fault()`,
   * not 0 after a sweep in which a computed index left its array: the value is NaN then. A custom section `wengert` says the
   * rest as JSON: names, shapes, offsets, and what the faults mean. The options `check` and `maxSteps` stay behind.
   *
   * Named lengths are fixed in the module, and so is the number of rows of a program made by `over`.
   *
   * @throws DataMissing if a length, or the number of rows, is not known; UnknownName, BadOption, OutOfRange, OutOfMemory,
   *   EngineUnavailable where not even the core can be unpacked, Disposed, Reentrant
   *
   * @example
   * import { compile, vector } from 'wengert';
   * const f = compile({ x: vector(2) }, ({ x }) => x.at(0).exp().mul(x.at(1)));
   * const bytes = f.toWasm(); // to be written to a file, say
   * const { instance } = await WebAssembly.instantiate(bytes);
   * const { memory, point, gradient, valueAndGradient } = instance.exports as any;
   * new Float64Array(memory.buffer, point.value, 2).set([0, 3]);
   * valueAndGradient(); // 3
   * new Float64Array(memory.buffer, gradient.value, 2); // Float64Array [3, 1]
   */
  toWasm(options: WasmOptions = {}): Uint8Array<ArrayBuffer> {
    const state = this[STATE];
    state.require(UNBOUND | SEVERAL | UNSIZED | BUSY);
    return state.toWasm(options);
  }

  /** Frees the memory of this program at once; dropping it does so at some time. Anything but a second dispose() throws then. */
  dispose(): void {
    this[STATE].dispose();
  }

  /** For `using program = compile(…)`. */
  [DISPOSE](): void {
    this.dispose();
  }

  /**
   * The names of lengths in the signature, in the order in which they first appear.
   *
   * @example
   * import { compile, data, matrix, vector } from 'wengert';
   * compile({ x: vector('n'), A: data(matrix('m', 'n')) }, ({ x }) => x.norm()).lengths; // ['n', 'm']
   */
  get lengths(): readonly string[] {
    return this[STATE].lengths;
  }

  /** What a console shows: `Program of w, b and data x, y: 5 nodes`. */
  toString(): string {
    const { inputs, rows } = this[STATE];
    const named = (data: boolean): string => {
      const ports = inputs.filter((port) => port.data === data);
      return ports.map(({ name, shape }) => (shape.length > 0 ? `${name}[${shape.join('×')}]` : name)).join(', ');
    };
    const taken = [named(false), named(true) && `data ${named(true)}`].filter(Boolean).join(' and ');
    return `Program of ${taken || 'no inputs'}: ${this[STATE].describe()}${rows > 0 ? `, over ${rows} rows` : ''}`;
  }

  /** @internal */
  [INSPECT](): string {
    return this.toString();
  }

  /** Value and gradient at a point that was assigned. */
  protected gradientHere(options?: CallOptions): { value: number; gradient: Gradient<S> } {
    const state = this[STATE];
    state.limit('gradient', options);
    const value = state.gradient();
    if (state.checked) checkFinite(state, value, true);
    return { value, gradient: this.read(state.machine.adjoint) };
  }

  /** Flat derivatives by name, copies in the shapes of the inputs. */
  protected read(flat: Float64Array): Gradient<S> {
    return Object.fromEntries(this[STATE].parameters.map((place) => [place.name, readValue(place, flat)])) as Gradient<S>;
  }
}

function checkBuffer(out: Float64Array | number[], length: number): void {
  const what = 'evaluate: the gradient';
  const holdsNumbers = Array.isArray(out) || Object.prototype.toString.call(out) === '[object Float64Array]';
  if (!holdsNumbers) fail('WrongType', `${what}: expected a Float64Array or an array to write to, got ${show(out)}`);
  checkAttached(what, out);
  if (out.length !== length) fail('WrongLength', `${what}: expected room for ${length} numbers, got ${out.length}`);
}
