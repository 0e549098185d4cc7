/**
 * A connection over a socket of the runtime's `node:net`.
 *
 * It does not use the socket as a stream, but calls the methods below it, which
 * the implementer of a stream provides: `_read`, `push`, `_write`, `_writev`
 * and `_final` (Node's page "stream", "API for stream implementers"). This
 * bypasses the socket's own buffers and policies. The shared layer has both
 * already, and each chunk would pay for them twice.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import type { net } from "../native_net.ts";
import { nextTick, setImmediate, setTimeout } from "../timers.ts";
import type {
  Connection,
  ConnectionSink,
  Endpoint,
  KeepAliveProbes,
  WriteResult,
} from "../adapter.ts";
import { copyInto, totalLength } from "../common/bytes.ts";
import { contextOfCall, inPlace } from "../common/context_of_call.ts";
import { endpointOf } from "../common/endpoint.ts";
import { featureUnavailable, systemError } from "../errors.ts";
import type { NetDialect } from "./dialect.ts";
import { normalize, writeError } from "./errors.ts";
import { guardConnectionSink, guarded } from "../common/guarded_sinks.ts";
import { PipeEnd } from "../common/pipe_end.ts";

/** How often closing waits a millisecond for a pending write. */
const CLOSE_WAITS = 2;

type WriteCallback = (error?: Error | null) => void;

/**
 * The property of a socket that holds its connection. So every socket can have
 * the same listeners, and needs no closures of its own.
 */
const OWNER = Symbol("connection");

/** The methods and fields of a socket that are meant for its implementer. */
interface RawSocket {
  [OWNER]: NodeConnection;
  push(chunk: Uint8Array | null): boolean;
  /** Whether the end was pushed. */
  readonly _readableState: { readonly ended: boolean };
  _read(size: number): void;
  _write(
    chunk: Uint8Array | string,
    encoding: string,
    callback: WriteCallback,
  ): void;
  _writev(
    chunks: { chunk: Uint8Array; encoding: string }[],
    callback: WriteCallback,
  ): void;
  _final(callback: WriteCallback): void;
  /** The native handle; its fields are only read, except to give it up. */
  _handle?: { fd?: number; writeQueueSize?: number; pause?(): void } | null;
  /** As `bytesWritten`, without what is buffered in the stream. */
  readonly _bytesDispatched: number;
  /** Takes an interval (ms) and a count since Node 24.19 and 26.4. */
  setKeepAlive(
    on: boolean,
    initialDelay: number,
    interval?: number,
    count?: number,
  ): unknown;
  /** Since Node 24. */
  setTypeOfService?(tos: number): void;
  getTypeOfService?(): number;
}

/** Whether the runtime's `setKeepAlive` takes an interval and a count. */
export function takesProbes(
  { setKeepAlive }: { setKeepAlive: { readonly length: number } },
): boolean {
  return setKeepAlive.length >= 4;
}

/** Several chunks are joined by a copy up to this size in all. */
const JOIN_UP_TO = 16 * 1024;

/** Memory to join them in. Reused, unless a write still needs it. */
let joint: Buffer | undefined;

/** This end's address; `null` if the socket does not report one. */
export function localEndpointOf(socket: net.Socket): Endpoint | null {
  const { localAddress, localFamily, localPort } = socket;
  return endpointOf(localAddress, localPort, localFamily);
}

/** A socket passes on only what changes its own idea of the option. */
function turnNagleOn(socket: net.Socket): void {
  socket.setNoDelay(true);
  socket.setNoDelay(false);
}

/** {@linkcode Connection} over a connected, paused `net.Socket`. */
export class NodeConnection implements Connection {
  readonly kind: "tcp" | "pipe";
  readonly #socket: net.Socket;
  readonly #raw: RawSocket;
  readonly #dialect: NetDialect;
  readonly #accepted: boolean;
  #sink: ConnectionSink | undefined;
  #closing = false;
  #closed = false;
  #reading = false;
  #readDone = false;
  /** What the socket had read before it was wrapped. */
  #early: Uint8Array | undefined;
  /** How reading ended, if that happened while it was stopped. */
  #outcome: "end" | Error | undefined;
  /** Whether the socket has failed or is closed, so that no write can succeed. */
  #broken = false;
  /** Whether `_write` is running: a callback now means "done at once". */
  #writing = false;
  /** Whether a write waits for its callback. */
  #pending = false;
  #failure: Error | null = null;
  /** Calls in the context of that write. */
  #inContext = inPlace;
  /** Whether a FIN waits to be sent. */
  #shutting = false;
  /** What ends reading, after an end that does not reach the peer. */
  #pipeEnd: PipeEnd | undefined;

  /** @param accepted Whether a listener has made it. */
  constructor(
    socket: net.Socket,
    kind: "tcp" | "pipe",
    dialect: NetDialect,
    accepted = false,
  ) {
    this.#dialect = dialect;
    this.#accepted = accepted;
    this.#socket = socket;
    this.#raw = socket as unknown as RawSocket;
    this.kind = kind;
    socket.pause();
    if (kind === "tcp" && !dialect.delays) turnNagleOn(socket);
    this.#raw[OWNER] = this;
    this.#raw.push = NodeConnection.#pushed;
    socket.on("error", NodeConnection.#failed);
    socket.on("close", NodeConnection.#ended);
    if (dialect.decidesOnReading) nextTick(NodeConnection.#decideAgain, this);
  }

  /**
   * Take what the socket has read by itself so far. Its own listeners of `'data'`
   * must not hear it as well.
   */
  takeRead(): this {
    const socket = this.#socket;
    if (this.#raw._readableState.ended) this.#outcome = "end";
    if (socket.destroyed) {
      this.#closed = this.#broken = true;
      this.#outcome = socket.errored ?? "end";
    } else if (socket.readableLength > 0) {
      socket.removeAllListeners("data");
      const read = socket.read() as Uint8Array | string;
      this.#early = typeof read === "string"
        ? Buffer.from(read, socket.readableEncoding!)
        : read;
    }
    return this;
  }

  // The next three are called with the socket as `this`.

  static #pushed(this: unknown, chunk: Uint8Array | null): boolean {
    return (this as RawSocket)[OWNER].#onPush(chunk);
  }

  static #failed(this: unknown, error: Error): void {
    (this as RawSocket)[OWNER].#onError(error);
  }

  static #ended(this: unknown, hadError: boolean): void {
    (this as RawSocket)[OWNER].#onClose(hadError);
  }

  static #decideAgain(connection: NodeConnection): void {
    if (connection.#reading) connection.#raw._read(0);
    else connection.#raw._handle?.pause?.();
  }

  get bytesWritten(): number {
    return this.#raw._bytesDispatched;
  }

  /** Read by `tls` and others, too, once they have the handle. */
  get bytesRead(): number {
    return this.#socket.bytesRead;
  }

  get handle(): object | null {
    return this.#raw._handle ?? null;
  }

  get closeSendsFin(): boolean {
    return true;
  }

  get fd(): number {
    return this.#raw._handle?.fd ?? -1;
  }

  get writeQueueSize(): number {
    return this.#pending ? this.#raw._handle?.writeQueueSize ?? 1 : 0;
  }

  setHandle(handle: object | null): void {
    // A TLS layer leaves the handle where it is.
    if (handle !== null || this.#closing) return;
    // Whoever has the handle closes it. The server waits for the socket's close.
    this.#closing = this.#broken = true;
    this.#socket.off("close", NodeConnection.#ended);
    this.#raw._handle = null;
    this.#socket.destroy();
  }

  attach(sink: ConnectionSink): void {
    this.#sink = this.#dialect.reportsExceptions
      ? sink
      : guardConnectionSink(sink, this.#accepted);
  }

  localEndpoint(): Endpoint | null {
    return this.kind === "pipe" ? null : localEndpointOf(this.#socket);
  }

  remoteEndpoint(): Endpoint | null {
    const { remoteAddress, remoteFamily, remotePort } = this.#socket;
    return this.kind === "pipe"
      ? null
      : endpointOf(remoteAddress, remotePort, remoteFamily);
  }

  readStart(): void {
    this.#reading = true;
    this.#pipeEnd?.restart();
    const isWaiting = this.#early !== undefined || this.#outcome !== undefined;
    if (isWaiting) setImmediate(() => this.#deliver());
    else this.#raw._read(0);
  }

  /** Report what waited for `readStart`. */
  #deliver(): void {
    if (!this.#reading || this.#closing) return;
    const early = this.#early;
    if (early === undefined) {
      const outcome = this.#outcome;
      if (outcome !== undefined) this.#endReading(outcome);
      return;
    }
    this.#early = undefined;
    this.#sink!.onRead(early);
    if (this.#reading && !this.#closing) this.readStart();
  }

  readStop(): void {
    // The result of the next `push` makes the socket stop.
    this.#reading = false;
    this.#pipeEnd?.stop();
  }

  #onPush(chunk: Uint8Array | null): boolean {
    this.#pipeEnd?.heard(this.#reading);
    if (chunk === null) this.#endReading("end");
    else if (this.#readDone || this.#closing) return false;
    else if (this.#early === undefined) this.#sink!.onRead(chunk);
    else this.#early = Buffer.concat([this.#early, chunk]);
    return this.#reading;
  }

  /**
   * Report how reading ended. The socket may have read on while it was stopped;
   * then the report waits for `readStart`.
   */
  #endReading(outcome: "end" | Error): void {
    if (this.#readDone || this.#closing) return;
    if (!this.#reading || this.#early !== undefined) {
      this.#outcome ??= outcome;
      return;
    }
    this.#readDone = true;
    if (outcome === "end") this.#sink!.onEnd();
    else this.#sink!.onError(outcome);
  }

  write(chunk: Uint8Array): WriteResult {
    if (this.#broken) return this.#refusal();
    this.#writing = this.#pending = true;
    this.#raw._write(chunk, "buffer", this.#onWritten);
    return this.#result();
  }

  writev(chunks: Uint8Array[]): WriteResult {
    if (chunks.length === 1) return this.write(chunks[0]!);
    const size = totalLength(chunks);
    if (size <= JOIN_UP_TO) return this.#writeJoined(chunks, size);
    if (this.#broken) return this.#refusal();
    this.#writing = this.#pending = true;
    const writes = chunks.map((chunk) => ({ chunk, encoding: "buffer" }));
    this.#raw._writev(
      Object.assign(writes, { allBuffers: true }),
      this.#onWritten,
    );
    return this.#result();
  }

  #writeJoined(chunks: Uint8Array[], size: number): WriteResult {
    const memory = joint ??= Buffer.allocUnsafeSlow(JOIN_UP_TO);
    joint = undefined;
    copyInto(memory, chunks);
    const result = this.write(memory.subarray(0, size));
    if (result !== false) joint = memory;
    return result;
  }

  writeText(text: string, encoding: "utf8" | "latin1"): WriteResult {
    if (this.#broken) return this.#refusal();
    this.#writing = this.#pending = true;
    this.#raw._write(text, encoding, this.#onWritten);
    return this.#result();
  }

  /** The error of a write that is not even tried. */
  #refusal(): Error {
    return systemError(this.#closing ? "EBADF" : "EPIPE", "write");
  }

  #result(): WriteResult {
    this.#writing = false;
    if (!this.#pending) return this.#failure ?? true;
    this.#inContext = contextOfCall(this.#dialect.answersInContext);
    return false;
  }

  readonly #onWritten = (error?: Error | null): void => {
    if (!this.#pending) return;
    this.#pending = false;
    if (error) {
      this.#failure = writeError(error);
      this.#readDone = this.#broken = true;
    }
    if (this.#writing || this.#closing) return;
    this.#inContext(() => this.#sink!.onWrite(this.#failure));
  };

  shutdown(): void {
    let now = true;
    this.#shutting = true;
    const inContext = contextOfCall(this.#dialect.answersInContext);
    const done = (error?: Error | null) => {
      this.#shutting = false;
      if (now) return void setImmediate(done, error);
      if (this.#closing) return;
      const { pipeEnd } = this.#dialect;
      if (this.kind === "pipe" && pipeEnd > 0) {
        const end = () => this.#endReading("end");
        this.#pipeEnd = new PipeEnd(end, this.#reading, pipeEnd);
      }
      const outcome = error ? normalize(error, "shutdown") : null;
      inContext(() => this.#sink!.onShutdown(outcome));
    };
    if (this.#socket.destroyed) done();
    else this.#raw._final(done);
    now = false;
  }

  close(): void {
    if (!this.#beginClose()) return;
    this.#destroy(this.#dialect.writesLater ? CLOSE_WAITS : 0);
  }

  /** @param waits How often a pending write may be waited for. */
  #destroy(waits: number): void {
    if (waits === 0 || !this.#pending) this.#socket.destroy();
    else setTimeout(() => this.#destroy(waits - 1), 1);
  }

  reset(): void {
    if (!this.#beginClose()) return;
    // libuv refuses a reset while a FIN waits to be sent, and the socket would
    // never close (Node 26.10; not reported). As elsewhere, the FIN comes first.
    if (this.#shutting) this.#socket.destroy();
    else this.#socket.resetAndDestroy();
  }

  /** Begin to close. Returns whether the socket is still to be destroyed. */
  #beginClose(): boolean {
    if (this.#closing) return false;
    this.#closing = this.#broken = true;
    this.#pipeEnd?.stop();
    if (this.#closed) setImmediate(() => this.#sink?.onClose());
    return !this.#closed;
  }

  ref(): void {
    this.#socket.ref();
  }

  unref(): void {
    this.#socket.unref();
  }

  setNoDelay(on: boolean): void {
    this.#socket.setNoDelay(on);
  }

  setKeepAlive(
    on: boolean,
    initialDelay: number,
    probes?: KeepAliveProbes,
  ): void {
    if (probes === undefined) {
      this.#socket.setKeepAlive(on, initialDelay * 1000);
      return;
    }
    // As in Node, keep-alive means nothing to a pipe.
    if (this.kind === "pipe") return;
    if (!takesProbes(this.#raw)) {
      throw featureUnavailable("keepAliveProbes", "this runtime");
    }
    const { interval, count } = probes;
    this.#raw.setKeepAlive(on, initialDelay * 1000, interval * 1000, count);
  }

  setTypeOfService(tos: number): void {
    if (!this.#raw.setTypeOfService) {
      throw featureUnavailable("typeOfService", "this runtime");
    }
    this.#raw.setTypeOfService(tos);
  }

  getTypeOfService(): number | undefined {
    return this.#raw.getTypeOfService?.();
  }

  #onError(error: Error): void {
    this.#broken = true;
    // An exception here would keep the socket from its 'close'.
    guarded(() => this.#endReading(normalize(error, "read")));
  }

  #onClose(hadError: boolean): void {
    this.#closed = this.#broken = true;
    // Bun before 1.4.4 never calls back for a write that waits when the peer goes
    // (not reported).
    if (this.#pending) {
      guarded(() => this.#onWritten(systemError("EPIPE", "write")));
    }
    // A socket closes by itself only if its error was reported before, or if
    // whoever has taken its handle over destroys it. After an exception the
    // ticks that are queued, the one of 'error' among them, wait for a turn.
    if (this.#closing || !hadError) nextTick(NodeConnection.#reportClose, this);
  }

  static #reportClose(connection: NodeConnection): void {
    connection.#sink?.onClose();
  }
}
