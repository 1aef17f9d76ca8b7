/** A standalone module, instantiated with nothing and looked at as any host would. */
import { expect } from 'vitest';

interface Exports {
  readonly memory: WebAssembly.Memory;
  value(): number;
  valueAndGradient?(): number;
  fault?(): number;
  faultIndex?(): number;
  readonly [name: string]: unknown;
}

export class Alone {
  readonly exports: Exports;
  readonly bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    expect(WebAssembly.validate(bytes as BufferSource)).toBe(true);
    const module = new WebAssembly.Module(bytes as BufferSource);
    expect(WebAssembly.Module.imports(module)).toEqual([]);
    this.exports = new WebAssembly.Instance(module).exports as unknown as Exports;
  }

  number(name: string): number {
    return (this.exports[name] as WebAssembly.Global).value;
  }

  #view(at: string, length: string): Float64Array {
    return new Float64Array(this.exports.memory.buffer, this.number(at), this.number(length));
  }

  get point(): Float64Array {
    return this.#view('point', 'pointLength');
  }
  get data(): Float64Array {
    return this.#view('data', 'dataLength');
  }
  get gradient(): Float64Array {
    return this.#view('gradient', 'pointLength');
  }
  get output(): Float64Array {
    return this.#view('output', 'outputLength');
  }

  value(): number {
    return this.exports.value();
  }
  valueAndGradient(): number {
    return this.exports.valueAndGradient!();
  }
}
