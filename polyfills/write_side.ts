/**
 * The writing half of a socket: what the stream hands down, to a connection.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import type { Connection, WriteResult } from "../runtime/adapter.ts";
import { systemError } from "../runtime/errors.ts";

/** Called when a write, or the end, is done or has failed. */
export type WriteCallback = (error?: Error | null) => void;

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
function textKind(encoding: BufferEncoding): "utf8" | "latin1" | undefined {
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

function toBytes(
  chunk: Uint8Array | string,
  encoding: BufferEncoding,
): Uint8Array {
  return typeof chunk === "string" ? Buffer.from(chunk, encoding) : chunk;
}

/** Bytes that these writes come to. */
export function byteLength(data: WriteData, encoding: BufferEncoding): number {
  if (typeof data === "string") return Buffer.byteLength(data, encoding);
  if (data instanceof Uint8Array) return data.length;
  let bytes = 0;
  for (const { chunk, encoding } of data) bytes += byteLength(chunk, encoding);
  return bytes;
}

/** Writes to one connection after the other. */
export class WriteSide {
  #connection: Connection | null = null;
  #pending: WriteCallback | null = null;
  #ending: WriteCallback | null = null;
  #queued = 0;
  /** Whether the connection leaves counting to this side. */
  #counts = true;
  /** Counted here, or told by a connection that is gone. */
  #bytes = 0;

  /** Bytes handed to the present connection. */
  get bytes(): number {
    return this.#connection?.bytesWritten ?? this.#bytes;
  }

  /** A connect begins: count anew. */
  reset(): void {
    this.#bytes = 0;
  }

  /** From here on, write to this connection. */
  attach(connection: Connection): void {
    this.#connection = connection;
    this.#counts = connection.bytesWritten === undefined;
  }

  /** The connection is going; {@linkcode settle} follows. */
  detach(): void {
    this.#bytes = this.bytes;
    this.#connection = null;
  }

  /** Send what the stream hands down; one write at a time. */
  write(
    data: WriteData,
    encoding: BufferEncoding,
    callback: WriteCallback,
  ): void {
    const connection = this.#connection!;
    const result = typeof data === "string"
      ? this.#writeText(connection, data, encoding)
      : data instanceof Uint8Array
      ? this.#writeBytes(connection, data)
      : this.#writeAll(connection, data);
    if (result === true) {
      callback();
    } else if (result === false) {
      this.#pending = callback;
      this.#queued = connection.writeQueueSize;
    } else {
      callback(result);
    }
  }

  /** The write under way is done, or has failed. */
  onWrite(error: Error | null): void {
    const callback = this.#pending;
    this.#pending = null;
    this.#queued = 0;
    callback?.(error);
  }

  /** Send a FIN. */
  end(callback: WriteCallback): void {
    this.#ending = callback;
    this.#connection!.shutdown();
  }

  /**
   * The FIN is sent, or could not be: then the peer is gone, and reading or
   * writing tells why.
   */
  onShutdown(): void {
    const callback = this.#ending;
    this.#ending = null;
    callback?.();
  }

  /** The descriptor is closed: what is still owed will never come. */
  settle(): void {
    if (this.#pending) this.onWrite(systemError("ECANCELED", "write"));
    this.onShutdown();
  }

  /** Whether a slow write got on since it was asked last. */
  progressed(): boolean {
    if (this.#queued === 0) return false;
    const before = this.#queued;
    this.#queued = this.#connection?.writeQueueSize ?? 0;
    return this.#queued !== before;
  }

  #writeBytes(connection: Connection, data: Uint8Array): WriteResult {
    if (data.length === 0) return true;
    return this.#count(connection.write(data), data.length);
  }

  #writeText(
    connection: Connection,
    text: string,
    encoding: BufferEncoding,
  ): WriteResult {
    const kind = connection.writeText && textKind(encoding);
    if (!kind || text.length === 0) {
      return this.#writeBytes(connection, Buffer.from(text, encoding));
    }
    const result = connection.writeText!(text, kind);
    return this.#counts ? this.#count(result, byteLength(text, kind)) : result;
  }

  #writeAll(
    connection: Connection,
    writes: readonly BufferedWrite[],
  ): WriteResult {
    const chunks: Uint8Array[] = [];
    let size = 0;
    for (let i = 0; i < writes.length; i++) {
      const { chunk, encoding } = writes[i]!;
      if (chunk.length === 0) continue;
      const bytes = toBytes(chunk, encoding);
      size += bytes.length;
      chunks.push(bytes);
    }
    if (chunks.length === 0) return true;
    return this.#count(connection.writev(chunks), size);
  }

  /** Bytes count as dispatched unless the write failed at once. */
  #count(result: WriteResult, size: number): WriteResult {
    if (typeof result === "boolean") this.#bytes += size;
    return result;
  }
}
