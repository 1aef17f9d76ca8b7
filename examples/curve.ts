/**
 * Least squares: which swing, damped how much, explains these noisy measurements? The model is written for one of them,
 * and Adam goes through them in shuffled minibatches. Run: npx tsx examples/curve.ts
 */
import { compile, data, scalar } from 'wengert';
import { adam, Random } from 'wengert/optimize';
import { Canvas } from './canvas.ts';

const truth = { size: 2, damping: 0.3, speed: 2.5, phase: 0.4 };
const swing = (t: number, { size, damping, speed, phase }: typeof truth): number =>
  size * Math.exp(-damping * t) * Math.cos(speed * t + phase);

const random = new Random(1);
const t = Array.from({ length: 120 }, () => 8 * random.uniform());
const y = t.map((ti) => swing(ti, truth) + 0.1 * random.normal());

const error = compile(
  { size: scalar, damping: scalar, speed: scalar, phase: scalar, t: data(scalar), y: data(scalar) },
  ({ size, damping, speed, phase, t, y }) => {
    const model = size.mul(damping.mul(t).neg().exp()).mul(speed.mul(t).add(phase).cos());
    return model.sub(y).square();
  },
);

const fit = await adam(error.over(16), {
  start: { size: 1, damping: 0, speed: 2, phase: 0 },
  rate: (step) => 0.03 / (1 + step / 500),
  data: { t, y },
  epochs: 400,
});

const canvas = new Canvas(72, 12, [0, 8], [-2, 2.2]);
for (let i = 0; i < t.length; i++) for (const d of [0, 0.05]) canvas.dot(t[i]! + d, y[i]!);
for (let x = 0; x <= 8; x += 0.02) canvas.dot(x, swing(x, fit.point));
console.log(String(canvas));
for (const [name, value] of Object.entries(fit.point)) {
  console.log(`${name.padEnd(8)} ${value.toFixed(2).padStart(5)}   was ${truth[name as keyof typeof truth]}`);
}
console.log(`error    ${Math.sqrt(fit.value).toFixed(2).padStart(5)}   was 0.1, after ${fit.steps} steps`);

/* Prints:
⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀
⢿⡀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀
⠀⢱⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀
⠀⠀⢣⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⢠⡴⠦⠤⣤⠄⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀
⠀⠀⠈⡆⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⣰⡏⠈⠀⠈⠉⠓⣄⣀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⢀⣤⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀
⠀⠀⠀⠘⡄⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⢀⡜⠁⠀⠀⠀⠀⠀⠀⠈⢣⡉⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⣀⣶⡒⠉⠉⠉⢻⡗⠶⣦⡄⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⢀⣤⣠⠤⢴⡶⣶⣖⡀⠀⠀
⠀⠀⠀⠀⢹⡂⠀⠀⠀⠀⠀⠀⠀⠀⢀⡎⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠙⢶⣤⠀⠀⠀⠀⠀⠀⠀⣠⠴⠛⠀⠀⠀⠀⠀⠀⠀⠀⠀⠉⠲⢶⣠⡤⣄⠀⠤⣤⣀⠤⠟⠯⠛⠀⠒⠀⠀⠀⠀⠀⠈⠙⠷
⠀⠀⠀⠀⠀⢇⡀⠀⠀⠀⠀⠀⠀⢀⡞⠁⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⣓⣶⡆⠀⠀⣤⡰⠾⠁⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠈⠓⠋⠛⠙⠿⠃⠈⠁⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀
⠀⠀⠀⠀⠀⠈⢆⠀⠀⠀⠀⠀⢤⡞⠂⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠉⠉⠩⠅⠒⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀
⠀⠀⠀⠀⠀⠀⠈⣶⡄⠀⣀⡠⡟⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀
⠀⠀⠀⠀⠀⠀⠀⠀⠉⠲⠏⠉⠁⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀
⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀
size      1.99   was 2
damping   0.30   was 0.3
speed     2.51   was 2.5
phase     0.40   was 0.4
error     0.11   was 0.1, after 3200 steps
*/
