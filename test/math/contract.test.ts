/** Both kernels of C = A·B against plain loops that add in the order they promise, bit for bit. */
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { contract, contractScratch } from '../../src/ops/contract.ts';
import { dot } from '../../src/ops/sums.ts';
import { compileCore } from './core.ts';

type Contract = typeof contract;
type Shape = readonly [m: number, n: number, k: number];

/** How a matrix lies in memory: with gaps, row by row or column by column, each direction forward or backward. */
interface Layout {
  readonly byColumns: boolean;
  readonly gap: readonly [inner: number, outer: number]; // doubles left free after each element, and after each line
  readonly back: readonly [rows: boolean, columns: boolean];
}

interface Core {
  readonly memory: WebAssembly.Memory;
  contract(...numbers: (number | boolean)[]): void;
  contractScratch(m: number, n: number, k: number): number;
}

const MARK = -12345.678; // what nobody may overwrite

let core: Core;

beforeAll(async () => {
  core = await compileCore<Core>("export { contract, contractScratch } from './contract';");
  core.memory.grow(400);
}, 60_000);

/** The core's kernel, called like the one in TypeScript: operands at the very end of the memory, so that reading beyond them traps. */
const inCore: Contract = (m, n, k, v, a, am, ak, b, bk, bn, c, cm, cn, add) => {
  const bytes = core.memory.buffer.byteLength;
  const at = bytes - v.byteLength;
  const needed = core.contractScratch(m, n, k);
  const scratch = at - (needed + 2) * 8;
  expect(scratch).toBeGreaterThan(65_536); // above the data of the module
  const view = new Float64Array(core.memory.buffer);
  view.set(v, at / 8);
  view.fill(Number.NaN, scratch / 8, scratch / 8 + needed);
  const guards = [scratch / 8 - 1, scratch / 8 + needed];
  for (const guard of guards) view[guard] = MARK;
  core.contract(...[m, n, k, at + 8 * a, 8 * am, 8 * ak, at + 8 * b, 8 * bk, 8 * bn, at + 8 * c, 8 * cm, 8 * cn, add, scratch]);
  for (const guard of guards) expect(view[guard]).toBe(MARK);
  v.set(view.subarray(at / 8));
};

/** The order of additions, as plainly as it can be said. */
const plainly: Contract = (m, n, k, v, a, am, ak, b, bk, bn, c, cm, cn, add) => {
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < n; j++) {
      const to = c + i * cm + j * cn;
      if (m * n < 4 && k >= 8) {
        const total = dot(k, v, a + i * am, ak, v, b + j * bn, bk);
        v[to] = add ? v[to]! + total : total;
        continue;
      }
      let sum = v[to]!;
      for (let l = 0; l < k; l++) {
        const product = v[a + i * am + l * ak]! * v[b + l * bk + j * bn]!;
        sum = l === 0 && !add ? product : sum + product;
      }
      v[to] = k === 0 && !add ? 0 : sum;
    }
  }
};

const dense: Layout = { byColumns: false, gap: [0, 0], back: [false, false] };
const transposed: Layout = { ...dense, byColumns: true };

/** Where a matrix lies from `from` on: its first element, its strides, and where it ends. */
function place(from: number, rows: number, cols: number, { byColumns, gap, back }: Layout) {
  const inner = 1 + gap[0];
  const [lines, length] = byColumns ? [cols, rows] : [rows, cols];
  const outer = inner * length + gap[1];
  let [down, right] = byColumns ? [inner, outer] : [outer, inner];
  let at = from;
  if (back[0]) {
    at += down * Math.max(rows - 1, 0);
    down = -down;
  }
  if (back[1]) {
    at += right * Math.max(cols - 1, 0);
    right = -right;
  }
  // the last line ends with its last element: nothing may be read behind it
  return { at, down, right, end: from + (lines && length ? outer * (lines - 1) + inner * (length - 1) + 1 : 0) };
}

/** Numbers whose sums depend on the order, the same for the same seed. */
function fill(v: Float64Array, seed: number, special: boolean): void {
  const rare = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -0, 0, 1e308, 5e-324];
  let state = seed | 1;
  const next = () => {
    state = Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9;
    return (state >>> 0) / 2 ** 32;
  };
  for (let i = 0; i < v.length; i++) {
    const x = (next() - 0.5) * 2 ** Math.floor(next() * 20);
    v[i] = special && next() < 0.05 ? rare[Math.floor(next() * rare.length)]! : x;
  }
}

/** The first place where the bits differ, every NaN being the same; −1 if there is none. */
function difference(v: Float64Array, expected: Float64Array): number {
  for (let i = 0; i < v.length; i++) if (!Object.is(v[i], expected[i])) return i;
  return -1;
}

function agree(
  kernel: Contract,
  [m, n, k]: Shape,
  layouts: readonly [Layout, Layout, Layout],
  add: boolean,
  seed: number,
  special = false,
): void {
  const A = place(0, m, k, layouts[0]);
  const B = place(A.end, k, n, layouts[1]);
  const C = place(B.end, m, n, layouts[2]);
  for (const order of ['ABC', 'CAB'] as const) {
    // one of the operands is the last thing in memory, once C and once B
    const shift = order === 'ABC' ? 0 : C.end - B.end;
    const v = new Float64Array(C.end);
    fill(v, seed, special);
    const c = order === 'ABC' ? C.at : C.at - B.end;
    const expected = v.slice();
    for (const [run, on] of [
      [plainly, expected],
      [kernel, v],
    ] as const) {
      run(m, n, k, on, A.at + shift, A.down, A.right, B.at + shift, B.down, B.right, c, C.down, C.right, add);
    }
    const wrong = difference(v, expected);
    if (wrong >= 0) {
      throw new Error(
        `${m}×${n}×${k} add ${add} ${order}: [${wrong}] is ${v[wrong]}, not ${expected[wrong]} ${JSON.stringify(layouts)}`,
      );
    }
  }
}

const kernels: readonly (readonly [string, Contract])[] = [
  ['TypeScript', contract],
  ['the core', (...operands) => inCore(...operands)],
];

describe.each(kernels)('contraction in %s', (_, kernel) => {
  const each = [dense, transposed];
  const all = each.flatMap((a) => each.flatMap((b) => each.map((c) => [a, b, c] as const)));

  it('is right for all small sizes, all orders of storage', () => {
    const sizes = [0, 1, 2, 3, 4, 5, 7, 8, 9];
    for (const m of sizes)
      for (const n of sizes)
        for (const k of sizes)
          for (const layouts of all) agree(kernel, [m, n, k], layouts, (m + n + k) % 2 === 0, m * 81 + n * 9 + k);
    for (const m of sizes)
      for (const n of sizes) for (const layouts of all) agree(kernel, [m, n, 6], layouts, m % 2 !== n % 2, m + n, true);
  });

  it('is right where blocks of l and panels end', () => {
    // biome-ignore format: several a line
    const shapes: Shape[] = [
      [5, 6, 511], [5, 6, 512], [4, 4, 513], [6, 5, 1025], [3, 121, 512], [9, 125, 600], [64, 64, 64], [65, 67, 66], [63, 64, 9],
      [2, 30_725, 2], [66, 6150, 10], [1, 1, 1023], [1, 2, 2049], [3, 1, 1030], [1, 4, 700], [4, 1, 700], [33, 1, 517], [1, 37, 519], [2, 2, 600],
    ];
    for (const shape of shapes)
      for (const layouts of shape[1] > 1000 ? all.slice(0, 3) : all)
        for (const add of [false, true]) agree(kernel, shape, layouts, add, shape[2]);
  });

  it('is right for the shapes of a network and their adjoints', () => {
    for (const [m, n, k] of [
      [32, 128, 784],
      [32, 10, 128],
    ] as const) {
      agree(kernel, [m, n, k], [dense, transposed, dense], false, 1); // H = X·Wᵀ
      agree(kernel, [n, k, m], [transposed, dense, dense], true, 2); // dW += dHᵀ·X
      agree(kernel, [m, k, n], [dense, dense, dense], true, 3); // dX += dH·W
    }
  });

  const layout = fc.record({
    byColumns: fc.boolean(),
    gap: fc.tuple(fc.nat(2), fc.nat(3)),
    back: fc.tuple(fc.boolean(), fc.boolean()),
  });
  const size = fc.oneof(fc.integer({ min: 1, max: 4 }), fc.nat(20), fc.nat(70));
  const shape = fc.tuple(size, size, size);

  it('is right at any strides, NaN and infinities included', () => {
    const property = fc.property(shape, fc.tuple(layout, layout, layout), fc.boolean(), fc.integer(), fc.boolean(), (...given) =>
      agree(kernel, ...given),
    );
    fc.assert(property, { numRuns: 600, seed: 7 });
  });

  it('takes a stride of 0, and A and B in the same place', () => {
    for (const [m, n, k] of [
      [6, 9, 10],
      [1, 12, 9],
      [70, 66, 8],
      [2, 1, 20],
    ] as const) {
      const v = new Float64Array(80 * 80 * 2);
      fill(v, 3, false);
      const expected = v.slice();
      const c = v.length - m * n;
      for (const [run, on] of [
        [plainly, expected],
        [kernel, v],
      ] as const) {
        run(m, n, k, on, 3, 0, 1, 3, 1, 0, c, n, 1, true); // one row of A, one column of B, both the same
        run(m, n, k, on, 0, k, 1, 0, 1, k, c, n, 1, true); // B = Aᵀ
      }
      expect(difference(v, expected)).toBe(-1);
    }
  });
});

it('needs the same scratch by both accounts, and a bounded one', () => {
  const size = fc.oneof(fc.nat(20), fc.nat(2000), fc.nat(1_000_000));
  const property = fc.property(size, size, size, (m, n, k) => {
    const doubles = contractScratch(m, n, k);
    expect(core.contractScratch(m, n, k)).toBe(doubles);
    expect(doubles).toBeLessThan(65_536);
  });
  fc.assert(property, { numRuns: 2000, seed: 7 });
});

it('starts from the first product: −0 stays −0, and no products are +0', () => {
  const v = Float64Array.of(-1, 0, 5, 5);
  for (const kernel of [contract, inCore]) {
    kernel(1, 1, 1, v, 0, 1, 1, 1, 1, 1, 2, 1, 1, false);
    kernel(1, 1, 0, v, 0, 1, 1, 1, 1, 1, 3, 1, 1, false);
    expect([...v]).toEqual([-1, 0, -0, 0]);
  }
});
