/**
 * Rules out most integers that no interval of a set contains, with one bit.
 *
 * Each bit stands for an equal slice of the space between the lowest and the
 * highest integer of the set, and only the leading 32 bits of integers count. A
 * slice's bit is set if an interval may reach into it. Removing an interval does
 * not clear its bits. The filter becomes stale, and has to be filled again, after
 * as many changes as there were intervals, or when an interval outside the space
 * is added. It takes 2 to 4 bytes per interval.
 *
 * @module
 */

/** Room is made for at least this many intervals. */
const LEAST = 64;

/** See the module. Words are the leading 32 bits of integers, not biased. */
export class PrefixFilter {
  #bits: Int32Array = new Int32Array(1);
  /** The leading bits that all words have in common. */
  #prefix = 0;
  /** Selects these bits. */
  #mask = 0;
  /** How many they are. */
  #skip = 0;
  /** How many bits after the skipped ones are dropped from the low end. */
  #drop = 0;
  /** How many changes are left until the filter is stale. */
  #left = 0;

  /** Whether it has to be filled again before it can be used. */
  get isStale(): boolean {
    return this.#left === 0;
  }

  /** Whether an interval may contain an integer that begins with this word. */
  mayHold(word: number): boolean {
    if (((word ^ this.#prefix) & this.#mask) !== 0) return false;
    const slot = word << this.#skip >>> this.#drop;
    return (this.#bits[slot >>> 5]! >>> slot & 1) !== 0;
  }

  /**
   * Clear all bits and make room for new intervals.
   *
   * @param count The number of intervals.
   * @param lowest The first word of their lowest integer.
   * @param highest The first word of their highest integer.
   */
  reset(count: number, lowest: number, highest: number): void {
    this.#left = Math.max(count, LEAST);
    // 16 to 32 bits per interval.
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

  /** An interval was added to the set. */
  add(start: number, end: number): void {
    if (this.#left === 0) return;
    const stray = ((start ^ this.#prefix) | (end ^ this.#prefix)) & this.#mask;
    this.#left = stray === 0 ? this.#left - 1 : 0;
    if (this.#left > 0) this.mark(start, end);
  }

  /** An interval was removed from the set. */
  remove(): void {
    if (this.#left > 0) this.#left--;
  }

  /** Make the filter stale and free its memory. */
  clear(): void {
    this.#bits = new Int32Array(1);
    this.#left = 0;
  }
}
