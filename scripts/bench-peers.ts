/**
 * `npm run bench:peers [-- --rows a,b --contestants a,b --rounds n --check]`: wengert and other libraries beside the gradient by
 * hand. Installs bench/peers where it is not, bundles it against dist/, and runs every cell in a fresh process, pinned to
 * the last core where the system can: round after round, in a round row by row, in a row all contestants in turn.
 *
 * Writes its table into bench/results.md if all rows and contestants took part, and prints it in any case. With --check
 * values and gradients are compared, and nothing is timed or written.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { build, type Plugin } from 'esbuild';
import { CONTESTANTS, JUDGE } from '../bench/peers/contestant.ts';
import type { Outcome } from '../bench/peers/outcome.ts';
import { ROWS } from '../bench/peers/rows.ts';
import { type Cells, table } from '../bench/peers/table.ts';
import { markdown, save } from '../bench/report.ts';
import { root } from './stamp.ts';

const LIMIT_MS = 120_000; // per cell

const { values } = parseArgs({
  options: {
    rows: { type: 'string' },
    contestants: { type: 'string' },
    rounds: { type: 'string', default: '3' },
    check: { type: 'boolean' },
  },
});
const rows = chosen('row', values.rows, Object.keys(ROWS));
const contestants = chosen('contestant', values.contestants, Object.keys(CONTESTANTS));
const rounds = values.check ? 1 : Number(values.rounds);

function chosen(what: string, given: string | undefined, all: readonly string[]): string[] {
  const names = given?.split(',') ?? [...all];
  const unknown = names.filter((name) => !all.includes(name));
  if (unknown.length === 0) return names;
  console.error(`no ${what} ${unknown.join(', ')}; there are ${all.join(', ')}`);
  process.exit(1);
}

const peers = join(root, 'bench/peers');
const built = join(peers, 'build');

function install(): void {
  const lock = (folder: string) => JSON.parse(readFileSync(join(peers, folder, 'package-lock.json'), 'utf8'));
  const installed = join(peers, 'node_modules/.package-lock.json');
  if (existsSync(installed)) {
    const { packages } = JSON.parse(readFileSync(installed, 'utf8')) as { packages: Record<string, { version: string }> };
    const wanted = lock('.').packages as Record<string, { version: string; optional?: boolean }>;
    if (Object.entries(wanted).every(([name, { version, optional }]) => !name || optional || packages[name]?.version === version))
      return;
  }
  const { status } = spawnSync('npm', ['ci', '--prefix', peers], { cwd: peers, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}

/** The library itself comes from dist/, as users get it. */
const fromDist: Plugin = {
  name: 'from dist',
  setup: ({ onResolve }) =>
    onResolve({ filter: /\/src\/index\.ts$/ }, () => ({ path: '../../../dist/index.js', external: true })),
};

async function bundle(): Promise<void> {
  rmSync(built, { recursive: true, force: true });
  mkdirSync(built, { recursive: true });
  const modules = new Set(Object.values(CONTESTANTS).map(({ module }) => module));
  await build({
    entryPoints: ['cell', ...[...modules].map((name) => `contestants/${name}`)].map((name) => join(peers, `${name}.ts`)),
    outbase: peers,
    outdir: built,
    bundle: true,
    splitting: true,
    chunkNames: 'shared-[hash]',
    platform: 'node',
    format: 'esm',
    target: 'node20',
    packages: 'external',
    plugins: [fromDist],
  });
}

const pin = ['taskset', '-c', String(availableParallelism() - 1)];
const canPin = spawnSync(pin[0]!, [...pin.slice(1), 'true']).status === 0;

function run(row: string, contestant: string): Outcome {
  const node = [
    process.execPath,
    join(built, 'cell.js'),
    row,
    contestant,
    join(built, `${row}.f64`),
    ...(values.check ? ['check'] : []),
  ];
  const [command, ...args] = canPin ? [...pin, ...node] : node;
  const { stdout, stderr, signal } = spawnSync(command!, args, { encoding: 'utf8', timeout: LIMIT_MS, maxBuffer: 2 ** 28 });
  const last = stdout.trim().split('\n').at(-1) ?? '';
  if (last.startsWith('{')) return JSON.parse(last);
  return { failure: signal ? `too long: ${LIMIT_MS / 1000} s` : stderr.trim().slice(-2000) || 'no answer' };
}

install();
await bundle();
const cells: Cells = Object.fromEntries(rows.map((row) => [row, {}]));
const began = performance.now();
for (let round = 0; round < rounds; round++) {
  for (const row of rows) {
    if (round === 0) run(row, JUDGE);
    for (const contestant of contestants) {
      if (ROWS[row]![CONTESTANTS[contestant]!.needs] === undefined) continue;
      const before = (cells[row]![contestant] ??= []);
      if (before.some(({ time }) => time === undefined)) continue; // once is enough to fail
      const outcome = run(row, contestant);
      before.push(outcome);
      const seconds = ((performance.now() - began) / 1000).toFixed(0).padStart(5);
      const { time, failure } = outcome;
      const what = time === undefined ? (failure?.slice(0, 160) ?? 'right') : `${time.toPrecision(4)} ns`;
      console.error(`${seconds} s  ${round + 1}/${rounds} ${row}, ${contestant}: ${what}`);
    }
  }
}
if (!values.check) {
  const section = { ...table(cells), ...(canPin && { cores: 1 }) };
  const whole = rows.length === Object.keys(ROWS).length && contestants.length === Object.keys(CONTESTANTS).length;
  if (whole) save(join(root, 'bench/results.md'), section);
  console.log(`\n${markdown(section)}\n${whole ? '' : '\n(not all took part: bench/results.md is as it was)\n'}`);
}
