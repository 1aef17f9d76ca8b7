/** assembly/math as a module of its own, compiled into memory with the core's flags. */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Compiles `source` as though it lay in assembly/; what it exports. */
export async function compileCore<T>(source: string): Promise<T & { readonly memory: WebAssembly.Memory }> {
  let binary: Uint8Array | undefined;
  const { error, stderr } = await asc.main(
    ['assembly/entry.ts', '-o', 'entry.wasm', '-O3', '--noAssert', '--runtime', 'stub', '--enable', 'simd', '--config', 'none'],
    {
      readFile: (name) => (name === 'assembly/entry.ts' ? source : readFile(root + name, 'utf8').catch(() => null)),
      writeFile: (name, contents) => {
        if (name === 'entry.wasm') binary = contents as Uint8Array;
      },
      listFiles: () => [],
    },
  );
  if (error || !binary) throw error ?? new Error(String(stderr));
  const module = new WebAssembly.Module(binary as BufferSource);
  if (WebAssembly.Module.imports(module).length) throw new Error('the module imports something');
  return new WebAssembly.Instance(module).exports as T & { readonly memory: WebAssembly.Memory };
}

export type Functions = Record<string, (x: number, y: number) => number>;

/** Every function of assembly/math. */
export const mathCore = (): Promise<Functions & { readonly memory: WebAssembly.Memory }> =>
  compileCore("export * from './math';");
