/** Who races, and what a contestant is. */
import type { EngineChoice } from '../../src/index.ts';
import type { Row } from './rows.ts';

/** A contestant that has everything ready: each run is value and gradient at the row's point, as results a caller can read. */
export interface Runs {
  /** @returns the value */
  run(): number;
  /** The gradient of the last run, in the order of the row's point. */
  gradient(): ArrayLike<number>;
}

/** The default export of a module in contestants/: gets a row that has what the contestant needs. */
export type Prepare = (row: Row, option: string) => Promise<Runs>;

export interface Contestant {
  readonly title: string;
  /** Its file in contestants/. */
  readonly module: string;
  readonly option: string;
  /** What a row must have for this contestant to take part. */
  readonly needs: 'hand' | 'plain' | 'wengert' | 'natural' | 'nodes';
  readonly role: 'hand' | 'wengert' | 'peer' | 'other';
  /** How far value and gradient may be from wengert's, relative to the largest entry: 1e-9, or what f32 allows. */
  readonly tolerance: number;
}

/** The engines that are columns; the first is the one that targets are for. */
const ENGINES: readonly EngineChoice[] = ['auto', 'compiled', 'interpreter'];

const [F64, F32] = [1e-9, 1e-3];

export const CONTESTANTS: Readonly<Record<string, Contestant>> = {
  hand: { title: 'by hand', module: 'hand', option: 'hand', needs: 'hand', role: 'hand', tolerance: F64 },
  ...Object.fromEntries(
    ENGINES.map((option): [string, Contestant] => [
      option,
      { title: `wengert, ${option}`, module: 'wengert', option, needs: 'wengert', role: 'wengert', tolerance: F64 },
    ]),
  ),
  plain: { title: 'by hand, plain', module: 'hand', option: 'plain', needs: 'plain', role: 'other', tolerance: F64 },
  rose: { title: 'rose, loops', module: 'rose-loops', option: '', needs: 'natural', role: 'peer', tolerance: F64 },
  'rose-nodes': { title: 'rose, unrolled', module: 'rose-nodes', option: '', needs: 'nodes', role: 'peer', tolerance: F64 },
  penrose: { title: 'penrose', module: 'penrose', option: '', needs: 'nodes', role: 'peer', tolerance: F64 },
  simplegrad: { title: 'simplegrad', module: 'simplegrad', option: '', needs: 'nodes', role: 'peer', tolerance: F64 },
  jax64: { title: 'jax-js f64', module: 'jax', option: 'float64', needs: 'natural', role: 'peer', tolerance: F64 },
  jax32: { title: 'jax-js f32', module: 'jax', option: 'float32', needs: 'natural', role: 'peer', tolerance: F32 },
  tfjs: { title: 'tfjs f32', module: 'tfjs', option: '', needs: 'natural', role: 'peer', tolerance: F32 },
  micrograd: { title: 'micrograd style', module: 'micrograd', option: '', needs: 'nodes', role: 'peer', tolerance: F64 },
};

/** What wengert's programs compute is what the others are held to. */
export const JUDGE = 'interpreter';
