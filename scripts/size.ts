/** `npm run size`: what a user downloads, and how long until the first gradient. */
import { bundleSize, LIMITS, readyTimes, wasmSize } from './measure-package.ts';

const kb = (bytes: number): string => `${(bytes / 1024).toFixed(1)} KB`;
const verdict = (value: number, limit: number): string => (value <= limit ? 'met' : 'MISSED');

const wasm = wasmSize();
const { minified, gzipped } = await bundleSize();
const ready = await readyTimes();
const [files, bundle] = [ready.files, ready.bundle].map((times) => times[times.length >> 1]!) as [number, number];

console.log(
  `core.wasm                              ${kb(wasm).padStart(9)}   target ≤ ${kb(LIMITS.wasm)}: ${verdict(wasm, LIMITS.wasm)}`,
);
console.log(`import { compile }, minified           ${kb(minified).padStart(9)}`);
console.log(
  `import { compile }, minified + gzip    ${kb(gzipped).padStart(9)}   target ≤ ${kb(LIMITS.bundle)}: ${verdict(gzipped, LIMITS.bundle)}`,
);
console.log(
  `import to first gradient, dist/        ${files.toFixed(1).padStart(6)} ms   target < ${LIMITS.readyMs} ms: ${verdict(files, LIMITS.readyMs)}`,
);
console.log(`import to first gradient, one bundle   ${bundle.toFixed(1).padStart(6)} ms`);
