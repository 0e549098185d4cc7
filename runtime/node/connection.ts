/**
 * A connection over a socket of the runtime's `node:net`.
 *
 * It speaks to the socket from below, by the methods that a stream's
 * implementer provides (`_read`, `push`, `_write`, `_writev`, `_final`; Node's
 * page "stream", "API for stream implementers"). So the socket's own buffers
 * and policies stay out of the way: the shared layer has both already, and two
 * of each would cost every chunk twice.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import type net from "node:net";
import { setImmediate } from "node:timers";
import type {
  Connection,
  ConnectionSink,
  Endpoint,
  KeepAliveProbes,
  WriteResult,
} from "../adapter.ts";
import { endpointOf } from "../common/endpoint.ts";
import { featureUnavailable, systemError } from "../errors.ts";
import { normalize, writeError } from "./errors.ts";

type WriteCallback = (error?: Error | null) => void;

/** Where a socket has its connection, so that all can share their listeners. */
const OWNER = Symbol("connection");

/** The implementer's side of a socket. */
interface RawSocket {
  [OWNER]: NodeConnection;
  push(chunk: Uint8Array | null): boolean;
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
  /** The system's side; only looked at. */
  readonly _handle?: { fd?: number; writeQueueSize?: number } | null;
  /** As `bytesWritten`, without what waits in the stream. */
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

/** Several chunks that come to no more are copied together. */
const JOIN_UP_TO = 16 * 1024;

/** Where they are copied; used again unless the system left some of it. */
let joint: Buffer | undefined;

/** This end's address; `null` if the socket does not report one. */
export function localEndpointOf(socket: net.Socket): Endpoint | null {
  const { localAddress, localFamily, localPort } = socket;
  return endpointOf(localAddress, localPort, localFamily);
}

/** {@linkcode Connection} over a connected, paused `net.Socket`. */
export class NodeConnection implements Connection {
  readonly kind: "tcp" | "pipe";
  readonly #socket: net.Socket;
  readonly #raw: RawSocket;
  #sink: ConnectionSink | undefined;
  #closing = false;
  #closed = false;
  #reading = false;
  #readDone = false;
  /** How reading came out, while it is stopped. */
  #outcome: "end" | Error | undefined;
  /** The socket has failed or is closed: no write can succeed. */
  #broken = false;
  /** Whether a write is being handed down: a callback now is at once. */
  #writing = false;
  /** Whether a write was handed down and has not been called back. */
  #pending = false;
  #failure: Error | null = null;

  constructor(socket: net.Socket, kind: "tcp" | "pipe") {
    this.#socket = socket;
    this.#raw = socket as unknown as RawSocket;
    this.kind = kind;
    socket.pause();
    this.#raw[OWNER] = this;
    this.#raw.push = NodeConnection.#pushed;
    socket.on("error", NodeConnection.#failed);
    socket.on("close", NodeConnection.#ended);
  }

  // Called with the socket as `this`.

  static #pushed(this: unknown, chunk: Uint8Array | null): boolean {
    return (this as RawSocket)[OWNER].#onPush(chunk);
  }

  static #failed(this: unknown, error: Error): void {
    (this as RawSocket)[OWNER].#onError(error);
  }

  static #ended(this: unknown): void {
    (this as RawSocket)[OWNER].#onClose();
  }

  get bytesWritten(): number {
    return this.#raw._bytesDispatched;
  }

  get fd(): number {
    return this.#raw._handle?.fd ?? -1;
  }

  get writeQueueSize(): number {
    return this.#pending ? this.#raw._handle?.writeQueueSize ?? 1 : 0;
  }

  attach(sink: ConnectionSink): void {
    this.#sink = sink;
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
    const outcome = this.#outcome;
    if (outcome === undefined) {
      this.#raw._read(0);
    } else {
      this.#outcome = undefined;
      setImmediate(() => this.#endReading(outcome));
    }
  }

  readStop(): void {
    // The next chunk is told that none is wanted after it.
    this.#reading = false;
  }

  #onPush(chunk: Uint8Array | null): boolean {
    if (chunk === null) this.#endReading("end");
    else if (!this.#readDone && !this.#closing) this.#sink!.onRead(chunk);
    return this.#reading;
  }

  /** Once the socket has read on by itself, its end waits for a `readStart`. */
  #endReading(outcome: "end" | Error): void {
    if (this.#readDone || this.#closing) return;
    if (!this.#reading) {
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
    let size = 0;
    for (const chunk of chunks) size += chunk.length;
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
    let offset = 0;
    for (let i = 0; i < chunks.length; i++) {
      memory.set(chunks[i]!, offset);
      offset += chunks[i]!.length;
    }
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

  /** Why a write cannot even be tried. */
  #refusal(): Error {
    return systemError(this.#closing ? "EBADF" : "EPIPE", "write");
  }

  #result(): WriteResult {
    this.#writing = false;
    if (this.#pending) return false;
    return this.#failure ?? true;
  }

  readonly #onWritten = (error?: Error | null): void => {
    this.#pending = false;
    if (error) {
      this.#failure = writeError(error);
      this.#readDone = this.#broken = true;
    }
    if (!this.#writing && !this.#closing) this.#sink!.onWrite(this.#failure);
  };

  shutdown(): void {
    let now = true;
    const done = (error?: Error | null) => {
      if (now) return void setImmediate(done, error);
      if (this.#closing) return;
      this.#sink!.onShutdown(error ? normalize(error, "shutdown") : null);
    };
    if (this.#socket.destroyed) done();
    else this.#raw._final(done);
    now = false;
  }

  close(): void {
    if (this.#begins()) this.#socket.destroy();
  }

  reset(): void {
    if (this.#begins()) this.#socket.resetAndDestroy();
  }

  /** Whether closing is still to be done. */
  #begins(): boolean {
    if (this.#closing) return false;
    this.#closing = true;
    this.#broken = true;
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
    this.#endReading(normalize(error, "read"));
  }

  #onClose(): void {
    this.#closed = true;
    this.#broken = true;
    if (this.#closing) this.#sink?.onClose();
  }
}
