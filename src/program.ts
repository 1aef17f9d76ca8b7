/** `compile`: a signature and a function become a `Program`, which computes the function and its derivatives. */
import type { RowReduce } from './engine/engine.ts';
import { fail } from './errors.ts';
import { type ExplainOptions, Explanation } from './explain/explanation.ts';
import { namesOf } from './explain/names.ts';
import { show } from './graph/show.ts';
import { finiteOutputs } from './program/finite.ts';
import { FlatState } from './program/flat.ts';
import { LoopState } from './program/loops.ts';
import { type CallOptions, checkOptions, type ProgramOptions } from './program/options.ts';
import { arrange } from './program/outputs.ts';
import { RowsProgram } from './program/rows.ts';
import { SecondOrder } from './program/second-order.ts';
import type { Data, Gradient, Handles, Inputs, Outputs, Parameters, Point, Value } from './program/signature.ts';
import { BUSY, MOST_NODES, SEVERAL, STATE, type State, UNBOUND, UNSIZED } from './program/state.ts';
import { trace } from './program/trace.ts';
import { fromBytes } from './tape/bytes.ts';
import { lift } from './tape/lift.ts';
import { isLoopTape } from './tape/loops/layout.ts';

/** Options of {@link Program.over}. */
export interface OverOptions {
  /** How the outputs of all rows become one number. Default 'mean'. */
  readonly reduce?: RowReduce;
}

/**
 * A function of declared inputs, ready to run: values, gradients, directional derivatives. Made by {@link compile}.
 *
 * All results are copies, unless the name says otherwise (`point`, `adjoint`, and the buffers given to `evaluate`).
 */
export class Program<S extends Inputs = Inputs, R extends Outputs = Outputs> extends SecondOrder<S, R> {
  /** @internal */
  constructor(state: State) {
    super(state);
  }

  /**
   * The value, in the structure the function returned: a number, or arrays and numbers by place or by name. O(n).
   *
   * @param point every differentiated input by name, and data, which stays bound afterwards; named lengths are taken from it
   * @throws UnknownName, MissingName, DataMissing, WrongType, WrongLength, LengthConflict, OutOfRange, DetachedBuffer,
   *   StepLimit, OutOfMemory, Disposed, Reentrant
   *
   * @example
   * import { compile, scalar } from 'wengert';
   * const f = compile({ x: scalar }, ({ x }) => ({ twice: x.mul(2), square: x.square() }));
   * f.value({ x: 3 }); // { twice: 6, square: 9 }
   */
  value(point: Point<S>, options?: CallOptions): Value<R> {
    const state = this[STATE];
    state.assign('value', point, SEVERAL);
    state.limit('value', options);
    state.forward();
    return arrange<R>(state, finiteOutputs(state));
  }

  /**
   * Value and gradient: every derivative in one sweep, in the shapes of the inputs. O(n + p).
   *
   * @param point every differentiated input by name, and data, which stays bound afterwards
   * @throws SeveralOutputs unless the function has exactly one output; and whatever {@link value} throws
   *
   * @example
   * import { compile, scalar, vector } from 'wengert';
   * const f = compile({ a: scalar, x: vector(2) }, ({ a, x }) => a.mul(x.at(0)).add(x.at(1)));
   * f.gradient({ a: 2, x: [3, 4] }); // { value: 10, gradient: { a: 3, x: Float64Array [2, 1] } }
   * f.gradient({ a: 2, x: [3, 4] }, { maxSteps: 5 }); // throws StepLimit
   */
  gradient(point: Point<S>, options?: CallOptions): { value: number; gradient: Gradient<S> } {
    this[STATE].assign('gradient', point);
    return this.gradientHere(options);
  }

  /**
   * The derivative along a direction, by the tangent sweep: J·v. O(n), whatever the number of inputs.
   *
   * @param direction one value for every differentiated input, in its shape
   * @returns value and tangent, both in the structure of {@link value}
   * @throws whatever {@link value} throws
   *
   * @example
   * import { compile, scalar } from 'wengert';
   * const f = compile({ x: scalar, y: scalar }, ({ x, y }) => x.mul(y));
   * f.jvp({ x: 3, y: 2 }, { x: 1, y: 10 }); // { value: 6, tangent: 32 }
   */
  jvp(point: Point<S>, direction: Parameters<S>, options?: CallOptions): { value: Value<R>; tangent: Value<R> } {
    const state = this[STATE];
    const along = state.assignWith('jvp', point, direction, SEVERAL);
    state.limit('tangent', options);
    const tangents = state.tangents(along);
    return { value: arrange<R>(state, finiteOutputs(state)), tangent: arrange<R>(state, tangents) };
  }

  /**
   * Copies data in, to be used by every call until it is bound again. Data not named stays as it is, and so do the lengths
   * it carries: where one changes, all data that carries it is given together. O(data).
   *
   * @throws UnknownName, WrongType, WrongLength, LengthConflict, OutOfRange, DetachedBuffer, OutOfMemory, Disposed, Reentrant
   *
   * @example
   * import { compile, data, scalar } from 'wengert';
   * const f = compile({ w: scalar, x: data(scalar) }, ({ w, x }) => w.mul(x));
   * f.bind({ x: 5 }).gradient({ w: 2 }); // { value: 10, gradient: { w: 5 } }
   */
  bind(values: Data<S>): this {
    this[STATE].bind(values);
    return this;
  }

  /**
   * The same function over many rows of data at once: their sum or mean, with its gradient. It is a program of its own,
   * with its own data and memory. O(tape) to make.
   *
   * @param rows their number, if it is to be fixed; otherwise it is taken from the data at each `bind`
   * @throws SeveralOutputs, BadOption
   *
   * @example
   * import { compile, data, scalar } from 'wengert';
   * const loss = compile({ w: scalar, x: data(scalar), y: data(scalar) }, ({ w, x, y }) => w.mul(x).sub(y).square());
   * const all = loss.over({ reduce: 'sum' }).bind({ x: [1, 2, 3], y: [2, 4, 7] });
   * all.gradient({ w: 2 }); // { value: 1, gradient: { w: -6 } }
   */
  over(rows?: number, options?: OverOptions): RowsProgram<S>;
  over(options: OverOptions): RowsProgram<S>;
  over(first?: number | OverOptions, second?: OverOptions): RowsProgram<S> {
    const [rows, options] = typeof first === 'object' ? [undefined, first] : [first, second];
    const reduce = options?.reduce ?? 'mean';
    if (reduce !== 'sum' && reduce !== 'mean') fail('BadOption', `over: reduce is 'sum' or 'mean', not ${show(reduce)}`);
    const state = this[STATE];
    state.require(BUSY | UNBOUND | UNSIZED);
    if (rows === undefined && !state.inputs.some((port) => port.data))
      fail('BadOption', 'over: this program has no data, so it has to be told how many rows');
    if (rows !== undefined && !(Number.isSafeInteger(rows) && rows > 0))
      fail('BadOption', `over: rows is a whole number ≥ 1, not ${show(rows)}`);
    return new RowsProgram<S>(state.over(reduce, rows));
  }

  /**
   * Every node of the graph with its value and its derivative, checked by bumping it; up to 1,000 nodes, above that
   * without the check. Loops are written out, as far as that makes no more than 10,000 nodes. O(n²), at most O(10⁶).
   *
   * @throws SeveralOutputs, BadOption, and whatever {@link value} throws
   *
   * @example
   * import { compile, scalar } from 'wengert';
   * const J = compile({ x: scalar }, ({ x }) => x.square());
   * J.explain({ x: 3 }).rows[0]!.derivative; // 6
   */
  explain(point: Point<S>, options: ExplainOptions = {}): Explanation {
    const state = this[STATE];
    const epsilon = options.epsilon ?? 1e-3;
    if (!(epsilon > 0 && epsilon < Number.POSITIVE_INFINITY))
      fail('BadOption', `explain: epsilon is a number > 0, not ${show(epsilon)}`);
    state.assign('explain', point);
    for (const { model, signature, point: at, data } of state.instances())
      return new Explanation(model, namesOf(model, signature), at, data, options);
    return fail(
      'BadOption',
      `explain: with these lengths the program has more than ${MOST_NODES} nodes; explain it with shorter data`,
    );
  }

  /** The tape, one line a record. */
  print(): string {
    this[STATE].requireAlive();
    return this[STATE].print();
  }

  /**
   * The program as bytes: to be kept, sent, and run by {@link Program.fromBytes} without the function. O(tape).
   *
   * @example
   * import { compile, Program, scalar } from 'wengert';
   * const bytes = compile({ x: scalar }, ({ x }) => x.square()).toBytes();
   * Program.fromBytes(bytes).gradient({ x: 3 }); // { value: 9, gradient: { x: 6 } }
   */
  toBytes(): Uint8Array {
    this[STATE].requireAlive();
    return this[STATE].toBytes();
  }

  /**
   * A program from its bytes, which are checked: they can come from anywhere. How long it runs is bounded by `maxSteps`.
   *
   * @typeParam S what is known about its inputs, for the types alone
   * @throws BadTape, BadOption, OutOfMemory, EngineUnavailable
   */
  static fromBytes<S extends Inputs = Inputs, R extends Outputs = Outputs>(
    bytes: Uint8Array,
    options: ProgramOptions = {},
  ): Program<S, R> {
    checkOptions(options);
    const tape = fromBytes(bytes);
    if (isLoopTape(tape)) return new Program<S, R>(new LoopState(tape, options));
    let model: ReturnType<typeof lift> | undefined;
    return new Program<S, R>(new FlatState(tape, () => (model ??= lift(tape)), options));
  }
}

/**
 * Compiles a function: it is called once, with expressions for its inputs, and what it computes with them becomes a
 * program. O(nodes), about a microsecond each.
 *
 * @param signature the inputs by name: scalar, vector(n), matrix(m, n), or data(…) of these; n may be a name
 * @param fn returns one expression, an array of expressions, vectors and matrices, or a record of them
 * @throws BadSignature, NoOutput, WrongType, WrongShape, OutOfRange, OutsideLoop, ForeignNode, BadOption, OutOfMemory,
 *   EngineUnavailable
 *
 * @example
 * import { compile, data, scalar } from 'wengert';
 * const J = compile(
 *   { w: scalar, b: scalar, x: data(scalar), y: data(scalar) },
 *   ({ w, b, x, y }) => w.mul(x).add(b).sub(y).square().mul(0.5),
 * );
 * J.gradient({ w: 2, b: 8, x: -2, y: 2 }); // { value: 2, gradient: { w: -4, b: 2 } }
 *
 * @example
 * import { compile, data, matrix, sum, vector } from 'wengert';
 * const loss = compile({ w: vector(2), X: data(matrix('n', 2)), y: data(vector('n')) }, ({ w, X, y }) =>
 *   sum(X.rows, (i) => X.row(i).dot(w).sub(y.at(i)).square()).div(X.rows));
 * loss.gradient({ w: [1, 2], X: [[1, 0], [1, 1]], y: [1, 5] }); // { value: 2, gradient: { w: Float64Array [-2, -2] } }
 * loss.value({ w: [1, 2], X: [[1, 0], [1, 1], [0, 1]], y: [1, 3, 5] }); // 3
 */
export function compile<S extends Inputs, const R extends Outputs>(
  signature: S,
  fn: (inputs: Handles<S>) => R,
  options: ProgramOptions = {},
): Program<S, R> {
  checkOptions(options);
  const traced = trace(signature, fn, options.fastMath);
  const { model } = traced;
  const state = model ? new FlatState(traced.tape, () => model, options) : new LoopState(traced.tape, options);
  return new Program<S, R>(state);
}
