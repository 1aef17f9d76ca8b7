/** Gradients by hand: what a careful programmer writes in plain JavaScript, the shared parts computed once. */

export function handSeed(x: Float64Array, gradient: Float64Array): number {
  const difference = x[0]! * -2 + x[1]! - 2;
  gradient[0] = difference * -2;
  gradient[1] = difference;
  return 0.5 * difference * difference;
}

/** Each variable is read once and each partial written once; what a term owes to the next variable is carried along. */
export function handRosenbrock(x: Float64Array, gradient: Float64Array): number {
  const last = x.length - 1;
  let across2 = 0;
  let along2 = 0;
  let carried = 0;
  let xi = x[0]!;
  for (let i = 0; i < last; i++) {
    const next = x[i + 1]!;
    const across = next - xi * xi;
    const along = 1 - xi;
    across2 += across * across;
    along2 += along * along;
    const pull = 200 * across;
    gradient[i] = carried - 2 * (pull * xi + along);
    carried = pull;
    xi = next;
  }
  gradient[last] = carried;
  return 100 * across2 + along2;
}

/** The largest is taken out only where the sum would overflow or vanish: V8's `exp` is quicker near 0, and a pass is saved. */
export function handLogsumexp(x: Float64Array, gradient: Float64Array): number {
  let total = 0;
  for (let i = 0; i < x.length; i++) total += gradient[i] = Math.exp(x[i]!);
  let most = 0;
  if (!(total > 1e-280 && total < Infinity)) {
    most = -Infinity;
    for (let i = 0; i < x.length; i++) if (x[i]! > most) most = x[i]!;
    total = 0;
    for (let i = 0; i < x.length; i++) total += gradient[i] = Math.exp(x[i]! - most);
  }
  const scale = 1 / total;
  for (let i = 0; i < x.length; i++) gradient[i]! *= scale;
  return most + Math.log(total);
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
