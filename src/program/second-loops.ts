/** Products with the Hessian of programs whose loops stay loops: a reverse sweep over the derivative along a direction. */
import { loadLoops } from '../engine/choose.ts';
import type { LoopMachine } from '../engine/engine.ts';
import type { Linked } from '../link/code.ts';
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
