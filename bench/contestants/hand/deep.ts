/** Back-propagation by hand for problems/deep.ts: a row of weights and a bias per unit, every layer's values kept. */
export function handDeep(first: readonly number[], layers: number): (x: Float64Array, gradient: Float64Array) => number {
  const width = first.length;
  const perUnit = width + 1;
  const values = new Float64Array((layers + 1) * width);
  values.set(first);
  let above = new Float64Array(width);
  let below = new Float64Array(width);

  return (x, gradient) => {
    for (let layer = 0; layer < layers; layer++) {
      const from = layer * width;
      for (let unit = 0; unit < width; unit++) {
        const at = (from + unit) * perUnit;
        let s = 0;
        for (let i = 0; i < width; i++) s += x[at + i]! * values[from + i]!;
        values[from + width + unit] = Math.tanh(s + x[at + width]!);
      }
    }

    const last = layers * width;
    let total = 0;
    for (let unit = 0; unit < width; unit++) {
      const value = values[last + unit]!;
      total += value * value;
      above[unit] = 2 * value;
    }
    for (let layer = layers - 1; layer >= 0; layer--) {
      const from = layer * width;
      below.fill(0);
      for (let unit = 0; unit < width; unit++) {
        const at = (from + unit) * perUnit;
        const value = values[from + width + unit]!;
        const d = above[unit]! * (1 - value * value);
        for (let i = 0; i < width; i++) {
          gradient[at + i] = d * values[from + i]!;
          below[i]! += d * x[at + i]!;
        }
        gradient[at + width] = d;
      }
      [above, below] = [below, above];
    }
    return total;
  };
}
