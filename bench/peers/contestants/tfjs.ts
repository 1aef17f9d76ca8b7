/**
 * TensorFlow.js on its WebAssembly backend (SIMD, one thread), f32: `valueAndGrads` in a `tidy`. Parameters are tensors
 * before the race; value and all parts of the gradient are read out in every run.
 */
import * as tf from '@tensorflow/tfjs';
import { setThreadsCount } from '@tensorflow/tfjs-backend-wasm';
import { arraysOf, type Parts } from '../arrays.ts';
import type { Prepare } from '../contestant.ts';
import { joined, partsOf } from '../parts.ts';
import type { Natural } from '../rows.ts';

type Loss = (...parameters: tf.Tensor[]) => tf.Scalar;

function lossOf(natural: Natural, data: readonly tf.Tensor[], { constants }: Parts): Loss {
  switch (natural.kind) {
    case 'seed':
      return (w, b) => w!.mul(data[0]!).add(b!).sub(data[1]!).square().mul(0.5).sum();
    case 'rosenbrock': {
      const { n } = natural;
      return (x) => {
        const [here, next] = [x!.slice([0], [n - 1]), x!.slice([1], [n - 1])];
        return next.sub(here.square()).square().mul(100).add(here.sub(1).square()).sum();
      };
    }
    case 'logsumexp':
      return (x) => x!.logSumExp() as tf.Scalar;
    case 'moons':
      return (W1, b1, W2, b2, w3, b3) => {
        const [X, label] = data as [tf.Tensor2D, tf.Tensor1D];
        const h1 = X.matMul(W1!, false, true).add(b1!).relu();
        const h2 = h1.matMul(W2!, false, true).add(b2!).relu();
        const score = h2
          .matMul(w3!.reshape([-1, 1]))
          .reshape([-1])
          .add(b3!);
        const squares = [W1, b1, W2, b2, w3, b3].map((p) => p!.square().sum()).reduce((s, t) => s.add(t));
        return tf.scalar(1).sub(label.mul(score)).relu().mean().add(squares.mul(1e-4)) as tf.Scalar;
      };
    case 'digits':
      return (W1, b1, W2, b2) => {
        const [X, right] = data as [tf.Tensor2D, tf.Tensor2D];
        const h = X.matMul(W1!, false, true).add(b1!).relu();
        const score = h.matMul(W2!, false, true).add(b2!);
        return score.logSumExp(1).sub(score.mul(right).sum(1)).mean();
      };
    case 'mixture': {
      const { d, k, m = 0, gamma = 1 } = natural.size;
      const { n } = natural;
      return (alpha, mu, q, l) => {
        const [X, place, eye] = data as [tf.Tensor2D, tf.Tensor2D, tf.Tensor];
        const diagonal = q!.exp();
        const Q = l!
          .matMul(place)
          .reshape([k, d, d])
          .add(diagonal.reshape([k, d, 1]).mul(eye));
        const Qx = X.matMul(Q.reshape([k * d, d]), false, true);
        const Qmu = Q.mul(mu!.reshape([k, 1, d]))
          .sum(2)
          .reshape([k * d]);
        const squares = Qx.sub(Qmu).square().reshape([n, k, d]).sum(2);
        const fit = alpha!.add(q!.sum(1)).sub(squares.mul(0.5)).logSumExp(1).sum();
        const prior = diagonal
          .square()
          .sum()
          .add(l!.square().sum())
          .mul(0.5 * gamma * gamma)
          .sub(q!.sum().mul(m));
        return fit.sub(alpha!.logSumExp().mul(n)).sub(prior).add(constants[0]!) as tf.Scalar;
      };
    }
  }
}

const prepare: Prepare = async (row) => {
  setThreadsCount(1);
  if (!(await tf.setBackend('wasm'))) throw new Error('its WebAssembly backend does not start');
  await tf.ready();
  const parts = arraysOf(row.natural!);
  const put = (flat: Float64Array, shape: readonly number[]): tf.Tensor => tf.tensor(new Float32Array(flat), [...shape]);
  const parameters = partsOf(row.point(), parts.shapes).map((part, i) => put(part, parts.shapes[i]!));
  const data = parts.data.map(({ flat, shape }) => put(flat, shape));
  const evaluate = tf.valueAndGrads(lossOf(row.natural!, data, parts));
  let found: ArrayLike<number>[] = [];
  return {
    run: () =>
      tf.tidy(() => {
        const { value, grads } = evaluate(parameters);
        found = grads.map((part) => part.dataSync());
        return value.dataSync()[0]!;
      }) as unknown as number,
    gradient: () => joined(found),
  };
};

export default prepare;
