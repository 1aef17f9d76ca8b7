/** Blocks of the core's memory: first fit, neighbours join, and a refused growth changes nothing. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { arena } from '../../src/wasm/arena.ts';

const PAGE = 65536;
const fresh = (maximum = 100) => {
  const memory = new WebAssembly.Memory({ initial: 1, maximum });
  return { memory, blocks: arena(memory, 1000) };
};

describe('the arena', () => {
  it('hands out zeroed blocks on cache lines, apart from each other and from the tables below', () => {
    const { memory, blocks } = fresh();
    const a = blocks.take(100);
    const b = blocks.take(1);
    expect(a % 64).toBe(0);
    expect(a).toBeGreaterThanOrEqual(1000);
    expect(b).toBeGreaterThanOrEqual(a + 100);
    new Uint8Array(memory.buffer, a, 100).fill(7);
    blocks.give(a);
    expect(blocks.take(100)).toBe(a);
    expect(new Uint8Array(memory.buffer, a, 100).every((x) => x === 0)).toBe(true);
  });

  it('joins neighbours, so that three small blocks given back hold one large', () => {
    const { blocks } = fresh();
    const [a, b, c] = [blocks.take(640), blocks.take(640), blocks.take(640)];
    const wall = blocks.take(64);
    blocks.give(a);
    blocks.give(c);
    blocks.give(b);
    expect(blocks.take(1920)).toBe(a);
    blocks.give(wall);
  });

  it('grows the memory only when it must', () => {
    const { memory, blocks } = fresh();
    blocks.take(1000);
    expect(memory.buffer.byteLength).toBe(PAGE);
    blocks.take(3 * PAGE);
    expect(memory.buffer.byteLength).toBeGreaterThan(3 * PAGE);
  });

  it('says so when growth is refused, and goes on', () => {
    const { blocks } = fresh(4);
    const a = blocks.take(1000);
    const used = blocks.used();
    expect(() => blocks.take(10 * PAGE)).toThrowError(expect.objectContaining({ code: 'OutOfMemory' }));
    expect(() => blocks.take(2 ** 33)).toThrowError(/does not fit/);
    expect(blocks.used()).toBe(used);
    expect(blocks.take(1000)).toBeGreaterThan(a);
  });

  it('never lets two blocks overlap, whatever the order of taking and giving', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ bytes: fc.integer({ min: 1, max: 5000 }), give: fc.nat() }), { maxLength: 60 }),
        (steps) => {
          const { blocks } = fresh();
          const held: { at: number; bytes: number }[] = [];
          for (const { bytes, give } of steps) {
            if (give % 3 === 0 && held.length > 0) blocks.give(held.splice(give % held.length, 1)[0]!.at);
            else held.push({ at: blocks.take(bytes), bytes });
            const order = [...held].sort((x, y) => x.at - y.at);
            for (let i = 1; i < order.length; i++)
              expect(order[i]!.at).toBeGreaterThanOrEqual(order[i - 1]!.at + order[i - 1]!.bytes);
          }
          for (const { at } of held) blocks.give(at);
          expect(blocks.used()).toBe(0);
          expect(blocks.take(64)).toBe(1024); // everything is free again, from the first line above the base
        },
      ),
    );
  });
});
