/** Networks of values, as in micrograd's nn.py. */
import { OP } from '../ops/vocabulary.ts';
import { Random } from '../optimize/random.ts';
import { openSheet } from './sheet.ts';
import { Value } from './value.ts';

/** Numbers or values. */
export type Input = Value | number;

export interface NetworkOptions {
  /** Where weights are drawn: the same seed, an integer ≥ 0, gives the same network. Default: another one each time. */
  readonly seed?: number;
}

const random = ({ seed = Math.floor(Math.random() * 2 ** 48) }: NetworkOptions): Random => new Random(seed);

/** What has parameters. */
export abstract class Module {
  /** All weights and biases. */
  abstract parameters(): Value[];

  /** Sets the grad of every parameter to 0. */
  zero_grad(): void {
    for (const p of this.parameters()) p.grad = 0;
  }
}

/** Σ wᵢxᵢ + b, through relu unless it is linear; weights uniform in (−1, 1), bias 0. */
export class Neuron extends Module {
  readonly w: readonly Value[];
  readonly b: Value = new Value(0);

  constructor(
    nin: number,
    readonly nonlin = true,
    draw: Random | NetworkOptions = {},
  ) {
    super();
    const from = draw instanceof Random ? draw : random(draw);
    this.w = Array.from({ length: nin }, () => new Value(2 * from.uniform() - 1));
  }

  forward(x: readonly Input[]): Value {
    const sum: Value = openSheet().reduce(OP.dot, this.w, x);
    const act = sum.add(this.b);
    return this.nonlin ? act.relu() : act;
  }

  parameters(): Value[] {
    return [...this.w, this.b];
  }

  override toString(): string {
    return `${this.nonlin ? 'ReLU' : 'Linear'}Neuron(${this.w.length})`;
  }
}

/** Neurons side by side. */
export class Layer extends Module {
  readonly neurons: readonly Neuron[];

  constructor(nin: number, nout: number, nonlin = true, draw: Random | NetworkOptions = {}) {
    super();
    const from = draw instanceof Random ? draw : random(draw);
    this.neurons = Array.from({ length: nout }, () => new Neuron(nin, nonlin, from));
  }

  forward(x: readonly Input[]): Value[] {
    return this.neurons.map((neuron) => neuron.forward(x));
  }

  parameters(): Value[] {
    return this.neurons.flatMap((neuron) => neuron.parameters());
  }

  override toString(): string {
    return `Layer of [${this.neurons.join(', ')}]`;
  }
}

/**
 * Layers one after another, relu between them; the last one is linear.
 *
 * @example
 * import { MLP, Value } from 'wengert/micrograd';
 * const xor = [[0, 0, -1], [0, 1, 1], [1, 0, 1], [1, 1, -1]] as const; // x, y, what is wanted
 * const model = new MLP(2, [8, 1], { seed: 1 });
 * let loss = new Value(0);
 * for (let step = 0; step < 100; step++) {
 *   loss = xor.reduce((sum, [x, y, wanted]) => sum.add(model.forward([x, y])[0]!.sub(wanted).square()), new Value(0));
 *   model.zero_grad();
 *   loss.backward();
 *   for (const p of model.parameters()) p.data -= 0.05 * p.grad;
 * }
 * loss.data < 0.01; // true
 */
export class MLP extends Module {
  readonly layers: readonly Layer[];

  constructor(nin: number, nouts: readonly number[], options: NetworkOptions = {}) {
    super();
    const from = random(options);
    const sizes = [nin, ...nouts];
    this.layers = nouts.map((nout, i) => new Layer(sizes[i]!, nout, i < nouts.length - 1, from));
  }

  /** The outputs of the last layer. */
  forward(x: readonly Input[]): Value[] {
    return this.layers.reduce<readonly Input[]>((values, layer) => layer.forward(values), x) as Value[];
  }

  parameters(): Value[] {
    return this.layers.flatMap((layer) => layer.parameters());
  }

  override toString(): string {
    return `MLP of [${this.layers.join(', ')}]`;
  }
}
