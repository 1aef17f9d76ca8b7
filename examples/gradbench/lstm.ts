/**
 * lstm: a recurrent network that predicts the next of a sequence of vectors. In each layer, element j of the state depends on
 * element j of what is below and before. The loss is minus the mean of gold · (y − log(2 + Σ exp y)).
 */
import { compile, data, type Expr, map, matrix, scan, sum } from 'wengert';
import { bySize, type Eval, objective } from './eval.ts';

export interface Lstm {
  readonly layers: number;
  /** Elements of every vector. */
  readonly width: number;
}

/** Rows of `main`: of each layer weights, then biases, for forget, in, out and change; of `extra`: weights in, weights out, biases out. */
export const lstm = bySize(({ layers, width }: Lstm, options) =>
  compile(
    {
      main: matrix(2 * layers, 4 * width),
      extra: matrix(3, width),
      state: data(matrix(2 * layers, width)),
      sequence: data(matrix('c', width)),
    },
    ({ main, extra, state, sequence }) => {
      const steps = sequence.rows.sub(1);
      const first = Array.from({ length: layers }, (_, k) => ({ hidden: state.row(2 * k), cell: state.row(2 * k + 1) }));
      const { outputs: above } = scan(steps, first, (before, t) => {
        const after = map(width, (j) => {
          let x = sequence.at(t, j).mul(extra.at(0, j));
          return before.map((layer, k) => {
            const gate = (g: number, of: Expr): Expr => {
              const [weights, biases] = [main.row(2 * k), main.row(2 * k + 1)];
              return of.mul(weights.slice(g * width, (g + 1) * width).at(j)).add(biases.slice(g * width, (g + 1) * width).at(j));
            };
            const hidden = layer.hidden.at(j);
            const change = gate(1, hidden).sigmoid().mul(gate(3, hidden).tanh());
            const cell = layer.cell.at(j).mul(gate(0, x).sigmoid()).add(change);
            x = gate(2, x).sigmoid().mul(cell.tanh());
            return { hidden: x, cell };
          });
        });
        return [after, after[layers - 1]!.hidden] as const;
      });
      const y = above.mul(extra.row(1)).add(extra.row(2));
      const loss = sum(steps, (t) => {
        const gold = sequence.row(t.add(1));
        return gold.dot(y.row(t)).sub(gold.sum().mul(y.row(t).exp().sum().add(2).log()));
      });
      return loss.div(steps.mul(width)).neg();
    },
    options,
  ),
);

export const functions: Eval = objective('objective', 'jacobian', (input, options) => {
  const extra = input.numbers('extra_params', 3, 'width');
  const width = extra.shape[1]!;
  const main = input.numbers('main_params', '2 layers', 4 * width);
  const rows = main.shape[0]!;
  const program = lstm({ layers: rows / 2, width }, options);
  const [state, sequence] = [input.numbers('state', rows, width), input.numbers('sequence', 'characters', width)];
  program.bind({ state: state.values, sequence: sequence.values });
  return { program, at: [main, extra], output: (all) => all };
});
