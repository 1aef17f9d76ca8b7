/**
 * A digit in the terminal: one braille character shows 2 × 4 pixels. Every MNIST digit fits into a box of 20 × 20; the
 * 24 × 24 around its middle become six lines of twelve characters, and six digits stand side by side in 80 columns.
 */
import { Canvas } from '../canvas.ts';
import { SIDE } from './digits.ts';

const INK = 96; // a pixel this dark is a dot: thin strokes stay whole, thick ones do not clot

export const WIDTH = 12;
const HEIGHT = 6;

/** Six lines of twelve braille characters. */
export function picture(image: Uint8Array): string[] {
  const ink = (x: number, y: number): boolean => x >= 0 && y >= 0 && x < SIDE && y < SIDE && image[y * SIDE + x]! > INK;
  const [left, top] = middle(ink);
  const [right, bottom] = [2 * WIDTH - 1, 4 * HEIGHT - 1];
  const canvas = new Canvas(WIDTH, HEIGHT, [0, right], [bottom, 0]);
  for (let y = 0; y <= bottom; y++) for (let x = 0; x <= right; x++) if (ink(left + x, top + y)) canvas.dot(x, y);
  return String(canvas).split('\n');
}

/** Left and top of the window that has the inked box in its middle. */
function middle(ink: (x: number, y: number) => boolean): [number, number] {
  let [x0, x1, y0, y1] = [SIDE, -1, SIDE, -1];
  for (let y = 0; y < SIDE; y++) {
    for (let x = 0; x < SIDE; x++) {
      if (!ink(x, y)) continue;
      [x0, x1, y0, y1] = [Math.min(x0, x), Math.max(x1, x), Math.min(y0, y), Math.max(y1, y)];
    }
  }
  return [((x0 + x1 + 1) >> 1) - WIDTH, ((y0 + y1 + 1) >> 1) - 2 * HEIGHT];
}

export interface Drawing {
  readonly image: Uint8Array;
  readonly caption: string;
  /** Colours the caption. */
  readonly paint?: (text: string) => string;
}

/** Pictures side by side, each with a caption below, as many in a row as the width allows. */
export function gallery(pictures: readonly Drawing[], columns: number): string {
  const perRow = Math.max(1, Math.floor((columns - 1) / (WIDTH + 1)));
  const lines: string[] = [];
  for (let i = 0; i < pictures.length; i += perRow) {
    const row = pictures.slice(i, i + perRow);
    const drawn = row.map((p) => picture(p.image));
    for (let y = 0; y < HEIGHT; y++) lines.push(` ${drawn.map((d) => d[y]).join(' ')}`);
    lines.push(` ${row.map(({ caption, paint = (text) => text }) => paint(centred(caption))).join(' ')}`.trimEnd());
  }
  return lines.join('\n');
}

const centred = (text: string): string => text.padStart((WIDTH + text.length) >> 1).padEnd(WIDTH);
