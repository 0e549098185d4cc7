/**
 * A listener over `Deno.Listener`.
 *
 * @module
 */
import { setImmediate, setTimeout } from "../timers.ts";
import type { Endpoint, Listener, ListenSink } from "../adapter.ts";
import { denoNamespace, type NativeConn, type NativeListener } from "./api.ts";
import { DenoConnection } from "./connection.ts";
import { fromDenoError } from "./errors.ts";
import type { DenoInternals } from "./internals.ts";
import { guardListenSink } from "../common/guarded_sinks.ts";
import { endpointOf } from "../common/endpoint.ts";

/** Milliseconds to wait after an accept that failed (EMFILE, ...). */
const ACCEPT_RETRY_DELAY = 50;

/**
 * The errors of peers that were gone before they were accepted. Deno asks for
 * the address of the peer while it accepts, and fails with `ENOTCONN` if there
 * is none any more: https://github.com/denoland/deno/issues/8499
 */
const GONE: ReadonlySet<string> = new Set(["ENOTCONN", "ECONNABORTED"]);

/**
 * Listeners that are closed but still bound. Deno up to 2.9 cancels a pending
 * accept in the next turn; until then the address is in use, and peers still
 * connect. https://github.com/denoland/deno/issues/22885
 */
const closing: Map<DenoListener, Promise<void>> = new Map();

/**
 * Wait until no closed listener is bound any more.
 *
 * @returns `null` if there is no such listener.
 */
export function listenersClosed(): Promise<unknown> | null {
  return closing.size > 0 ? Promise.all(closing.values()) : null;
}

/** Whether a closed listener still has this path. */
export function isClosing(path: string): boolean {
  return [...closing.keys()].some((listener) => listener.path === path);
}

/** Settled when the connection that was accepted last is handed over. */
let lastAccepted: Promise<void> | null = null;

/**
 * Wait until every connection that was accepted so far is handed over.
 *
 * @returns `null` if all of them are.
 */
export function acceptedHandedOver(): Promise<void> | null {
  return lastAccepted;
}

/** {@linkcode Listener} over a `Deno.Listener`. */
export class DenoListener implements Listener {
  readonly pending = false;
  readonly #native: NativeListener;
  readonly #kind: "tcp" | "pipe";
  /** The path or name; `null` for TCP. */
  readonly path: string | null;
  readonly #sink: ListenSink;
  readonly #internals: DenoInternals;
  #accepting: Promise<void>;
  #closed = false;

  constructor(
    native: NativeListener,
    path: string | null,
    sink: ListenSink,
    internals: DenoInternals,
  ) {
    this.#native = native;
    this.#kind = path === null ? "tcp" : "pipe";
    this.path = path;
    this.#sink = guardListenSink(sink);
    this.#internals = internals;
    this.#accepting = this.#accept();
  }

  get fd(): number {
    return -1;
  }

  endpoint(): Endpoint | null {
    const { hostname, port } = this.#native.addr;
    return endpointOf(hostname, port);
  }

  #accept(): Promise<void> {
    return this.#native.accept().then(this.#onConnection, this.#onError);
  }

  readonly #onConnection = (conn: NativeConn): void => {
    // Accepted just before `close` was called.
    if (this.#closed) return conn.close();
    this.#accepting = this.#accept();
    const connection = new DenoConnection(
      conn,
      this.#kind,
      this.#internals,
      true,
    );
    const accepted = lastAccepted = connection.prepare().then(() => {
      // In a turn of its own: promise jobs alone would hand over several
      // connections in a row.
      setImmediate(this.#handOver, connection);
      if (lastAccepted === accepted) lastAccepted = null;
    });
  };

  readonly #handOver = (connection: DenoConnection): void => {
    if (this.#closed) connection.close();
    else this.#sink.onConnection(connection);
  };

  readonly #onError = (error: unknown): void => {
    if (this.#closed) return;
    const made = fromDenoError(error, "accept");
    if (GONE.has(made.code)) {
      this.#accepting = this.#accept();
      return;
    }
    setTimeout(() => {
      if (!this.#closed) this.#accepting = this.#accept();
    }, ACCEPT_RETRY_DELAY);
    this.#sink.onError(made);
  };

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#native.close();
    closing.set(
      this,
      this.#accepting.then(() => {
        closing.delete(this);
      }),
    );
    if (this.path !== null && !this.path.startsWith("\0")) {
      // Deno removes the file itself from 2.7 on, but in the next turn:
      // https://github.com/denoland/deno/pull/31947
      try {
        denoNamespace().removeSync(this.path);
      } catch {
        // The file is gone already.
      }
    }
  }

  ref(): void {
    this.#native.ref();
  }

  unref(): void {
    this.#native.unref();
  }
}
