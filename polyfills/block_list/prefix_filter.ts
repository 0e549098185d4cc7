/**
 * Rules out, by one bit, most integers that no interval of a set holds.
 *
 * The bits stand for equal slices of the space between the lowest and the
 * highest of the set's integers, told apart by the leading 32 bits of these. A
 * slice's bit is set if an interval may reach into it. What is removed leaves
 * its bits behind; when the set has changed by as much as it held, or reaches
 * beyond that space, the filter is stale and has to be filled anew. It takes 2
 * to 4 bytes for an interval.
 *
 * @module
 */

/** The fewest intervals to make room for. */
const LEAST = 64;

/** See the module. Words are the leading 32 bits of integers, unbiased. */
export class PrefixFilter {
  #bits: Int32Array = new Int32Array(1);
  // What all words have in common, and where the bits that count lie behind it.
  #prefix = 0;
  #mask = 0;
  #skip = 0;
  #drop = 0;
  /** How many changes until the filter is stale. */
  #left = 0;

  /** Whether it has to be filled anew before it can be asked. */
  get isStale(): boolean {
    return this.#left === 0;
  }

  /** Whether an interval may hold an integer that begins with this word. */
  mayHold(word: number): boolean {
    if (((word ^ this.#prefix) & this.#mask) !== 0) return false;
    const slot = word << this.#skip >>> this.#drop;
    return (this.#bits[slot >>> 5]! >>> slot & 1) !== 0;
  }

  /**
   * Forget everything, and make room.
   *
   * @param count For how many intervals.
   * @param lowest With what the lowest of their integers begins.
   * @param highest With what the highest of their integers begins.
   */
  reset(count: number, lowest: number, highest: number): void {
    this.#left = Math.max(count, LEAST);
    // Sixteen to 32 bits an interval.
    this.#drop = Math.clz32(this.#left) - 4;
    this.#bits = new Int32Array(1 << (27 - this.#drop));
    this.#skip = Math.min(Math.clz32(lowest ^ highest), 31);
    this.#mask = ~(-1 >>> this.#skip);
    this.#prefix = lowest & this.#mask;
  }

  /** Set the bits of an interval. */
  mark(start: number, end: number): void {
    const bits = this.#bits;
    const first = start << this.#skip >>> this.#drop;
    const last = end << this.#skip >>> this.#drop;
    const from = first >>> 5;
    const to = last >>> 5;
    // Shifts count modulo 32.
    const head = -1 << first;
    const tail = -1 >>> (31 - last);
    if (from === to) bits[from]! |= head & tail;
    else {
      bits[from]! |= head;
      bits.fill(-1, from + 1, to);
      bits[to]! |= tail;
    }
  }

  /** Take note of an interval that the set has now. */
  add(start: number, end: number): void {
    if (this.#left === 0) return;
    const stray = ((start ^ this.#prefix) | (end ^ this.#prefix)) & this.#mask;
    this.#left = stray === 0 ? this.#left - 1 : 0;
    if (this.#left > 0) this.mark(start, end);
  }

  /** Take note of an interval that the set has no longer. */
  remove(): void {
    if (this.#left > 0) this.#left--;
  }

  /** Be stale, and let the memory go. */
  clear(): void {
    this.#bits = new Int32Array(1);
    this.#left = 0;
  }
}
