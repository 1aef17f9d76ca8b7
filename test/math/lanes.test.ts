import { beforeAll, describe, expect, test } from 'vitest';
import { compileCore, type Functions } from './core.ts';
import { random } from './samples.ts';

const NAMES = ['exp', 'log', 'tanh', 'sigmoid', 'softplus', 'sin', 'cos'] as const;
const PAIRS = 1 << 14;

/** For each function a loop over pairs at `from`, results at `to`, with two lanes and with one. */
const SOURCE = `
import * as math from './math';
import * as lanes from './math/lanes';
export function room(bytes: i32): usize {
  memory.grow(bytes + 65535 >> 16);
  return (__heap_base + 15) & ~15;
}
${NAMES.map(
  (name) => `
export function ${name}Two(from: usize, to: usize, n: i32): void {
  for (let i = 0; i < n; i += 2, from += 16, to += 16) v128.store(to, lanes.${name}Lanes(v128.load(from)));
}
export function ${name}One(from: usize, to: usize, n: i32): void {
  for (let i = 0; i < n; i++, from += 8, to += 8) store<f64>(to, math.${name}(load<f64>(from)));
}`,
).join('')}`;

let core: Functions & { readonly memory: WebAssembly.Memory };
let at: number;
beforeAll(async () => {
  core = await compileCore(SOURCE);
  at = core.room!(PAIRS * 2 * 8 * 2, 0);
});

/** Operands at which something changes: thresholds of the algorithms, exceptional values, and their neighbours. */
const AWKWARD = [
  0, 5e-324, 2 ** -1022, 2 ** -1021, 1e-300, 2 ** -60, 2 ** -53, 2 ** -52, 1e-9, 2 ** -28, Math.LN2 / 256, Math.LN2 / 128, 0.4999, 0.5, 0.7, 0.75,
  1, 1 + 2 ** -52, 1.40625, Math.SQRT2, Math.PI / 4, Math.PI / 2, Math.PI, 1.5 * Math.PI, 100 * Math.PI, 2 ** 20 * (Math.PI / 2), 1647099, 1e6,
  1e22, 2 ** 1000, 2, 19, 21.999, 22, 22.001, 36.04, 36.7, 40, 44, 511.999, 512, 512.001, 700, 708.4, 709.78, 709.79, 710, 745.1, 745.2, 746, 800,
  2 ** 52, 2 ** 53, Number.MAX_VALUE, Number.POSITIVE_INFINITY, Number.NaN,
]; // biome-ignore format: a list

function operands(seed: number): number[] {
  const next = random(seed);
  const points = AWKWARD.flatMap((x) => [x, x * (1 - 2 ** -53), x * (1 + 2 ** -52)]).flatMap((x) => [x, -x]);
  const list = points.flatMap((x, i) => [x, points[(i * 7 + 3) % points.length]!, x, 1]);
  while (list.length < PAIRS * 2) {
    const kind = next();
    const x =
      kind < 0.4 ? 20 * next() - 10 : kind < 0.7 ? 1500 * next() - 750 : (next() - 0.5) * 2 ** Math.floor(80 * next() - 60);
    list.push(kind > 0.97 ? (next() - 0.5) * 2 ** Math.floor(2000 * next() - 1000) : x);
  }
  return list;
}

describe('two lanes have the bits of one', () => {
  test.each(NAMES)('%s', (name) => {
    for (let seed = 1; seed <= 8; seed++) {
      const list = operands(seed);
      const n = list.length;
      const numbers = new Float64Array(core.memory.buffer, at, 2 * n);
      numbers.set(list);
      const run = core as unknown as Record<string, (from: number, to: number, n: number) => void>;
      run[`${name}One`]!(at, at + 8 * n, n);
      const one = numbers.slice(n);
      numbers.fill(0, n);
      run[`${name}Two`]!(at, at + 8 * n, n);
      for (let i = 0; i < n; i++) {
        if (!Object.is(one[i], numbers[n + i]))
          expect.fail(`${name}(${list[i]}): one lane ${one[i]}, two lanes ${numbers[n + i]}`);
      }
    }
  });
});
