/**
 * A connection over `Deno.Conn`.
 *
 * @module
 */
import { setImmediate, setTimeout } from "node:timers";
import type { Connection, ConnectionSink, Endpoint } from "./adapter.ts";
import type { DenoAddress, DenoConn } from "./deno_api.ts";
import { fromDenoError } from "./deno_errors.ts";
import {
  cancelPendingRead,
  canReset,
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

/**
 * Bytes that may go out without a word from the peer before a write could
 * block: less than any system's send and receive buffer hold together.
 */
const UNANSWERED_LIMIT = 64 * 1024;

/** Milliseconds that closing waits for a first write. */
const MAX_WAITS = 20;

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
  /** Whether a write was done, so that one that is not done is blocked. */
  #warm = false;
  /** How often closing has waited for the first write. */
  #waits = 0;
  #resetting = false;
  #cancelling = false;

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
  /**
   * A duplicate to reset while a write is blocked, which lends the descriptor
   * to nobody. Kept while so much was sent unanswered that a write may block.
   */
  #guard: TcpHandle | null = null;
  #unanswered = 0;
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
    if (this.#closed) return this.#onReadCancelled();
    if (count === null) {
      this.#end = "end";
      return this.#tellEnd();
    }
    this.#unanswered = 0;
    if (this.#guard !== null && this.#writing === null) this.#dropGuard();
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
    if (this.#closed) return this.#onReadCancelled();
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
    this.#send(chunk);
    return false;
  }

  #send(chunk: Uint8Array): void {
    this.#unanswered += chunk.length;
    if (this.#unanswered > UNANSWERED_LIMIT && this.kind === "tcp") {
      this.#guard ??= duplicate(this.#conn);
    }
    this.#writing = chunk;
    this.#conn.write(chunk).then(this.#onWritten, this.#onWriteError);
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
    this.#warm = true;
    if (this.#closed) return void (this.#writing = null);
    this.writeQueueSize -= count;
    const chunk = count < this.#writing!.length
      ? this.#writing!.subarray(count)
      : this.#toWrite.shift();
    if (chunk === undefined) this.#finishWrite(null);
    else this.#send(chunk);
  };

  readonly #onWriteError = (error: unknown): void => {
    if (this.#closed) return void (this.#writing = null);
    this.#toWrite = [];
    this.writeQueueSize = 0;
    this.#finishWrite(fromDenoError(error, "write"));
  };

  #finishWrite(error: Error | null): void {
    this.#writing = null;
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
    this.#release();
  }

  reset(): void {
    if (this.#closed) return;
    if (this.kind !== "tcp" || !canReset()) {
      throw featureUnavailable("resetAndDestroy", "deno");
    }
    this.#closed = true;
    this.#resetting = true;
    this.#release();
  }

  readonly #release = (): void => {
    // The first write on a socket waits until Deno has heard that there is
    // room. Closing would drop it, where Node has sent it.
    if (this.#writing !== null && !this.#warm && this.#waits++ < MAX_WAITS) {
      setTimeout(this.#release, 1);
      return;
    }
    let blocked = false;
    if (this.#resetting) {
      // A blocked write lends the descriptor to nobody.
      const handle = duplicate(this.#conn);
      blocked = handle === null;
      (handle ?? this.#guard)?.reset();
      handle?.close();
    }
    this.#dropGuard();
    if (!this.#resetting || blocked) {
      // The FIN of a blocked connection waits behind the bytes that the peer
      // does not take; the RST overtakes both.
      this.#conn.close();
    } else if (this.#readPending) {
      this.#cancelling = true;
      cancelPendingRead(this.#conn);
      return;
    } else {
      closeWithoutFin(this.#conn);
    }
    setImmediate(this.#onClose);
  };

  #onReadCancelled(): void {
    if (!this.#cancelling) return;
    this.#cancelling = false;
    closeWithoutFin(this.#conn);
    setImmediate(this.#onClose);
  }

  readonly #onClose = (): void => {
    this.#sink.onClose();
  };

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
