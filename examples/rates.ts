/**
 * How fast should gradient descent go? Its steps are a scan, each takes the gradient of the loss over the data, and all of that
 * is one program: its gradient says how the loss after the last step depends on the rate of every step. Run: npx tsx examples/rates.ts
 */
import {
  compile,
  data,
  type Expr,
  gradient,
  type Handles,
  map,
  matrix,
  mean,
  scan,
  softplus,
  type Vector,
  vector,
} from 'wengert';
import { adam } from 'wengert/optimize';
import { cyan } from './terminal.ts';

const [STEPS, POINTS, FEATURES] = [12, 400, 6];

// points of two kinds, their features of very different sizes
const noise = (i: number, j: number) => (((i + 3) * (i + j * 17) * 31) % 101) / 50 - 1;
const X = Array.from({ length: POINTS }, (_, i) => Array.from({ length: FEATURES }, (_, j) => noise(i, j) * 2 ** -j));
const label = X.map((row) => (row.reduce((sum, x, j) => sum + x * (j % 2 ? -1 : 1) * 2 ** j, 0) > 0 ? 1 : -1));

/** The loss before each step, and after the last. */
const inputs = { rates: vector(STEPS), X: data(matrix('n', FEATURES)), label: data(vector('n')) };
function trained({ rates, X, label }: Handles<typeof inputs>) {
  const loss = (w: Vector): Expr => mean(X.rows, (i) => softplus(X.row(i).dot(w).mul(label.at(i)).neg()));
  const step = (w: Vector, i: Expr) => [w.sub(gradient(loss)(w).mul(rates.at(i))), loss(w)] as const;
  const { carry, outputs } = scan(
    STEPS,
    map(FEATURES, () => 0),
    step,
  );
  return { end: loss(carry), losses: outputs };
}

const end = compile(inputs, (given) => trained(given).end).bind({ X, label });
const course = compile(inputs, (given) => trained(given).losses).bind({ X, label });
const even = { rates: new Float64Array(STEPS).fill(4) };
const found = await adam(end, { start: even, rate: (step) => 2 * 0.997 ** step, steps: 1500 });

const [before, after] = [course.value(even), course.value(found.point)];
console.log(`step   rate   loss${'rate   loss'.padStart(19)}`);
for (const [i, rate] of found.point.rates.entries()) {
  const bar = cyan('█'.repeat(Math.round(rate / 8)));
  console.log(
    `${String(i + 1).padStart(4)}   4.00   ${before[i]!.toFixed(4)}   ${rate.toFixed(2).padStart(9)}   ${after[i]!.toFixed(4)}  ${bar}`,
  );
}
console.log(`   in the end ${end.value(even).toFixed(4)}${''.padStart(15)}${found.value.toFixed(4)}`);

/* Prints:
step   rate   loss        rate   loss
   1   4.00   0.6931       62.29   0.6931  ████████
   2   4.00   0.6370      118.05   1.0805  ███████████████
   3   4.00   0.6095       77.84   3.1641  ██████████
   4   4.00   0.5936       77.96   2.7018  ██████████
   5   4.00   0.5828      101.95   0.9977  █████████████
   6   4.00   0.5744      102.53   1.1821  █████████████
   7   4.00   0.5674       63.50   2.9528  ████████
   8   4.00   0.5613       68.34   1.4984  █████████
   9   4.00   0.5557       40.71   0.4788  █████
  10   4.00   0.5506      109.58   0.4238  ██████████████
  11   4.00   0.5458      257.65   0.3763  ████████████████████████████████
  12   4.00   0.5413      106.72   0.3363  █████████████
   in the end 0.5371               0.3283
*/
