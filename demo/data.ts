/**
 * The bytes of a transfer, which both ends can make, and their hash.
 *
 * @module
 */
import { createHash } from "node:crypto";

/** Bytes of one block. */
const BLOCK = 64 * 1024;
/** Bytes that go each way in a large transfer. */
export const TRANSFER: number = 32 * 1024 * 1024;

/**
 * Blocks of pseudo-random bytes. No two are equal, so that a block that is
 * lost, repeated or out of order changes the hash.
 *
 * @param seed Not zero; another seed gives other bytes.
 * @param total Bytes in all.
 */
export function* blocks(seed: number, total: number): Generator<Uint8Array> {
  const block = new Uint32Array(BLOCK / 4);
  let state = seed;
  for (let i = 0; i < block.length; i++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    block[i] = state;
  }
  for (let sent = 0; sent < total; sent += BLOCK) {
    block[0] = sent;
    yield new Uint8Array(block.buffer.slice(0, Math.min(BLOCK, total - sent)));
  }
}

/** SHA-256 of what {@linkcode blocks} gives, in hex digits. */
export function hashOfBlocks(seed: number, total: number): string {
  const hash = createHash("sha256");
  for (const block of blocks(seed, total)) hash.update(block);
  return hash.digest("hex");
}
