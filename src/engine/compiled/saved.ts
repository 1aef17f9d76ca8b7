/**
 * Generated code as bytes, to be kept by whoever runs the programs again.
 *
 *     'wgtc' │ version │ stamp of the core │ check │ for each module: how many lists its key has, room │ the lists │ the module
 *
 * The check is over everything behind it. Code works on the memory of the core and calls it, so only that of the same core and
 * the same way of generating is taken; which program a module is for its key says, word by word (cache.ts).
 */
import { fail } from '../../errors.ts';
import { text } from '../../wasm/core.bytes.ts';
import { all, isKnown, KIND, type Key, keep, type Made } from './cache.ts';
import { hasRelaxed } from './contract.ts';

/** Raised whenever a module generated before would not do any more; a test knows what is generated. */
export const CODE_VERSION = 2;

const MAGIC = 0x63746777; // 'wgtc'
const CHECKED = 20; // bytes: magic, version, stamp, two checks; from here on all is checked
const HEADER = CHECKED + 4; // and how many modules there are

/**
 * All code generated so far in this process, for every program and every choice of lengths: give it to {@link loadCode} where
 * the same programs run again, and nothing is generated there. Programs generate code after some calls, or at once with
 * `engine: 'compiled'`.
 *
 * @returns bytes, for the same version of wengert. O(code)
 *
 * @example
 * import { compile, loadCode, saveCode, scalar } from 'wengert';
 * const build = () => compile({ x: scalar }, ({ x }) => x.exp().mul(x), { engine: 'compiled' });
 * build();
 * const bytes = saveCode(); // to be written to a file, say
 * loadCode(bytes); // in another process; how many modules there are
 * build().gradient({ x: 0 }).gradient.x; // 1
 */
export function saveCode(): Uint8Array<ArrayBuffer> {
  const modules = [...all()];
  const size = (key: Key): number => key.reduce((sum, list) => sum + 4 + 4 * list.length, 0);
  const length = modules.reduce((sum, { key, bytes }) => sum + 12 + size(key) + padded(bytes.length), HEADER);
  const result = new Uint8Array(length);
  const view = new DataView(result.buffer);
  let at = HEADER;
  const word = (x: number): void => {
    view.setInt32(at, x, true);
    at += 4;
  };
  for (const { key, bytes, room } of modules) {
    for (const x of [key.length, room, bytes.length]) word(x);
    for (const list of key) {
      word(list.length);
      list.forEach(word);
    }
    result.set(bytes, at);
    at += padded(bytes.length);
  }
  view.setInt32(CHECKED, modules.length, true);
  return sealed(result);
}

/** With its header. @internal */
export function sealed(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const view = new DataView(bytes.buffer);
  [MAGIC, CODE_VERSION, stamp(), ...checks(bytes)].forEach((x, i) => {
    view.setInt32(4 * i, x, true);
  });
  return bytes;
}

/**
 * Takes code that {@link saveCode} gave: programs of the same tape that are compiled from now on have it at once. All others
 * generate theirs, as always. O(code)
 *
 * @returns how many modules there are
 * @throws BadModule for bytes that are not all there, that were changed, or of another version of wengert: then none is taken;
 *   WrongType
 *
 * @example
 * import { loadCode, saveCode } from 'wengert';
 * loadCode(saveCode()) >= 0; // true
 */
export function loadCode(bytes: Uint8Array): number {
  if (!(bytes instanceof Uint8Array)) fail('WrongType', 'loadCode: expected the Uint8Array that saveCode gave');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < HEADER || view.getInt32(0, true) !== MAGIC) fail('BadModule', 'loadCode: this is no saved code of wengert');
  if (view.getInt32(4, true) !== CODE_VERSION || view.getInt32(8, true) !== stamp())
    fail('BadModule', 'loadCode: the code was saved by another version of wengert; save it again with this one');
  const [first, second] = checks(bytes);
  if (view.getInt32(12, true) !== first || view.getInt32(16, true) !== second)
    fail('BadModule', 'loadCode: the code is cut short, or was changed since it was saved');
  const modules = read(bytes, view);
  for (const one of modules) if (!isKnown(() => one.key)) keep(one.key, one);
  return modules.length;
}

/** @throws BadModule */
function read(bytes: Uint8Array, view: DataView): (Made & { readonly key: Key })[] {
  let at = CHECKED;
  const word = (): number => {
    at += 4;
    return view.getInt32(at - 4, true);
  };
  try {
    return Array.from({ length: word() }, () => {
      const [lists, room, length] = [word(), word(), word()];
      const key = Array.from({ length: lists }, () => Int32Array.from({ length: word() }, word));
      const module = bytes.slice(at, at + length);
      at += padded(length);
      if (typeof WebAssembly !== 'undefined' && isForHere(key) && !WebAssembly.validate(module))
        fail('BadModule', 'loadCode: it holds code that this runtime does not take');
      return { key, bytes: module, room };
    });
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause; // beyond the end
    return fail('BadModule', 'loadCode: its lengths are not those of saved code');
  }
}

/** Contracted code is not asked for where there is no relaxed SIMD. */
const isForHere = ([head]: Key): boolean => (head?.[0] !== KIND.relaxedFlat && head?.[0] !== KIND.relaxedLoops) || hasRelaxed();

const padded = (bytes: number): number => (bytes + 3) & ~3;

/** Of the core that this code calls. */
let known: number | undefined;
function stamp(): number {
  if (known !== undefined) return known;
  let h = 0;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  return (known = h | 0);
}

/** Two sums of all that follows them (FNV-1a with two primes, words at a time): what changes by chance does not keep both. */
function checks(bytes: Uint8Array): [number, number] {
  let [a, b] = [bytes.length | 0, ~bytes.length];
  for (let i = CHECKED; i < bytes.length; i++) {
    a = Math.imul(a ^ bytes[i]!, 0x01000193);
    b = Math.imul(b ^ bytes[i]!, 0x85ebca6b) ^ (b >>> 15);
  }
  return [a | 0, b | 0];
}
