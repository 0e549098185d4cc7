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
 * @param join What joins them, given their size.
 * @returns The same bytes in the same order, in fewer pieces.
 */
export function batches(
  chunks: readonly Uint8Array[],
  join: (chunks: Uint8Array[], size: number) => Uint8Array = Buffer.concat,
): Uint8Array[] {
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
      : join(chunks.slice(start, end), size);
    if (piece.length > 0) joined.push(piece);
    start = end;
  }
  return joined;
}
