/**
 * Says of sorted keys where those are that begin as an integer does.
 *
 * For each value of some bits, the leading ones behind all that the keys have
 * in common, a slot has the position where keys with this or a greater value
 * begin. There are one to two slots for a key, of 4 bytes: where keys lie
 * evenly, what is left to search is a key or two. It has to be filled anew when
 * the keys have changed.
 *
 * @module
 */
import { BIAS, type Width } from "./sorted_keys.ts";

const EMPTY = new Int32Array(0);

/** See the module. Keys and integers are those of `sorted_keys.ts`. */
export class EntryIndex {
  #slots: Int32Array = EMPTY;
  /** How many slots are filled. */
  #filled = 0;
  /** The position behind the last key. */
  #behind = 0;
  #width: Width = 1;
  /** The word in which the bits begin, and how many of its bits they skip. */
  #word = 0;
  #skip = 0;
  /** How many of the next 32 bits they leave off. */
  #drop = 0;

  /**
   * Forget everything, and make room.
   *
   * @param count For how many keys, at least one.
   * @param lowest The lowest of the keys and of the integers to ask for. Of
   * what is beyond these two, the answers mean nothing.
   * @param highest The highest of them.
   * @param width How wide they are, in 32-bit words.
   */
  reset(
    count: number,
    lowest: Int32Array,
    highest: Int32Array,
    width: Width,
  ): void {
    let word = 0;
    let differing = 0;
    for (; word < width; word++) {
      differing = lowest[word]! ^ highest[word]!;
      if (differing !== 0) break;
    }
    this.#width = width;
    this.#word = Math.min(word, width - 1);
    this.#skip = Math.min(Math.clz32(differing), 31);
    this.#drop = Math.clz32(count);
    const slots = 2 ** (32 - this.#drop) + 1;
    if (this.#slots.length !== slots) this.#slots = new Int32Array(slots);
    this.#filled = 0;
    this.#behind = 0;
  }

  /**
   * Put in a key, not below the one before.
   *
   * @param keys Where it lies, at `i`.
   * @param behind The position behind it.
   */
  put(keys: Int32Array, i: number, behind: number): void {
    const at = i * this.#width + this.#word;
    const lower = this.#word + 1 < this.#width ? keys[at + 1]! : BIAS;
    this.#fill(this.#bits(keys[at]!, lower));
    this.#behind = behind;
  }

  /** Say that all keys are in. */
  finish(): void {
    this.#fill(this.#slots.length - 1);
  }

  /** The slot of an integer of one word: its bits. */
  slot32(x: number): number {
    return (x ^ BIAS) << this.#skip >>> this.#drop;
  }

  /** The slot of an integer of four words. */
  slot128(a: number, b: number, c: number, d: number): number {
    const word = this.#word;
    const upper = word === 0 ? a : word === 1 ? b : word === 2 ? c : d;
    const lower = word === 0 ? b : word === 1 ? c : word === 2 ? d : BIAS;
    return this.#bits(upper, lower);
  }

  /**
   * The position where keys with the bits of this slot begin: the one behind
   * the last key before them, or 0. They end where those of the next slot begin.
   */
  at(slot: number): number {
    return this.#slots[slot]!;
  }

  /** Let the memory go. */
  clear(): void {
    this.#slots = EMPTY;
  }

  #fill(slot: number): void {
    const slots = this.#slots;
    while (this.#filled <= slot) slots[this.#filled++] = this.#behind;
  }

  #bits(upper: number, lower: number): number {
    const skip = this.#skip;
    const bits = (upper ^ BIAS) << skip | (lower ^ BIAS) >>> 1 >>> (31 - skip);
    return bits >>> this.#drop;
  }
}
