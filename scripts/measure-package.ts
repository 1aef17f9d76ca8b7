/** What the package weighs and how soon it is ready, as measured by `npm run size`, the benchmarks and a test. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { root } from './stamp.ts';

/** What we aim at; `npm run size` and bench/results.md say how far off it is. */
export const LIMITS = { wasm: 32 * 1024, bundle: 45 * 1024, readyMs: 20 };

/** What a test holds us to: nothing may grow past this unnoticed. Lower it whenever something got smaller. */
export const BUDGET = { wasm: 76 * 1024, bundle: 193 * 1024 };

/** Bytes of core.wasm. */
export const wasmSize = (): number => statSync(join(root, 'dist/core.wasm')).size;

/** Bytes of a program that imports only `compile`, the core inlined, minified and gzipped. */
export async function bundleSize(): Promise<{ minified: number; gzipped: number }> {
  const { outputFiles } = await build({
    stdin: { contents: `export { compile } from './dist/index.js';`, resolveDir: root },
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    target: 'es2022',
  });
  const { contents } = outputFiles[0]!;
  return { minified: contents.length, gzipped: gzipSync(contents, { level: 9 }).length };
}

const FIRST_GRADIENT = `
const began = performance.now();
const { compile, scalar } = await import(process.argv[1]);
const f = compile({ w: scalar, b: scalar }, ({ w, b }) => w.mul(-2).add(b).sub(2).square().mul(0.5));
const { value } = f.gradient({ w: 2, b: 8 });
if (value !== 2) throw new Error('the first gradient is wrong');
console.log(performance.now() - began);
`;

/** Milliseconds from \`import\` to the first gradient, each in a fresh Node process: the files of dist/, and one bundle. */
export async function readyTimes(runs = 15): Promise<{ files: number[]; bundle: number[] }> {
  const folder = mkdtempSync(join(tmpdir(), 'wengert-'));
  try {
    const bundle = join(folder, 'bundle.mjs');
    const entry = join(root, 'dist/index.js');
    await build({ entryPoints: [entry], outfile: bundle, bundle: true, minify: true, format: 'esm', target: 'es2022' });
    const once = (file: string) =>
      Number(execFileSync(process.execPath, ['--input-type=module', '-e', FIRST_GRADIENT, file], { encoding: 'utf8' }));
    const many = (file: string) => Array.from({ length: runs }, () => once(file)).sort((x, y) => x - y);
    return { files: many(entry), bundle: many(bundle) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
