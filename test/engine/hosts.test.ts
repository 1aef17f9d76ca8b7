/**
 * Hosts that refuse to generate code, as a content security policy and workerd do, simulated in processes of Node: bundles of
 * dist/ run there behind a prelude that replaces what compiles WebAssembly. And workerd itself, where WORKERD names its binary.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build as bundle } from 'esbuild';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { build } from '../support/build.ts';
import { root } from '../support/examples.ts';

/** What a host says of a program: results as bits, and how the engines asked for by name answered. */
interface Outcome {
  readonly bits: Readonly<Record<'flat' | 'rows' | 'loops' | 'adam' | 'recorded', readonly string[]>>;
  readonly engines: Readonly<Record<'compiled' | 'compiledLoops' | 'interpreter' | 'reference' | 'recorded' | 'toWasm', string>>;
  /** Whether what 'auto' ran has the bits of the engine of that name, which differ in exp and its kin. */
  readonly same: Readonly<Record<'interpreter' | 'reference', boolean>>;
}

/** Calls enough that 'auto' wants to generate code, of a flat program, over rows, with loops, in an optimizer; and a recorded one. */
const PROBE = `
import { compile, data, matrix, record, scalar, sum, vector } from 'wengert';
import { adam } from 'wengert/optimize';

const flat = (engine) => compile({ x: vector(40) }, ({ x }) => sum([...x].map((e, i) => e.exp().mul(i).sin().add(e.tanh()))), { engine });
const loops = (engine) => compile({ w: vector(3), X: data(matrix('n', 3)) },
  ({ w, X }) => sum(X.rows, (i) => X.row(i).dot(w).exp().tanh().square()), { engine });
const rows = (engine) => compile({ w: vector(2), x: data(vector(2)) }, ({ w, x }) => w.dot(x).exp().sin(), { engine }).over();

const hex = (numbers) => Array.from(new BigUint64Array(Float64Array.from(numbers).buffer), (n) => n.toString(16));
// exact, for Math.sin and its kin have other bits in another V8
const X = Array.from({ length: 50 }, (_, i) => [((7 * i) % 11) / 11 - 0.5, ((5 * i) % 13) / 13 - 0.5, i / 50]);
const pause = () => new Promise((go) => setTimeout(go, 2));

/** Calls in several turns of the event loop, between which code would arrive that was asked for without blocking. */
async function all(make, times, point, bound) {
  const program = make();
  if (bound) program.bind(bound);
  const gradient = new Float64Array(point.length);
  let value;
  for (let turn = 0; turn < 4; turn++, await pause()) for (let i = 0; i < times; i++) value = program.evaluate(point, gradient);
  return hex([value, ...gradient]);
}
const point = Array.from({ length: 40 }, (_, i) => ((9 * i) % 41) / 20 - 1);
const bitsOf = async (engine, times) => ({
  flat: await all(() => flat(engine), times, point),
  rows: await all(() => rows(engine), times, [0.3, -0.2], { x: X.map(([a, b]) => [a, b]) }),
  loops: await all(() => loops(engine), times, [0.1, 0.2, -0.3], { X }),
});
const attempt = async (run) => {
  try {
    await run();
    return 'available';
  } catch (error) {
    return error.code ? error.code + ': ' + error.message : String(error);
  }
};

export async function probe() {
  const bits = await bitsOf('auto', 3000);
  const interpreted = await attempt(() => flat('interpreter'));
  const same = async (engine) => {
    const { flat, rows, loops } = await bitsOf(engine, 1);
    return JSON.stringify({ flat, rows, loops }) === JSON.stringify({ flat: bits.flat, rows: bits.rows, loops: bits.loops });
  };
  const model = loops('auto');
  const { point: found } = await adam(model, { start: { w: [0.1, 0.2, -0.3] }, data: { X }, steps: 2000, rate: 1e-3 });
  const recorded = record({ x: scalar }, ({ x }) => x.exp().mul(x).sin());
  const { value, gradient } = recorded.gradient({ x: 0.7 });
  return {
    bits: { ...bits, adam: hex(found.w), recorded: hex([value, gradient.x]) },
    engines: {
      compiled: await attempt(() => flat('compiled')),
      compiledLoops: await attempt(() => loops('compiled').bind({ X }).evaluate([0, 0, 0], new Float64Array(3))),
      interpreter: interpreted,
      reference: await attempt(() => flat('reference')),
      recorded: await attempt(() => record({ x: scalar }, ({ x }) => x.exp(), { engine: 'interpreter' }).gradient({ x: 1 })),
      toWasm: await attempt(() => flat('auto').toWasm()),
    },
    same: { interpreter: interpreted === 'available' && (await same('interpreter')), reference: await same('reference') },
  };
}
`;

const NODE = `
import { init } from 'wengert';
import { probe } from './probe.js';
if (globalThis.precompiled) await init({ module: globalThis.precompiled });
const outcome = await probe();
await new Promise((go) => setTimeout(go, 20));
console.log(JSON.stringify(outcome));
`;

/** All ways from bytes to code throw, or reject; a module that is there already can be instantiated. */
const REFUSE = `
import { readFileSync } from 'node:fs';
const { Module, instantiate } = WebAssembly;
const precompiled = new Module(readFileSync(new URL('core.wasm', import.meta.url)));
const refuse = () => {
  throw new WebAssembly.CompileError('Wasm code generation disallowed by embedder');
};
const later = async () => refuse();
WebAssembly.Module = new Proxy(Module, { construct: refuse });
WebAssembly.compile = WebAssembly.compileStreaming = WebAssembly.instantiateStreaming = later;
WebAssembly.instantiate = async (source, imports) => (source instanceof Module ? instantiate(source, imports) : refuse());
`;

const PRELUDES = {
  nothing: '',
  'generating code': `${REFUSE} globalThis.precompiled = precompiled;`,
  'generating code, throwing where a promise is due': `${REFUSE} globalThis.precompiled = precompiled; WebAssembly.compile = WebAssembly.instantiate = refuse;`,
  'code and the core': REFUSE,
  'WebAssembly altogether': 'delete globalThis.WebAssembly;',
} as const;

const WORKERD = process.env.WORKERD;
const isThere = WORKERD !== undefined && existsSync(WORKERD);
if (!isThere)
  console.warn(`workerd test skipped: ${WORKERD ? `there is no ${WORKERD}` : 'set WORKERD to its binary (npm package workerd)'}`);

const folder = mkdtempSync(join(tmpdir(), 'wengert-hosts-'));

async function bundled(name: string, source: string, external: readonly string[] = []): Promise<void> {
  writeFileSync(join(folder, `${name}-source.js`), source);
  await bundle({
    entryPoints: [join(folder, `${name}-source.js`)],
    outfile: join(folder, `${name}.js`),
    bundle: true,
    format: 'esm',
    target: 'es2022',
    alias: { wengert: join(root, 'dist/index.js'), 'wengert/optimize': join(root, 'dist/optimize/index.js') },
    nodePaths: [join(root, 'node_modules')],
    external: [...external],
    logLevel: 'error',
  });
}

beforeAll(async () => {
  const { status, output } = build();
  if (status !== 0) throw new Error(output);
  cpSync(join(root, 'dist/core.wasm'), join(folder, 'core.wasm'));
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  writeFileSync(join(folder, 'probe.js'), PROBE);
  await bundled('node', NODE);
}, 120_000);

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

const known = new Map<string, Outcome>();

/** The outcome where that is refused; nothing but it is written, to neither stream. */
function outcomeOf(refused: keyof typeof PRELUDES): Outcome {
  let outcome = known.get(refused);
  if (!outcome) {
    writeFileSync(join(folder, 'prelude.js'), PRELUDES[refused]);
    writeFileSync(join(folder, 'main.js'), `import './prelude.js';\nawait import('./node.js');\n`);
    const { stdout, stderr, status } = spawnSync(process.execPath, ['main.js'], { cwd: folder, encoding: 'utf8' });
    expect({ stderr, status, lines: stdout.trim().split('\n').length }).toEqual({ stderr: '', status: 0, lines: 1 });
    outcome = JSON.parse(stdout) as Outcome;
    known.set(refused, outcome);
  }
  return outcome;
}

describe('in Node', () => {
  test('nothing is refused: all engines are there', () => {
    const { engines, same } = outcomeOf('nothing');
    expect(new Set(Object.values(engines))).toEqual(new Set(['available']));
    expect(same).toEqual({ interpreter: true, reference: false }); // or nothing below would tell them apart
  });

  test.each(['generating code', 'generating code, throwing where a promise is due'] as const)(
    'a host that refuses %s, given the core: the interpreter, silently',
    (refused) => {
      const { bits, engines, same } = outcomeOf(refused);
      expect(bits).toEqual(outcomeOf('nothing').bits);
      expect(same.interpreter).toBe(true);
      expect(engines).toMatchObject({ interpreter: 'available', reference: 'available', recorded: 'available' });
      for (const answer of [engines.compiled, engines.compiledLoops])
        expect(answer).toMatch(/^EngineUnavailable: code cannot be generated here: .*disallowed by embedder/);
      expect(engines.toWasm).toMatch(/^EngineUnavailable: toWasm: the core cannot be unpacked here: .*disallowed by embedder/);
    },
  );

  test.each([
    ['code and the core', /^EngineUnavailable: the WebAssembly core cannot be compiled here: .*disallowed by embedder/],
    ['WebAssembly altogether', /^EngineUnavailable: this runtime has no WebAssembly/],
  ] as const)('a host that refuses %s: the reference engine, silently', (refused, sentence) => {
    const { bits, engines, same } = outcomeOf(refused);
    expect(same).toEqual({ interpreter: false, reference: true });
    expect(bits.flat).toHaveLength(41);
    const { compiled, compiledLoops, interpreter, recorded, reference } = engines;
    expect(reference).toBe('available');
    for (const answer of [compiled, compiledLoops, interpreter, recorded]) expect(answer).toMatch(sentence);
    expect(engines.toWasm).toMatch(/^EngineUnavailable: toWasm: /);
  });
});

const WORKER = `
import { init } from 'wengert';
import core from './core.wasm';
import { probe } from './probe.js';
export default {
  async fetch() {
    try {
      await init({ module: core });
      return Response.json(await probe());
    } catch (error) {
      return Response.json({ error: String(error.stack) });
    }
  },
};
`;

const config = (port: number): string => `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [ ( name = "main", worker = .worker ) ],
  sockets = [ ( name = "http", address = "127.0.0.1:${port}", http = (), service = "main" ) ]
);
const worker :Workerd.Worker = (
  modules = [ ( name = "worker.js", esModule = embed "worker.js" ), ( name = "./core.wasm", wasm = embed "core.wasm" ) ],
  compatibilityDate = "2025-01-01"
);
`;

function freePort(): Promise<number> {
  return new Promise((found) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => found(port));
    });
  });
}

describe.runIf(isThere)('workerd', () => {
  let host: ChildProcess | undefined;

  afterAll(() => {
    host?.kill();
  });

  test('given the core: the interpreter, silently, and the bits of Node', async () => {
    await bundled('worker', WORKER, ['*.wasm']);
    const port = await freePort();
    writeFileSync(join(folder, 'config.capnp'), config(port));
    let said = '';
    host = spawn(WORKERD!, ['serve', 'config.capnp'], { cwd: folder });
    for (const stream of [host.stdout!, host.stderr!])
      stream.on('data', (text) => {
        said += text;
      });
    const answer = await vi.waitFor(() => fetch(`http://127.0.0.1:${port}/`), { timeout: 20_000, interval: 100 });
    const outcome = (await answer.json()) as Outcome & { error?: string };
    expect(outcome.error).toBeUndefined();
    const { bits, engines, same } = outcome;
    expect(said).toBe('');
    expect(same.interpreter).toBe(true);
    expect(bits).toEqual(outcomeOf('nothing').bits);
    expect(engines).toMatchObject({ interpreter: 'available', reference: 'available', recorded: 'available' });
    for (const refused of [engines.compiled, engines.compiledLoops])
      expect(refused).toMatch(/^EngineUnavailable: code cannot be generated here: /);
  }, 60_000);
});
