/** What `npm start` runs, on a subset of the digits. */
import { describe, expect, it } from 'vitest';
import { line } from '../../examples/mnist/progress.ts';
import { duration } from '../../examples/terminal.ts';
import { run } from './run.ts';

const readCorrectly = (stdout: string): number => Number(/Read correctly.*: ([\d.]+) %/.exec(stdout)?.[1]);

describe('npm start', () => {
  it('shows the worked examples and trains a network that reads', async () => {
    const { status, stdout, stderr } = await run('start.ts', ['--quick']);
    expect(status).toBe(0);
    for (const part of [
      '1  J = ½(w·x + b − y)²',
      '2  J = 3(a + b·c)',
      '3  Two layers',
      '4  n + p, not n × p',
      '5  A network learns to read',
    ]) {
      expect(stdout).toContain(`── ${part}`);
    }
    expect(stdout).toMatch(/6,000 digits in .*, loss 0\.\d{3}/);
    expect(readCorrectly(stdout)).toBeGreaterThan(85); // after one tenth of an epoch of the whole
    expect(stdout).toMatch(/core, WebAssembly +[\d.]+ (ms|µs) +[\d.]+ GFLOP\/s\n/);
    expect(stdout).toMatch(/reference, TypeScript +[\d.]+ ms +[\d.]+ GFLOP\/s\n/);
    for (const text of stdout.split('\n')) expect(text.length).toBeLessThanOrEqual(80);
    const tenths = stderr.trim().split('\n'); // no terminal: a plain line every tenth
    expect(tenths.length).toBe(10);
    expect(tenths[9]).toMatch(/^ *100 % +[\d,]+ digits\/s +loss \d\.\d{3} +done$/);
  });

  it('Ctrl-C ends the training, not the program', async () => {
    let sent = false;
    const { status, stdout } = await run('mnist/mnist.ts', ['--quick', '--epochs', '5'], (stderr, interrupt) => {
      if (stderr.includes('10 %') && !sent) interrupt();
      sent ||= stderr.includes('10 %');
    });
    expect(status).toBe(0);
    const seen = Number(/([\d,]+) digits so far/.exec(stdout)?.[1]?.replace(',', ''));
    expect(seen).toBeGreaterThanOrEqual(3_000);
    expect(seen).toBeLessThan(30_000);
    expect(readCorrectly(stdout)).toBeGreaterThan(70);
  });

  it('explains itself, and what is wrong', async () => {
    const help = await run('start.ts', ['--help']);
    expect([help.status, help.stderr]).toEqual([0, '']);
    expect(help.stdout).toContain('--quick');
    const wrong = await run('start.ts', ['--epochs', '0']);
    expect([wrong.status, wrong.stdout]).toEqual([2, '']);
    expect(wrong.stderr).toContain("--epochs: expected a whole number from 1 to 9999, got '0'");
    const unknown = await run('start.ts', ['--fast']);
    expect(unknown.status).toBe(2);
    expect(unknown.stderr).toContain("Unknown option '--fast'");
  });
});

describe('the progress line', () => {
  const at = (columns: number, done = 30_000) => line(done, 60_000, { rate: 12_345, loss: 0.2131 }, columns);

  it('fits the terminal: the bar shrinks, then goes, then the text is cut', () => {
    expect(at(80)).toBe('  ━━━━━━━━━━━━━━━╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌  50 %   12,345 digits/s  loss 0.213   3 s left');
    expect(at(50)).toBe('  50 %   12,345 digits/s  loss 0.213   3 s left');
    expect(at(200).length).toBeLessThan(90);
    for (let columns = 10; columns < 120; columns++)
      for (const done of [0, 1, 59_999, 60_000]) expect(at(columns, done).length).toBeLessThan(columns);
  });

  it('ends done', () => {
    expect(at(80, 60_000)).toMatch(/━ 100 % {3}12,345 digits\/s {2}loss 0\.213 +done$/);
  });
});

it('durations have units that fit', () => {
  expect([3e-9, 4.25e-4, 0.0123, 1, 75, 5000, 200_000].map(duration)).toEqual([
    '3 ns',
    '430 µs',
    '12 ms',
    '1 s',
    '1.3 min',
    '1.4 h',
    '2.3 days',
  ]);
});
