/**
 * The gradient of a program as a program, which second derivatives are tangents of (forward over reverse), and the program of
 * one such tangent. They are made when first asked for, kept, and freed with the program; points and data are copied over.
 */
import { fail, WengertError } from '../errors.ts';
import { gradientOf, productOf } from '../tape/gradient.ts';
import type { Tape } from '../tape/layout.ts';
import { lift } from '../tape/lift.ts';
import { type Unrolled, unroll } from '../tape/loops/unroll.ts';
import { diagonalColours, placesIn, starColours, symmetric } from '../sparsity/symmetric.ts';
import type { Pattern } from '../sparsity/sets.ts';
import type { Compression } from '../engine/engine.ts';
import { FlatState } from './flat.ts';
import type { LoopState } from './loops.ts';
import type { State } from './state.ts';

/** Nodes of a program with loops that is written out to be differentiated. */
const MOST = 200_000;

/** A program made of another one's derivatives, at the other's data and point. */
class Derived {
  readonly state: FlatState;
  readonly key: object;
  #data = -1; // version of the data that is in it

  constructor(state: FlatState, key: object) {
    this.state = state;
    this.key = key;
  }

  take(of: State): void {
    const { machine } = this.state;
    if (this.#data !== of.dataVersion) {
      machine.data.set(of.machine.data);
      machine.bound();
      this.#data = of.dataVersion;
    }
    machine.point.set(of.machine.point);
  }

  /** The value of the last sweep, its gradient into a buffer. */
  first(gradientOut: Float64Array): number {
    const { machine } = this.state;
    const all = new Float64Array(machine.outputCount());
    machine.readOutputs(all);
    gradientOut.set(all.subarray(1, 1 + gradientOut.length));
    return all[0]!;
  }
}

/** Value, gradient, and Hessian times direction, by one sweep: its point is that of the program, then the direction. */
export class Product extends Derived {
  /** Runs it along a direction. */
  along(direction: Float64Array): void {
    const { machine } = this.state;
    machine.point.set(direction, direction.length);
    machine.forward();
  }
}

/** The gradient of a program: its outputs are the value, then the derivatives, flat. */
export class Second extends Derived {
  #pattern: Pattern | undefined;
  #stars: { readonly compression: Compression; readonly places: Int32Array; readonly compressed: Float64Array } | undefined;
  #diagonal: { readonly compression: Compression; readonly compressed: Float64Array } | undefined;

  /** Entries of the Hessian that can be other than 0: pairs of parameters that meet in an operation which is not linear. */
  get pattern(): Pattern {
    this.#pattern ??= symmetric(withoutFirstRow(this.state.pattern()));
    return this.#pattern;
  }

  get stars() {
    if (!this.#stars) {
      const compression = starColours(this.pattern);
      const places = placesIn(this.pattern, compression);
      this.#stars = { compression, places, compressed: this.#room(compression) };
    }
    return this.#stars;
  }

  get diagonal() {
    if (!this.#diagonal) {
      const compression = diagonalColours(this.pattern);
      this.#diagonal = { compression, compressed: this.#room(compression) };
    }
    return this.#diagonal;
  }

  #room({ count }: Compression): Float64Array {
    return new Float64Array(this.state.machine.outputCount() * count);
  }
}

/** The rows of the derivatives, without that of the value. */
function withoutFirstRow({ rows, cols, starts, columns }: Pattern): Pattern {
  const first = starts[1]!;
  return { rows: rows - 1, cols, starts: starts.slice(1).map((start) => start - first), columns: columns.subarray(first) };
}

const seconds = new WeakMap<State, Second>();
const products = new WeakMap<State, Product>();

/**
 * The gradient of a program of one output, holding the program's point and data.
 *
 * @throws BadOption for loops that are too long to be written out, or whose indices depend on parameters; OutOfMemory
 */
export function secondOf(state: State, what: string): Second {
  return held(seconds, state, (key) => new Second(derived(state, what, gradientOf), key));
}

/** The program of Hessian times direction, likewise. @throws as {@link secondOf} */
export function productAt(state: State, what: string): Product {
  return held(products, state, (key) => new Product(derived(state, what, productOf), key));
}

/** Can its loops be written out? Not if they are too long, or if indices depend on parameters. */
export function canBeWrittenOut(state: LoopState, what: string): boolean {
  if (state.steps('value') > MOST) return false;
  try {
    secondOf(state, what);
    return true;
  } catch (error) {
    if (error instanceof WengertError && error.code === 'BadOption') return false;
    throw error;
  }
}

function held<D extends Derived>(known: WeakMap<State, D>, state: State, make: (key: object) => D): D {
  const key = state.patternKey();
  let one = known.get(state);
  if (one?.key !== key) {
    if (one) {
      one.state.dispose();
      state.owned.splice(state.owned.indexOf(one.state), 1);
      known.delete(state);
    }
    one = make(key);
    state.owned.push(one.state);
    known.set(state, one);
  }
  one.take(state);
  return one;
}

function derived(state: State, what: string, make: (program: Unrolled) => Tape): FlatState {
  const { engine, fastMath } = state.options;
  const options = { ...(engine && { engine }), ...(fastMath && { fastMath }) };
  if (state instanceof FlatState) return stateOf(make({ ...lift(state.tape), signature: state.tape.signature }), options);
  const { tape, binding, machine } = state as LoopState;
  const lengths = tape.lengths.map((name) => binding.lengths!.get(name)!);
  try {
    return stateOf(make(unroll(tape, lengths, { data: machine.data, limit: MOST })), options);
  } catch (error) {
    if (!(error instanceof WengertError) || error.code !== 'BadOption') throw error;
    const { message } = error;
    return fail(
      'BadOption',
      `${what}: loops are written out for second derivatives; ${message.slice(0, message.lastIndexOf(' ['))}`,
    );
  }
}

function stateOf(tape: Tape, options: ConstructorParameters<typeof FlatState>[2]): FlatState {
  let model: ReturnType<typeof lift> | undefined;
  return new FlatState(tape, () => (model ??= lift(tape)), options);
}
