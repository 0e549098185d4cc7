/**
 * A connection over `Deno.Conn`.
 *
 * @module
 */
import { setImmediate } from "node:timers";
import type { Connection, ConnectionSink, Endpoint } from "./adapter.ts";
import type { DenoAddress, DenoConn } from "./deno_api.ts";
import { fromDenoError } from "./deno_errors.ts";
import {
  cancelPendingRead,
  closeWithoutFin,
  duplicate,
  type TcpHandle,
} from "./deno_tcp_handle.ts";
import { featureUnavailable } from "./errors.ts";
import { batches } from "./write_batches.ts";

/** Bytes to read into while little arrives, and while much does. */
const SMALL_READ = 4 * 1024;
const LARGE_READ = 64 * 1024;
/** Room that must be left in a buffer to read into it once more. */
const MIN_ROOM = 1024;

/** The endpoint that Deno's address stands for. */
export function endpointOf(address: DenoAddress): Endpoint | null {
  const { hostname, port } = address;
  if (hostname === undefined || port === undefined) return null;
  const family = hostname.includes(":") ? "IPv6" : "IPv4";
  return { address: hostname, family, port };
}

/** {@linkcode Connection} over a `Deno.Conn`. */
export class DenoConnection implements Connection {
  readonly kind: "tcp" | "pipe";
  writeQueueSize = 0;
  readonly #conn: DenoConn;
  #sink!: ConnectionSink;
  #referenced = true;
  #nativeReferenced = true;
  #closed = false;
  #resetting = false;

  #reading = false;
  #readPending = false;
  /** Where reads go; handed out piece by piece, never written to twice. */
  #buffer: Uint8Array = new Uint8Array(0);
  #offset = 0;
  #readSize = SMALL_READ;
  /** The part of a buffer, ours or the sink's, that is being read into. */
  #target: Uint8Array = this.#buffer;
  #targetIsOurs = true;
  /** How reading ended, kept for the next `readStart` if it was stopped. */
  #end: Error | "end" | null = null;
  #endTold = false;

  #writing: Uint8Array | null = null;
  #toWrite: Uint8Array[] = [];
  /** A duplicate that can still be reset while a write is blocked. */
  #guard: TcpHandle | null = null;
  /** Options that were set while a write had the descriptor to itself. */
  #afterWrite: (() => void)[] = [];

  constructor(conn: DenoConn, kind: "tcp" | "pipe") {
    this.#conn = conn;
    this.kind = kind;
  }

  get fd(): number {
    return -1;
  }

  attach(sink: ConnectionSink): void {
    this.#sink = sink;
  }

  localEndpoint(): Endpoint | null {
    return endpointOf(this.#conn.localAddr);
  }

  remoteEndpoint(): Endpoint | null {
    return endpointOf(this.#conn.remoteAddr);
  }

  readStart(): void {
    if (this.#reading || this.#closed) return;
    this.#reading = true;
    this.#applyReference();
    if (this.#end !== null) queueMicrotask(() => this.#tellEnd());
    else if (!this.#readPending) this.#read();
  }

  readStop(): void {
    this.#reading = false;
    // A stopped connection keeps no process alive, in Node neither.
    this.#applyReference();
  }

  #read(): void {
    this.#readPending = true;
    this.#conn.read(this.#nextTarget()).then(this.#onRead, this.#onReadError);
  }

  #nextTarget(): Uint8Array {
    const theirs = this.#sink.allocate?.();
    if (theirs !== undefined && theirs.length > 0) {
      this.#targetIsOurs = false;
      return this.#target = theirs;
    }
    if (this.#buffer.length - this.#offset < MIN_ROOM) {
      this.#buffer = new Uint8Array(this.#readSize);
      this.#offset = 0;
    }
    this.#targetIsOurs = true;
    return this.#target = this.#offset === 0
      ? this.#buffer
      : this.#buffer.subarray(this.#offset);
  }

  readonly #onRead = (count: number | null): void => {
    this.#readPending = false;
    if (this.#closed) return this.#afterClose();
    if (count === null) {
      this.#end = "end";
      return this.#tellEnd();
    }
    const target = this.#target;
    const chunk = count === target.length ? target : target.subarray(0, count);
    if (this.#targetIsOurs) {
      this.#offset += count;
      // One large message does not make an idle connection hold much.
      this.#readSize = chunk === target ? LARGE_READ : SMALL_READ;
    }
    this.#sink.onRead(chunk);
    if (this.#reading && !this.#readPending && !this.#closed) this.#read();
  };

  readonly #onReadError = (error: unknown): void => {
    this.#readPending = false;
    if (this.#closed) return this.#afterClose();
    this.#end = fromDenoError(error, "read");
    this.#tellEnd();
  };

  #tellEnd(): void {
    if (!this.#reading || this.#endTold || this.#closed) return;
    this.#endTold = true;
    if (this.#end === "end") this.#sink.onEnd();
    else this.#sink.onError(this.#end!);
  }

  write(chunk: Uint8Array): boolean {
    if (chunk.length === 0 || this.#closed) return true;
    this.writeQueueSize = chunk.length;
    this.#writing = chunk;
    this.#conn.write(chunk).then(this.#onWritten, this.#onWriteError);
    return false;
  }

  writev(chunks: Uint8Array[]): boolean {
    const [first, ...rest] = batches(chunks);
    if (first === undefined || this.#closed) return true;
    this.#toWrite = rest;
    this.write(first);
    for (const chunk of rest) this.writeQueueSize += chunk.length;
    return false;
  }

  readonly #onWritten = (count: number): void => {
    if (this.#closed) return;
    this.writeQueueSize -= count;
    let chunk: Uint8Array | undefined;
    if (count < this.#writing!.length) {
      chunk = this.#writing!.subarray(count);
      // The system is full: the next write will block, and while it does the
      // descriptor cannot be duplicated any more.
      if (this.kind === "tcp") this.#guard ??= duplicate(this.#conn);
    } else {
      chunk = this.#toWrite.shift();
    }
    if (chunk === undefined) return this.#finishWrite(null);
    this.#writing = chunk;
    this.#conn.write(chunk).then(this.#onWritten, this.#onWriteError);
  };

  readonly #onWriteError = (error: unknown): void => {
    if (this.#closed) return;
    this.#toWrite = [];
    this.writeQueueSize = 0;
    this.#finishWrite(fromDenoError(error, "write"));
  };

  #finishWrite(error: Error | null): void {
    this.#writing = null;
    this.#dropGuard();
    if (this.#afterWrite.length > 0) {
      for (const apply of this.#afterWrite.splice(0)) apply();
    }
    this.#sink.onWrite(error);
  }

  #dropGuard(): void {
    this.#guard?.close();
    this.#guard = null;
  }

  shutdown(): void {
    if (this.#closed) return;
    this.#conn.closeWrite().then(
      () => setImmediate(this.#onShutdown, null),
      (error) => setImmediate(this.#onShutdown, error),
    );
  }

  readonly #onShutdown = (error: unknown): void => {
    if (this.#closed) return;
    this.#sink.onShutdown(
      error === null ? null : fromDenoError(error, "shutdown"),
    );
  };

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#dropGuard();
    this.#conn.close();
    setImmediate(this.#onClose);
  }

  readonly #onClose = (): void => {
    this.#sink.onClose();
  };

  reset(): void {
    if (this.#closed) return;
    if (this.kind !== "tcp") {
      throw featureUnavailable("reset of a pipe", "deno");
    }
    const handle = this.#guard ?? duplicate(this.#conn);
    // Without a guard a blocked write lets nobody at the descriptor: rare, as
    // a write that blocks was a partial one before.
    if (handle === null && this.#writing === null) {
      throw featureUnavailable("resetAndDestroy", "deno");
    }
    const blocked = this.#guard !== null || handle === null;
    if (this.#readPending && !blocked) cancelPendingRead(this.#conn);
    this.#guard = null;
    handle?.reset();
    handle?.close();
    this.#closed = true;
    if (blocked) {
      // The FIN waits behind the bytes that the peer does not take; the RST
      // overtakes both.
      this.#conn.close();
      setImmediate(this.#onClose);
      return;
    }
    this.#resetting = true;
    if (!this.#readPending) this.#afterClose();
  }

  /** Nothing is pending any more: the second half of a reset. */
  #afterClose(): void {
    if (!this.#resetting) return;
    this.#resetting = false;
    closeWithoutFin(this.#conn);
    setImmediate(this.#onClose);
  }

  ref(): void {
    this.#referenced = true;
    this.#applyReference();
  }

  unref(): void {
    this.#referenced = false;
    this.#applyReference();
  }

  #applyReference(): void {
    const wanted = this.#referenced && this.#reading;
    if (wanted === this.#nativeReferenced) return;
    this.#nativeReferenced = wanted;
    if (wanted) this.#conn.ref();
    else this.#conn.unref();
  }

  setNoDelay(on: boolean): void {
    if (this.kind === "pipe") return;
    this.#whenFree(() => this.#conn.setNoDelay!(on));
  }

  setKeepAlive(on: boolean, initialDelay: number): void {
    if (this.kind === "pipe") return;
    this.#whenFree(() => {
      if (!on || initialDelay === 0) return this.#conn.setKeepAlive!(on);
      const handle = duplicate(this.#conn);
      if (handle === null) throw featureUnavailable("keepAliveDelay", "deno");
      handle.setKeepAlive(true, initialDelay);
      handle.close();
    });
  }

  /** Set an option: now, or after the write that has the descriptor. */
  #whenFree(apply: () => void): void {
    if (this.#closed) return;
    if (this.#writing === null) apply();
    else this.#afterWrite.push(apply);
  }
}
