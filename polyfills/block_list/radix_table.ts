/**
 * Narrows a search among sorted keys to those with the same leading bits.
 *
 * The leading bits that all keys have in common are skipped. For each value of
 * the next few bits, a slot of the table holds the position where keys with that
 * value begin. A table has one to two slots per key, of 4 bytes each, so that
 * among evenly distributed keys only one or two are left to search. It has to be
 * filled again after the keys have changed.
 *
 * @module
 */
import { BIAS, type Width } from "./sorted_keys.ts";

const EMPTY = new Int32Array(0);

/** See the module. Keys and integers are as in `sorted_keys.ts`. */
export class RadixTable {
  #slots: Int32Array = EMPTY;
  /** How many slots have been filled. */
  #filled = 0;
  /** The position after the last key. */
  #next = 0;
  #width: Width = 1;
  /** The word in which the bits of a slot begin. */
  #word = 0;
  /** How many bits of that word are skipped. */
  #skip = 0;
  /** How many of the 32 bits that follow are dropped from the low end. */
  #drop = 0;

  /**
   * Remove all keys and make room for new ones.
   *
   * @param count The number of keys to come, at least 1.
   * @param lowest The lowest of the keys and of the integers to be looked up.
   * For integers outside `lowest` to `highest` the slots are meaningless.
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
    this.#next = 0;
  }

  /**
   * Append a key, which must not be below the one before.
   *
   * @param keys Holds the key.
   * @param i The key's index in `keys`.
   * @param next The position after the key.
   */
  append(keys: Int32Array, i: number, next: number): void {
    const at = i * this.#width + this.#word;
    const lower = this.#word + 1 < this.#width ? keys[at + 1]! : BIAS;
    this.#fill(this.#bits(keys[at]!, lower));
    this.#next = next;
  }

  /** Fill the rest of the slots, after the last key. */
  finish(): void {
    this.#fill(this.#slots.length - 1);
  }

  /** The slot of an integer of one word. */
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
   * The position where the keys of a slot begin: after the last key of all slots
   * before it, or 0. They end where the keys of the next slot begin.
   */
  at(slot: number): number {
    return this.#slots[slot]!;
  }

  /** Free the memory. */
  clear(): void {
    this.#slots = EMPTY;
  }

  /** Let all slots up to this one begin at the present position. */
  #fill(slot: number): void {
    const slots = this.#slots;
    while (this.#filled <= slot) slots[this.#filled++] = this.#next;
  }

  /** The bits that are a slot's number, from the word they begin in and the next. */
  #bits(upper: number, lower: number): number {
    const skip = this.#skip;
    const bits = (upper ^ BIAS) << skip | (lower ^ BIAS) >>> 1 >>> (31 - skip);
    return bits >>> this.#drop;
  }
}
