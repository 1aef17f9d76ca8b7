/** The mixture of Gaussians fitted to Fisher's irises, and its drawings. */
import { readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Plot, svg, terminal } from '../../examples/iris/draw.ts';
import { mixture } from '../../examples/iris/mixture.ts';
import { gradcheck } from '../../src/index.ts';
import { run } from './run.ts';

describe('a mixture of Gaussians', () => {
  // two clusters in two dimensions, C = [[2, 0], [1, 0.5]] and the identity
  const point = { share: [0, Math.log(3)], centre: [[0, 0], [3, 1]], size: [[Math.log(2), Math.log(0.5)], [0, 0]], tilt: [[9, 9], [1, 9], [9, 9], [0, 9]] }; // biome-ignore format: a point
  const X = [[1, 0.75], [3, 3]]; // biome-ignore format: a list
  const { loss, cluster } = mixture(2, 2);

  it('has the likelihood of its formula', () => {
    const normal = (square: number, determinant: number) => Math.exp(-square / 2) / (2 * Math.PI * determinant);
    const first = 0.25 * normal(0.25 + 0.25, 1) + 0.75 * normal(4 + 0.0625, 1); // z = (0.5, 0.5) in the first cluster
    const second = 0.25 * normal(2.25 + 9, 1) + 0.75 * normal(4, 1); // z = (1.5, 3)
    expect(loss.value({ ...point, X })).toBeCloseTo(-(Math.log(first) + Math.log(second)) / 2, 12);
    expect([...cluster.value({ ...point, X })]).toEqual([0, 1]);
    expect(gradcheck(loss, { ...point, X }).ok).toBe(true);
  });

  it('is a program whose size does not depend on the data', () => {
    expect(loss.toBytes().length).toBeLessThan(3000);
    expect(mixture(200, 2).loss.toBytes().length).toBeLessThan(3000);
  });
});

describe('the irises', () => {
  it('are found as Fisher and the literature have them, and drawn as SVG', async () => {
    const file = join(tmpdir(), `wengert-iris-${process.pid}.svg`);
    const { status, stdout, stderr } = await run('iris/iris.ts', ['--svg', file]);
    const drawing = readFileSync(file, 'utf8');
    rmSync(file);
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toContain('145 of 150 flowers'); // as the full model of three clusters does everywhere
    expect(stdout).toContain('log-likelihood -180.185');
    expect(drawing).toMatch(/^<svg [\s\S]*<\/svg>\n$/);
    expect(drawing.match(/<circle r="3.5"/g)?.length).toBe(150);
    expect(drawing.match(/stroke="#d00000"/g)?.length).toBe(5);
    expect(drawing.match(/<circle r="2"/g)?.length).toBe(3);
    expect(drawing).not.toContain('NaN');
  });

  const plot: Plot = {
    points: [{ x: 0, y: 0, kind: 0, guess: 0 }, { x: 10, y: 5, kind: 1, guess: 1 }, { x: 5, y: 2.5, kind: 2, guess: 0 }], // biome-ignore format: a list
    ellipses: [{ centre: [5, 2.5], C: [1, 0, 1] }],
    across: [0, 10],
    up: [0, 5],
    labels: ['across', 'up'],
  };

  it.each([40, 60, 80, 200])('fill a terminal of %i columns, and no more', (columns) => {
    const lines = terminal(plot, columns).split('\n');
    const widest = Math.max(...lines.map((line) => line.length));
    expect(widest).toBe(Math.min(columns, 100) - 1);
    expect(lines[1]!.at(-1)).toBe('+'); // at the right above
    expect(lines.at(-3)!.slice(4, 8)).toBe('0 │○');
    expect(lines.filter((line) => line.includes('●')).length).toBe(1);
  });

  it('are ellipses of two standard deviations', () => {
    const drawn = svg(plot, ['a', 'b', 'c']);
    expect(drawn).toContain('<circle r="2" transform="translate(330.0 180.0) matrix(56.00 0.00 0.00 -64.00 0 0)"');
  });
});
