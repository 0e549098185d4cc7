/**
 * A socket's end of its connection. Incoming bytes go into the stream, or into
 * the memory of the `onread` option. Bytes written to the stream go out.
 *
 * One object handles both directions and is the sink for everything that a
 * connection reports. Every socket has one, so it must be small: of an idle
 * socket it is the largest part.
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
import { afterTicks, nextTick, setImmediate } from "../../runtime/timers.ts";
import { emitClose } from "./close_guard.ts";
import {
  asBuffer,
  type DirectSocket,
  emitDirectly,
  mayEmitDirectly,
} from "./direct_way.ts";
import type { UserBuffer } from "./onread.ts";
import {
  type BufferedWrite,
  byteLength,
  textKind,
  toChunks,
  toText,
  type WriteData,
} from "./write_data.ts";

/** Called when a write, or the end, is done or has failed. */
export type WriteCallback = (error?: Error | null) => void;

/** The socket, as its end of the connection sees it. */
interface ConnectedSocket extends DirectSocket {
  readonly destroyed: boolean;
  readonly readableEnded: boolean;
  destroy(error?: Error): unknown;
  emit(event: "data", data: Buffer | string): boolean;
  emit(event: "close", hadError?: boolean): boolean;
  /** Something happened; refreshes the idle timer. */
  _unrefTimer(): void;
}

/**
 * A socket's end of a connection. A socket that connects again keeps its end,
 * and attaches the next connection to it.
 */
export class ConnectionEnd implements ConnectionSink {
  readonly #socket: ConnectedSocket;
  readonly #userBuffer: UserBuffer | undefined;
  #connection: Connection | null = null;
  /** Whether the socket was destroyed with an error. */
  #hadError = false;

  #reading = false;
  #bytesRead = 0;

  /** What became of the next write, which was sent before it was written. */
  #outcome: false | Error | null = null;
  /** Callback of the write in progress. */
  #pending: WriteCallback | null = null;
  /** Callback of the FIN in progress. */
  #ending: WriteCallback | null = null;
  /** Bytes in the connection's queue when last looked at. */
  #queued = 0;
  /** Counted here, or the last count of a connection that counts itself. */
  #bytesWritten = 0;

  constructor(socket: ConnectedSocket, userBuffer: UserBuffer | undefined) {
    this.#socket = socket;
    this.#userBuffer = userBuffer;
  }

  /** The connection, or `null` before there is one and after it is gone. */
  get connection(): Connection | null {
    return this.#connection;
  }

  /**
   * Bytes received from the present connection. With `onread`, those that its
   * callback was given.
   */
  get bytesRead(): number {
    if (this.#userBuffer) return this.#bytesRead;
    return this.#connection?.bytesRead ?? this.#bytesRead;
  }

  /** Bytes handed to the present connection. */
  get bytesWritten(): number {
    return this.#connection?.bytesWritten ?? this.#bytesWritten;
  }

  /** A connect begins: reset the counts, and ask for the first memory. */
  reset(): void {
    this.#bytesRead = this.#bytesWritten = 0;
    this.#userBuffer?.renew();
  }

  /** Use this connection. Nothing is read before {@linkcode start}. */
  attach(connection: Connection): void {
    this.#connection = connection;
    // The `handle` option may be an object that has few of the methods.
    connection.attach?.(this);
    this.#userBuffer?.prepare();
  }

  /**
   * The socket is destroyed. The caller closes the connection, which then
   * reports its close here.
   *
   * @param hadError Whether it is destroyed with an error.
   */
  detach(hadError: boolean): void {
    this.abandon();
    this.#hadError = hadError;
    this.#reading = false;
  }

  /** Forget the connection. */
  abandon(): void {
    this.#bytesRead = this.bytesRead;
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
    const target = this.#userBuffer;
    // Bytes left over from a pause are delivered as if they arrived now: in a
    // turn of their own.
    if (target?.pending) this.#deliverLater(target, setImmediate);
    else this.#connection.readStart();
  }

  /** Do not read until {@linkcode start}. */
  stop(): void {
    if (!this.#reading) return;
    this.#reading = false;
    this.#connection?.readStop();
  }

  /** For modules of the runtime that the backend knows. */
  get socket(): object {
    return this.#socket;
  }

  /** Memory to read the next bytes into; `undefined` leaves the choice. */
  allocate(): Uint8Array | undefined {
    return this.#userBuffer?.memory;
  }

  /** Bytes arrived. */
  onRead(chunk: Uint8Array): void {
    const socket = this.#socket;
    socket._unrefTimer();
    if (socket.destroyed) return;
    const target = this.#userBuffer;
    if (target) {
      target.keep(chunk);
      if (this.#reading && !target.scheduled) this.#deliver(target);
      return;
    }
    this.#bytesRead += chunk.length;
    const readsOn = mayEmitDirectly(socket)
      ? emitDirectly(socket, chunk)
      : socket.push(asBuffer(chunk));
    if (!readsOn) this.stop();
  }

  /** The peer has ended its side. */
  onEnd(): void {
    this.#socket._unrefTimer();
    // Node has the system read into the memory, the end as well.
    if (this.#userBuffer?.hasNoRoom) return this.#refuseRead();
    this.#socket.push(null);
    this.#socket.read(0);
  }

  /** The connection failed; nothing more can be read. */
  onError(error: Error): void {
    this.#socket.destroy(error);
  }

  /** Hand bytes to `onread`: as many as its memory has room for. */
  #deliver(target: UserBuffer): void {
    if (target.hasNoRoom) return this.#refuseRead();
    const size = target.fill();
    this.#bytesRead += size;
    let more = true;
    try {
      more = target.report(size);
    } finally {
      // If the callback throws, the reading goes on.
      if (!more) this.stop();
      if (target.pending) this.#deliverLater(target, afterTicks);
    }
  }

  /**
   * Hand over the next bytes later. Node has the system read them only then:
   * the ticks and promise jobs that the callback has queued come first, and may
   * stop the reading.
   */
  #deliverLater(target: UserBuffer, later: (call: () => void) => void): void {
    if (target.scheduled) return;
    target.scheduled = true;
    // Neither more bytes nor the end may overtake these.
    this.#connection?.readStop();
    later(() => {
      target.scheduled = false;
      if (!this.#reading) return;
      try {
        if (target.pending) this.#deliver(target);
      } finally {
        if (this.#reading && !target.scheduled) this.#connection?.readStart();
      }
    });
  }

  /** What the system says if it is to read into no memory. */
  #refuseRead(): void {
    this.#socket.destroy(systemError("ENOBUFS", "read"));
  }

  // Writing

  /** Whether there is a connection that waits for nothing. */
  get isFree(): boolean {
    return this.#connection !== null && this.#pending === null &&
      this.#ending === null;
  }

  /**
   * Send a chunk that the stream does not know of, see `direct_way.ts`.
   *
   * @returns Whether all of it was taken. Otherwise the stream must be given
   * the same chunk now, and {@linkcode write} knows what became of it.
   */
  writeAhead(chunk: Uint8Array | string, encoding: BufferEncoding): boolean {
    const connection = this.#connection!;
    const result = connection.writeAhead && typeof chunk !== "string"
      ? this.#count(connection.writeAhead(chunk), chunk.length)
      : this.#send(chunk, encoding);
    if (result === true) return true;
    this.#outcome = result;
    return false;
  }

  /** Send what was written to the stream; one write at a time. */
  write(
    data: WriteData,
    encoding: BufferEncoding,
    callback: WriteCallback,
  ): void {
    const result = this.#outcome ?? this.#send(data, encoding);
    this.#outcome = null;
    if (result === true) {
      callback();
    } else if (result === false) {
      this.#pending = callback;
      this.#queued = this.#connection!.writeQueueSize;
    } else {
      callback(result);
    }
  }

  /** The write in progress is done, or has failed; or one sent ahead has. */
  onWrite(error: Error | null): void {
    if (!error) this.#socket._unrefTimer();
    if (error && !this.#pending) this.#socket.destroy(error);
    else this.#settleWrite(error);
  }

  /**
   * Send a FIN. A socket whose peer has ended destroys itself once it has ended,
   * too: then closing sends the FIN.
   */
  end(callback: WriteCallback): void {
    this.#ending = callback;
    const connection = this.#connection!;
    if (this.#socket.readableEnded && connection.closeSendsFin) {
      setImmediate(ConnectionEnd.#endByClosing, this);
    } else {
      connection.shutdown();
    }
  }

  static #endByClosing(end: ConnectionEnd): void {
    end.onShutdown();
    // 'finish' is queued, and destroys the socket; but not if a listener throws,
    // or if the program has replaced `destroy`.
    if (end.#connection) nextTick(ConnectionEnd.#endAfterAll, end);
  }

  static #endAfterAll(end: ConnectionEnd): void {
    end.#connection?.shutdown();
  }

  /**
   * The FIN is sent, or could not be sent. Then the peer is gone, and reading
   * or writing reports why.
   */
  onShutdown(): void {
    const callback = this.#ending;
    this.#ending = null;
    callback?.();
  }

  /** The descriptor is closed: the write and the FIN in progress are settled. */
  onClose(): void {
    if (this.#connection) {
      // Whoever has taken the handle over has closed it.
      this.#socket.destroy();
      return;
    }
    this.#settleAndClose();
  }

  #settleAndClose(): void {
    try {
      if (this.#pending) this.#settleWrite(systemError("ECANCELED", "write"));
      this.onShutdown();
    } catch (error) {
      // Of a callback. The rest follows once the exception has been reported.
      setImmediate(() => this.#settleAndClose());
      throw error;
    }
    this.emitClose(this.#hadError);
  }

  /**
   * Emit the socket's `'close'`. Called when the connection is closed, or by
   * the destroyed socket if there was none.
   *
   * @param hadError The argument of `'close'`. Node gives none if the socket
   * had nothing to close.
   */
  emitClose(...hadError: [hadError?: boolean]): void {
    emitClose(this.#socket, ...hadError);
  }

  /** Whether a slow write has progressed since the last call. */
  progressed(): boolean {
    if (this.#queued === 0) return false;
    const before = this.#queued;
    this.#queued = this.#connection?.writeQueueSize ?? 0;
    return this.#queued !== before;
  }

  #send(data: WriteData, encoding: BufferEncoding): WriteResult {
    const connection = this.#connection!;
    if (typeof data === "string") {
      return this.#writeText(connection, data, encoding);
    }
    return data instanceof Uint8Array
      ? this.#writeBytes(connection, data)
      : this.#writeAll(connection, data);
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
    // If the connection counts bytes itself, the text need not be measured.
    return "bytesWritten" in connection
      ? result
      : this.#count(result, byteLength(text, kind));
  }

  #writeAll(
    connection: Connection,
    writes: readonly BufferedWrite[],
  ): WriteResult {
    const text = toText(writes);
    if (text) return this.#writeText(connection, text.text, text.encoding);
    const chunks = toChunks(writes);
    if (chunks.length === 0) return true;
    if ("bytesWritten" in connection) return connection.writev(chunks);
    let size = 0;
    for (let i = 0; i < chunks.length; i++) size += chunks[i]!.length;
    return this.#count(connection.writev(chunks), size);
  }

  /** Count bytes as dispatched, unless the write failed at once. */
  #count(result: WriteResult, size: number): WriteResult {
    if (typeof result === "boolean") this.#bytesWritten += size;
    return result;
  }
}
