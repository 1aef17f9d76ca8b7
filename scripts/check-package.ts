/** The package as it would be published: packed, then read by publint and by arethetypeswrong. */
import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { root } from './stamp.ts';

const options = ['pack', '--silent', '--ignore-scripts', '--pack-destination', 'build'];
const packed = execFileSync('npm', options, { cwd: root, encoding: 'utf8' }).trim();
const tarball = join('build', packed.split('\n').at(-1)!);

function run(tool: string, ...args: string[]): void {
  const { status } = spawnSync(join(root, 'node_modules/.bin', tool), [tarball, ...args], { cwd: root, stdio: 'inherit' });
  if (status !== 0) process.exitCode = 1;
}

run('publint', '--strict');
run('attw', '--profile', 'esm-only', '--exclude-entrypoints', './core.wasm', '--no-emoji', '--format', 'table-flipped');
