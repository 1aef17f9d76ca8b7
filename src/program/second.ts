/**
 * The gradient of a program as a program, which second derivatives are tangents of (forward over reverse). It is made when
 * first asked for, kept, and freed with the program; points and data are copied over.
 */
import { fail, WengertError } from '../errors.ts';
import { gradientOf as gradientGraphTape, gradientTape } from '../tape/gradient.ts';
import { lift } from '../tape/lift.ts';
import { unroll } from '../tape/loops/unroll.ts';
import { diagonalColours, placesIn, starColours, symmetric } from '../sparsity/symmetric.ts';
import type { Pattern } from '../sparsity/sets.ts';
import type { Compression } from '../engine/engine.ts';
import { FlatState } from './flat.ts';
import type { LoopState } from './loops.ts';
import type { State } from './state.ts';

/** Nodes of a program with loops that is written out to be differentiated. */
const MOST = 200_000;

export class Second {
  /** Outputs: the value, then the derivatives, flat. */
  readonly state: FlatState;
  readonly key: object;
  #data = -1; // version of the data that is in it
  #pattern: Pattern | undefined;
  #stars: { readonly compression: Compression; readonly places: Int32Array; readonly compressed: Float64Array } | undefined;
  #diagonal: { readonly compression: Compression; readonly compressed: Float64Array } | undefined;

  constructor(state: FlatState, key: object) {
    this.state = state;
    this.key = key;
  }

  /** The point and the data of the program at hand. */
  take(of: State): void {
    const { machine } = this.state;
    if (this.#data !== of.dataVersion) {
      machine.data.set(of.machine.data);
      machine.bound();
      this.#data = of.dataVersion;
    }
    machine.point.set(of.machine.point);
  }

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

const known = new WeakMap<State, Second>();

/**
 * The gradient of a program of one output, holding the program's point and data.
 *
 * @throws BadOption for loops that are too long to be written out, or whose indices depend on parameters; OutOfMemory
 */
export function secondOf(state: State, what: string): Second {
  const key = state.patternKey();
  let second = known.get(state);
  if (second?.key !== key) {
    second?.state.dispose();
    state.owned.length = 0;
    known.delete(state);
    second = new Second(gradientOf(state, what), key);
    state.owned.push(second.state);
    known.set(state, second);
  }
  second.take(state);
  return second;
}

function gradientOf(state: State, what: string): FlatState {
  const { engine } = state.options;
  const options = engine ? { engine } : {};
  if (state instanceof FlatState) return stateOf(gradientTape(state.tape), options);
  const { tape, binding, machine } = state as LoopState;
  const lengths = tape.lengths.map((name) => binding.lengths!.get(name)!);
  try {
    return stateOf(gradientGraphTape(unroll(tape, lengths, { data: machine.data, limit: MOST })), options);
  } catch (error) {
    if (!(error instanceof WengertError) || error.code !== 'BadOption') throw error;
    const { message } = error;
    return fail(
      'BadOption',
      `${what}: loops are written out for second derivatives; ${message.slice(0, message.lastIndexOf(' ['))}`,
    );
  }
}

function stateOf(tape: ReturnType<typeof gradientTape>, options: ConstructorParameters<typeof FlatState>[2]): FlatState {
  let model: ReturnType<typeof lift> | undefined;
  return new FlatState(tape, () => (model ??= lift(tape)), options);
}
