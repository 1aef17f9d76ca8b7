/** What the examples print with: a heading, a little colour where it is wanted, numbers people can read. */

const coloured = process.stdout.isTTY === true && !process.env.NO_COLOR && process.env.TERM !== 'dumb';

const paint =
  (code: number) =>
  (text: string): string =>
    coloured ? `\x1b[${code}m${text}\x1b[39m\x1b[22m` : text;
export const bold = paint(1);
export const dim = paint(2);
export const green = paint(32);
export const red = paint(31);
export const yellow = paint(33);
export const magenta = paint(35);
export const cyan = paint(36);

/** Columns of the terminal; 80 where there is none. */
export const columns = (): number => process.stdout.columns ?? 80;

/** A line that opens a part of the output. */
export function heading(text: string): void {
  const rule = '─'.repeat(Math.max(0, Math.min(columns(), 80) - text.length - 5));
  console.log(`\n${dim('──')} ${bold(text)} ${dim(rule)}\n`);
}

/** Lines, each moved in by two columns. */
export function indent(text: unknown): string {
  return String(text).replace(/^(?=.)/gm, '  ');
}

/** 101,770 */
export const count = (n: number): string => Math.round(n).toLocaleString('en');

/** A duration in seconds with a unit that fits: `0.42 ms`, `12 s`, `3.4 min`. */
export function duration(seconds: number): string {
  const units = [[86400, 'days'], [3600, 'h'], [60, 'min'], [1, 's'], [1e-3, 'ms'], [1e-6, 'µs']] as const; // biome-ignore format: a table
  const [unit, name] = units.find(([unit]) => seconds >= unit) ?? [1e-9, 'ns'];
  return `${Number((seconds / unit).toPrecision(2))} ${name}`;
}

/** Seconds that a call takes: the median of a few timings after some to warm up. */
export function seconds(call: () => unknown, timings = 9): number {
  const times = Array.from({ length: timings + 3 }, () => {
    const began = performance.now();
    call();
    return (performance.now() - began) / 1000;
  });
  return times.slice(3).sort((a, b) => a - b)[timings >> 1]!;
}
