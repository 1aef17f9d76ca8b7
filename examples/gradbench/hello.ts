/** hello: a square, and its derivative. */
import { compile, scalar } from 'wengert';
import { bySize, type Eval } from './eval.ts';

export const square = bySize((_: null, options) => compile({ x: scalar }, ({ x }) => x.square(), options));

export const functions: Eval = {
  square(input, options) {
    const [f, x] = [square(null, options), [input.alone()]];
    return () => f.evaluate(x);
  },
  double(input, options) {
    const [f, x, slope] = [square(null, options), [input.alone()], new Float64Array(1)];
    return () => {
      f.evaluate(x, slope);
      return slope[0]!;
    };
  },
};
