/** Drawing in the terminal: each character is a braille pattern of 2 × 4 dots. */
const DOT = [0x01, 0x02, 0x04, 0x40, 0x08, 0x10, 0x20, 0x80]; // down the left column, down the right

export class Canvas {
  private readonly cells: Uint8Array;

  /** @param across the span of x over `width` characters; `up` that of y over `height` */
  constructor(
    private readonly width: number,
    private readonly height: number,
    private readonly across: readonly [number, number],
    private readonly up: readonly [number, number],
  ) {
    this.cells = new Uint8Array(width * height);
  }

  dot(x: number, y: number): void {
    const column = Math.round(((x - this.across[0]) / (this.across[1] - this.across[0])) * (2 * this.width - 1));
    const row = Math.round(((this.up[1] - y) / (this.up[1] - this.up[0])) * (4 * this.height - 1));
    if (column < 0 || row < 0 || column >= 2 * this.width || row >= 4 * this.height) return;
    this.cells[(row >> 2) * this.width + (column >> 1)]! |= DOT[(column & 1) * 4 + (row & 3)]!;
  }

  /** A line of so many dots. */
  line(from: readonly [number, number], to: readonly [number, number], dots = 200): void {
    for (let i = 0; i <= dots; i++) this.dot(from[0] + ((to[0] - from[0]) * i) / dots, from[1] + ((to[1] - from[1]) * i) / dots);
  }

  toString(): string {
    const text = Array.from(this.cells, (dots) => String.fromCharCode(0x2800 + dots)).join('');
    return Array.from({ length: this.height }, (_, row) => text.slice(row * this.width, (row + 1) * this.width)).join('\n');
  }
}
