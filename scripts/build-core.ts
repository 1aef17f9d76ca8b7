/** assembly/ ─► build/core.wasm ─► src/wasm/core.bytes.ts (the bytes as text) and dist/core.wasm; compiles only when something changed. */
import { copyFileSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inGroups, START } from '../src/wasm/groups.ts';
import { root, stamp } from './stamp.ts';

const wasm = join(root, 'build/core.wasm');
const unpack = join(root, 'build/unpack.wasm');
const sources = [
  'assembly',
  'asconfig.json',
  'scripts/build-core.ts',
  'src/wasm/groups.ts',
  'node_modules/assemblyscript/package.json',
];
const state = stamp('core.inputs', sources, ['build/core.wasm', 'src/wasm/core.bytes.ts']);

async function compile(...options: string[]): Promise<void> {
  const asc = await import('assemblyscript/asc'); // takes seconds to load, so only when there is something to compile
  const { error, stderr } = await asc.main(options);
  const diagnostics = stderr.toString().trim();
  if (diagnostics) console.error(diagnostics);
  if (error) throw error;
}

/** For each byte from 0 to 255: '0' if it is among the 86 commonest, '1' if among the next 86, else '2'. */
function groupsOf(bytes: Uint8Array): string {
  const counts = new Uint32Array(256);
  for (const byte of bytes) counts[byte]!++;
  const groups = new Uint8Array(256);
  const commonFirst = [...counts.keys()].sort((x, y) => counts[y]! - counts[x]! || x - y);
  commonFirst.forEach((byte, rank) => {
    groups[byte] = Math.floor(rank / 86);
  });
  return groups.join('');
}

/** The module that reads the text, with room for it. */
async function compileUnpack(text: string): Promise<Uint8Array> {
  const pages = Math.ceil((START + text.length) / 65536);
  const flags = ['-O3s', '--noAssert', '--runtime', 'stub', '--use', 'abort=', '--initialMemory', String(pages)];
  await compile('unpack.ts', '--baseDir', join(root, 'assembly'), '--outFile', unpack, ...flags);
  return readFileSync(unpack);
}

/** The writing that {@link coreBytes} in src/wasm/core.ts reads. */
function written(bytes: Uint8Array, groups: string): string {
  const digit = (value: number) => String.fromCharCode(value + (value < 52 ? 40 : 41)); // ( to [ and ] to ~, no backslash
  const order = inGroups(groups);
  const words = Array.from(order.keys(), (byte) => {
    const place = order.indexOf(byte);
    return ['', '!', '#'][Math.floor(place / 86)] + digit(place % 86);
  });
  return Array.from(bytes, (byte) => words[byte]).join('');
}

async function inline(): Promise<void> {
  const bytes = readFileSync(wasm);
  const groups = groupsOf(bytes);
  const text = written(bytes, groups);
  const reader = Buffer.from(await compileUnpack(text)).toString('hex');
  const comment = '/** core.wasm as text, and the module that reads it (see core.ts). Written by scripts/build-core.ts. */';
  const values = `export const length = ${bytes.length};\nexport const unpack =\n  '${reader}';\n`;
  const code = `${values}export const groups = '${groups}';\nexport const text =\n  '${text}';\n`;
  writeFileSync(join(root, 'src/wasm/core.bytes.ts'), `${comment}\n${code}`);
}

if (!state.fresh) {
  const began = performance.now();
  await compile('--config', 'asconfig.json', '--baseDir', root);
  await inline();
  state.write();
  console.log(`core.wasm: ${statSync(wasm).size} bytes, ${((performance.now() - began) / 1000).toFixed(1)} s`);
}
mkdirSync(join(root, 'dist'), { recursive: true });
copyFileSync(wasm, join(root, 'dist/core.wasm'));
