/**
 * What a stream hands down to be written: bytes, text, or several of them.
 *
 * @module
 */
import { Buffer } from "node:buffer";

/** A write that waited in the stream. */
export interface BufferedWrite {
  /** Bytes, or text. */
  readonly chunk: Uint8Array | string;
  /** Encoding of text. */
  readonly encoding: BufferEncoding;
}

/** What `_write` (with an encoding) or `_writev` is given. */
export type WriteData = Uint8Array | string | readonly BufferedWrite[];

/** Encodings that a connection may take as text. */
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

/** The bytes of each write, without the empty ones. */
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

/** Bytes that these writes come to. */
export function byteLength(data: WriteData, encoding: BufferEncoding): number {
  if (typeof data === "string") return Buffer.byteLength(data, encoding);
  if (data instanceof Uint8Array) return data.length;
  let bytes = 0;
  for (const { chunk, encoding } of data) bytes += byteLength(chunk, encoding);
  return bytes;
}
