/**
 * A socket's end of its connection. What arrives goes into the stream, or into
 * the memory of the `onread` option; what the stream hands down goes out.
 *
 * One object for both directions, and for all that a connection tells: every
 * socket has one, and an idle one has little else.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import type {
  Connection,
  ConnectionSink,
  WriteResult,
} from "../../runtime/adapter.ts";
import { systemError } from "../../runtime/errors.ts";
import type { UserBuffer } from "./onread.ts";
import {
  byteLength,
  textKind,
  toChunks,
  type WriteData,
} from "./write_data.ts";

/** Called when a write, or the end, is done or has failed. */
export type WriteCallback = (error?: Error | null) => void;

/** The socket, as its link sees it. */
interface LinkedSocket {
  readonly destroyed: boolean;
  push(chunk: Uint8Array | null): boolean;
  read(size: number): unknown;
  destroy(error: Error): unknown;
  emit(event: "close", hadError: boolean): boolean;
  /** Something happened; refreshes the idle timer. */
  _unrefTimer(): void;
}

function asBuffer(chunk: Uint8Array): Buffer {
  return chunk instanceof Buffer
    ? chunk
    : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
}

/** Links a socket to one connection after the other. */
export class ConnectionEnd implements ConnectionSink {
  readonly #socket: LinkedSocket;
  readonly #userBuffer: UserBuffer | undefined;
  #connection: Connection | null = null;
  /** Whether the socket was destroyed with an error. */
  #hadError = false;

  #reading = false;
  #bytesRead = 0;

  #pending: WriteCallback | null = null;
  #ending: WriteCallback | null = null;
  #queued = 0;
  /** Counted here, or told by a connection that is gone. */
  #bytesWritten = 0;

  constructor(socket: LinkedSocket, userBuffer: UserBuffer | undefined) {
    this.#socket = socket;
    this.#userBuffer = userBuffer;
  }

  /** What it links to now. */
  get connection(): Connection | null {
    return this.#connection;
  }

  /** Bytes received from the present connection. */
  get bytesRead(): number {
    return this.#bytesRead;
  }

  /** Bytes handed to the present connection. */
  get bytesWritten(): number {
    return this.#connection?.bytesWritten ?? this.#bytesWritten;
  }

  /** A connect begins: count anew, ask for the first memory. */
  reset(): void {
    this.#bytesRead = this.#bytesWritten = 0;
    this.#userBuffer?.prepare();
  }

  /** From here on, this connection; it is read once {@linkcode start}ed. */
  attach(connection: Connection): void {
    this.#connection = connection;
    // A handle that a caller made up may know less than a connection.
    connection.attach?.(this);
    this.#userBuffer?.prepare();
  }

  /** The socket is destroyed; closing the connection is left to the caller. */
  detach(hadError: boolean): void {
    this.abandon();
    this.#hadError = hadError;
    this.#reading = false;
  }

  /** Have nothing more to do with the connection. */
  abandon(): void {
    this.#bytesWritten = this.bytesWritten;
    this.#connection = null;
  }

  // Reading

  /** Whether `pause` and `resume` act on the connection directly. */
  get bypassesStream(): boolean {
    return this.#userBuffer !== undefined;
  }

  /** Read until {@linkcode stop}. */
  start(): void {
    if (this.#reading || !this.#connection) return;
    this.#reading = true;
    if (this.#userBuffer?.pending) {
      // Left over from a pause: as if it arrived now, in a turn of its own.
      setImmediate(() => this.#deliverRest());
    } else {
      this.#connection.readStart();
    }
  }

  /** Do not read until {@linkcode start}. */
  stop(): void {
    if (!this.#reading) return;
    this.#reading = false;
    this.#connection?.readStop();
  }

  /** Memory the next bytes are to go to; `undefined` if anywhere. */
  allocate(): Uint8Array | undefined {
    return this.#userBuffer?.memory;
  }

  /** Bytes arrived. */
  onRead(chunk: Uint8Array): void {
    const socket = this.#socket;
    socket._unrefTimer();
    if (socket.destroyed) return;
    if (this.#userBuffer) {
      this.#deliver(this.#userBuffer, chunk);
      return;
    }
    this.#bytesRead += chunk.length;
    if (!socket.push(asBuffer(chunk))) this.stop();
  }

  /** The peer has ended its side. */
  onEnd(): void {
    this.#socket._unrefTimer();
    this.#socket.push(null);
    this.#socket.read(0);
  }

  /** Nothing can be read any more. */
  onError(error: Error): void {
    this.#socket.destroy(error);
  }

  #deliverRest(): void {
    if (!this.#reading) return;
    const rest = this.#userBuffer!.take();
    if (rest) this.#deliver(this.#userBuffer!, rest);
    if (this.#reading) this.#connection?.readStart();
  }

  /** Hand bytes to `onread`, in pieces as large as its memory. */
  #deliver(target: UserBuffer, chunk: Uint8Array): void {
    let rest = chunk;
    while (this.#reading && !this.#socket.destroyed) {
      const size = target.fill(rest);
      if (size === 0) return;
      this.#bytesRead += size;
      rest = rest.subarray(size);
      if (!target.tell(size)) this.stop();
    }
    if (rest.length > 0) target.keep(rest);
  }

  // Writing

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
      : this.#writeAll(connection, toChunks(data));
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
    if (!error) this.#socket._unrefTimer();
    this.#settleWrite(error);
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
  onClose(): void {
    if (this.#pending) this.#settleWrite(systemError("ECANCELED", "write"));
    this.onShutdown();
    this.#socket.emit("close", this.#hadError);
  }

  /** Whether a slow write got on since it was asked last. */
  progressed(): boolean {
    if (this.#queued === 0) return false;
    const before = this.#queued;
    this.#queued = this.#connection?.writeQueueSize ?? 0;
    return this.#queued !== before;
  }

  #settleWrite(error: Error | null): void {
    const callback = this.#pending;
    this.#pending = null;
    this.#queued = 0;
    callback?.(error);
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
    // Where the connection counts, there is no need to measure.
    return "bytesWritten" in connection
      ? result
      : this.#count(result, byteLength(text, kind));
  }

  #writeAll(connection: Connection, chunks: Uint8Array[]): WriteResult {
    if (chunks.length === 0) return true;
    if ("bytesWritten" in connection) return connection.writev(chunks);
    let size = 0;
    for (let i = 0; i < chunks.length; i++) size += chunks[i]!.length;
    return this.#count(connection.writev(chunks), size);
  }

  /** Bytes count as dispatched unless the write failed at once. */
  #count(result: WriteResult, size: number): WriteResult {
    if (typeof result === "boolean") this.#bytesWritten += size;
    return result;
  }
}
