/**
 * A connection that its peer reset before Deno accepted it.
 *
 * @module
 */
import type {
  Connection,
  ConnectionSink,
  Endpoint,
  WriteResult,
} from "../adapter.ts";
import { systemError } from "../errors.ts";
import { guardConnectionSink } from "./guarded_sinks.ts";
import { setImmediate } from "../timers.ts";

/**
 * {@linkcode Connection} without a descriptor, which reports `ECONNRESET`.
 *
 * Node announces such a connection, and reading it fails. Deno up to 2.9 asks
 * for the addresses while it accepts, fails with `ENOTCONN` (on macOS
 * `EINVAL`), and closes the descriptor:
 * https://github.com/denoland/deno/issues/8499. What the peer sent before is
 * lost with it.
 */
export class LostConnection implements Connection {
  readonly kind = "tcp";
  readonly fd = -1;
  readonly writeQueueSize = 0;
  #sink: ConnectionSink | undefined;
  #reading = false;
  /** The system reports the reset once: to a read or to a write. */
  #reported = false;
  #ended = false;
  #closed = false;

  attach(sink: ConnectionSink): void {
    this.#sink = guardConnectionSink(sink);
  }

  localEndpoint(): Endpoint | null {
    return null;
  }

  remoteEndpoint(): Endpoint | null {
    return null;
  }

  readStart(): void {
    this.#reading = true;
    setImmediate(() => this.#endReading());
  }

  readStop(): void {
    this.#reading = false;
  }

  #endReading(): void {
    if (!this.#reading || this.#ended || this.#closed) return;
    this.#ended = true;
    if (this.#reported) return this.#sink!.onEnd();
    this.#reported = true;
    this.#sink!.onError(systemError("ECONNRESET", "read"));
  }

  write(): WriteResult {
    if (this.#closed) return systemError("EBADF", "write");
    if (this.#reported) return systemError("EPIPE", "write");
    this.#reported = true;
    return systemError("ECONNRESET", "write");
  }

  writev(): WriteResult {
    return this.write();
  }

  shutdown(): void {
    setImmediate(() => {
      if (this.#closed) return;
      this.#sink!.onShutdown(systemError("ENOTCONN", "shutdown"));
    });
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    setImmediate(() => this.#sink?.onClose());
  }

  reset(): void {
    this.close();
  }

  ref(): void {}
  unref(): void {}
  setNoDelay(): void {}
  setKeepAlive(): void {}
}
