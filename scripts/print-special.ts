/**
 * npx tsx scripts/print-special.ts: prints assembly/math/special-*.ts as src/ops/special.ts.
 *
 * Those files keep to what AssemblyScript and TypeScript have in common, so that the core and the reference engine share
 * one text: the types change their names, imports are replaced by the head below, and == becomes ===.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

const FILES = ['exact', 'logistic', 'mod', 'erf', 'zeta', 'gamma'];

/** What math.ts passes on; the other functions stay inside. */
const PUBLIC = new Set(['sigmoid', 'softplus', 'silu', 'mod', 'gaussian', 'erf', 'erfc', 'lgamma', 'digamma', 'polygamma']);

/** The functions of the core that the files import, made from the host's. */
const HEAD = `// Printed from assembly/math/special-*.ts by scripts/print-special.ts; do not edit.
// biome-ignore-all format: printed
// biome-ignore-all lint: printed
const { abs, exp, floor, log, log1p, max, pow } = Math;

const rem = (x: number, y: number): number => x % y;

/** What expTail leaves out. */
let expLow = 0;

/** e^(x + tail): the host's exp and one step of Newton's method, since hosts differ and are off by up to 0.9 ulp. */
function expTail(x: number, tail: number): number {
  const y = exp(x);
  expLow = 0;
  if (!(y > 1e-290)) return y + y * tail;
  if (y === Infinity) return y;
  const d = y * (x - logHigh(y) - logLow + tail);
  const z = y + d;
  expLow = y - z + d;
  return z;
}

/** log(1 + x + e). */
function log1pTail(x: number, e: number): number {
  return log1p(x) + e / (1 + x);
}

/** What logHigh leaves out. */
let logLow = 0;

const word = new Uint32Array(2);
const number = new Float64Array(word.buffer);
number[0] = 1;
const HIGH = word[1] === 0 ? 0 : 1; // which half holds the exponent

/** log x in two doubles, 2·artanh((m − 1)/(m + 1)) + k·log 2 with x = 2^k·m: the first two terms of the series in two doubles. */
function logHigh(x: number): number {
  logLow = 0;
  if (!(x > 0 && x < Infinity)) return x === 0 ? -Infinity : x;
  const small = x < 2.2250738585072014e-308;
  number[0] = small ? x * 18014398509481984 : x;
  const shift = word[HIGH]! + 0x95f64; // from 0x3fe6a09c, half the root of 2, up to the next power
  const k = (shift >>> 20) - 1023 - (small ? 54 : 0);
  word[HIGH] = (shift & 0xfffff) + 0x3fe6a09c;
  const m = number[0]!;
  const n = m - 1;
  const d = m + 1;
  const f = n / d;
  const p = f * d;
  const fl = (n - p - productError(f, d, p) - f * sumError(m, 1, d)) / d;
  const s = f * f;
  const t = f * s;
  const u = t / 3;
  const ul = (t - 3 * u - productError(3, u, 3 * u) + productError(f, s, t) + f * (productError(f, f, s) + 2 * f * fl) + fl * s) / 3;
  const w = s * s;
  const even = 1 / 5 + w * (1 / 9 + w * (1 / 13 + w * (1 / 17 + w * (1 / 21 + w * (1 / 25)))));
  const odd = 1 / 7 + w * (1 / 11 + w * (1 / 15 + w * (1 / 19 + w * (1 / 23 + w * (1 / 27)))));
  const whole = k * 0.6931471805598903; // exact: 42 bits
  const a = whole + 2 * f;
  const b = a + 2 * u;
  const rest = fl + ul + t * s * (even + s * odd);
  const low = sumError(whole, 2 * f, a) + sumError(a, 2 * u, b) + 2 * rest + k * 5.497923018708371e-14;
  const y = b + low;
  logLow = b - y + low;
  return y;
}
`;

/** The text of src/ops/special.ts. */
export function printSpecial(): string {
  const parts = FILES.map((name) => {
    const text = readFileSync(new URL(`../assembly/math/special-${name}.ts`, import.meta.url), 'utf8');
    return text
      .replace(/^import [^;]*;\n/gm, '')
      .replace(/^export (function|let) (\w+)/gm, (all, kind, id) => (PUBLIC.has(id) ? all : `${kind} ${id}`))
      .split('\n')
      .map((line) => {
        const comment = line.search(/\/\/|\/\*\*|^ \*/);
        const code = comment < 0 ? line : line.slice(0, comment);
        return translate(code) + line.slice(code.length);
      })
      .join('\n')
      .trim();
  });
  return `${[HEAD.trim(), ...parts].join('\n\n')}\n`;
}

function translate(code: string): string {
  return code
    .replace(/: (f64|i32)\b/g, ': number')
    .replace(/: bool\b/g, ': boolean')
    .replace(/ ([=!]=) /g, ' $1= ');
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  writeFileSync(new URL('../src/ops/special.ts', import.meta.url), printSpecial());
}
