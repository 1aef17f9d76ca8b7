/** A growing list of 32-bit words: what the layout writes whose length it cannot know beforehand. */
export interface Words {
  data: Int32Array;
  size: number;
}

export function words(capacity = 64): Words {
  return { data: new Int32Array(capacity), size: 0 };
}

/** Room for `extra` more words behind `size`. */
export function reserve(list: Words, extra: number): void {
  const need = list.size + extra;
  if (need <= list.data.length) return;
  const data = new Int32Array(Math.max(need, 2 * list.data.length));
  data.set(list.data.subarray(0, list.size));
  list.data = data;
}

export function push(list: Words, word: number): void {
  if (list.size === list.data.length) reserve(list, 1);
  list.data[list.size++] = word;
}

/** The words written, in an array of their own length. */
export function taken({ data, size }: Words): Int32Array {
  return size === data.length ? data : data.slice(0, size);
}
