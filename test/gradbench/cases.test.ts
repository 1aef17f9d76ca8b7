/**
 * GradBench's problems through the real process, with the outputs of other tools. The small cases are in test/fixtures; larger
 * ones are replayed too, where their folder lies beside this one.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { EVALS } from '../../src/cli/gradbench/evals.ts';
import { root } from '../support/examples.ts';
import { differences, TOLERANCE } from './compare.ts';
import { Tool } from './tool.ts';

const FOLDERS = [join(root, 'test/fixtures/cases'), join(root, '../shared/cases')];
const evals = [...EVALS.keys()].filter((name) => name !== 'hello');

/** The case files of an eval, a small one from here rather than from the other folder. */
function files(name: string): { file: string; path: string }[] {
  const found = new Map<string, string>();
  for (const folder of FOLDERS) {
    if (!existsSync(join(folder, name))) continue;
    for (const file of readdirSync(join(folder, name))) if (!found.has(file)) found.set(file, join(folder, name, file));
  }
  return [...found].map(([file, path]) => ({ file, path }));
}

describe.each(['auto', 'reference'])('engine %s', (engine) => {
  let tool: Tool;
  let id = 0;
  beforeAll(() => {
    tool = new Tool('--engine', engine);
  });
  afterAll(() => tool.kill());

  describe.each(evals)('%s', (name) => {
    test('is known', async () => {
      expect(await tool.send({ id: ++id, kind: 'define', module: name })).toEqual({ id, success: true });
    });

    test.each(files(name))('$file', async ({ path }) => {
      const { module, function: fn, input, output } = JSON.parse(readFileSync(path, 'utf8'));
      const message = { id: ++id, kind: 'evaluate', module, function: fn, input: { ...input, min_runs: 2, min_seconds: 0 } };
      const answer = await tool.send(message);
      expect(answer.error).toBeUndefined();
      expect(answer).toMatchObject({ id, success: true });
      expect(answer.timings.map((timing: { name: string }) => timing.name)).toEqual(['prepare', 'evaluate', 'evaluate']);
      expect(differences(answer.output, output)).toEqual([]);
    });
  });

  test('hello: squares and their slopes, from 1 on', async () => {
    let x = 1;
    for (let round = 0; round < 4; round++) {
      const { output: y } = await tool.send({ id: ++id, kind: 'evaluate', module: 'hello', function: 'square', input: x });
      expect(y).toBe(x * x);
      const { output } = await tool.send({ id: ++id, kind: 'evaluate', module: 'hello', function: 'double', input: y });
      expect(output).toBe(2 * y);
      x = output;
    }
  });
});

test('every eval has small cases here', () => {
  for (const name of evals) expect(readdirSync(join(FOLDERS[0]!, name)).length, name).toBeGreaterThan(1);
});

test.skipIf(existsSync(FOLDERS[1]!))('the larger cases are not tested: there is no folder ../shared/cases', () => {});

test('a wrong output is noticed', () => {
  expect(differences([1, { a: [2, 0] }], [1, { a: [2, 0] }])).toEqual([]);
  expect(differences([1 + 3 * TOLERANCE, 2], [1, 2])).toHaveLength(1);
  expect(differences([1, 1e-10], [1, 0])).toHaveLength(1);
  expect(differences([1, 1e-16], [1, 0])).toEqual([]);
  expect(differences([1e-10], [2e-10])).toHaveLength(1);
  expect(differences([null], [1])).toHaveLength(1);
  expect(differences([1, 2, 3], [1, 2])).not.toEqual([]);
  expect(differences({ a: 1 }, { b: 1 })).not.toEqual([]);
  expect(differences([Number.NaN], [1])).toHaveLength(1);
});
