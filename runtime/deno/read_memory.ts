/**
 * The memory that idle connections read into.
 *
 * An idle connection always has a read pending, and no two pending reads can
 * share their memory. So each has little of it, cut from a slab that many
 * connections share.
 *
 * @module
 */

/** Bytes for one connection. */
const WAITING_SIZE = 512;
const SLAB_SIZE = 64 * 1024;

const free: Uint8Array[] = [];
let slab = new ArrayBuffer(0);
let used = 0;

/** Take the memory for one pending read, until it is returned. */
export function takeWaitingMemory(): Uint8Array {
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

/** Return memory that nothing reads into any more. */
export function returnWaitingMemory(memory: Uint8Array): void {
  free.push(memory);
}
