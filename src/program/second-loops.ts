/**
 * Second derivatives of programs whose loops stay loops: products with the Hessian are a reverse sweep over the derivative along
 * a direction; which entries there are is the pattern of the gradient's program.
 */
import { loadLoops } from '../engine/choose.ts';
import type { Compression, LoopMachine } from '../engine/engine.ts';
import type { Linked } from '../link/code.ts';
import { patternOfLoops } from '../sparsity/loops.ts';
import type { Pattern } from '../sparsity/sets.ts';
import { diagonalColours, placesIn, starColours, symmetric } from '../sparsity/symmetric.ts';
import { gradientLoops } from '../tape/loops/gradient.ts';
import { tangentLoops } from '../tape/loops/tangent/index.ts';
import type { LoopState } from './loops.ts';

/** The program of a derivative along a direction, at another program's data and point. */
export class LoopProduct {
  readonly #machine: LoopMachine;
  readonly #p: () => number;
  #data = -1; // version of the data that is in it
  #linked: Linked | undefined;

  constructor(state: LoopState) {
    const { engine = 'auto', fastMath } = state.options;
    this.#machine = loadLoops(tangentLoops(state.tape), engine, fastMath);
    this.#p = () => state.machine.point.length;
  }

  take({ tape, binding, machine, dataVersion }: LoopState): void {
    const own = this.#machine;
    own.resize(tape.lengths.map((name) => binding.lengths!.get(name)!));
    if (this.#data !== dataVersion || this.#linked !== own.linked) {
      own.data.set(machine.data);
      own.bound();
      this.#data = dataVersion;
      this.#linked = own.linked;
    }
    own.point.set(machine.point);
  }

  /** Runs it along a direction. O(program) */
  along(direction: Float64Array): void {
    this.#machine.point.set(direction, this.#p());
    this.#machine.gradient();
  }

  /** Hessian times direction; a view. */
  get product(): Float64Array {
    return this.#machine.adjoint.subarray(0, this.#p());
  }

  /** The value of the last sweep, its gradient into a buffer. */
  first(gradientOut: Float64Array): number {
    gradientOut.set(this.#machine.adjoint.subarray(this.#p()));
    return this.#machine.output(1);
  }

  /** Steps of a product. */
  get steps(): number {
    return this.#machine.linked!.steps.gradient;
  }

  dispose(): void {
    this.#machine.dispose();
  }
}

const products = new WeakMap<LoopState, LoopProduct>();

/** The program of Hessian times direction, holding the program's point and data. @throws OutOfMemory, OutOfRange */
export function loopProductAt(state: LoopState): LoopProduct {
  let product = products.get(state);
  if (!product) {
    product = new LoopProduct(state);
    state.owned.push(product);
    products.set(state, product);
  }
  product.take(state);
  return product;
}

/** Where the entries of a Hessian are that can be other than 0, for the lengths and data of a program, and how they are found. */
export class LoopPattern {
  readonly key: object;
  readonly pattern: Pattern;
  #stars: { readonly compression: Compression; readonly places: Int32Array } | undefined;
  #diagonal: Compression | undefined;

  constructor(state: LoopState, key: object) {
    const { tape, binding, machine } = state;
    const lengths = tape.lengths.map((name) => binding.lengths!.get(name)!);
    const gradient = gradientLoops(tape);
    const own = gradient.lengths.map((name) => lengths[tape.lengths.indexOf(name)]!);
    this.key = key;
    this.pattern = symmetric(patternOfLoops(gradient, own, machine.data));
  }

  get stars(): { readonly compression: Compression; readonly places: Int32Array } {
    if (!this.#stars) {
      const compression = starColours(this.pattern);
      this.#stars = { compression, places: placesIn(this.pattern, compression) };
    }
    return this.#stars;
  }

  get diagonal(): Compression {
    this.#diagonal ??= diagonalColours(this.pattern);
    return this.#diagonal;
  }
}

const patterns = new WeakMap<LoopState, LoopPattern>();

/** @throws BadOption, OutOfMemory */
export function loopPatternOf(state: LoopState): LoopPattern {
  const key = state.patternKey();
  let one = patterns.get(state);
  if (one?.key !== key) {
    one = new LoopPattern(state, key);
    patterns.set(state, one);
  }
  return one;
}

/** Products along the directions of all inputs of one colour: by row, and in it by colour. O(colours · program) */
export function compressedProducts(product: LoopProduct, { count, colours }: Compression): Float64Array {
  const p = colours.length;
  const all = new Float64Array(p * count);
  const direction = new Float64Array(p);
  for (let colour = 0; colour < count; colour++) {
    for (let i = 0; i < p; i++) direction[i] = Number(colours[i] === colour);
    product.along(direction);
    const column = product.product;
    for (let i = 0; i < p; i++) all[i * count + colour] = column[i]!;
  }
  return all;
}
