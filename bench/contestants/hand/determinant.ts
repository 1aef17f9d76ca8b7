/**
 * A determinant by minors with its gradient, by hand: a minor of the last rows is known by its set of columns, and is
 * computed once. Sets are bits, so a set comes after all its subsets; back, it comes before them.
 */
export function handDeterminant(n: number) {
  const minors = new Float64Array(1 << n);
  const adjoints = new Float64Array(1 << n);
  // of each set but the empty one, its members: the place of the element in A, signed by parity, and the set without it
  const first: number[] = [0];
  const places: number[] = [];
  const signs: number[] = [];
  const rests: number[] = [];
  for (let set = 0; set < 1 << n; set++) {
    const members = Array.from({ length: n }, (_, j) => j).filter((j) => (set >> j) & 1);
    members.forEach((column, i) => {
      places.push((n - members.length) * n + column);
      signs.push(i % 2 === 0 ? 1 : -1);
      rests.push(set & ~(1 << column));
    });
    first.push(places.length);
  }
  const [from, at, sign, rest] = [
    Int32Array.from(first),
    Int32Array.from(places),
    Float64Array.from(signs),
    Int32Array.from(rests),
  ];

  return (A: Float64Array, gradient: Float64Array): number => {
    minors[0] = 1;
    for (let set = 1; set < minors.length; set++) {
      const end = from[set + 1]!;
      let minor = 0;
      for (let t = from[set]!; t < end; t++) minor += sign[t]! * A[at[t]!]! * minors[rest[t]!]!;
      minors[set] = minor;
    }
    adjoints.fill(0);
    gradient.fill(0);
    adjoints[minors.length - 1] = 1;
    for (let set = minors.length - 1; set > 0; set--) {
      const adjoint = adjoints[set]!;
      const end = from[set + 1]!;
      for (let t = from[set]!; t < end; t++) {
        const d = sign[t]! * adjoint;
        gradient[at[t]!]! += d * minors[rest[t]!]!;
        adjoints[rest[t]!]! += d * A[at[t]!]!;
      }
    }
    return minors[minors.length - 1]!;
  };
}
