/**
 * Hares and the lynxes that eat them, in a differential equation: how fast do they breed, starve and hunt? The course of the
 * years is a scan, each year a scan of small steps, and the gradient goes back through all of them. Run: npx tsx examples/lynx.ts
 */
import { compile, data, type Expr, scan, type Vector, vector } from 'wengert';
import { adam } from 'wengert/optimize';
import { Canvas } from './canvas.ts';
import { cyan, yellow } from './terminal.ts';

// pelts bought by the Hudson's Bay Company, in thousands, 1900 to 1920 (C. G. Hewitt 1921)
const hares = [30, 47.2, 70.2, 77.4, 36.3, 20.6, 18.1, 21.4, 22, 25.4, 27.1, 40.3, 57, 76.6, 52.3, 19.5, 11.2, 7.6, 14.6, 16.2, 24.7]; // biome-ignore format: a list
const lynx = [4, 6.1, 9.8, 35.2, 59.4, 41.7, 19, 13, 8.3, 9.1, 7.4, 8, 12.3, 19.5, 45.7, 51.1, 29.7, 15.8, 9.7, 10.1, 8.6];

const STEPS = 10; // a year
type Animals = { h: Expr; l: Expr };
const logs = vector(6); // the logarithms of what is to be found, for all of it is positive

/** How many there are at the beginning of each year. */
function course(logs: Vector, years: Expr) {
  const [born, eaten, fed, starved, h, l] = logs.exp();
  const ahead = (from: Animals, { h, l }: Animals, time: number): Animals => ({
    h: from.h.add(born.sub(eaten.mul(l)).mul(h).mul(time)),
    l: from.l.add(fed.mul(h).sub(starved).mul(l).mul(time)),
  });
  const step = (now: Animals): Animals => ahead(now, ahead(now, now, 0.5 / STEPS), 1 / STEPS); // by the slope midway
  return scan(years, { h, l }, (now) => [scan(STEPS, now, step).carry, now] as const).outputs;
}

const error = compile({ logs, hares: data(vector('years')), lynx: data(vector('years')) }, ({ logs, hares, lynx }) => {
  const { h, l } = course(logs, hares.length);
  return h.log().sub(hares.log()).square().add(l.log().sub(lynx.log()).square()).mean();
});
const start = { logs: [0.5, 0.02, 0.02, 0.8, 30, 4].map(Math.log) };
const fit = await adam(error.bind({ hares, lynx }), { start, rate: (step) => 0.02 * (1 - step / 2000), steps: 2000 });

const years = compile({ logs, times: data(vector('years')) }, ({ logs, times }) => course(logs, times.length));
const { h, l } = years.value({ ...fit.point, times: hares });
const canvas = new Canvas(76, 12, [-0.5, 20.5], [0, 80]);
for (const [mark, found, pelts, paint] of [
  ['○', h, hares, cyan],
  ['×', l, lynx, yellow],
] as const) {
  found.slice(1).forEach((to, i) => canvas.line([i, found[i]!], [i + 1, to], 50, paint));
  pelts.forEach((n, year) => canvas.mark(year, n, mark, paint));
}
const [born, eaten, fed, starved] = Array.from(fit.point.logs, Math.exp);
console.log(`${canvas}\n  1900${'○ hares, × lynx, in thousands; lines: as found'.padStart(56).padEnd(66)}1920

  dh/dt = ${born!.toFixed(3)} h − ${eaten!.toFixed(4)} h l
  dl/dt = ${fed!.toFixed(4)} h l − ${starved!.toFixed(3)} l,   off by a factor of ${Math.exp(Math.sqrt(fit.value / 2)).toFixed(2)} on average`);

/* Prints:
⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀○⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀○⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀
⠀⠀⠀⠀⠀⠀⠀⠀⠀○⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⢀⣤⡀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀
⠀⠀⠀⠀⠀⠀⠀⢀⡴⠉⠉⠉⠙⣆⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⢀⡴⠚⠉⠀⠳⡀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀
⠀⠀⠀⠀⠀⠀⣠⠞⠀⠀⠀⠀⠀⠘⡄⠀×⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⣠⠏○⠀⠀⠀⠀⠱⡄⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀
⠀⠀⠀⠀⢀○⠃⠀⠀⠀⠀⠀⠀⠀⠹⡄⣀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⢀⡴⠁⠀⠀⠀⠀⠀⠀⠀⠹○⠀⠀×⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀
⠀⠀⠀⣠⠏⠀⠀⠀⠀⠀⠀⠀⠀⠀⢀⣵⡉⠙⠦⣄×⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⣠○⠀⠀⠀⠀⠀⠀⠀⠀⠀⢠×⡖⠒⠒⢦⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀
⠀⠀⡜⠁⠀⠀⠀⠀⠀⠀⠀⠀×⢠⠞⠀○⡄⠀⠀⠙⣄⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⢀⠞⠁⠀⠀⠀⠀⠀⠀⠀⠀⠀⢠⠏⠀⠹⡄⠀⠀⠳⣄⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀
⠀⠀○⠀⠀⠀⠀⠀⠀⠀⠀⠀⡰⠃⠀⠀⠀⠙⣄⠀⠀⠈⠳⣄⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⣠⠔○⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⣰⠃⠀⠀⠀⠹⡄⠀⠀⠈×⣄⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⣀⠀⠀
⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⢀⠞⠁⠀⠀⠀⠀⠀⠈⢦○⠀⠀⠈⠳⣄⠀○⠀⠀○⠀⠀⣀○⠚⠁⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⢀⡴⠁⠀⠀⠀⠀⠀⠹⢤⡀⠀⠀⠈⠳⣄⠀⠀⠀⠀⠀⠀⠀⣀⡴⠚○⠀⠀
⠀⠀⠀⠀⠀⠀⠀⠀⠀⣰⠋⠀⠀⠀⠀⠀⠀⠀⠀⠈⠙⠲⢤×⣀⣈⣙×⣄⡤⠤⠖⠋⠁⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⢀⡴⠋×⠀⠀⠀⠀⠀⠀○⠀⠉⠲⣄⣀⣀⣈×⣦⣄○⠴⠒⠋○⠀⠀⠀⠀⠀
⠀⠀⣀⣀⣀×⠤⠖⠋×⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠉×⠲⠤⢤×⣀⣀⣀×⣀⣀×⣠⠤⠖×⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀○⠀⠀⠀○⠀⠀×⠓⠲⠤×⣀⣀×⠀⠀
⠀⠀×⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠈⠁⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀
  1900          ○ hares, × lynx, in thousands; lines: as found          1920

  dh/dt = 0.540 h − 0.0271 h l
  dl/dt = 0.0237 h l − 0.796 l,   off by a factor of 1.24 on average
*/
