/**
 * One cell of the table, in a process of its own: `cell <row> <contestant> <file> [check]`. The judge writes value and gradient into
 * the file; the others are compared with it before they are timed. The last line of the output is JSON.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { CONTESTANTS, JUDGE, type Prepare } from './contestant.ts';
import { distance, type Outcome } from './outcome.ts';
import { timeOf } from '../clock.ts';
import { ROWS } from './rows.ts';

/** A result that is not what it should be, but near, is timed all the same. */
const WORTH_TIMING = 1e-3;

async function measure(key: string, name: string, file: string, onlyCheck: boolean): Promise<Outcome> {
  const { module, option, tolerance } = CONTESTANTS[name]!;
  const { default: prepare } = (await import(new URL(`contestants/${module}.js`, import.meta.url).href)) as { default: Prepare };
  const runs = await prepare(ROWS[key]!, option);
  const found = [runs.run(), ...Array.from(runs.gradient())];
  if (name === JUDGE) writeFileSync(file, Float64Array.from(found));
  const bytes = readFileSync(file);
  const right = new Float64Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
  const off = distance(found, right);
  const failure = off <= tolerance ? {} : { failure: `wrong by ${off.toExponential(0)}` };
  if (off > WORTH_TIMING || onlyCheck) return failure;
  return { time: await timeOf(() => runs.run()), ...failure };
}

const [key, name, file, check] = process.argv.slice(2) as [string, string, string, string?];
const outcome = await measure(key, name, file, check === 'check').catch(
  (error: Error): Outcome => ({ failure: String(error?.message ?? error) }),
);
console.log(`\n${JSON.stringify(outcome)}`);
process.exit(0); // some peers keep a process alive
