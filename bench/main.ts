/** `npm run bench [-- section …]`: measures the sections named, or all, and writes them into bench/results.md. */
import { join } from 'node:path';
import { markdown, met, type Section, save } from './report.ts';
import { boundary } from './sections/boundary.ts';
import { build } from './sections/build.ts';
import { lanes } from './sections/lanes.ts';
import { pack } from './sections/pack.ts';
import { sizes } from './sections/sizes.ts';
import { sweep } from './sections/sweep.ts';

/** Says what is being measured now. */
export type Progress = (what: string) => void;

const SECTIONS: Readonly<Record<string, (progress: Progress) => Section | Promise<Section>>> = {
  sweep,
  lanes,
  build,
  boundary,
  sizes,
  pack,
};

const names = process.argv.slice(2);
const unknown = names.filter((name) => !(name in SECTIONS));
if (unknown.length > 0) {
  console.error(`no section ${unknown.join(', ')}; there are ${Object.keys(SECTIONS).join(', ')}`);
  process.exit(1);
}

const missed: string[] = [];
for (const name of names.length > 0 ? names : Object.keys(SECTIONS)) {
  const began = performance.now();
  const section = await SECTIONS[name]!((what) => {
    process.stderr.write(`${((performance.now() - began) / 1000).toFixed(0).padStart(4)} s  ${name}: ${what}\n`);
  });
  save(join('bench', 'results.md'), section, Object.keys(SECTIONS));
  console.log(`\n${markdown(section)}\n`);
  missed.push(...section.targets.filter((target) => !met(target)).map(({ what }) => what));
}
console.log(missed.length > 0 ? `Targets missed: ${missed.join('; ')}.` : 'All targets met.');
