/** The protocol itself: what is answered to messages that are right, wrong, or none. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Answer, Tool } from './tool.ts';

// one process for all: whatever it is told, it goes on
let tool: Tool;
beforeAll(() => {
  tool = new Tool();
});
afterAll(() => tool.kill());

const square = { id: 100, kind: 'evaluate', module: 'hello', function: 'square', input: 3 };

/** It goes on. */
async function works(): Promise<void> {
  expect(await tool.send(square)).toMatchObject({ id: 100, success: true, output: 9 });
}

describe('a session', () => {
  test('as in the specification: start, define, evaluate, analysis', async () => {
    expect(await tool.send({ id: 0, kind: 'start', eval: 'hello', config: { any: ['thing'] } })).toEqual({
      id: 0,
      tool: 'wengert',
    });
    expect(await tool.send({ id: 1, kind: 'define', module: 'hello' })).toEqual({ id: 1, success: true });
    await works();
    expect(await tool.send({ id: 3, kind: 'analysis', of: 2, valid: false, error: 'no' })).toEqual({ id: 3 });
    expect(await tool.send({ id: 4, kind: 'something new' })).toEqual({ id: 4 });
  });

  test('lines may come in pieces, and several at once', async () => {
    const text = `${JSON.stringify(square)}\n`;
    await tool.write(text + text + text.slice(0, 20));
    for (let i = 0; i < 2; i++) expect(await tool.answer()).toMatchObject({ id: 100, output: 9 });
    await tool.write(text.slice(20));
    expect(await tool.answer()).toMatchObject({ id: 100, output: 9 });
  });
});

describe('runs', () => {
  const lse = (input: object) => ({
    id: 1,
    kind: 'evaluate',
    module: 'lse',
    function: 'gradient',
    input: { x: [1, 2, 3], ...input },
  });
  const times = ({ timings }: Answer): number[] =>
    timings.filter(({ name }: Answer) => name === 'evaluate').map(({ nanoseconds }: Answer) => nanoseconds);

  test('once, if nothing is said', async () => {
    const answer = await tool.send(lse({}));
    expect(times(answer)).toHaveLength(1);
    expect(answer.timings[0].name).toBe('prepare');
  });

  test('at least min_runs times', async () => {
    expect(times(await tool.send(lse({ min_runs: 7, min_seconds: 0 })))).toHaveLength(7);
  });

  test('until min_seconds are over', async () => {
    const found = times(await tool.send(lse({ min_runs: 1, min_seconds: 0.05 })));
    const total = found.reduce((sum, ns) => sum + ns, 0);
    expect(found.length).toBeGreaterThan(10);
    expect(total).toBeGreaterThanOrEqual(0.0499e9);
    expect(total - found.at(-1)!).toBeLessThan(0.0501e9);
    for (const ns of found) expect(Number.isInteger(ns)).toBe(true);
  });

  test('every run has the same output', async () => {
    const [once, often] = [await tool.send(lse({})), await tool.send(lse({ min_runs: 50 }))];
    expect(often.output).toEqual(once.output);
  });

  test('numbers that are not finite are null', async () => {
    expect((await tool.send(lse({ x: [] }))).output).toEqual([]);
    expect(await tool.send({ ...lse({}), function: 'primal', input: { x: [] } })).toMatchObject({ success: true, output: null });
  });
});

const gmm = { d: 1, k: 2, n: 2, alpha: [0, 1], mu: [[0], [1]], q: [[0], [0]], l: [[], []], x: [[0], [2]], m: 0, gamma: 1 }; // biome-ignore format: an input
const evaluate = (module: unknown, fn: unknown, input?: unknown) => ({ id: 5, kind: 'evaluate', module, function: fn, input });
const { mu: _, ...withoutMu } = gmm;

const bone = [[[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]]]; // biome-ignore format: a matrix
const model = { parents: [-1], base_relatives: bone, inverse_base_absolutes: bone, base_positions: [[0, 0, 0, 1]], weights: [[1]], is_mirrored: false }; // biome-ignore format: a hand
const hand = { theta: new Array(26).fill(0), us: [], data: { model, correspondences: [0], points: [[1, 2, 3]] } };

test('a hand of one bone', async () => {
  const { output } = await tool.send({ ...evaluate('ht', 'objective', hand), id: 8 });
  expect(output).toEqual([1, 2, 3]);
});

describe('what is wrong is answered with a sentence, and the next message as if nothing had been', () => {
  test.each<[what: string, message: object | string, sentence: string]>([
    ['a module that is not there', { id: 5, kind: 'define', module: 'nope' }, 'module: there is no "nope" here, only hello'],
    ['a name of every object', { id: 5, kind: 'define', module: 'toString' }, 'module: there is no "toString" here'],
    ['no module', { id: 5, kind: 'define' }, 'module: there is no nothing here'],
    ['to evaluate in such a module', evaluate('nope', 'square', 3), 'module: there is no "nope" here'],
    ['a function that is not there', evaluate('hello', 'cube', 3), 'function: hello has no "cube", only square, double'],
    ['a function of every object', evaluate('hello', 'constructor', 3), 'function: hello has no "constructor"'],
    ['no input', evaluate('hello', 'square'), 'input: is missing'],
    ['input of another kind', evaluate('hello', 'square', [3]), 'input: expected a number, got numbers (1)'],
    ['no record', evaluate('lse', 'primal', 3), 'input: expected a record with x, got 3'],
    ['a field that is missing', evaluate('gmm', 'jacobian', withoutMu), 'input: mu is missing'],
    [
      'a field of another kind',
      evaluate('gmm', 'jacobian', { ...gmm, gamma: 'large' }),
      'input.gamma: expected a number, got "large"',
    ],
    ['a field of another shape', evaluate('gmm', 'jacobian', { ...gmm, mu: [[0, 1], [1, 1]] }), 'input.mu: expected numbers (2 × 1), got numbers (2 × 2)'], // biome-ignore format: a row
    ['rows of different lengths', evaluate('gmm', 'jacobian', { ...gmm, mu: [[0], [1, 1]] }), 'input.mu: expected numbers (2 × 1), got an array of 2, not all of one kind'], // biome-ignore format: a row
    ['numbers in quotes', evaluate('lse', 'primal', { x: ['1', '2'] }), 'input.x: expected numbers (n), got an array of 2'],
    ['half a number', evaluate('gmm', 'jacobian', { ...gmm, d: 1.5 }), 'input.d: expected a whole number, got 1.5'],
    [
      'runs that are no number',
      evaluate('lse', 'primal', { x: [1], min_runs: 'many' }),
      'input.min_runs: expected a whole number, got "many"',
    ],
    [
      'a time before now',
      evaluate('lse', 'primal', { x: [1], min_seconds: -1 }),
      'input.min_seconds: expected a number ≥ 0, got -1',
    ],
    ['a particle that is nowhere', evaluate('particle', 'rr', { w: 1e300 }), 'no end after'],
    ['a descent without end', evaluate('saddle', 'rr', { start: [1e200, 1] }), 'no end after'],
    ['a bone before its parent', evaluate('ht', 'objective', { ...hand, data: { ...hand.data, model: { ...hand.data.model, parents: [0] } } }), 'data.model.parents: expected each before its children'], // biome-ignore format: a row
    ['a vertex that is not there', evaluate('ht', 'objective', { ...hand, data: { ...hand.data, correspondences: [7] } }), 'data.correspondences: expected places on 1 vertices'], // biome-ignore format: a row
    ['a kind that is none', { id: 5, kind: 7 }, 'kind: expected start, define, evaluate or analysis, got 7'],
    [
      'a line that breaks off',
      '{"id": 5, "kind": "evaluate", "input": {"x": [1, 2',
      'this line is no JSON: expected , or ] at byte 50, found the end',
    ],
    ['a comma too many', '{"id": 5, "kind": "start",}', 'this line is no JSON: expected a name in quotes at byte 26, found "}"'],
  ])('%s', async (_, message, sentence) => {
    const answer = await tool.send(message);
    expect(answer).toEqual({ id: 5, success: false, error: expect.any(String) });
    expect(answer.error).toContain(sentence);
    await works();
  });

  test.each<[what: string, line: string, sentence: string]>([
    ['no JSON', 'hello?', 'this line is no JSON: expected a value at byte 0, found "hello?"'],
    ['an empty line', '', 'this line is no JSON: expected a value at byte 0, found the end'],
    ['no message', '[1, 2]', 'expected a message, a record with id and kind, got numbers (2)'],
    ['no id', '{"kind": "start"}', 'id: expected a whole number, got nothing'],
    ['an id of another kind', '{"id": "5", "kind": "start"}', 'id: expected a whole number, got "5"'],
    ['bytes that are no text', '\u0000\u0001', 'this line is no JSON'],
    ['arrays without end', '['.repeat(100_000), 'more than 256 arrays and objects inside each other'],
  ])('%s', async (_, line, sentence) => {
    const answer = await tool.send(line);
    expect(answer).toEqual({ id: null, success: false, error: expect.any(String) });
    expect(answer.error).toContain(sentence);
    await works();
  });
});

describe('the end of the input', () => {
  const ending = async (...texts: readonly string[]) => {
    const tool = new Tool();
    for (const text of texts) await tool.write(text);
    const ended = tool.end();
    const answers = [];
    for (const _ of texts) answers.push(await tool.answer());
    expect(await ended).toEqual({ status: 0, stderr: '' });
    return answers;
  };

  test('ends the process', async () => {
    expect(await ending()).toEqual([]);
  });

  test('is the end of the last line, too', async () => {
    expect(await ending(JSON.stringify(square))).toMatchObject([{ id: 100, output: 9 }]);
  });

  test('in the middle of a message is answered', async () => {
    const texts = [`${JSON.stringify(square)}\n`, '{"id": 6, "kind": "evaluate", "module": "lse", "input": {"x": [0.1, 0.'];
    const [first, last] = await ending(...texts);
    expect(first).toMatchObject({ id: 100, output: 9 });
    const error = 'the input ended in the middle of a message: expected a digit at byte 70, found the end';
    expect(last).toEqual({ id: 6, success: false, error });
  });
});
