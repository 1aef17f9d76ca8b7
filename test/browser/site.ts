/** A folder of static files with the README's first example in two pages: bundled by esbuild, and dist/ as it is with an import map. */
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build, transform } from 'esbuild';
import { readmeExamples, root } from '../support/examples.ts';
import { instrument } from '../support/instrument.ts';

export const PAGES = ['bundled', 'unbundled'] as const;

/** What a page leaves in `globalThis.outcome`. */
export interface Outcome {
  readonly checked: number;
  readonly failures: readonly string[];
  /** Whether the WebAssembly core could be had by name: 'available', or the code of the error. */
  readonly interpreter: string;
  /** The same for `init` with core.wasm, compiled while it arrives. */
  readonly streamed: string;
}

/** The import map is an inline script: where a policy forbids those, it needs a nonce. */
export const NONCE = 'map';

const RECORDER = `
import { Recorder } from './test/support/recorder.ts';
globalThis.recorder = new Recorder();
globalThis.format = (...args) => args.map(String).join(' ');
`;

/** The example, then probes; imports are hoisted, so the recorder comes first. */
function program(): string {
  return `
import './recorder.js';
import * as wengert from 'wengert';
${instrument(readmeExamples()[0]!.source)}
const attempt = async (run) => {
  try {
    await run();
    return 'available';
  } catch (error) {
    return error.code ?? String(error);
  }
};
const { checked, failures } = recorder;
const interpreter = await attempt(() => wengert.compile({ x: wengert.scalar }, ({ x }) => x.square(), { engine: 'interpreter' }));
const streamed = await attempt(() => wengert.init({ module: fetch('core.wasm') }));
globalThis.outcome = { checked, failures, interpreter, streamed };
`;
}

const page = (head: string): string =>
  `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>wengert</title>${head}</head>` +
  `<body><script type="module" src="page.js"></script></body></html>`;

export async function buildSite(folder: string): Promise<void> {
  for (const name of PAGES) {
    mkdirSync(join(folder, name), { recursive: true });
    cpSync(join(root, 'dist/core.wasm'), join(folder, name, 'core.wasm'));
  }
  const plain = (await transform(program(), { loader: 'ts', tsconfigRaw: {} })).code;
  const recorder = { stdin: { contents: RECORDER, resolveDir: root }, bundle: true, format: 'esm' } as const;

  const bundled = join(folder, 'bundled');
  await build({ ...recorder, outfile: join(bundled, 'recorder.js') });
  writeFileSync(join(bundled, 'source.js'), plain);
  const alias = { wengert: join(root, 'dist/index.js') };
  const nodePaths = [join(root, 'node_modules')];
  await build({
    entryPoints: [join(bundled, 'source.js')],
    outfile: join(bundled, 'page.js'),
    bundle: true,
    format: 'esm',
    alias,
    nodePaths,
  });
  writeFileSync(join(bundled, 'index.html'), page(''));

  const unbundled = join(folder, 'unbundled');
  await build({ ...recorder, outfile: join(unbundled, 'recorder.js') });
  writeFileSync(join(unbundled, 'page.js'), plain);
  cpSync(join(root, 'dist'), join(unbundled, 'dist'), { recursive: true });
  cpSync(join(root, 'node_modules/@assemblyscript/loader/index.js'), join(unbundled, 'loader.js'));
  const imports = { wengert: './dist/index.js', '@assemblyscript/loader': './loader.js' };
  const map = `<script type="importmap" nonce="${NONCE}">${JSON.stringify({ imports })}</script>`;
  writeFileSync(join(unbundled, 'index.html'), page(map));
}
