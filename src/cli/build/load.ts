/** The user's module, loaded: JavaScript by Node, TypeScript by tsx if it is installed, else by Node where Node can. */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { extname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { fail } from '../../errors.ts';

/** A program of the wengert that the module imports, which need not be the one this command belongs to. */
export interface BuildableProgram {
  toWasm(options: { readonly lengths?: Readonly<Record<string, number>>; readonly data?: boolean }): Uint8Array;
}

const TYPESCRIPT = new Set(['.ts', '.mts', '.cts', '.tsx']);

/** @throws BadOption (no such file or export), WrongType (it is no program), ToolMissing; and what the module itself throws */
export async function loadProgram(file: string, name: string): Promise<BuildableProgram> {
  const path = resolve(file);
  if (!existsSync(path)) fail('BadOption', `there is no file ${file}`);
  const module = TYPESCRIPT.has(extname(path)) ? await importTypeScript(path, file) : await import(pathToFileURL(path).href);
  const exports = unwrapped(module, name);
  if (!(name in exports)) {
    const names = Object.keys(exports).filter((key) => key !== 'default' && key !== 'module.exports');
    const others = names.length > 0 ? `it exports ${names.join(', ')}; choose with --export` : 'it exports nothing';
    fail('BadOption', `${file} has no ${name === 'default' ? 'default export' : `export '${name}'`}: ${others}`);
  }
  const program = exports[name] as Partial<BuildableProgram> | null | undefined;
  if (typeof program?.toWasm !== 'function')
    fail(
      'WrongType',
      `${file}: the ${name === 'default' ? 'default export' : `export '${name}'`} is no program that compile() returned`,
    );
  return program as BuildableProgram;
}

/** Of a module in CommonJS what it exports is its default export. */
function unwrapped(module: Record<string, unknown>, name: string): Record<string, unknown> {
  const inner = module.default;
  const isObject = typeof inner === 'object' && inner !== null;
  const isInside = isObject && (name === 'default' ? '__esModule' in inner : !(name in module)) && name in inner;
  return isInside ? (inner as Record<string, unknown>) : module;
}

interface Tsx {
  tsImport(specifier: string, parent: string): Promise<Record<string, unknown>>;
}

async function importTypeScript(path: string, file: string): Promise<Record<string, unknown>> {
  const url = pathToFileURL(path).href;
  const tsx = tsxFrom([path, resolve('package.json'), import.meta.url]);
  if (tsx !== undefined) return ((await import(tsx)) as Tsx).tsImport(url, import.meta.url);
  if ('typescript' in process.features && process.features.typescript) return import(url);
  return fail(
    'ToolMissing',
    `${file} is TypeScript, which takes tsx to be run here: npm install --save-dev tsx (or give it as JavaScript)`,
  );
}

const API = './esm/api';

/** The URL of tsx's interface, of the first of these places from which tsx is seen. */
function tsxFrom(places: readonly string[]): string | undefined {
  for (const place of places) {
    const require = createRequire(place);
    try {
      // its entry for `import`, which require.resolve does not find
      const { exports } = require('tsx/package.json') as { exports: Record<string, { import: { default: string } }> };
      return new URL(exports[API]!.import.default, pathToFileURL(require.resolve('tsx/package.json'))).href;
    } catch {
      // not from here
    }
  }
  return undefined;
}
