import { readFileSync } from 'node:fs';
import { Decimal } from 'decimal.js';
import { expect, test } from 'vitest';
import { printSpecial } from '../../scripts/print-special.ts';

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const source = read('assembly/math/tables.ts');

/** The 64-bit words of a table. */
function words(name: string): bigint[] {
  const text = source.slice(source.indexOf(name));
  return [...text.slice(text.indexOf('(['), text.indexOf(']')).matchAll(/0x[0-9A-F]+|\b0\b/g)].map((m) => BigInt(m[0]));
}

const view = new DataView(new ArrayBuffer(8));
const toNumber = (bits: bigint): number => {
  view.setBigUint64(0, bits);
  return view.getFloat64(0);
};
const toBits = (x: number): bigint => {
  view.setFloat64(0, x);
  return view.getBigUint64(0);
};
const D = Decimal.clone({ precision: 60 });
const exactly = (x: number): Decimal => new D(x * 2 ** 53).div(2 ** 53); // |x| < 2: an integer of 53 bits

test('the table of 2^(j/128)', () => {
  const table = words('EXP_TABLE');
  expect(table.length).toBe(256);
  for (let j = 0; j < 128; j++) {
    const power = D.pow(2, new D(j).div(128));
    const head = power.toNumber();
    expect(table[2 * j + 1]).toBe(toBits(head) - (BigInt(j) << 45n));
    expect(toNumber(table[2 * j]!)).toBe(power.div(exactly(head)).minus(1).toNumber());
  }
});

test('the table of logarithms', () => {
  const table = words('LOG_TABLE');
  expect(table.length).toBe(384);
  for (let j = 0; j < 128; j++) {
    const [inverse, high, low] = [0, 1, 2].map((i) => toNumber(table[3 * j + i]!)) as [number, number, number];
    const from = 0x3fe6955500000000n + (BigInt(j) << 45n);
    const centre = (toNumber(from) + toNumber(from + (1n << 45n) - 1n)) / 2;
    expect(inverse).toBe(centre < 1 ? Math.round(128 / centre) / 128 : Math.round(256 / centre) / 256);
    for (const z of [toNumber(from), toNumber(from + (1n << 45n) - 1n)]) expect(Math.abs(z * inverse - 1)).toBeLessThan(0.005738);
    const log = new D(0).minus(D.ln(exactly(inverse)));
    expect(high).toBe(
      log
        .times(2 ** 43)
        .round()
        .div(2 ** 43)
        .toNumber(),
    );
    expect(log.minus(exactly(high)).minus(new D(low)).abs().toNumber()).toBeLessThan(2 ** -97);
  }
});

test('src/ops/special.ts is what scripts/print-special.ts prints', () => {
  expect(read('src/ops/special.ts')).toBe(printSpecial());
});
