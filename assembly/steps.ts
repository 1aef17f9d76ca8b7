// Steps: elements processed (a run of c nodes counts c, a list of k counts k, each input of a sweep counts 1).
// Counting costs one test per record, and nothing per element; off unless asked for.

let counting = false;
let steps: f64 = 0;

// @ts-ignore: decorator
@inline export function tick(n: i32): void {
  if (counting) steps += <f64>n;
}

export function countSteps(on: bool): void {
  counting = on;
  steps = 0;
}

export function stepCount(): f64 {
  return steps;
}
