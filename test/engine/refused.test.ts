/** Hosts that compile no WebAssembly, or only what they were given: everything still works, and nobody is told unless asked. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { coreBytes } from '../../src/wasm/core.ts';

const wasm: typeof globalThis.WebAssembly = globalThis.WebAssembly;
const core = new wasm.Module(coreBytes());

/** WebAssembly as workerd has it, or a page without 'wasm-unsafe-eval': modules run, but none is made from bytes. */
function refusing(): object {
  const reason = 'Wasm code generation disallowed by embedder';
  const refuse = (): never => {
    throw new wasm.CompileError(reason);
  };
  const rejects = async (): Promise<never> => refuse();
  return new Proxy(wasm, {
    get(target, name) {
      if (name === 'Module') return new Proxy(target.Module, { construct: refuse });
      if (name === 'compile' || name === 'compileStreaming') return rejects;
      if (name === 'instantiate')
        return (source: unknown, imports?: WebAssembly.Imports) =>
          source instanceof target.Module ? target.instantiate(source, imports) : rejects();
      return Reflect.get(target, name);
    },
  });
}

type Wengert = typeof import('../../src/index.ts');

/** The library, fresh, in such a host. */
async function inHost(host: object | undefined): Promise<Wengert> {
  vi.resetModules();
  vi.stubGlobal('WebAssembly', host);
  return import('../../src/index.ts');
}

const said = vi.fn();

beforeEach(() => {
  said.mockClear();
  for (const method of ['log', 'info', 'warn', 'error'] as const) vi.spyOn(console, method).mockImplementation(said);
});

afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

/** Programs of every kind, called often enough to be compiled where that is possible. */
async function worksSilently({ compile, vector, data, sum, matrix, record }: Wengert): Promise<void> {
  const flat = compile({ x: vector(2) }, ({ x }) => x.at(0).square().mul(x.at(1)));
  const loops = compile({ x: vector('n') }, ({ x }) => sum(x.length, (i) => x.at(i).mul(x.at(i)).mul(i)));
  const rows = compile({ w: vector(2), x: data(vector(2)) }, ({ w, x }) => w.dot(x).square()).over(3, { reduce: 'sum' });
  rows.bind({ x: [[1, 0], [0, 1], [1, 1]] }); // biome-ignore format: a matrix
  const recorded = record({ x: vector(2) }, ({ x }) => x.at(0).mul(x.at(1)));
  const product = compile({ A: matrix(20, 20), v: data(vector(20)) }, ({ A, v }) => A.matVec(v).square().sum());
  product.bind({ v: new Float64Array(20).fill(1) });
  const ones = new Float64Array(400).fill(1);
  const out = new Float64Array(2);
  for (let i = 0; i < 3000; i++) {
    expect(flat.evaluate([3, 5], out)).toBe(45);
    expect([...out]).toEqual([30, 9]);
  }
  for (let i = 0; i < 300; i++) {
    expect(loops.gradient({ x: [1, 2, 3] }).gradient.x).toEqual(Float64Array.of(0, 4, 12));
    expect(rows.gradient({ w: [1, 2] })).toEqual({ value: 14, gradient: { w: Float64Array.of(8, 10) } });
  }
  expect(recorded.gradient({ x: [2, 3] }).gradient.x).toEqual(Float64Array.of(3, 2));
  expect(product.evaluate(ones, new Float64Array(400))).toBe(8000);
  await new Promise((resolve) => setTimeout(resolve, 50)); // what is tried without blocking
  expect(flat.evaluate([3, 5], out)).toBe(45);
  expect(said).not.toHaveBeenCalled();
}

const unavailable = (why: string): object =>
  expect.objectContaining({ code: 'EngineUnavailable', message: expect.stringContaining(why) as unknown });

describe('a host that makes no modules from bytes, given that of the core', () => {
  it('interprets, silently', async () => {
    const wengert = await inHost(refusing());
    await wengert.init({ module: core });
    await worksSilently(wengert);
    const { compile, scalar } = wengert;
    expect(compile({ x: scalar }, ({ x }) => x.sin(), { engine: 'interpreter' }).gradient({ x: 0 }).gradient.x).toBe(1);
  });

  it("says so where 'compiled' is demanded", async () => {
    const { compile, init, scalar, sum, vector } = await inHost(refusing());
    await init({ module: core });
    const flat = () => compile({ x: scalar }, ({ x }) => x.sin(), { engine: 'compiled' });
    expect(flat).toThrowError(unavailable('disallowed by embedder'));
    const loops = () => compile({ x: vector(500) }, ({ x }) => sum(500, (i) => x.at(i).sin()), { engine: 'compiled' });
    expect(loops).toThrowError(unavailable('disallowed by embedder'));
  });
});

describe.each([
  ['a host that makes no modules at all', refusing, 'disallowed by embedder'],
  ['a host without WebAssembly', (): undefined => undefined, 'no WebAssembly'],
] as const)('%s', (_, host, why) => {
  it('has the reference engine, silently', async () => worksSilently(await inHost(host())));

  it('says so where another engine is demanded', async () => {
    const { compile, init, scalar } = await inHost(host());
    for (const engine of ['compiled', 'interpreter'] as const)
      expect(() => compile({ x: scalar }, ({ x }) => x.sin(), { engine })).toThrowError(unavailable(why));
    await expect(init()).rejects.toThrowError(unavailable(why));
    expect(compile({ x: scalar }, ({ x }) => x.sin(), { engine: 'reference' }).value({ x: 0 })).toBe(0);
  });
});
