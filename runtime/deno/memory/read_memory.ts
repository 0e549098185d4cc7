/**
 * The memory that a connection reads into.
 *
 * An idle connection always has a read pending, and no two pending reads can
 * share their memory. So an idle one has little of it, cut from a slab that
 * many connections share. When that is full, more has usually arrived with it:
 * the rest is read at once, and all of it is handed out in one piece.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { copyOf, join, totalLength } from "../../common/bytes.ts";
import type { Resource } from "../resource/resource.ts";

/** Bytes for one idle connection. */
const WAITING_SIZE = 512;
const SLAB_SIZE = 64 * 1024;

/** What Node reads at once: a stream then holds as much as it is to hold. */
const WHOLE_READ = 64 * 1024;

/**
 * The reads that follow when the memory of an idle connection is full. The
 * first is small, because it stays pending if nothing more has arrived.
 */
const FOLLOWING_SIZES = [4 * 1024, WHOLE_READ - 4 * 1024 - WAITING_SIZE];

/** Sizes of the buffers of a connection on which more than that arrives. */
const SMALLEST_BUFFER = 32 * 1024;
const LARGEST_BUFFER = 256 * 1024;
/** A buffer with less room than this is not read into again. */
const MIN_ROOM = 4 * 1024;

const free: Uint8Array[] = [];
let slab = new ArrayBuffer(0);
let used = 0;

/** Take the memory for one pending read, until it is returned. */
function takeWaitingMemory(): Uint8Array {
  const returned = free.pop();
  if (returned !== undefined) return returned;
  if (used === slab.byteLength) {
    slab = new ArrayBuffer(SLAB_SIZE);
    used = 0;
  }
  const memory = new Uint8Array(slab, used, WAITING_SIZE);
  used += WAITING_SIZE;
  return memory;
}

/** For each of these sizes, a buffer in which nothing of value is. */
const scratch: (Uint8Array | undefined)[] = [];

/** What the memory of one connection is used for. */
export class ReadMemory {
  /** What an idle connection reads into; what arrives is copied from it. */
  #waiting: Uint8Array | null = null;
  /** What a busy one reads into; its parts are handed out, and used once. */
  #buffer: Uint8Array | null = null;
  #offset = 0;
  /** The size of the next buffer; 0 to wait. */
  #size = 0;
  /** What the pending read reads into: part of these, or the sink's. */
  #target: Uint8Array | null = null;
  #isTheirs = false;
  /** Whether the last read filled its memory, so that more may have arrived. */
  more = false;
  /**
   * How the last of the following reads came out: a pending read, 0 for the
   * end, or `null` if there is nothing to wait for.
   */
  following: Promise<number | null> | 0 | null = null;

  /**
   * The memory for the next read.
   *
   * @param theirs Memory of the sink, if it has any.
   */
  next(theirs: Uint8Array | undefined): Uint8Array {
    this.#isTheirs = theirs !== undefined && theirs.length > 0;
    if (this.#isTheirs) return this.#target = theirs!;
    if (this.#size === 0) {
      return this.#target = this.#waiting ??= takeWaitingMemory();
    }
    if (
      this.#buffer === null || this.#buffer.length - this.#offset < MIN_ROOM
    ) {
      this.#offset = 0;
      return this.#target = this.#buffer = Buffer.allocUnsafeSlow(this.#size);
    }
    return this.#target = this.#buffer.subarray(this.#offset);
  }

  /**
   * The bytes that were read, in memory that is the receiver's.
   *
   * @param resource What to read the rest of a segment from; `null` to leave it.
   */
  received(count: number, resource: Resource | null): Uint8Array {
    const target = this.#target!;
    this.following = null;
    this.more = count === target.length;
    if (target === this.#waiting) {
      return this.more && resource !== null
        ? this.#readOn(target, resource)
        : copyOf(target.subarray(0, count));
    }
    if (!this.#isTheirs) {
      this.#offset += count;
      if (this.more) {
        this.#size = LARGEST_BUFFER;
      } else if (count < this.#size / 8) {
        // Whoever keeps a few bytes must not keep a large buffer with them.
        this.#size = 0;
        this.#buffer = null;
      }
    }
    return this.more ? target : target.subarray(0, count);
  }

  /** Read what has arrived beyond the waiting memory, and hand it out whole. */
  #readOn(first: Uint8Array, resource: Resource): Uint8Array {
    const parts = [first];
    for (const [index, size] of FOLLOWING_SIZES.entries()) {
      const memory = scratch[index] ?? Buffer.allocUnsafeSlow(size);
      const read = resource.read(memory);
      const count = resource.doneAtOnce(read);
      if (count < 0) {
        // The pending read owns the memory now.
        scratch[index] = undefined;
        this.#target = this.#buffer = memory;
        this.#offset = 0;
        this.#isTheirs = false;
        this.#size = SMALLEST_BUFFER;
        this.following = read;
        break;
      }
      scratch[index] = memory;
      if (count === 0) {
        this.following = 0;
        break;
      }
      parts.push(memory.subarray(0, count));
      this.more = count === size;
      if (!this.more) break;
      if (index === FOLLOWING_SIZES.length - 1) this.#size = LARGEST_BUFFER;
    }
    return join(parts, totalLength(parts));
  }

  /** Give the memory back. No read may be pending. */
  drop(): void {
    if (this.#waiting !== null) free.push(this.#waiting);
    this.#waiting = this.#buffer = this.#target = null;
  }
}
