/**
 * A connection over `Deno.Conn`.
 *
 * @module
 */
import { afterTicks, nextTick, setImmediate, setTimeout } from "../timers.ts";
import type {
  ConnectionSink,
  Endpoint,
  KeepAliveProbes,
  WriteResult,
} from "../adapter.ts";
import type { NativeConn } from "./api.ts";
import { fromDenoError, requireFeature } from "./errors.ts";
import type { DenoInternals, TcpHandle } from "./internals.ts";
import { disconnect, findDescriptor } from "./libc.ts";
import { ReadMemory } from "./memory/read_memory.ts";
import { prepareClose } from "./handle/before_close.ts";
import { type HandleObserver, LentHandle } from "./handle/lent_handle.ts";
import type { Resource } from "./resource/resource.ts";
import { resourceOf } from "./resource/resource_of.ts";
import {
  awaitDuplicate,
  canDuplicate,
  canReset,
  duplicate,
} from "./handle/tcp_handle.ts";
import { TcpOptions } from "./tcp_options.ts";
import { DenoWriter, type WriteObserver } from "./writer.ts";
import { guardConnectionSink } from "../common/guarded_sinks.ts";
import { endpointOf } from "../common/endpoint.ts";

/** {@linkcode Connection} over a `Deno.Conn`. */
export class DenoConnection implements WriteObserver, HandleObserver {
  readonly kind: "tcp" | "pipe";
  readonly #internals: DenoInternals;
  readonly #accepted: boolean;
  readonly #resource: Resource;
  readonly #writer: DenoWriter;
  readonly #local: Endpoint | null;
  readonly #remote: Endpoint | null;
  #sink!: ConnectionSink;
  #referenced = true;

  #reading = false;
  #readPending = false;
  /** Whether the next read begins in the next tick. */
  #readQueued = false;
  readonly #memory: ReadMemory = new ReadMemory();
  /** How reading ended. While it is stopped, the next `readStart` reports it. */
  #end: Error | "end" | null = null;
  /** The error that reading is to report, if another call received it. */
  #readError: Error | null = null;
  #endReported = false;
  /** Whether a FIN is sent and not reported yet, as it is before its answer. */
  #isEnding = false;

  /** The handle that another module may have taken over. */
  #lent: LentHandle | null = null;
  #bytesRead = 0;

  #options: TcpOptions | null = null;

  #closed = false;
  /** Whether that was done by the handle, and is to be reported once more. */
  #closedByHandle = false;
  #closeReported = false;
  #resetting = false;
  /** Whether the reset waits until the pending read is cancelled. */
  #cancelling = false;

  /**
   * @param internals The parts of Deno's inside that may be used.
   * @param accepted Whether a listener has made it.
   */
  constructor(
    conn: NativeConn,
    kind: "tcp" | "pipe",
    internals: DenoInternals,
    accepted = false,
  ) {
    this.#accepted = accepted;
    this.#internals = internals;
    this.kind = kind;
    const isTcp = kind === "tcp";
    const resource = this.#resource = resourceOf(conn, kind, internals);
    this.#writer = new DenoWriter(resource, internals, isTcp, accepted, this);
    this.#local = endpointOf(conn.localAddr.hostname, conn.localAddr.port);
    this.#remote = endpointOf(conn.remoteAddr.hostname, conn.remoteAddr.port);
  }

  get fd(): number {
    return -1;
  }

  get handle(): object | null | undefined {
    if (this.#closed) return undefined;
    this.#lent ??= new LentHandle(this.#resource, this.#internals, this);
    return this.#lent.get(this.#readPending);
  }

  get isHandleLate(): boolean {
    return this.#lent?.isStream ?? false;
  }

  get closeSendsFin(): boolean {
    return true;
  }

  get writeQueueSize(): number {
    return this.#writer.size;
  }

  get bytesRead(): number {
    return this.#bytesRead + (this.#lent?.bytesRead ?? 0);
  }

  get bytesWritten(): number {
    return this.#writer.written + (this.#lent?.bytesWritten ?? 0);
  }

  onHandleReads(): void {
    if (!this.#referenced) this.#lent!.setReferenced(false);
    if (this.#readPending) this.#resource.cancelRead();
    else this.#lent!.begin();
  }

  onStreamTaken(): void {
    this.attach(this.#lent!.sinkBeside(this.#sink));
    this.readStart();
  }

  onHandleClosed(): void {
    this.#closedByHandle = !this.#closed;
    this.close();
  }

  attach(sink: ConnectionSink): void {
    this.#sink = guardConnectionSink(sink, this.#accepted, {
      context: this.#internals.core?.getAsyncContext,
    });
  }

  localEndpoint(): Endpoint | null {
    return this.#local;
  }

  remoteEndpoint(): Endpoint | null {
    return this.#remote;
  }

  readStart(): void {
    if (this.#reading || this.#closed || this.#lent?.isTaken) return;
    this.#reading = true;
    this.#applyReference();
    if (this.#end !== null) setImmediate(() => this.#reportEnd());
    else if (!this.#readPending && !this.#readQueued) {
      this.#readQueued = true;
      nextTick(DenoConnection.#beginReading, this);
    }
  }

  /**
   * Begin to read once the caller is done. A listener of `'connection'` may give
   * the handle to `tls` meanwhile: then there is no read to cancel.
   */
  static #beginReading(connection: DenoConnection): void {
    // Whoever has asked for the handle takes it in a tick of its own, if at all.
    const { connHandles } = connection.#internals;
    if (connection.#lent || connHandles) {
      afterTicks(DenoConnection.#readFirst, connection);
    } else DenoConnection.#readFirst(connection);
  }

  static #readFirst(connection: DenoConnection): void {
    connection.#readQueued = false;
    if (!connection.#reading || connection.#readPending) return;
    if (connection.#closed || connection.#lent?.isTaken) return;
    connection.#readReady(true);
  }

  readStop(): void {
    if (this.#lent?.isStreamTaken) return;
    this.#reading = false;
    // As in Node, a connection that is stopped keeps no process alive.
    this.#applyReference();
  }

  #read(): void {
    this.#readPending = true;
    this.#await(this.#resource.read(this.#nextTarget()));
  }

  /**
   * Read when bytes may be there already. Bytes that the call returns at once
   * are reported after the ticks and promise jobs that are queued; the first
   * ones after `readStart` are reported in the next turn.
   */
  #readReady(first: boolean): void {
    this.#readPending = true;
    const read = this.#resource.read(this.#nextTarget());
    const count = this.#resource.doneAtOnce(read);
    if (count < 0) this.#await(read);
    else if (first) setImmediate(this.#onRead, count);
    else afterTicks(this.#onRead, count);
  }

  /**
   * Up to 2.7, one turn may complete a write, and a read of the answer to it.
   * The read is reported in the next turn then, as the answer that it is.
   */
  #await(read: Promise<number | null>): void {
    const report = this.#internals.connHandles
      ? (count: number | null) => void setImmediate(this.#onRead, count)
      : this.#onRead;
    read.then(report, this.#onReadError);
  }

  #nextTarget(): Uint8Array {
    return this.#memory.next(this.#sink.allocate?.());
  }

  readonly #onRead = (count: number | null): void => {
    if (this.#isEnding) return void setImmediate(this.#onRead, count);
    this.#readPending = false;
    if (this.#closed) return this.#onReadCancelled();
    if (this.#lent?.isTaken) return this.#passOn(count);
    if (count === null || count === 0) {
      this.#end = this.#readError ?? "end";
      return this.#reportEnd();
    }
    this.#writer.heard();
    const memory = this.#memory;
    const bytes = memory.received(count, this.#reading ? this.#resource : null);
    this.#bytesRead += bytes.length;
    const { following, more } = memory;
    if (following === 0) {
      this.#end = this.#readError ?? "end";
    } else if (following !== null) {
      this.#readPending = true;
      this.#await(following);
    }
    this.#sink.onRead(bytes);
    if (!this.#reading || this.#readPending || this.#closed) return;
    if (this.#lent?.isTaken) return;
    if (following === 0) afterTicks(() => this.#reportEnd());
    // After a short read, Deno reads again only when the system reports more.
    else if (more) this.#readReady(false);
    else this.#read();
  };

  readonly #onReadError = (error: unknown): void => {
    this.#readPending = false;
    if (this.#closed) return this.#onReadCancelled();
    if (this.#lent?.isTaken) return this.#passOn(0);
    this.#end = this.#readError ?? fromDenoError(error, "read");
    this.#reportEnd();
  };

  /** Leave reading to the handle, which finds an end or an error by itself. */
  #passOn(count: number | null): void {
    const bytes = count ? this.#memory.received(count, null) : undefined;
    this.#bytesRead += count ?? 0;
    this.#lent!.begin(bytes);
    this.#memory.drop();
  }

  #reportEnd(): void {
    if (!this.#reading || this.#endReported || this.#closed) return;
    this.#endReported = true;
    this.#memory.drop();
    if (this.#end === "end") this.#sink.onEnd();
    else this.#sink.onError(this.#end!);
  }

  write(chunk: Uint8Array): WriteResult {
    return this.#writer.write(chunk);
  }

  writeAhead(chunk: Uint8Array): WriteResult {
    return this.#writer.writeAhead(chunk);
  }

  writev(chunks: Uint8Array[]): WriteResult {
    return this.#writer.writev(chunks);
  }

  writeText(text: string, encoding: "utf8" | "latin1"): WriteResult {
    return this.#writer.writeText(text, encoding);
  }

  onWritten(error: Error | null): void {
    if (!this.#closed) this.#sink.onWrite(error);
  }

  /** The system reports an error once, so reading would not find this one. */
  onLost(error: Error): void {
    this.#readError = error;
  }

  shutdown(): void {
    if (this.#closed) return;
    if (this.#lent?.isGone) this.#sendFin(null);
    else this.#writer.whenFree(() => this.#sendFin(this.#resource));
  }

  /** @param resource What sends the FIN; `null` if that is done by others. */
  #sendFin(resource: Resource | null): void {
    this.#isEnding = true;
    const onEnd = (error: unknown) => this.#onEnded(error);
    if (resource === null) setImmediate(onEnd, null);
    else resource.closeWrite((error) => void setImmediate(onEnd, error));
  }

  #onEnded(error: unknown): void {
    this.#isEnding = false;
    if (this.#closed) return;
    const failure = error === null ? null : fromDenoError(error, "shutdown");
    this.#sink.onShutdown(failure);
  }

  close(): void {
    if (this.#closed) return this.#reportClosedAgain();
    if (!this.#lent?.isStreamTaken) return this.#beginClose();
    // When a handshake fails, `tls` destroys the socket, and then sends why.
    nextTick(() => this.#beginClose());
  }

  #reportClosedAgain(): void {
    // Otherwise the first report is still to come, and is enough.
    if (!this.#closedByHandle || !this.#closeReported) return;
    this.#closedByHandle = false;
    this.#reportClose();
  }

  reset(): void {
    if (this.#closed) return this.#reportClosedAgain();
    const isAble = this.kind === "tcp" && canReset(this.#internals);
    requireFeature("resetAndDestroy", isAble);
    this.#resetting = true;
    this.#beginClose();
  }

  #beginClose(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#writer.stop();
    this.#options?.stop();
    this.#release();
  }

  #release(): void {
    const writer = this.#writer;
    // A write may be pending although it is not blocked. Node would have sent
    // its bytes by now; closing would drop them.
    if (writer.isWorthWaiting(this.#resetting)) {
      setTimeout(() => this.#release(), 1);
      return;
    }
    if (this.#resetting && !canDuplicate(this.#internals)) {
      disconnect(this.#descriptor);
      this.#resetting = false;
    }
    if (!this.#resetting) return this.#finishRelease(null);
    const resource = this.#resource;
    const handle = resource.takeHandle() ??
      duplicate(resource, this.#internals);
    // There is no duplicate while a write is blocked; and none, for a while,
    // if the process has no descriptor left.
    const isShort = handle === null && !writer.pending && writer.guard === null;
    if (!isShort) return this.#finishRelease(handle);
    // Then closing frees the descriptor at once, before a peer is accepted.
    if (this.#readPending) resource.cancelRead();
    const finish = (late: TcpHandle | null) => this.#finishRelease(late);
    awaitDuplicate(resource, this.#internals, finish);
  }

  /** @param handle A duplicate to reset the connection with, if there is one. */
  #finishRelease(handle: TcpHandle | null): void {
    const writer = this.#writer;
    const blocked = this.#resetting && handle === null;
    prepareClose(writer, handle, this.#resetting, () => this.#descriptor);
    this.#lent?.close();
    if (!this.#readPending) this.#memory.drop();
    if (this.#lent?.isGone) {
      // Whoever took it has closed it.
    } else if ((!this.#resetting && !this.#lent?.isShared) || blocked) {
      // The FIN of a blocked connection waits behind the bytes that the peer
      // does not take; the RST overtakes both.
      this.#resource.close();
    } else if (this.#readPending && this.#resource.cancelRead()) {
      this.#cancelling = true;
      return;
    } else {
      this.#resource.closeWithoutFin();
    }
    this.#reportClose();
  }

  #onReadCancelled(): void {
    this.#memory.drop();
    if (!this.#cancelling) return;
    this.#cancelling = false;
    this.#resource.closeWithoutFin();
    this.#reportClose();
  }

  /** Report the close after the immediates that are set until then. */
  #reportClose(): void {
    nextTick(setImmediate, DenoConnection.#reportClosed, this);
  }

  static #reportClosed(connection: DenoConnection): void {
    connection.#closeReported = true;
    connection.#sink?.onClose();
  }

  ref(): void {
    this.#referenced = true;
    this.#lent?.setReferenced(true);
    this.#applyReference();
  }

  unref(): void {
    this.#referenced = false;
    this.#lent?.setReferenced(false);
    this.#applyReference();
  }

  #applyReference(): void {
    this.#resource.setReferenced(this.#referenced && this.#reading);
  }

  setNoDelay(on: boolean): void {
    this.#tcpOptions?.setNoDelay(on, this.#lent?.tcp);
  }

  setKeepAlive(
    on: boolean,
    initialDelay: number,
    probes?: KeepAliveProbes,
  ): void {
    this.#tcpOptions?.setKeepAlive(on, initialDelay, probes, this.#lent?.tcp);
  }

  setTypeOfService(tos: number): void {
    this.#tcpOptions?.setTypeOfService(tos);
  }

  getTypeOfService(): number | undefined {
    return this.#tcpOptions?.getTypeOfService();
  }

  /** A path has none, and a closed connection has none any more. */
  get #tcpOptions(): TcpOptions | null {
    if (this.kind === "pipe" || this.#closed) return null;
    return this.#options ??= new TcpOptions(
      this.#resource,
      this.#internals,
      this.#writer,
      () => this.#descriptor,
    );
  }

  /** The descriptor, where there is the C library; -1 if it is gone. */
  get #descriptor(): number {
    const { fd } = this.#resource;
    return fd >= 0 ? fd : findDescriptor(this.#local, this.#remote);
  }
}
