/** Seeded operands spread over the domain of each function. */

/** Marsaglia's xorshift128: numbers in [0, 1) with 53 bits. */
export function random(seed: number): () => number {
  let [a, b, c, d] = [0x12345678 ^ seed, 0x9abcdef0, 0xdeadbeef, 0x13579bdf];
  const word = () => {
    const t = a ^ (a << 11);
    [a, b, c] = [b, c, d];
    d = d ^ (d >>> 19) ^ t ^ (t >>> 8);
    return d >>> 0;
  };
  for (let i = 0; i < 20; i++) word();
  return () => (word() * 2 ** 21 + (word() >>> 11)) / 2 ** 53;
}

export type Draw = () => readonly [number, number?];

/** For each function a source of operands. */
export function domains(seed: number): Record<string, Draw> {
  const next = random(seed);
  const uniform = (low: number, high: number) => low + (high - low) * next();
  /** 2^low … 2^high, evenly in the exponent; below 2^-1022 subnormal. */
  const power = (low: number, high: number) => (1 + next()) * 2 ** Math.floor(uniform(low, high));
  const signed = (x: number) => (next() < 0.5 ? x : -x);
  const near = (x: number, low = -50, high = -1) => x + signed(power(low, high));
  const one =
    (...draws: (() => number)[]): Draw =>
    () => [draws[Math.floor(next() * draws.length)]!()];
  const two =
    (...draws: (() => readonly [number, number])[]): Draw =>
    () =>
      draws[Math.floor(next() * draws.length)]!();
  const any = () => signed(power(-1074, 1023));

  const exp = one(
    () => uniform(-745, 709.7),
    () => uniform(-5, 5),
    () => signed(power(-60, 8)),
  );
  const log = one(
    () => power(-1074, 1023),
    () => uniform(0, 4),
    () => near(1),
  );
  const angle = one(
    () => uniform(-10, 10),
    () => signed(power(-30, 1023)),
    () => uniform(-1e6, 1e6),
    () => near(Math.round(uniform(-1e5, 1e5)) * (Math.PI / 2)),
  );
  const unit = one(
    () => uniform(-1, 1),
    () => signed(power(-50, -1)),
    () => signed(1 - power(-53, -1)),
  );
  const wide = one(
    () => uniform(-710, 710),
    () => uniform(-1, 1),
    () => uniform(-5, 5),
    () => signed(power(-40, 8)),
  );
  const pair = two(
    () => [uniform(-5, 5), uniform(-5, 5)],
    () => [any(), any()],
    () => {
      const t = power(-900, 900);
      return [signed(t * uniform(0.1, 3)), signed(t * uniform(0.1, 3))];
    },
  );
  const logistic = one(
    () => uniform(-745, 40),
    () => uniform(-5, 5),
    () => signed(power(-30, 5)),
  );
  const quotient = two(
    () => [uniform(-50, 50), uniform(-5, 5)],
    () => [signed(power(-5, 60)), signed(power(-5, 5))],
    () => [any(), any()],
  );
  const gamma = one(
    () => power(-60, 900),
    () => uniform(0, 4),
    () => uniform(0, 20),
    () => near(1),
    () => near(2),
    () => -uniform(0, 30),
    () => near(-Math.floor(uniform(0, 30))),
  );
  return {
    cbrt: one(any, () => uniform(-100, 100)),
    exp,
    exp2: one(
      () => uniform(-1074, 1023.9),
      () => uniform(-5, 5),
      () => signed(power(-60, 8)),
    ),
    expm1: one(
      () => uniform(-50, 50),
      () => uniform(-1, 1),
      () => uniform(-745, 709.7),
      () => signed(power(-60, 8)),
    ),
    log,
    log2: log,
    log10: log,
    log1p: one(
      () => power(-60, 1023),
      () => -power(-60, -1),
      () => uniform(-1, 4),
    ),
    sin: angle,
    cos: angle,
    tan: angle,
    asin: unit,
    acos: unit,
    atan: one(
      () => uniform(-5, 5),
      () => signed(power(-60, 60)),
    ),
    atan2: pair,
    sinh: wide,
    cosh: wide,
    tanh: one(
      () => uniform(-22, 22),
      () => uniform(-1, 1),
      () => signed(power(-40, 4)),
    ),
    asinh: one(
      () => signed(power(-40, 1023)),
      () => uniform(-1, 1),
      () => uniform(-100, 100),
    ),
    acosh: one(
      () => power(0, 1023),
      () => uniform(1, 2),
      () => uniform(1, 30),
      () => 1 + power(-50, 1),
    ),
    atanh: unit,
    hypot: pair,
    pow: two(
      () => [uniform(0, 10), uniform(-10, 10)],
      () => {
        const x = power(-1022, 1023);
        return [x, uniform(-745, 709) / Math.log(x)];
      },
      () => [near(1, -28, -4), signed(power(-2, 30))],
      () => [uniform(-50, 50), Math.round(uniform(-20, 20))],
    ),
    rem: quotient,
    mod: quotient,
    sigmoid: logistic,
    softplus: logistic,
    silu: logistic,
    gaussian: one(
      () => uniform(-27.2, 27.2),
      () => uniform(-3, 3),
      () => signed(power(-30, 4)),
    ),
    erf: one(
      () => uniform(-6, 6),
      () => uniform(-1, 1),
      () => signed(power(-60, 2)),
    ),
    erfc: one(
      () => uniform(-6, 27.2),
      () => uniform(0, 3),
      () => uniform(-1, 1),
    ),
    lgamma: gamma,
    digamma: gamma,
    polygamma: two(
      () => [1 + Math.floor(next() * 3), uniform(0, 20)],
      () => [1 + Math.floor(next() * 30), uniform(0, 60)],
      () => [1 + Math.floor(next() * 30), power(-10, 20)],
      () => [1 + 2 * Math.floor(next() * 15), -uniform(0, 20)],
    ),
  };
}
