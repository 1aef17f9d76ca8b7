/** Every example a reader meets, in the README and beside the functions, does what its comments say, and its types hold. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format } from 'node:util';
import ts from 'typescript';
import { describe, expect, test } from 'vitest';
import { docstringExamples, type Example, readmeExamples, root } from './support/examples.ts';
import { instrument } from './support/instrument.ts';
import { Recorder } from './support/recorder.ts';

const folder = join(root, 'build/examples');
mkdirSync(folder, { recursive: true });

const nameOf = ({ place }: Example): string => place.replace(/\W+/g, '-');

/** Writes the example, instrumented, and runs it. */
async function run(example: Example): Promise<Recorder> {
  const file = join(folder, `${nameOf(example)}.run.ts`);
  writeFileSync(file, `const { recorder, format } = globalThis;\n${instrument(example.source)}\nexport {};\n`);
  const recorder = new Recorder();
  Object.assign(globalThis, { recorder, format });
  await import(/* @vite-ignore */ file);
  return recorder;
}

const readme = readmeExamples();
const docstrings = docstringExamples();

describe.each([
  ['README', readme],
  ['docstrings', docstrings],
])('%s', (_, examples) => {
  test.each(examples.map((example) => [example.place, example] as const))('%s', async (_, example) => {
    expect((await run(example)).failures).toEqual([]);
  });

  test('promise numbers', async () => {
    let checked = 0;
    for (const example of examples) checked += instrument(example.source).split(/\brecorder\.\w+\(/).length - 1;
    expect(checked).toBeGreaterThan(examples.length / 2);
  });
});

test('the examples pass the type checker', () => {
  const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
  const files = [...readme, ...docstrings].map((example) => {
    const file = join(folder, `${nameOf(example)}.ts`);
    writeFileSync(file, `${example.source}\nexport {};\n`);
    return file;
  });
  const program = ts.createProgram(files, { ...options, noUnusedLocals: false, verbatimModuleSyntax: false });
  const complaints = files.flatMap((file) => {
    const source = program.getSourceFile(file);
    return [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)].map(
      ({ messageText }) => `${file}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`,
    );
  });
  expect(complaints).toEqual([]);
});

test('a comment that does not hold is noticed', async () => {
  const source = `
    const x = 3; // 4
    x * 2; // 6
    [x, 0.12345]; // [3, 0.123]
    [x, 0.12345]; // [3, 0.124]
    ({ a: x, b: 'text' }); // { a: 3, b: 'text' }
    ({ a: x, b: 'text' }); // { a: 3 }
    console.log('v1 =', x / 7); // v1 = 0.43
    console.log('v1 =', x / 7); // v1 = 0.44
    console.log('one\\ntwo');
    // one
    // three
    JSON.parse('{'); // throws JSON
    JSON.parse('{}'); // throws JSON
    x; // prose promises nothing`;
  const { checked, failures } = await run({ place: 'a comment that does not hold', source });
  expect(checked).toBe(11);
  expect(failures.map((failure) => /^line (\d+)/.exec(failure)![1])).toEqual(['2', '5', '7', '9', '10', '14']);
});
