/** From the times of all cells to the section of results.md. */
import { median } from '../harness.ts';
import { duration, figures, type Section, type Target } from '../report.ts';
import { CONTESTANTS } from './contestant.ts';
import { type Outcome, shortly } from './outcome.ts';
import { ROWS } from './rows.ts';

/** Of each row and contestant, the outcomes of all rounds. */
export type Cells = Record<string, Record<string, Outcome[]>>;

const names = Object.keys(CONTESTANTS);
const ENGINE = names.find((name) => CONTESTANTS[name]!.role === 'wengert')!;
const PEERS = names.filter((name) => CONTESTANTS[name]!.role === 'peer');
/** Against the best peer, where that is not a matrix product. */
const TIMES_BEST_PEER = 3;

const timesOf = (outcomes: readonly Outcome[] | undefined): number[] =>
  (outcomes ?? []).flatMap(({ time }) => (time === undefined ? [] : [time]));

/** How many times as long as another contestant: the median of the rounds, in each of which they ran side by side. */
export function ratio(cells: Cells[string], of: string, to: string): number | undefined {
  const [a, b] = [timesOf(cells[of]), timesOf(cells[to])];
  const rounds = Math.min(a.length, b.length);
  return rounds === 0 ? undefined : median(Array.from({ length: rounds }, (_, i) => a[i]! / b[i]!));
}

const medianTime = (outcomes: readonly Outcome[] | undefined): number | undefined => {
  const times = timesOf(outcomes);
  return times.length === 0 ? undefined : median(times);
};

function cell(cells: Cells[string], name: string): string {
  const outcomes = cells[name] ?? [];
  const failure = outcomes.find((outcome) => outcome.failure !== undefined)?.failure;
  const times = ratio(cells, name, 'hand');
  const words = failure === undefined ? [] : [shortly(failure)];
  if (times !== undefined || failure !== undefined)
    return [...(times === undefined ? [] : [`${figures(times)}×`]), ...words].join(', ');
  return outcomes.length === 0 ? '–' : duration(medianTime(outcomes));
}

/** The quickest peer in any row of a problem, with its time. */
function bestPeer(cells: Cells, problem: string): { name: string; time: number } | undefined {
  const rows = Object.keys(cells).filter((key) => ROWS[key]!.problem === problem);
  const found = PEERS.flatMap((name) =>
    rows.flatMap((key) => {
      const outcomes = cells[key]![name];
      const time = medianTime(outcomes);
      const right = outcomes?.every(({ failure }) => failure === undefined);
      return time === undefined || !right ? [] : [{ name, time }];
    }),
  );
  return found.sort((a, b) => a.time - b.time)[0];
}

function targetsOf(cells: Cells, key: string): Target[] {
  const { problem, form, atMost, atMostMicroseconds, product } = ROWS[key]!;
  const what = `${problem}${form === 'nodes' && key.endsWith('-nodes') ? ', as scalar nodes' : ''}`;
  const targets: Target[] = [];
  const own = medianTime(cells[key]![ENGINE]);
  if (own === undefined) return targets;
  for (const hand of ['plain', 'hand']) {
    const times = ratio(cells[key]!, ENGINE, hand);
    if (atMost === undefined || times === undefined) continue;
    targets.push({ what: `${what}, of the time ${CONTESTANTS[hand]!.title}`, measured: times, atMost, unit: '×' });
  }
  if (atMostMicroseconds !== undefined)
    targets.push({ what: `${what}, half of CppAD's replay`, measured: own / 1e3, atMost: atMostMicroseconds, unit: 'µs' });
  const best = bestPeer(cells, problem);
  if (best && !product) {
    const title = CONTESTANTS[best.name]!.title;
    targets.push({ what: `${what}, the best peer (${title})`, measured: best.time / own, atLeast: TIMES_BEST_PEER, unit: '×' });
  }
  const f32 = medianTime(cells[key]!.jax32);
  if (key === 'digits32' && f32 !== undefined)
    targets.push({ what: `${what}, jax-js in f32 takes`, measured: f32 / own, atLeast: 1, unit: '×' });
  return targets;
}

export function table(cells: Cells): Section {
  const keys = Object.keys(cells);
  const took = names.filter((name) => name !== 'hand' && keys.some((key) => cells[key]![name]));
  return {
    name: 'peers',
    title: 'Beside other libraries',
    about:
      'Value and gradient of one call, as a multiple of the time of the gradient by hand (smaller is quicker); every cell in a ' +
      'fresh process of its own, checked before it is timed: f64 to 1e-9, f32 to 1e-3. "By hand, plain" is the gradient in ' +
      'JavaScript as one writes it first, "by hand" the same tuned with care, up to three times as fast (bench/contestants). Rows ' +
      'are loops or whole arrays for those who have them; "scalar nodes" is every operation written out. rose takes and gives ' +
      'nested arrays; jax-js and tfjs keep parameters on their side and read all results out. `npm run bench:peers` measures it anew.',
    columns: ['problem', 'by hand', ...took.map((name) => CONTESTANTS[name]!.title)],
    rows: keys.map((key) => [
      `${ROWS[key]!.problem}${key.endsWith('-nodes') ? ', scalar nodes' : ''}`,
      duration(medianTime(cells[key]!.hand)),
      ...took.map((name) => cell(cells[key]!, name)),
    ]),
    targets: keys.flatMap((key) => targetsOf(cells, key)),
  };
}
