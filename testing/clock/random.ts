/**
 * Numbers that look random, and are the same for the same seed everywhere.
 *
 * @module
 */

/** A 32-bit hash of a text (FNV-1a). */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) {
    hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  }
  return hash >>> 0;
}

/** A stream of random numbers (Mulberry32, 32 bits of state). */
export class Random {
  readonly #seed: number;
  #state: number;

  /** The same seed gives the same numbers. */
  constructor(seed: number) {
    // The low half and the high half of a large seed both count.
    this.#seed = (seed ^ Math.floor(seed / 2 ** 32)) >>> 0;
    this.#state = Math.imul(this.#seed, 0x9e3779b1) >>> 0;
  }

  /** Another stream of the same seed; what one draws changes no other. */
  fork(name: string): Random {
    return new Random((this.#seed ^ hashOf(name)) >>> 0);
  }

  /** From 0 up to 1, without 1. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** A whole number from `low` to `high`, both included. */
  integer(low: number, high: number): number {
    return low + Math.floor(this.next() * (high - low + 1));
  }

  /** One of these. */
  pick<T>(choices: readonly T[]): T {
    return choices[Math.floor(this.next() * choices.length)]!;
  }
}
