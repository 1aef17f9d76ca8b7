/**
 * n + p, not n × p: one reverse sweep gives all derivatives in about as many steps as there are nodes and parameters.
 * To find them by bumping takes one evaluation per parameter. Run: npx tsx examples/steps.ts
 */
import { compile, matrix, vector } from 'wengert';
import { fromBytes, interpreter, isLoopTape } from 'wengert/tape';
import { Random } from 'wengert/optimize';
import { count, duration, heading, seconds } from './terminal.ts';

/** Layers of `width` units, each a dot of `reach` weights of its own with its neighbours below, and `depth` tanh after it. */
interface Shape {
  readonly layers: number;
  readonly width: number;
  readonly reach: number;
  readonly depth: number;
}

/** The mean square of the last layer. */
function network({ layers, width, reach, depth }: Shape) {
  return compile({ W: matrix(layers * width, reach), b: vector(layers * width) }, ({ W, b }) => {
    let below = b.slice(0, width).map((bi, i) => bi.add(Math.sin(i)));
    for (let layer = 0; layer < layers; layer++) {
      below = below.map((_, i) => {
        const unit = layer * width + i;
        const neighbours = Array.from({ length: reach }, (_, k) => below.at((i + k) % width));
        let z = W.row(unit).dot(neighbours).add(b.at(unit));
        for (let d = 0; d < depth; d++) z = z.tanh();
        return z;
      });
    }
    return below.map((x) => x.square()).mean();
  });
}

/** Nodes, parameters, and steps of one gradient, counted in the core. */
function measure(shape: Shape) {
  const program = network(shape);
  const tape = fromBytes(program.toBytes());
  if (isLoopTape(tape)) throw new Error('expected a network written out in nodes');
  const machine = interpreter.load(tape);
  const random = new Random(1);
  const scale = 1 / Math.sqrt(shape.reach);
  for (let i = 0; i < machine.point.length; i++) machine.point[i] = random.normal() * scale;
  machine.countSteps(true);
  machine.gradient();
  const { nodes: n, p } = machine.tape;
  const steps = machine.steps();
  machine.countSteps(false);
  return { n, p, steps, machine };
}

heading('4  n + p, not n × p');
const base: Shape = { layers: 10, width: 330, reach: 30, depth: 1 };
const shapes: [string, Shape][] = [
  ['a network', base],
  ['twice the nodes', { ...base, depth: 4 }],
  ['twice the weights', { ...base, reach: 61 }],
  ['twice of both', { ...base, layers: 20 }],
];
console.log('  Steps of one gradient: elements processed, counted in the core.\n');
console.log('                             n         p     steps   steps/(n + p)      n × p');
for (const [name, shape] of shapes) {
  const { n, p, steps, machine } = measure(shape);
  const counts = [n, p, steps].map((x) => count(x).padStart(10)).join('');
  const ratio = (steps / (n + p)).toFixed(2).padStart(16);
  console.log(`  ${name.padEnd(18)}${counts}${ratio}${(n * p).toExponential(1).padStart(11)}`);
  machine.dispose();
}

// a few of the bumps that this replaces, measured
const { machine, p } = measure(base);
const gradient = seconds(() => machine.gradient());
const exact = machine.adjoint.slice();
const evaluation = seconds(() => machine.forward());
const worst = [0, 25_000, 50_000, 75_000, p - 1].map((i) => Math.abs(bump(i, 1e-6) / exact[i]! - 1));
console.log(`
  The gradient of the first, all ${count(p)} derivatives: ${duration(gradient)}.
  One bump, one evaluation: ${duration(evaluation)}; all ${count(p)} of them: ${duration(p * evaluation)}.
  Five, bumped by ±1e-6, agree with the gradient to 1e${Math.ceil(Math.log10(Math.max(...worst)))} of its size.`);
machine.dispose();

/** The derivative for parameter i, by two evaluations. */
function bump(i: number, h: number): number {
  const x = machine.point[i]!;
  machine.point[i] = x + h;
  const right = machine.forward();
  machine.point[i] = x - h;
  const left = machine.forward();
  machine.point[i] = x;
  return (right - left) / (2 * h);
}

/* Prints:
── 4  n + p, not n × p ────────────────────────────────────────────────────────

  Steps of one gradient: elements processed, counted in the core.

                             n         p     steps   steps/(n + p)      n × p
  a network             10,561   102,300   417,780            3.70     1.1e+9
  twice the nodes       20,461   102,300   437,580            3.56     2.1e+9
  twice the weights     10,561   204,600   826,980            3.84     2.2e+9
  twice of both         20,461   204,600   833,580            3.70     4.2e+9

  The gradient of the first, all 102,300 derivatives: 950 µs.
  One bump, one evaluation: 200 µs; all 102,300 of them: 21 s.
  Five, bumped by ±1e-6, agree with the gradient to 1e-5 of its size.
*/
