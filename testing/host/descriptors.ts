/**
 * The descriptors of a host: numbers, and not more than its limit.
 *
 * @module
 */

/** 0, 1 and 2 are taken. */
const FIRST = 3;

/** Gives out descriptors, the lowest free one first. */
export class Descriptors {
  /** How many can be open at a time. */
  limit: number;
  readonly #open = new Set<number>();
  readonly #waiting = new Set<() => void>();
  #lowest = FIRST;

  constructor(limit: number) {
    this.limit = limit;
  }

  /** How many are open. */
  get open(): number {
    return this.#open.size;
  }

  /** A descriptor; -1 if there is none left. */
  take(): number {
    if (this.#open.size >= this.limit) return -1;
    while (this.#open.has(this.#lowest)) this.#lowest++;
    this.#open.add(this.#lowest);
    return this.#lowest;
  }

  /** Give one back. */
  free(fd: number): void {
    if (!this.#open.delete(fd)) return;
    this.#lowest = Math.min(this.#lowest, fd);
    for (const call of [...this.#waiting]) {
      this.#waiting.delete(call);
      call();
    }
  }

  /** Call this once one is given back. */
  onceFree(call: () => void): void {
    this.#waiting.add(call);
  }
}
