/**
 * dist/ from nothing: the core, declarations by tsc, and modules (modules.ts).
 *
 * With `--if-stale` only when a source changed. Exit code 1 when the library has type errors, 2 when the core does not compile.
 */
import { spawnSync } from 'node:child_process';
import { chmodSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as esbuild from 'esbuild';
import { modules } from './modules.ts';
import { root, stamp } from './stamp.ts';

const dist = join(root, 'dist');

function declarations(): boolean {
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  const { status } = spawnSync(process.execPath, [tsc, '-p', 'tsconfig.build.json'], { cwd: root, stdio: 'inherit' });
  return status === 0;
}

/** The command line is a bundle of its own, which imports the package by its name; so it changes nothing in the package's modules. */
async function commandLine(): Promise<void> {
  await esbuild.build({
    entryPoints: { index: join(root, 'src/cli/index.ts') },
    outdir: join(dist, 'cli'),
    bundle: true,
    splitting: true,
    chunkNames: '[name]-[hash]',
    format: 'esm',
    platform: 'node',
    target: 'node20',
    packages: 'external',
    tsconfigRaw: {},
  });
  chmodSync(join(dist, 'cli/index.js'), 0o755);
}

/**
 * tsc leaves `./a.ts` in declarations as it stands, where only some tools resolve it; and what a declaration needs of
 * `Symbol.dispose` it should say itself, for users whose `lib` does not have it.
 */
function finishDeclarations(): void {
  for (const name of readdirSync(dist, { recursive: true, encoding: 'utf8' })) {
    if (!name.endsWith('.d.ts')) continue;
    const file = join(dist, name);
    const text = readFileSync(file, 'utf8').replace(/((?:from|import\()\s*['"]\.{1,2}\/[^'"]*)\.ts(['"])/g, '$1.js$2');
    const lib = text.includes('Symbol.dispose') ? '/// <reference lib="esnext.disposable" />\n' : '';
    writeFileSync(file, lib + text);
  }
}

try {
  await import('./build-core.ts');
} catch (error) {
  console.error((error as Error).message);
  process.exit(2);
}
const state = stamp(
  'dist.inputs',
  ['src', 'examples/gradbench', 'tsconfig.json', 'tsconfig.build.json', 'scripts/build.ts', 'scripts/modules.ts'],
  ['dist/index.js', 'dist/cli/index.js'],
);
if (!(state.fresh && process.argv.includes('--if-stale'))) {
  for (const name of readdirSync(dist)) if (name !== 'core.wasm') rmSync(join(dist, name), { recursive: true });
  await modules(dist);
  await commandLine();
  if (!declarations()) process.exit(1);
  finishDeclarations();
  state.write();
}
