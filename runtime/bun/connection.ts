/**
 * A connection of the Bun backend.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import type {
  Connection,
  ConnectionSink,
  Endpoint,
  KeepAliveProbes,
  WriteResult,
} from "../adapter.ts";
import type { BunSocket } from "./api.ts";
import type { BunSocketOwner } from "./handlers.ts";
import * as handover from "./handover.ts";
import { mended, nativeOf } from "./old_releases/old_socket.ts";
import { BunConnectionSink } from "./sink.ts";
import * as options from "./socket_options.ts";
import { codeFrom, systemError } from "../errors.ts";
import { endpointOf } from "../common/endpoint.ts";
import { totalLength } from "../common/bytes.ts";
import { isNamedPipe, PipeEnd } from "../common/pipe_end.ts";
import { batches } from "../common/write_batches.ts";
import { nextTick, setImmediate } from "../timers.ts";

/**
 * Whether more can be read. If not: how reading ended, until that is reported
 * to the sink.
 */
type ReadState = "open" | "reported" | "FIN" | Error;

/** An established connection over a socket of `Bun.connect` or `Bun.listen`. */
export class BunConnection implements Connection, BunSocketOwner {
  readonly kind: "tcp" | "pipe";
  /** Bytes reported, or read by the TLS socket above. */
  bytesRead = 0;
  #native: BunSocket<BunSocketOwner>;
  readonly #accepted: boolean;
  #sink: BunConnectionSink | undefined;
  /** Whether `#native` is the raw half of a TLS connection, see `handover.ts`. */
  #handedOver = false;
  /** Bytes written before that. */
  #before = 0;
  /** Whether Bun's socket is open. Bun closes it after both FINs or an error. */
  #open = true;
  #closing = false;
  #referenced = true;
  /** Whether it keeps the process alive. */
  holding = true;

  /** Whether reading is asked for. */
  #wanted = false;
  /** Whether it is, and nothing older waits to be delivered. */
  #flowing = false;
  #paused = false;
  #readState: ReadState = "open";
  /** What arrived while stopped. Most connections never hold anything. */
  #held: Uint8Array[] | undefined;
  #delivering = false;
  /** The argument of the `onShutdown` to come; `undefined` if none is due. */
  #shutdown: Error | null | undefined;
  /** What ends a named pipe of Windows once this end has ended. */
  #pipeEnd: PipeEnd | undefined;

  /** The rest of a chunk that is being written, and the chunks after it. */
  #rest: Uint8Array | undefined;
  #queue: Uint8Array[] | undefined;
  /** Writes so far; 2 also once Nagle's algorithm is as it is to be. */
  #writes = 0;
  /** The code of every further write, if none can succeed any more. */
  #writeCode: string | undefined;

  /** @param accepted Whether a listener has made it. */
  constructor(
    native: BunSocket<BunSocketOwner>,
    kind: "tcp" | "pipe",
    accepted = false,
  ) {
    this.#native = mended(native, kind);
    this.#native.data = this;
    this.#accepted = accepted;
    this.kind = kind;
    if (kind === "pipe") this.#writes = 2;
  }

  /** A sink is attached, if there will be one. Nothing has arrived so far. */
  opened(): void {
    if (this.#handedOver) return;
    // A TCP socket reads one chunk ahead, which saves a system call or two each
    // time reading stops. A Unix domain socket must not: if this end closes, the
    // peer gets its ECONNRESET only for bytes that the system still holds.
    if (this.kind === "pipe" && !this.#wanted) this.#pause();
    this.#updateHold();
  }

  get fd(): number {
    return this.#native.fd;
  }

  get handle(): object {
    const native = nativeOf(this.#native);
    if (!this.#handedOver) handover.prepareHandle(native, this);
    return native;
  }

  get closeSendsFin(): boolean {
    return !this.#handedOver;
  }

  setHandle(handle: object | null): void {
    // Without a handle, nothing more is reported.
    if (handle === null) return void (this.#closing = true);
    this.#before = this.#native.bytesWritten;
    this.#native = handle as BunSocket<BunSocketOwner>;
    this.#handedOver = true;
    this.#flowing = this.#paused = false;
    // The TLS socket is not linked to its raw half yet.
    if (!this.#referenced) nextTick(() => this.unref());
  }

  takeHeld(): readonly Uint8Array[] {
    const held = this.#held ?? [];
    this.#held = undefined;
    this.bytesRead += totalLength(held);
    return held;
  }

  get writeQueueSize(): number {
    return (this.#rest?.byteLength ?? 0) + totalLength(this.#queue ?? []);
  }

  /** Bun counts what the system accepted; the rest waits here. */
  get bytesWritten(): number {
    const native = this.#native;
    const above = this.#handedOver ? handover.bytesWrittenAbove(native) : 0;
    return this.#before + native.bytesWritten + this.writeQueueSize + above;
  }

  attach(sink: ConnectionSink): void {
    this.#sink = new BunConnectionSink(sink, this.#accepted);
  }

  localEndpoint(): Endpoint | null {
    return endpointOf(this.#native.localAddress, this.#native.localPort);
  }

  remoteEndpoint(): Endpoint | null {
    return endpointOf(this.#native.remoteAddress, this.#native.remotePort);
  }

  readStart(): void {
    if (this.#wanted || this.#closing) return;
    this.#wanted = true;
    const isWaiting = this.#held !== undefined || this.#readState !== "open";
    if (isWaiting) this.#deliverLater();
    else this.#flow();
    this.#pipeEnd?.restart();
    this.#updateHold();
  }

  readStop(): void {
    if (!this.#wanted) return;
    this.#wanted = this.#flowing = false;
    this.#pipeEnd?.stop();
    if (this.kind === "pipe") this.#pause();
    this.#updateHold();
  }

  write(chunk: Uint8Array): WriteResult {
    if (this.#writeCode !== undefined) return this.#writeError();
    const taken = this.#send(chunk);
    if (taken === chunk.byteLength) return true;
    if (taken < 0) return this.#failWrite();
    return this.#block(chunk.subarray(taken));
  }

  writev(chunks: Uint8Array[]): WriteResult {
    if (this.#writeCode !== undefined) return this.#writeError();
    this.#queue = batches(chunks);
    return this.#flush();
  }

  writeText(text: string, encoding: "utf8" | "latin1"): WriteResult {
    // Bun encodes UTF-8 on its way to the system.
    if (encoding !== "utf8") return this.write(Buffer.from(text, encoding));
    if (this.#writeCode !== undefined) return this.#writeError();
    const taken = this.#send(text);
    if (taken === Buffer.byteLength(text)) return true;
    if (taken < 0) return this.#failWrite();
    return this.#block(Buffer.from(text).subarray(taken));
  }

  shutdown(): void {
    // Reported before anything that happens later.
    this.#shutdown = null;
    this.#sink?.expectAnswer();
    if (this.#open && !this.#handedOver && isNamedPipe(this.kind)) {
      this.#pipeEnd = new PipeEnd(() => this.#finish(undefined), this.#wanted);
    } else if (this.#open) this.#native.shutdown();
    else if (this.kind === "tcp") {
      this.#shutdown = systemError("ENOTCONN", "shutdown");
    }
    this.#flowing = false;
    setImmediate(reportShutdown, this);
  }

  close(): void {
    // A system sends a RST if unread bytes are left at the close. It no longer
    // has the ones that were read ahead, so the RST has to be asked for.
    this.#close(this.#held !== undefined);
  }

  reset(): void {
    this.#close(true);
  }

  ref(): void {
    this.#referenced = true;
    if (this.#handedOver) handover.tlsSocketOf(this.#native)?.ref();
    else this.#updateHold();
  }

  unref(): void {
    this.#referenced = false;
    if (this.#handedOver) handover.tlsSocketOf(this.#native)?.unref();
    else this.#updateHold();
  }

  setNoDelay(on: boolean): void {
    if (!this.#open || this.kind !== "tcp") return;
    this.#writes = 2;
    this.#native.setNoDelay(on);
  }

  setKeepAlive(
    on: boolean,
    initialDelay: number,
    probes?: KeepAliveProbes,
  ): void {
    if (!this.#open || this.kind !== "tcp") return;
    options.setKeepAlive(this.#native, on, initialDelay, probes);
  }

  setTypeOfService(tos: number): void {
    if (!this.#open || this.kind !== "tcp") return;
    options.setTypeOfService(this.#native, tos);
  }

  getTypeOfService(): number {
    if (!this.#open || this.kind !== "tcp") return 0;
    return options.getTypeOfService(this.#native);
  }

  // Called by Bun, through the handlers.

  onData(chunk: Uint8Array): void {
    if (this.#pipeEnd?.heard(this.#wanted) === false) return;
    if (this.#flowing) {
      this.bytesRead += chunk.byteLength;
      this.#sink!.onReadInHandler(chunk);
    } // These bytes are encrypted. The TLS socket reads them.
    else if (this.#handedOver) this.bytesRead += chunk.byteLength;
    else if (!this.#closing) this.#hold(chunk);
  }

  onDrain(): void {
    if (this.#rest === undefined || this.#writeCode !== undefined) return;
    const result = this.#flush();
    if (result === false) return;
    this.#updateHold();
    this.#sink!.onWrite(result === true ? null : result);
  }

  onEnd(): void {
    if (this.#handedOver) return;
    // A failed write has consumed the error: what looks like a FIN is none.
    this.#finish(this.#writeCode === "ECONNRESET" ? "ECONNRESET" : undefined);
  }

  onClose(error: Error | undefined): void {
    this.#open = false;
    if (this.#closing) return;
    if (this.#handedOver) {
      return handover.onceTlsIsDone(this.#native, () => {
        if (!this.#closing) this.#sink!.onClose();
      });
    }
    // Neither an error nor a FIN: the program has closed the handle.
    const isOwn = this.#readState === "open";
    const code = error ? codeFrom(error, "ECONNRESET") : undefined;
    if (code === undefined) this.onEnd();
    else this.#finish(code);
    this.#writeCode ??= code ?? (isOwn ? "EBADF" : "EPIPE");
    if (this.#rest !== undefined) setImmediate(reportWriteError, this);
  }

  /** Reading ended: with a FIN, or with an error of this code. */
  #finish(code: string | undefined): void {
    if (this.#closing || this.#readState !== "open") return;
    this.#readState = code === undefined ? "FIN" : systemError(code, "read");
    this.reportShutdown();
    if (this.#flowing) this.#reportEnd();
    else if (this.#wanted) this.#deliverLater();
    this.#updateHold();
  }

  #reportEnd(): void {
    const error = this.#readState;
    this.#readState = "reported";
    if (error instanceof Error) {
      // The system reports an error once; a write finds only a broken pipe.
      this.#writeCode = "EPIPE";
      this.#sink!.onError(error);
    } else {
      this.#sink!.onEnd();
    }
  }

  #flow(): void {
    if (this.#shutdown !== undefined || this.#handedOver) return;
    this.#flowing = true;
    if (this.#paused) {
      this.#paused = false;
      if (this.#open) this.#native.resume();
    }
  }

  #pause(): void {
    this.#paused = true;
    if (this.#open) this.#native.pause();
  }

  #hold(chunk: Uint8Array): void {
    (this.#held ??= []).push(chunk);
    this.reportShutdown();
    if (this.#closing) return;
    if (this.#wanted) this.#deliverLater();
    // After a RST, Bun reads to the end whether paused or not, but drops the
    // rest if it is paused (1.4.5; https://github.com/oven-sh/bun/pull/39860).
    const isReset = this.kind === "tcp" && options.isReset(this.#native);
    if (isReset && this.#paused) {
      this.#paused = false;
      this.#native.resume();
    } else if (!isReset && !this.#paused) {
      this.#pause();
    }
  }

  /** Deliver what was held, one chunk a turn, and then the end. */
  #deliverLater(): void {
    if (this.#delivering) return;
    this.#delivering = true;
    setImmediate(deliver, this);
  }

  /** One turn of {@linkcode BunConnection.#deliverLater}. */
  deliver(): void {
    this.#delivering = false;
    if (!this.#wanted || this.#closing) return;
    const chunk = this.#held?.shift();
    if (this.#held?.length === 0) this.#held = undefined;
    if (!this.#held && this.#readState === "open") this.#flow();
    else if (chunk) this.#deliverLater();
    if (chunk) {
      this.bytesRead += chunk.byteLength;
      this.#sink!.onRead(chunk);
    } else if (this.#readState !== "open" && this.#readState !== "reported") {
      this.#reportEnd();
    }
  }

  /** Go on writing. Returns `false` if the system accepts no more for now. */
  #flush(): WriteResult {
    for (;;) {
      const chunk = this.#rest ?? this.#queue?.shift();
      if (chunk === undefined) {
        this.#queue = undefined;
        return true;
      }
      const taken = this.#send(chunk);
      if (taken < 0) return this.#failWrite();
      if (taken < chunk.byteLength) return this.#block(chunk.subarray(taken));
      this.#rest = undefined;
    }
  }

  #block(rest: Uint8Array): false {
    this.#sink?.expectAnswer();
    this.#rest = rest;
    this.#updateHold();
    return false;
  }

  #send(data: Uint8Array | string): number {
    if (this.#writes < 2 && this.#writes++ === 1 && this.#open) {
      options.restoreNagle(this.#native, this.#sink);
    }
    return this.#native.write(data);
  }

  /**
   * Bun does not pass on the error of a failed write (1.4.5; not reported). It
   * follows from the state of reading.
   */
  #failWrite(): Error {
    this.#writeCode = this.kind === "tcp" && this.#readState === "open"
      ? "ECONNRESET"
      : "EPIPE";
    return this.#writeError();
  }

  #writeError(): Error {
    return systemError(this.#writeCode!, "write");
  }

  #close(reset: boolean): void {
    if (this.#closing) return;
    this.#closing = true;
    this.#flowing = this.#wanted = false;
    this.#pipeEnd?.stop();
    this.#held = this.#rest = this.#queue = undefined;
    this.#writeCode = "EBADF";
    if (this.#open && this.#handedOver && !reset) {
      return handover.closeBelowTls(this.#native, () => this.reportClose());
    }
    if (this.#open) this.#native[reset ? "terminate" : "close"]();
    nextTick(setImmediate, reportClose, this);
  }

  /**
   * Keep the process alive only while something can happen. A connection that
   * neither reads nor writes can only be woken by its own program, and below a
   * TLS socket, that one decides.
   */
  #updateHold(): void {
    if (this.#handedOver) return;
    const hold = this.#referenced &&
      (this.#rest !== undefined ||
        (this.#wanted && this.#readState === "open"));
    if (hold === this.holding || !this.#open) return;
    this.holding = hold;
    this.#native[hold ? "ref" : "unref"]();
  }

  /** Called in a turn of its own, or right before another report. */
  reportShutdown(): void {
    const error = this.#shutdown;
    if (error === undefined || this.#closing) return;
    this.#shutdown = undefined;
    const isIdle = this.#held === undefined && this.#readState === "open";
    if (this.#wanted && isIdle) this.#flow();
    this.#sink!.onShutdown(error);
  }

  reportWriteError(): void {
    if (this.#closing) return;
    this.#sink!.onWrite(this.#writeError());
  }

  reportClose(): void {
    this.#sink?.onClose();
  }
}

// No closure for each connection: `setImmediate` passes the connection on.
const deliver = (it: BunConnection) => it.deliver();
const reportClose = (it: BunConnection) => it.reportClose();
const reportWriteError = (it: BunConnection) => it.reportWriteError();
const reportShutdown = (it: BunConnection) => it.reportShutdown();
