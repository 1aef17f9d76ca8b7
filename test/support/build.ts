/**
 * Before any test: the core is compiled and dist/ is up to date (a quarter of a second when nothing changed), so that a
 * fresh clone needs no step between `npm ci` and `npm test`. Trouble is printed, and test/package.test.ts fails on it;
 * what does not depend on it is tested all the same.
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

export function build(): { status: number | null; output: string } {
  const command = ['--import', 'tsx', 'scripts/build.ts', '--if-stale'];
  const { status, stdout, stderr } = spawnSync(process.execPath, command, { cwd: root, encoding: 'utf8' });
  return { status, output: `${stdout}${stderr}`.trim() };
}

export default function setup(): void {
  const { output } = build();
  if (output) console.log(output);
}
