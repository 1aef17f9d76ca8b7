/** Drawing in the terminal: each character is a braille pattern of 2 × 4 dots, or a mark. */
const DOT = [0x01, 0x02, 0x04, 0x40, 0x08, 0x10, 0x20, 0x80]; // down the left column, down the right

type Paint = (text: string) => string;

export class Canvas {
  private readonly cells: Uint8Array;
  private readonly marks: string[] = [];
  private readonly paints: Paint[] = [];

  /** @param across the span of x over `width` characters; `up` that of y over `height` */
  constructor(
    private readonly width: number,
    private readonly height: number,
    private readonly across: readonly [number, number],
    private readonly up: readonly [number, number],
  ) {
    this.cells = new Uint8Array(width * height);
  }

  /** @param paint colours the character that the dot is in */
  dot(x: number, y: number, paint?: Paint): void {
    const [column, row] = this.place(x, y);
    if (column < 0 || row < 0 || column >= 2 * this.width || row >= 4 * this.height) return;
    const cell = (row >> 2) * this.width + (column >> 1);
    this.cells[cell]! |= DOT[(column & 1) * 4 + (row & 3)]!;
    if (paint) this.paints[cell] = paint;
  }

  /** A line of so many dots. */
  line(from: readonly [number, number], to: readonly [number, number], dots = 200, paint?: Paint): void {
    for (let i = 0; i <= dots; i++)
      this.dot(from[0] + ((to[0] - from[0]) * i) / dots, from[1] + ((to[1] - from[1]) * i) / dots, paint);
  }

  /** Text in place of dots, its first character at x, y. */
  mark(x: number, y: number, text: string, paint: Paint = String): void {
    const [column, row] = this.place(x, y);
    if (row < 0 || row >= 4 * this.height) return;
    [...text].forEach((character, i) => {
      const place = (column >> 1) + i;
      if (place >= 0 && place < this.width) this.marks[(row >> 2) * this.width + place] = paint(character);
    });
  }

  toString(): string {
    const shown = Array.from(this.cells, (dots, cell) => {
      const { [cell]: paint = String } = this.paints;
      return this.marks[cell] ?? (dots === 0 ? '\u2800' : paint(String.fromCharCode(0x2800 + dots)));
    });
    return Array.from({ length: this.height }, (_, row) => shown.slice(row * this.width, (row + 1) * this.width).join('')).join(
      '\n',
    );
  }

  /** Column and row of the dot at x, y. */
  private place(x: number, y: number): [number, number] {
    const column = Math.round(((x - this.across[0]) / (this.across[1] - this.across[0])) * (2 * this.width - 1));
    return [column, Math.round(((this.up[1] - y) / (this.up[1] - this.up[0])) * (4 * this.height - 1))];
  }
}
