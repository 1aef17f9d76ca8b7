/**
 * `npm run bench [-- section …]`: bundles bench/ first, so that no loader runs beside what is timed, and pins the
 * process to the last core where the system can.
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

const node = [process.execPath, '--expose-gc', outfile, ...process.argv.slice(2)];
const pinned = ['taskset', '-c', String(availableParallelism() - 1), ...node];
const canPin = spawnSync('taskset', ['-c', String(availableParallelism() - 1), 'true']).status === 0;
const [command, ...args] = canPin ? pinned : node;
process.exitCode = spawnSync(command!, args, { cwd: root, stdio: 'inherit' }).status ?? 1;
