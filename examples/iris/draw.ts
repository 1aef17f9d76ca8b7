/** Points in clusters, drawn in the terminal and as SVG: marks for their kind, ellipses around 2 standard deviations. */
import { Canvas } from '../canvas.ts';
import { cyan, dim, magenta, red, yellow } from '../terminal.ts';

export interface Point {
  readonly x: number;
  readonly y: number;
  readonly kind: number; // what it is
  readonly guess: number; // what it is taken for
}

/** The points centre + C·z with |z| = 2, C = [[a, 0], [b, c]]. */
export interface Ellipse {
  readonly centre: readonly [x: number, y: number];
  readonly C: readonly [a: number, b: number, c: number];
}

export interface Plot {
  readonly points: readonly Point[];
  readonly ellipses: readonly Ellipse[];
  readonly across: readonly [from: number, to: number];
  readonly up: readonly [from: number, to: number];
  readonly labels: readonly [x: string, y: string];
}

const MARKS = ['○', '+', '×'];
const PAINTS = [cyan, yellow, magenta];
const MISTAKEN = '●';

const mistakenLast = (points: readonly Point[]): Point[] =>
  points.toSorted((p, q) => Number(p.kind !== p.guess) - Number(q.kind !== q.guess));

/** What the marks mean. */
export const legend = (kinds: readonly string[]): string =>
  [...kinds.map((kind, k) => `${PAINTS[k]!(MARKS[k]!)} ${kind}`), `${red(MISTAKEN)} mistaken`].join('   ');

/** The plot in so many characters a line. */
export function terminal({ points, ellipses, across, up, labels }: Plot, columns: number): string {
  const width = Math.min(Math.max(columns, 40), 100) - 8; // beside the labels
  const height = Math.round(width / 3.5);
  const canvas = new Canvas(width, height, across, up);
  ellipses.forEach(({ centre: [x, y], C: [a, b, c] }, k) => {
    for (let t = 0; t < 2 * Math.PI; t += 0.005) {
      const z = [2 * Math.cos(t), 2 * Math.sin(t)] as const;
      canvas.dot(x + a * z[0], y + b * z[0] + c * z[1], PAINTS[k]);
    }
  });
  for (const { x, y, kind, guess } of mistakenLast(points)) {
    if (kind === guess) canvas.mark(x, y, MARKS[kind]!, PAINTS[kind]);
    else canvas.mark(x, y, MISTAKEN, red);
  }
  const side = (row: number): string => (row === 0 ? `${up[1]}` : row === height - 1 ? `${up[0]}` : '').padStart(5);
  const lines = String(canvas)
    .split('\n')
    .map((line, row) => dim(`${side(row)} │`) + line);
  const below = labels[0].padStart((width + labels[0].length) >> 1).padEnd(width);
  const ends = `${across[0]}${below.slice(`${across[0]}`.length, -`${across[1]}`.length)}${across[1]}`;
  return [`   ${labels[1]}`, ...lines, dim(`      └${'─'.repeat(width)}`), `       ${ends}`].join('\n');
}

/** The plot as a picture of 640 × 400; an ellipse is what C makes of a circle. */
export function svg({ points, ellipses, across, up, labels }: Plot, kinds: readonly string[]): string {
  const [sx, sy] = [560 / (across[1] - across[0]), 320 / (up[1] - up[0])]; // pixels a unit
  const colours = ['#0a7ea4', '#b8860b', '#a0309a'];
  const place = (x: number, y: number): string =>
    `${(50 + (x - across[0]) * sx).toFixed(1)} ${(20 + (up[1] - y) * sy).toFixed(1)}`;
  const around = ellipses.map(({ centre, C: [a, b, c] }, k) => {
    const by = [a * sx, 0 - b * sy, 0, -c * sy].map((n) => n.toFixed(2)).join(' ');
    return `<circle r="2" transform="translate(${place(...centre)}) matrix(${by} 0 0)" fill="${colours[k]}" fill-opacity=".12" stroke="${colours[k]}" vector-effect="non-scaling-stroke"/>`;
  });
  const dots = mistakenLast(points).map(
    ({ x, y, kind, guess }) =>
      `<circle r="3.5" transform="translate(${place(x, y)})" fill="${colours[kind]}"${kind === guess ? '' : ' stroke="#d00000" stroke-width="2"'}/>`,
  );
  const names = kinds.map((kind, k) => `<text x="${60 + 90 * k}" y="36" fill="${colours[k]}">${kind}</text>`);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 640 400" font-family="sans-serif" font-size="13">
<rect width="640" height="400" fill="white"/>
<path d="M50 20V340H610" fill="none" stroke="#888"/>
<g text-anchor="middle"><text x="330" y="378">${labels[0]}</text><text x="50" y="358">${across[0]}</text><text x="610" y="358">${across[1]}</text>
<text x="28" y="344">${up[0]}</text><text x="28" y="28">${up[1]}</text><text transform="translate(24 180) rotate(-90)">${labels[1]}</text></g>
${[...names, ...around, ...dots].join('\n')}
</svg>
`;
}
