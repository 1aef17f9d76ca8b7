/**
 * jax-js: `jit(valueAndGrad(f))` on its WebAssembly device, in f32 or f64. Parameters are arrays on the device before the
 * race; value and all parts of the gradient are read out of it in every run. Whole arrays throughout: it has no other loops.
 *
 * Where there is no Float16Array (Node 20), it stumbles over the name as soon as it sees an f64: it gets one that nothing is.
 */
import { type Array as Jax, DType, defaultDevice, init, jit, nn, numpy as np, tree, valueAndGrad } from '@jax-js/jax';
import type { Prepare } from '../contestant.ts';
import { arraysOf, type Parts } from '../arrays.ts';
import { joined, partsOf } from '../parts.ts';
import type { Natural } from '../rows.ts';

type Tree = Jax[];
type Loss = (parameters: Tree, data: Tree) => Jax;

/** Every array is used up by what it is given to; `ref` keeps it for one use more. */
function lossOf(natural: Natural, { constants }: Parts): Loss {
  const square = (x: Jax): Jax => x.ref.mul(x);
  switch (natural.kind) {
    case 'seed':
      return ([w, b], [x, y]) => square(w!.mul(x!).add(b!).sub(y!)).mul(0.5).sum();
    case 'rosenbrock': {
      const { n } = natural;
      return ([x]) => {
        const [here, next] = [x!.ref.slice([0, n - 1]), x!.slice([1, n])];
        const along = square(here.ref.sub(1));
        return square(next.sub(square(here)))
          .mul(100)
          .add(along)
          .sum();
      };
    }
    case 'logsumexp':
      return ([x]) => nn.logsumexp(x!);
    case 'moons':
      return ([W1, b1, W2, b2, w3, b3], [X, label]) => {
        const squares = [W1, b1, W2, b2, w3, b3].map((p) => square(p!.ref).sum()).reduce((s, t) => s.add(t));
        const h1 = nn.relu(np.matmul(X!, W1!.transpose()).add(b1!));
        const h2 = nn.relu(np.matmul(h1, W2!.transpose()).add(b2!));
        const score = np.matmul(h2, w3!).add(b3!);
        return nn
          .relu(np.subtract(1, label!.mul(score)))
          .mean()
          .add(squares.mul(1e-4));
      };
    case 'digits':
      return ([W1, b1, W2, b2], [X, right]) => {
        const h = nn.relu(np.matmul(X!, W1!.transpose()).add(b1!));
        const score = np.matmul(h, W2!.transpose()).add(b2!);
        return nn.logsumexp(score.ref, 1).sub(score.mul(right!).sum(1)).mean();
      };
    case 'mixture': {
      const { d, k, m = 0, gamma = 1 } = natural.size;
      const { n } = natural;
      return ([alpha, mu, q, l], [X, place, eye]) => {
        const diagonal = np.exp(q!.ref);
        const lower = np.matmul(l!.ref, place!).reshape([k, d, d]);
        const Q = lower.add(diagonal.ref.reshape([k, d, 1]).mul(eye!)); // whole, as products: Q(x − μ) = Qx − Qμ
        const Qx = np.matmul(X!, Q.ref.reshape([k * d, d]).transpose());
        const Qmu = Q.mul(mu!.reshape([k, 1, d]))
          .sum(2)
          .reshape([k * d]);
        const squares = square(Qx.sub(Qmu)).reshape([n, k, d]).sum(2);
        const weight = alpha!.ref.add(q!.ref.sum(1));
        const fit = nn.logsumexp(weight.sub(squares.mul(0.5)), 1).sum();
        const prior = square(diagonal)
          .sum()
          .add(square(l!).sum())
          .mul(0.5 * gamma * gamma)
          .sub(q!.sum().mul(m));
        return fit.sub(nn.logsumexp(alpha!).mul(n)).sub(prior).add(constants[0]!);
      };
    }
  }
}

const prepare: Prepare = async (row, option) => {
  (globalThis as { Float16Array?: unknown }).Float16Array ??= class {};
  await init('wasm');
  defaultDevice('wasm');
  const [dtype, Typed] = option === 'float64' ? [DType.Float64, Float64Array] : [DType.Float32, Float32Array];
  const parts = arraysOf(row.natural!);
  const put = (flat: Float64Array, shape: readonly number[]): Jax => np.array(new Typed(flat), { shape: [...shape], dtype });
  const parameters = partsOf(row.point(), parts.shapes).map((part, i) => put(part, parts.shapes[i]!));
  const data = parts.data.map(({ flat, shape }) => put(flat, shape));
  const evaluate = jit(valueAndGrad(lossOf(row.natural!, parts)));
  let found: ArrayLike<number>[] = [];
  return {
    run() {
      const [value, gradient] = evaluate(tree.ref(parameters), tree.ref(data)) as [Jax, Tree];
      found = gradient.map((part) => part.dataSync());
      return value.item();
    },
    gradient: () => joined(found),
  };
};

export default prepare;
