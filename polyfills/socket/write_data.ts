/**
 * The data of a write: bytes, text, or several of them.
 *
 * @module
 */
import { Buffer } from "node:buffer";

/** A write that was buffered in the stream. */
export interface BufferedWrite {
  /** Bytes, or text. */
  readonly chunk: Uint8Array | string;
  /** Encoding of text. */
  readonly encoding: BufferEncoding;
}

/** The data of `_write` (which has an encoding) or of `_writev`. */
export type WriteData = Uint8Array | string | readonly BufferedWrite[];

/** The encoding under which a connection may take text, if it can. */
export function textKind(
  encoding: BufferEncoding,
): "utf8" | "latin1" | undefined {
  switch (encoding) {
    case "utf8":
    case "utf-8":
      return "utf8";
    case "latin1":
    case "binary":
    case "ascii":
      return "latin1";
    default:
      return undefined;
  }
}

/** The writes as bytes, without the empty ones. */
export function toChunks(writes: readonly BufferedWrite[]): Uint8Array[] {
  const chunks = new Array<Uint8Array>(writes.length);
  let count = 0;
  for (let i = 0; i < writes.length; i++) {
    const { chunk, encoding } = writes[i]!;
    if (chunk.length === 0) continue;
    chunks[count++] = typeof chunk === "string"
      ? Buffer.from(chunk, encoding)
      : chunk;
  }
  chunks.length = count;
  return chunks;
}

/** How many bytes a write has. */
export function byteLength(data: WriteData, encoding: BufferEncoding): number {
  if (typeof data === "string") return Buffer.byteLength(data, encoding);
  if (data instanceof Uint8Array) return data.length;
  let bytes = 0;
  for (const { chunk, encoding } of data) bytes += byteLength(chunk, encoding);
  return bytes;
}
