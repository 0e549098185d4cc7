/**
 * Several chunks as few writes, for backends whose API takes one buffer at a
 * time.
 *
 * @module
 */

/** Chunks from this size on are written as they are: a copy costs more. */
const LARGE = 32 * 1024;
/** Size up to which small chunks are joined. */
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
  let size = 0;
  for (let i = 0; i < chunks.length; i++) {
    const { length } = chunks[i]!;
    if (size > 0 && (length >= LARGE || size + length > BATCH)) {
      joined.push(join(chunks, start, i, size));
      start = i;
      size = 0;
    }
    size += length;
  }
  if (size > 0) joined.push(join(chunks, start, chunks.length, size));
  return joined;
}

function join(
  chunks: readonly Uint8Array[],
  start: number,
  end: number,
  size: number,
): Uint8Array {
  if (end - start === 1) return chunks[start]!;
  const whole = new Uint8Array(size);
  let offset = 0;
  for (let i = start; i < end; i++) {
    whole.set(chunks[i]!, offset);
    offset += chunks[i]!.length;
  }
  return whole;
}
