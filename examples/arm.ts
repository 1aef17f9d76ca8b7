/**
 * Inverse kinematics: how does an arm of three joints have to bend to bring its hand to a point, held level? The miss is
 * a function of the angles, and its gradient says how to turn each joint. Run: npx tsx examples/arm.ts
 */
import { compile, data, scalar, vector } from 'wengert';
import { gradientDescentSync } from 'wengert/optimize';
import { Canvas } from './canvas.ts';

const LINKS = [3, 2.5, 1]; // lengths

const miss = compile({ bend: vector(3), x: data(scalar), y: data(scalar) }, ({ bend, x, y }) => {
  const angles = bend.map((_, i) => bend.slice(0, i + 1).sum()); // of each link against the floor
  const handX = angles.map((angle, i) => angle.cos().mul(LINKS[i]!)).sum();
  const handY = angles.map((angle, i) => angle.sin().mul(LINKS[i]!)).sum();
  const tilt = angles.at(2);
  return handX.sub(x).square().add(handY.sub(y).square()).add(tilt.square());
});

const canvas = new Canvas(52, 10, [-6, 7], [0, 5]);
const targets: [number, number][] = [[5, 2], [1.5, 4.5], [-2.5, 3]]; // biome-ignore format: a list
let bend: ArrayLike<number> = [1, -0.5, -0.5]; // each reach begins where the last one ended

for (const [x, y] of targets) {
  const reach = gradientDescentSync(miss.bind({ x, y }), { start: { bend }, rate: 0.02, momentum: 0.8, tolerance: 1e-6 });
  bend = reach.point.bend;
  const degrees = Array.from(bend, (angle) => `${((angle * 180) / Math.PI).toFixed(1)}°`.padStart(8)).join('');
  console.log(`(${x}, ${y})`.padEnd(10), degrees, `   misses by ${Math.sqrt(reach.value).toFixed(6)} after ${reach.steps} steps`);

  let [joint, angle]: [[number, number], number] = [[0, 0], 0];
  LINKS.forEach((length, i) => {
    angle += bend[i]!;
    const next: [number, number] = [joint[0] + length * Math.cos(angle), joint[1] + length * Math.sin(angle)];
    canvas.line(joint, next);
    joint = next;
  });
  canvas.line([x, y - 0.3], [x, y + 0.3], 9); // the target
}
console.log(String(canvas));

/* Prints:
(5, 2)        58.6°  -71.5°   13.0°    misses by 0.000000 after 147 steps
(1.5, 4.5)   114.8°  -69.5°  -45.3°    misses by 0.000000 after 147 steps
(-2.5, 3)    169.2°  -66.4° -102.8°    misses by 0.000000 after 145 steps
⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⢠⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀
⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⣠⠞⠉⠉⠉⠹⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀
⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⣠⠞⠁⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀
⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⡆⠀⠀⠀⠀⠀⣠⠞⠁⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀
⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⣏⠉⠉⠉⠇⠀⠀⠀⠀⡞⠁⠀⠀⠀⠀⠀⠀⠀⠀⠀⣀⡀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀
⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⢸⡀⠀⠀⠀⠀⠀⠀⠀⠹⡄⠀⠀⠀⠀⠀⠀⠀⢀⡞⠁⠉⠉⠓⠒⠲⠤⢤⣀⣀⣀⣀⣀⣰⠀⠀⠀⠀⠀⠀⠀⠀
⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⣇⠀⠀⠀⠀⠀⠀⠀⠀⠹⡄⠀⠀⠀⠀⠀⢠⠞⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠸⠀⠀⠀⠀⠀⠀⠀⠀
⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⢸⠀⠀⠀⠀⠀⠀⠀⠀⠀⠹⡀⠀⠀⠀⣰⠋⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀
⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠈⣇⣀⣀⠀⠀⠀⠀⠀⠀⠀⢳⡀⠀⡴⠃⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀
⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠈⠉⠉⠓⠒⠒⠤⠤⢤⣳⡜⠁⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀
*/
