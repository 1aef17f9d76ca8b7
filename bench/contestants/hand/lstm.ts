/** Back-propagation through time by hand for problems/loops/lstm.ts: the gates of every step are kept. */
import type { Lstm } from '../../problems/loops/lstm.ts';

export function handLstm({ layers, width: w }: Lstm, state: Float64Array, sequence: Float64Array) {
  const steps = sequence.length / w - 1;
  const per = layers * w; // units in a step
  const extra = 8 * layers * w;
  const hidden = new Float64Array((steps + 1) * per); // after step t at t + 1
  const cell = new Float64Array((steps + 1) * per);
  for (let k = 0; k < layers; k++) {
    hidden.set(state.subarray(2 * k * w, (2 * k + 1) * w), k * w);
    cell.set(state.subarray((2 * k + 1) * w, (2 * k + 2) * w), k * w);
  }
  const gates = new Float64Array(4 * steps * per); // forget, in, out, change
  const y = new Float64Array(steps * w);
  const sums = new Float64Array(steps); // 2 + Σ exp y
  const golds = new Float64Array(steps);
  const [dHidden, dCell, dBelow] = [new Float64Array(per), new Float64Array(per), new Float64Array(w)];
  const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

  return (x: Float64Array, gradient: Float64Array): number => {
    let total = 0;
    for (let t = 0; t < steps; t++) {
      let s = 2;
      let gold = 0;
      for (let j = 0; j < w; j++) {
        let input = sequence[t * w + j]! * x[extra + j]!;
        for (let k = 0; k < layers; k++) {
          const W = 8 * k * w + j;
          const at = t * per + k * w + j;
          const before = hidden[at]!;
          const f = (gates[4 * at] = sigmoid(input * x[W]! + x[W + 4 * w]!));
          const i = (gates[4 * at + 1] = sigmoid(before * x[W + w]! + x[W + 5 * w]!));
          const o = (gates[4 * at + 2] = sigmoid(input * x[W + 2 * w]! + x[W + 6 * w]!));
          const c = (gates[4 * at + 3] = Math.tanh(before * x[W + 3 * w]! + x[W + 7 * w]!));
          const next = (cell[at + per] = cell[at]! * f + i * c);
          hidden[at + per] = input = o * Math.tanh(next);
        }
        const out = (y[t * w + j] = input * x[extra + w + j]! + x[extra + 2 * w + j]!);
        s += Math.exp(out);
        gold += sequence[(t + 1) * w + j]!;
        total += sequence[(t + 1) * w + j]! * out;
      }
      sums[t] = s;
      golds[t] = gold;
      total -= gold * Math.log(s);
    }

    gradient.fill(0);
    dHidden.fill(0);
    dCell.fill(0);
    const scale = -1 / (steps * w);
    for (let t = steps - 1; t >= 0; t--) {
      for (let j = 0; j < w; j++) {
        const dy = scale * (sequence[(t + 1) * w + j]! - (golds[t]! * Math.exp(y[t * w + j]!)) / sums[t]!);
        gradient[extra + w + j]! += dy * hidden[(t + 1) * per + (layers - 1) * w + j]!;
        gradient[extra + 2 * w + j]! += dy;
        dBelow[j] = dy * x[extra + w + j]!;
      }
      for (let k = layers - 1; k >= 0; k--) {
        for (let j = 0; j < w; j++) {
          const unit = k * w + j;
          const W = 7 * k * w + unit;
          const at = t * per + unit;
          const f = gates[4 * at]!;
          const i = gates[4 * at + 1]!;
          const o = gates[4 * at + 2]!;
          const c = gates[4 * at + 3]!;
          const input = k > 0 ? hidden[at + per - w]! : sequence[t * w + j]! * x[extra + j]!;
          const before = hidden[at]!;
          const squashed = Math.tanh(cell[at + per]!);
          const d = dBelow[j]! + dHidden[unit]!;
          const dc = dCell[unit]! + d * o * (1 - squashed * squashed);
          const df = dc * cell[at]! * f * (1 - f);
          const di = dc * c * i * (1 - i);
          const dO = d * squashed * o * (1 - o);
          const dChange = dc * i * (1 - c * c);
          gradient[W]! += df * input;
          gradient[W + w]! += di * before;
          gradient[W + 2 * w]! += dO * input;
          gradient[W + 3 * w]! += dChange * before;
          gradient[W + 4 * w]! += df;
          gradient[W + 5 * w]! += di;
          gradient[W + 6 * w]! += dO;
          gradient[W + 7 * w]! += dChange;
          dCell[unit] = dc * f;
          dHidden[unit] = di * x[W + w]! + dChange * x[W + 3 * w]!;
          dBelow[j] = df * x[W]! + dO * x[W + 2 * w]!;
        }
      }
      for (let j = 0; j < w; j++) gradient[extra + j]! += dBelow[j]! * sequence[t * w + j]!;
    }
    return total * scale;
  };
}
