/**
 * Keys in typed arrays: comparing, searching and copying.
 *
 * A key is an unsigned integer of one or four 32-bit words, most significant word
 * first. The words are biased: their top bit is flipped. A signed comparison of
 * biased words, which is the fastest in all engines, gives the order of the
 * unsigned integers.
 *
 * @module
 */

/** How wide a key is, in 32-bit words. */
export type Width = 1 | 4;

/** Flips a word's top bit. */
export const BIAS: number = 1 << 31;

/** The index of the first key above `x` among the sorted keys `low` to `high`. */
export function rank32(
  keys: Int32Array,
  low: number,
  high: number,
  x: number,
): number {
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (keys[middle]! <= x) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** As {@linkcode rank32}, for keys of four words. */
export function rank128(
  keys: Int32Array,
  low: number,
  high: number,
  a: number,
  b: number,
  c: number,
  d: number,
): number {
  while (low < high) {
    const middle = (low + high) >>> 1;
    const word = keys[middle << 2]!;
    if (word < a || word === a && order128(keys, middle, a, b, c, d) <= 0) {
      low = middle + 1;
    } else high = middle;
  }
  return low;
}

/** Compares a key with an integer: below 0, 0 or above 0. */
export function order128(
  keys: Int32Array,
  index: number,
  a: number,
  b: number,
  c: number,
  d: number,
): number {
  const at = index << 2;
  let word = keys[at]!;
  if (word !== a) return word < a ? -1 : 1;
  word = keys[at + 1]!;
  if (word !== b) return word < b ? -1 : 1;
  word = keys[at + 2]!;
  if (word !== c) return word < c ? -1 : 1;
  word = keys[at + 3]!;
  return word < d ? -1 : word > d ? 1 : 0;
}

/** Compares two keys: below 0, 0 or above 0. */
export function compare(
  left: Int32Array,
  i: number,
  right: Int32Array,
  j: number,
  width: Width,
): number {
  for (let word = 0; word < width; word++) {
    const x = left[i * width + word]!;
    const y = right[j * width + word]!;
    if (x !== y) return x < y ? -1 : 1;
  }
  return 0;
}

/** Copy a key. Returns whether the target changed. */
export function copy(
  source: Int32Array,
  i: number,
  target: Int32Array,
  j: number,
  width: Width,
): boolean {
  let changed = false;
  for (let word = 0; word < width; word++) {
    const value = source[i * width + word]!;
    if (target[j * width + word] === value) continue;
    target[j * width + word] = value;
    changed = true;
  }
  return changed;
}

/** Copy the larger of two keys. Returns whether the target changed. */
export function copyLarger(
  left: Int32Array,
  i: number,
  right: Int32Array,
  j: number,
  target: Int32Array,
  k: number,
  width: Width,
): boolean {
  return compare(left, i, right, j, width) < 0
    ? copy(right, j, target, k, width)
    : copy(left, i, target, k, width);
}

/** Shift the keys from `start` to `end` by one place up or down. */
export function shift(
  keys: Int32Array,
  start: number,
  end: number,
  by: 1 | -1,
  width: Width,
): void {
  keys.copyWithin((start + by) * width, start * width, end * width);
}

/** A copy of an array with zeroes appended. */
export function longer(array: Int32Array, length: number): Int32Array {
  const grown = new Int32Array(length);
  grown.set(array);
  return grown;
}
