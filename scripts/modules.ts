/**
 * src/ ─► dist/*.js: a small module per entry, and one that they share. Node takes 1 to 2 ms per module, and esbuild makes a
 * chunk for every set of entries that something is used by (seven of them, for four entries); so its chunks are joined.
 *
 * Most of a start is the reading of text, by Node and by V8: 55 µs a KB. So names are short, and comments and indentation go
 * (with comments beyond Latin-1 the text has two bytes a character, and is read twice as long). Lines stay, for whoever sees one
 * printed with an error, and so does what says that a call is pure, for bundlers.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import * as esbuild from 'esbuild';
import { root } from './stamp.ts';

const ENTRIES = ['index', 'tape/index', 'optimize/index', 'micrograd/index'];
const SHARED = 'shared.js';
const CHUNK = /\bchunk-\w+\.js$/;

const common = {
  bundle: true,
  format: 'esm',
  target: 'es2022',
  packages: 'external',
  tsconfigRaw: {},
} satisfies esbuild.BuildOptions;

/** What esbuild splits src/ into: texts by path, and what each chunk exports. */
async function split(dist: string): Promise<{ texts: Map<string, string>; exported: Map<string, string[]> }> {
  const { outputFiles, metafile } = await esbuild.build({
    ...common,
    entryPoints: ENTRIES.map((name) => join(root, `src/${name}.ts`)),
    outbase: join(root, 'src'),
    outdir: dist,
    splitting: true,
    chunkNames: 'chunk-[hash]',
    metafile: true,
    write: false,
    absWorkingDir: root,
  });
  const texts = new Map(outputFiles.map(({ path, text }) => [path, text]));
  const exported = new Map<string, string[]>();
  for (const [path, { exports }] of Object.entries(metafile.outputs))
    if (CHUNK.test(path)) exported.set(join(root, path), exports);
  return { texts, exported };
}

/**
 * Bundlers keep a class that nobody uses when it has members with computed names, or statics: these might do something. Ours
 * do not, which `sideEffects: false` says of whole modules only; a call can be said to be pure, so such a class is one.
 */
function pureClasses(text: string): string {
  return text.replace(/^var (\w+) = (class[\s\S]*?\n\});$/gm, (statement, name: string, definition: string) =>
    /^ {2}(static|((get|set|async) |\*)?\[)/m.test(definition)
      ? `var ${name} = /* @__PURE__ */ (() => ${definition})();`
      : statement,
  );
}

/** Chunks out of memory: each read by `contents`. */
function chunks(dist: string, contents: (path: string) => string): esbuild.Plugin {
  return {
    name: 'chunks',
    setup({ onResolve, onLoad }) {
      onResolve({ filter: CHUNK }, ({ path }) => ({ path: join(dist, basename(path)), namespace: 'chunks' }));
      onLoad({ filter: CHUNK, namespace: 'chunks' }, ({ path }) => ({ contents: pureClasses(contents(path)), resolveDir: dist }));
    },
  };
}

/**
 * The same code, shorter, in lines that can be printed with an error. What says that a call is pure is a comment, which esbuild
 * takes with the spaces: as a call of its own it survives.
 */
async function short(code: string): Promise<string> {
  const marked = code.replace(/\/\* @__PURE__ \*\/ (?!new\b)([\w.]*)\(/g, (_, callee) => `PURE${callee && `(${callee})`}(`);
  const { code: minified } = await esbuild.transform(marked, { minify: true, lineLimit: 120, target: common.target });
  return minified.replace(/\bPURE\(/g, '/*@__PURE__*/(');
}

async function write(options: esbuild.BuildOptions & { outfile: string }): Promise<void> {
  const { outputFiles } = await esbuild.build({ ...common, ...options, write: false });
  mkdirSync(dirname(options.outfile), { recursive: true });
  writeFileSync(options.outfile, await short(outputFiles![0]!.text));
}

/** Writes the modules. */
export async function modules(dist: string): Promise<void> {
  const { texts, exported } = await split(dist);

  // two chunks may use the same name for different things
  const taken = new Set<string>();
  const names = new Map<string, string>();
  for (const [path, exports] of exported) {
    const pairs = exports.map((name) => {
      let free = name;
      while (taken.has(free)) free += '_';
      taken.add(free);
      return `${name} as ${free}`;
    });
    names.set(path, pairs.join(', '));
  }

  await write({
    stdin: {
      contents: [...names].map(([path, pairs]) => `export { ${pairs} } from './${basename(path)}';`).join('\n'),
      resolveDir: dist,
    },
    outfile: join(dist, SHARED),
    plugins: [chunks(dist, (path) => texts.get(path)!)],
  });
  for (const entry of ENTRIES) {
    const outfile = join(dist, `${entry}.js`);
    const shared = `./${relative(dirname(outfile), join(dist, SHARED))}`;
    const fromShared = (path: string): string => {
      const pairs = names.get(path)!.replace(/(\w+) as (\w+)/g, '$2 as $1');
      return `export { ${pairs} } from '${shared}';`;
    };
    await write({
      stdin: { contents: pureClasses(texts.get(outfile)!), resolveDir: dirname(outfile) },
      outfile,
      external: [shared],
      plugins: [chunks(dist, fromShared)],
    });
  }
}
