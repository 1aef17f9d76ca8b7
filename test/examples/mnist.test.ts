import { describe, expect, it } from 'vitest';
import { image, readDigits, readIdx } from '../../examples/mnist/digits.ts';
import { gallery, picture } from '../../examples/mnist/picture.ts';

describe('MNIST', () => {
  it('reads the original files', () => {
    const test = readDigits('t10k');
    expect(test.count).toBe(10_000);
    expect([...test.labels.subarray(0, 10)]).toEqual([7, 2, 1, 0, 4, 1, 4, 9, 5, 9]);
    expect(image(test, 0).reduce((sum, pixel) => sum + pixel)).toBe(18454);
    const frequency = new Array<number>(10).fill(0);
    for (const label of test.labels) frequency[label]!++;
    expect(frequency).toEqual([980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]);
  });

  it('reads the first so many', () => {
    const some = readDigits('train', 3);
    expect([some.count, some.images.length, ...some.labels]).toEqual([3, 3 * 784, 5, 0, 4]);
  });

  it('refuses what is no IDX file', () => {
    expect(() => readIdx(Uint8Array.from([0, 0, 8]))).toThrow('not an IDX file');
    expect(() => readIdx(Uint8Array.from([0, 0, 0x0d, 1, 0, 0, 0, 0]))).toThrow('not an IDX file of bytes'); // floats
    expect(() => readIdx(Uint8Array.from([0, 0, 8, 2, 0, 0, 0, 1]))).toThrow('cut short');
    expect(() => readIdx(Uint8Array.from([0, 0, 8, 1, 0, 0, 0, 3, 1, 2]))).toThrow('of 2 bytes, its header says 3');
    expect([...readIdx(Uint8Array.from([0, 0, 8, 1, 0, 0, 0, 2, 5, 6])).values]).toEqual([5, 6]);
  });
});

describe('a digit in braille', () => {
  const seven = image(readDigits('t10k', 1), 0);

  it('is drawn around the middle of its ink', () => {
    const drawn = ['⠀⠀⣠⣤⣀⣀⣀⣀⣀⡀⠀⠀', '⠀⠀⠈⠈⠉⠉⠉⠉⣹⠟⠀⠀', '⠀⠀⠀⠀⠀⠀⠀⣼⠏⠀⠀⠀', '⠀⠀⠀⠀⠀⢀⣼⠏⠀⠀⠀⠀', '⠀⠀⠀⠀⢠⣾⠃⠀⠀⠀⠀⠀', '⠀⠀⠀⠀⠛⠋⠀⠀⠀⠀⠀⠀'];
    expect(picture(seven)).toEqual(drawn);
    const shifted = new Uint8Array(784); // four pixels up and three to the left: the same picture
    for (let y = 0; y < 24; y++) for (let x = 0; x < 25; x++) shifted[y * 28 + x] = seven[(y + 4) * 28 + x + 3]!;
    expect(picture(shifted)).toEqual(drawn);
  });

  it('stands in rows as wide as the terminal', () => {
    const eight = Array.from({ length: 8 }, (_, i) => ({ image: seven, caption: `${i}` }));
    const wide = gallery(eight, 80).split('\n');
    expect(wide.length).toBe(14);
    expect(Math.max(...wide.map((line) => line.length))).toBe(78);
    expect(wide[6]!.trim().split(/\s+/)).toEqual(['0', '1', '2', '3', '4', '5']);
    expect(gallery(eight, 5).split('\n').length).toBe(8 * 7);
  });
});
