/**
 * `npm run bench [-- section …]`: bundles bench/ first, so that no loader runs beside what is timed, then runs each
 * section in a process of its own, pinned to the last core where the system can. (Only the time from import to first
 * gradient is taken unpinned: Node starts with several threads.)
 */
import { spawnSync } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { root } from './stamp.ts';

const outfile = join(root, 'build/bench.js');
await build({
  entryPoints: [join(root, 'bench/main.ts')],
  outfile,
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  external: ['tinybench', 'esbuild'],
});

const SECTIONS = ['sweep', 'lanes', 'build', 'code', 'boundary', 'record', 'loops', 'gradbench', 'peak', 'sizes', 'pack'];
const names = process.argv.slice(2);
const unknown = names.filter((name) => !SECTIONS.includes(name));
if (unknown.length > 0) {
  console.error(`no section ${unknown.join(', ')}; there are ${SECTIONS.join(', ')}`);
  process.exit(1);
}

const pin = ['taskset', '-c', String(availableParallelism() - 1)];
const canPin = spawnSync(pin[0]!, [...pin.slice(1), 'true']).status === 0;
for (const name of SECTIONS.filter((section) => names.length === 0 || names.includes(section))) {
  const node = [process.execPath, '--expose-gc', outfile, name];
  const [command, ...args] = canPin && name !== 'pack' ? [...pin, ...node] : node;
  const { status } = spawnSync(command!, args, { cwd: root, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}
