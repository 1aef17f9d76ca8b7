/** assembly/ ─► build/core.wasm ─► src/wasm/core.bytes.ts (the bytes as text) and dist/core.wasm; compiles only when something changed. */
import { copyFileSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root, stamp } from './stamp.ts';

const wasm = join(root, 'build/core.wasm');
const sources = ['assembly', 'asconfig.json', 'scripts/build-core.ts', 'node_modules/assemblyscript/package.json'];
const state = stamp('core.inputs', sources, ['build/core.wasm', 'src/wasm/core.bytes.ts']);

async function compile(): Promise<void> {
  const asc = await import('assemblyscript/asc'); // takes seconds to load, so only when there is something to compile
  const { error, stderr } = await asc.main(['--config', 'asconfig.json', '--baseDir', root]);
  const diagnostics = stderr.toString().trim();
  if (diagnostics) console.error(diagnostics);
  if (error) throw error;
}

/** The writing that {@link coreBytes} in src/wasm/core.ts reads. */
function written(bytes: Uint8Array): string {
  const digit = (value: number) => String.fromCharCode(value + (value < 52 ? 40 : 41)); // ( to [ and ] to ~, no backslash
  return Array.from(bytes, (byte) => ['', '!', '#'][Math.floor(byte / 86)] + digit(byte % 86)).join('');
}

function inline(): void {
  const bytes = readFileSync(wasm);
  const comment = '/** core.wasm as text (see core.ts). Written by scripts/build-core.ts. */';
  const code = `export const length = ${bytes.length};\nexport const text =\n  '${written(bytes)}';\n`;
  writeFileSync(join(root, 'src/wasm/core.bytes.ts'), `${comment}\n${code}`);
}

if (!state.fresh) {
  const began = performance.now();
  await compile();
  inline();
  state.write();
  console.log(`core.wasm: ${statSync(wasm).size} bytes, ${((performance.now() - began) / 1000).toFixed(1)} s`);
}
mkdirSync(join(root, 'dist'), { recursive: true });
copyFileSync(wasm, join(root, 'dist/core.wasm'));
