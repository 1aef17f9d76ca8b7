/**
 * How the core gets in: its bytes travel as text inside the package, so that every runtime and bundler works without
 * configuration; they are decoded and compiled once per realm, at the first use. A host that compiles only ahead of
 * time (workerd) or only asynchronously hands in the module of `wengert/core.wasm` through {@link init}.
 */
import { fail } from '../errors.ts';
import { groups, length, text, unpack } from './core.bytes.ts';
import { inGroups, START } from './groups.ts';

let compiled: WebAssembly.Module | undefined;

/** What assembly/unpack.ts exports. */
interface Unpack extends WebAssembly.Exports {
  readonly memory: WebAssembly.Memory;
  readonly unpack: (length: number) => void;
}

/**
 * The bytes of core.wasm. The 86 commonest are written as one printable character each, the next 86 as `!` and one, the
 * others as `#` and one. So the text is shorter than base64; and gzip, which looks for repeated bytes, finds them (in
 * base64 they hide behind three phases): it takes hardly more than the bytes themselves.
 *
 * A module of 172 bytes reads it: at the first start nothing is optimised, and the loop took 3.6 ms in JavaScript.
 *
 * @internal
 * @throws WebAssembly.CompileError where modules are not compiled synchronously
 */
export function coreBytes(): Uint8Array<ArrayBuffer> {
  const module = new WebAssembly.Module(Uint8Array.from(unpack.match(/../g)!, (byte) => Number.parseInt(byte, 16)));
  const reader = new WebAssembly.Instance(module).exports as Unpack;
  const memory = new Uint8Array(reader.memory.buffer as ArrayBuffer);
  memory.set(inGroups(groups));
  new TextEncoder().encodeInto(text, memory.subarray(START));
  reader.unpack(length);
  return memory.subarray(START, START + length);
}

/**
 * The compiled core.
 * @internal
 * @throws EngineUnavailable where there is no WebAssembly, no SIMD, or a content security policy forbids it
 */
export function coreModule(): WebAssembly.Module {
  if (compiled) return compiled;
  if (typeof WebAssembly === 'undefined') fail('EngineUnavailable', 'this runtime has no WebAssembly');
  try {
    compiled = new WebAssembly.Module(coreBytes());
  } catch (cause) {
    refuse(cause);
  }
  return compiled;
}

/** What {@link init} takes. */
export interface InitOptions {
  /**
   * A `WebAssembly.Module`, or what one can be compiled from: an ArrayBuffer or a view of one, a Response, or a promise
   * of any of these. (Types without DOM have no names for them.) By default the core inside the package.
   */
  readonly module?: object;
}

/**
 * Compiles the core without blocking. Needed only where synchronous compilation is refused; everywhere else the first
 * `compile` does it.
 *
 * @throws EngineUnavailable if that cannot be compiled here
 */
export async function init(options: InitOptions = {}): Promise<void> {
  if (typeof WebAssembly === 'undefined') fail('EngineUnavailable', 'this runtime has no WebAssembly');
  try {
    const source = await (options.module ?? coreBytes());
    if (source instanceof WebAssembly.Module) compiled = source;
    else if (typeof Response !== 'undefined' && source instanceof Response) compiled = await WebAssembly.compileStreaming(source);
    else compiled = await WebAssembly.compile(source as BufferSource);
  } catch (cause) {
    refuse(cause);
  }
}

function refuse(cause: unknown): never {
  fail(
    'EngineUnavailable',
    `the WebAssembly core cannot be compiled here: ${cause instanceof Error ? cause.message : String(cause)}`,
  );
}
