/** Measures one section and writes it into bench/results.md; scripts/bench.ts calls it. */
import { join } from 'node:path';
import { markdown, type Section, save } from './report.ts';
import { boundary } from './sections/boundary.ts';
import { build } from './sections/build.ts';
import { code } from './sections/code.ts';
import { gradbench } from './sections/gradbench.ts';
import { lanes } from './sections/lanes.ts';
import { loops } from './sections/loops.ts';
import { pack } from './sections/pack.ts';
import { peakSection } from './sections/peak.ts';
import { recording } from './sections/record.ts';
import { sizes } from './sections/sizes.ts';
import { sweep } from './sections/sweep.ts';

/** Says what is being measured now. */
export type Progress = (what: string) => void;

const SECTIONS: Readonly<Record<string, (progress: Progress) => Section | Promise<Section>>> = {
  sweep,
  lanes,
  build,
  code,
  boundary,
  record: recording,
  loops,
  gradbench,
  peak: peakSection,
  sizes,
  pack,
};

const name = process.argv[2]!;
const began = performance.now();
const section = await SECTIONS[name]!((what) => {
  process.stderr.write(`${((performance.now() - began) / 1000).toFixed(0).padStart(4)} s  ${name}: ${what}\n`);
});
save(join('bench', 'results.md'), section);
console.log(`\n${markdown(section)}\n`);
