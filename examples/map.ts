/**
 * A map from distances alone: 45 numbers say how far ten cities are from each other; where are they? Which two a distance is
 * between is data, indices into the matrix of places, so a row of it is gathered. Run: npx tsx examples/map.ts
 */
import { compile, data, matrix, mean, norm, vector } from 'wengert';
import { adamSync, Random } from 'wengert/optimize';
import { Canvas } from './canvas.ts';

const cities = ['Lisbon', 'Madrid', 'Dublin', 'London', 'Paris', 'Rome', 'Berlin', 'Oslo', 'Warsaw', 'Athens'];
// km as the crow flies, from each city to those before it
const table = [
  [],
  [503],
  [1642, 1451],
  [1585, 1263, 463],
  [1453, 1053, 781, 343],
  [1863, 1364, 1886, 1435, 1106],
  [2312, 1868, 1317, 931, 877, 1183],
  [2738, 2387, 1265, 1153, 1341, 2006, 838],
  [2759, 2289, 1827, 1448, 1366, 1315, 517, 1063],
  [2852, 2370, 2855, 2392, 2097, 1051, 1804, 2605, 1599],
];
const pairs = table.flatMap((row, to) => row.map((km, from) => ({ from, to, km: km / 1000 })));

const error = compile(
  { place: matrix(cities.length, 2), from: data(vector('n')), to: data(vector('n')), km: data(vector('n')) },
  ({ place, from, to, km }) =>
    mean(km.length, (i) =>
      norm(place.row(from.at(i)).sub(place.row(to.at(i))))
        .sub(km.at(i))
        .square(),
    ),
);
error.bind({ from: pairs.map((p) => p.from), to: pairs.map((p) => p.to), km: pairs.map((p) => p.km) });

// from some starts a city ends on the wrong side of the others, so the best of a few
const fits = [1, 2, 3, 4].map((seed) => {
  const random = new Random(seed);
  const start = { place: cities.map(() => [random.normal(), random.normal()]) };
  return adamSync(error, { start, rate: (step) => 0.05 * (1 - step / 1000), steps: 1000 });
});
const fit = fits.reduce((best, one) => (one.value < best.value ? one : best));

// distances do not know which way is north: turned and mirrored so that Oslo lies north of Rome and Lisbon in the west
const at = (city: string) => fit.point.place.subarray(2 * cities.indexOf(city)) as ArrayLike<number> as [number, number];
const [rome, oslo] = [at('Rome'), at('Oslo')];
const north = [oslo[0] - rome[0], oslo[1] - rome[1]].map((d, _, [x, y]) => d / Math.hypot(x!, y!)) as [number, number];
const turned = ([x, y]: [number, number]): [number, number] => {
  const [dx, dy] = [x - rome[0], y - rome[1]];
  return [dx * north[1] - dy * north[0], dx * north[0] + dy * north[1]];
};
const mirror = -Math.sign(turned(at('Lisbon'))[0]);
const canvas = new Canvas(72, 15, [-2, 1.7], [-0.6, 2.05]);
for (const city of cities) {
  const [x, y] = turned(at(city));
  canvas.mark(mirror * x, y, `∙${city}`);
}
console.log(`${canvas}\n\n  Off by ${(1000 * Math.sqrt(fit.value)).toFixed(0)} km on average, for the earth is not flat.`);

/* Prints:
⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀∙Oslo⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀
⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀
⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀
⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀∙Dublin⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀
⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀∙London⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀∙Berlin⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀
⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀∙Warsaw⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀
⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀∙Paris⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀
⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀
⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀
⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀
⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀
⠀⠀∙Lisbon⠀⠀⠀∙Madrid⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀∙Rome⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀
⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀
⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀∙Athens⠀⠀⠀⠀⠀⠀⠀⠀
⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀

  Off by 2 km on average, for the earth is not flat.
*/
