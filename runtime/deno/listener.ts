/**
 * A listener over `Deno.Listener`.
 *
 * @module
 */
import { setImmediate, setTimeout } from "node:timers";
import type { Endpoint, Listener, ListenSink } from "../adapter.ts";
import { denoNamespace, type NativeConn, type NativeListener } from "./api.ts";
import { DenoConnection } from "./connection.ts";
import { fromDenoError } from "./errors.ts";
import type { DenoInternals } from "./internals.ts";
import { endpointOf } from "../common/endpoint.ts";

/** Wait this many milliseconds after an accept that failed (EMFILE, ...). */
const ACCEPT_RETRY_DELAY = 50;

/** Peers that gave up while in the queue: nobody's error. */
const GONE: ReadonlySet<string> = new Set(["ENOTCONN", "ECONNABORTED"]);

/**
 * Listeners that are closed, but bound until Deno has cancelled their accept
 * in the next turn. Until then the address is taken, and peers still connect.
 */
const closing: Map<DenoListener, Promise<void>> = new Map();

/**
 * When every closed listener is gone.
 *
 * @returns `null` if there is none.
 */
export function listenersClosed(): Promise<unknown> | null {
  return closing.size > 0 ? Promise.all(closing.values()) : null;
}

/** Whether one of the closed listeners still has this path. */
export function isClosing(path: string): boolean {
  return [...closing.keys()].some((listener) => listener.path === path);
}

/** Settled when the last connection that was accepted is handed over. */
let lastAccepted: Promise<void> | null = null;

/**
 * When the connections that were accepted so far are handed over.
 *
 * @returns `null` if they all are.
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
    this.#sink = sink;
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
    // Accepted while `close` was called: the peer sees it closed.
    if (this.#closed) return conn.close();
    this.#accepting = this.#accept();
    const connection = new DenoConnection(conn, this.#kind, this.#internals);
    const accepted = lastAccepted = connection.prepare().then(() => {
      // A turn for each, as promises alone would hand over several in one go.
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
      // Deno removes the file, but not before the next turn.
      try {
        denoNamespace().removeSync(this.path);
      } catch {
        // Gone already.
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
