/** Up to so many bytes are copied one by one: `set` takes as long for eight as for a hundred. */
const SHORT = 32;

/** Bytes that grow, and the ways in which WebAssembly writes numbers into them. */
export class Bytes {
  size = 0;
  #data = new Uint8Array(256);

  byte(x: number): void {
    if (this.size === this.#data.length) this.#grow(1);
    this.#data[this.size++] = x;
  }

  /** Another byte in the place of one that was written. */
  change(at: number, x: number): void {
    this.#data[at] = x;
  }

  /** LEB128, unsigned 32 bits. */
  unsigned(x: number): void {
    let rest = x >>> 0;
    for (; rest > 127; rest >>>= 7) this.byte((rest & 127) | 128);
    this.byte(rest);
  }

  /** LEB128, signed 32 bits. */
  signed(x: number): void {
    let rest = x | 0;
    for (; rest > 63 || rest < -64; rest >>= 7) this.byte((rest & 127) | 128);
    this.byte(rest & 127);
  }

  f64(x: number): void {
    float[0] = x;
    this.append(floatBytes);
  }

  /** A name: its length, and UTF-8. */
  name(text: string): void {
    const bytes = utf8.encode(text);
    this.unsigned(bytes.length);
    this.append(bytes);
  }

  append(bytes: ArrayLike<number>): void {
    if (this.size + bytes.length > this.#data.length) this.#grow(bytes.length);
    if (bytes.length > SHORT) this.#data.set(bytes, this.size);
    else for (let i = 0; i < bytes.length; i++) this.#data[this.size + i] = bytes[i]!;
    this.size += bytes.length;
  }

  /** Another's bytes, after their number. */
  block(other: Bytes): void {
    this.unsigned(other.size);
    this.append(other.view());
  }

  /** What was written, not copied. */
  view(): Uint8Array<ArrayBuffer> {
    return this.#data.subarray(0, this.size);
  }

  #grow(by: number): void {
    const larger = new Uint8Array(Math.max(2 * this.#data.length, this.size + by));
    larger.set(this.#data);
    this.#data = larger;
  }
}

const float = new Float64Array(1); // little-endian, as every machine that runs WebAssembly fast
const floatBytes = new Uint8Array(float.buffer);
const utf8 = /* @__PURE__ */ new TextEncoder();
