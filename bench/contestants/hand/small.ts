/** Gradients by hand: what a careful programmer writes in plain JavaScript, the shared parts computed once. */

export function handSeed(x: Float64Array, gradient: Float64Array): number {
  const difference = x[0]! * -2 + x[1]! - 2;
  gradient[0] = difference * -2;
  gradient[1] = difference;
  return 0.5 * difference * difference;
}

export function handRosenbrock(x: Float64Array, gradient: Float64Array): number {
  let total = 0;
  gradient.fill(0);
  for (let i = 0; i < x.length - 1; i++) {
    const xi = x[i]!;
    const across = x[i + 1]! - xi * xi;
    const along = 1 - xi;
    total += 100 * across * across + along * along;
    gradient[i]! += -400 * across * xi - 2 * along;
    gradient[i + 1] = 200 * across;
  }
  return total;
}

export function handLogsumexp(x: Float64Array, gradient: Float64Array): number {
  let total = 0;
  for (let i = 0; i < x.length; i++) total += gradient[i] = Math.exp(x[i]!);
  for (let i = 0; i < x.length; i++) gradient[i]! /= total;
  return Math.log(total);
}

/** The chain of n nodes keeps every value, as reverse mode must. */
export function handChain(n: number): (x: Float64Array, gradient: Float64Array) => number {
  const values = new Float64Array(n + 1);
  return (x, gradient) => {
    const [factor, term] = [x[0]!, x[1]!];
    let v = (values[0] = term);
    for (let i = 0; i < n; i++) values[i + 1] = v = i % 2 === 0 ? v * factor : v + term;
    let d = 1;
    let dFactor = 0;
    let dTerm = 0;
    for (let i = n - 1; i >= 0; i--) {
      if (i % 2 === 0) {
        dFactor += d * values[i]!;
        d *= factor;
      } else dTerm += d;
    }
    gradient[0] = dFactor;
    gradient[1] = dTerm + d;
    return v;
  };
}
