/** What `wengert build` does: load a program, write its module, a loader and types, and say what is in it. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, extname, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { type Description, describe, type PlacedPort } from '../../engine/standalone/description.ts';
import { fail } from '../../errors.ts';
import { loadProgram } from './load.ts';
import { loaderText, MARK, typesText } from './loader.ts';

export interface BuildOptions {
  readonly out?: string;
  readonly export: string;
  readonly length?: Readonly<Record<string, number>>;
  readonly data: boolean;
  readonly force?: boolean;
}

/**
 * Writes `out`, and beside it `out`.js and `out`.d.ts: named after the module and not after the model, which often lies in the
 * same folder, where `model.js` stands for model.ts.
 *
 * @returns what was written, in lines for a terminal
 * @throws BadOption (a file is in the way, or there is none), WrongType, ToolMissing, and what `toWasm` throws
 */
export async function buildModule(model: string, options: BuildOptions): Promise<string[]> {
  const out = options.out ?? `${basename(model, extname(model))}.wasm`;
  const wasm = basename(out);
  const [loader, types] = [`${out}.js`, `${out}.d.ts`];
  if (resolve(out) === resolve(model)) fail('BadOption', `--out: ${out} is the model itself`);
  if (!options.force) for (const file of [loader, types]) checkFree(file);

  const program = await loadProgram(model, options.export);
  const bytes = program.toWasm({ lengths: options.length ?? {}, data: options.data });
  const description = describe(bytes);
  mkdirSync(dirname(resolve(out)), { recursive: true });
  writeFileSync(out, bytes);
  writeFileSync(loader, loaderText(wasm, description));
  writeFileSync(types, typesText(wasm, description));

  const width = process.stdout.columns ?? 80;
  const kb = (size: number): string => `${(size / 1024).toFixed(1)} KB`;
  return [
    `${out}  ${kb(bytes.length)}, gzipped ${kb(gzipSync(bytes).length)}`,
    `${loader}  loader`,
    `${types}  types`,
    ...summary(description).flatMap((line) => wrapped(line, width)),
  ];
}

/** @throws BadOption if there is a file that somebody else wrote */
function checkFree(file: string): void {
  if (existsSync(file) && !readFileSync(file, 'utf8').startsWith(MARK))
    fail('BadOption', `${file} is there already and was not written by this command; choose another --out, or --force`);
}

/** What goes in and out. */
function summary({ inputs, data, outputs, rows, lengths }: Description): string[] {
  const text = (ports: readonly PlacedPort[]): string =>
    ports.map(({ name, shape }) => (shape.length > 0 ? `${name}[${shape.join('×')}]` : name)).join(', ');
  const lines: [string, string][] = [
    ['point', text(inputs)],
    ['data', text(data) + (rows === undefined ? '' : `, ${rows} rows`)],
    ['output', text(outputs)],
    [
      'lengths',
      Object.entries(lengths)
        .map(([name, n]) => `${name} = ${n}`)
        .join(', '),
    ],
  ];
  return lines.filter(([, what]) => what !== '').map(([name, what]) => `${name.padEnd(8)}${what}`);
}

/** A line in pieces no wider than the terminal, further ones indented. */
function wrapped(line: string, width: number): string[] {
  const lines: string[] = [];
  let rest = line;
  const indent = ' '.repeat(8);
  while (rest.length > width) {
    const at = rest.lastIndexOf(' ', width);
    if (at <= indent.length) break;
    lines.push(rest.slice(0, at));
    rest = indent + rest.slice(at + 1);
  }
  return [...lines, rest];
}
