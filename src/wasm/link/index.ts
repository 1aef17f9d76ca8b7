/**
 * A static linker: modules that import from each other become one that imports nothing. What is not reached from the exports
 * and the start function of the entry is left out; types are deduplicated, indices renumbered, and all share one memory, which
 * cannot grow.
 *
 * Data is kept or left out module by module: if no function that is kept touches memory, the data of its module is not needed.
 * A finer choice would not be sound: an address is a number like any other in the code, a base folded with an offset often lies
 * before the table it belongs to, and a loop may run from one table into the next. Of the core that is 5.9 KB, two thirds of them
 * the tables of exp, log and lgamma.
 */
import { bad, KIND, MAGIC, Reader, SECTION, Writer } from './bytes.ts';
import { scan, type Space } from './instructions.ts';
import { type Module, type OwnFunction, type OwnGlobal, readModule } from './module.ts';

/** A reference in code: what stands there, and between which bytes. */
interface Reference {
  readonly space: Space;
  readonly index: number;
  readonly from: number;
  readonly to: number;
}

/** A function that will be in the result. */
interface Kept extends OwnFunction {
  readonly module: string;
  readonly references: readonly Reference[];
}

type Indexed = 'functions' | 'globals';

/** What a name stands for after all imports are followed. */
interface Found<T> {
  readonly module: string;
  readonly index: number;
  readonly own: T;
}

/**
 * Links modules. O(their bytes).
 *
 * @param modules by the names under which they import from each other
 * @param entry the one whose exports, start function and data the result has
 * @returns a module without imports
 * @throws BadModule for what cannot be read or is not supported, an import that nothing provides, or of another type
 */
export function linkModules(modules: Readonly<Record<string, Uint8Array>>, entry: string): Uint8Array<ArrayBuffer> {
  return new Linker(modules, entry).link();
}

class Linker {
  readonly #modules: ReadonlyMap<string, Module>;
  readonly #entry: string;
  readonly #functions = new Map<string, Kept>();
  readonly #globals = new Map<string, OwnGlobal & { readonly module: string }>();
  readonly #touching = new Set<string>(); // modules whose functions use memory
  readonly #types: Uint8Array[] = [];
  readonly #typeIds = new Map<string, number>();

  constructor(modules: Readonly<Record<string, Uint8Array>>, entry: string) {
    this.#modules = new Map(Object.entries(modules).map(([name, bytes]) => [name, readModule(bytes)]));
    this.#entry = entry;
    for (const [name, { start }] of this.#modules)
      if (start !== undefined && name !== entry) bad(`'${name}' has a start function of its own`);
  }

  link(): Uint8Array<ArrayBuffer> {
    const entry = this.#module(this.#entry);
    this.#reach(entry);
    const functions = this.#numbered(this.#functions);
    const globals = this.#numbered(this.#globals);
    const functionOf = (module: string, index: number): number => functions.get(this.#keyOf('functions', module, index))!;
    const globalOf = (module: string, index: number): number => globals.get(this.#keyOf('globals', module, index))!;

    const bodies = [...functions.keys()].map((key) => this.#rewritten(this.#functions.get(key)!, functionOf, globalOf));
    const kept = [...functions.keys()].map((key) => this.#functions.get(key)!);
    const typeIds = kept.map(({ module, type }) => this.#typeId(module, type));
    const variables = [...globals.keys()].map((key) => this.#globals.get(key)!);
    const starts = variables.map(({ module, start }) =>
      this.#rewritten({ ...referencesIn(start, 0), module, type: 0, code: start }, functionOf, globalOf),
    );
    const pages = Math.max(...[...this.#modules.values()].map((module) => module.pages));
    const data = [...this.#modules].flatMap(([name, module]) => (this.#needsData(name) ? module.data : []));

    const out = new Writer().raw(MAGIC);
    out.section(SECTION.type, this.#types, (to, type) => to.raw(type));
    out.section(SECTION.function, typeIds, (to, id) => to.u32(id));
    out.section(SECTION.memory, pages > 0 ? [pages] : [], (to, n) => to.byte(1).u32(n).u32(n));
    out.section(SECTION.global, variables, (to, { type }, i) => to.raw(type).raw(starts[i]!));
    out.section(SECTION.export, entry.exports, (to, { name, kind, index }) => {
      const now =
        kind === KIND.function ? functionOf(this.#entry, index) : kind === KIND.global ? globalOf(this.#entry, index) : 0;
      to.name(name).byte(kind).u32(now);
    });
    if (entry.start !== undefined) {
      const start = new Writer().u32(functionOf(this.#entry, entry.start));
      out.byte(SECTION.start).sized(start.bytes());
    }
    out.section(SECTION.code, bodies, (to, body) => to.sized(body));
    out.section(SECTION.data, data, (to, { at, bytes }) =>
      to
        .byte(0)
        .byte(0x41)
        .s32(at | 0)
        .byte(0x0b)
        .sized(bytes),
    );
    return out.bytes();
  }

  /** Finds everything that is needed. */
  #reach(entry: Module): void {
    const open: Kept[] = [];
    const need = (module: string, index: number): void => {
      const found = this.#find('functions', module, index);
      const key = `${found.module} ${found.index}`;
      if (this.#functions.has(key)) return;
      const { references, touches } = referencesIn(found.own.code);
      const kept = { ...found.own, module: found.module, references };
      if (touches) this.#touching.add(found.module);
      this.#functions.set(key, kept);
      open.push(kept);
    };
    const needGlobal = (module: string, index: number): void => {
      const found = this.#find('globals', module, index);
      const key = `${found.module} ${found.index}`;
      if (this.#globals.has(key)) return;
      this.#globals.set(key, { ...found.own, module: found.module });
      for (const reference of referencesIn(found.own.start, 0).references) needGlobal(found.module, reference.index);
    };
    for (const { kind, index } of entry.exports)
      if (kind === KIND.function) need(this.#entry, index);
      else if (kind === KIND.global) needGlobal(this.#entry, index);
    if (entry.start !== undefined) need(this.#entry, entry.start);
    for (let next = open.pop(); next; next = open.pop())
      for (const { space, index } of next.references)
        if (space === 'function') need(next.module, index);
        else if (space === 'global') needGlobal(next.module, index);
  }

  #needsData(name: string): boolean {
    return name === this.#entry || this.#touching.has(name);
  }

  #module(name: string): Module {
    return this.#modules.get(name) ?? bad(`there is no module '${name}'`);
  }

  #find(space: 'functions', module: string, index: number): Found<OwnFunction>;
  #find(space: 'globals', module: string, index: number): Found<OwnGlobal>;
  #find(space: Indexed, module: string, index: number): Found<OwnFunction | OwnGlobal>;
  /** Follows imports to where a function or global is. */
  #find(space: Indexed, module: string, index: number): Found<OwnFunction | OwnGlobal> {
    let hops = this.#modules.size;
    for (let [name, at] = [module, index]; ; ) {
      const here = this.#module(name);
      const item = here[space][at] ?? bad(`'${name}' has no ${space.slice(0, -1)} ${at}`);
      if (!item.from) return { module: name, index: at, own: item.own };
      const { from } = item;
      const kind = space === 'functions' ? KIND.function : KIND.global;
      const there = this.#module(from.module);
      const found = there.exports.find((one) => one.name === from.name && one.kind === kind);
      if (!found || hops-- === 0) bad(`nothing provides ${from.module}.${from.name}, which '${name}' imports`);
      this.#checkType(space, here, from.type, there, found.index, `${from.module}.${from.name}`);
      [name, at] = [from.module, found.index];
    }
  }

  #keyOf(space: Indexed, module: string, index: number): string {
    const found = this.#find(space, module, index);
    return `${found.module} ${found.index}`;
  }

  #checkType(space: Indexed, here: Module, wanted: number, there: Module, index: number, what: string): void {
    const item = there[space][index] ?? bad(`${what} leads nowhere`);
    let same: boolean;
    if (space === 'functions') {
      const type = item.from ? item.from.type : (item.own as OwnFunction).type;
      same = String(here.types[wanted]) === String(there.types[type]);
    } else {
      const [type, mutable] = item.from ? [item.from.type >> 8, item.from.type & 255] : (item.own as OwnGlobal).type;
      same = wanted === type! * 256 + mutable!;
    }
    if (!same) bad(`${what} has another type than the import asks for`);
  }

  /** New numbers: module by module, in the old order. */
  #numbered(kept: ReadonlyMap<string, unknown>): Map<string, number> {
    const order = [...this.#modules.keys()];
    const place = (key: string): [number, number] => {
      const cut = key.lastIndexOf(' ');
      return [order.indexOf(key.slice(0, cut)), Number(key.slice(cut + 1))];
    };
    const keys = [...kept.keys()].map((key) => [key, ...place(key)] as const);
    keys.sort(([, moduleA, a], [, moduleB, b]) => moduleA - moduleB || a - b);
    return new Map(keys.map(([key], i) => [key, i]));
  }

  /** Code with its indices as they are in the result. */
  #rewritten(
    { module, code, references }: Kept,
    functionOf: (module: string, index: number) => number,
    globalOf: (module: string, index: number) => number,
  ): Uint8Array {
    const out = new Writer();
    let at = 0;
    for (const { space, index, from, to } of references) {
      out.raw(code.subarray(at, from));
      if (space === 'type') out.s32(this.#typeId(module, index));
      else out.u32(space === 'function' ? functionOf(module, index) : globalOf(module, index));
      at = to;
    }
    return out.raw(code.subarray(at)).bytes();
  }

  #typeId(module: string, index: number): number {
    const type = this.#module(module).types[index] ?? bad(`'${module}' has no type ${index}`);
    const key = String(type);
    let id = this.#typeIds.get(key);
    if (id === undefined) {
      id = this.#types.push(type) - 1;
      this.#typeIds.set(key, id);
    }
    return id;
  }
}

/** References in the code of a function, behind its locals; or in an expression, that has none. */
function referencesIn(code: Uint8Array, locals?: 0): { references: Reference[]; touches: boolean } {
  const from = new Reader(code);
  const references: Reference[] = [];
  if (locals === undefined)
    for (let groups = from.u32(); groups > 0; groups--) {
      from.leb();
      from.skip(1);
    }
  const touches = scan(from, (space, index, start, to) => references.push({ space, index, from: start, to }));
  if (from.isMore) bad('there is more behind the end of a function');
  return { references, touches };
}
