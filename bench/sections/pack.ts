/** The package: its weight, and how soon it is ready. */
import { bundleSize, LIMITS, readyTimes, wasmSize } from '../../scripts/measure-package.ts';
import { median } from '../harness.ts';
import type { Progress } from '../main.ts';
import { figures, type Section } from '../report.ts';

export async function pack(progress: Progress): Promise<Section> {
  progress('sizes');
  const [wasm, { minified, gzipped }] = [wasmSize(), await bundleSize()];
  progress('import to first gradient');
  const times = await readyTimes();
  const ready = median(times.files);
  const kb = (bytes: number): number => bytes / 1024;
  return {
    name: 'pack',
    title: 'The package',
    about: '`import { compile }` with the core inlined; the times are medians of 15 fresh Node processes.',
    columns: ['what', 'measured'],
    rows: [
      ['core.wasm', `${figures(kb(wasm))} KB`],
      ['bundle, minified', `${figures(kb(minified))} KB`],
      ['bundle, minified + gzip', `${figures(kb(gzipped))} KB`],
      ['`import` to first gradient, files of dist/', `${figures(ready)} ms`],
      ['`import` to first gradient, one bundle', `${figures(median(times.bundle))} ms`],
    ],
    targets: [
      { what: 'core.wasm', measured: kb(wasm), atMost: kb(LIMITS.wasm), unit: 'KB' },
      { what: '`import { compile }`, min + gzip', measured: kb(gzipped), atMost: kb(LIMITS.bundle), unit: 'KB' },
      { what: '`import` to first gradient', measured: ready, atMost: LIMITS.readyMs, unit: 'ms' },
    ],
  };
}
