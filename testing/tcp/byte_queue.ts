/**
 * Bytes that wait: put in at one end, taken out at the other.
 *
 * @module
 */

const SMALLEST = 256;

/** A queue of bytes in one piece of memory that grows as it must. */
export class ByteQueue {
  #memory: Uint8Array = new Uint8Array(0);
  #start = 0;
  #length = 0;

  /** How many bytes wait. */
  get length(): number {
    return this.#length;
  }

  /** Put bytes in; they are copied. */
  push(bytes: Uint8Array): void {
    const needed = this.#length + bytes.length;
    if (this.#start + needed > this.#memory.length) this.#makeRoom(needed);
    this.#memory.set(bytes, this.#start + this.#length);
    this.#length = needed;
  }

  #makeRoom(needed: number): void {
    const waiting = this.#memory.subarray(
      this.#start,
      this.#start + this.#length,
    );
    if (needed * 2 <= this.#memory.length) {
      this.#memory.copyWithin(0, this.#start, this.#start + this.#length);
    } else {
      this.#memory = new Uint8Array(Math.max(SMALLEST, needed * 2));
      this.#memory.set(waiting);
    }
    this.#start = 0;
  }

  /** A copy of `size` bytes, `offset` bytes behind the first. */
  peek(offset: number, size: number): Uint8Array {
    const from = this.#start + offset;
    return this.#memory.slice(from, from + size);
  }

  /** Let go of the first bytes. */
  drop(size: number): void {
    this.#length -= size;
    this.#start = this.#length === 0 ? 0 : this.#start + size;
  }

  /** Take out up to `size` bytes, into `memory` if there is some. */
  take(size: number, memory?: Uint8Array): Uint8Array {
    const count = Math.min(size, this.#length, memory?.length ?? Infinity);
    if (!memory) {
      const bytes = this.peek(0, count);
      this.drop(count);
      return bytes;
    }
    memory.set(this.#memory.subarray(this.#start, this.#start + count));
    this.drop(count);
    return memory.subarray(0, count);
  }

  /** Let go of everything. */
  clear(): void {
    this.drop(this.#length);
  }
}
