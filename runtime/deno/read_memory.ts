/**
 * Memory that connections wait for bytes in.
 *
 * A pending read has its memory to itself, and an idle connection always has
 * one pending. So it is small, and cut from a slab that many share.
 *
 * @module
 */

/** Bytes that one connection waits with. */
const WAITING_SIZE = 512;
const SLAB_SIZE = 64 * 1024;

const free: Uint8Array[] = [];
let slab = new ArrayBuffer(0);
let used = 0;

/** Memory to wait with, until it is given back. */
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

/** Nothing reads into the memory any more. */
export function returnWaitingMemory(memory: Uint8Array): void {
  free.push(memory);
}
