/**
 * A. Karpathy's micrograd (2020), its classes and their ways, on wengert's machine: values are computed as they are
 * written down, and `backward()` is one sweep in the core, however deep the graph is.
 *
 * @example
 * import { Value } from 'wengert/micrograd';
 * const x = new Value(-4);
 * const z = x.mul(2).add(2).add(x);
 * const q = z.relu().add(z.mul(x));
 * const h = z.mul(z).relu();
 * const y = h.add(q).add(q.mul(x));
 * y.backward();
 * [y.data, x.grad]; // [-20, 46]
 *
 * @module
 */
export { type Input, Layer, MLP, Module, type NetworkOptions, Neuron } from './nn.ts';
export { Value } from './value.ts';
