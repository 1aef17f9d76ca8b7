/** Rosenbrock and logsumexp by hand, as one writes them first: the terms as they stand, pass after pass. */

export function plainRosenbrock(x: Float64Array, gradient: Float64Array): number {
  gradient.fill(0);
  let total = 0;
  for (let i = 0; i < x.length - 1; i++) {
    const across = x[i + 1]! - x[i]! * x[i]!;
    const along = 1 - x[i]!;
    total += 100 * across * across + along * along;
    gradient[i]! += -400 * x[i]! * across - 2 * along;
    gradient[i + 1]! += 200 * across;
  }
  return total;
}

export function plainLogsumexp(x: Float64Array, gradient: Float64Array): number {
  let most = -Infinity;
  for (let i = 0; i < x.length; i++) most = Math.max(most, x[i]!);
  let total = 0;
  for (let i = 0; i < x.length; i++) total += gradient[i] = Math.exp(x[i]! - most);
  for (let i = 0; i < x.length; i++) gradient[i]! /= total;
  return most + Math.log(total);
}
