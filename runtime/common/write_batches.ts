/**
 * Joins several chunks into few, for a backend whose API writes one buffer at a
 * time.
 *
 * @module
 */
import { Buffer } from "node:buffer";

/** Chunks of this size or more are not copied: a write of its own costs less. */
const LARGE = 32 * 1024;
/** Largest size of several chunks joined. */
const BATCH = 64 * 1024;

/**
 * Join runs of small chunks; leave large ones alone; drop empty ones.
 *
 * @param chunks Bytes in the order to be written.
 * @returns The same bytes in the same order, in fewer pieces.
 */
export function batches(chunks: readonly Uint8Array[]): Uint8Array[] {
  const joined: Uint8Array[] = [];
  let start = 0;
  while (start < chunks.length) {
    let end = start;
    let size = 0;
    while (end < chunks.length) {
      const { length } = chunks[end]!;
      if (length >= LARGE || size + length > BATCH) break;
      size += length;
      end++;
    }
    end = Math.max(end, start + 1);
    const piece = end - start === 1
      ? chunks[start]!
      : Buffer.concat(chunks.slice(start, end), size);
    if (piece.length > 0) joined.push(piece);
    start = end;
  }
  return joined;
}

/** Bytes in all of the chunks. */
export function totalLength(chunks: readonly Uint8Array[]): number {
  let size = 0;
  for (const { byteLength } of chunks) size += byteLength;
  return size;
}
