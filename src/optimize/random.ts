/**
 * Random numbers that are the same for the same seed on every machine, so that a training run can be repeated.
 *
 * xoshiro128** 1.1 (D. Blackman, S. Vigna, "Scrambled linear pseudorandom number generators", 2021): 128 bits of state,
 * period 2¹²⁸ − 1, 32 bits a draw. Its state is filled by SplitMix64, as its authors advise, so that neighbouring seeds
 * give unrelated streams. Not for cryptography.
 */
import { fail } from '../errors.ts';

const rotate = (x: number, k: number): number => (x << k) | (x >>> (32 - k));

/** SplitMix64 (Steele, Lea, Flood 2014), two outputs cut into four words. */
function spread(seed: number): Uint32Array {
  const state = new BigUint64Array([BigInt(seed)]);
  const words = new BigUint64Array(2);
  for (let i = 0; i < 2; i++) {
    state[0]! += 0x9e3779b97f4a7c15n;
    let z = state[0]!;
    z = BigInt.asUintN(64, (z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n);
    z = BigInt.asUintN(64, (z ^ (z >> 27n)) * 0x94d049bb133111ebn);
    words[i] = z ^ (z >> 31n);
  }
  return Uint32Array.from([0, 1, 2, 3], (i) => Number(BigInt.asUintN(32, words[i >> 1]! >> BigInt(32 * (i & 1)))));
}

/**
 * A stream of random numbers.
 *
 * @example
 * import { Random } from 'wengert/optimize';
 * const random = new Random(42);
 * random.uniform();              // 0.4137016681565887
 * random.below(6) + 1;           // 6, a die
 * random.shuffle([1, 2, 3, 4]);  // [2, 1, 4, 3]
 */
export class Random {
  private readonly s: Uint32Array;
  private spare = Number.NaN;

  /**
   * @param seed an integer from 0 to 2⁵³ − 1; each gives a stream of its own
   * @throws BadOption for any other seed
   */
  constructor(seed: number) {
    if (!Number.isSafeInteger(seed) || seed < 0) fail('BadOption', `seed: expected an integer from 0 to 2^53 - 1, got ${seed}`);
    this.s = spread(seed);
  }

  /** 32 random bits, as an integer from 0 to 2³² − 1. */
  bits(): number {
    const s = this.s;
    const out = Math.imul(rotate(Math.imul(s[1]!, 5), 7), 9) >>> 0;
    const t = s[1]! << 9;
    s[2]! ^= s[0]!;
    s[3]! ^= s[1]!;
    s[1]! ^= s[2]!;
    s[0]! ^= s[3]!;
    s[2]! ^= t;
    s[3] = rotate(s[3]!, 11);
    return out;
  }

  /** Uniform in [0, 1), a multiple of 2⁻⁵³. */
  uniform(): number {
    const high = this.bits() >>> 5;
    const low = this.bits() >>> 6;
    return (high * 0x4000000 + low) * 2 ** -53;
  }

  /** An integer from 0 to n − 1 for n ≤ 2³², each equally likely: draws from the incomplete last stretch are drawn again. */
  below(n: number): number {
    const whole = 2 ** 32 - (2 ** 32 % n);
    let draw = this.bits();
    while (draw >= whole) draw = this.bits();
    return draw % n;
  }

  /** Normal with mean 0 and variance 1 (polar method, Marsaglia & Bray 1964). */
  normal(): number {
    if (!Number.isNaN(this.spare)) {
      const z = this.spare;
      this.spare = Number.NaN;
      return z;
    }
    for (;;) {
      const x = 2 * this.uniform() - 1;
      const y = 2 * this.uniform() - 1;
      const r = x * x + y * y;
      if (r === 0 || r >= 1) continue;
      const scale = Math.sqrt((-2 * Math.log(r)) / r);
      this.spare = y * scale;
      return x * scale;
    }
  }

  /** Shuffles in place (Fisher–Yates, Durstenfeld 1964) and returns the same array; every order is equally likely. */
  shuffle<A extends { [i: number]: unknown; readonly length: number }>(items: A): A {
    for (let i = items.length - 1; i > 0; i--) {
      const j = this.below(i + 1);
      const held = items[i];
      items[i] = items[j];
      items[j] = held;
    }
    return items;
  }
}
