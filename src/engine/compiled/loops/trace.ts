/**
 * A segment's sweeps run over nodes instead of numbers: forward, in reverse, or both, in which case nothing is stored in
 * between. What they leave is nodes and *actions*, writes to memory in their order. Sums over lanes are nodes of their own;
 * what depends on one is computed after the loop over lanes, and never feeds what differs from lane to lane.
 *
 * The order of additions is that of assembly/loops/reverse.ts, so the bits are.
 */
import { DO } from '../../../link/code.ts';
import { OP } from '../../../ops/vocabulary.ts';
import { arityOf, Ssa } from '../ssa.ts';
import type { Piece, Plan, Value } from './plan.ts';
import { bodyOf, type Instruction, isWide, keyOf, type Place, registerIn } from './read.ts';
import type { Address, Scope } from './scope.ts';
import { shiftNeighbours } from './shift.ts';

/** Kinds of nodes beside those of ../ssa.ts. */
// biome-ignore format: one line a kind
export enum KIND {
  /** Σ over the lanes of node a, in the one order */
  total = 250,
  /** the number at site a */
  site,
}

/** A place in memory: address, bytes from lane to lane, and picks: nodes, and how many bytes each counts. */
export interface Site extends Address {
  readonly step: number;
  readonly picks: readonly (readonly [node: number, by: number])[];
}

export interface Action {
  readonly kind: 'store' | 'add' | 'check' | 'hand' | 'pull' | 'shift' | 'shiftEnd';
  readonly node: number;
  /** Of `shift`: what is added to the number after the lane's own, before `node` is added to that; of the others −1. */
  readonly before: number;
  readonly site: Site;
  /** Once for each lane. */
  readonly isWide: boolean;
  /** After the loop over lanes; else, unless it is wide, before it. */
  readonly isLate: boolean;
  /** Nodes before this one come before it. */
  readonly at: number;
  readonly handed: Handed | undefined;
  /** Of a check: how many numbers there are; of `pull`: the instruction. */
  readonly extent: number;
}

/** Of `hand`: where the adjoints are that are handed on, and to which place. */
export interface Handed {
  readonly own: Site;
  readonly place: Place;
}

const F64 = 8;
const NO_PICKS: Site['picks'] = [];
const NOWHERE: Site = { base: 0, offset: 0, step: 0, picks: NO_PICKS };

// not by spreading, which takes ten times as long
function siteAt({ base, offset }: Address, step: number, picks = NO_PICKS): Site {
  return { base, offset, step, picks };
}

export class Trace {
  readonly k = new Ssa();
  readonly actions: Action[] = [];
  readonly sites: Site[] = [];
  /** Nodes that are computed where they stand: numbers that are overwritten later. */
  readonly forced = new Set<number>();
  readonly piece: Piece;
  readonly #scope: Scope;
  readonly #plan: Plan;
  readonly #values = new Map<number, number>();
  readonly #adjoints = new Map<number, number>();
  readonly #outer = new Map<number, number>(); // adjoints in lanes of what other pieces compute
  readonly #siteOf = new Map<number, number>();
  readonly #constants: ReadonlyMap<number, number>;
  /** Are values of this segment in memory already? */
  #isReverse = false;

  constructor(scope: Scope, plan: Plan, piece: Piece, constants: ReadonlyMap<number, number>) {
    this.#scope = scope;
    this.#plan = plan;
    this.piece = piece;
    this.#constants = constants;
  }

  /** Values, of the instructions before `to` in the list of the body; those that a later reverse sweep wants are kept if `keeps`. */
  forward(to: number, keeps: boolean): void {
    const { code } = this.#plan;
    for (const it of this.piece.instructions) {
      if (it.index >= to) break;
      switch (it.kind) {
        case DO.store: {
          const node = this.#value(code.word(it, 1));
          this.#forceMet(it);
          this.#act('store', node, this.#site(it, code.word(it, 2), false), this.#isLaned(it));
          break;
        }
        case DO.sum:
          this.#accumulate(it);
          break;
        default: {
          const out = code.word(it, 1);
          const node = this.#compute(it);
          this.#values.set(keyOf(out), node);
          if (it.kind === DO.check) this.#act('check', node, NOWHERE, this.#isLaned(it), false, code.word(it, 3));
          const value = this.#own(out)!;
          if (value.escapes || (keeps && value.isSaved))
            this.#act('store', node, this.#valueSite(out), isWide(this.piece.body, out));
        }
      }
    }
  }

  /** Adjoints. If forward() ran, its nodes are at hand. */
  reverse(hasValues: boolean): void {
    this.#isReverse = !hasValues;
    const first = this.actions.length;
    const { instructions } = this.piece;
    for (let i = instructions.length - 1; i >= 0; i--) this.#pull(instructions[i]!);
    for (const [key, node] of this.#outer) {
      const site = siteAt(this.#scope.adjoint(key), F64);
      this.#act('store', node, site, true);
    }
    shiftNeighbours(this.actions, first, (place, double) =>
      this.#plan.mayReach(this.piece.body, place, double - this.#plan.code.linked.adjoints),
    );
  }

  #pull(it: Instruction): void {
    const { code } = this.#plan;
    const { mask } = it;
    switch (it.kind) {
      case DO.op:
        if (mask & 7) this.#pullOp(it);
        break;
      case DO.load:
        if (mask & 1) this.#pullLoad(it);
        break;
      case DO.store: {
        const site = this.#site(it, code.word(it, 2), true);
        const isLaned = this.#isLaned(it);
        if (mask & 1) {
          const node = this.#read(site, isLaned);
          this.forced.add(node);
          this.#give(it, code.word(it, 1), node, node, false);
        }
        if (mask & 2 && code.word(it, 3)) this.#act('store', this.k.literal(-0), site, isLaned, !isLaned && this.#isLanedBody());
        break;
      }
      case DO.sum:
        if (mask & 1) {
          const out = code.word(it, 2);
          const { base, offset } = this.#scope.adjoint(out);
          const node = this.k.load(base, offset, isWide(this.piece.body, out) ? F64 : 0);
          this.#give(it, code.word(it, 1), node, node, false);
        }
    }
  }

  #pullOp(it: Instruction): void {
    const { k } = this;
    const { code } = this.#plan;
    const { op, mask } = it;
    const d = this.#adjoint(code.word(it, 1));
    const operands = Array.from({ length: arityOf(op) }, (_, j) => code.word(it, 2 + j));
    const isFirst = (j: number): boolean => ((mask >> (3 + j)) & 1) !== 0;
    if (op === OP.add || op === OP.sub) {
      if (mask & 1) this.#give(it, operands[0]!, d, d, isFirst(0));
      if (mask & 2) {
        const minus = op === OP.sub;
        // one number for all lanes gets minus the sum, not the sum of what is negated: a sum of 0 has another sign
        this.#give(it, operands[1]!, minus ? k.node(OP.neg, d) : d, d, isFirst(1), minus);
      }
      return;
    }
    const x = this.#value(operands[0]!);
    const y = operands.length > 1 ? this.#value(operands[1]!) : x;
    const w = operands.length > 2 ? this.#value(operands[2]!) : y;
    const partials = k.partials(op, x, y, w, this.#value(code.word(it, 1)));
    operands.forEach((operand, j) => {
      if (!((mask >> j) & 1)) return;
      const share = k.node(OP.mul, d, partials[j]!);
      this.#give(it, operand, share, share, isFirst(j));
    });
  }

  #pullLoad(it: Instruction): void {
    const { code } = this.#plan;
    const { body, deferred } = this.piece;
    const out = code.word(it, 1);
    const d = this.#adjoint(out);
    if (deferred.has(it)) {
      const place = code.place(code.word(it, 2));
      const own = siteAt(this.#scope.adjoint(out), F64);
      this.#act('store', d, own, true);
      if (place.picks.length > 0) this.#act('pull', d, own, false, true, it.index);
      else this.#act('hand', d, this.#site(it, code.word(it, 2), true), false, true, own.offset, { own, place });
      return;
    }
    const site = this.#site(it, code.word(it, 2), true);
    if (this.#plan.isSpread(body, it)) this.#act('add', d, site, true);
    else this.#act('add', this.#isLaned(it) ? this.#total(d) : d, site, false, this.#isLanedBody());
  }

  /**
   * Adds to the adjoint of an operand: `share` in each lane, or to what is one number for all the sum of `term` over the
   * lanes, negated if `minus`.
   */
  #give(it: Instruction, operand: number, share: number, term: number, isFirst: boolean, minus = false): void {
    const { k } = this;
    const key = keyOf(operand);
    const value = this.#own(operand);
    const isLaned = this.#isLaned(it);
    const wide = isWide(this.piece.body, operand);
    let node = share;
    if (isLaned && !wide) {
      node = this.#total(term);
      if (minus) node = k.node(OP.neg, node);
    }
    if (value?.piece === this.piece) {
      const before = this.#adjoints.get(key) ?? (value.isFed ? this.#loadAdjoint(operand) : -1);
      this.#adjoints.set(key, before < 0 ? node : k.node(OP.add, before, node));
    } else if (wide) {
      const before = this.#outer.get(key) ?? (isFirst ? -1 : this.#loadAdjoint(operand));
      this.#outer.set(key, before < 0 ? node : k.node(OP.add, before, node));
    } else {
      const site = siteAt(this.#scope.adjoint(operand), 0);
      this.#act(isFirst ? 'store' : 'add', node, site, false, this.#isLanedBody());
    }
  }

  /** The adjoint of a value of this segment; −0 if nothing has reached it. */
  #adjoint(out: number): number {
    const node = this.#adjoints.get(keyOf(out));
    if (node !== undefined) return node;
    return this.#own(out)!.isFed ? this.#loadAdjoint(out) : this.k.literal(-0);
  }

  #loadAdjoint(operand: number): number {
    const { base, offset } = this.#scope.adjoint(operand);
    return this.k.load(base, offset, isWide(this.piece.body, operand) ? F64 : 0);
  }

  #accumulate(it: Instruction): void {
    const { code } = this.#plan;
    const { body } = this.piece;
    const node = this.#value(code.word(it, 1));
    const sums = code.word(it, 3);
    if (body.tile > 1) this.#act('add', this.#total(node), siteAt(this.#scope.fixed(sums), 0), false, true);
    else {
      const isLaned = body.width > 1;
      this.#act('add', node, siteAt(this.#scope.row(sums, body.width), isLaned ? F64 : 0), isLaned);
    }
  }

  /** What an instruction computes. */
  #compute(it: Instruction): number {
    const { k } = this;
    const { code } = this.#plan;
    switch (it.kind) {
      case DO.op: {
        const operands = Array.from({ length: arityOf(it.op) }, (_, j) => this.#value(code.word(it, 2 + j)));
        return k.node(it.op, operands[0]!, operands[1], operands[2]);
      }
      case DO.load: {
        const at = code.word(it, 2);
        const site = this.#site(it, at, false);
        if (site.picks.length === 0) return k.load(site.base, site.offset, site.step);
        let number = this.#siteOf.get(at);
        if (number === undefined) {
          number = this.sites.push(site) - 1;
          this.#siteOf.set(at, number);
        }
        return k.special(KIND.site, number, 0, 0, this.#isSpread(site));
      }
      case DO.check:
        return this.#value(code.word(it, 2));
      default:
        return k.index(this.#scope.iterations.get(this.piece.body.register)!, this.piece.body.tile > 1 && !it.once);
    }
  }

  /** The value of an operand. */
  #value(operand: number): number {
    const key = keyOf(operand);
    let node = this.#values.get(key);
    if (node === undefined) {
      node = this.#find(operand);
      this.#values.set(key, node);
    }
    return node;
  }

  #find(operand: number): number {
    const value = this.#own(operand);
    if (value?.piece === this.piece && !(this.#isReverse && (value.isSaved || value.escapes))) return this.#compute(value.by!);
    if (registerIn(operand) === 0) {
      const constant = this.#constants.get(keyOf(operand));
      if (constant !== undefined) return this.k.literal(constant);
    }
    const { base, offset } = this.#scope.value(operand);
    return this.k.load(base, offset, isWide(this.piece.body, operand) ? F64 : 0);
  }

  #own(operand: number): Value | undefined {
    const { body } = this.piece;
    return bodyOf(body, registerIn(operand)) === body ? this.#plan.valueOf(body, operand) : undefined;
  }

  #valueSite(operand: number): Site {
    return siteAt(this.#scope.value(operand), isWide(this.piece.body, operand) ? F64 : 0);
  }

  #site(it: Instruction, at: number, ofAdjoint: boolean): Site {
    const place: Place = this.#plan.code.place(at);
    const address = ofAdjoint ? this.#scope.adjointPlace(place) : this.#scope.place(place);
    const step = this.#isLaned(it) ? place.lane * F64 : 0;
    if (place.picks.length === 0) return siteAt(address, step);
    return siteAt(
      address,
      step,
      place.picks.map(([operand, by]): [number, number] => [this.#value(operand), by * F64]),
    );
  }

  #isSpread({ step, picks }: Site): boolean {
    return step !== 0 || picks.some(([node]) => this.k.wide[node] === 1);
  }

  /** A number that is written over later: a node of its own. */
  #read(site: Site, isLaned: boolean): number {
    return this.k.special(KIND.site, this.sites.push(site) - 1, 0, 0, isLaned && this.#isSpread(site));
  }

  #total(node: number): number {
    return this.k.special(KIND.total, node, 0, 0, false);
  }

  /** Loads that a store may write over are made before. */
  #forceMet(store: Instruction): void {
    const { code } = this.#plan;
    const { body, instructions } = this.piece;
    const q = code.place(code.word(store, 2));
    for (const it of instructions) {
      if (it === store) return;
      if (it.kind === DO.load && this.#plan.mayMeet(body, code.place(code.word(it, 2)), q))
        this.forced.add(this.#value(code.word(it, 1)));
    }
  }

  #isLanedBody(): boolean {
    return this.piece.body.width > 1;
  }

  /** Does an instruction work on all lanes? */
  #isLaned(it: Instruction): boolean {
    return this.piece.body.width > 1 && !it.once;
  }

  #act(kind: Action['kind'], node: number, site: Site, isWide: boolean, isLate = false, extent = 0, handed?: Handed): void {
    this.actions.push({ kind, node, before: -1, site, isWide, isLate, at: this.k.size, extent, handed });
  }
}
