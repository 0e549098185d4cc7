/**
 * Bytes to send, and a way to compare them.
 *
 * @module
 */
import { createHash } from "node:crypto";

/** Text as UTF-8. */
export function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** A prime: no chunk that is lost or moved has the length of whole periods. */
const PERIOD_WORDS = 65_521;

/** Bytes that differ from place to place, the same at each run. */
export function pattern(size: number, seed = 1): Uint8Array {
  const words = new Uint32Array(Math.ceil(size / 4));
  const first = Math.min(words.length, PERIOD_WORDS);
  let state = seed;
  for (let i = 0; i < first; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    words[i] = state ^ (state >>> 15);
  }
  for (let done = first; done < words.length; done *= 2) {
    words.copyWithin(done, 0, done);
  }
  return new Uint8Array(words.buffer, 0, size);
}

/** SHA-256 of these chunks, one after the other. */
export function hash(...chunks: Uint8Array[]): string {
  const digest = createHash("sha256");
  for (const chunk of chunks) digest.update(chunk);
  return digest.digest("hex");
}
