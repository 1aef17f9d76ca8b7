/**
 * Classes of nodes that can run as one loop: each distinct key of three words is a class, numbered in the order seen.
 * Open addressing; the table is emptied for every window, so it stays in the second-level cache.
 */
export interface Classes {
  /** Number of the first class since the last {@link restart}; numbers are never used twice. */
  base: number;
  size: number;
  x: Int32Array;
  y: Int32Array;
  z: Int32Array;
  /** 1 + the greatest level among the operands: two nodes of one class never depend on each other. */
  level: Int32Array;
  /** Nodes of the class. */
  count: Int32Array;
  /** Place in the arrays above plus 1, or 0. */
  table: Int32Array;
}

export function classes(expected: number): Classes {
  const room = Math.max(16, expected);
  let slots = 32;
  while (slots < 2 * room) slots *= 2;
  const list = (): Int32Array => new Int32Array(room);
  return { base: 0, size: 0, x: list(), y: list(), z: list(), level: list(), count: list(), table: new Int32Array(slots) };
}

/** Forgets all classes but keeps their numbers taken. */
export function restart(k: Classes): void {
  k.base += k.size;
  k.size = 0;
  k.table.fill(0);
}

/** Index (number − base) of the class with key (x, y, z). */
export function intern(k: Classes, x: number, y: number, z: number, level: number): number {
  const mask = k.table.length - 1;
  let h = mix(x, y, z) & mask;
  for (; k.table[h] !== 0; h = (h + 1) & mask) {
    const found = k.table[h]! - 1;
    if (k.x[found] === x && k.y[found] === y && k.z[found] === z) return found;
  }
  if (k.size === k.x.length) grow(k);
  if (2 * k.size >= k.table.length) {
    rehash(k);
    return intern(k, x, y, z, level);
  }
  const fresh = k.size++;
  k.x[fresh] = x;
  k.y[fresh] = y;
  k.z[fresh] = z;
  k.level[fresh] = level;
  k.count[fresh] = 0;
  k.table[h] = fresh + 1;
  return fresh;
}

/** A well-stirred 32-bit word of three. */
export function mix(x: number, y: number, z: number): number {
  let h = Math.imul(x, 0x9e3779b1) ^ Math.imul(y, 0x85ebca6b) ^ Math.imul(z, 0xc2b2ae35);
  h = Math.imul(h ^ (h >>> 15), 0x2c1b3c6d);
  h = Math.imul(h ^ (h >>> 13), 0x297a2d39);
  return h ^ (h >>> 16);
}

function grow(k: Classes): void {
  const longer = (list: Int32Array): Int32Array => {
    const next = new Int32Array(2 * list.length);
    next.set(list);
    return next;
  };
  k.x = longer(k.x);
  k.y = longer(k.y);
  k.z = longer(k.z);
  k.level = longer(k.level);
  k.count = longer(k.count);
}

function rehash(k: Classes): void {
  k.table = new Int32Array(2 * k.table.length);
  const mask = k.table.length - 1;
  for (let i = 0; i < k.size; i++) {
    let h = mix(k.x[i]!, k.y[i]!, k.z[i]!) & mask;
    while (k.table[h] !== 0) h = (h + 1) & mask;
    k.table[h] = i + 1;
  }
}
