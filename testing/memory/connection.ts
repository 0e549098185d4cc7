/**
 * One end of a connection in memory: a bounded queue of bytes each way.
 *
 * Nothing outside the process can wake it, so it never has a reason to keep
 * the process alive: `ref` and `unref` do nothing.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { queueMicrotask, setImmediate } from "../../runtime/timers.ts";
import type {
  Connection,
  ConnectionSink,
  Endpoint,
  WriteResult,
} from "../../runtime/adapter.ts";
import { systemError } from "../../runtime/errors.ts";

/** Bytes one direction holds before `write` has to wait. */
const CAPACITY = 64 * 1024;

/** Memory to read into; an exception is an uncaught one, and reading goes on. */
function memoryOf(sink: ConnectionSink): Uint8Array | undefined {
  try {
    return sink.allocate?.();
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}

/** One end of a connection in memory. */
export class MemoryConnection implements Connection {
  readonly fd = -1;
  readonly kind: "tcp" | "pipe";
  readonly #local: Endpoint | null;
  readonly #remote: Endpoint | null;
  #peer: MemoryConnection | undefined;
  #sink: ConnectionSink | undefined;
  #closed = false;

  // What the peer sent and this side has not read yet, and what comes after it.
  #inbox: Uint8Array[] = [];
  #inboxSize = 0;
  #outcome: "open" | "end" | Error = "open";
  #told = false;
  #reading = false;
  #scheduled = false;

  // What did not fit into the peer's inbox.
  #unsent: Uint8Array | undefined;

  constructor(local: Endpoint | null, remote: Endpoint | null) {
    this.kind = local === null ? "pipe" : "tcp";
    this.#local = local;
    this.#remote = remote;
  }

  /** Connect two ends. */
  static join(a: MemoryConnection, b: MemoryConnection): void {
    a.#peer = b;
    b.#peer = a;
  }

  get writeQueueSize(): number {
    return this.#unsent?.length ?? 0;
  }

  attach(sink: ConnectionSink): void {
    this.#sink = sink;
  }

  localEndpoint(): Endpoint | null {
    return this.#local;
  }

  remoteEndpoint(): Endpoint | null {
    return this.#remote;
  }

  readStart(): void {
    this.#reading = true;
    this.#schedule();
  }

  readStop(): void {
    this.#reading = false;
  }

  write(chunk: Uint8Array): WriteResult {
    if (this.#closed) return systemError("EBADF", "write");
    if (this.#peer!.#closed) return systemError("EPIPE", "write");
    this.#unsent = chunk;
    return this.#send();
  }

  writev(chunks: Uint8Array[]): WriteResult {
    return this.write(Buffer.concat(chunks));
  }

  shutdown(): void {
    this.#peer!.#finish("end");
    this.#tell((sink) => sink.onShutdown(null));
  }

  close(): void {
    // As TCP does: to drop bytes that nobody read is a reset for their sender.
    if (this.#inboxSize > 0) this.reset();
    else this.#drop("end");
  }

  reset(): void {
    this.#drop(systemError("ECONNRESET", "read"));
  }

  ref(): void {}
  unref(): void {}
  setNoDelay(): void {}
  setKeepAlive(): void {}

  /** A turn of its own for each call, and none once closed. */
  #tell(call: (sink: ConnectionSink) => void): void {
    setImmediate(() => {
      if (!this.#closed) call(this.#sink!);
    });
  }

  /** Move bytes to the peer. They are copied: both sides own their memory. */
  #send(): boolean {
    const chunk = this.#unsent!;
    const peer = this.#peer!;
    const room = Math.min(CAPACITY - peer.#inboxSize, chunk.length);
    if (room > 0) {
      peer.#inbox.push(new Uint8Array(chunk.subarray(0, room)));
      peer.#inboxSize += room;
      peer.#schedule();
    }
    this.#unsent = room < chunk.length ? chunk.subarray(room) : undefined;
    return this.#unsent === undefined;
  }

  #finish(outcome: "end" | Error): void {
    if (this.#outcome === "open") this.#outcome = outcome;
    this.#schedule();
  }

  #drop(outcome: "end" | Error): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#unsent = undefined;
    setImmediate(() => this.#sink?.onClose());
    const peer = this.#peer!;
    peer.#finish(outcome);
    if (peer.#unsent === undefined) return;
    peer.#unsent = undefined;
    peer.#tell((sink) => sink.onWrite(systemError("EPIPE", "write")));
  }

  #schedule(): void {
    if (this.#scheduled || !this.#reading) return;
    if (this.#inboxSize === 0 && this.#outcome === "open") return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      if (this.#reading && !this.#closed) this.#deliver(this.#sink!);
    });
  }

  /** One read a turn; after the last one, the end or the error. */
  #deliver(sink: ConnectionSink): void {
    if (this.#inboxSize > 0) {
      const memory = memoryOf(sink);
      const chunk = this.#take(memory);
      const peer = this.#peer!;
      if (peer.#unsent !== undefined && peer.#send()) {
        peer.#tell((peerSink) => peerSink.onWrite(null));
      }
      this.#schedule();
      sink.onRead(chunk);
    } else if (!this.#told && this.#outcome !== "open") {
      this.#told = true;
      if (this.#outcome === "end") sink.onEnd();
      else sink.onError(this.#outcome);
    }
  }

  /** All that waits, as far as the memory goes: writes have no borders. */
  #take(memory: Uint8Array | undefined): Uint8Array {
    const all = this.#inbox.length === 1
      ? this.#inbox[0]!
      : Buffer.concat(this.#inbox);
    const size = Math.min(memory?.length ?? Infinity, all.length);
    this.#inbox = size < all.length ? [all.subarray(size)] : [];
    this.#inboxSize -= size;
    memory?.set(all.subarray(0, size));
    return memory ? memory.subarray(0, size) : all;
  }
}
