/** Tables for people: on the terminal while it runs, and in results.md, where a section replaces its own older self. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';

/** A figure to reach, and what was measured. */
export interface Target {
  readonly what: string;
  readonly measured: number;
  readonly atMost?: number;
  readonly atLeast?: number;
  readonly unit: string;
}

export interface Section {
  readonly name: string;
  readonly title: string;
  readonly about: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly targets: readonly Target[];
  /** That a contestant could use, where that is not what this process can. */
  readonly cores?: number;
}

export const met = ({ measured, atMost = Infinity, atLeast = -Infinity }: Target): boolean =>
  measured <= atMost && measured >= atLeast;

/** Three figures, as people read them. */
export function figures(x: number | undefined): string {
  if (x === undefined || Number.isNaN(x)) return '–';
  if (x >= 1000) return Math.round(Number(x.toPrecision(3))).toLocaleString('en');
  return x >= 100 ? x.toFixed(0) : x >= 10 ? x.toFixed(1) : x.toFixed(2);
}

/** Nanoseconds in the unit that suits them. */
export function duration(ns: number | undefined): string {
  if (ns === undefined) return '–';
  const [scale, unit] = ns < 1e3 ? [1, 'ns'] : ns < 1e6 ? [1e3, 'µs'] : ns < 1e9 ? [1e6, 'ms'] : [1e9, 's'];
  return `${figures(ns / scale)} ${unit}`;
}

/** `other` in units of `own`: how many times as long the other takes. */
export function times(own: number | undefined, other: number | undefined): string {
  return own === undefined || other === undefined ? '–' : `${figures(other / own)}×`;
}

export function machine(cores = availableParallelism()): string {
  const model = cpus()[0]?.model.trim() || 'unknown CPU';
  return `${model}, ${cores} of ${cpus().length} cores, Node ${process.versions.node}, ${new Date().toISOString().slice(0, 10)}`;
}

function targetLine(target: Target): string {
  const bound = target.atMost === undefined ? `≥ ${target.atLeast}` : `≤ ${target.atMost}`;
  const unit = target.unit === '×' ? '×' : ` ${target.unit}`;
  return `- ${met(target) ? '✓' : '✗'} ${target.what}: ${figures(target.measured)}${unit} (target ${bound}${unit})`;
}

export function markdown(section: Section): string {
  const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const rule = `|${section.columns.map((_, i) => (i === 0 ? '---' : '--:')).join('|')}|`;
  const lines = [`## ${section.title}`, '', section.about, '', row(section.columns), rule, ...section.rows.map(row), ''];
  if (section.targets.length > 0) lines.push(...section.targets.map(targetLine), '');
  lines.push(`<sub>${machine(section.cores)}</sub>`);
  return lines.join('\n');
}

/** All sections, in the order of the page. */
export const ORDER: readonly string[] = [
  'sweep',
  'lanes',
  'build',
  'code',
  'boundary',
  'record',
  'loops',
  'gradbench',
  'peers',
  'peak',
  'sizes',
  'pack',
];

const INTRODUCTION = `# Measurements

Written by \`npm run bench\`; \`npm run bench -- sweep\` measures one section anew. Compare ratios, not times: all contestants
of a table ran in one process, taking turns, one thread, pinned to one core; each time is a median of medians. "× reference"
and the like say how many times as long the other takes for value and gradient of the same problem.

- **interpreter**: the AssemblyScript core, what a program runs in at first; **compiled**: generated code, what it runs in after some calls
- **reference**: the pure TypeScript engine, on the same tape
- **micrograd**: objects with closures (bench/contestants/micrograd.ts), built anew at every evaluation
- **by hand**: the gradient written out in plain JavaScript (bench/contestants/hand)
`;

/** Puts a section into results.md, in the place of its older self or at its place in the order. */
export function save(file: string, section: Section): void {
  const kept = new Map<string, string>();
  const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
  for (const [, name, body] of text.matchAll(/<!-- (\w+) -->\n([\s\S]*?)(?=\n<!-- \w+ -->|$(?![\s\S]))/g))
    kept.set(name!, body!.trim());
  kept.set(section.name, markdown(section));
  const sections = ORDER.filter((name) => kept.has(name)).map((name) => `<!-- ${name} -->\n${kept.get(name)}\n`);
  writeFileSync(file, [INTRODUCTION, ...sections].join('\n'));
}
