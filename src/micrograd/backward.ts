/** Derivatives of a value, sheet by sheet, the latest first. */
import { closeSheet, type ValueSheet } from './sheet.ts';
import { type Seeds, sweep } from './sweeper.ts';
import type { Value } from './value.ts';

export function backward(root: Value): void {
  closeSheet();
  if (!root.leaf) {
    const found = passDown(root, false) ?? passDown(root, true)!;
    for (const [sheet, adjoints] of found.sheets) sheet.keep(adjoints);
    found.leaves.forEach((leaf, i) => {
      leaf.grad += found.adjoints[i]!;
    });
  }
  root.grad = 1;
}

interface Found {
  readonly sheets: readonly (readonly [ValueSheet, Float64Array])[];
  readonly leaves: readonly Value[];
  readonly adjoints: readonly number[];
}

/** All adjoints, nothing written yet; undefined if a plain sweep leaves a NaN at a leaf: then gates have to be watched. */
function passDown(root: Value, gated: boolean): Found | undefined {
  const sheets: [ValueSheet, Float64Array][] = [];
  const leaves: Value[] = [];
  const atLeaves: number[] = [];
  const waiting = new Map<ValueSheet, Seeds>([[root.home!, { slots: [root.slot], adjoints: [1] }]]);
  if (root.grad !== 0) root.grad = 0; // set, not added to
  while (waiting.size > 0) {
    const sheet = [...waiting.keys()].reduce((a, b) => (b.serial > a.serial ? b : a));
    const adjoints = sweep(sheet.memory, waiting.get(sheet)!, sheet.grads, gated);
    waiting.delete(sheet);
    sheets.push([sheet, adjoints]);
    for (let i = 0; i < sheet.copied.length; i++) {
      const adjoint = adjoints[sheet.copiedTo[i]!] ?? -0;
      if (Object.is(adjoint, -0)) continue; // not reached
      const value = sheet.copied[i]!;
      if (value.leaf) {
        if (Number.isNaN(adjoint) && !gated) return undefined;
        leaves.push(value);
        atLeaves.push(adjoint);
        continue;
      }
      const seeds = waiting.get(value.home!) ?? { slots: [], adjoints: [] };
      seeds.slots.push(value.slot);
      seeds.adjoints.push(adjoint);
      waiting.set(value.home!, seeds);
    }
  }
  return { sheets, leaves, adjoints: atLeaves };
}
