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

/** The same, of text. */
interface BufferedText extends BufferedWrite {
  readonly chunk: string;
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

/** Text of one or several writes. */
export interface Text {
  readonly text: string;
  readonly encoding: "utf8" | "latin1";
}

/**
 * The writes as one text, if they are nothing else and its bytes are theirs: to
 * encode it at once costs less than to encode its parts and to join them.
 */
export function toText(writes: readonly BufferedWrite[]): Text | undefined {
  let encoding: "utf8" | "latin1" | undefined;
  for (let i = 0; i < writes.length; i++) {
    const { chunk, encoding: given } = writes[i]!;
    const kind = textKind(given);
    if (typeof chunk !== "string" || kind === undefined) return;
    if (chunk.length > 0 && encoding !== "utf8") encoding = kind;
  }
  if (encoding === undefined) return;
  let text = "";
  let last = "";
  for (let i = 0; i < writes.length; i++) {
    const { chunk, encoding: given } = writes[i]! as BufferedText;
    if (chunk.length === 0) continue;
    if (encoding === "utf8" && endsWithin(last)) return;
    if (textKind(given) !== encoding && !isAscii(chunk)) return;
    text += last = chunk;
  }
  return { text, encoding };
}

/** Whether the text ends with the first half of a character. */
function endsWithin(text: string): boolean {
  const code = text.charCodeAt(text.length - 1);
  return code >= 0xd800 && code < 0xdc00;
}

/** Whether the text has the same bytes in UTF-8 and in latin1. */
function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    if (text.charCodeAt(i) > 0x7f) return false;
  }
  return true;
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
