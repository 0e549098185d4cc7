/**
 * A listener over `Deno.Listener`.
 *
 * @module
 */
import { process } from "../builtins.ts";
import { clearTimeout, setImmediate, setTimeout } from "../timers.ts";
import type { Endpoint, Listener, ListenSink } from "../adapter.ts";
import { denoNamespace, type NativeConn, type NativeListener } from "./api.ts";
import { DenoConnection } from "./connection.ts";
import { fromDenoError, isPeerGone } from "./errors.ts";
import {
  type ListenerHandle,
  listenerHandle,
} from "./handle/listener_handle.ts";
import type { DenoInternals } from "./internals.ts";
import { LostConnection } from "../common/lost_connection.ts";
import { guardListenSink } from "../common/guarded_sinks.ts";
import { endpointOf } from "../common/endpoint.ts";
import { keepsSocketFile } from "./version.ts";

/** Milliseconds to wait after an accept that failed (EMFILE, ...). */
const ACCEPT_RETRY_DELAY = 50;

/**
 * The process or the system has no descriptor left. Node waits for one, too,
 * and emits nothing.
 */
const NO_DESCRIPTOR: ReadonlySet<string> = new Set(["EMFILE", "ENFILE"]);

/**
 * The peer was reset before it was accepted, and there is no connection. Windows
 * reports `ECONNRESET` (its page of `accept`). libuv announces neither.
 */
const PEER_WAS_RESET: ReadonlySet<string> = new Set([
  "ECONNABORTED",
  "ECONNRESET",
]);

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

/** A program that ends now leaves no turn for Deno to remove the files in. */
function removeFilesAtExit(): void {
  if (keepsSocketFile) return; // They are removed already.
  for (const { file } of closing.keys()) {
    if (file !== null) removeSocketFile(file);
  }
}

function closingBegins(listener: DenoListener, done: Promise<void>): void {
  if (closing.size === 0) process.on("exit", removeFilesAtExit);
  closing.set(listener, done);
}

function closingEnds(listener: DenoListener): void {
  closing.delete(listener);
  if (closing.size === 0) process.off("exit", removeFilesAtExit);
}

/** As unlink(2), which libuv calls; `removeSync` would remove a folder, too. */
function unlink(path: string): void {
  try {
    const { lstatSync, removeSync } = denoNamespace();
    if (!lstatSync(path).isDirectory) removeSync(path);
  } catch {
    // It is gone already.
  }
}

/** Remove a socket file, but nothing else that has its path by now. */
function removeSocketFile(path: string): void {
  try {
    const { lstatSync, removeSync } = denoNamespace();
    if (lstatSync(path).isSocket) removeSync(path);
  } catch {
    // The file is gone already.
  }
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
  /** The pending accept; `null` while waiting to try again. */
  #accepting: Promise<void> | null = null;
  #retry: ReturnType<typeof setTimeout> | null = null;
  #referenced = true;
  #closed = false;
  /** What `process.send()` passes on; made when somebody asks for it. */
  #handle: ListenerHandle | undefined;

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
    this.#accept();
  }

  /** The socket file; `null` if it has none. */
  get file(): string | null {
    return this.path?.startsWith("\0") ? null : this.path;
  }

  get fd(): number {
    return -1;
  }

  get handle(): object | undefined {
    if (this.#kind === "pipe" || this.#closed) return undefined;
    return this.#handle ??= listenerHandle(this, this.#internals.Handle);
  }

  endpoint(): Endpoint | null {
    const { hostname, port } = this.#native.addr;
    return endpointOf(hostname, port);
  }

  #accept(): void {
    this.#accepting = this.#native.accept().then(
      this.#onConnection,
      this.#onError,
    );
  }

  readonly #onConnection = (conn: NativeConn): void => {
    // Accepted just before `close` was called.
    if (this.#closed) return conn.close();
    this.#accept();
    setImmediate(
      this.#handOver,
      new DenoConnection(conn, this.#kind, this.#internals, true),
    );
  };

  /**
   * Called in a turn of its own: promise jobs alone would hand over several
   * connections in a row.
   */
  readonly #handOver = (connection: DenoConnection | LostConnection): void => {
    if (this.#closed) connection.close();
    else this.#sink.onConnection(connection);
  };

  readonly #onError = (error: unknown): void => {
    this.#accepting = null;
    if (this.#closed) return;
    const made = fromDenoError(error, "accept");
    if (isPeerGone(made.code)) {
      this.#accept();
      if (this.#kind === "tcp") {
        setImmediate(this.#handOver, new LostConnection());
      }
      return;
    }
    if (PEER_WAS_RESET.has(made.code)) return this.#accept();
    this.#retry = setTimeout(() => {
      this.#retry = null;
      this.#accept();
    }, ACCEPT_RETRY_DELAY);
    if (!this.#referenced) this.#retry.unref();
    if (!NO_DESCRIPTOR.has(made.code)) this.#sink.onError(made);
  };

  close(): boolean {
    if (this.#closed) return true;
    this.#closed = true;
    this.#handle?.release();
    if (this.#retry !== null) clearTimeout(this.#retry);
    const accepting = this.#accepting;
    const { file } = this;
    if (file !== null && keepsSocketFile) unlink(file);
    // Otherwise the process might end before the address is free.
    this.#native.ref();
    this.#native.close();
    if (accepting === null) return true;
    const freed = accepting.then(() => {
      closingEnds(this);
      this.#sink.onClose?.();
    });
    closingBegins(this, freed);
    return false;
  }

  ref(): void {
    this.#referenced = true;
    this.#retry?.ref();
    this.#native.ref();
  }

  unref(): void {
    this.#referenced = false;
    this.#retry?.unref();
    this.#native.unref();
  }
}
