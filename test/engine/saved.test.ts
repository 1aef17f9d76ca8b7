/** Generated code that is saved and loaded: the same results, and nothing generated. */
import { createHash } from 'node:crypto';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { CODE_VERSION, sealed } from '../../src/engine/compiled/saved.ts';

type Wengert = typeof import('../../src/index.ts');

/** The library as a new process has it. @param generates whether it may generate code */
async function started(generates: boolean): Promise<Wengert> {
  vi.resetModules();
  for (const file of ['flat', 'loops/module']) {
    const path = `../../src/engine/compiled/${file}.ts`;
    const refuse = () => {
      throw new Error('code is generated');
    };
    if (generates) vi.doUnmock(path);
    else vi.doMock(path, () => ({ flatModule: refuse, loopModule: refuse }));
  }
  return await import('../../src/index.ts');
}
afterEach(() => {
  for (const file of ['flat', 'loops/module']) vi.doUnmock(`../../src/engine/compiled/${file}.ts`);
  vi.resetModules();
});

/** Results of programs of both kinds. */
function results({ compile, sum, vector, matrix, matMul, logsumexp, mean }: Wengert, engine: 'auto' | 'compiled'): number[] {
  const x = Float64Array.from({ length: 12 }, (_, i) => Math.sin(i));
  const flat = compile({ x: vector(12) }, ({ x }) => logsumexp([...x].map((xi, i) => xi.mul(i).exp())), { engine });
  const loop = compile({ x: vector('n') }, ({ x }) => sum(x.length, (i) => x.at(i).square().sin()), { engine });
  const product = compile({ A: matrix(3, 4) }, ({ A }) => mean(3, (i) => matMul(A, A.transpose()).row(i).sum().tanh()), {
    engine,
  });
  return [flat, loop, product].flatMap((f) => {
    const gradient = new Float64Array(12);
    const values = [f.evaluate(x, gradient), f.evaluate(x, gradient)]; // the first call, and the short way
    return [...values, ...gradient];
  });
}

test('in another process nothing is generated, and every bit is the same', async () => {
  const first = await started(true);
  const expected = results(first, 'compiled');
  const bytes = first.saveCode();
  const second = await started(false);
  expect(() => results(second, 'compiled')).toThrow('code is generated');
  expect(second.loadCode(bytes)).toBe(3);
  expect(results(second, 'compiled')).toEqual(expected);
  expect(results(second, 'auto')).toEqual(expected);
  expect(second.loadCode(bytes)).toBe(3); // a second time changes nothing
  expect(second.saveCode()).toEqual(bytes);
});

test('a program that is not among them generates its own', async () => {
  const first = await started(true);
  results(first, 'compiled');
  const bytes = first.saveCode();
  const second = await started(true);
  second.loadCode(bytes);
  const f = second.compile({ x: second.scalar }, ({ x }) => x.mul(3).exp(), { engine: 'compiled' });
  expect(f.gradient({ x: 0 }).gradient.x).toBe(3);
});

describe('bytes that will not do', () => {
  test.each<[string, RegExp, (bytes: Uint8Array) => unknown]>([
    ['no bytes', /expected the Uint8Array/, (bytes) => Array.from(bytes)],
    ['nothing', /no saved code/, () => new Uint8Array()],
    ['something else', /no saved code/, () => new Uint8Array(100)],
    ['of another version', /another version/, (bytes) => changed(bytes, 4)],
    ['of another core', /another version/, (bytes) => changed(bytes, 8)],
    ['cut short', /cut short/, (bytes) => bytes.subarray(0, -4)],
    ['longer', /changed/, (bytes) => Uint8Array.of(...bytes, 0)],
    ['a byte of a module', /changed/, (bytes) => changed(bytes, bytes.length - 20)],
    ['a byte of a key', /changed/, (bytes) => changed(bytes, 60)],
    ['the number of modules', /changed/, (bytes) => changed(bytes, 20)],
    ['no code, though sealed', /does not take/, (bytes) => sealed(changed(bytes, bytes.length - 20))],
    ['more modules, though sealed', /lengths/, (bytes) => sealed(changed(bytes, 20))],
    ['a long key, though sealed', /lengths/, (bytes) => sealed(changed(bytes, 39))],
  ])('%s', async (_, message, change) => {
    const wengert = await started(true);
    results(wengert, 'compiled');
    const bytes = wengert.saveCode();
    const given = change(bytes) as Uint8Array;
    expect(() => wengert.loadCode(given)).toThrow(message);
    try {
      wengert.loadCode(given);
    } catch (error) {
      expect(['BadModule', 'WrongType']).toContain((error as { code: string }).code);
    }
    expect(() => results(wengert, 'compiled')).not.toThrow();
    expect(wengert.loadCode(bytes)).toBe(3);
  });
});

function changed(bytes: Uint8Array, at: number): Uint8Array<ArrayBuffer> {
  const copy = Uint8Array.from(bytes);
  copy[at]! ^= 64;
  return copy;
}

/**
 * What is generated for some programs. If this fails, generated code is not what it was: code saved before must be refused, so
 * raise CODE_VERSION (src/engine/compiled/saved.ts), and put both down here.
 */
const GENERATED = { version: 2, hash: '1025f10197e0c522' };

test('the version of generated code is raised when it changes', async () => {
  const { saveCode, ...wengert } = await started(true);
  results({ saveCode, ...wengert }, 'compiled');
  const bytes = saveCode();
  bytes.fill(0, 0, 20); // the core may change
  expect({ version: CODE_VERSION, hash: createHash('sha256').update(bytes).digest('hex').slice(0, 16) }).toEqual(GENERATED);
});
