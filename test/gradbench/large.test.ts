/**
 * Large inputs, generated. A message can be longer than the longest string of JavaScript (512 MiB) and is limited by the largest
 * buffer, 4 GiB in Node 20. Set LARGE=600 for a message of 600 MB, which takes half a minute and 3 GB of memory.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Tool } from './tool.ts';

const MEGABYTES = Number(process.env.LARGE ?? 16);
const PIECE = 4096;

let tool: Tool;
beforeAll(() => {
  tool = new Tool();
});
afterAll(() => tool.kill());

test(`a message of ${MEGABYTES} MB`, { timeout: 600_000 }, async () => {
  // digits beyond what a double holds, so that a lot of text makes few numbers
  const numbers = Array.from({ length: PIECE }, (_, i) => `${(i / PIECE).toFixed(40)}${'3'.repeat(60)}`);
  const piece = numbers.join(',');
  const pieces = Math.ceil((MEGABYTES * 1e6) / piece.length);
  await tool.write('{"id": 1, "kind": "evaluate", "module": "lse", "function": "primal", "input": {"x": [');
  for (let i = 0; i < pieces; i++) await tool.write(i === 0 ? piece : `,${piece}`);
  await tool.write(']}}\n');
  const answer = await tool.answer();
  expect(answer).toMatchObject({ id: 1, success: true });
  const sum = numbers.reduce((s, x) => s + Math.exp(Number(x)), 0);
  expect(answer.output).toBeCloseTo(Math.log(pieces * sum), 10);
  expect(await tool.send({ id: 2, kind: 'evaluate', module: 'hello', function: 'square', input: 3 })).toMatchObject({
    output: 9,
  });
});

test('an output of megabytes', { timeout: 600_000 }, async () => {
  const x = Float64Array.from({ length: 200_000 }, (_, i) => Math.sin(i));
  const { output } = await tool.send({
    id: 3,
    kind: 'evaluate',
    module: 'lse',
    function: 'gradient',
    input: { x: Array.from(x) },
  });
  const total = x.reduce((s, xi) => s + Math.exp(xi), 0);
  expect(output).toHaveLength(x.length);
  for (let i = 0; i < x.length; i += 997) expect(output[i]! * total).toBeCloseTo(Math.exp(x[i]!), 9);
});
