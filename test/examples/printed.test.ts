/** Every example prints what the comment at its end says, durations aside. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { run } from './run.ts';

const folder = fileURLToPath(new URL('../../examples/', import.meta.url));

/** What the comment at the end of an example promises. */
function promised(file: string): string {
  const found = /\n\/\* Prints:\n([\s\S]*)\n\*\/\n$/.exec(readFileSync(folder + file, 'utf8'));
  if (!found) throw new Error(`${file} does not end with a comment of what it prints`);
  return found[1]!;
}

/** Times differ from run to run. */
const timeless = (text: string): string =>
  text.replace(/\d+(\.\d+)? (ns|µs|ms|s|min|h|days)\b/g, '… $2').replace(/… (ns|µs|ms|s|min|h|days)/g, '…');

const tidy = (text: string): string => timeless(text.replace(/[ \t]+$/gm, '').trim());

describe('examples', () => {
  it.each(['seeds.ts', 'steps.ts', 'curve.ts', 'arm.ts', 'lynx.ts', 'rates.ts', 'map.ts', 'iris/iris.ts', 'backend.ts'])(
    '%s',
    async (file) => {
      const { status, stdout, stderr } = await run(file);
      expect(stderr).toBe('');
      expect(tidy(stdout)).toBe(tidy(promised(file)));
      expect(status).toBe(0);
      for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
    },
  );

  it('backend.ts has at most 40 lines of code and prose', () => {
    const source = readFileSync(`${folder}backend.ts`, 'utf8');
    expect(source.slice(0, source.indexOf('/* Prints:')).trim().split('\n').length).toBeLessThanOrEqual(40);
  });
});
