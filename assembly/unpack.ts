// A module of its own, of some 150 bytes, which turns the text in src/wasm/core.bytes.ts into the bytes of the core: in JavaScript
// that takes 3 ms of the first start, because nothing is optimised yet, and here 0.2.

const START: usize = 256; // below it the bytes in the order of inGroups()

/** The text lies at START; so do the bytes afterwards, for none is written before it is read. */
export function unpack(length: usize): void {
  let at = START;
  for (let to = START; to < START + length; to++) {
    let code = <u32>load<u8>(at++);
    let group: u32 = 0;
    if (code == 33 || code == 35) { // ! and #
      group = code == 33 ? 86 : 172;
      code = load<u8>(at++);
    }
    store<u8>(to, load<u8>(group + code - (code < 92 ? 40 : 41)));
  }
}
