/** The op table stays behind: what run time and the core need of it is printed, and printed from the table as it stands. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { describe, expect, test } from 'vitest';
import { printAssembly } from '../src/ops/print/assembly.ts';
import { printPartials } from '../src/ops/print/partials.ts';
import { printTypeScript } from '../src/ops/print/typescript.ts';
import { RULES } from '../src/ops/rules.ts';
import { root } from './support/examples.ts';

describe('printed by `npm run rules`', () => {
  test.each([
    ['src/ops/kernels.ts', printTypeScript],
    ['src/ops/partials.ts', printPartials],
    ['assembly/rules.ts', printAssembly],
  ])('%s is as the table says', (file, print) => {
    expect(readFileSync(join(root, file), 'utf8') === print(), `${file} is stale: npm run rules`).toBe(true);
  });
});

test.each(['src/index.ts', 'src/tape/index.ts', 'src/optimize/index.ts'])('%s comes without the table', async (entry) => {
  const { metafile } = await build({
    entryPoints: [join(root, entry)],
    absWorkingDir: root,
    bundle: true,
    write: false,
    format: 'esm',
    metafile: true,
    tsconfigRaw: {},
  });
  const files = Object.keys(metafile.inputs);
  expect(files).toContain('src/ops/kernels.ts');
  expect(files.filter((file) => /^src\/ops\/(rules|lists|numbers|algebra|print\/.*)\.ts$/.test(file))).toEqual([]);
});

describe('lists of 300,000', () => {
  const x = Array.from({ length: 300_000 }, (_, i) => Math.sin(i));

  test.each(['minOf', 'maxOf', 'norm', 'logsumexp'] as const)('%s is defined', (name) => {
    const row = RULES[name];
    if (row.arity !== 'list') throw new Error(`${name} is no op over a list`);
    const z = row.of(x, []);
    expect(z).toBeCloseTo(
      { minOf: -1, maxOf: 1, norm: Math.sqrt(150_000), logsumexp: Math.log(300_000 * 1.2660658777520084) }[name],
      2,
    ); // I₀(1), the mean of e^sin
    expect(row.partialsOf(x, [], z)[0].length).toBe(300_000);
  });
});

test('norm as Math.hypot: ∞ even beside NaN, 0 of zeros and of nothing, without overflow', () => {
  const norm = RULES.norm.arity === 'list' ? RULES.norm.of : () => Number.NaN;
  for (const x of [
    [],
    [0, -0],
    [-3, 4],
    [1e200, 1e200],
    [3e-320, 4e-320],
    [Number.NaN, 1],
    [Number.NaN, Number.NEGATIVE_INFINITY],
    [-5],
  ])
    expect(norm(x, []), `norm(${x})`).toBe(Math.hypot(...x));
});
